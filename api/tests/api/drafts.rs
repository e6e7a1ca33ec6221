//! What somebody writes is kept on the server, for him alone, until he sends it.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    client::{ADMIN, AGENT, Answer, PASSWORD},
    desk::Desk,
};

impl Desk {
    async fn keep(&self, token: &str, kind: &str, body: Value) -> Answer {
        let path = format!("{}/drafts/{kind}", self.ticket);
        self.world.own("PUT", &path, token, body).await
    }

    async fn drafts(&self, token: &str) -> Vec<Value> {
        let path = format!("{}/drafts", self.ticket);
        let found = self.world.own("GET", &path, token, Value::Null).await;
        assert_eq!(found.status, StatusCode::OK, "{:?}", found.body);
        found.body["items"].as_array().unwrap().clone()
    }

    async fn texts(&self, token: &str) -> Vec<String> {
        let drafts = self.drafts(token).await;
        let text = |draft: &Value| {
            format!(
                "{} {}",
                draft["kind"].as_str().unwrap(),
                draft["body"].as_str().unwrap()
            )
        };
        drafts.iter().map(text).collect()
    }

    async fn send(&self, token: &str, kind: &str) -> Answer {
        let path = format!("{}/messages", self.ticket);
        let sent = self
            .world
            .own("POST", &path, token, json!({ "kind": kind, "body": "Done." }))
            .await;
        assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
        sent
    }

    async fn upload(&self, token: &str) -> String {
        let path = "/api/v1/uploads?filename=log.txt";
        let made = self.world.own("POST", path, token, json!("a log")).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        made.body["id"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_draft_is_there_on_the_next_device_and_ends_with_the_message() {
    let desk = Desk::new().await;
    let reply = json!({ "body": " Have you tried", "canned": [{ "id": "01890000-0000-7000-8000-000000000000", "text": "Hello\nyou" }] });
    for (kind, body) in [("reply", reply), ("note", json!({ "body": "Ask Karim" }))] {
        let kept = desk.keep(&desk.agent, kind, body).await;
        assert_eq!(kept.status, StatusCode::OK, "{:?}", kept.body);
    }
    let elsewhere = desk.world.token_of(AGENT).await;
    assert_eq!(
        desk.texts(&elsewhere).await,
        ["note Ask Karim", "reply  Have you tried"]
    );
    assert_eq!(desk.drafts(&elsewhere).await[1]["canned"][0]["text"], "Hello\nyou");
    let list = desk
        .world
        .own("GET", "/api/v1/drafts?limit=1", &elsewhere, Value::Null)
        .await;
    assert_eq!(list.body["items"].as_array().unwrap().len(), 1);
    let next = format!(
        "/api/v1/drafts?limit=1&cursor={}",
        list.body["next_cursor"].as_str().unwrap()
    );
    let rest = desk.world.own("GET", &next, &elsewhere, Value::Null).await;
    assert_ne!(rest.body["items"][0]["kind"], list.body["items"][0]["kind"]);

    // A program in his name sends what it has to say, not what he is writing.
    let token = json!({ "name": "ci", "scopes": ["tickets.view", "tickets.reply"], "expires_in_days": 30 });
    let token = desk.world.own("POST", "/api/v1/api-tokens", &desk.agent, token).await;
    desk.send(token.body["secret"].as_str().unwrap(), "note").await;
    assert_eq!(desk.drafts(&desk.agent).await.len(), 2);
    desk.send(&desk.agent, "note").await;
    assert_eq!(desk.texts(&desk.agent).await, ["reply  Have you tried"]);
    // What is refused ends nothing.
    let path = format!("{}/messages", desk.ticket);
    let late = json!({ "kind": "reply", "body": "Done.", "expected_version": 1 });
    let refused = desk.world.own("POST", &path, &desk.agent, late).await;
    assert_eq!(refused.code(), "ticket_changed");
    assert_eq!(desk.drafts(&desk.agent).await.len(), 1);
    desk.send(&desk.agent, "reply").await;
    assert_eq!(desk.drafts(&desk.agent).await.len(), 0);
}

#[tokio::test]
async fn an_older_page_does_not_write_over_a_newer_draft_unless_it_means_to() {
    let desk = Desk::new().await;
    let keep = async |body: &str, follows: &Value| {
        let draft = json!({ "body": body, "expected_version": follows });
        desk.keep(&desk.agent, "reply", draft).await
    };
    let version = |kept: Answer| {
        assert_eq!(kept.status, StatusCode::OK, "{:?}", kept.body);
        kept.body["version"].clone()
    };
    let refused = |kept: Answer| assert_eq!((kept.status, kept.code()), (StatusCode::CONFLICT, "draft_changed"));
    let none = json!(0);
    let first = version(keep("one", &none).await);
    // Another device began as well.
    refused(keep("two", &none).await);
    let second = version(keep("three", &first).await);
    refused(keep("four", &first).await);
    let third = version(keep("five", &Value::Null).await);
    refused(keep("six", &second).await);
    assert_eq!(desk.texts(&desk.agent).await, ["reply five"]);
    // Nor does it throw away what it has not seen.
    let discard = async |known: &Value| {
        let path = format!("{}/drafts/reply", desk.ticket);
        let path = match known {
            Value::Null => path,
            known => format!("{path}?expected_version={known}"),
        };
        desk.world.own("DELETE", &path, &desk.agent, Value::Null).await
    };
    for older in [&none, &second] {
        refused(discard(older).await);
    }
    assert_eq!(desk.texts(&desk.agent).await, ["reply five"]);
    for known in [&third, &third, &none, &Value::Null] {
        assert_eq!(discard(known).await.status, StatusCode::NO_CONTENT);
    }
    // What was thrown away is not brought back by a page that has not noticed.
    refused(keep("seven", &third).await);
    assert_eq!(desk.drafts(&desk.agent).await.len(), 0);
    // The next draft is none of those that were there: a page that holds one of them takes no place of it.
    let next = version(keep("eight", &none).await);
    for ended in [&first, &second, &third] {
        assert_ne!(&next, ended);
        refused(keep("nine", ended).await);
        refused(discard(ended).await);
    }
    assert_eq!(desk.texts(&desk.agent).await, ["reply eight"]);
    // Nor does a message end what its writer has not seen; nothing is sent.
    let path = format!("{}/messages", desk.ticket);
    let send = async |version: &Value| {
        let body = json!({ "kind": "reply", "body": "Done.", "draft_version": version });
        desk.world.own("POST", &path, &desk.agent, body).await
    };
    let replies = "SELECT count(*)::text FROM ticket_messages WHERE body_text = 'Done.'";
    for unseen in [&none, &third] {
        refused(send(unseen).await);
    }
    assert_eq!(desk.texts(&desk.agent).await, ["reply eight"]);
    assert_eq!(desk.world.db.texts(replies).await, ["0"]);
    assert_eq!(send(&next).await.status, StatusCode::CREATED);
    assert_eq!(
        send(&none).await.status,
        StatusCode::CREATED,
        "with none there is nothing to see"
    );
    assert_eq!(desk.world.db.texts(replies).await, ["2"]);
    assert_eq!(desk.drafts(&desk.agent).await.len(), 0);
}

#[tokio::test]
async fn a_draft_is_its_authors_alone() {
    let desk = Desk::new().await;
    let admin = desk.world.token_of(ADMIN).await;
    assert_eq!(
        desk.keep(&desk.agent, "note", json!({ "body": "Secret" })).await.status,
        StatusCode::OK
    );
    assert_eq!(
        desk.keep(&desk.client, "reply", json!({ "body": "Mine" })).await.status,
        StatusCode::OK
    );
    assert_eq!(desk.texts(&admin).await, Vec::<String>::new());
    assert_eq!(desk.texts(&desk.client).await, ["reply Mine"]);
    assert_eq!(desk.texts(&desk.agent).await, ["note Secret"]);
    // A customer neither notes nor knows of canned replies, and has no draft where he sees no ticket.
    let canned = json!({ "body": "x", "canned": [{ "id": "01890000-0000-7000-8000-000000000000", "text": "x" }] });
    for (kind, body) in [("note", json!({ "body": "x" })), ("reply", canned)] {
        let refused = desk.keep(&desk.client, kind, body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{kind}");
    }
    app::seed::account(&desk.world.state.app, "other@x.test", "Other", "client", PASSWORD)
        .await
        .unwrap();
    let other = desk.world.token_of("other@x.test").await;
    let refused = desk.keep(&other, "reply", json!({ "body": "x" })).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    // Sending ends his own, and of his own kind.
    desk.send(&desk.client, "reply").await;
    assert_eq!(desk.texts(&desk.client).await, Vec::<String>::new());
    assert_eq!(desk.texts(&desk.agent).await, ["note Secret"]);
}

#[tokio::test]
async fn a_draft_is_bounded_keeps_its_files_and_goes_after_a_month() {
    let mut desk = Desk::new().await;
    let long = "x".repeat(200_001);
    for (body, code) in [(json!({ "body": " " }), "empty"), (json!({ "body": long }), "too_long")] {
        let refused = desk.keep(&desk.agent, "reply", body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.body["errors"][0]["code"], code);
    }
    // What is remembered of canned replies is counted as it is stored, where a line end takes two bytes.
    let lines = |n: usize| {
        let canned = json!([{ "id": "01890000-0000-7000-8000-000000000000", "text": "\n".repeat(n) }]);
        json!({ "body": "x", "canned": canned })
    };
    let refused = desk.keep(&desk.agent, "reply", lines(200_000)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{:?}", refused.body);
    assert_eq!(refused.body["errors"][0]["pointer"], "/canned");
    assert_eq!(refused.body["errors"][0]["code"], "too_long");
    let kept = desk.keep(&desk.agent, "reply", lines(199_900)).await;
    assert_eq!(kept.status, StatusCode::OK, "{:?}", kept.body);
    // What the database cannot hold is left out.
    let kept = desk.keep(&desk.agent, "note", json!({ "body": "a tho\0ught" })).await;
    assert_eq!(kept.status, StatusCode::OK, "{:?}", kept.body);
    assert_eq!(desk.texts(&desk.agent).await[0], "note a thought");
    let note = format!("{}/drafts/note", desk.ticket);
    desk.world.own("DELETE", &note, &desk.agent, Value::Null).await;
    let (own, foreign) = (desk.upload(&desk.agent).await, desk.upload(&desk.client).await);
    let loose = desk.upload(&desk.agent).await;
    let body = json!({ "body": "See the log", "attachment_ids": [foreign, own] });
    assert_eq!(desk.keep(&desk.agent, "reply", body).await.status, StatusCode::OK);
    let files = |drafts: Vec<Value>| -> Vec<String> {
        let files = drafts[0]["attachments"].as_array().unwrap();
        files
            .iter()
            .map(|file| file["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(files(desk.drafts(&desk.agent).await), [own.as_str()]);

    desk.clock.forward(TimeDelta::days(29));
    app::retention::clean_up(&desk.world.state.app).await.unwrap();
    desk.agent = desk.world.token_of(AGENT).await;
    assert_eq!(
        files(desk.drafts(&desk.agent).await),
        [own.as_str()],
        "it waits with its draft"
    );
    let left = "SELECT count(*)::text FROM attachments";
    assert_eq!(desk.world.db.texts(left).await, ["1"], "{loose} and {foreign} are gone");

    desk.clock.forward(TimeDelta::days(2));
    for _ in 0..2 {
        app::retention::clean_up(&desk.world.state.app).await.unwrap();
    }
    assert_eq!(desk.world.db.texts("SELECT body FROM ticket_drafts").await.len(), 0);
    assert_eq!(desk.world.db.texts(left).await, ["0"]);
}
