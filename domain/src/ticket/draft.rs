//! What may be kept of a message that is still being written.

use super::input::{ATTACHMENTS_MAX, BODY_MAX, Invalid};

/// Most canned replies that are remembered of one draft.
pub const CANNED_MAX: usize = 20;
/// Most bytes of what is remembered of those, as JSON: a line end takes twice as many there.
pub const CANNED_BYTES: usize = 400_000;

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

/// Whether this may be kept, as typed, blanks at its ends included. Of the canned replies in it: how many they are, and how many bytes
/// what is remembered of them takes as JSON.
///
/// # Errors
/// A [`Flaw`] when there is nothing to keep, or more than a message may hold.
pub fn check(text: &str, attachments: usize, (canned, bytes): (usize, usize)) -> Result<(), Flaw> {
    if text.len() > BODY_MAX {
        return Err(flaw("/body", Invalid::TooLong));
    }
    if attachments > ATTACHMENTS_MAX {
        return Err(flaw("/attachment_ids", Invalid::TooMany));
    }
    if canned > CANNED_MAX {
        return Err(flaw("/canned", Invalid::TooMany));
    }
    if bytes > CANNED_BYTES {
        return Err(flaw("/canned", Invalid::TooLong));
    }
    if text.trim().is_empty() && attachments == 0 {
        return Err(flaw("/body", Invalid::Empty));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_kept_as_typed_and_holds_no_more_than_a_message() {
        let none = (0, 2);
        assert_eq!(check(" half a thought ", 0, none), Ok(()));
        assert_eq!(check("", 1, none), Ok(()));
        assert_eq!(check(" \n", 0, none), Err(flaw("/body", Invalid::Empty)));
        assert!(check(&"x".repeat(BODY_MAX), ATTACHMENTS_MAX, (CANNED_MAX, CANNED_BYTES)).is_ok());
        assert_eq!(
            check(&"x".repeat(BODY_MAX + 1), 0, none),
            Err(flaw("/body", Invalid::TooLong))
        );
        assert_eq!(
            check("x", ATTACHMENTS_MAX + 1, none),
            Err(flaw("/attachment_ids", Invalid::TooMany))
        );
        assert_eq!(
            check("x", 0, (CANNED_MAX + 1, 2)),
            Err(flaw("/canned", Invalid::TooMany))
        );
        assert_eq!(
            check("x", 0, (1, CANNED_BYTES + 1)),
            Err(flaw("/canned", Invalid::TooLong))
        );
    }
}
