//! Rules from the event, or the clock, to what they do, over a real database.

use std::time::Duration;

use app::{
    automation::{self, Draft},
    ticket::{self as tickets, Judgement, Move, NewMessage, NewTicket, Requester},
};
use chrono::TimeDelta;
use domain::{
    automation::RuleSpec,
    ticket::{Priority, State, writing::Format},
};
use jobs::{FollowRules, NewJob};
use serde_json::{Value, json};
use store::{automation::rule::Rule, ticket};
use testkit::wait_for;
use uuid::Uuid;

use super::desk::{Desk, reply};

mod dealing;
mod templates;
mod waits;

struct Place(Desk);

impl Place {
    /// A desk without the rules that come with the product.
    async fn new() -> Self {
        let desk = Desk::new().await;
        desk.db.execute("UPDATE automation_rules SET enabled = false").await;
        Self(desk)
    }

    async fn rule(&self, spec: Value) -> Rule {
        let spec: RuleSpec = serde_json::from_value(spec).unwrap();
        let draft = Draft {
            name: "Test".to_owned(),
            enabled: true,
            spec,
        };
        automation::create(&self.0.app, &self.0.caller, draft).await.unwrap()
    }

    async fn ticket(&self, priority: Priority) -> Uuid {
        let new = NewTicket {
            subject: "My server is down".to_owned(),
            body: "Please help.".to_owned(),
            format: Format::Plain,
            priority: Some(priority),
            requester: Some(Requester {
                email: "ana@example.dz".to_owned(),
                name: None,
            }),
            category_id: None,
            project_id: None,
            related: store::ticket::Related::default(),
            attachment_ids: Vec::new(),
        };
        tickets::create(&self.0.app, &self.0.caller, new)
            .await
            .unwrap()
            .summary
            .id
    }

    /// Has rules look at all that happened, and runs what is due.
    async fn run(&self) {
        wait_for("all events are followed", Duration::from_secs(60), async || {
            self.0.enqueue(&[NewJob::of(&FollowRules {})]).await;
            self.0.run().await;
            let left = "SELECT count(*)::text FROM events e, event_cursors c WHERE c.consumer = 'automation'
                AND (e.xid, e.id) > (c.xid, c.id) AND e.subject_type = 'ticket'";
            let waits = "SELECT count(*)::text FROM automation_runs WHERE state = 'queued' AND due_at IS NULL";
            self.texts(left).await == ["0"] && self.texts(waits).await == ["0"]
        })
        .await;
    }

    async fn texts(&self, query: &str) -> Vec<String> {
        self.0.db.texts(query).await
    }

    async fn runs(&self) -> Vec<String> {
        self.texts("SELECT concat_ws(' ', state, reason) FROM automation_runs ORDER BY created_at, id")
            .await
    }

    async fn now(&self, id: Uuid) -> ticket::Ticket {
        ticket::find(&mut self.0.db.pool.get().await.unwrap(), id, None)
            .await
            .unwrap()
    }
}

fn on(event: &str, condition: Value, actions: Value) -> Value {
    json!({ "trigger": { "when": "event", "on": event }, "condition": condition, "actions": actions, "limit": 100 })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_acts_once_and_says_why() {
    let place = Place::new().await;
    let urgent = json!({ "test": "priority", "any": ["urgent"] });
    let actions = json!([
        { "do": "add_tag", "tag": "hot" }, { "do": "note", "body": "Look at once." }, { "do": "add_tag", "tag": "hot" },
        { "do": "state", "to": "resolved" }
    ]);
    let rule = place.rule(on("created", urgent, actions)).await;
    let (hot, cold) = (place.ticket(Priority::Urgent).await, place.ticket(Priority::Low).await);
    place.run().await;
    place.run().await;
    assert_eq!(place.runs().await, ["acted", "not_met"]);
    let ticket = place.now(hot).await;
    assert_eq!(ticket.summary.tags, ["hot"]);
    assert_eq!(
        ticket.summary.state, "open",
        "nobody is assigned: the rules of tickets hold for rules as well"
    );
    assert_eq!(place.0.bodies(hot).await, ["Please help.", "Look at once."]);
    assert_eq!(place.0.bodies(cold).await.len(), 1);
    let runs = automation::runs(&place.0.app, &place.0.caller, rule.id, Some("acted"), None, 10)
        .await
        .unwrap();
    let done = json!([
        { "do": "add_tag", "result": "done" }, { "do": "note", "result": "done" }, { "do": "add_tag", "result": "unchanged" },
        { "do": "state", "result": "assignee_needed" }
    ]);
    assert_eq!(runs[0].actions, Some(done));
    assert_eq!(
        runs[0].finding,
        Some(json!({ "test": "priority", "holds": true, "found": "urgent" }))
    );
    let lines = "SELECT kind || ' ' || actor_name FROM ticket_events WHERE kind = 'tags_changed'";
    assert_eq!(place.texts(lines).await, ["tags_changed Test"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_do_not_set_themselves_off_nor_each_other_for_ever() {
    let place = Place::new().await;
    let any = json!({ "test": "all", "of": [] });
    let up = json!([{ "do": "priority", "to": "urgent" }]);
    let down = json!([{ "do": "priority", "to": "low" }]);
    let first = place.rule(on("priority_changed", any.clone(), up)).await;
    let second = place.rule(on("priority_changed", any, down)).await;
    let id = place.ticket(Priority::Medium).await;
    let edit = tickets::Edit {
        priority: Some(Priority::High),
        version: 1,
        ..tickets::Edit::default()
    };
    tickets::edit(&place.0.app, &place.0.caller, id, edit).await.unwrap();
    for _ in 0..4 {
        place.run().await;
    }
    let by = |rule: Uuid, state: &str| {
        format!("SELECT count(*)::text FROM automation_runs WHERE rule_id = '{rule}' AND state = '{state}'")
    };
    for rule in [first.id, second.id] {
        assert_eq!(
            place.texts(&by(rule, "acted")).await,
            ["2"],
            "by the person, and by the other rule"
        );
        assert_eq!(place.texts(&by(rule, "skipped")).await, ["2"]);
    }
    assert_eq!(
        place
            .texts("SELECT DISTINCT reason FROM automation_runs WHERE state = 'skipped'")
            .await,
        ["self"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_by_the_clock_acts_once_for_each_stay_in_a_state() {
    let place = Place::new().await;
    let spec = json!({
        "trigger": { "when": "schedule", "every_minutes": 5 },
        "condition": { "test": "all", "of": [
            { "test": "state", "any": ["open"] }, { "test": "age", "since": "state", "minutes": 30 }
        ] },
        "actions": [{ "do": "note", "body": "Nobody works on this." }],
        "limit": 100
    });
    place.rule(spec).await;
    let id = place.ticket(Priority::Low).await;
    place.run().await;
    assert_eq!(place.runs().await.len(), 0, "not old enough");
    for _ in 0..3 {
        place.0.clock.turn(TimeDelta::minutes(31));
        place.run().await;
    }
    assert_eq!(place.runs().await, ["acted"]);
    let version = place.now(id).await.summary.version;
    for (to, version) in [(State::InProgress, version), (State::Open, version + 1)] {
        let step = Move {
            to,
            reason: None,
            on_hold_until: None,
            no_reply_needed: None,
            version,
        };
        tickets::transition(&place.0.app, &place.0.caller, id, step)
            .await
            .unwrap();
    }
    place.0.clock.turn(TimeDelta::minutes(31));
    place.run().await;
    assert_eq!(place.runs().await, ["acted", "acted"], "another stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_beyond_the_limit_waits_for_a_person_and_a_rule_that_is_off_does_nothing() {
    let place = Place::new().await;
    let mut spec = on(
        "created",
        json!({ "test": "all", "of": [] }),
        json!([{ "do": "add_tag", "tag": "seen" }]),
    );
    spec["limit"] = json!(2);
    let rule = place.rule(spec).await;
    for _ in 0..4 {
        place.ticket(Priority::Low).await;
    }
    place.run().await;
    let mut runs = place.runs().await;
    runs.sort();
    assert_eq!(runs, ["acted", "acted", "held limit", "held limit"]);
    assert_eq!(
        place.texts("SELECT kind FROM security_alerts").await,
        ["automation_held"]
    );
    assert_eq!(
        automation::settle(&place.0.app, &place.0.caller, rule.id, true)
            .await
            .unwrap(),
        2
    );
    place.run().await;
    assert_eq!(
        place
            .texts("SELECT count(*)::text FROM tickets WHERE 'seen' = ANY(tags)")
            .await,
        ["4"]
    );

    let rule = automation::get(&place.0.app, &place.0.caller, rule.id).await.unwrap();
    let spec: RuleSpec = serde_json::from_value(rule.spec.clone()).unwrap();
    let off = Draft {
        name: "Off".to_owned(),
        enabled: false,
        spec,
    };
    place.ticket(Priority::Low).await;
    automation::change(&place.0.app, &place.0.caller, rule.id, rule.version, off)
        .await
        .unwrap();
    place.run().await;
    assert_eq!(
        place
            .texts("SELECT count(*)::text FROM tickets WHERE 'seen' = ANY(tags)")
            .await,
        ["4"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_a_rule_is_an_automatic_mail_and_a_dry_run_does_nothing() {
    let place = Place::new().await;
    place.0.mailbox(None, domain::mail::words::StartPoint::All).await;
    let spec = on(
        "created",
        json!({ "test": "source", "any": ["agent"] }),
        json!([{ "do": "reply", "body": "We have it." }, { "do": "webhook" }]),
    );
    place.ticket(Priority::Low).await;
    let preview = automation::dry_run(
        &place.0.app,
        &place.0.caller,
        &serde_json::from_value(spec.clone()).unwrap(),
    )
    .await
    .unwrap();
    assert_eq!(
        (preview.asked, preview.acted, preview.tickets, preview.would.len()),
        (1, 1, 1, 1)
    );
    let foreseen: Vec<_> = preview.would[0]
        .actions
        .iter()
        .map(|one| (one.action, one.result))
        .collect();
    assert_eq!(foreseen, [("reply", "would"), ("webhook", "would")]);
    place.run().await;
    assert_eq!(place.runs().await.len(), 0);
    place.rule(spec).await;
    let id = place.ticket(Priority::Low).await;
    place.run().await;
    assert_eq!(place.0.bodies(id).await, ["Please help.", "We have it."]);
    let ticket = place.now(id).await;
    assert_eq!(ticket.summary.state, "open", "a person still has to answer");
    let mail = place
        .0
        .outbox()
        .into_iter()
        .find(|mail| mail.contains("We have it."))
        .unwrap();
    assert!(
        mail.contains("Auto-Submitted: auto-replied") && !mail.contains("My server is down"),
        "{mail}"
    );
    assert_eq!(
        place
            .texts("SELECT count(*)::text FROM events WHERE type = 'automation.triggered'")
            .await,
        ["1"]
    );
    let note = NewMessage {
        note: true,
        ..reply("x")
    };
    tickets::send(&place.0.app, &place.0.caller, id, note).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_let_out_sets_rules_off() {
    let place = Place::new().await;
    let tag = json!([{ "do": "add_tag", "tag": "asked" }]);
    place
        .rule(on("customer_message", json!({ "test": "all", "of": [] }), tag))
        .await;
    let id = place.ticket(Priority::Low).await;
    let held = place.0.held_message(id).await;
    place.run().await;
    assert_eq!(place.runs().await.len(), 0);
    tickets::judge(&place.0.app, &place.0.caller, id, held, Judgement::Accept)
        .await
        .unwrap();
    place.run().await;
    assert_eq!(place.runs().await, ["acted"]);
    assert_eq!(place.now(id).await.summary.tags, ["asked"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_change_tickets_as_people_do() {
    let place = Place::new().await;
    let (merged, whole) = (place.ticket(Priority::Low).await, place.ticket(Priority::Low).await);
    tickets::merge(&place.0.app, &place.0.caller, merged, whole, false, 1)
        .await
        .unwrap();
    let spec = json!({
        "trigger": { "when": "schedule", "every_minutes": 5 },
        "condition": { "test": "state", "any": ["closed"] },
        "actions": [
            { "do": "state", "to": "open" }, { "do": "note", "body": "x" }, { "do": "reply", "body": "x" },
            { "do": "add_tag", "tag": "x" }, { "do": "escalate" }
        ],
        "limit": 100
    });
    let by_clock = place.rule(spec).await;
    let tag = on(
        "created",
        json!({ "test": "all", "of": [] }),
        json!([{ "do": "add_tag", "tag": " Hot,  Stuff " }, { "do": "add_tag", "tag": "Hot Stuff" }]),
    );
    let by_event = place.rule(tag).await;
    let full: Vec<String> = (0..30).map(|n| n.to_string()).collect();
    let id = place.ticket(Priority::Low).await;
    let many = place.ticket(Priority::Low).await;
    place
        .0
        .db
        .execute(&format!(
            "UPDATE tickets SET tags = '{{{}}}' WHERE id = '{many}'",
            full.join(",")
        ))
        .await;
    place.run().await;
    let results = async |rule: Uuid, ticket: Uuid| {
        let runs = automation::runs(&place.0.app, &place.0.caller, rule, Some("acted"), None, 10)
            .await
            .unwrap();
        let run = runs.into_iter().find(|run| run.ticket_id == ticket).unwrap();
        let actions = run.actions.unwrap();
        let results = actions.as_array().unwrap().iter();
        results
            .map(|one| one["result"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(results(by_clock.id, merged).await, ["ticket_merged"; 5]);
    assert!(place.0.bodies(merged).await.is_empty());
    assert_eq!(results(by_event.id, id).await, ["done", "unchanged"]);
    assert_eq!(place.now(id).await.summary.tags, ["hot stuff"]);
    assert_eq!(results(by_event.id, many).await, ["too_many", "too_many"]);
    assert_eq!(place.now(many).await.summary.tags, full);
    let lines = format!(
        "SELECT count(*)::text FROM audit_log WHERE action = 'ticket.edit' AND subject_id = '{id}' AND data ->> 'rule_id' = '{}'",
        by_event.id
    );
    assert_eq!(place.texts(&lines).await, ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_of_members_refuses_one_action_and_the_rule_goes_on() {
    let place = Place::new().await;
    place
        .0
        .db
        .execute("UPDATE support_groups SET members_only = true")
        .await;
    let actions = json!([
        { "do": "assign", "user_id": place.0.caller.user_id }, { "do": "add_tag", "tag": "hot" }
    ]);
    let rule = place
        .rule(on("created", json!({ "test": "all", "of": [] }), actions))
        .await;
    let id = place.ticket(Priority::Low).await;
    place.run().await;
    assert_eq!(place.runs().await, ["acted"]);
    let runs = automation::runs(&place.0.app, &place.0.caller, rule.id, Some("acted"), None, 10)
        .await
        .unwrap();
    let done = json!([{ "do": "assign", "result": "not_a_member" }, { "do": "add_tag", "result": "done" }]);
    assert_eq!(runs[0].actions, Some(done));
    let ticket = place.now(id).await;
    assert_eq!((ticket.summary.assignee_id, ticket.summary.tags.len()), (None, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_answer_of_one_rule_is_braked_and_said_to_be() {
    let place = Place::new().await;
    place.0.mailbox(None, domain::mail::words::StartPoint::All).await;
    let twice = json!([{ "do": "reply", "body": "One." }, { "do": "reply", "body": "Two." }]);
    let rule = place
        .rule(on("created", json!({ "test": "all", "of": [] }), twice))
        .await;
    let id = place.ticket(Priority::Low).await;
    place.run().await;
    assert_eq!(place.0.bodies(id).await, ["Please help.", "One."]);
    let runs = automation::runs(&place.0.app, &place.0.caller, rule.id, Some("acted"), None, 10)
        .await
        .unwrap();
    let done = json!([{ "do": "reply", "result": "done" }, { "do": "reply", "result": "brake_pause" }]);
    assert_eq!(runs[0].actions, Some(done));
}

/// A rule that notes what has been open for half an hour, with one ticket that it acted on.
async fn watched() -> (Place, Uuid) {
    let place = Place::new().await;
    let spec = json!({
        "trigger": { "when": "schedule", "every_minutes": 5 },
        "condition": { "test": "all", "of": [
            { "test": "state", "any": ["open"] }, { "test": "age", "since": "state", "minutes": 30 }
        ] },
        "actions": [{ "do": "note", "body": "Nobody works on this." }],
        "limit": 100
    });
    place.rule(spec).await;
    let id = place.ticket(Priority::Low).await;
    place.0.clock.turn(TimeDelta::minutes(31));
    place.run().await;
    assert_eq!(place.runs().await, ["acted"]);
    (place, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_came_to_nothing_does_not_use_up_the_stay() {
    let (place, id) = watched().await;
    for left in ["not_met", "skipped"] {
        let as_if = format!("UPDATE automation_runs SET state = '{left}'");
        place.0.db.execute(&as_if).await;
        place.0.clock.turn(TimeDelta::minutes(6));
        place.run().await;
        assert_eq!(place.runs().await, ["acted"], "after {left}");
    }
    assert_eq!(place.0.bodies(id).await.len(), 4);
    place
        .0
        .db
        .execute("UPDATE automation_runs SET state = 'dismissed'")
        .await;
    place.0.clock.turn(TimeDelta::minutes(6));
    place.run().await;
    assert_eq!(place.runs().await, ["dismissed"], "a person let it go");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_in_a_stay_is_known_until_the_stay_is_over() {
    let (place, id) = watched().await;
    place.0.clock.turn(TimeDelta::days(31));
    app::retention::clean_up(&place.0.app).await.unwrap();
    place.run().await;
    assert_eq!(place.0.bodies(id).await.len(), 2, "not done again");
    assert_eq!(
        place
            .texts("SELECT concat_ws(' ', state, finding, actions) FROM automation_runs")
            .await,
        ["acted"],
        "what it found and did is forgotten"
    );
    let step = Move {
        to: State::InProgress,
        reason: None,
        on_hold_until: None,
        no_reply_needed: None,
        version: place.now(id).await.summary.version,
    };
    tickets::transition(&place.0.app, &place.0.caller, id, step)
        .await
        .unwrap();
    app::retention::clean_up(&place.0.app).await.unwrap();
    assert_eq!(place.runs().await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_escalates_stands_on_the_ticket_until_somebody_takes_note() {
    let place = Place::new().await;
    let escalates = on(
        "created",
        json!({ "test": "all", "of": [] }),
        json!([{ "do": "escalate" }]),
    );
    place.rule(escalates).await;
    let id = place.ticket(Priority::Low).await;
    place.run().await;
    let rows = app::ticket::escalation::list(&place.0.app, &place.0.caller, id)
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].rule.is_some() && rows[0].level.is_none() && rows[0].clock.is_none());
    assert!(rows[0].acknowledged_at.is_none());
    let marked = format!("SELECT escalated::text FROM tickets WHERE id = '{id}'");
    assert_eq!(place.texts(&marked).await, ["true"]);
    // The ticket's history and the trail say so, also of one that could not become more urgent.
    let urgent = place.ticket(Priority::Urgent).await;
    place.run().await;
    for id in [id, urgent] {
        let history = format!("SELECT data::text FROM ticket_events WHERE ticket_id = '{id}' AND kind = 'escalated'");
        let trail =
            format!("SELECT data->>'escalated' FROM audit_log WHERE subject_id = '{id}' AND data ? 'escalated'");
        assert_eq!(place.texts(&history).await, [r#"{"told": ["Admin"]}"#]);
        assert_eq!(place.texts(&trail).await, ["true"]);
    }
}
