//! Service levels over the API.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    client::{ADMIN, World},
    customers::{Person, company},
};

const AGENT: &str = "agent@cloudmanager.test";
const CLIENT: &str = "client@cloudmanager.test";

fn calendar(name: &str) -> Value {
    let day = json!([{ "from": 0, "to": 1440 }]);
    json!({ "name": name, "zone": "Africa/Algiers", "week": [day, day, day, day, day, day, day], "holidays": [] })
}

fn policy(name: &str, calendar: &str, minutes: i64) -> Value {
    let targets =
        json!({ "first_response": minutes * 60, "next_response": minutes * 120, "resolution": minutes * 600 });
    json!({
        "name": name, "enabled": true, "calendar_id": calendar,
        "promises": {
            "priorities": [], "groups": [], "customer_kinds": [], "pause_on_hold": true, "pause_answered": true, "warnings": [75],
            "targets": { "low": targets, "medium": targets, "high": targets, "urgent": targets },
            "escalations": [{ "clock": "resolution", "after": 0, "notify_assignee": true, "priority": "urgent" }],
        },
    })
}

/// A world whose tickets run around the clock.
async fn around_the_clock() -> (Arc<World>, String, Value) {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let made = world
        .act(&admin, "POST", "/api/v1/sla/calendars", None, calendar("Always"))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let id = made.body["id"].as_str().unwrap().to_owned();
    let made = world
        .act(&admin, "POST", "/api/v1/sla/policies", None, policy("Quick", &id, 60))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    (world, admin, made.body)
}

async fn ticket(world: &World, token: &str, priority: &str) -> Value {
    let body = json!({ "subject": "Down", "body": "Help", "priority": priority });
    let made = world.own("POST", "/api/v1/tickets", token, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    made.body
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_launch_promises_something_for_algerian_office_hours() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    app::seed::base(&world.state.app).await.unwrap();
    let policies = world.own("GET", "/api/v1/sla/policies", &admin, Value::Null).await.body;
    assert_eq!(
        policies["items"].as_array().unwrap().len(),
        1,
        "seeded once: {policies}"
    );
    assert_eq!(policies["items"][0]["fallback"], true);
    let calendars = world
        .own("GET", "/api/v1/sla/calendars", &admin, Value::Null)
        .await
        .body;
    assert_eq!(calendars["items"][0]["zone"], "Africa/Algiers");
    assert_eq!(calendars["items"][0]["week"][4], json!([]), "Friday is free");
    let options = world.own("GET", "/api/v1/sla/options", &admin, Value::Null).await.body;
    assert!(options["zones"].as_array().unwrap().contains(&json!("Africa/Algiers")));

    let kept = &policies["items"][0];
    let path = format!("/api/v1/sla/policies/{}", kept["id"].as_str().unwrap());
    let refused = world
        .act(&admin, "DELETE", &path, kept["version"].as_i64(), Value::Null)
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "fallback_policy")
    );
    let used = &calendars["items"][0];
    let path = format!("/api/v1/sla/calendars/{}", used["id"].as_str().unwrap());
    let refused = world
        .act(&admin, "DELETE", &path, used["version"].as_i64(), Value::Null)
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "calendar_used")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_say_where() {
    let (world, admin, made) = around_the_clock().await;
    let mut wrong = calendar("Wrong");
    wrong["week"][2] = json!([{ "from": 480, "to": 720 }, { "from": 700, "to": 800 }]);
    let refused = world.act(&admin, "POST", "/api/v1/sla/calendars", None, wrong).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid")
    );
    assert_eq!(refused.body["errors"][0]["pointer"], "/week/2");
    let mut wrong = calendar("Wrong");
    wrong["zone"] = json!("Mars/Olympus");
    let refused = world.act(&admin, "POST", "/api/v1/sla/calendars", None, wrong).await;
    assert_eq!(refused.body["errors"][0]["code"], "unknown_zone");
    let taken = world
        .act(&admin, "POST", "/api/v1/sla/calendars", None, calendar("always"))
        .await;
    assert_eq!((taken.status, taken.code()), (StatusCode::CONFLICT, "name_taken"));
    let calendar = made["calendar_id"].as_str().unwrap();
    let mut wrong = policy("Wrong", calendar, 60);
    wrong["promises"]["escalations"] = json!([{ "clock": "resolution", "after": 0 }]);
    let refused = world.act(&admin, "POST", "/api/v1/sla/policies", None, wrong).await;
    assert_eq!(refused.body["errors"][0]["code"], "idle_escalation");
    let path = format!("/api/v1/sla/policies/{}", made["id"].as_str().unwrap());
    let stale = world
        .act(&admin, "PUT", &path, Some(77), policy("Quick", calendar, 60))
        .await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_see_what_is_due_and_why_and_customers_do_not() {
    let (world, _, made) = around_the_clock().await;
    let client = world.token_of(CLIENT).await;
    let agent = world.token_of(AGENT).await;
    let own = ticket(&world, &client, "medium").await;
    assert_eq!(
        own["due_at"],
        Value::Null,
        "what was promised is not the customer's to see"
    );
    let path = format!("/api/v1/tickets/{}/sla", own["id"].as_str().unwrap());
    let hidden = world.own("GET", &path, &client, Value::Null).await;
    assert_eq!(hidden.status, StatusCode::FORBIDDEN);
    let refused = world
        .own("GET", "/api/v1/tickets?due=overdue", &client, Value::Null)
        .await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);

    let seen = world.own("GET", &path, &agent, Value::Null).await.body;
    assert_eq!(
        (&seen["policy"]["id"], &seen["policy"]["number"]),
        (&made["id"], &json!(1))
    );
    let clocks = seen["clocks"].as_array().unwrap();
    assert_eq!(clocks.len(), 2);
    assert_eq!(
        (&clocks[0]["kind"], &clocks[0]["status"]),
        (&json!("first_response"), &json!("running"))
    );
    assert!(clocks[0]["left"].as_i64().unwrap() > 3500);
    assert_eq!(clocks[0]["segments"], Value::Null, "nobody has asked for them");
    let explained = world
        .own("GET", &format!("{path}?explain=true"), &agent, Value::Null)
        .await
        .body;
    assert!(explained["clocks"][0]["segments"].is_array());

    // A customer's own words move the clocks of his ticket, behind the wall.
    let messages = format!("/api/v1/tickets/{}/messages", own["id"].as_str().unwrap());
    let answer = world
        .own("POST", &messages, &agent, json!({ "kind": "reply", "body": "On it" }))
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
    let asked = world
        .own("POST", &messages, &client, json!({ "kind": "reply", "body": "And?" }))
        .await;
    assert_eq!(asked.status, StatusCode::CREATED, "{:?}", asked.body);
    let seen = world.own("GET", &path, &agent, Value::Null).await.body;
    let by_kind = |kind: &str| {
        seen["clocks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|clock| clock["kind"] == kind)
            .cloned()
    };
    assert_eq!(by_kind("first_response").unwrap()["status"], "met");
    assert_eq!(by_kind("next_response").unwrap()["status"], "running");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_sorts_and_filters_by_what_is_due_page_by_page() {
    let (world, admin, made) = around_the_clock().await;
    let client = world.token_of(CLIENT).await;
    let agent = world.token_of(AGENT).await;
    let mut ids = Vec::new();
    for n in 0..5 {
        let made = ticket(&world, &client, "medium").await;
        ids.push(made["id"].as_str().unwrap().to_owned());
        let hours = [3, -1, 30, 9, -2][n];
        world
            .db
            .execute(&format!(
                "UPDATE tickets SET sla_due_at = now() + interval '{hours} hours' WHERE id = '{}'",
                ids[n]
            ))
            .await;
    }
    world
        .db
        .execute(&format!("UPDATE tickets SET sla_due_at = NULL WHERE id = '{}'", ids[2]))
        .await;
    let mut path = "/api/v1/tickets?sort=due_at&limit=2".to_owned();
    let mut order = Vec::new();
    loop {
        let page = world.own("GET", &path, &agent, Value::Null).await.body;
        order.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["id"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/v1/tickets?sort=due_at&limit=2&cursor={cursor}");
    }
    let expected: Vec<&String> = [4, 1, 0, 3, 2].iter().map(|n| &ids[*n]).collect();
    assert_eq!(order.iter().collect::<Vec<_>>(), expected);
    let count = async |due: &str| {
        let found = world
            .own("GET", &format!("/api/v1/tickets?due={due}"), &agent, Value::Null)
            .await;
        found.body["items"].as_array().unwrap().len()
    };
    assert_eq!(
        (count("overdue").await, count("soon").await, count("breached").await),
        (2, 1, 0)
    );
    let plan = "EXPLAIN SELECT id FROM tickets t WHERE t.deleted_at IS NULL ORDER BY coalesce(t.sla_due_at, 'infinity'), t.id LIMIT 5";
    let plan = world
        .db
        .texts(&format!("SET enable_seqscan = off; SET enable_sort = off; {plan}"))
        .await
        .join("\n");
    assert!(plan.contains("tickets_sla_due"), "{plan}");

    // Another version of the policy is for new tickets; the others are looked at before they follow.
    let calendar = made["calendar_id"].as_str().unwrap();
    let path = format!("/api/v1/sla/policies/{}", made["id"].as_str().unwrap());
    let changed = world
        .act(
            &admin,
            "PUT",
            &path,
            made["version"].as_i64(),
            policy("Quick", calendar, 30),
        )
        .await;
    assert_eq!(
        (changed.status, &changed.body["number"]),
        (StatusCode::OK, &json!(2)),
        "{:?}",
        changed.body
    );
    let preview = world
        .own("GET", "/api/v1/sla/rebind/preview", &admin, Value::Null)
        .await
        .body;
    assert_eq!((&preview["seen"], &preview["changed"]), (&json!(5), &json!(5)));
    assert_eq!(preview["items"][0]["to"], json!({ "name": "Quick", "number": 2 }));
    let refused = world.own("POST", "/api/v1/sla/rebind", &agent, Value::Null).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let started = world.own("POST", "/api/v1/sla/rebind", &admin, Value::Null).await;
    assert_eq!(
        (started.status, &started.body["state"]),
        (StatusCode::ACCEPTED, &json!("queued"))
    );
    let again = world.own("POST", "/api/v1/sla/rebind", &admin, Value::Null).await;
    assert_eq!(again.code(), "rebind_under_way");
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_are_asked_in_an_order_that_people_choose() {
    let (world, admin, first) = around_the_clock().await;
    let calendar = first["calendar_id"].as_str().unwrap();
    let mut urgent = policy("Urgent only", calendar, 10);
    urgent["promises"]["priorities"] = json!(["urgent"]);
    let second = world
        .act(&admin, "POST", "/api/v1/sla/policies", None, urgent)
        .await
        .body;
    let client = world.token_of(CLIENT).await;
    let agent = world.token_of(AGENT).await;
    let taken_by = async |priority: &str| {
        let made = ticket(&world, &client, priority).await;
        let path = format!("/api/v1/tickets/{}/sla", made["id"].as_str().unwrap());
        world.own("GET", &path, &agent, Value::Null).await.body["policy"]["name"].clone()
    };
    assert_eq!(
        (taken_by("urgent").await, taken_by("low").await),
        (json!("Urgent only"), json!("Quick"))
    );
    let order = json!({ "ids": [first["id"], second["id"]] });
    let put = world.own("POST", "/api/v1/sla/policies/order", &admin, order).await;
    assert_eq!(put.status, StatusCode::OK, "{:?}", put.body);
    assert_eq!(taken_by("urgent").await, json!("Quick"));
    let partial = world
        .own(
            "POST",
            "/api/v1/sla/policies/order",
            &admin,
            json!({ "ids": [first["id"]] }),
        )
        .await;
    assert_eq!(partial.body["errors"][0]["code"], "not_all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_no_ticket_falls_under_says_which_take_its_tickets() {
    let (world, admin, first) = around_the_clock().await;
    let calendar = first["calendar_id"].as_str().unwrap();
    let mut urgent = policy("Urgent only", calendar, 10);
    urgent["promises"]["priorities"] = json!(["urgent"]);
    let second = world
        .act(&admin, "POST", "/api/v1/sla/policies", None, urgent)
        .await
        .body;
    assert_eq!(second["taken_by"], json!([]), "it is asked first");
    let listed = async || {
        let list = world.own("GET", "/api/v1/sla/policies", &admin, Value::Null).await;
        let items = list.body["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|one| (one["name"].clone(), one["taken_by"].clone()))
            .collect::<Vec<_>>()
    };
    let told = async |name: &str| {
        let found = listed().await.into_iter().find(|one| one.0 == name);
        found.unwrap().1
    };
    assert!(listed().await.iter().all(|one| one.1 == json!([])));

    let order = json!({ "ids": [first["id"], second["id"]] });
    let put = world.own("POST", "/api/v1/sla/policies/order", &admin, order).await;
    assert_eq!(put.body["items"][1]["taken_by"][0]["name"], "Quick", "{:?}", put.body);
    assert_eq!(
        told("Urgent only").await,
        json!([{ "id": first["id"], "name": "Quick" }])
    );
    assert_eq!(told("Quick").await, json!([]));
    // One that is off takes nothing.
    let path = format!("/api/v1/sla/policies/{}", first["id"].as_str().unwrap());
    let read = world.own("GET", &path, &admin, Value::Null).await.body;
    let mut off = policy("Quick", calendar, 60);
    off["enabled"] = json!(false);
    let saved = world.act(&admin, "PUT", &path, read["version"].as_i64(), off).await;
    assert_eq!(saved.status, StatusCode::OK, "{:?}", saved.body);
    assert_eq!(told("Urgent only").await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_is_promised_to_customers_of_a_higher_tier_and_open_tickets_keep_what_they_were_promised() {
    let (world, admin, first) = around_the_clock().await;
    let mut most = policy("Premium", first["calendar_id"].as_str().unwrap(), 10);
    most["promises"]["customer_tiers"] = json!(["premium"]);
    let made = world.act(&admin, "POST", "/api/v1/sla/policies", None, most).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    assert_eq!(made.body["promises"]["customer_tiers"], json!(["premium"]));
    let (client, agent) = (world.token_of(CLIENT).await, world.token_of(AGENT).await);
    let person = Person::new(&world, ADMIN).await;
    let path = person.made(company("SARL Atlas", CLIENT)).await;
    world
        .db
        .execute(&format!(
            "INSERT INTO customer_members (customer_id, user_id, role, added_at)
             SELECT c.id, u.id, 'owner', now() FROM customers c, users u WHERE u.email = '{CLIENT}'"
        ))
        .await;
    let tier = async |tier: Value| {
        let body = json!({ "account_manager_id": null, "tags": [], "tier": tier });
        person.change("PUT", &format!("{path}/handling"), &path, body).await
    };
    let bound = async |ticket: &Value| {
        let path = format!("/api/v1/tickets/{}/sla", ticket["id"].as_str().unwrap());
        let seen = world.own("GET", &path, &agent, Value::Null).await.body;
        (seen["policy"]["name"].clone(), seen["policy"]["customer_tiers"].clone())
    };
    let before = ticket(&world, &client, "medium").await;
    assert_eq!(bound(&before).await, (json!("Quick"), json!([])));

    let risen = tier(json!("premium")).await;
    assert_eq!(
        (risen.status, &risen.body["tier"]),
        (StatusCode::OK, &json!("premium")),
        "{:?}",
        risen.body
    );
    let trail = "SELECT concat_ws(' > ', data->'tier'->>'from', data->'tier'->>'to') FROM audit_log WHERE action = 'customer.handle'";
    assert_eq!(world.db.texts(trail).await, ["standard > premium"]);
    let after = ticket(&world, &client, "medium").await;
    assert_eq!(bound(&after).await, (json!("Premium"), json!(["premium"])));
    // Nobody's customer, and what was opened before.
    let body = json!({ "subject": "Down", "body": "Help", "requester": { "email": "somebody@else.example" } });
    let else_s = world.own("POST", "/api/v1/tickets", &agent, body).await;
    assert_eq!(bound(&else_s.body).await.0, json!("Quick"), "{:?}", else_s.body);
    assert_eq!(bound(&before).await.0, json!("Quick"));
    let preview = world
        .own("GET", "/api/v1/sla/rebind/preview", &admin, Value::Null)
        .await
        .body;
    assert_eq!(
        (&preview["seen"], &preview["changed"]),
        (&json!(3), &json!(1)),
        "{preview}"
    );
    assert_eq!(
        (&preview["items"][0]["id"], &preview["items"][0]["to"]["name"]),
        (&before["id"], &json!("Premium"))
    );
    // What changes the ticket asks again, and whoever says no tier leaves it.
    let one = format!("/api/v1/tickets/{}", before["id"].as_str().unwrap());
    let risen = world
        .act(
            &agent,
            "PATCH",
            &one,
            before["version"].as_i64(),
            json!({ "priority": "high" }),
        )
        .await;
    assert_eq!(risen.status, StatusCode::OK, "{:?}", risen.body);
    assert_eq!(bound(&before).await.0, json!("Premium"));
    let body = json!({ "account_manager_id": null, "tags": ["vip"] });
    let kept = person.change("PUT", &format!("{path}/handling"), &path, body).await;
    assert_eq!(kept.body["tier"], "premium", "{:?}", kept.body);
    let odd = tier(json!("gold")).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY, "{:?}", odd.body);
    // His own people are not told.
    let own = Person::new(&world, CLIENT).await;
    assert_eq!(own.get(&path).await.body["tier"], Value::Null);
}
