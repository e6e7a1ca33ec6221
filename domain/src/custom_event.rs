//! Events that programs outside raise: a name of their own, a line for people and some facts, for rules, notifications and webhooks to follow.

use serde_json::Value;

/// Longest name, in characters.
pub const NAME_MAX: usize = 60;
/// Longest line for people, in characters.
pub const TITLE_MAX: usize = 200;
/// Largest facts, in bytes of JSON.
pub const DATA_MAX: usize = 4096;

/// Something that is wrong with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The name is none.
    #[error("a name has 1 to {NAME_MAX} small letters, digits, dots, dashes and underscores, and begins with a letter")]
    Name,
    /// The facts are no object, or too large.
    #[error("facts are an object of {DATA_MAX} bytes at most")]
    Data,
}

impl Fault {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "bad_event_name",
            Self::Data => "bad_event_data",
        }
    }

    /// JSON pointer in the body.
    #[must_use]
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::Name => "/name",
            Self::Data => "/data",
        }
    }
}

/// Whether this is a name of an event.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_');
    text.len() <= NAME_MAX && text.bytes().next().is_some_and(|b| b.is_ascii_lowercase()) && text.bytes().all(plain)
}

/// Everything that is wrong with an event.
#[must_use]
pub fn faults(name: &str, data: &Value) -> Vec<Fault> {
    let mut found = Vec::new();
    if !is_name(name) {
        found.push(Fault::Name);
    }
    if !data.is_object() || data.to_string().len() > DATA_MAX {
        found.push(Fault::Data);
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_short_words_of_programs() {
        for good in ["backup.failed", "x", "erp_order-7.late"] {
            assert!(is_name(good), "{good}");
        }
        let long = "a".repeat(NAME_MAX + 1);
        for bad in ["", "7days", "Backup", "a b", "é", ".a", long.as_str()] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn facts_are_a_small_object() {
        assert_eq!(faults("a", &json!({ "n": 1 })), []);
        assert_eq!(faults("a", &json!([1])), [Fault::Data]);
        let large = json!({ "text": "x".repeat(DATA_MAX) });
        assert_eq!(faults("A", &large), [Fault::Name, Fault::Data]);
    }
}
