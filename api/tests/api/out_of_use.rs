//! Settings that name a group, a category or a person that went out of use since.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::{ADMIN, Answer, PASSWORD, World};

struct Settings {
    world: std::sync::Arc<World>,
    admin: String,
}

impl Settings {
    async fn add(&self, path: &str, body: Value) -> Value {
        let made = self.world.act(&self.admin, "POST", path, None, body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{path}: {:?}", made.body);
        made.body
    }

    async fn put(&self, path: &str, made: &Value, body: Value) -> Answer {
        let (path, version) = (
            format!("{path}/{}", made["id"].as_str().unwrap()),
            made["version"].as_i64(),
        );
        self.world.act(&self.admin, "PUT", &path, version, body).await
    }

    async fn off(&self, path: &str, made: &Value, mut body: Value, field: &str, off: bool) -> Value {
        body[field] = json!(off);
        let done = self.put(path, made, body).await;
        assert_eq!(
            (done.status, &done.body[field]),
            (StatusCode::OK, &json!(off)),
            "{path}: {:?}",
            done.body
        );
        done.body
    }
}

fn codes(refused: &Answer) -> Vec<&str> {
    let errors = refused.body["errors"].as_array().unwrap();
    errors.iter().map(|error| error["code"].as_str().unwrap()).collect()
}

fn category(group: &Value, active: bool) -> Value {
    let none = json!({ "fr": "", "en": "", "ar": "" });
    json!({ "names": { "fr": "C", "en": "C", "ar": "C" }, "descriptions": none, "active": active, "is_default": false,
        "group_id": group, "priority": null, "skills": [] })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_out_of_use_keeps_no_setting_from_being_switched_off() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let settings = Settings { admin, world };
    let made = app::seed::account(
        &settings.world.state.app,
        "gone@cloudmanager.test",
        "Gone",
        "corporate",
        PASSWORD,
    );
    let agent = made.await.unwrap();
    let group = json!({ "name": "Second", "description": "", "strategy": "off", "members_only": false, "survey": false, "survey_delay_hours": 24, "active": true });
    let second = settings.add("/api/v1/support-groups", group.clone()).await;
    let id = &second["id"];

    let day = json!([{ "from": 0, "to": 1440 }]);
    let week = json!([day, day, day, day, day, day, day]);
    let calendar = json!({ "name": "Always", "zone": "Africa/Algiers", "week": week, "holidays": [] });
    let calendar = settings.add("/api/v1/sla/calendars", calendar).await;
    let targets = json!({ "first_response": 3600, "next_response": 7200, "resolution": 36000 });
    let policy = json!({ "name": "Quick", "enabled": true, "calendar_id": calendar["id"], "promises": {
        "priorities": [], "groups": [id], "customer_kinds": [], "pause_on_hold": true, "pause_answered": true, "warnings": [75],
        "targets": { "low": targets, "medium": targets, "high": targets, "urgent": targets },
        "escalations": [{ "clock": "resolution", "after": 0, "notify": [agent], "group_id": id }],
    } });
    let (policies, rules) = ("/api/v1/sla/policies", "/api/v1/automation-rules");
    let (replies, categories) = ("/api/v1/canned-replies", "/api/v1/ticket-categories");
    let made_policy = settings.add(policies, policy.clone()).await;
    let plain = settings
        .add(
            categories,
            json!({ "parent_id": null, "category": category(&Value::Null, true) }),
        )
        .await;
    let actions = json!([
        { "do": "group", "group_id": id }, { "do": "assign", "user_id": agent }, { "do": "category", "category_id": plain["id"] }
    ]);
    let rule = json!({ "name": "Hand over", "enabled": true, "spec": {
        "trigger": { "when": "event", "on": "created" }, "condition": { "test": "all", "of": [] }, "actions": actions, "limit": 100 } });
    let made_rule = settings.add(rules, rule.clone()).await;
    let reply = json!({ "title": "Hello", "shortcut": "hello", "category": "", "group_id": id,
        "texts": { "fr": "Bonjour", "en": null, "ar": null }, "retired": false });
    let made_reply = settings.add(replies, reply.clone()).await;
    let routed = settings
        .add(
            categories,
            json!({ "parent_id": null, "category": category(id, false) }),
        )
        .await;

    settings
        .off("/api/v1/support-groups", &second, group, "active", false)
        .await;
    settings
        .off(categories, &plain, category(&Value::Null, true), "active", false)
        .await;
    let left = format!("UPDATE users SET status = 'suspended' WHERE id = '{agent}'");
    settings.world.db.execute(&left).await;

    settings.off(rules, &made_rule, rule.clone(), "enabled", false).await;
    settings
        .off(policies, &made_policy, policy.clone(), "enabled", false)
        .await;
    settings.off(replies, &made_reply, reply.clone(), "retired", true).await;
    let mut renamed = category(id, false);
    renamed["names"]["fr"] = json!("Another");
    assert_eq!(settings.put(categories, &routed, renamed).await.status, StatusCode::OK);

    // It is named by nothing new.
    let again = async |path: &str, body: Value| settings.world.act(&settings.admin, "POST", path, None, body).await;
    let refused = again(rules, rule).await;
    assert_eq!(codes(&refused), ["not_an_agent", "unknown_group", "category_retired"]);
    let refused = again(policies, policy).await;
    assert_eq!(codes(&refused), ["unknown_group"]);
    let mut second_reply = reply;
    second_reply["shortcut"] = json!("hello2");
    assert_eq!(codes(&again(replies, second_reply).await), ["unknown_group"]);
    let mut now = routed.clone();
    now["version"] = json!(2);
    let refused = settings.put(categories, &now, category(id, true)).await;
    assert_eq!(
        codes(&refused),
        ["unknown_group"],
        "in use again, it would send tickets there"
    );
}
