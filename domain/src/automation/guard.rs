//! What keeps rules from running wild: a rule is not set off by itself, chains are short, and nobody's ticket is worked on without end.

use serde::Serialize;
use uuid::Uuid;

/// Longest chain: an action that sets off a rule, whose action sets off a rule …
pub const DEPTH_MAX: i32 = 5;
/// Most runs of all rules on one ticket within an hour.
pub const HOURLY_MAX: i64 = 20;

/// Why a rule does not run although its trigger fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// It is in the chain of rules that led here.
    Itself,
    /// The chain is too long.
    Depth,
    /// The ticket was worked on too often.
    Rate,
}

impl Skip {
    /// Stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Itself => "self",
            Self::Depth => "depth",
            Self::Rate => "rate",
        }
    }
}

/// What is known before a run.
#[derive(Debug, Clone, Copy)]
pub struct Guard<'a> {
    /// Rules whose actions led here, the first first.
    pub chain: &'a [Uuid],
    /// Runs on the ticket that acted within the last hour.
    pub hourly: i64,
}

impl Guard<'_> {
    /// Why the rule must not run, if it must not.
    #[must_use]
    pub fn skip(&self, rule: Uuid) -> Option<Skip> {
        if self.chain.contains(&rule) {
            Some(Skip::Itself)
        } else if self.chain.len() >= DEPTH_MAX as usize {
            Some(Skip::Depth)
        } else if self.hourly >= HOURLY_MAX {
            Some(Skip::Rate)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_end() {
        let rules: Vec<Uuid> = (0..9).map(Uuid::from_u128).collect();
        let skip = |chain: &[Uuid], hourly| Guard { chain, hourly }.skip(rules[8]);
        assert_eq!(skip(&[], 0), None);
        assert_eq!(skip(&rules[..4], 0), None);
        assert_eq!(skip(&rules[..5], 0), Some(Skip::Depth));
        assert_eq!(skip(&rules[8..], 0), Some(Skip::Itself));
        assert_eq!(skip(&[], HOURLY_MAX), Some(Skip::Rate));
    }
}
