//! What is printed, without how it looks: `printing` sets it, and what is on it is decided where its words are known.

use chrono::{DateTime, Utc};

use crate::locale::Locale;

/// A document.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Language of its words; the direction of the page follows from it.
    pub locale: Locale,
    /// What programs that show it write above it.
    pub title: String,
    /// Small line above the heading.
    pub above: String,
    /// Heading.
    pub heading: String,
    /// Facts: what each is, and what it says.
    pub facts: Vec<(String, String)>,
    /// What was said, in order.
    pub entries: Vec<Entry>,
    /// Entries that were not even handed over, besides those that find no room.
    pub unread: u64,
    /// Says that so many entries are left out.
    pub left_out: fn(Locale, u64) -> String,
    /// Foot of every page.
    pub foot: String,
    /// Moment of which it speaks; part of its bytes, so the same document is the same file.
    pub at: DateTime<Utc>,
}

/// Something that somebody said.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
    /// What it is marked as; such an entry looks different from the others.
    pub mark: Option<String>,
    /// Plain text; lines stay lines.
    pub text: String,
    /// That something of the text is left out.
    pub cut: Option<String>,
    /// What hangs on it.
    pub files: Vec<String>,
}

/// Keeps a run that is written from left to right together where it stands in other text (U+2066, U+2069).
#[must_use]
pub fn ltr(text: &str) -> String {
    format!("\u{2066}{text}\u{2069}")
}

/// Keeps a run of unknown direction together where it stands in other text (U+2068, U+2069).
#[must_use]
pub fn isolated(text: &str) -> String {
    format!("\u{2068}{text}\u{2069}")
}
