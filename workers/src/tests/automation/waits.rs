//! What comes after a wait: later, once, and only if it is still called for.

use super::*;

fn late(minutes: u32, only_if: Option<Value>) -> Value {
    let mut wait = json!({ "do": "wait", "minutes": minutes });
    if let Some(condition) = only_if {
        wait["only_if"] = condition;
    }
    let actions = json!([{ "do": "add_tag", "tag": "seen" }, wait, { "do": "add_tag", "tag": "late" }]);
    on("created", json!({ "test": "unanswered", "is": true }), actions)
}

impl Place {
    /// Turns the clock. Jobs are due by the database's, so what waits comes nearer by as much.
    async fn later(&self, minutes: i64) {
        self.0.clock.turn(TimeDelta::minutes(minutes));
        let nearer = format!(
            "UPDATE jobs SET run_at = run_at - interval '{minutes} minutes' WHERE kind = 'run_rule' AND state = 'queued'"
        );
        self.0.db.execute(&nearer).await;
    }

    async fn tags(&self, id: Uuid) -> Vec<String> {
        self.now(id).await.summary.tags
    }

    async fn changed(&self, rule: &Rule, enabled: bool, spec: Value) -> Rule {
        let draft = Draft {
            name: rule.name.clone(),
            enabled,
            spec: serde_json::from_value(spec).unwrap(),
        };
        automation::change(&self.0.app, &self.0.caller, rule.id, rule.version, draft)
            .await
            .unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_after_a_wait_is_done_then_and_once() {
    let place = Place::new().await;
    let rule = place.rule(late(60, None)).await;
    let id = place.ticket(Priority::Medium).await;
    place.run().await;
    assert_eq!(place.tags(id).await, ["seen"]);
    assert_eq!(place.runs().await, ["acted", "queued"]);
    let due = "SELECT (due_at - created_at)::text FROM automation_runs WHERE next_action = 2";
    let length = place.texts(due).await;
    assert!(length[0].starts_with("01:00:00"), "{length:?}");
    place.later(59).await;
    place.run().await;
    assert_eq!(place.tags(id).await, ["seen"], "not before its time");

    place.later(2).await;
    place.run().await;
    place.run().await;
    let mut tags = place.tags(id).await;
    tags.sort();
    assert_eq!(tags, ["late", "seen"]);
    assert_eq!(place.runs().await, ["acted", "acted"]);
    let runs = automation::runs(&place.0.app, &place.0.caller, rule.id, None, None, 10)
        .await
        .unwrap();
    assert_eq!(runs[0].actions, Some(json!([{ "do": "add_tag", "result": "done" }])));
    let first = runs[1].actions.clone().unwrap();
    assert_eq!(
        (&first[1]["do"], &first[1]["result"]),
        (&json!("wait"), &json!("until"))
    );
    assert_eq!(
        first.as_array().unwrap().len(),
        2,
        "the rest is the later run's: {first}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_was_answered_meanwhile_is_left_alone() {
    let place = Place::new().await;
    place.rule(late(60, None)).await;
    let (answered, forgotten) = (place.ticket(Priority::Low).await, place.ticket(Priority::Low).await);
    place.run().await;
    tickets::send(&place.0.app, &place.0.caller, answered, reply("Restarted."))
        .await
        .unwrap();
    place.later(61).await;
    place.run().await;
    assert_eq!(place.tags(answered).await, ["seen"]);
    assert_eq!(place.tags(forgotten).await.len(), 2);
    let mut runs = place.runs().await;
    runs.sort();
    assert_eq!(runs, ["acted", "acted", "acted", "not_met"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_has_a_condition_of_its_own() {
    let place = Place::new().await;
    let hot = json!({ "test": "priority", "any": ["urgent"] });
    place.rule(late(5, Some(hot))).await;
    let (cold, risen) = (place.ticket(Priority::Low).await, place.ticket(Priority::Low).await);
    place.run().await;
    let edit = tickets::Edit {
        priority: Some(Priority::Urgent),
        version: place.now(risen).await.summary.version,
        ..tickets::Edit::default()
    };
    tickets::edit(&place.0.app, &place.0.caller, risen, edit).await.unwrap();
    tickets::send(&place.0.app, &place.0.caller, risen, reply("Restarted."))
        .await
        .unwrap();
    place.later(6).await;
    place.run().await;
    assert_eq!(place.tags(cold).await, ["seen"]);
    assert_eq!(
        place.tags(risen).await.len(),
        2,
        "its own condition counts, not the rule's"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn switching_off_changing_or_removing_a_rule_ends_what_waits() {
    let place = Place::new().await;
    let first = place.rule(late(60, None)).await;
    let id = place.ticket(Priority::Medium).await;
    place.run().await;
    let same = place.changed(&first, true, late(60, None)).await;
    assert_eq!(place.runs().await, ["acted", "queued"], "nothing was changed");
    let off = place.changed(&same, false, late(60, None)).await;
    assert_eq!(
        place.runs().await,
        ["acted", "skipped off"],
        "at once, not when it is due"
    );
    let other = place.changed(&off, true, late(30, None)).await;
    place.later(61).await;
    place.run().await;
    assert_eq!(
        place.tags(id).await,
        ["seen"],
        "switched on again, it does not go on with what was ended"
    );

    let next = place.ticket(Priority::Medium).await;
    place.run().await;
    let third = place.changed(&other, true, late(20, None)).await;
    place.later(61).await;
    place.run().await;
    assert_eq!(place.tags(next).await, ["seen"]);
    assert!(place.runs().await.contains(&"skipped outdated".to_owned()));

    let last = place.ticket(Priority::Medium).await;
    place.run().await;
    automation::delete(&place.0.app, &place.0.caller, third.id, third.version)
        .await
        .unwrap();
    place.later(61).await;
    place.run().await;
    assert_eq!(place.tags(last).await, ["seen"]);
}
