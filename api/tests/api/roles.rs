//! Roles: what they inherit, who may change them, and that the database refuses what the rules refuse.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::{ADMIN, PASSWORD, World};

const ROLES: &str = "/api/v1/roles";

/// A role made by this token; panics unless it was.
async fn made(world: &World, token: &str, body: Value) -> Value {
    let answer = world.act(token, "POST", ROLES, None, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
    answer.body
}

fn path(role: &Value) -> String {
    format!("{ROLES}/{}", role["id"].as_str().unwrap())
}

#[tokio::test]
async fn what_does_not_exist_yet_is_offered_to_nobody() {
    let world = World::new().await;
    let token = world.try_login(ADMIN, PASSWORD).await.token();
    let catalogue = world
        .act(&token, "GET", "/api/v1/permissions", None, Value::Null)
        .await
        .body;
    let keys: Vec<_> = catalogue["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|category| category["permissions"].as_array().unwrap())
        .map(|one| one["key"].as_str().unwrap().to_owned())
        .collect();
    assert!(keys.contains(&"tickets.view".to_owned()) && keys.contains(&"kyc.review".to_owned()));
    let planned = ["products.view", "orders.create", "invoices.send", "servers.edit"];
    assert!(planned.iter().all(|one| !keys.contains(&(*one).to_owned())), "{keys:?}");
}

#[tokio::test]
async fn a_changed_role_is_felt_by_its_heirs_holders_within_a_second() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let base = made(
        &world,
        &admin,
        json!({ "key": "base", "name": "Base", "permissions": ["tickets.view"] }),
    )
    .await;
    let heir = json!({ "key": "heir", "name": "وريث", "permissions": ["mail.view"], "parents": [base["id"]] });
    let heir = made(&world, &admin, heir).await;
    assert_eq!(heir["effective"], json!(["mail.view", "tickets.view"]));
    app::seed::account(&world.state.app, "heir@x.test", "Heir", "heir", PASSWORD)
        .await
        .unwrap();
    let holder = world.token_of("heir@x.test").await;
    let queues = || world.act(&holder, "GET", "/api/v1/queues", None, Value::Null);
    assert_eq!(queues().await.status, StatusCode::FORBIDDEN);
    let change = json!({ "permissions": ["tickets.view", "jobs.view"] });
    let answer = world.act(&admin, "PATCH", &path(&base), Some(1), change).await;
    assert_eq!((answer.status, &answer.body["version"]), (StatusCode::OK, &json!(2)));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(
        queues().await.status,
        StatusCode::OK,
        "what the role below inherits is allowed at once"
    );
    let back = world
        .act(&admin, "PATCH", &path(&base), Some(2), json!({ "permissions": [] }))
        .await;
    assert_eq!(back.status, StatusCode::OK);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(
        queues().await.status,
        StatusCode::FORBIDDEN,
        "and what was taken away is gone"
    );
    let stale = world
        .act(&admin, "PATCH", &path(&base), Some(2), json!({ "name": "Late" }))
        .await;
    assert_eq!(
        (stale.status, stale.code()),
        (StatusCode::PRECONDITION_FAILED, "version_mismatch")
    );
}

#[tokio::test]
async fn nobody_hands_out_what_he_does_not_hold() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let clerk = json!({ "key": "clerk", "name": "Clerk", "permissions": ["roles.view", "roles.edit", "tickets.view"] });
    made(&world, &admin, clerk).await;
    let strong = made(
        &world,
        &admin,
        json!({ "key": "strong", "name": "Strong", "permissions": ["jobs.manage"] }),
    )
    .await;
    app::seed::account(&world.state.app, "clerk@x.test", "Clerk", "clerk", PASSWORD)
        .await
        .unwrap();
    let clerk = world.token_of("clerk@x.test").await;
    let below = json!({ "key": "below", "name": "Below", "permissions": ["tickets.view", "tickets.own"] });
    let below = made(&world, &clerk, below).await;
    let system = world.act(&clerk, "GET", ROLES, None, Value::Null).await.body["items"][0].clone();
    assert_eq!(system["key"], "admin");
    let tries = [
        (
            "POST",
            ROLES.to_owned(),
            None,
            json!({ "key": "up", "name": "Up", "permissions": ["jobs.view"] }),
        ),
        (
            "POST",
            ROLES.to_owned(),
            None,
            json!({ "key": "up", "name": "Up", "parents": [system["id"]] }),
        ),
        (
            "PATCH",
            path(&below),
            Some(1),
            json!({ "permissions": ["users.assign_roles"] }),
        ),
        ("PATCH", path(&below), Some(1), json!({ "parents": [strong["id"]] })),
        (
            "PATCH",
            path(&strong),
            Some(1),
            json!({ "name": "Weak", "permissions": [] }),
        ),
        ("DELETE", path(&strong), Some(1), Value::Null),
    ];
    for (method, path, version, body) in tries {
        let answer = world.act(&clerk, method, &path, version, body.clone()).await;
        let got = (answer.status, answer.code());
        assert_eq!(
            got,
            (StatusCode::FORBIDDEN, "privilege_escalation"),
            "{method} {path} {body}"
        );
    }
    let all = world.act(&admin, "GET", ROLES, None, Value::Null).await;
    assert_eq!(all.body["items"].as_array().unwrap().len(), 6, "nothing came of it");
}

#[tokio::test]
async fn roles_that_must_stay_as_they_are_do() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let one = made(&world, &admin, json!({ "key": "one", "name": "One" })).await;
    let two = made(
        &world,
        &admin,
        json!({ "key": "two", "name": "Two", "parents": [one["id"]] }),
    )
    .await;
    app::seed::account(&world.state.app, "two@x.test", "Two", "two", PASSWORD)
        .await
        .unwrap();
    let list = world.act(&admin, "GET", ROLES, None, Value::Null).await;
    let client = list.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|role| role["key"] == "client")
        .unwrap()
        .clone();
    let version = client["version"].as_i64();
    let cases = [
        (
            "PATCH",
            path(&client),
            version,
            json!({ "permissions": [] }),
            409,
            "system_role",
        ),
        ("DELETE", path(&client), version, Value::Null, 409, "system_role"),
        ("DELETE", path(&two), Some(1), Value::Null, 409, "role_held"),
        ("DELETE", path(&one), Some(1), Value::Null, 409, "role_inherited"),
        (
            "PATCH",
            path(&one),
            Some(1),
            json!({ "parents": [two["id"]] }),
            422,
            "invalid",
        ),
        (
            "PATCH",
            path(&one),
            Some(1),
            json!({ "permissions": ["everything"] }),
            422,
            "invalid",
        ),
        ("PATCH", path(&one), Some(1), json!({ "system": true }), 422, "invalid"),
        (
            "PATCH",
            path(&one),
            Some(1),
            json!({ "name": "two" }),
            409,
            "name_taken",
        ),
        (
            "POST",
            ROLES.to_owned(),
            None,
            json!({ "key": "two", "name": "Other" }),
            409,
            "key_taken",
        ),
        (
            "POST",
            ROLES.to_owned(),
            None,
            json!({ "key": "Two!", "name": "Other" }),
            422,
            "invalid",
        ),
        (
            "PATCH",
            path(&one),
            None,
            json!({ "name": "x" }),
            428,
            "if_match_required",
        ),
    ];
    for (method, path, version, body, status, code) in cases {
        let answer = world.act(&admin, method, &path, version, body.clone()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (status, code),
            "{method} {path} {body}"
        );
    }
    let freed = world
        .act(&admin, "PATCH", &path(&two), Some(1), json!({ "parents": [] }))
        .await;
    assert_eq!(freed.status, StatusCode::OK);
    let gone = world.act(&admin, "DELETE", &path(&one), Some(1), Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(
        world.act(&admin, "GET", &path(&one), None, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn the_database_refuses_a_cycle_and_adds_up_what_is_inherited() {
    let world = World::new().await;
    let mut conn = world.db.pool.get().await.unwrap();
    let role = |n: u128| uuid::Uuid::from_u128(n);
    for (n, key) in [(1, "one"), (2, "two"), (3, "three")] {
        world
            .db
            .execute(&format!(
                "INSERT INTO roles (id, key, name, permissions) VALUES ('{}', '{key}', '{key}', '{{tickets.{key}}}')",
                role(n)
            ))
            .await;
    }
    let link = |child, parent| {
        format!(
            "INSERT INTO role_parents VALUES ('{}', '{}')",
            role(child),
            role(parent)
        )
    };
    world.db.execute(&link(2, 1)).await;
    world.db.execute(&link(3, 2)).await;
    for (child, parent) in [(1, 3), (1, 1), (1, 2)] {
        let refused = world.db.try_execute(&link(child, parent)).await.unwrap_err();
        assert!(refused.contains("inherit itself"), "{refused}");
    }
    assert_eq!(
        store::role::refresh(&mut conn, role(1)).await.unwrap(),
        3,
        "the role and all below it"
    );
    let three = store::role::find(&mut conn, role(3)).await.unwrap();
    assert_eq!(three.effective, ["tickets.one", "tickets.three", "tickets.two"]);
    assert_eq!(three.permissions, ["tickets.three"]);
    assert_eq!(
        store::role::refresh(&mut conn, role(1)).await.unwrap(),
        0,
        "nothing is written twice"
    );
}
