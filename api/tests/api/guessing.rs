//! Sessions, and who tries to get into those of others.

use app::account::letter::Content;
use axum::http::{StatusCode, header};
use domain::account::notice::AccountNotice;
use serde_json::{Value, json};

use super::client::{AGENT, Hands, PASSWORD, URL, World, quiet};

#[tokio::test]
async fn sessions_are_seen_and_ended_and_nobody_elses() {
    let world = World::new().await;
    let (here, there) = (world.login().await, world.login().await);
    let other = world.try_login("client@cloudmanager.test", PASSWORD).await;
    let list = world
        .own("GET", "/api/v1/me/sessions", &here.token(), Value::Null)
        .await;
    let items = list.body["items"].as_array().unwrap();
    assert_eq!(
        (items.len(), items.iter().filter(|s| s["current"] == true).count()),
        (2, 1)
    );
    assert_eq!(items[0]["methods"], json!(["pwd"]));
    let theirs = world
        .own("GET", "/api/v1/me/sessions", &other.token(), Value::Null)
        .await;
    let foreign = theirs.body["items"][0]["id"].as_str().unwrap();
    let answer = world
        .own(
            "DELETE",
            &format!("/api/v1/me/sessions/{foreign}"),
            &here.token(),
            Value::Null,
        )
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(world.me(&other.token()).await.status, StatusCode::OK);
    let id = items.iter().find(|s| s["current"] == false).unwrap()["id"]
        .as_str()
        .unwrap();
    let path = format!("/api/v1/me/sessions/{id}");
    assert_eq!(
        world.own("DELETE", &path, &here.token(), Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.me(&there.token()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.refresh(&there.cookie()).await.status, StatusCode::UNAUTHORIZED);
    let third = world.login().await;
    assert_eq!(
        world
            .own("DELETE", "/api/v1/me/sessions", &here.token(), Value::Null)
            .await
            .status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.me(&third.token()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.me(&here.token()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn strangers_guesses_do_not_lock_out_a_known_browser() {
    // Time stands still: tries are counted, however long they take.
    let world = World::at(quiet(URL), Hands::new()).await;
    let login = world.login().await;
    let device = login
        .headers
        .get_all(header::SET_COOKIE)
        .iter()
        .nth(1)
        .unwrap()
        .to_str()
        .unwrap();
    assert!(device.starts_with("__Host-cm_device=") && device.contains("HttpOnly; SameSite=Strict"));
    let device = device.split(';').next().unwrap();
    for network in 0..30 {
        world
            .db
            .execute(&format!(
                "INSERT INTO login_failures VALUES ('{AGENT}', '10.0.{network}.0/24', 9, now());
                 INSERT INTO login_failures VALUES ('{AGENT}', '*', 300, now())
                 ON CONFLICT (account, source) DO UPDATE SET failures = 300, last_at = now()"
            ))
            .await;
    }
    assert_eq!(world.try_login(AGENT, PASSWORD).await.code(), "too_many_logins");
    let body = json!({ "email": AGENT, "password": PASSWORD });
    let known = world
        .call("POST", "/api/v1/auth/login", &[("cookie", device)], body.clone())
        .await;
    assert_eq!(known.status, StatusCode::OK, "{:?}", known.body);
    // A made-up cookie is no known browser, and is not adopted by a login.
    let forged = [("cookie", "__Host-cm_device=planted")];
    world.db.execute("DELETE FROM login_failures").await;
    let answer = world.call("POST", "/api/v1/auth/login", &forged, body).await;
    assert!(
        !answer
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .any(|v| v.to_str().unwrap().contains("planted"))
    );
    // A known browser has its own five tries.
    let mut codes = Vec::new();
    for _ in 0..7 {
        let guess = json!({ "email": AGENT, "password": "guess" });
        codes.push(
            world
                .call("POST", "/api/v1/auth/login", &[("cookie", device)], guess)
                .await
                .status,
        );
    }
    assert_eq!(codes[6], StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn one_network_that_tries_many_accounts_must_wait_and_somebody_is_told_of_guessing() {
    let world = World::new().await;
    world
        .db
        .execute("INSERT INTO login_failures VALUES ('*', 'unknown', 60, now())")
        .await;
    assert_eq!(
        world.try_login("anybody@example.dz", "x").await.code(),
        "too_many_logins"
    );
    world.db.execute("DELETE FROM login_failures").await;
    world
        .db
        .execute(&format!(
            "INSERT INTO login_failures VALUES ('{AGENT}', '*', 15, now() - interval '1 hour')"
        ))
        .await;
    for _ in 0..2 {
        assert_eq!(world.try_login(AGENT, "x").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(
        world.db.texts("SELECT kind FROM security_alerts").await,
        ["password_guessing"]
    );
    assert_eq!(
        world
            .db
            .texts("SELECT permission FROM events WHERE type = 'security_alert.raised'")
            .await,
        ["security.view"]
    );
    let login = world.login().await;
    let lines = world
        .own("GET", "/api/v1/me/logins?limit=2", &login.token(), Value::Null)
        .await;
    assert_eq!(lines.body["items"][0]["outcome"], "success");
    assert_eq!(
        (&lines.body["items"][1]["outcome"], &lines.body["items"][1]["reason"]),
        (&json!("failure"), &json!("wrong_password"))
    );
}

#[tokio::test]
async fn a_new_browser_is_told_of_and_a_replay_is_an_alert() {
    let world = World::new().await;
    let first = world.login().await;
    assert!(world.mails().await.is_empty(), "the first login of all is no news");
    let body = json!({ "email": AGENT, "password": PASSWORD });
    let agent = [("user-agent", "Other\tBrowser")];
    world.call("POST", "/api/v1/auth/login", &agent, body).await;
    let mails = world.mails().await;
    assert!(
        matches!(
            &mails[0].content,
            Content::Notice {
                notice: AccountNotice::NewDevice,
                ..
            }
        ),
        "{mails:?}"
    );
    let second = world.refresh(&first.cookie()).await;
    assert_eq!(world.refresh(&second.cookie()).await.status, StatusCode::OK);
    world
        .db
        .execute("UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds'")
        .await;
    assert_eq!(world.refresh(&first.cookie()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        world.db.texts("SELECT kind || severity FROM security_alerts").await,
        ["refresh_replayedcritical"]
    );
    assert_eq!(
        world
            .db
            .texts("SELECT action FROM audit_log WHERE action = 'session.replayed'")
            .await
            .len(),
        1
    );
    assert!(world.mails().await.iter().any(|m| matches!(
        &m.content,
        Content::Notice {
            notice: AccountNotice::SessionReplayed,
            ..
        }
    )));
}

#[tokio::test]
async fn a_login_begins_a_new_session_and_ends_the_one_brought_along() {
    let world = World::new().await;
    let planted = world.try_login("client@cloudmanager.test", PASSWORD).await;
    let body = json!({ "email": AGENT, "password": PASSWORD });
    let cookie = planted.cookie();
    let login = world
        .call("POST", "/api/v1/auth/login", &[("cookie", &cookie)], body)
        .await;
    assert_ne!(login.cookie(), cookie);
    assert_eq!(world.refresh(&cookie).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.me(&planted.token()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.me(&login.token()).await.body["email"], AGENT);
}

#[tokio::test]
async fn free_tries_of_one_network_do_not_wait_for_each_other_s_clocks() {
    let world = World::new().await;
    let counters = ["*", "a@b.test"].map(|account| store::login::Counter {
        account: account.to_owned(),
        source: "192.0.2.0/24".to_owned(),
        free: 3,
    });
    let now = chrono::Utc::now();
    let mut conn = world.db.pool.get().await.unwrap();
    // Whoever looked at the clock first may come to the count last.
    for late in [0, 2, 1] {
        let at = now - chrono::TimeDelta::seconds(late);
        let wait = store::login::count_try(&mut conn, &counters, at).await.unwrap();
        assert!(wait.is_none(), "{late}: {wait:?}");
    }
    let wait = store::login::count_try(&mut conn, &counters, now).await.unwrap();
    assert_eq!(wait.map(|wait| (wait.seconds, wait.first)), Some((1, true)));
}
