//! What is sent to do more than it says, and the list of threats in `docs/SECURITY.md`.

use std::{collections::BTreeSet, fs, path::Path};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::{
    client::World,
    customers::{CLIENT, LIST, Person, company},
};

/// Shapes that ignore what they do not know, and why.
const LOOSE: &[(&str, &str)] = &[(
    "TicketFilter",
    "the same as the list's questions in an address; it names rows and sets nothing",
)];

/// Names the shapes below this one that would take a field nobody described.
fn loose(document: &Value, schema: &Value, name: &str, seen: &mut BTreeSet<String>, found: &mut BTreeSet<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        if seen.insert(name.to_owned()) {
            loose(document, &document["components"]["schemas"][name], name, seen, found);
        }
        return;
    }
    for any in ["oneOf", "anyOf", "allOf"] {
        for variant in schema[any].as_array().into_iter().flatten() {
            loose(document, variant, name, seen, found);
        }
    }
    let fields = schema["properties"].as_object();
    if fields.is_some() && schema["additionalProperties"] != false {
        found.insert(name.to_owned());
    }
    for (field, inner) in fields.into_iter().flatten() {
        loose(document, inner, &format!("{name}.{field}"), seen, found);
    }
    if schema["items"].is_object() {
        loose(document, &schema["items"], &format!("{name}[]"), seen, found);
    }
}

#[test]
fn every_body_names_all_that_it_takes() {
    let document = serde_json::to_value(api::openapi()).unwrap();
    let mut found = BTreeSet::new();
    let mut bodies = 0;
    for methods in document["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_object() {
                bodies += 1;
                let id = operation["operationId"].as_str().unwrap();
                loose(&document, schema, id, &mut BTreeSet::new(), &mut found);
            }
        }
    }
    assert!(bodies > 100, "{bodies}");
    let named: BTreeSet<String> = LOOSE.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, named);
}

#[tokio::test]
async fn fields_that_nobody_offers_are_refused_and_change_nothing() {
    let world = World::new().await;
    let client = Person::new(&world, CLIENT).await;
    let token = world.token_of(CLIENT).await;
    for field in [
        "role",
        "role_id",
        "permissions",
        "status",
        "email",
        "session_version",
        "id",
    ] {
        let mut body = json!({ "name": "Somebody else" });
        body[field] = json!("admin");
        let answer = world.change_me(&token, body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            "{field}: {:?}",
            answer.body
        );
    }
    let me = world.me(&token).await.body;
    assert_eq!((&me["role"], &me["name"]), (&json!("client"), &json!("Lina Client")));
    for field in [
        "status",
        "kyc_state",
        "account_manager_id",
        "number",
        "tags",
        "tier",
        "owner",
    ] {
        let mut profile = company("SARL A", "a@a.dz");
        profile[field] = json!("active");
        let inside = client.create(profile).await;
        let mut beside = json!({ "profile": company("SARL A", "a@a.dz") });
        beside[field] = json!("active");
        let beside = client.call("POST", LIST, beside).await;
        for answer in [inside, beside] {
            assert_eq!(
                answer.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{field}: {:?}",
                answer.body
            );
        }
    }
    assert_eq!(world.db.texts("SELECT count(*)::text FROM customers").await, ["0"]);
}

#[tokio::test]
async fn packed_bodies_are_not_unpacked() {
    let world = World::new().await;
    // An empty object through gzip: who would unpack it would miss its fields.
    let packed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00";
    for encoding in ["gzip", "deflate", "br"] {
        let request = Request::post("/api/v1/auth/login")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONTENT_ENCODING, encoding)
            .body(Body::from(packed.to_vec()))
            .unwrap();
        let answer = world.send(request).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::BAD_REQUEST, "malformed_json"),
            "{encoding}"
        );
    }
}

#[test]
fn each_threat_names_tests_that_there_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = fs::read_to_string(root.join("docs/SECURITY.md")).unwrap();
    let (_, table) = text.split_once("## Threats and what shows that they are met").unwrap();
    let table = table.split("\n## ").next().unwrap();
    let mut rows = 0;
    let mut gone = Vec::new();
    for row in table.lines().filter(|line| line.starts_with("| ")).skip(1) {
        rows += 1;
        let tests: Vec<(&str, &str)> = row.split('`').filter_map(|part| part.split_once("::")).collect();
        if tests.is_empty() {
            gone.push(format!("no test in {row}"));
        }
        for (file, test) in tests {
            let code = fs::read_to_string(root.join(file)).unwrap_or_default();
            if !code.contains(&format!("fn {test}(")) {
                gone.push(format!("{file}::{test}"));
            }
        }
    }
    assert!(rows > 15, "{rows}");
    assert!(gone.is_empty(), "{}", gone.join("\n"));
}
