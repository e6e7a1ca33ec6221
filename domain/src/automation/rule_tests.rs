use serde_json::json;

use super::*;

fn rule(value: serde_json::Value) -> RuleSpec {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_rule_is_read_and_checked() {
    let good = rule(json!({
        "trigger": { "when": "schedule", "every_minutes": 60 },
        "condition": { "test": "all", "of": [
            { "test": "state", "any": ["resolved"] }, { "test": "age", "since": "state", "minutes": 5760 }
        ] },
        "actions": [{ "do": "state", "to": "closed", "reason": "done" }],
        "limit": 100
    }));
    assert_eq!(good.check(), Ok(()));
    let mut bad = good.clone();
    bad.trigger = Trigger::Schedule { every_minutes: 1 };
    bad.actions = vec![Action::State {
        to: State::Closed,
        reason: None,
    }];
    bad.limit = 0;
    bad.condition = Condition::Any { of: Vec::new() };
    let wrong = [Invalid::Schedule, Invalid::Condition, Invalid::Action, Invalid::Limit];
    assert_eq!(bad.check(), Err(wrong.to_vec()));
    bad.actions.clear();
    assert!(bad.check().unwrap_err().contains(&Invalid::Actions));
    let mut deep = Condition::Assigned { is: true };
    for _ in 0..DEPTH_MAX {
        deep = Condition::Not { of: Box::new(deep) };
    }
    let deep = RuleSpec {
        condition: deep,
        ..good
    };
    assert_eq!(deep.check(), Err(vec![Invalid::Condition]));
}

#[test]
fn tags_are_read_in_the_form_they_are_kept_in() {
    let mut spec = rule(json!({
        "trigger": { "when": "event", "on": "created" },
        "condition": { "test": "tag", "tag": " V.I.P, " },
        "actions": [{ "do": "add_tag", "tag": " Hot,  Stuff" }, { "do": "remove_tag", "tag": "COLD" }],
        "limit": 1
    }));
    let tag = |tag: &str| tag.to_owned();
    assert_eq!(spec.condition, Condition::Tag { tag: tag("v.i.p") });
    let kept = [
        Action::AddTag { tag: tag("hot stuff") },
        Action::RemoveTag { tag: tag("cold") },
    ];
    assert_eq!(spec.actions, kept);
    assert_eq!(spec.check(), Ok(()));
    spec.condition = Condition::Not {
        of: Box::new(Condition::All {
            of: vec![spec.condition],
        }),
    };
    assert_eq!(spec.tags(), ["v.i.p", "hot stuff", "cold"], "however deep");
    spec.actions = vec![Action::AddTag { tag: "x".repeat(41) }];
    assert_eq!(spec.check(), Err(vec![Invalid::Action]));
}

#[test]
fn unknown_words_are_no_rule() {
    for unknown in [
        json!({ "do": "delete" }),
        json!({ "do": "webhook", "url": "https://x.example" }),
        json!({ "do": "priority", "to": "huge" }),
    ] {
        assert!(serde_json::from_value::<Action>(unknown).is_err());
    }
}

#[test]
fn a_wait_has_its_length_and_something_to_come() {
    let with = |actions: serde_json::Value| {
        rule(json!({
            "trigger": { "when": "event", "on": "created" }, "condition": { "test": "unanswered", "is": true },
            "actions": actions, "limit": 1
        }))
    };
    let tag = json!({ "do": "add_tag", "tag": "late" });
    let wait = |minutes: u32| json!({ "do": "wait", "minutes": minutes });
    for good in [1, WAIT_MAX] {
        assert_eq!(with(json!([wait(good), tag])).check(), Ok(()));
    }
    for bad in [
        json!([wait(0), tag]),
        json!([wait(WAIT_MAX + 1), tag]),
        json!([tag, wait(5)]),
    ] {
        assert_eq!(with(bad.clone()).check(), Err(vec![Invalid::Wait]), "{bad}");
    }
    let judged = json!([tag, { "do": "wait", "minutes": 5, "only_if": { "test": "tag", "tag": " Late" } }, tag]);
    let spec = with(judged);
    assert_eq!(spec.check(), Ok(()));
    assert_eq!(spec.tags(), ["late", "late", "late"]);
    assert_eq!(spec.condition_at(0), &Condition::Unanswered { is: true });
    assert_eq!(spec.condition_at(1), &Condition::Unanswered { is: true });
    let late = Condition::Tag { tag: "late".to_owned() };
    assert_eq!(spec.condition_at(2), &late);
    let unsound = json!([{ "do": "wait", "minutes": 5, "only_if": { "test": "any", "of": [] } }, tag]);
    assert_eq!(with(unsound).check(), Err(vec![Invalid::Action]));
}

#[test]
fn an_event_of_programs_has_a_name_and_no_other_has_one() {
    let on = |trigger: serde_json::Value| {
        rule(
            json!({ "trigger": trigger, "condition": { "test": "assigned", "is": false },
            "actions": [{ "do": "webhook" }], "limit": 1 }),
        )
        .check()
    };
    assert_eq!(
        on(json!({ "when": "event", "on": "custom", "name": "backup.failed" })),
        Ok(())
    );
    for wrong in [
        json!({ "when": "event", "on": "custom" }),
        json!({ "when": "event", "on": "custom", "name": "Not a name" }),
        json!({ "when": "event", "on": "created", "name": "backup.failed" }),
    ] {
        assert_eq!(on(wrong), Err(vec![Invalid::EventName]));
    }
}

#[test]
fn a_rule_speaks_in_one_text_or_one_template() {
    let id = uuid::Uuid::from_u128(7);
    let spec = |action: serde_json::Value| {
        rule(
            json!({ "trigger": { "when": "event", "on": "created" }, "condition": { "test": "assigned", "is": false },
            "actions": [action], "limit": 1 }),
        )
    };
    let reply = spec(json!({ "do": "reply", "template_id": id }));
    assert_eq!(reply.check(), Ok(()));
    assert_eq!(reply.templates(), [(id, Purpose::Customers, Channel::Mail)]);
    for wrong in [
        json!({ "do": "reply" }),
        json!({ "do": "reply", "body": "x", "template_id": id }),
    ] {
        assert_eq!(spec(wrong).check(), Err(vec![Invalid::Action]));
    }
    let told = spec(json!({ "do": "notify", "assignee": true, "template_id": id, "sms_template_id": id }));
    assert_eq!(told.templates().len(), 2);
}
