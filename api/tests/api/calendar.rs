//! One's reminders and what is due, in a calendar program, at an address that is a secret.

use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use domain::{account::times::LinkPurpose, clock::Clock};
use serde_json::{Value, json};

use super::{
    client::{ADMIN, AGENT, Answer},
    customers::CLIENT,
    desk::Desk,
};

const OWN: &str = "/api/v1/me/calendar";

impl Desk {
    /// The address that was made, from its path on.
    async fn address(&self) -> String {
        let made = self.world.own("PUT", OWN, &self.agent, Value::Null).await;
        assert_eq!(made.status, StatusCode::OK, "{:?}", made.body);
        let url = made.body["url"].as_str().unwrap();
        url[url.find("/api/").unwrap()..].to_owned()
    }

    /// As a calendar program reads it: nobody is signed in.
    async fn calendar(&self, address: &str) -> Answer {
        self.world.call("GET", address, &[], Value::Null).await
    }

    async fn remind(&self, note: &str) {
        let at = self.clock.now() + TimeDelta::hours(2);
        let path = format!("{}/reminders", self.ticket);
        let set = json!({ "at": at, "note": note });
        let set = self.world.own("POST", &path, &self.agent, set).await;
        assert_eq!(set.status, StatusCode::CREATED, "{:?}", set.body);
    }
}

#[tokio::test]
async fn a_calendar_holds_ones_reminders_and_what_is_due_and_nobody_elses() {
    let desk = Desk::new().await;
    desk.remind("Ring back;\nask for the log").await;
    let address = desk.address().await;
    // What is due of a ticket of his, and of one that is nobody's.
    let promised = "UPDATE tickets SET sla_due_at = now() + interval '1 day'";
    desk.world.db.execute(promised).await;
    let before = desk.calendar(&address).await;
    assert_eq!(before.status, StatusCode::OK, "{:?}", before.body);
    assert_eq!(before.headers[header::CONTENT_TYPE], "text/calendar; charset=utf-8");
    let text = before.body.as_str().unwrap();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n"), "{text}");
    assert!(text.contains("SUMMARY:Ring back\\;\\nask for the log\r\n"), "{text}");
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1, "{text}");
    let own = "UPDATE tickets SET assignee_id = (SELECT id FROM users WHERE email = 'agent@cloudmanager.test')";
    desk.world.db.execute(own).await;
    let after = desk.calendar(&address).await;
    let text = after.body.as_str().unwrap();
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 2, "{text}");
    assert!(text.contains("UID:due-"), "{text}");
    // What is over is due no more.
    desk.world.db.execute("UPDATE tickets SET state = 'resolved'").await;
    let over = desk.calendar(&address).await;
    assert_eq!(over.body.as_str().unwrap().matches("BEGIN:VEVENT").count(), 1);
    let kept = desk.world.own("GET", OWN, &desk.agent, Value::Null).await;
    assert!(kept.body["feed"]["read_at"].is_string(), "{:?}", kept.body);
    assert!(kept.body["feed"].get("url").is_none(), "it was told once");
}

#[tokio::test]
async fn an_address_ends_when_another_is_made_when_it_is_taken_back_and_with_its_owners_rights() {
    let desk = Desk::new().await;
    let none = desk.world.own("GET", OWN, &desk.agent, Value::Null).await;
    assert_eq!(none.body, json!({ "feed": null }));
    let first = desk.address().await;
    let second = desk.address().await;
    for (address, status) in [
        (first.as_str(), StatusCode::NOT_FOUND),
        (second.as_str(), StatusCode::OK),
        ("/api/v1/calendar.ics?token=x", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(desk.calendar(address).await.status, status, "{address}");
    }
    // It opens nothing else.
    let token = second.split_once("token=").unwrap().1.to_owned();
    let elsewhere = desk.world.own("GET", "/api/v1/reminders", &token, Value::Null).await;
    assert_eq!(elsewhere.status, StatusCode::UNAUTHORIZED);

    let status = |to: &str| format!("UPDATE users SET status = '{to}' WHERE email = 'agent@cloudmanager.test'");
    desk.world.db.execute(&status("suspended")).await;
    assert_eq!(desk.calendar(&second).await.status, StatusCode::NOT_FOUND);
    desk.world.db.execute(&status("active")).await;
    assert_eq!(desk.calendar(&second).await.status, StatusCode::OK);
    for _ in 0..2 {
        let gone = desk.world.own("DELETE", OWN, &desk.agent, Value::Null).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(desk.calendar(&second).await.status, StatusCode::NOT_FOUND);
    let trail = "SELECT action FROM audit_log WHERE subject_type = 'calendar_feed' ORDER BY id";
    assert_eq!(
        desk.world.db.texts(trail).await,
        ["calendar_feed.make", "calendar_feed.make", "calendar_feed.revoke"]
    );
    let kept = "SELECT count(*)::text FROM calendar_feeds";
    assert_eq!(desk.world.db.texts(kept).await, ["0"]);
    // Customers have none.
    let client = desk.world.token_of(CLIENT).await;
    let refused = desk.world.own("PUT", OWN, &client, Value::Null).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_address_does_not_outlive_the_trust_in_its_owners_account() {
    let mut desk = Desk::new().await;
    let world = desk.world.clone();
    let address = desk.address().await;
    let admin = world.token_of(ADMIN).await;
    let found = world.own("GET", "/api/v1/users?q=agent%40", &admin, Value::Null).await;
    let mut user = found.body["items"][0].clone();
    for what in ["deactivate", "reactivate"] {
        let path = format!("/api/v1/users/{}/{what}", user["id"].as_str().unwrap());
        let done = world
            .act(&admin, "POST", &path, user["version"].as_i64(), Value::Null)
            .await;
        assert_eq!(done.status, StatusCode::OK, "{what}: {:?}", done.body);
        user = done.body;
        // Whoever comes back makes another.
        assert_eq!(desk.calendar(&address).await.status, StatusCode::NOT_FOUND, "{what}");
    }

    desk.agent = world.token_of(AGENT).await;
    let address = desk.address().await;
    assert_eq!(desk.calendar(&address).await.status, StatusCode::OK);
    world
        .post("/api/v1/auth/password-reset", json!({ "email": AGENT, "locale": "en" }))
        .await;
    let token = world.mailed_token(AGENT, LinkPurpose::Reset).await;
    let body = json!({ "token": token, "password": "kasbah-lantern-orchid-42" });
    let reset = world.post("/api/v1/auth/password-reset/confirm", body).await;
    assert_eq!(reset.status, StatusCode::NO_CONTENT, "{:?}", reset.body);
    assert_eq!(desk.calendar(&address).await.status, StatusCode::NOT_FOUND);
}
