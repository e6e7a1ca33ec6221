//! Bodies that have the described shape, so that a request is refused for its caller and not for its form.

use serde_json::{Map, Value, json};

/// A body for this operation with its content type.
pub fn sample(document: &Value, operation: &Value) -> Option<(String, Vec<u8>)> {
    let content = operation["requestBody"]["content"].as_object()?;
    let (kind, media) = content.iter().next()?;
    if kind == "application/json" {
        return Some((
            kind.clone(),
            value(document, &media["schema"], "").to_string().into_bytes(),
        ));
    }
    if kind.starts_with("multipart/") {
        let text = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\ncontent-type: text/plain\r\n\r\ntext\r\n--b--\r\n";
        return Some((format!("{kind}; boundary=b"), text.into()));
    }
    Some((
        kind.clone(),
        b"From: a@x.test\r\nTo: b@x.test\r\nSubject: x\r\n\r\nx\r\n".to_vec(),
    ))
}

/// The query parameters without which the operation cannot be asked.
pub fn query(operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let needed = parameters
        .iter()
        .filter(|one| one["in"] == "query" && one["required"] == true);
    let pairs: Vec<String> = needed
        .filter_map(|one| {
            let word = match one["schema"]["format"].as_str() {
                Some("date") => "2026-01-01",
                Some("uuid") => super::SOME_ID,
                _ => one["schema"]["enum"][0].as_str().unwrap_or("xxx"),
            };
            one["name"].as_str().map(|name| format!("{name}={word}"))
        })
        .collect();
    if pairs.is_empty() {
        String::new()
    } else {
        format!("?{}", pairs.join("&"))
    }
}

fn value(document: &Value, schema: &Value, name: &str) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return value(
            document,
            &document[reference.split('/').nth(1).unwrap_or_default()]["schemas"]
                [reference.rsplit('/').next().unwrap()],
            name,
        );
    }
    for any in ["oneOf", "anyOf", "allOf"] {
        if let Some(variants) = schema[any].as_array() {
            let real = variants
                .iter()
                .find(|one| one["type"] != "null")
                .unwrap_or(&variants[0]);
            return value(document, real, name);
        }
    }
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").cloned().unwrap_or_default(),
        other => other.clone(),
    };
    match kind.as_str().unwrap_or("object") {
        "string" => json!(text(schema, name)),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(false),
        "array" => {
            let count = schema["minItems"].as_u64().unwrap_or(0);
            (0..count).map(|_| value(document, &schema["items"], name)).collect()
        }
        _ => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let fields = required.iter().filter_map(Value::as_str);
            Value::Object(
                fields
                    .map(|field| (field.to_owned(), value(document, &schema["properties"][field], field)))
                    .collect::<Map<_, _>>(),
            )
        }
    }
}

fn text(schema: &Value, name: &str) -> String {
    match (schema["format"].as_str(), name) {
        (Some("uuid"), _) => "01890000-0000-7000-8000-000000000000".to_owned(),
        (Some("date-time"), _) => "2026-01-01T00:00:00Z".to_owned(),
        (Some("date"), _) => "2026-01-01".to_owned(),
        (_, "email" | "address") => "somebody@example.dz".to_owned(),
        _ => "x".repeat(
            usize::try_from(schema["minLength"].as_u64().unwrap_or(3))
                .unwrap_or(3)
                .max(3),
        ),
    }
}
