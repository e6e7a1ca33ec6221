//! Second factors.

/// Whether a second factor may be removed: somebody whose role needs one keeps one. Backup codes are none, they run out.
#[must_use]
pub const fn removable(required: bool, other_factors: usize) -> bool {
    !required || other_factors > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_factor_stays_where_one_is_needed() {
        assert!(removable(false, 0) && removable(false, 1) && removable(true, 1));
        assert!(!removable(true, 0));
    }
}
