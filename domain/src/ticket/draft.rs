//! What may be kept of a message that is still being written.

use super::input::{ATTACHMENTS_MAX, BODY_MAX, Invalid};

/// Most canned replies that are remembered of one draft.
pub const CANNED_MAX: usize = 20;
/// Most bytes of what those said.
pub const CANNED_BYTES: usize = 200_000;

/// A draft that is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flaw {
    /// JSON pointer to what is wrong.
    pub pointer: &'static str,
    /// What is.
    pub why: Invalid,
}

const fn flaw(pointer: &'static str, why: Invalid) -> Flaw {
    Flaw { pointer, why }
}

/// The text as it is kept: as typed, blanks at its ends included, but for what PostgreSQL cannot store. `canned` is how many bytes each
/// canned reply in it said.
///
/// # Errors
/// A [`Flaw`] when there is nothing to keep, or more than a message may hold.
pub fn check(text: &str, attachments: usize, canned: &[usize]) -> Result<String, Flaw> {
    if text.len() > BODY_MAX {
        return Err(flaw("/body", Invalid::TooLong));
    }
    if attachments > ATTACHMENTS_MAX {
        return Err(flaw("/attachment_ids", Invalid::TooMany));
    }
    if canned.len() > CANNED_MAX {
        return Err(flaw("/canned", Invalid::TooMany));
    }
    if canned.iter().sum::<usize>() > CANNED_BYTES {
        return Err(flaw("/canned", Invalid::TooLong));
    }
    if text.trim().is_empty() && attachments == 0 {
        return Err(flaw("/body", Invalid::Empty));
    }
    Ok(text.replace('\0', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_kept_as_typed_and_holds_no_more_than_a_message() {
        assert_eq!(check(" half a tho\0ught ", 0, &[]), Ok(" half a thought ".to_owned()));
        assert_eq!(check("", 1, &[]), Ok(String::new()));
        assert_eq!(check(" \n", 0, &[]), Err(flaw("/body", Invalid::Empty)));
        assert!(check(&"x".repeat(BODY_MAX), ATTACHMENTS_MAX, &[CANNED_BYTES]).is_ok());
        assert_eq!(
            check(&"x".repeat(BODY_MAX + 1), 0, &[]),
            Err(flaw("/body", Invalid::TooLong))
        );
        assert_eq!(
            check("x", ATTACHMENTS_MAX + 1, &[]),
            Err(flaw("/attachment_ids", Invalid::TooMany))
        );
        assert_eq!(
            check("x", 0, &[1; CANNED_MAX + 1]),
            Err(flaw("/canned", Invalid::TooMany))
        );
        assert_eq!(
            check("x", 0, &[CANNED_BYTES, 1]),
            Err(flaw("/canned", Invalid::TooLong))
        );
    }
}
