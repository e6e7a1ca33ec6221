//! What makes the audit trail tamper-evident. Every line carries a mark under a key that the database never sees, so a line
//! that was written or edited around the product has a wrong one. The marks are linked into one chain for each day, and each
//! day begins with the seal of the day before, so a line that was taken out is missed.
//!
//! Marking needs no lock: linking happens later, in batches, by one job.

use chrono::{DateTime, NaiveDate, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use uuid::Uuid;

/// A mark, or the head of a chain.
pub type Digest = [u8; 32];

/// All of a line that must stay as it is.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Made for this line alone, so that a copy of it is no second line.
    pub uid: Uuid,
    /// When it happened; the database keeps microseconds.
    pub at: DateTime<Utc>,
    /// Account that acted.
    pub actor_id: Option<Uuid>,
    /// Kind of actor.
    pub actor_kind: &'a str,
    /// What was done.
    pub action: &'a str,
    /// Kind of subject.
    pub subject_type: &'a str,
    /// Subject.
    pub subject_id: Option<Uuid>,
    /// Changed fields.
    pub data: &'a Value,
    /// Source address.
    pub ip: Option<&'a str>,
    /// User agent.
    pub user_agent: Option<&'a str>,
    /// Request.
    pub request_id: Option<&'a str>,
    /// Session.
    pub session_id: Option<Uuid>,
}

/// The key of marks and chains.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(***)")
    }
}

impl Key {
    /// From 32 bytes; `None` never for that length.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Option<Self> {
        Hmac::new_from_slice(bytes).ok().map(Self)
    }

    /// Each part is written with its length, so that moving a letter from one to the next makes another text.
    fn digest(&self, purpose: &str, parts: &[Option<&[u8]>]) -> Digest {
        let mut mac = self.0.clone();
        mac.update(purpose.as_bytes());
        for part in parts {
            match part {
                Some(bytes) => {
                    mac.update(&[1]);
                    mac.update(&(bytes.len() as u64).to_be_bytes());
                    mac.update(bytes);
                }
                None => mac.update(&[0]),
            }
        }
        mac.finalize().into_bytes().into()
    }

    /// The mark of a line.
    #[must_use]
    pub fn mark(&self, line: &Line<'_>) -> Digest {
        let mut data = String::new();
        canonical(line.data, &mut data);
        let at = line.at.timestamp_micros().to_be_bytes();
        self.digest(
            "line",
            &[
                Some(line.uid.as_bytes()),
                Some(&at),
                line.actor_id.as_ref().map(|id| &id.as_bytes()[..]),
                Some(line.actor_kind.as_bytes()),
                Some(line.action.as_bytes()),
                Some(line.subject_type.as_bytes()),
                line.subject_id.as_ref().map(|id| &id.as_bytes()[..]),
                Some(data.as_bytes()),
                line.ip.map(str::as_bytes),
                line.user_agent.map(str::as_bytes),
                line.request_id.map(str::as_bytes),
                line.session_id.as_ref().map(|id| &id.as_bytes()[..]),
            ],
        )
    }

    /// What vouches for a line that a person was taken out of: the mark it was written with, and that of what it says now.
    #[must_use]
    pub fn redaction(&self, mark: &[u8], present: &[u8]) -> Digest {
        self.digest("redaction", &[Some(mark), Some(present)])
    }

    /// Where the chain of a day begins: the seal of the last day before it, none for the first.
    #[must_use]
    pub fn begin(&self, day: NaiveDate, before: Option<&[u8]>) -> Digest {
        self.digest("day", &[Some(day.to_string().as_bytes()), before])
    }

    /// The head after one more line.
    #[must_use]
    pub fn link(&self, head: &[u8], id: i64, mark: &[u8]) -> Digest {
        self.digest("link", &[Some(head), Some(&id.to_be_bytes()), Some(mark)])
    }

    /// The seal of a day that is over.
    #[must_use]
    pub fn seal(&self, day: NaiveDate, lines: i64, head: &[u8]) -> Digest {
        self.digest(
            "seal",
            &[Some(day.to_string().as_bytes()), Some(&lines.to_be_bytes()), Some(head)],
        )
    }
}

/// JSON that comes out the same after a stay in the database, which keeps neither the order of fields nor how a fraction
/// was written.
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_unstable();
            out.push('{');
            for name in names {
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                canonical(&fields[name], out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Number(number) if !number.is_i64() && !number.is_u64() => {
            out.push_str(&format!("{:.12e}", number.as_f64().unwrap_or_default()));
        }
        plain => out.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key() -> Key {
        Key::new(&[9; 32]).unwrap()
    }

    fn line(data: &Value) -> Line<'_> {
        Line {
            uid: Uuid::from_u128(1),
            at: DateTime::from_timestamp(1_700_000_000, 123_456_789).unwrap(),
            actor_id: Some(Uuid::from_u128(2)),
            actor_kind: "user",
            action: "role.change",
            subject_type: "role",
            subject_id: Some(Uuid::from_u128(3)),
            data,
            ip: Some("203.0.113.7"),
            user_agent: Some("curl"),
            request_id: None,
            session_id: None,
        }
    }

    #[test]
    fn a_mark_depends_on_every_field_and_on_the_key() {
        let data = json!({ "a": 1 });
        let other = json!({ "a": 2 });
        let base = line(&data);
        let id = Some(Uuid::from_u128(9));
        let variants = [
            Line {
                uid: Uuid::from_u128(9),
                ..base
            },
            Line {
                at: base.at + chrono::Duration::microseconds(1),
                ..base
            },
            Line { actor_id: None, ..base },
            Line {
                actor_kind: "system",
                ..base
            },
            Line {
                action: "role.delete",
                ..base
            },
            Line {
                subject_type: "user",
                ..base
            },
            Line { subject_id: id, ..base },
            Line { data: &other, ..base },
            Line { ip: None, ..base },
            Line {
                ip: Some("203.0.113.7curl"),
                user_agent: Some(""),
                ..base
            },
            Line {
                request_id: Some("r"),
                ..base
            },
            Line { session_id: id, ..base },
        ];
        let mut seen = vec![key().mark(&base), Key::new(&[8; 32]).unwrap().mark(&base)];
        seen.extend(variants.iter().map(|variant| key().mark(variant)));
        for (n, mark) in seen.iter().enumerate() {
            assert!(!seen[..n].contains(mark), "variant {n} looks like another");
        }
        let stored = Line {
            at: DateTime::from_timestamp_micros(base.at.timestamp_micros()).unwrap(),
            ..base
        };
        assert_eq!(
            key().mark(&base),
            key().mark(&stored),
            "the database keeps microseconds"
        );
    }

    #[test]
    fn order_of_fields_and_spelling_of_fractions_make_no_difference() {
        let text = |value: &Value| {
            let mut out = String::new();
            canonical(value, &mut out);
            out
        };
        let a: Value = serde_json::from_str(r#"{"b":[1,{"y":2.50,"x":null}],"a":"\u00e9\n"}"#).unwrap();
        let b: Value = serde_json::from_str(r#"{"a":"é\n","b":[1,{"x":null,"y":2.5}]}"#).unwrap();
        assert_eq!(text(&a), text(&b));
        assert_ne!(text(&json!(["a", "b"])), text(&json!(["ab"])));
        assert_ne!(text(&json!(1)), text(&json!("1")));
    }

    #[test]
    fn a_chain_depends_on_the_lines_their_order_and_the_days_before() {
        let key = key();
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let run = |before: Option<&[u8]>, ids: &[i64]| {
            ids.iter()
                .fold(key.begin(day, before), |head, id| key.link(&head, *id, &[7; 32]))
        };
        let whole = run(None, &[1, 2, 3]);
        assert_eq!(whole, run(None, &[1, 2, 3]));
        for other in [
            run(None, &[1, 3]),
            run(None, &[2, 1, 3]),
            run(None, &[1, 2]),
            run(Some(&[1; 32]), &[1, 2, 3]),
        ] {
            assert_ne!(whole, other);
        }
        assert_ne!(key.seal(day, 3, &whole), key.seal(day, 2, &whole));
    }
}
