//! An approval that is renewed ahead of its end: two cases beside each other, one of them in force.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::{TimeDelta, Utc};
use domain::account::notice::AccountNotice;
use serde_json::{Value, json};

use super::{
    client::{ADMIN, AGENT, Answer, World},
    customers::{Person, company},
    kyc::{CLIENT, approved, picture, told, told_owner},
};

/// A customer whose approval ends in these days, and the address of his verification. Nothing is left to tell.
async fn ending(world: &Arc<World>, days: i64) -> (Person, String) {
    let (client, path) = approved(world).await;
    world
        .db
        .execute(&format!(
            "UPDATE kyc_cases SET expires_at = now() + interval '{days} days', decided_at = now() - interval '700 days'"
        ))
        .await;
    world.mails().await;
    (client, format!("{path}/kyc"))
}

async fn renew(client: &Person, kyc: &str) -> Answer {
    client.call("POST", &format!("{kyc}/renewal"), Value::Null).await
}

/// Gives the papers of a renewal.
async fn papers(client: &Person, kyc: &str) {
    for kind in ["passport", "trade_register", "tax_card"] {
        let path = format!("{kyc}/documents?kind={kind}&filename=new.png");
        let answer = client.upload(&path, picture()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
    }
}

/// A renewal that is handed in.
async fn handed_in(client: &Person, kyc: &str) -> Value {
    let begun = renew(client, kyc).await;
    assert_eq!(begun.status, StatusCode::OK, "{:?}", begun.body);
    papers(client, kyc).await;
    let sent = client.call("POST", &format!("{kyc}/submit"), Value::Null).await;
    assert_eq!(sent.body["renewal"]["state"], "submitted", "{:?}", sent.body);
    sent.body
}

async fn decide(reviewer: &Person, kyc: &str, mut verdict: Value) -> Answer {
    verdict["documents_digest"] = reviewer.get(kyc).await.body["renewal"]["documents_digest"].clone();
    reviewer.call("POST", &format!("{kyc}/decision"), verdict).await
}

/// States and parts of all cases, oldest first.
async fn cases(world: &World) -> Vec<String> {
    world
        .db
        .texts("SELECT state || ' ' || part FROM kyc_cases ORDER BY created_at, id")
        .await
}

#[tokio::test]
async fn a_renewal_stands_beside_the_approval_and_takes_its_place() {
    let world = World::new().await;
    let (client, kyc) = ending(&world, 70).await;
    let early = client.get(&kyc).await.body;
    assert!(!early["steps"].as_array().unwrap().contains(&json!("renew")), "{early}");
    assert!(early["renewable_from"].is_string(), "{early}");
    assert_eq!(renew(&client, &kyc).await.code(), "kyc_renewal_early");
    world
        .db
        .execute("UPDATE kyc_cases SET expires_at = now() + interval '50 days'")
        .await;
    let due = client.get(&kyc).await.body;
    assert_eq!(due["steps"], json!(["renew"]));
    let begun = renew(&client, &kyc).await;
    assert_eq!(
        (begun.status, &begun.body["state"], &begun.body["renewal"]["state"]),
        (StatusCode::OK, &json!("approved"), &json!("collecting")),
        "{:?}",
        begun.body
    );
    assert_eq!(
        (&begun.body["renewal"]["documents"], &begun.body["renewable_from"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(
        begun.body["documents"].as_array().unwrap().len(),
        3,
        "those of the approval"
    );
    assert_eq!(renew(&client, &kyc).await.code(), "kyc_renewal_open");
    let old = begun.body["documents"][0]["id"].as_str().unwrap();
    let kept = client
        .call("DELETE", &format!("{kyc}/documents/{old}"), Value::Null)
        .await;
    assert_eq!(kept.status, StatusCode::NOT_FOUND, "what was decided on stays");

    papers(&client, &kyc).await;
    let sent = client.call("POST", &format!("{kyc}/submit"), Value::Null).await.body;
    assert_eq!(
        (
            &sent["state"],
            &sent["renewal"]["state"],
            &sent["gates"]["order_sensitive"]
        ),
        (&json!("approved"), &json!("submitted"), &Value::Null)
    );
    let admin = Person::new(&world, ADMIN).await;
    let queue = admin.get("/api/v1/kyc/queue").await.body;
    assert_eq!(queue["items"][0]["renewal"], true, "{queue}");
    admin.call("POST", &format!("{kyc}/claim"), Value::Null).await;
    let seen = admin.get(&kyc).await.body;
    assert_eq!(seen["steps"], json!(["revoke"]), "what is in force can be taken back");
    let other = json!({ "verdict": "approve", "documents_digest": seen["documents_digest"] });
    let other = admin.call("POST", &format!("{kyc}/decision"), other).await;
    assert_eq!(other.code(), "kyc_documents_changed", "the papers of the approval");

    let done = decide(&admin, &kyc, json!({ "verdict": "approve" })).await;
    assert_eq!(
        (done.status, &done.body["state"], &done.body["renewal"]),
        (StatusCode::OK, &json!("approved"), &Value::Null),
        "{:?}",
        done.body
    );
    let end = done.body["expires_at"].as_str().unwrap();
    let end = chrono::DateTime::parse_from_rfc3339(end).unwrap();
    assert!(end > Utc::now() + TimeDelta::days(700), "{end}");
    assert!(done.body["documents"][0]["id"] != old, "those of the renewal");
    assert_eq!(cases(&world).await, ["superseded past", "approved current"]);
    let steps: Vec<(&Value, &Value)> = done.body["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (&event["to"], &event["renewal"]))
        .take(2)
        .collect();
    assert!(steps.contains(&(&json!("approved"), &json!(true))), "{steps:?}");
    assert!(steps.contains(&(&json!("superseded"), &json!(false))), "{steps:?}");
    told_owner(&world, AccountNotice::IdentityApproved).await;
    for action in ["kyc.renew", "kyc.supersede"] {
        let lines = format!("SELECT count(*)::text FROM audit_log WHERE action = '{action}'");
        assert_eq!(world.db.texts(&lines).await, ["1"], "{action}");
    }
    assert_eq!(app::kyc::expire(&world.state.app).await.unwrap(), 0);

    // Reviewers look at what was, and every look is logged; its owner and whoever only sees verifications are shown what is.
    let past = admin.get(&kyc).await.body["past"].clone();
    assert_eq!(past.as_array().map(Vec::len), Some(1), "{past}");
    assert_eq!(
        (&past[0]["state"], &past[0]["documents"][0]["id"]),
        (&json!("superseded"), &json!(old))
    );
    let (status, _, _) = admin.download(&format!("{kyc}/documents/{old}")).await;
    assert_eq!(status, StatusCode::OK);
    let looked = format!("SELECT count(*)::text FROM kyc_document_views WHERE document_id = '{old}'");
    assert_eq!(world.db.texts(&looked).await, ["1"]);
    assert_eq!(client.get(&kyc).await.body["past"], json!([]));
    let less = "UPDATE roles SET effective = array_remove(effective, 'kyc.review') WHERE key = 'corporate'";
    world.db.execute(less).await;
    let agent = Person::new(&world, AGENT).await;
    let seen = agent.get(&kyc).await.body;
    assert_eq!((&seen["state"], &seen["past"]), (&json!("approved"), &json!([])));

    // The papers of the past have their time, those of the approval stay.
    world
        .db
        .execute("UPDATE kyc_cases SET closed_at = now() - interval '6 years' WHERE part = 'past'")
        .await;
    app::retention::clean_up(&world.state.app).await.unwrap();
    let gone = "SELECT k.part FROM kyc_documents d JOIN kyc_cases k ON k.id = d.case_id WHERE d.file_id IS NULL";
    assert_eq!(world.db.texts(gone).await, ["past", "past", "past"]);
    assert_eq!(admin.get(&kyc).await.body["past"][0]["documents"], json!([]));
}

#[tokio::test]
async fn a_refused_renewal_leaves_the_approval_and_can_be_tried_again() {
    let world = World::new().await;
    let (client, kyc) = ending(&world, 20).await;
    handed_in(&client, &kyc).await;
    let admin = Person::new(&world, ADMIN).await;
    admin.call("POST", &format!("{kyc}/claim"), Value::Null).await;
    let refused = decide(
        &admin,
        &kyc,
        json!({ "verdict": "reject", "reason": "Pièce illisible." }),
    )
    .await;
    assert_eq!(
        (&refused.body["state"], &refused.body["renewal"]["state"]),
        (&json!("approved"), &json!("rejected")),
        "{:?}",
        refused.body
    );
    let seen = client.get(&kyc).await.body;
    assert_eq!(
        (&seen["renewal"]["reason"], &seen["renewal"]["reviewer"]),
        (&json!("Pièce illisible."), &Value::Null),
        "staff stay unnamed"
    );
    assert_eq!(seen["gates"]["order_sensitive"], Value::Null);
    let text = told_owner(&world, AccountNotice::IdentityRenewalRejected).await;
    let until = (Utc::now() + TimeDelta::days(20)).format("%Y-%m-%d").to_string();
    assert!(text.contains("Pièce illisible.") && text.contains(&until), "{text}");

    papers(&client, &kyc).await;
    assert_eq!(client.get(&kyc).await.body["renewal"]["state"], "collecting");
    assert_eq!(cases(&world).await, ["approved current", "collecting renewal"]);

    // The approval ends by its own date; what is under way goes on in its place.
    let app = &world.state.app;
    world
        .db
        .execute("UPDATE kyc_cases SET expires_at = now() - interval '1 minute' WHERE part = 'current'")
        .await;
    assert_eq!(app::kyc::expire(app).await.unwrap(), 1);
    assert_eq!(app::kyc::expire(app).await.unwrap(), 0);
    told_owner(&world, AccountNotice::IdentityExpired).await;
    assert_eq!(cases(&world).await, ["expired past", "collecting current"]);
    let after = client.get(&kyc).await.body;
    assert_eq!(
        (&after["state"], &after["renewal"], &after["gates"]["order_sensitive"]),
        (&json!("collecting"), &Value::Null, &json!("kyc_needed"))
    );
    let sent = client.call("POST", &format!("{kyc}/submit"), Value::Null).await;
    assert_eq!(sent.body["state"], "submitted", "{:?}", sent.body);
}

#[tokio::test]
async fn what_was_refused_is_past_when_the_approval_ends() {
    let world = World::new().await;
    let (client, kyc) = ending(&world, 20).await;
    handed_in(&client, &kyc).await;
    let admin = Person::new(&world, ADMIN).await;
    admin.call("POST", &format!("{kyc}/claim"), Value::Null).await;
    decide(&admin, &kyc, json!({ "verdict": "reject", "reason": "Non." })).await;
    world
        .db
        .execute("UPDATE kyc_cases SET expires_at = now() - interval '1 minute' WHERE part = 'current'")
        .await;
    assert_eq!(app::kyc::expire(&world.state.app).await.unwrap(), 1);
    assert_eq!(cases(&world).await, ["expired current", "rejected past"]);
    let after = client.get(&kyc).await.body;
    assert_eq!((&after["state"], &after["renewal"]), (&json!("expired"), &Value::Null));
    let again = client
        .upload(&format!("{kyc}/documents?kind=selfie&filename=a.png"), picture())
        .await;
    assert_eq!(again.status, StatusCode::CREATED, "{:?}", again.body);
    assert_eq!(client.get(&kyc).await.body["state"], "collecting");
}

#[tokio::test]
async fn an_approval_that_is_taken_back_or_outdated_gives_way_to_its_renewal() {
    let world = World::new().await;
    let (client, kyc) = ending(&world, 20).await;
    handed_in(&client, &kyc).await;
    let admin = Person::new(&world, ADMIN).await;
    let reason = json!({ "reason": "Registre radié." });
    let revoked = admin.call("POST", &format!("{kyc}/revoke"), reason).await;
    assert_eq!(
        (&revoked.body["state"], &revoked.body["renewal"]),
        (&json!("submitted"), &Value::Null),
        "{:?}",
        revoked.body
    );
    let text = told_owner(&world, AccountNotice::IdentityRevoked).await;
    assert!(text.contains("Registre radié."), "{text}");
    assert_eq!(cases(&world).await, ["revoked past", "submitted current"]);

    admin.call("POST", &format!("{kyc}/claim"), Value::Null).await;
    let digest = admin.get(&kyc).await.body["documents_digest"].clone();
    let approve = json!({ "verdict": "approve", "documents_digest": digest });
    let done = admin.call("POST", &format!("{kyc}/decision"), approve).await;
    assert_eq!(done.body["state"], "approved", "{:?}", done.body);
    world
        .db
        .execute("UPDATE kyc_cases SET expires_at = now() + interval '9 days' WHERE part = 'current'")
        .await;
    world.mails().await;
    handed_in(&client, &kyc).await;
    admin.call("POST", &format!("{kyc}/claim"), Value::Null).await;
    let path = kyc.trim_end_matches("/kyc");
    let changed = client.change("PUT", path, path, company("SARL Autre", "a@a.dz")).await;
    assert_eq!(
        (changed.status, &changed.body["kyc_state"]),
        (StatusCode::OK, &json!("submitted")),
        "{:?}",
        changed.body
    );
    let after = client.get(&kyc).await.body;
    assert!(after["reason"].as_str().unwrap().contains("raison sociale"), "{after}");
    assert_eq!(after["gates"]["order_sensitive"], "kyc_needed");
    assert_eq!(
        cases(&world).await,
        ["revoked past", "superseded past", "submitted current"]
    );
    let mails: Vec<AccountNotice> = told(&world).await.into_iter().map(|(_, notice, _)| notice).collect();
    assert_eq!(mails, [AccountNotice::IdentityOutdated]);
}

#[tokio::test]
async fn there_is_one_open_case_and_one_in_force_at_most() {
    let world = World::new().await;
    let fresh = Person::new(&world, CLIENT).await;
    let path = fresh.made(company("SARL B", "b@b.dz")).await;
    assert_eq!(renew(&fresh, &format!("{path}/kyc")).await.code(), "kyc_state");

    let (client, kyc) = ending(&world, 20).await;
    let (one, two) = tokio::join!(renew(&client, &kyc), renew(&client, &kyc));
    let codes = [&one, &two].map(|answer| answer.status);
    assert!(codes.contains(&StatusCode::OK), "{codes:?}");
    let refused = if one.status == StatusCode::OK { &two } else { &one };
    assert_eq!(refused.code(), "kyc_renewal_open");
    let other = Person::stranger(&world, "other@x.dz").await;
    assert_eq!(renew(&other, &kyc).await.status, StatusCode::NOT_FOUND);
    for (state, part) in [
        ("collecting", "current"),
        ("collecting", "renewal"),
        ("approved", "current"),
    ] {
        let slip = format!(
            "INSERT INTO kyc_cases (id, customer_id, state, part, documents_digest, expires_at, created_at, updated_at)
             SELECT gen_random_uuid(), customer_id, '{state}', '{part}', '', now(), now(), now() FROM kyc_cases WHERE part = 'renewal'"
        );
        let refused = world.db.try_execute(&slip).await;
        assert!(refused.is_err(), "{state} {part}");
    }
}

#[tokio::test]
async fn those_who_lead_are_told_when_they_may_renew_and_not_when_they_did() {
    let world = World::new().await;
    let (client, kyc) = ending(&world, 20).await;
    let app = &world.state.app;
    world.db.execute("UPDATE kyc_policy SET renewal_days = 10").await;
    assert_eq!(app::kyc::warn(app).await.unwrap(), 0, "nothing can be done yet");
    assert_eq!(renew(&client, &kyc).await.code(), "kyc_renewal_early");
    world
        .db
        .execute("UPDATE kyc_cases SET expires_at = now() + interval '9 days'")
        .await;
    assert_eq!(app::kyc::warn(app).await.unwrap(), 1);
    told_owner(&world, AccountNotice::IdentityExpiring).await;

    world
        .db
        .execute("UPDATE kyc_cases SET expires_at = expires_at - interval '1 day'")
        .await;
    handed_in(&client, &kyc).await;
    assert_eq!(app::kyc::warn(app).await.unwrap(), 0, "it is with a reviewer");
    assert!(told(&world).await.is_empty());
}
