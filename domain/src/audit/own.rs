//! What somebody is told of the lines that he caused himself. He has a right to what he did; he has none to what others are
//! called, which the facts of a line may say, and which he may not be allowed to read any more.

use serde_json::{Map, Value};
use uuid::Uuid;

/// Kinds of subjects of which everybody has his own; a line about somebody else's says whose it is.
const OWN: &[&str] = &["session", "passkey", "api_token"];

/// Facts that say what was done and name nobody, whatever they are about. Their values are words and figures of the product.
const PLAIN: &[&str] = &[
    "state",
    "status",
    "priority",
    "number",
    "kind",
    "change",
    "method",
    "amr",
    "locale",
    "tickets",
    "jobs",
    "rows",
    "customers",
    "done",
    "unchanged",
    "refused",
    "queue",
    "schedule",
];

/// Actions whose whole line is a change from one word of the product to another.
const STEPS: &[&str] = &["ticket.transition", "ticket.rate"];

/// The facts of a line that may be shown to `reader`, who caused it: all of what is about himself, and of everything else
/// those that name nobody.
#[must_use]
pub fn facts(reader: Uuid, action: &str, subject: (&str, Option<Uuid>), data: Value) -> Value {
    let Value::Object(fields) = data else {
        return Value::Object(Map::new());
    };
    let (kind, id) = subject;
    let of = fields.get("user_id").and_then(Value::as_str);
    let about_himself =
        (kind == "user" && id == Some(reader)) || (OWN.contains(&kind) && of.is_none_or(|of| of == reader.to_string()));
    if about_himself {
        return Value::Object(fields);
    }
    let step = STEPS.contains(&action);
    Value::Object(
        fields
            .into_iter()
            .filter(|(name, value)| {
                let told = PLAIN.contains(&name.as_str()) || (step && matches!(name.as_str(), "from" | "to"));
                told && plain(value)
            })
            .collect(),
    )
}

/// Figures, flags, and words such as `in_progress`, alone or as the two sides of a change.
fn plain(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
        Value::Array(items) => items.iter().all(|item| !item.is_object() && plain(item)),
        Value::Object(sides) => sides
            .iter()
            .all(|(side, held)| matches!(side.as_str(), "from" | "to") && !held.is_object() && plain(held)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ME: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    #[test]
    fn what_is_about_oneself_is_whole() {
        let data = json!({ "name": { "from": "Ana", "to": "Ana B." } });
        assert_eq!(facts(ME, "user.changed", ("user", Some(ME)), data.clone()), data);
        let data = json!({ "user_id": ME });
        assert_eq!(
            facts(ME, "session.revoked", ("session", Some(OTHER)), data.clone()),
            data
        );
        let data = json!({ "name": "Key ring" });
        assert_eq!(facts(ME, "passkey.added", ("passkey", Some(OTHER)), data.clone()), data);
    }

    #[test]
    fn nobody_else_is_named() {
        let about = |kind, data| facts(ME, "x.y", (kind, Some(OTHER)), data);
        assert_eq!(
            about(
                "user",
                json!({ "name": "Samir", "email": "s@x.test", "status": { "from": "active", "to": "suspended" } })
            ),
            json!({ "status": { "from": "active", "to": "suspended" } })
        );
        assert_eq!(about("session", json!({ "user_id": OTHER })), json!({}));
        assert_eq!(
            about("ticket", json!({ "from": "Samir", "to": "Karim", "number": 7 })),
            json!({ "number": 7 })
        );
        // A field that names nobody by its name does not, if it holds what somebody wrote.
        assert_eq!(
            about(
                "ticket",
                json!({ "kind": "Samir's", "state": { "from": { "who": "Samir" }, "to": 1 } })
            ),
            json!({})
        );
        assert_eq!(about("user", json!("Samir")), json!({}));
    }

    #[test]
    fn a_step_says_from_where_to_where() {
        let data = json!({ "from": "open", "to": "in_progress" });
        assert_eq!(
            facts(ME, "ticket.transition", ("ticket", Some(OTHER)), data.clone()),
            data
        );
    }
}
