//! Agents are reminded of tickets, once each.

use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::clock::Clock;
use serde_json::{Value, json};

use super::{
    client::{ADMIN, AGENT},
    customers::CLIENT,
    desk::Desk,
};

const LIST: &str = "/api/v1/reminders";

impl Desk {
    fn input(&self, hours: i64, by_mail: bool) -> Value {
        json!({ "at": self.clock.now() + TimeDelta::hours(hours), "note": "ask for the log", "by_mail": by_mail })
    }

    async fn set(&self, hours: i64, by_mail: bool) -> Value {
        let path = format!("{}/reminders", self.ticket);
        let made = self
            .world
            .own("POST", &path, &self.agent, self.input(hours, by_mail))
            .await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        made.body
    }

    async fn list(&self, token: &str) -> Vec<Value> {
        let found = self.world.own("GET", LIST, token, Value::Null).await;
        found.body["items"].as_array().unwrap().clone()
    }

    /// Time goes on; whoever was signed in is so anew.
    async fn later(&mut self, by: TimeDelta) {
        self.clock.forward(by);
        self.agent = self.world.token_of(AGENT).await;
    }

    async fn tell(&self) -> usize {
        app::ticket::reminder::tell_due(&self.world.state.app).await.unwrap()
    }

    async fn told(&self) -> String {
        let sql = "SELECT (SELECT count(*) FROM events WHERE type = 'reminder.due') || ' ' ||
            (SELECT count(*) FROM jobs WHERE kind = 'send_account_mail' AND payload->>'notice' = 'reminder')";
        self.world.db.texts(sql).await.remove(0)
    }
}

fn path_of(reminder: &Value) -> String {
    format!("{LIST}/{}", reminder["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_reminder_is_told_once_however_late() {
    let mut desk = Desk::new().await;
    desk.set(1, true).await;
    desk.set(2, false).await;
    assert_eq!(desk.tell().await, 0);
    // Nobody looked for two days; then two look at the same time.
    desk.later(TimeDelta::days(2)).await;
    let (one, two) = tokio::join!(desk.tell(), desk.tell());
    assert_eq!(one + two, 2);
    assert_eq!(desk.tell().await, 0);
    assert_eq!(desk.told().await, "2 1");
    let rows = desk.list(&desk.agent).await;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row["told_at"].is_string()), "{rows:?}");
    let due = desk
        .world
        .own("GET", "/api/v1/reminders/due", &desk.agent, Value::Null)
        .await;
    assert_eq!(due.body["due"], 2);
}

#[tokio::test]
async fn a_reminder_is_moved_and_ended_by_its_owner_alone() {
    let mut desk = Desk::new().await;
    let admin = desk.world.token_of(ADMIN).await;
    let reminder = desk.set(1, false).await;
    let path = path_of(&reminder);
    // Not seen and not touched by others.
    assert_eq!(desk.list(&admin).await.len(), 0);
    let foreign = desk.world.act(&admin, "DELETE", &path, Some(1), Value::Null).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    // Told, then moved: told again at its new moment, not before.
    desk.later(TimeDelta::hours(2)).await;
    assert_eq!(desk.tell().await, 1);
    let stale = desk
        .world
        .act(&desk.agent, "PUT", &path, Some(1), desk.input(3, false))
        .await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let moved = desk
        .world
        .act(&desk.agent, "PUT", &path, Some(2), desk.input(3, false))
        .await;
    assert_eq!((moved.status, &moved.body["told_at"]), (StatusCode::OK, &Value::Null));
    assert_eq!(desk.tell().await, 0);
    desk.later(TimeDelta::hours(4)).await;
    assert_eq!(desk.tell().await, 1);
    let version = desk.list(&desk.agent).await[0]["version"].as_i64();
    let ended = desk.world.act(&desk.agent, "DELETE", &path, version, Value::Null).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(desk.list(&desk.agent).await.len(), 0);
    let trail = desk
        .world
        .db
        .texts("SELECT action FROM audit_log WHERE action LIKE 'reminder.%' ORDER BY id")
        .await;
    assert_eq!(
        trail,
        [
            "reminder.set",
            "reminder.tell",
            "reminder.change",
            "reminder.tell",
            "reminder.end"
        ]
    );
}

#[tokio::test]
async fn what_is_no_reminder_is_refused_and_who_left_is_told_nothing() {
    let desk = Desk::new().await;
    let path = format!("{}/reminders", desk.ticket);
    for (hours, code) in [(-1, "in_the_past"), (24 * 365 * 6, "too_far")] {
        let answer = desk
            .world
            .own("POST", &path, &desk.agent, desk.input(hours, false))
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.body["errors"][0]["code"], code, "{:?}", answer.body);
    }
    let client = desk.world.token_of(CLIENT).await;
    let refused = desk.world.own("POST", &path, &client, desk.input(1, false)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    desk.set(1, true).await;
    desk.world
        .db
        .execute(&format!(
            "UPDATE users SET status = 'suspended' WHERE email = '{AGENT}'"
        ))
        .await;
    desk.clock.forward(TimeDelta::hours(2));
    assert_eq!(desk.tell().await, 1);
    assert_eq!(desk.told().await, "0 0");
    assert_eq!(
        desk.world.db.texts("SELECT id::text FROM ticket_reminders").await.len(),
        0
    );
}

#[tokio::test]
async fn a_ticket_that_is_put_aside_comes_back_once_in_time_or_when_its_customer_writes() {
    let mut desk = Desk::new().await;
    let client = desk.world.token_of(CLIENT).await;
    let put = async |desk: &Desk, hours: i64| {
        let path = format!("{}/reminders", desk.ticket);
        let mut input = desk.input(hours, false);
        input["aside"] = json!(true);
        desk.world.own("POST", &path, &desk.agent, input).await
    };
    let seen = async |desk: &Desk, token: &str, aside: &str| {
        let list = format!("/api/v1/tickets?aside={aside}&state=open,in_progress,answered");
        let found = desk.world.own("GET", &list, token, Value::Null).await;
        assert_eq!(found.status, StatusCode::OK, "{:?}", found.body);
        found.body["items"].as_array().unwrap().len()
    };
    let clocks = "SELECT string_agg(concat_ws(' ', kind, status, due_at), ';' ORDER BY kind) FROM ticket_clocks";
    let before = desk.world.db.texts(clocks).await;
    assert_eq!(put(&desk, 5).await.status, StatusCode::CREATED);
    assert_eq!(put(&desk, 6).await.code(), "aside_already");
    assert_eq!(
        [
            seen(&desk, &desk.agent, "hide").await,
            seen(&desk, &desk.agent, "only").await
        ],
        [0, 1]
    );
    assert_eq!(seen(&desk, &desk.agent, "").await, 1, "whoever does not ask sees all");
    // It is aside for him alone, and its promises run on.
    let admin = desk.world.token_of(ADMIN).await;
    assert_eq!(
        [seen(&desk, &admin, "hide").await, seen(&desk, &admin, "only").await],
        [1, 0]
    );
    assert_eq!(seen(&desk, &client, "hide").await, 1);
    let asked = desk
        .world
        .own("GET", "/api/v1/tickets?aside=only", &client, Value::Null)
        .await;
    assert_eq!(asked.status, StatusCode::BAD_REQUEST);
    assert_eq!(desk.world.db.texts(clocks).await, before);

    // What is counted for a list is what the list shows.
    desk.world.db.execute("UPDATE tickets SET escalated = true").await;
    let counted = async |token: &str| {
        let counts = desk
            .world
            .own("GET", "/api/v1/tickets/counts", token, Value::Null)
            .await;
        assert_eq!(counts.status, StatusCode::OK, "{:?}", counts.body);
        let states = counts.body["by_state"].as_object().unwrap().values();
        let all: u64 = states.filter_map(Value::as_u64).sum();
        json!([all, counts.body["unassigned"], counts.body["escalated"]])
    };
    assert_eq!(counted(&desk.agent).await, json!([0, 0, 0]));
    assert_eq!(counted(&admin).await, json!([1, 1, 1]));
    // The list says so to staff alone.
    for (token, said) in [(&admin, true), (&client, false)] {
        let list = desk.world.own("GET", "/api/v1/tickets", token, Value::Null).await.body;
        assert_eq!(list["items"][0]["escalated"], said, "{list}");
    }

    // What staff write does not bring it back, what the customer writes does.
    let path = format!("{}/messages", desk.ticket);
    desk.clock.forward(TimeDelta::minutes(1));
    let note = json!({ "kind": "note", "body": "later" });
    assert_eq!(
        desk.world.own("POST", &path, &desk.agent, note).await.status,
        StatusCode::CREATED
    );
    assert_eq!(desk.tell().await, 0);
    // Nor does what a machine answers in the customer's name.
    let answer = json!({ "kind": "reply", "body": "Any news?" });
    let written = desk.world.own("POST", &path, &client, answer).await;
    assert_eq!(written.status, StatusCode::CREATED, "{:?}", written.body);
    let id = written.body["id"].as_str().unwrap();
    let mailed = format!(
        "WITH b AS (INSERT INTO mailboxes (id, address, name, kind, group_id, created_at, updated_at)
                 SELECT gen_random_uuid(), 'desk@x.test', 'Desk', 'webhook', group_id, now(), now() FROM tickets LIMIT 1 RETURNING id),
             r AS (INSERT INTO raw_mails (id, mailbox_id, sha256, size, received_at, state, class)
                 SELECT gen_random_uuid(), id, '', 1, now(), 'processed', 'ooo' FROM b RETURNING id)
         UPDATE ticket_messages SET raw_mail_id = (SELECT id FROM r) WHERE id = '{id}'"
    );
    desk.world.db.execute(&mailed).await;
    assert_eq!(desk.tell().await, 0, "he is away, and has not written");
    desk.world.db.execute("UPDATE raw_mails SET class = 'human'").await;
    let (one, two) = tokio::join!(desk.tell(), desk.tell());
    assert_eq!(one + two, 1, "once");
    assert_eq!(seen(&desk, &desk.agent, "hide").await, 1);
    let back = &desk.list(&desk.agent).await[0];
    assert!(back["told_at"].is_string() && back["aside"] == true, "{back}");

    // Aside again: what was written before counts no more; then its time comes.
    desk.later(TimeDelta::minutes(1)).await;
    let mut input = desk.input(5, false);
    input["aside"] = json!(true);
    let version = back["version"].as_i64();
    let moved = desk.world.act(&desk.agent, "PUT", &path_of(back), version, input).await;
    assert_eq!(moved.status, StatusCode::OK, "{:?}", moved.body);
    assert_eq!((desk.tell().await, seen(&desk, &desk.agent, "hide").await), (0, 0));
    desk.later(TimeDelta::hours(6)).await;
    assert_eq!((desk.tell().await, desk.tell().await), (1, 0));
    assert_eq!(seen(&desk, &desk.agent, "hide").await, 1);
}
