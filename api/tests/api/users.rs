//! Accounts managed by others: invitations, roles, suspension, and the administrator who stays.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use domain::account::times::LinkPurpose;
use serde_json::{Value, json};

use super::client::{ADMIN, AGENT, Answer, PASSWORD, World};

const USERS: &str = "/api/v1/users";

async fn role_id(world: &World, admin: &str, key: &str) -> Value {
    let list = world.act(admin, "GET", "/api/v1/roles", None, Value::Null).await;
    let roles = list.body["items"].as_array().unwrap();
    roles.iter().find(|role| role["key"] == key).unwrap()["id"].clone()
}

async fn found(world: &World, admin: &str, part: &str) -> Value {
    let list = world
        .act(admin, "GET", &format!("{USERS}?q={part}"), None, Value::Null)
        .await;
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(1), "{:?}", list.body);
    list.body["items"][0].clone()
}

/// Something done to an account as it was read.
async fn done(world: &World, by: &str, user: &Value, method: &str, what: &str, body: Value) -> Answer {
    let path = format!("{USERS}/{}{what}", user["id"].as_str().unwrap());
    world.act(by, method, &path, user["version"].as_i64(), body).await
}

#[tokio::test]
async fn an_invited_person_opens_the_account_and_has_the_role() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let role = role_id(&world, &admin, "corporate").await;
    let new = json!({ "email": "Nora@Example.dz", "name": "Nora نورة", "role_id": role, "locale": "ar" });
    let invited = world.act(&admin, "POST", USERS, None, new.clone()).await;
    assert_eq!(invited.status, StatusCode::CREATED, "{:?}", invited.body);
    assert_eq!(
        (&invited.body["status"], &invited.body["email"]),
        (&json!("pending"), &json!("nora@example.dz"))
    );
    assert_eq!(world.act(&admin, "POST", USERS, None, new).await.code(), "email_taken");
    assert_eq!(
        world.try_login("nora@example.dz", PASSWORD).await.status,
        StatusCode::UNAUTHORIZED
    );

    let token = world.mailed_token("nora@example.dz", LinkPurpose::Invite).await;
    let accept = |password: &str| {
        let body = json!({ "token": token, "password": password });
        world.call("POST", "/api/v1/auth/invitation/accept", &[], body)
    };
    assert_eq!(accept("short").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let strong = "kasbah-lantern-orchid-42";
    assert_eq!(accept(strong).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        accept(strong).await.body["errors"][0]["code"],
        "invalid_link",
        "a link opens once"
    );
    let session = world.try_login("nora@example.dz", strong).await;
    assert_eq!(session.status, StatusCode::OK, "{:?}", session.body);
    assert_eq!(world.me(&session.token()).await.body["role"], "corporate");
    let nora = found(&world, &admin, "%D9%86%D9%88%D8%B1%D8%A9").await;
    assert_eq!(
        (&nora["status"], nora["last_login_at"].is_string()),
        (&json!("active"), true)
    );
    let again = done(&world, &admin, &nora, "POST", "/invitation", Value::Null).await;
    assert_eq!(again.code(), "not_pending");
}

#[tokio::test]
async fn a_suspended_person_is_out_within_a_second_and_can_come_back() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let agent = world.token_of(AGENT).await;
    let before = found(&world, &admin, "agent%40").await;
    assert_eq!(world.me(&agent).await.status, StatusCode::OK);
    let suspended = done(&world, &admin, &before, "POST", "/suspend", Value::Null).await;
    assert_eq!(
        (suspended.status, &suspended.body["status"]),
        (StatusCode::OK, &json!("suspended"))
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(world.me(&agent).await.status, StatusCode::UNAUTHORIZED);
    assert_ne!(world.try_login(AGENT, PASSWORD).await.status, StatusCode::OK);
    let stale = done(&world, &admin, &before, "POST", "/reactivate", Value::Null).await;
    assert_eq!(stale.code(), "version_mismatch");
    let back = done(&world, &admin, &suspended.body, "POST", "/reactivate", Value::Null).await;
    assert_eq!(back.body["status"], "active");
    let agent = world.token_of(AGENT).await;

    let change = json!({ "name": "Karim B.", "phone": "+213 550 00-00-00", "locale": "en" });
    let changed = done(&world, &admin, &back.body, "PATCH", "", change).await;
    assert_eq!(
        (&changed.body["phone"], &changed.body["locale"]),
        (&json!("+213550000000"), &json!("en"))
    );
    let trail = world
        .act(&admin, "GET", "/api/v1/audit?action=user.change", None, Value::Null)
        .await;
    let data = &trail.body["items"][0]["data"];
    assert_eq!(
        (&data["phone"]["to"], data.get("email")),
        (&json!("+213550000000"), None),
        "{data}"
    );
    for body in [
        json!({ "phone": "0550" }),
        json!({ "name": " " }),
        json!({ "status": "active" }),
        json!({ "role_id": "x" }),
    ] {
        let wrong = done(&world, &admin, &changed.body, "PATCH", "", body.clone()).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
    let client = role_id(&world, &admin, "client").await;
    let given = done(
        &world,
        &admin,
        &changed.body,
        "PUT",
        "/role",
        json!({ "role_id": client }),
    )
    .await;
    assert_eq!(given.body["role"]["key"], "client");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(
        world.me(&agent).await.body["dashboards"],
        json!(["client"]),
        "a role is felt within a second"
    );
    let gone = done(&world, &admin, &given.body, "DELETE", "", Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_ne!(world.try_login(AGENT, PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_deactivated_account_is_over_until_somebody_brings_it_back() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let agent = world.token_of(AGENT).await;
    let token = json!({ "name": "ci", "scopes": ["tickets.view"], "expires_in_days": 30 });
    let made = world.act(&agent, "POST", "/api/v1/api-tokens", None, token).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let token = made.body["secret"].as_str().unwrap().to_owned();
    let reads = async |token: &str| {
        world
            .act(token, "GET", "/api/v1/tickets", None, Value::Null)
            .await
            .status
    };
    assert_eq!(
        (reads(&agent).await, reads(&token).await),
        (StatusCode::OK, StatusCode::OK)
    );

    let before = found(&world, &admin, "agent%40").await;
    let gone = done(&world, &admin, &before, "POST", "/deactivate", Value::Null).await;
    assert_eq!(
        (gone.status, &gone.body["status"]),
        (StatusCode::OK, &json!("deactivated")),
        "{:?}",
        gone.body
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    for dead in [&agent, &token] {
        assert_eq!(reads(dead).await, StatusCode::UNAUTHORIZED);
    }
    assert_ne!(world.try_login(AGENT, PASSWORD).await.status, StatusCode::OK);
    for (what, code) in [("/suspend", "not_active"), ("/deactivate", "not_deactivatable")] {
        let refused = done(&world, &admin, &gone.body, "POST", what, Value::Null).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, code));
    }
    let list = async |status: &str| {
        let path = format!("{USERS}?status={status}");
        let list = world.act(&admin, "GET", &path, None, Value::Null).await;
        let items = list.body["items"].as_array().unwrap();
        items.iter().filter(|user| user["id"] == before["id"]).count()
    };
    assert_eq!((list("deactivated").await, list("active").await), (1, 0));
    let trail = world
        .act(&admin, "GET", "/api/v1/audit?action=user.deactivate", None, Value::Null)
        .await;
    assert_eq!(
        trail.body["items"][0]["data"],
        json!({ "status": { "from": "active", "to": "deactivated" } })
    );

    let back = done(&world, &admin, &gone.body, "POST", "/reactivate", Value::Null).await;
    assert_eq!(back.body["status"], "active", "{:?}", back.body);
    assert_eq!(world.try_login(AGENT, PASSWORD).await.status, StatusCode::OK);
    tokio::time::sleep(Duration::from_secs(1)).await;
    for dead in [&agent, &token] {
        assert_eq!(reads(dead).await, StatusCode::UNAUTHORIZED, "what was dead stays dead");
    }

    // Whoever is being erased is not brought back.
    let gone = done(&world, &admin, &back.body, "POST", "/deactivate", Value::Null).await;
    let id = gone.body["id"].as_str().unwrap();
    world
        .db
        .execute(&format!(
            "INSERT INTO personal_erasures (id, user_id, state, carried_by, reason, started_at, created_at)
                 VALUES (gen_random_uuid(), '{id}', 'running', '{id}', 'asked', now(), now())"
        ))
        .await;
    let refused = done(&world, &admin, &gone.body, "POST", "/reactivate", Value::Null).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "being_erased"));
}

#[tokio::test]
async fn nobody_deactivates_himself_nor_what_was_never_opened() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let own = found(&world, &admin, "admin%40").await;
    let refused = done(&world, &admin, &own, "POST", "/deactivate", Value::Null).await;
    assert_eq!(refused.code(), "own_account");
    let role = role_id(&world, &admin, "corporate").await;
    let new = json!({ "email": "late@example.dz", "name": "Late", "role_id": role });
    let invited = world.act(&admin, "POST", USERS, None, new).await;
    let refused = done(&world, &admin, &invited.body, "POST", "/deactivate", Value::Null).await;
    assert_eq!(refused.code(), "not_deactivatable", "it was never opened");
}

#[tokio::test]
async fn nobody_raises_himself_or_touches_the_stronger() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let clerk = json!({ "key": "clerk", "name": "Clerk", "permissions":
        ["users.view", "users.create", "users.edit", "users.suspend", "users.delete", "users.assign_roles", "roles.view"] });
    assert_eq!(
        world.act(&admin, "POST", "/api/v1/roles", None, clerk).await.status,
        StatusCode::CREATED
    );
    app::seed::account(&world.state.app, "clerk@x.test", "Clerk", "clerk", PASSWORD)
        .await
        .unwrap();
    let clerk = world.token_of("clerk@x.test").await;
    let (boss, own) = (
        found(&world, &admin, "admin%40").await,
        found(&world, &admin, "clerk%40").await,
    );
    let client = found(&world, &admin, "client%40").await;
    let strong = role_id(&world, &admin, "admin").await;
    let weak = role_id(&world, &admin, "client").await;
    let role = |id: &Value| json!({ "role_id": id });
    let cases = [
        (&boss, "POST", "/suspend", Value::Null, 403, "privilege_escalation"),
        (&boss, "DELETE", "", Value::Null, 403, "privilege_escalation"),
        (&boss, "PATCH", "", json!({ "name": "X" }), 403, "privilege_escalation"),
        (&boss, "PUT", "/role", role(&weak), 403, "privilege_escalation"),
        (&client, "PUT", "/role", role(&strong), 403, "privilege_escalation"),
        (&own, "PUT", "/role", role(&strong), 409, "own_account"),
        (&own, "POST", "/suspend", Value::Null, 409, "own_account"),
        (
            &client,
            "PUT",
            "/role",
            role(&json!("01890000-0000-7000-8000-000000000000")),
            422,
            "invalid",
        ),
    ];
    for (user, method, what, body, status, code) in cases {
        let answer = done(&world, &clerk, user, method, what, body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (status, code),
            "{method} {what} {}",
            user["email"]
        );
    }
    let invite = json!({ "email": "up@x.test", "name": "Up", "role_id": strong });
    assert_eq!(
        world.act(&clerk, "POST", USERS, None, invite).await.code(),
        "privilege_escalation"
    );
}

#[tokio::test]
async fn of_two_administrators_who_remove_each_other_one_stays() {
    let world = World::new().await;
    app::seed::account(&world.state.app, "second@x.test", "Second", "admin", PASSWORD)
        .await
        .unwrap();
    let (one, two) = (world.token_of(ADMIN).await, world.token_of("second@x.test").await);
    let (first, second) = (
        found(&world, &one, "admin%40").await,
        found(&world, &one, "second%40").await,
    );
    let (a, b) = {
        let (w1, w2) = (Arc::clone(&world), Arc::clone(&world));
        tokio::join!(
            async move { done(&w1, &one, &second, "POST", "/suspend", Value::Null).await },
            async move { done(&w2, &two, &first, "DELETE", "", Value::Null).await }
        )
    };
    let good = [&a, &b].iter().filter(|answer| answer.status.is_success()).count();
    assert_eq!(good, 1, "{a:?} {b:?}");
    let codes = [a.code().to_owned(), b.code().to_owned()];
    // Who was quicker decides whether the other is refused as the last one, or is no longer signed in.
    assert!(
        codes
            .iter()
            .any(|code| code == "last_admin" || code == "unauthenticated"),
        "{codes:?}"
    );
    let left = world
        .db
        .texts(
            "SELECT count(*)::text FROM users u JOIN roles r ON r.id = u.role_id
                WHERE r.key = 'admin' AND u.status = 'active' AND u.deleted_at IS NULL",
        )
        .await;
    assert_eq!(left, ["1"]);
}

#[tokio::test]
async fn the_login_journal_and_alerts_are_read_by_those_who_watch() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let agent = world.token_of(AGENT).await;
    world.try_login("nobody@x.test", "wrong password here").await;
    world
        .db
        .execute(
            "INSERT INTO security_alerts (id, at, kind, severity) VALUES
             ('01890000-0000-7000-8000-00000000000a', now(), 'test', 'warning')",
        )
        .await;
    let get = async |token: &str, path: &str| world.act(token, "GET", path, None, Value::Null).await;
    for path in ["/api/v1/login-journal", "/api/v1/security-alerts"] {
        assert_eq!(get(&agent, path).await.code(), "forbidden", "{path}");
    }
    let failed = get(&admin, "/api/v1/login-journal?outcome=failure").await;
    assert_eq!(failed.body["items"][0]["email"], "nobody@x.test", "{:?}", failed.body);
    let open = get(&admin, "/api/v1/security-alerts?open=true").await;
    assert_eq!(open.body["items"].as_array().map(Vec::len), Some(1));
    let note = "/api/v1/security-alerts/01890000-0000-7000-8000-00000000000a/acknowledge";
    for _ in 0..2 {
        assert_eq!(
            world.act(&admin, "POST", note, None, Value::Null).await.status,
            StatusCode::NO_CONTENT
        );
    }
    assert_eq!(
        get(&admin, "/api/v1/security-alerts?open=true").await.body["items"],
        json!([])
    );
    let none = note.replace("00a/", "00b/");
    assert_eq!(
        world.act(&admin, "POST", &none, None, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
}
