//! The same mail twice: servers resend, mailboxes are re-indexed, lists copy. Content decides, not the Message-ID alone.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What identifies a mail's content.
#[derive(Debug, Clone, Copy)]
pub struct ContentParts<'a> {
    /// From field, decoded.
    pub from: &'a str,
    /// Date field as written.
    pub date: &'a str,
    /// Message-ID, empty when there is none.
    pub message_id: &'a str,
    /// Subject, decoded.
    pub subject: &'a str,
    /// SHA-256 over the decoded bodies and attachments.
    pub body_digest: [u8; 32],
}

/// Fingerprint of a mail's content: lower-case hex of SHA-256 over the parts, each with its length in front, so that
/// no two different mails write the same bytes. Trace headers, which change on every delivery, are left out.
#[must_use]
pub fn content_fp(parts: &ContentParts<'_>) -> String {
    let mut hash = Sha256::new();
    for part in [parts.from, parts.date, parts.message_id, parts.subject] {
        let trimmed = part.trim();
        hash.update((trimmed.len() as u64).to_be_bytes());
        hash.update(trimmed.as_bytes());
    }
    hash.update(parts.body_digest);
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

/// A mail that was seen before with the same Message-ID or the same fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen<'a, Id> {
    /// Which mail.
    pub id: Id,
    /// Whether it came through the same mailbox, or one owned by the same group.
    pub same_group: bool,
    /// Its Message-ID.
    pub message_id: Option<&'a str>,
    /// Its fingerprint.
    pub content_fp: &'a str,
}

/// What the rule says about a new mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateVerdict<Id> {
    /// Process it.
    Fresh,
    /// Same mailbox or group, same id, same content: record and stop.
    DuplicateOf(Id),
    /// Same Message-ID but other content: process, with a warning.
    SameIdOtherContent(Id),
    /// Same mail through a mailbox of another group: process as that group's ticket and link the two.
    CrossPosted(Id),
}

/// Judges a new mail against those seen before.
#[must_use]
pub fn judge<Id: Copy>(message_id: Option<&str>, content_fp: &str, seen: &[Seen<'_, Id>]) -> DuplicateVerdict<Id> {
    let same = |s: &&Seen<'_, Id>| s.content_fp == content_fp && s.message_id == message_id;
    if let Some(s) = seen.iter().filter(same).find(|s| s.same_group) {
        return DuplicateVerdict::DuplicateOf(s.id);
    }
    if let Some(s) = seen.iter().find(same) {
        return DuplicateVerdict::CrossPosted(s.id);
    }
    match seen.iter().find(|s| message_id.is_some() && s.message_id == message_id) {
        Some(s) => DuplicateVerdict::SameIdOtherContent(s.id),
        None => DuplicateVerdict::Fresh,
    }
}

/// The Message-ID given to a mail that has none.
#[must_use]
pub fn synthetic_message_id(raw_sha256_hex: &str) -> String {
    format!("{raw_sha256_hex}@gen")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_separate_their_parts() {
        let parts = ContentParts {
            from: "a",
            date: "b",
            message_id: "",
            subject: "c",
            body_digest: [0; 32],
        };
        let moved = ContentParts {
            from: "ab",
            date: "",
            ..parts
        };
        assert_ne!(content_fp(&parts), content_fp(&moved));
        assert_eq!(content_fp(&parts), content_fp(&ContentParts { from: " a ", ..parts }));
        assert_eq!(content_fp(&parts).len(), 64);
    }

    #[test]
    fn the_rule() {
        let seen = |same_group, message_id, content_fp| {
            [Seen {
                id: 7,
                same_group,
                message_id,
                content_fp,
            }]
        };
        let table = [
            (seen(true, Some("m"), "f"), DuplicateVerdict::DuplicateOf(7)),
            (seen(false, Some("m"), "f"), DuplicateVerdict::CrossPosted(7)),
            (seen(true, Some("m"), "g"), DuplicateVerdict::SameIdOtherContent(7)),
            (seen(true, Some("n"), "f"), DuplicateVerdict::Fresh),
        ];
        for (seen, verdict) in table {
            assert_eq!(judge(Some("m"), "f", &seen), verdict);
        }
        assert_eq!(
            judge(None, "f", &seen(true, None, "f")),
            DuplicateVerdict::DuplicateOf(7)
        );
        assert_eq!(judge::<u8>(None, "f", &[]), DuplicateVerdict::Fresh);
        assert_eq!(
            judge(
                None,
                "f",
                &[Seen {
                    id: 1,
                    same_group: true,
                    message_id: None,
                    content_fp: "g"
                }]
            ),
            DuplicateVerdict::Fresh
        );
    }
}
