//! Rules that have a group deal out what lies with nobody.

use super::*;

impl Place {
    /// Gives the group a member and a way to deal out its tickets; what is open there stays as a person left it.
    async fn deals(&self) {
        let ready = format!(
            "UPDATE support_groups SET strategy = 'least_loaded';
             INSERT INTO group_members (group_id, user_id, role, turn, added_at)
                 SELECT id, '{}', 'member', 0, now() FROM support_groups;
             UPDATE tickets SET queued_at = NULL",
            self.0.caller.user_id
        );
        self.0.db.execute(&ready).await;
    }

    async fn results(&self, rule: Uuid) -> Vec<Option<Value>> {
        let runs = automation::runs(&self.0.app, &self.0.caller, rule, Some("acted"), None, 10)
            .await
            .unwrap();
        runs.into_iter().map(|run| run.actions).collect()
    }
}

fn dealt(result: &str) -> Option<Value> {
    Some(json!([{ "do": "deal", "result": result }]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_has_the_group_deal_out_a_ticket_and_the_history_says_how() {
    let place = Place::new().await;
    let deal = json!([{ "do": "deal" }]);
    let rule = place
        .rule(on("priority_changed", json!({ "test": "all", "of": [] }), deal))
        .await;
    let id = place.ticket(Priority::Low).await;
    let raise = async |priority: Priority| {
        let edit = tickets::Edit {
            priority: Some(priority),
            version: place.now(id).await.summary.version,
            ..tickets::Edit::default()
        };
        tickets::edit(&place.0.app, &place.0.caller, id, edit).await.unwrap();
        place.run().await;
    };
    raise(Priority::Medium).await;
    assert_eq!(place.results(rule.id).await, [dealt("group_deals_none")]);
    place.deals().await;
    assert_eq!(tickets::deal_out(&place.0.app).await.unwrap(), 0, "nobody asked for it");
    raise(Priority::High).await;
    assert_eq!(place.results(rule.id).await[0], dealt("done"));
    assert_eq!(tickets::deal_out(&place.0.app).await.unwrap(), 1);
    assert_eq!(place.now(id).await.summary.assignee_id, Some(place.0.caller.user_id));
    let how = "SELECT data->'dealt'->>'strategy' FROM ticket_events WHERE kind = 'assigned'";
    assert_eq!(place.texts(how).await, ["least_loaded"]);
    raise(Priority::Urgent).await;
    assert_eq!(place.results(rule.id).await[0], dealt("unchanged"), "somebody has it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_with_nobody_is_dealt_out_by_the_rule_that_comes_with_the_product() {
    let place = Place::new().await;
    let id = place.ticket(Priority::Low).await;
    place.deals().await;
    let on = "UPDATE automation_rules SET enabled = true, next_look_at = now() WHERE seed = 'auto_assign'";
    place.0.db.execute(on).await;
    let look = async || {
        place.run().await;
        tickets::deal_out(&place.0.app).await.unwrap()
    };
    assert_eq!(look().await, 0, "a quarter of an hour is left to people");
    place.0.clock.turn(TimeDelta::minutes(21));
    assert_eq!(look().await, 1);
    assert_eq!(place.now(id).await.summary.assignee_id, Some(place.0.caller.user_id));
}
