//! Which of a customer's people looked at an answer, and when first: noted in the portal, read by staff.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    client::{AGENT, PASSWORD, World},
    customers::{CLIENT, Person},
};

/// The messages of a timeline, by whether staff wrote them.
fn messages(timeline: &Value, by_staff: bool) -> Vec<Value> {
    let items = timeline["items"].as_array().unwrap().iter();
    items
        .filter(|item| item["type"] == "message" && item["is_staff"] == by_staff)
        .cloned()
        .collect()
}

#[tokio::test]
async fn an_answer_is_new_until_its_customer_has_looked_and_staff_read_who_did() {
    let world = World::new().await;
    let (agent, client) = (Person::new(&world, AGENT).await, Person::new(&world, CLIENT).await);
    let made = client
        .call(
            "POST",
            "/api/v1/tickets",
            json!({ "subject": "Printer", "body": "Help" }),
        )
        .await;
    let ticket = format!("/api/v1/tickets/{}", made.body["id"].as_str().unwrap());
    let (timeline, viewed) = (format!("{ticket}/timeline"), format!("{ticket}/viewed"));
    for body in ["First answer", "Second answer"] {
        let sent = agent
            .call(
                "POST",
                &format!("{ticket}/messages"),
                json!({ "kind": "reply", "body": body }),
            )
            .await;
        assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    }
    let note = json!({ "kind": "note", "body": "for staff" });
    agent.call("POST", &format!("{ticket}/messages"), note).await;

    let shown = client.get(&timeline).await.body;
    let answers = messages(&shown, true);
    assert_eq!(answers.len(), 2);
    assert!(
        answers
            .iter()
            .all(|one| one["unseen"] == true && one["views"] == json!([]))
    );
    assert!(
        messages(&shown, false).iter().all(|one| one["unseen"] == false),
        "one's own words are not new"
    );

    let seen = client
        .call("PUT", &viewed, json!({ "message_id": answers[0]["id"] }))
        .await;
    assert_eq!(seen.status, StatusCode::NO_CONTENT, "{:?}", seen.body);
    let shown = messages(&client.get(&timeline).await.body, true);
    assert_eq!(
        (&shown[0]["unseen"], &shown[1]["unseen"]),
        (&json!(false), &json!(true))
    );

    // Again, and with the later one: each keeps the time of the first look, and is told once.
    for _ in 0..2 {
        client
            .call("PUT", &viewed, json!({ "message_id": answers[1]["id"] }))
            .await;
    }
    let of_staff = messages(&agent.get(&timeline).await.body, true);
    let views: Vec<usize> = of_staff
        .iter()
        .map(|one| one["views"].as_array().unwrap().len())
        .collect();
    assert_eq!(views, [1, 1, 0], "of notes there is nothing to look at");
    let me = client.get("/api/v1/me").await.body["id"].clone();
    assert_eq!(of_staff[0]["views"][0]["id"], me);
    assert!(of_staff.iter().all(|one| one["unseen"] == false));
    let told =
        "SELECT jsonb_array_length(data->'message_ids')::text FROM events WHERE type = 'ticket.viewed' ORDER BY id";
    assert_eq!(world.db.texts(told).await, ["1", "1"]);
    let version = agent.get(&ticket).await.body["version"].clone();
    client
        .call("PUT", &viewed, json!({ "message_id": answers[1]["id"] }))
        .await;
    assert_eq!(
        agent.get(&ticket).await.body["version"],
        version,
        "looking changes nothing"
    );
}

#[tokio::test]
async fn strangers_and_messages_of_other_tickets_note_nothing() {
    let world = World::new().await;
    let (agent, client) = (Person::new(&world, AGENT).await, Person::new(&world, CLIENT).await);
    let other = app::seed::account(&world.state.app, "bob@x.test", "Bob", "client", PASSWORD);
    other.await.unwrap();
    let bob = Person::new(&world, "bob@x.test").await;
    let mut answers = Vec::new();
    for person in [&client, &bob] {
        let made = person
            .call(
                "POST",
                "/api/v1/tickets",
                json!({ "subject": "Printer", "body": "Help" }),
            )
            .await;
        let ticket = format!("/api/v1/tickets/{}", made.body["id"].as_str().unwrap());
        let sent = agent
            .call(
                "POST",
                &format!("{ticket}/messages"),
                json!({ "kind": "reply", "body": "Answer" }),
            )
            .await;
        answers.push((format!("{ticket}/viewed"), sent.body["id"].clone()));
    }
    let stranger = bob
        .call("PUT", &answers[0].0, json!({ "message_id": answers[0].1 }))
        .await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    let foreign = bob
        .call("PUT", &answers[1].0, json!({ "message_id": answers[0].1 }))
        .await;
    assert_eq!(foreign.status, StatusCode::NO_CONTENT);
    let staff = agent
        .call("PUT", &answers[0].0, json!({ "message_id": answers[0].1 }))
        .await;
    assert_eq!(staff.status, StatusCode::FORBIDDEN);
    assert_eq!(world.db.texts("SELECT count(*)::text FROM message_views").await, ["0"]);
}
