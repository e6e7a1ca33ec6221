//! Pictures of a message that are on servers of others: who may ask for them and see them, and that asking twice fetches once.

use app::ticket::pictures as cases;
use axum::http::StatusCode;
use domain::mail::picture::PictureFault;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    client::{AGENT, World},
    customers::{CLIENT, Person},
};

const HTML: &str =
    "<p>Hi</p><img data-remote-src=\"https://a.test/1.png\"><img data-remote-src=\"https://a.test/2.svg\">";

/// A customer's ticket; its address, and the id of its first message, which looks like [`HTML`].
async fn pictured(world: &World, client: &Person) -> (String, Uuid) {
    let made = client
        .call("POST", "/api/v1/tickets", json!({ "subject": "Look", "body": "Hi" }))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let ticket = made.body["id"].as_str().unwrap();
    let sql = format!("UPDATE ticket_messages SET body_html = '{HTML}' WHERE ticket_id = '{ticket}'");
    world.db.execute(&sql).await;
    let id = format!("SELECT id::text FROM ticket_messages WHERE ticket_id = '{ticket}' ORDER BY created_at LIMIT 1");
    let message = world.db.texts(&id).await.remove(0).parse().unwrap();
    (format!("/api/v1/tickets/{ticket}"), message)
}

/// What the timeline says of a message's pictures.
async fn shown(person: &Person, ticket: &str, message: Uuid) -> Value {
    let timeline = person.get(&format!("{ticket}/timeline")).await.body;
    let items = timeline["items"].as_array().unwrap();
    let found = items.iter().find(|item| item["id"] == message.to_string()).unwrap();
    found["pictures"].clone()
}

#[tokio::test]
async fn whoever_reads_the_message_may_ask_and_all_who_read_it_see_what_came() {
    let world = World::new().await;
    let (agent, client) = (Person::new(&world, AGENT).await, Person::new(&world, CLIENT).await);
    let (ticket, message) = pictured(&world, &client).await;
    let path = format!("/api/v1/messages/{message}/pictures");
    assert_eq!(shown(&agent, &ticket, message).await, Value::Null);
    assert_eq!(client.get(&path).await.body, json!({ "state": "blocked", "items": [] }));

    for person in [&client, &agent, &client] {
        let asked = person.call("POST", &path, Value::Null).await;
        assert_eq!(asked.status, StatusCode::ACCEPTED, "{:?}", asked.body);
        assert_eq!(asked.body, json!({ "state": "queued", "items": [] }));
    }
    let jobs = "SELECT payload->>'message_id' FROM jobs WHERE kind = 'fetch_pictures'";
    assert_eq!(world.db.texts(jobs).await, [message.to_string()]);
    let lines = "SELECT data->>'message_id' FROM audit_log WHERE action = 'ticket.pictures'";
    assert_eq!(
        world.db.texts(lines).await,
        [message.to_string()],
        "one line, of the first"
    );

    // As its job does.
    let app = &world.state.app;
    let wanted = cases::wanted(app, message).await.unwrap().unwrap();
    assert!(wanted.html == HTML && wanted.known.is_empty());
    let bytes = b"\x89PNG\r\n\x1a\n".as_slice();
    cases::keep(app, message, 0, "https://a.test/1.png", Ok(("image/png", bytes.into())))
        .await
        .unwrap();
    cases::keep(app, message, 1, "https://a.test/2.svg", Err(PictureFault::Kind))
        .await
        .unwrap();
    cases::finish(app, message).await.unwrap();
    assert!(cases::wanted(app, message).await.unwrap().is_none());

    for person in [&client, &agent] {
        let pictures = shown(person, &ticket, message).await;
        assert_eq!(
            pictures,
            json!({ "state": "done", "items": [
                { "position": 0, "url": "https://a.test/1.png", "state": "fetched", "reason": null },
                { "position": 1, "url": "https://a.test/2.svg", "state": "refused", "reason": "kind" },
            ] })
        );
        assert_eq!(person.call("POST", &path, Value::Null).await.body, pictures);
        let (status, headers, got) = person.download(&format!("{path}/0")).await;
        assert_eq!((status, got.as_slice()), (StatusCode::OK, bytes));
        assert_eq!(headers["content-type"], "image/png");
        assert_eq!(headers["content-security-policy"], "default-src 'none'; sandbox");
        let disposition = headers["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment"), "{disposition}");
        for none in ["1", "2", "-1", "x"] {
            let answer = person.get(&format!("{path}/{none}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{none}");
        }
    }
    assert_eq!(world.db.texts(jobs).await.len(), 1, "nothing is fetched again");
}

#[tokio::test]
async fn to_others_and_behind_a_note_there_is_nothing() {
    let world = World::new().await;
    let (agent, client) = (Person::new(&world, AGENT).await, Person::new(&world, CLIENT).await);
    let (ticket, message) = pictured(&world, &client).await;
    let path = format!("/api/v1/messages/{message}/pictures");
    let stranger = Person::stranger(&world, "other@x.test").await;
    for (method, path) in [
        ("POST", path.clone()),
        ("GET", path.clone()),
        ("GET", format!("{path}/0")),
        ("POST", format!("/api/v1/messages/{}/pictures", Uuid::now_v7())),
    ] {
        let answer = stranger.call(method, &path, Value::Null).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
    }
    assert_eq!(
        world.db.texts("SELECT count(*)::text FROM message_picture_sets").await,
        ["0"]
    );

    let note = json!({ "kind": "note", "body": "for staff" });
    let sent = agent.call("POST", &format!("{ticket}/messages"), note).await;
    let note = sent.body["id"].as_str().unwrap();
    let sql = format!("UPDATE ticket_messages SET body_html = '{HTML}' WHERE id = '{note}'");
    world.db.execute(&sql).await;
    let path = format!("/api/v1/messages/{note}/pictures");
    assert_eq!(
        client.call("POST", &path, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        agent.call("POST", &path, Value::Null).await.status,
        StatusCode::ACCEPTED
    );

    // Where a message names none, there is nothing to fetch.
    let sql = format!("UPDATE ticket_messages SET body_html = '<p>x</p>' WHERE id = '{message}'");
    world.db.execute(&sql).await;
    let none = client
        .call("POST", &format!("/api/v1/messages/{message}/pictures"), Value::Null)
        .await;
    assert_eq!(none.body, json!({ "state": "done", "items": [] }));
    assert_eq!(
        world.db.texts("SELECT count(*)::text FROM message_picture_sets").await,
        ["1"]
    );
}
