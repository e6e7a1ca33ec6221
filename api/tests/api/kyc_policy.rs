//! What is closed without a verified identity: who sets it, what is refused, and that it holds at once.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    client::{ADMIN, AGENT, Hands, URL, World, quiet},
    customers::{Person, company},
    kyc::CLIENT,
};

const POLICY: &str = "/api/v1/kyc/policy";

fn policy(members: i64) -> Value {
    json!({ "standard_needs_identity": false, "unverified_credit": 0, "unverified_members": members, "renewal_days": 60 })
}

#[tokio::test]
async fn a_change_opens_at_once_what_a_gate_held_back() {
    let world = World::new().await;
    let admin = Person::new(&world, ADMIN).await;
    let client = Person::new(&world, CLIENT).await;
    let before = admin.get(POLICY).await.body;
    let path = client.made(company("SARL A", "a@a.dz")).await;
    let (members, kyc) = (format!("{path}/members"), format!("{path}/kyc"));
    for email in ["one@x.dz", "two@x.dz", "three@x.dz", "four@x.dz"] {
        Person::stranger(&world, email).await;
    }
    let add = async |email: &str| {
        let body = json!({ "email": email, "role": "viewer" });
        admin.call("POST", &members, body).await
    };
    for email in ["one@x.dz", "two@x.dz"] {
        let added = add(email).await;
        assert_eq!(added.status, StatusCode::OK, "{:?}", added.body);
    }
    assert_eq!(add("three@x.dz").await.code(), "kyc_needed");
    let shown = admin.get(POLICY).await.body;
    let figure = |of: &Value, name: &str| of[name].as_i64().unwrap();
    assert_eq!(figure(&shown, "unverified"), figure(&before, "unverified") + 1);
    assert_eq!(figure(&shown, "full"), figure(&before, "full") + 1);
    assert!(shown["customers"]["not_started"].as_i64().unwrap() >= 1, "{shown}");
    assert_eq!(
        (&shown["unverified_members"], &shown["updated_by"]),
        (&json!(3), &Value::Null)
    );

    let changed = admin.change("PUT", POLICY, POLICY, policy(4)).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{:?}", changed.body);
    assert_eq!(client.get(&kyc).await.body["unverified_members"], 4);
    let added = add("three@x.dz").await;
    assert_eq!(added.status, StatusCode::OK, "{:?}", added.body);
    assert_eq!(add("four@x.dz").await.code(), "kyc_needed");

    let mut strict = policy(4);
    strict["standard_needs_identity"] = json!(true);
    assert_eq!(client.get(&kyc).await.body["gates"]["order_standard"], Value::Null);
    let changed = admin.change("PUT", POLICY, POLICY, strict).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{:?}", changed.body);
    assert_eq!(client.get(&kyc).await.body["gates"]["order_standard"], "kyc_needed");

    let shown = admin.get(POLICY).await.body;
    assert!(shown["updated_by"].is_string(), "{shown}");
    let lines = "SELECT data::text FROM audit_log WHERE action = 'kyc_policy.change' ORDER BY id";
    let lines: Vec<Value> = world
        .db
        .texts(lines)
        .await
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines,
        [
            json!({ "unverified_members": { "from": 3, "to": 4 } }),
            json!({ "standard_needs_identity": { "from": false, "to": true } }),
        ]
    );
    let news = "SELECT permission FROM events WHERE type = 'kyc_policy.changed'";
    assert_eq!(world.db.texts(news).await, ["kyc.view", "kyc.view"]);
}

#[tokio::test]
async fn it_is_set_by_who_may_within_its_ranges_and_over_nobodys_change() {
    let hands = Hands::new();
    let world = World::at(quiet(URL), hands.clone()).await;
    let admin = world.token_of(ADMIN).await;
    let agent = Person::new(&world, AGENT).await;
    let client = Person::new(&world, CLIENT).await;
    let read = agent.get(POLICY).await;
    assert_eq!(read.status, StatusCode::OK, "reviewers know the rules");
    assert_eq!(read.headers["etag"], "\"1\"");
    assert_eq!(client.get(POLICY).await.status, StatusCode::FORBIDDEN);
    for who in [&agent, &client] {
        let refused = who.change("PUT", POLICY, POLICY, policy(9)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{:?}", refused.body);
    }

    let wild = json!({ "standard_needs_identity": true, "unverified_credit": -1, "unverified_members": 0, "renewal_days": 366 });
    let refused = world.act(&admin, "PUT", POLICY, Some(1), wild).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let wrong: Vec<(&str, &str)> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        wrong,
        [
            ("/unverified_credit", "out_of_range"),
            ("/unverified_members", "out_of_range"),
            ("/renewal_days", "out_of_range"),
        ]
    );
    let first = world.act(&admin, "PUT", POLICY, Some(1), policy(5)).await;
    assert_eq!(first.status, StatusCode::NO_CONTENT, "{:?}", first.body);
    let stale = world.act(&admin, "PUT", POLICY, Some(1), policy(6)).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(agent.get(POLICY).await.body["unverified_members"], 5);

    hands.forward(TimeDelta::minutes(6));
    let unproven = world.act(&admin, "PUT", POLICY, Some(2), policy(7)).await;
    assert_eq!(
        (unproven.status, unproven.code()),
        (StatusCode::FORBIDDEN, "step_up_required")
    );
    assert_eq!(agent.get(POLICY).await.body["unverified_members"], 5);
}
