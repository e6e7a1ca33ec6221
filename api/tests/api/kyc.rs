//! Verification of identity: papers, review, and what is refused on the way.

use std::{io::Cursor, sync::Arc};

use app::account::letter::{AccountLetter, Content, written};
use axum::http::StatusCode;
use chrono::{TimeDelta, Utc};
use domain::account::notice::AccountNotice;
use serde_json::{Value, json};

use super::{
    client::{ADMIN, AGENT, World},
    customers::{Person, company},
};

pub(super) const CLIENT: &str = "client@cloudmanager.test";

pub(super) fn picture() -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = image::DynamicImage::new_rgb8(64, 40);
    image
        .write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png)
        .unwrap();
    bytes
}

/// A customer with all papers, and its path.
async fn ready(world: &Arc<World>) -> (Person, String) {
    let client = Person::new(world, CLIENT).await;
    let path = client.made(company("SARL A", "a@a.dz")).await;
    for kind in ["passport", "trade_register", "tax_card"] {
        let answer = client
            .upload(
                &format!("{path}/kyc/documents?kind={kind}&filename=..%2Fscan.png"),
                picture(),
            )
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
        assert_eq!(
            (&answer.body["name"], &answer.body["content_type"]),
            (&json!("scan.jpg"), &json!("image/jpeg"))
        );
    }
    (client, path)
}

#[tokio::test]
async fn a_case_goes_from_papers_to_approval_and_expires() {
    let world = World::new().await;
    let client = Person::new(&world, CLIENT).await;
    let path = client.made(company("SARL B", "b@b.dz")).await;
    let kyc = format!("{path}/kyc");
    let fresh = client.get(&kyc).await.body;
    assert_eq!(
        (&fresh["state"], &fresh["gates"]["order_sensitive"]),
        (&json!("not_started"), &json!("kyc_needed"))
    );
    assert_eq!(
        client.call("POST", &format!("{kyc}/submit"), Value::Null).await.code(),
        "kyc_state"
    );
    client
        .upload(&format!("{kyc}/documents?kind=passport&filename=a.png"), picture())
        .await;
    let early = client.call("POST", &format!("{kyc}/submit"), Value::Null).await;
    assert_eq!(
        (early.code(), &early.body["allowed"]),
        ("kyc_incomplete", &json!(["trade_register", "tax_card"]))
    );
    for kind in ["trade_register", "tax_card"] {
        client
            .upload(&format!("{kyc}/documents?kind={kind}&filename=a.png"), picture())
            .await;
    }
    let sent = client.call("POST", &format!("{kyc}/submit"), Value::Null).await.body;
    assert_eq!((&sent["state"], &sent["steps"]), (&json!("submitted"), &json!([])));

    let agent = Person::new(&world, AGENT).await;
    let admin = Person::new(&world, ADMIN).await;
    assert_eq!(agent.get("/api/v1/kyc/queue").await.body["items"][0]["name"], "SARL B");
    let open = agent.get("/api/v1/kyc/queue?state=submitted").await.body;
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
    for none in ["state=in_review", "mine=true"] {
        assert_eq!(
            agent.get(&format!("/api/v1/kyc/queue?{none}")).await.body["items"],
            json!([])
        );
    }
    let claim = format!("{kyc}/claim");
    let (one, two) = tokio::join!(
        agent.call("POST", &claim, Value::Null),
        admin.call("POST", &claim, Value::Null)
    );
    let winner = if one.status == StatusCode::OK {
        (&agent, &admin)
    } else {
        (&admin, &agent)
    };
    assert_ne!(one.status, two.status, "one gets it");
    let case = winner.0.get(&kyc).await.body;
    let digest = case["documents_digest"].clone();
    let decide = format!("{kyc}/decision");
    let approve = json!({ "verdict": "approve", "documents_digest": digest });
    assert_eq!(
        winner.1.call("POST", &decide, approve.clone()).await.code(),
        "kyc_claimed"
    );
    let other = json!({ "verdict": "approve", "documents_digest": "0".repeat(64) });
    assert_eq!(
        winner.0.call("POST", &decide, other).await.code(),
        "kyc_documents_changed"
    );
    let silent = json!({ "verdict": "ask_more", "documents_digest": digest });
    assert_eq!(winner.0.call("POST", &decide, silent).await.code(), "reason_needed");
    let done = winner.0.call("POST", &decide, approve).await;
    assert_eq!(
        (done.status, &done.body["state"]),
        (StatusCode::OK, &json!("approved")),
        "{:?}",
        done.body
    );
    assert_eq!(client.get(&kyc).await.body["gates"]["order_sensitive"], Value::Null);
    // What was approved stays as it was.
    let late = client
        .upload(&format!("{kyc}/documents?kind=selfie&filename=a.png"), picture())
        .await;
    assert_eq!(late.code(), "kyc_state");
    assert_eq!(agent.get(&path).await.body["kyc_state"], "approved");

    assert_eq!(app::kyc::expire(&world.state.app).await.unwrap(), 0);
    world
        .db
        .execute("UPDATE kyc_cases SET expires_at = now() - interval '1 minute'")
        .await;
    assert_eq!(app::kyc::expire(&world.state.app).await.unwrap(), 1);
    assert_eq!(app::kyc::expire(&world.state.app).await.unwrap(), 0);
    assert_eq!(client.get(&kyc).await.body["state"], "expired");
}

#[tokio::test]
async fn a_reviewer_asks_for_more_and_nobody_reviews_his_own() {
    let world = World::new().await;
    let (client, path) = ready(&world).await;
    let kyc = format!("{path}/kyc");
    let agent = Person::new(&world, AGENT).await;
    let admin = Person::new(&world, ADMIN).await;
    // A member of staff who gave a document does not review it.
    let helped = agent
        .upload(&format!("{kyc}/documents?kind=statutes&filename=a.png"), picture())
        .await;
    assert_eq!(helped.status, StatusCode::CREATED);
    client.call("POST", &format!("{kyc}/submit"), Value::Null).await;
    assert_eq!(
        agent.call("POST", &format!("{kyc}/claim"), Value::Null).await.code(),
        "kyc_own_case"
    );
    assert_eq!(
        client.call("POST", &format!("{kyc}/claim"), Value::Null).await.status,
        StatusCode::FORBIDDEN
    );
    admin.call("POST", &format!("{kyc}/claim"), Value::Null).await;
    let digest = admin.get(&kyc).await.body["documents_digest"].clone();
    let ask = json!({ "verdict": "ask_more", "reason": "The passport\ncannot be read", "documents_digest": digest });
    admin.call("POST", &format!("{kyc}/decision"), ask).await;
    let seen = client.get(&kyc).await.body;
    assert_eq!(
        (&seen["state"], &seen["reason"]),
        (&json!("more_info"), &json!("The passport cannot be read"))
    );
    assert_eq!(
        (&seen["reviewer"], &seen["events"]),
        (&Value::Null, &json!([])),
        "staff stay unnamed"
    );
    let passport = seen["documents"][0]["id"].as_str().unwrap();
    let gone = client
        .call("DELETE", &format!("{kyc}/documents/{passport}"), Value::Null)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    client
        .upload(&format!("{kyc}/documents?kind=passport&filename=b.png"), picture())
        .await;
    let again = client.call("POST", &format!("{kyc}/submit"), Value::Null).await;
    assert_eq!(again.body["state"], "submitted", "{:?}", again.body);
}

#[tokio::test]
async fn papers_are_sealed_logged_and_nobody_elses() {
    let world = World::new().await;
    let (client, path) = ready(&world).await;
    let other = Person::stranger(&world, "other@x.dz").await;
    let agent = Person::new(&world, AGENT).await;
    let kyc = format!("{path}/kyc");
    let id = client.get(&kyc).await.body["documents"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let one = format!("{kyc}/documents/{id}");
    let (status, headers, bytes) = agent.download(&one).await;
    assert_eq!(status, StatusCode::OK);
    assert!(bytes.starts_with(&[0xff, 0xd8, 0xff]), "a picture written anew");
    assert!(headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    let log = agent.get(&format!("{kyc}/views")).await.body;
    assert_eq!(
        (&log[0]["viewer"], log.as_array().unwrap().len()),
        (&json!("Karim Agent"), 1)
    );

    let theirs = other.made(company("SARL C", "c@c.dz")).await;
    for (method, target) in [
        ("GET", kyc.clone()),
        ("GET", one.clone()),
        ("DELETE", one.clone()),
        ("GET", format!("{theirs}/kyc/documents/{id}")),
        ("DELETE", format!("{theirs}/kyc/documents/{id}")),
        ("POST", format!("{kyc}/submit")),
    ] {
        let answer = other.call(method, &target, Value::Null).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {target}");
    }
    for target in [format!("{kyc}/views"), "/api/v1/kyc/queue".to_owned()] {
        assert_eq!(client.get(&target).await.status, StatusCode::FORBIDDEN, "{target}");
    }
    assert!(
        world.db.try_execute("DELETE FROM kyc_document_views").await.is_err(),
        "the log only grows"
    );
}

#[tokio::test]
async fn disguises_and_bombs_are_refused() {
    let world = World::new().await;
    let client = Person::new(&world, CLIENT).await;
    let path = client.made(company("SARL A", "a@a.dz")).await;
    let upload = format!("{path}/kyc/documents?kind=passport&filename=passport.png");
    for (bytes, code) in [
        (b"<svg onload=alert(1)>".to_vec(), "kind_of_file"),
        (b"MZ\x90\x00".to_vec(), "kind_of_file"),
        (b"%PDF-1.4 /JavaScript %%EOF".to_vec(), "active_pdf"),
        (picture()[..30].to_vec(), "broken_picture"),
        (Vec::new(), "empty"),
        (vec![0xff; 11 << 20], "too_large"),
    ] {
        let answer = client.upload(&upload, bytes).await;
        assert_eq!(answer.body["errors"][0]["code"], code, "{:?}", answer.body);
    }
    let answer = client
        .upload(&format!("{path}/kyc/documents?kind=odd&filename=a.png"), picture())
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(client.get(&format!("{path}/kyc")).await.body["state"], "not_started");
}

/// A customer whose identity is verified, and its path.
pub(super) async fn approved(world: &Arc<World>) -> (Person, String) {
    let (client, path) = ready(world).await;
    let kyc = format!("{path}/kyc");
    client.call("POST", &format!("{kyc}/submit"), Value::Null).await;
    let admin = Person::new(world, ADMIN).await;
    admin.call("POST", &format!("{kyc}/claim"), Value::Null).await;
    let digest = admin.get(&kyc).await.body["documents_digest"].clone();
    let approve = json!({ "verdict": "approve", "documents_digest": digest });
    let done = admin.call("POST", &format!("{kyc}/decision"), approve).await;
    assert_eq!(done.body["state"], "approved", "{:?}", done.body);
    (client, path)
}

/// The notices that are due: to whom, of what, and what they say.
pub(super) async fn told(world: &World) -> Vec<(String, AccountNotice, String)> {
    let mut found = Vec::new();
    for mail in world.mails().await {
        // Signing in again here is signing in with another browser.
        if let Content::Notice { notice, .. } = &mail.content
            && *notice != AccountNotice::NewDevice
        {
            let text = written(&world.state.app, &mail).await.unwrap();
            found.push((mail.to.clone(), *notice, text.body));
        }
    }
    found
}

/// The only notice that is due, which must be of this to the owner; what it says.
pub(super) async fn told_owner(world: &World, of: AccountNotice) -> String {
    let mut all = told(world).await;
    assert_eq!(all.len(), 1, "{all:?}");
    let (to, notice, text) = all.remove(0);
    assert_eq!((to.as_str(), notice), (CLIENT, of), "{text}");
    assert!(text.contains("SARL A") && text.contains("?tab=identity"), "{text}");
    text
}

#[tokio::test]
async fn those_who_lead_a_customer_are_told_what_became_of_his_identity_and_before_it_ends() {
    let world = World::new().await;
    let (client, path) = ready(&world).await;
    let kyc = format!("{path}/kyc");
    let admin = Person::new(&world, ADMIN).await;
    // Whoever only looks on is told nothing.
    Person::stranger(&world, "viewer@x.dz").await;
    let viewer = json!({ "email": "viewer@x.dz", "role": "viewer" });
    let added = admin.call("POST", &format!("{path}/members"), viewer).await;
    assert_eq!(added.status, StatusCode::OK, "{:?}", added.body);
    let decided = async |verdict: Value| {
        client.call("POST", &format!("{kyc}/submit"), Value::Null).await;
        admin.call("POST", &format!("{kyc}/claim"), Value::Null).await;
        let mut body = verdict;
        body["documents_digest"] = admin.get(&kyc).await.body["documents_digest"].clone();
        admin.call("POST", &format!("{kyc}/decision"), body).await
    };
    world.mails().await;

    let more = decided(json!({ "verdict": "ask_more", "reason": "Le recto\nmanque." })).await;
    assert_eq!(more.body["state"], "more_info", "{:?}", more.body);
    let text = told_owner(&world, AccountNotice::IdentityMoreAsked).await;
    assert!(text.contains("Le recto manque."), "one line of the reason: {text}");

    let rejected = decided(json!({ "verdict": "reject", "reason": "Pièce périmée." })).await;
    assert_eq!(rejected.body["state"], "rejected", "{:?}", rejected.body);
    let text = told_owner(&world, AccountNotice::IdentityRejected).await;
    assert!(text.contains("Pièce périmée."), "{text}");

    client
        .upload(&format!("{kyc}/documents?kind=selfie&filename=a.png"), picture())
        .await;
    let past = decided(json!({ "verdict": "approve", "expires_at": "2020-01-01T00:00:00Z" })).await;
    assert_eq!(past.body["errors"][0]["code"], "in_the_past", "{:?}", past.body);
    assert!(told(&world).await.is_empty(), "nothing was decided");
    let until = Utc::now() + TimeDelta::days(60);
    let approved = decided(json!({ "verdict": "approve", "expires_at": until.to_rfc3339() })).await;
    assert_eq!(approved.body["state"], "approved", "{:?}", approved.body);
    let text = told_owner(&world, AccountNotice::IdentityApproved).await;
    assert!(text.contains(&until.format("%Y-%m-%d").to_string()), "{text}");

    let app = &world.state.app;
    assert_eq!(app::kyc::warn(app).await.unwrap(), 0, "there is time");
    let set = async |what: &str| world.db.execute(&format!("UPDATE kyc_cases SET {what}")).await;
    set("expires_at = now() + interval '20 days'").await;
    assert_eq!(
        app::kyc::warn(app).await.unwrap(),
        0,
        "given for a short time, it said its end itself"
    );
    set("decided_at = now() - interval '700 days'").await;
    assert_eq!(app::kyc::warn(app).await.unwrap(), 1);
    let text = told_owner(&world, AccountNotice::IdentityExpiring).await;
    let end = world
        .db
        .texts("SELECT to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM kyc_cases")
        .await;
    assert!(text.contains(&end[0]), "{text}");
    assert_eq!(app::kyc::warn(app).await.unwrap(), 0, "each end once");
    set("expires_at = expires_at + interval '1 day'").await;
    assert_eq!(app::kyc::warn(app).await.unwrap(), 1, "another end");
    assert_eq!(told(&world).await.len(), 1);
    let noted = "SELECT count(*)::text FROM audit_log WHERE action = 'kyc.warn'";
    assert_eq!(world.db.texts(noted).await, ["2"]);

    set("expires_at = now() - interval '1 minute'").await;
    assert_eq!(app::kyc::warn(app).await.unwrap(), 0, "it is over");
    assert_eq!(app::kyc::expire(app).await.unwrap(), 1);
    told_owner(&world, AccountNotice::IdentityExpired).await;
    assert_eq!(app::kyc::expire(app).await.unwrap(), 0);
    assert!(told(&world).await.is_empty());
}

#[tokio::test]
async fn a_verification_that_is_taken_back_is_told_with_its_reason() {
    let world = World::new().await;
    let (_, path) = approved(&world).await;
    told_owner(&world, AccountNotice::IdentityApproved).await;
    let admin = Person::new(&world, ADMIN).await;
    let reason = json!({ "reason": "Le registre a été radié." });
    let revoked = admin.call("POST", &format!("{path}/kyc/revoke"), reason).await;
    assert_eq!(revoked.body["state"], "revoked", "{:?}", revoked.body);
    let text = told_owner(&world, AccountNotice::IdentityRevoked).await;
    assert!(text.contains("Le registre a été radié."), "{text}");
}

#[tokio::test]
async fn an_approval_does_not_outlive_the_data_it_speaks_of() {
    let world = World::new().await;
    let (client, path) = approved(&world).await;
    world.mails().await;
    let kyc = format!("{path}/kyc");
    let mut profile = company("SARL A", "a@a.dz");
    profile["phone"] = json!("0550123456");
    assert_eq!(
        client.change("PUT", &path, &path, profile.clone()).await.status,
        StatusCode::OK
    );
    assert_eq!(
        client.get(&kyc).await.body["state"],
        "approved",
        "a telephone is no identity"
    );

    profile["company_name"] = json!("SARL Autre");
    profile["nif"] = json!("000116001234567");
    let changed = client.change("PUT", &path, &path, profile.clone()).await;
    assert_eq!(
        (changed.status, &changed.body["kyc_state"]),
        (StatusCode::OK, &json!("more_info"))
    );
    let case = client.get(&kyc).await.body;
    let reason = case["reason"].as_str().unwrap();
    assert!(reason.contains("raison sociale") && reason.contains("NIF"), "{reason}");
    let seen = Person::new(&world, ADMIN).await.get(&kyc).await.body;
    let first = &seen["events"][0];
    assert_eq!(
        (&first["from"], &first["to"]),
        (&json!("approved"), &json!("more_info")),
        "{case}"
    );
    assert_eq!(case["gates"]["order_sensitive"], "kyc_needed");
    let audited = "SELECT data->'fields' FROM audit_log WHERE action = 'kyc.outdate'";
    assert_eq!(
        world.db.texts(&audited.replace("->'fields'", "->>'fields'")).await,
        [r#"["company_name", "nif"]"#]
    );
    let mails = world.mails().await;
    let told = |mail: &&AccountLetter| {
        matches!(
            mail.content,
            Content::Notice {
                notice: AccountNotice::IdentityOutdated,
                ..
            }
        )
    };
    let outdated: Vec<&str> = mails.iter().filter(told).map(|mail| mail.to.as_str()).collect();
    assert_eq!(outdated, [CLIENT]);

    // The papers are there: handed in again, they are looked at again.
    assert_eq!(
        client.call("POST", &format!("{kyc}/submit"), Value::Null).await.body["state"],
        "submitted"
    );
    let admin = Person::new(&world, ADMIN).await;
    admin.call("POST", &format!("{kyc}/claim"), Value::Null).await;
    let digest = admin.get(&kyc).await.body["documents_digest"].clone();
    profile["nif"] = json!("000116001234568");
    client.change("PUT", &path, &path, profile).await;
    let approve = json!({ "verdict": "approve", "documents_digest": digest });
    let late = admin.call("POST", &format!("{kyc}/decision"), approve).await;
    assert_eq!(late.code(), "kyc_state", "what was looked at is not what stands there");
    assert_eq!(admin.get(&kyc).await.body["state"], "submitted");
}

#[tokio::test]
async fn the_queue_says_how_long_a_case_waits_and_sorts_by_it_and_by_age() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    // The first began long ago and was handed in again an hour ago, the second has waited for three days.
    for (name, began, handed_in) in [
        ("A", "30 days", "1 hour"),
        ("B", "4 days", "3 days"),
        ("C", "2 days", "1 day"),
    ] {
        let path = agent
            .made(company(name, &format!("{}@q.dz", name.to_lowercase())))
            .await;
        let id = path.rsplit('/').next().unwrap();
        world
            .db
            .execute(&format!(
                "INSERT INTO kyc_cases (id, customer_id, state, submitted_at, created_at, updated_at)
                 VALUES (gen_random_uuid(), '{id}', 'submitted', now() - interval '{handed_in}', now() - interval '{began}', now())"
            ))
            .await;
    }
    // Page by page, so that the place of a row is the one it was sorted by.
    let names = async |sort: &str| {
        let (mut names, mut after) = (String::new(), String::new());
        loop {
            let page = agent.get(&format!("/api/v1/kyc/queue?limit=1{sort}{after}")).await.body;
            names += page["items"][0]["name"].as_str().unwrap();
            match page["next_cursor"].as_str() {
                Some(cursor) => after = format!("&cursor={cursor}"),
                None => return names,
            }
        }
    };
    for (sort, order) in [
        ("", "BCA"),
        ("&sort=submitted_at", "BCA"),
        ("&sort=-submitted_at", "ACB"),
        ("&sort=opened_at", "ABC"),
        ("&sort=-opened_at", "CBA"),
    ] {
        assert_eq!(names(sort).await, order, "{sort}");
    }
    let first = agent.get("/api/v1/kyc/queue").await.body["items"][0].clone();
    let waits = first["waiting_seconds"].as_i64().unwrap();
    assert!((3 * 86_400..3 * 86_400 + 600).contains(&waits), "{first}");
    assert!(first["opened_at"].as_str().unwrap() < first["submitted_at"].as_str().unwrap());
    let unknown = agent.get("/api/v1/kyc/queue?sort=name").await;
    assert_eq!(
        (unknown.status, unknown.code()),
        (StatusCode::BAD_REQUEST, "invalid_query")
    );
}
