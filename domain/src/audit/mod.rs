//! What an audit line says about a change: the fields that differ, before and after, with nothing secret in it.

use serde_json::{Map, Value, json};

pub mod chain;
pub mod own;

/// Stands in the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// Parts of field names whose values are never written down, whoever records them.
const SECRET: &[&str] = &[
    "password",
    "secret",
    "token",
    "hash",
    "api_key",
    "private_key",
    "otp",
    "backup_code",
    "recovery_code",
    "challenge",
    "cookie",
    "signature",
    "nin",
    "pin",
];

/// A field whose value must not be written down. A flag that only tells whether there is a secret may.
fn is_secret(field: &str, value: &Value) -> bool {
    let field = field.to_ascii_lowercase();
    let short = |word: &str| field.split('_').any(|part| part == word);
    !value.is_boolean()
        && !value.is_null()
        && SECRET.iter().any(|word| {
            if word.len() <= 4 {
                short(word)
            } else {
                field.contains(word)
            }
        })
}

/// The value without secrets, however deep they are.
#[must_use]
pub fn redact(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, inner)| {
                    // `{"password": {"from": …, "to": …}}` hides both sides and still says that it changed.
                    let inner = match inner {
                        Value::Object(sides) if is_secret(&name, &json!("")) => sides
                            .into_iter()
                            .map(|(side, held)| {
                                (
                                    side,
                                    if held.is_boolean() || held.is_null() {
                                        held
                                    } else {
                                        json!(REDACTED)
                                    },
                                )
                            })
                            .collect(),
                        held if is_secret(&name, &held) => json!(REDACTED),
                        held => redact(held),
                    };
                    (name, inner)
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(redact).collect()),
        plain => plain,
    }
}

/// The fields in which two states of a thing differ, as `{"field": {"from": …, "to": …}}`. A thing that begins or ends has
/// `Value::Null` on the other side.
#[must_use]
pub fn changes(before: &Value, after: &Value) -> Value {
    let empty = Map::new();
    let (old, new) = (
        before.as_object().unwrap_or(&empty),
        after.as_object().unwrap_or(&empty),
    );
    let mut changed = Map::new();
    for name in old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))) {
        let (from, to) = (
            old.get(name).unwrap_or(&Value::Null),
            new.get(name).unwrap_or(&Value::Null),
        );
        if from != to {
            changed.insert(name.clone(), json!({ "from": from, "to": to }));
        }
    }
    redact(Value::Object(changed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_written_down() {
        let before = json!({ "name": "a", "locale": "fr", "phone": null });
        let after = json!({ "name": "b", "locale": "fr", "phone": "+213550000000" });
        let expected = json!({ "name": { "from": "a", "to": "b" }, "phone": { "from": null, "to": "+213550000000" } });
        assert_eq!(changes(&before, &after), expected);
        assert_eq!(
            changes(&Value::Null, &json!({ "a": 1 })),
            json!({ "a": { "from": null, "to": 1 } })
        );
        assert_eq!(changes(&json!({ "a": 1 }), &json!({ "a": 1 })), json!({}));
    }

    #[test]
    fn secrets_leave_only_the_fact_that_they_changed() {
        for field in [
            "password",
            "imap_secret",
            "password_hash",
            "refresh_token",
            "nin",
            "api_key",
            "TOTP_secret",
        ] {
            let changed = changes(&json!({ field: "old-canary" }), &json!({ field: "new-canary" }));
            assert!(!changed.to_string().contains("canary"), "{changed}");
            assert!(changed.get(field).is_some(), "{field} is still said to have changed");
        }
        let nested =
            redact(json!({ "list": [{ "token": "canary", "kept": 1 }], "has_webhook_secret": true, "opinion": "x" }));
        let expected =
            json!({ "list": [{ "token": REDACTED, "kept": 1 }], "has_webhook_secret": true, "opinion": "x" });
        assert_eq!(nested, expected);
    }
}
