//! Limits on what people type into a ticket.

/// Longest subject, in characters.
pub const SUBJECT_MAX: usize = 250;
/// Longest message, in bytes of UTF-8.
pub const BODY_MAX: usize = 200_000;
/// Most attachments of one message.
pub const ATTACHMENTS_MAX: usize = 20;

/// What is wrong with an input field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Nothing but blanks.
    #[error("must not be empty")]
    Empty,
    /// Longer than the limit.
    #[error("is too long")]
    TooLong,
    /// Not an address that mail can be sent to.
    #[error("is not a mail address")]
    NotAnAddress,
    /// More of them than the limit.
    #[error("are too many")]
    TooMany,
}

impl Invalid {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::NotAnAddress => "not_an_address",
            Self::TooMany => "too_many",
        }
    }
}

/// One line, without control characters or blanks at its ends.
///
/// # Errors
/// When nothing is left or more than [`SUBJECT_MAX`] characters are.
pub fn subject(text: &str) -> Result<String, Invalid> {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.chars().count() {
        0 => Err(Invalid::Empty),
        n if n > SUBJECT_MAX => Err(Invalid::TooLong),
        _ => Ok(line),
    }
}

/// A subject of a mail: never refused, only shortened.
#[must_use]
pub fn subject_from_mail(text: &str, fallback: &str) -> String {
    let short: String = text.chars().take(SUBJECT_MAX).collect();
    subject(&short).unwrap_or_else(|_| fallback.to_owned())
}

/// A message as typed, with uniform line ends and without NUL, which PostgreSQL cannot store.
///
/// # Errors
/// When it is blank or longer than [`BODY_MAX`].
pub fn body(text: &str) -> Result<String, Invalid> {
    if text.len() > BODY_MAX {
        return Err(Invalid::TooLong);
    }
    let clean = text.replace("\r\n", "\n").replace('\0', "");
    if clean.trim().is_empty() {
        Err(Invalid::Empty)
    } else {
        Ok(clean)
    }
}

/// An address in lower case, checked for the shape `local@domain`.
///
/// # Errors
/// When it cannot be an address (RFC 5321: local part up to 64, whole up to 254 octets).
pub fn address(text: &str) -> Result<String, Invalid> {
    let text = text.trim().to_lowercase();
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Err(Invalid::NotAnAddress);
    };
    let odd =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')' | '@');
    let shape = !local.is_empty()
        && local.len() <= 64
        && text.len() <= 254
        && !local.contains(odd)
        && !domain.contains(odd)
        && domain.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    if shape { Ok(text) } else { Err(Invalid::NotAnAddress) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_one_line() {
        assert_eq!(subject(" a\r\nBcc: x \t b ").unwrap(), "a Bcc: x b");
        assert_eq!(subject("\u{0}\n"), Err(Invalid::Empty));
        assert_eq!(subject(&"é".repeat(251)), Err(Invalid::TooLong));
        assert_eq!(subject_from_mail(&"é".repeat(400), "-").chars().count(), SUBJECT_MAX);
        assert_eq!(subject_from_mail("  ", "(none)"), "(none)");
    }

    #[test]
    fn addresses_have_a_local_part_and_a_domain() {
        assert_eq!(address(" Ana@Example.DZ ").unwrap(), "ana@example.dz");
        for bad in [
            "", "a", "@x.dz", "a@", "a b@x.dz", "a@x..dz", "a\n@x.dz", "<a@x.dz>", "a@b@c.dz",
        ] {
            assert_eq!(address(bad), Err(Invalid::NotAnAddress), "{bad:?}");
        }
    }
}
