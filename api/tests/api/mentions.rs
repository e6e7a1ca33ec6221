//! Notes on tickets mention colleagues: by account, told once, and nobody who may not see.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    client::{ADMIN, AGENT, PASSWORD, World},
    customers::{CLIENT, Person},
};

async fn id_of(person: &Person) -> Value {
    person.get("/api/v1/me").await.body["id"].clone()
}

#[tokio::test]
async fn a_note_mentions_a_colleague_once_and_he_may_watch() {
    let world = World::new().await;
    let (agent, admin, client) = (
        Person::new(&world, AGENT).await,
        Person::new(&world, ADMIN).await,
        Person::new(&world, CLIENT).await,
    );
    let made = client
        .call(
            "POST",
            "/api/v1/tickets",
            json!({ "subject": "Printer", "body": "Help" }),
        )
        .await;
    let ticket = format!("/api/v1/tickets/{}", made.body["id"].as_str().unwrap());
    let (me, other, customer) = (id_of(&agent).await, id_of(&admin).await, id_of(&client).await);
    let note = |mentions: Value| json!({ "kind": "note", "body": "@Amel look: pays late", "mentions": mentions });
    let messages = format!("{ticket}/messages");
    let sent = agent.call("POST", &messages, note(json!([other, me, other]))).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    assert_eq!(sent.body["mentions"].as_array().unwrap().len(), 2);
    let told =
        "SELECT u.email || ' ' || n.topic || ' ' || n.path FROM notifications n JOIN users u ON u.id = n.user_id";
    let path = format!("/t/{}", made.body["id"].as_str().unwrap());
    assert_eq!(
        world.db.texts(told).await,
        [format!("{ADMIN} mention {path}")],
        "nobody tells himself"
    );
    let mailed = "SELECT recipient || ' ' || body_text FROM outgoing_mails WHERE event_key LIKE 'mention.%'";
    let mails = world.db.texts(mailed).await;
    assert!(
        mails.len() == 1 && mails[0].starts_with(ADMIN) && !mails[0].contains("pays late"),
        "{mails:?}"
    );
    // By account, whatever he is called by now; customers see neither note nor names.
    world
        .db
        .execute(&format!("UPDATE users SET name = 'Amel B.' WHERE email = '{ADMIN}'"))
        .await;
    let timeline = format!("{ticket}/timeline");
    let shown = agent.get(&timeline).await.body;
    let last = shown["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["kind"] == "note")
        .unwrap();
    let names: Vec<&str> = last["mentions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"Amel B."), "{names:?}");
    assert!(!client.get(&timeline).await.body.to_string().contains("Amel B."));

    // He may watch from now on.
    let mut watched = note(json!([other]));
    watched["mentioned_watch"] = json!(true);
    assert_eq!(agent.call("POST", &messages, watched).await.status, StatusCode::CREATED);
    let people = agent.get(&ticket).await.body["participants"].to_string();
    assert!(people.contains(ADMIN), "{people}");

    // Customers, strangers, and replies mention nobody.
    for (body, code) in [
        (note(json!([customer])), "unknown_agent"),
        (note(json!(["01890000-0000-7000-8000-000000000000"])), "unknown_agent"),
        (
            json!({ "kind": "reply", "body": "x", "mentions": [other] }),
            "notes_only",
        ),
    ] {
        let refused = agent.call("POST", &messages, body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.body["errors"][0]["code"], code);
    }
    let from_client = json!({ "kind": "reply", "body": "x", "mentions": [other] });
    assert_eq!(
        client.call("POST", &messages, from_client).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn who_may_not_see_the_ticket_is_not_mentioned_and_off_is_off() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    let made = Person::new(&world, CLIENT)
        .await
        .call(
            "POST",
            "/api/v1/tickets",
            json!({ "subject": "Printer", "body": "Help" }),
        )
        .await;
    let messages = format!("/api/v1/tickets/{}/messages", made.body["id"].as_str().unwrap());
    world
        .db
        .execute(
            "INSERT INTO roles (id, key, name, permissions, effective)
             VALUES (gen_random_uuid(), 'blind', 'Blind', '{tickets.reply}', '{tickets.reply}')",
        )
        .await;
    let blind = app::seed::account(&world.state.app, "blind@x.test", "Blind", "blind", PASSWORD)
        .await
        .unwrap();
    let note = |id: Value| json!({ "kind": "note", "body": "@x", "mentions": [id] });
    let refused = agent.call("POST", &messages, note(json!(blind))).await;
    assert_eq!(refused.body["errors"][0]["code"], "may_not_see", "{:?}", refused.body);
    let notes = "SELECT count(*)::text FROM ticket_messages WHERE kind = 'note'";
    assert_eq!(world.db.texts(notes).await, ["0"], "nothing of it was written");

    let admin = Person::new(&world, ADMIN).await;
    let id = id_of(&admin).await;
    world
        .db
        .execute(&format!(
            "INSERT INTO notification_choices (user_id, topic, channel, delivery)
             SELECT id, 'mention', c, 'off' FROM users, unnest(ARRAY['in_app', 'mail']) c WHERE email = '{ADMIN}'"
        ))
        .await;
    assert_eq!(
        agent.call("POST", &messages, note(id)).await.status,
        StatusCode::CREATED
    );
    let told = "SELECT (SELECT count(*) FROM notifications) || ' ' || (SELECT count(*) FROM events WHERE type = 'mention.made') || ' ' ||
        (SELECT count(*) FROM outgoing_mails WHERE event_key LIKE 'mention.%')";
    assert_eq!(world.db.texts(told).await, ["0 0 0"]);
}

#[tokio::test]
async fn a_mention_is_told_in_the_words_of_the_installation() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    let token = world.token_of(ADMIN).await;
    let locale = format!("SELECT locale FROM users WHERE email = '{ADMIN}'");
    let locale = world.db.texts(&locale).await.remove(0);
    let words =
        json!({ "subject": "Look: {{ mention.about }}", "body": "{{ author.name }}: {{ page.url }}", "note": "" });
    let path = format!("/api/v1/message-templates/mentioned/{locale}");
    let put = world.act(&token, "PUT", &path, Some(0), words).await;
    assert_eq!(put.status, StatusCode::OK, "{:?}", put.body);
    let new = json!({ "subject": "Printer", "body": "Help" });
    let made = Person::new(&world, CLIENT)
        .await
        .call("POST", "/api/v1/tickets", new)
        .await;
    let messages = format!("/api/v1/tickets/{}/messages", made.body["id"].as_str().unwrap());
    let admin = id_of(&Person::new(&world, ADMIN).await).await;
    let note = json!({ "kind": "note", "body": "@Amel", "mentions": [admin] });
    assert_eq!(agent.call("POST", &messages, note).await.status, StatusCode::CREATED);
    let number = made.body["number"].as_i64().unwrap();
    assert_eq!(
        world.db.texts("SELECT title FROM notifications").await,
        [format!("Look: Printer ({number})")]
    );
    let bodies = world
        .db
        .texts("SELECT body_text FROM outgoing_mails WHERE event_key LIKE 'mention.%'")
        .await;
    assert!(bodies.len() == 1 && bodies[0].contains(": http"), "{bodies:?}");
}
