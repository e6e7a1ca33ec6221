//! Customers are found, listed and exported.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    client::{ADMIN, AGENT, World},
    customers::{CLIENT, LIST, Person, company},
};

#[tokio::test]
async fn search_forgives_mistakes_accents_and_word_order() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    for (name, email) in [
        ("SARL Étoile Bâtiment", "info@etoile.dz"),
        ("EURL Numidia Transport", "contact@numidia.dz"),
        ("شركة أحمد للإعلام", "ahmed@ilam.dz"),
    ] {
        agent.made(company(name, email)).await;
    }
    let mut tax = company("SPA Sahara", "x@sahara.dz");
    tax["nif"] = json!("000116001234567");
    agent.made(tax).await;
    let first = async |q: &str| {
        let encoded: String = q.bytes().map(|b| format!("%{b:02X}")).collect();
        let answer = agent.get(&format!("{LIST}?q={encoded}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
        answer.body["items"][0]["name"].as_str().unwrap_or("-").to_owned()
    };
    for (q, name) in [
        ("etoile", "SARL Étoile Bâtiment"),
        ("batiment ÉTOILE", "SARL Étoile Bâtiment"),
        ("numdia transprt", "EURL Numidia Transport"),
        ("contact@numidia.dz", "EURL Numidia Transport"),
        ("احمد", "شركة أحمد للإعلام"),
        ("600123", "SPA Sahara"),
        ("000116001234567", "SPA Sahara"),
        ("10001", "SARL Étoile Bâtiment"),
        ("zzzzqqq", "-"),
    ] {
        assert_eq!(first(q).await, name, "{q}");
    }
    // What means something to the index or to LIKE is only text here.
    for q in [
        "'",
        "\\",
        "%",
        "_",
        "a & | !",
        "x:*",
        "((",
        "\u{0}",
        "' OR 1=1 --",
        "<->",
    ] {
        first(q).await;
    }
    let filtered = agent.get(&format!("{LIST}?q=etoile&status=active")).await;
    assert_eq!(filtered.body["items"], json!([]));
    assert_eq!(agent.get(&format!("{LIST}?status=odd")).await.code(), "invalid_filter");
}

#[tokio::test]
async fn lists_come_in_pages_in_every_order() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    for n in 0..7 {
        agent
            .made(company(&format!("SARL {}", 7 - n), &format!("c{n}@x.dz")))
            .await;
    }
    for (sort, q) in [("-created_at", ""), ("-updated_at", ""), ("name", ""), ("name", "sarl")] {
        let mut names = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("{LIST}?limit=3&sort={sort}&q={q}&cursor={cursor}");
            let page = agent.get(&path).await.body;
            names.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|c| c["name"].as_str().unwrap().to_owned()),
            );
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        let mut sorted = names.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), 7, "{sort} {names:?}");
        assert_eq!(names, sorted, "{sort}: the newest has the lowest number");
    }
    let counts = agent.get(&format!("{LIST}/statistics")).await.body;
    assert_eq!(
        (&counts["total"], &counts["by_kind"]["corporate"]),
        (&json!(7), &json!(7))
    );
}

#[tokio::test]
async fn list_and_export_are_narrowed_by_the_same_questions() {
    let world = World::new().await;
    let admin = Person::new(&world, ADMIN).await;
    let agent = Person::new(&world, AGENT).await;
    let mut paths = Vec::new();
    for (n, name) in ["SARL Atlas", "SARL Hoggar", "SARL Tassili"].into_iter().enumerate() {
        paths.push(admin.made(company(name, &format!("c{n}@x.dz"))).await);
    }
    world
        .db
        .execute(&format!(
            "UPDATE customers SET tags = ARRAY['sud', 'vip'], created_at = '2026-05-10T00:00:00Z',
                 account_manager_id = (SELECT id FROM users WHERE email = '{AGENT}'), tier = 'premium' WHERE name = 'SARL Atlas';
             UPDATE customers SET tags = ARRAY['sud'], created_at = '2026-05-20T00:00:00Z' WHERE name = 'SARL Hoggar'"
        ))
        .await;
    let gone = admin.change("DELETE", &paths[2], &paths[2], Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{:?}", gone.body);
    let counts = agent.get(&format!("{LIST}/statistics")).await.body;
    assert_eq!(counts["by_tag"], json!({ "sud": 2, "vip": 1 }));
    let (from, until) = (
        "created_from=2026-05-15T00:00:00Z",
        "created_until=2026-05-15T00:00:00Z",
    );
    for (query, expected) in [
        ("tag=sud", vec!["SARL Hoggar", "SARL Atlas"]),
        ("tag=sud,vip", vec!["SARL Atlas"]),
        ("manager=none", vec!["SARL Hoggar"]),
        ("tier=premium", vec!["SARL Atlas"]),
        ("tier=standard,business", vec!["SARL Hoggar"]),
        ("q=atlas&tier=business", vec![]),
        ("q=atlas&tier=premium", vec!["SARL Atlas"]),
        (from, vec!["SARL Hoggar"]),
        (until, vec!["SARL Atlas"]),
        ("deleted=true", vec!["SARL Tassili"]),
        ("q=tassili", vec![]),
        ("q=tassili&deleted=true", vec!["SARL Tassili"]),
        ("q=hoggar&tag=vip", vec![]),
        ("q=hogar&tag=sud", vec!["SARL Hoggar"]),
    ] {
        let listed = admin.get(&format!("{LIST}?{query}")).await.body;
        let names: Vec<&str> = listed["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, expected, "{query}");
        let (status, _, bytes) = admin.download(&format!("{LIST}/export?{query}")).await;
        assert_eq!(status, StatusCode::OK, "{query}");
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().count(), 1 + expected.len(), "{query}: {text}");
        for name in expected {
            assert!(text.contains(name), "{query}: {text}");
        }
    }
    let mine = agent.get(&format!("{LIST}?manager=me")).await.body;
    assert_eq!(mine["items"][0]["name"], "SARL Atlas");
    for place in [LIST.to_owned(), format!("{LIST}/export")] {
        let refused = agent.get(&format!("{place}?deleted=true")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{place}");
    }
    let noted = world
        .db
        .texts(
            "SELECT data->>'filter' FROM audit_log WHERE action = 'customer.export' AND data->>'filter' LIKE '%hogar%'",
        )
        .await;
    assert_eq!(noted.len(), 1, "{noted:?}");
}

#[tokio::test]
async fn an_export_is_a_spreadsheet_that_computes_nothing() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    let client = Person::new(&world, CLIENT).await;
    let mut odd = company("=HYPERLINK(\"http://evil\")", "e@e.dz");
    odd["phone"] = json!("0550123456");
    agent.made(odd).await;
    client.made(company("شركة \"النور\", SARL", "n@n.dz")).await;
    let (status, headers, bytes) = agent.download(&format!("{LIST}/export?status=pending")).await;
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(status, StatusCode::OK, "{text}");
    assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
    assert!(text.starts_with("\u{feff}number,kind"), "{text}");
    assert!(text.contains("\"'=HYPERLINK(\"\"http://evil\"\")\""), "{text}");
    assert!(
        text.contains("'+213550123456") && text.contains("\"شركة \"\"النور\"\", SARL\""),
        "{text}"
    );
    assert_eq!(text.lines().count(), 3);
    let none = agent.download(&format!("{LIST}/export?status=active")).await.2;
    assert_eq!(String::from_utf8(none).unwrap().lines().count(), 1);
    assert_eq!(
        client.get(&format!("{LIST}/export")).await.status,
        StatusCode::FORBIDDEN
    );

    // Who signs in for a customer is for staff to see.
    let path = format!(
        "{LIST}/{}",
        client.get(LIST).await.body["items"][0]["id"].as_str().unwrap()
    );
    let security = agent.get(&format!("{path}/security")).await.body;
    assert_eq!(
        (&security["accounts"][0]["sessions"], &security["logins"][0]["outcome"]),
        (&json!(1), &json!("success"))
    );
    // By what he proves who he is, and since when; what was not confirmed is no factor.
    assert_eq!(security["accounts"][0]["second_factors"], json!([]));
    world
        .db
        .execute(&format!(
            "INSERT INTO totp_factors (user_id, secret, created_at, confirmed_at) SELECT id, '', now(), NULL FROM users WHERE email = '{CLIENT}';
             INSERT INTO sms_factors (user_id, phone, confirmed_at)
                 SELECT id, '+213550123456', '2026-02-01T00:00:00Z' FROM users WHERE email = '{CLIENT}'"
        ))
        .await;
    let factors = async || agent.get(&format!("{path}/security")).await.body["accounts"][0]["second_factors"].clone();
    let phone = json!({ "method": "sms", "since": "2026-02-01T00:00:00Z" });
    assert_eq!(factors().await, json!([phone]));
    world
        .db
        .execute("UPDATE totp_factors SET confirmed_at = '2026-01-01T00:00:00Z'")
        .await;
    let app = json!({ "method": "totp", "since": "2026-01-01T00:00:00Z" });
    assert_eq!(factors().await, json!([app, phone]));
    assert_eq!(
        client.get(&format!("{path}/security")).await.status,
        StatusCode::FORBIDDEN
    );
}
