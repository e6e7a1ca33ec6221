//! A ticket as PDF: who may ask for it and open it, what is on it, and that asking twice makes one file.

use app::ticket::print as cases;
use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::ticket::print::Kind;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    client::{AGENT, Hands, URL, World, quiet},
    customers::{CLIENT, Person},
};

async fn opened(client: &Person) -> String {
    let made = client
        .call(
            "POST",
            "/api/v1/tickets",
            json!({ "subject": "الخادم لا يجيب", "body": "Bonjour, aidez-moi" }),
        )
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    made.body["id"].as_str().unwrap().to_owned()
}

async fn written(agent: &Person, ticket: &str, kind: &str, body: &str) {
    let path = format!("/api/v1/tickets/{ticket}/messages");
    let sent = agent.call("POST", &path, json!({ "kind": kind, "body": body })).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
}

async fn asked(person: &Person, ticket: &str, how: Value) -> Uuid {
    let answer = person
        .call("POST", &format!("/api/v1/tickets/{ticket}/prints"), how)
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{:?}", answer.body);
    answer.body["id"].as_str().unwrap().parse().unwrap()
}

/// Prints it, as its job does but for the look of it; returns what is on it.
async fn printed(world: &World, id: Uuid) -> Vec<(Kind, String)> {
    let begun = cases::begin(&world.state.app, id).await.unwrap().unwrap();
    cases::finish(&world.state.app, id, begun.run(), b"%PDF-1.7 it", 3, 2)
        .await
        .unwrap();
    let said = begun.sheet.messages.into_iter();
    said.map(|one| (one.kind, one.words.text)).collect()
}

#[tokio::test]
async fn a_customer_gets_what_he_sees_and_staff_get_notes_when_they_ask_for_them() {
    let world = World::new().await;
    let (agent, client) = (Person::new(&world, AGENT).await, Person::new(&world, CLIENT).await);
    let ticket = opened(&client).await;
    written(&agent, &ticket, "note", "il ne paie pas").await;
    written(&agent, &ticket, "reply", "C’est réparé").await;

    let how = json!({ "locale": "ar", "zone": "Africa/Algiers" });
    let id = asked(&client, &ticket, how.clone()).await;
    let path = format!("/api/v1/tickets/{ticket}/prints/{id}");
    assert_eq!(client.get(&path).await.body["state"], "queued");
    let early = client.get(&format!("{path}/file")).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND, "it is not made yet");
    assert_eq!(asked(&client, &ticket, how.clone()).await, id, "the same file");
    let jobs = "SELECT payload->>'print_id' FROM jobs WHERE kind = 'render_ticket_pdf'";
    assert_eq!(world.db.texts(jobs).await, [id.to_string()]);
    let own = printed(&world, id).await;
    assert_eq!(own.len(), 2, "{own:?}");
    assert!(
        own.iter()
            .all(|(kind, text)| *kind == Kind::Public && !text.contains("paie"))
    );

    let (status, headers, bytes) = client.download(&format!("{path}/file")).await;
    assert_eq!((status, bytes.as_slice()), (StatusCode::OK, &b"%PDF-1.7 it"[..]));
    assert_eq!(headers["content-type"], "application/pdf");
    assert!(headers["content-disposition"].to_str().unwrap().ends_with(".pdf"));
    let ready = client.get(&path).await.body;
    assert_eq!(
        (&ready["state"], &ready["pages"], &ready["left_out"]),
        (&json!("ready"), &json!(3), &json!(2))
    );
    // A job that runs again prints nothing again.
    assert!(cases::begin(&world.state.app, id).await.unwrap().is_none());
    let late = cases::finish(&world.state.app, id, 1, b"other", 1, 0).await;
    assert!(matches!(late, Err(app::AppError::Stale)), "{late:?}");
    assert_eq!(asked(&client, &ticket, how.clone()).await, id, "the same file");

    // Notes are for staff, and only when they are asked for.
    let notes = json!({ "notes": true });
    let refused = client
        .call("POST", &format!("/api/v1/tickets/{ticket}/prints"), notes.clone())
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let plain = asked(&agent, &ticket, json!({})).await;
    assert_eq!(printed(&world, plain).await.len(), 2);
    let with = asked(&agent, &ticket, notes).await;
    let with = printed(&world, with).await;
    assert_eq!(with[1], (Kind::Note, "il ne paie pas".to_owned()));

    // It is his alone, also for staff and for those who know its id; and under another ticket it does not exist.
    assert_eq!(agent.get(&path).await.status, StatusCode::NOT_FOUND);
    let other = Person::stranger(&world, "other@x.test").await;
    for path in [path.clone(), format!("{path}/file")] {
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    }
    let foreign = other
        .call("POST", &format!("/api/v1/tickets/{ticket}/prints"), json!({}))
        .await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let wrong = format!("/api/v1/tickets/{}/prints/{id}/file", opened(&client).await);
    assert_eq!(client.get(&wrong).await.status, StatusCode::NOT_FOUND);

    // What was said since is another document.
    written(&agent, &ticket, "reply", "Encore une chose").await;
    let newer = asked(&client, &ticket, how).await;
    assert_ne!(newer, id);
    let trail = "SELECT action FROM audit_log WHERE action LIKE 'ticket.print%' ORDER BY id LIMIT 2";
    let trail = world.db.texts(trail).await;
    assert_eq!(trail, ["ticket.print", "ticket.print_end"]);
}

#[tokio::test]
async fn who_loses_the_ticket_loses_what_was_printed_of_it() {
    let world = World::new().await;
    let (agent, client) = (Person::new(&world, AGENT).await, Person::new(&world, CLIENT).await);
    let ticket = opened(&client).await;
    let (own, waiting) = (
        asked(&client, &ticket, json!({})).await,
        asked(&client, &ticket, json!({ "locale": "en" })).await,
    );
    printed(&world, own).await;
    let desk = asked(&agent, &ticket, json!({ "notes": true })).await;
    world
        .db
        .execute(&format!(
            "DELETE FROM ticket_participants WHERE ticket_id = '{ticket}';
             UPDATE tickets SET requester_user_id = NULL WHERE id = '{ticket}';
             UPDATE users SET role_id = (SELECT id FROM roles WHERE key = 'client') WHERE email = '{AGENT}'"
        ))
        .await;
    let gone = client.get(&format!("/api/v1/tickets/{ticket}/prints/{own}/file")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    for id in [waiting, desk] {
        let refused = cases::begin(&world.state.app, id).await;
        assert!(matches!(refused, Err(app::AppError::NotFound)), "{refused:?}");
        cases::give_up(&world.state.app, id).await.unwrap();
    }
    let states = "SELECT state FROM ticket_prints ORDER BY created_at";
    assert_eq!(world.db.texts(states).await, ["ready", "failed", "failed"]);
}

#[tokio::test]
async fn it_is_paced_and_goes_after_a_day() {
    let hands = Hands::new();
    let world = World::at(quiet(URL), hands.clone()).await;
    let client = Person::new(&world, CLIENT).await;
    let ticket = opened(&client).await;
    let first = asked(&client, &ticket, json!({ "locale": "fr" })).await;
    asked(&client, &ticket, json!({ "locale": "en" })).await;
    asked(&client, &ticket, json!({ "locale": "ar" })).await;
    let path = format!("/api/v1/tickets/{ticket}/prints");
    let fourth = client.call("POST", &path, json!({ "zone": "Africa/Tunis" })).await;
    assert_eq!(fourth.status, StatusCode::TOO_MANY_REQUESTS, "{:?}", fourth.body);
    let unclear = client.call("POST", &path, json!({ "zone": "Nowhere" })).await;
    assert_eq!(unclear.code(), "invalid_zone");
    printed(&world, first).await;

    hands.forward(TimeDelta::days(1));
    let client = Person::new(&world, CLIENT).await;
    assert_eq!(client.get(&format!("{path}/{first}")).await.body["state"], "expired");
    assert_eq!(
        client.get(&format!("{path}/{first}/file")).await.status,
        StatusCode::NOT_FOUND
    );
    assert_ne!(asked(&client, &ticket, json!({ "locale": "fr" })).await, first);
    hands.forward(TimeDelta::minutes(1));
    app::retention::clean_up(&world.state.app).await.unwrap();
    let left = "SELECT (SELECT count(*) FROM sealed_files) || ' ' || (SELECT count(*) FROM ticket_prints WHERE state = 'expired')";
    assert_eq!(world.db.texts(left).await, ["0 0"]);
}
