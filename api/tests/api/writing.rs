//! Messages in Markdown: what is looked at before is what is kept.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{client::Answer, desk::Desk};

const PREVIEW: &str = "/api/v1/messages/preview";

impl Desk {
    async fn looked_at(&self, token: &str, body: &str) -> Answer {
        self.world.own("POST", PREVIEW, token, json!({ "body": body })).await
    }

    async fn written(&self, token: &str, message: Value) -> Value {
        let path = format!("{}/messages", self.ticket);
        let sent = self.world.own("POST", &path, token, message).await;
        assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
        sent.body
    }
}

#[tokio::test]
async fn what_is_looked_at_is_what_others_see() {
    let desk = Desk::new().await;
    let long = format!("**long** {}", "word ".repeat(2_000));
    for body in [
        "Hello **you**,\nsee [this](https://a.example)",
        "<script>alert(1)</script> **x** [y](javascript:alert(1)) ![z](https://evil.example/z.png)",
        "مرحبًا\n\n1. واحد\n2. **اثنان**",
        "nothing but words",
        long.as_str(),
    ] {
        for (token, kind) in [(&desk.agent, "reply"), (&desk.agent, "note"), (&desk.client, "reply")] {
            let preview = desk.looked_at(token, body).await;
            assert_eq!(preview.status, StatusCode::OK, "{:?}", preview.body);
            let sent = desk
                .written(token, json!({ "kind": kind, "body": body, "format": "markdown" }))
                .await;
            assert_eq!(
                (&preview.body["html"], &preview.body["text"]),
                (&sent["body_html"], &sent["body_text"]),
                "{body}"
            );
            let html = preview.body["html"].as_str().unwrap_or_default();
            for bad in ["<script", "<img", "href=\"javascript"] {
                assert!(!html.contains(bad), "{bad}: {html}");
            }
        }
    }
    let path = format!("{}/timeline", desk.ticket);
    let seen = desk.world.own("GET", &path, &desk.client, Value::Null).await.body;
    let shown = |item: &Value| {
        item["body_html"]
            .as_str()
            .is_some_and(|html| html.starts_with("<p dir=\"auto\">Hello <strong>you</strong>,<br>\nsee <a "))
    };
    assert!(seen["items"].as_array().unwrap().iter().any(shown), "{seen}");
}

#[tokio::test]
async fn the_first_message_of_a_ticket_is_written_like_any_other() {
    let desk = Desk::new().await;
    let open = async |token: &str, mut ticket: Value| {
        ticket["subject"] = json!("Formatted");
        if token == desk.agent {
            ticket["requester"] = json!({ "email": "lina@example.dz" });
        }
        let opened = desk.world.own("POST", "/api/v1/tickets", token, ticket).await;
        assert_eq!(opened.status, StatusCode::CREATED, "{:?}", opened.body);
        let path = format!("/api/v1/tickets/{}/timeline", opened.body["id"].as_str().unwrap());
        let shown = desk.world.own("GET", &path, token, Value::Null).await.body;
        let items = shown["items"].as_array().unwrap();
        items.iter().find(|item| item["type"] == "message").unwrap().clone()
    };
    let body = "It is **down**. <img src=x onerror=alert(1)>\n\n- [here](javascript:alert(1))";
    for token in [&desk.client, &desk.agent] {
        let preview = desk.looked_at(token, body).await.body;
        let first = open(token, json!({ "body": body, "format": "markdown" })).await;
        assert_eq!(
            (&first["body_html"], &first["body_text"]),
            (&preview["html"], &preview["text"])
        );
        let html = first["body_html"].as_str().unwrap();
        assert!(html.contains("<strong>down</strong>"), "{html}");
        assert!(!html.contains("<img") && !html.contains("href=\"javascript"), "{html}");
        let plain = open(token, json!({ "body": "2 **x** 3" })).await;
        assert_eq!(
            (&plain["body_html"], &plain["body_text"]),
            (&Value::Null, &json!("2 **x** 3"))
        );
    }
}

#[tokio::test]
async fn plain_text_stays_as_it_is_and_what_is_wrong_is_refused() {
    let desk = Desk::new().await;
    for body in [
        json!({ "kind": "reply", "body": "2 **x** 3" }),
        json!({ "kind": "reply", "body": "2 **x** 3", "format": "plain" }),
    ] {
        let sent = desk.written(&desk.agent, body).await;
        assert_eq!(
            (&sent["body_text"], &sent["body_html"]),
            (&json!("2 **x** 3"), &Value::Null)
        );
    }
    let words = desk.looked_at(&desk.agent, "just words").await;
    assert_eq!(words.body, json!({ "html": null, "text": "just words" }));
    for (body, code) in [(" \n".to_owned(), "empty"), ("x".repeat(200_001), "too_long")] {
        let refused = desk.looked_at(&desk.agent, &body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.body["errors"][0]["pointer"], "/body");
        assert_eq!(refused.body["errors"][0]["code"], code);
    }
    // What would hurt whoever shows it is kept as the text that it is.
    let deep = "> ".repeat(90_000);
    let kept = desk.looked_at(&desk.agent, &format!("{deep}x")).await;
    assert_eq!(kept.status, StatusCode::OK);
    assert_eq!(kept.body["html"], Value::Null);
    // Nothing of all this was kept: two messages were sent.
    let kept = "SELECT body_text FROM ticket_messages WHERE direction = 'out'";
    assert_eq!(desk.world.db.texts(kept).await.len(), 2);
}
