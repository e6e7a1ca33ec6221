//! Signing in, and what thieves and forgers try.

use std::time::{Duration, Instant};

use api::auth::Claims;
use axum::http::{StatusCode, header};
use serde_json::{Value, json};

use super::client::{AGENT, PASSWORD, World};

#[tokio::test]
async fn a_person_signs_in_and_sees_himself() {
    let world = World::new().await;
    let login = world.login().await;
    assert_eq!(login.body["token_type"], "Bearer");
    assert_eq!(login.body["expires_in"], 1800);
    let set = login.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
    assert!(
        set.starts_with("__Host-cm_refresh=") && set.contains("HttpOnly; SameSite=Strict") && set.ends_with("Secure")
    );
    let me = world.me(&login.token()).await;
    assert_eq!(
        (me.status, &me.body["email"], &me.body["role"]),
        (StatusCode::OK, &json!(AGENT), &json!("corporate"))
    );
    assert_eq!(me.body["dashboards"], json!(["corporate"]));
    let (token, version) = (login.token(), me.body["version"].as_i64());
    let unread = world
        .act(&token, "PATCH", "/api/v1/me", None, json!({"locale": "ar"}))
        .await;
    assert_eq!(unread.code(), "if_match_required");
    let changed = world
        .act(&token, "PATCH", "/api/v1/me", version, json!({"locale": "ar"}))
        .await;
    assert_eq!(
        (changed.status, &changed.body["locale"]),
        (StatusCode::OK, &json!("ar"))
    );
    let late = world
        .act(&token, "PATCH", "/api/v1/me", version, json!({"name": "Another"}))
        .await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(world.me(&login.token()).await.body["locale"], "ar");
    let version = changed.body["version"].as_i64();
    let more = world
        .act(&token, "PATCH", "/api/v1/me", version, json!({"role": "admin"}))
        .await;
    assert_eq!(
        (more.status, more.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid")
    );
}

#[tokio::test]
async fn a_wrong_login_tells_nothing_and_soon_must_wait() {
    let world = World::new().await;
    let unknown = world.try_login("nobody@cloudmanager.test", "x").await;
    let wrong = world.try_login(AGENT, "x").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    for key in ["status", "code", "detail"] {
        assert_eq!(unknown.body[key], wrong.body[key]);
    }
    // Parallel tries cannot outrun the count: of forty, four more are looked at.
    let tries = (0..40).map(|n| {
        let world = world.clone();
        tokio::spawn(async move { world.try_login(AGENT, &format!("guess {n}")).await.status })
    });
    let mut looked_at = 0;
    for answer in tries.collect::<Vec<_>>() {
        match answer.await.unwrap() {
            StatusCode::UNAUTHORIZED => looked_at += 1,
            status => assert_eq!(status, StatusCode::TOO_MANY_REQUESTS),
        }
    }
    assert!((4..=6).contains(&looked_at), "{looked_at} were looked at");
    let blocked = world.try_login(AGENT, PASSWORD).await;
    assert_eq!(
        (blocked.status, blocked.code()),
        (StatusCode::TOO_MANY_REQUESTS, "too_many_logins")
    );
    assert!(blocked.headers.contains_key(header::RETRY_AFTER));
    world
        .db
        .execute("UPDATE login_failures SET last_at = last_at - interval '20 minutes'")
        .await;
    assert_eq!(world.try_login(AGENT, PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn many_good_logins_at_once_are_no_guessing() {
    let world = World::new().await;
    // Some were wrong before.
    for _ in 0..3 {
        assert_eq!(world.try_login(AGENT, "x").await.status, StatusCode::UNAUTHORIZED);
    }
    let logins = (0..20).map(|_| {
        let world = world.clone();
        tokio::spawn(async move { world.try_login(AGENT, PASSWORD).await })
    });
    for answer in logins.collect::<Vec<_>>() {
        let answer = answer.await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
    }
    let left = world
        .db
        .texts(&format!(
            "SELECT max(failures)::text FROM login_failures WHERE account = '{AGENT}'"
        ))
        .await;
    assert_eq!(left, ["0"]);
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let world = World::new().await;
    let login = world.login().await;
    let (tokens, app) = (&world.state.tokens, &world.state.app);
    let (_, claims) = tokens.verify(app, &login.token()).await.unwrap().unwrap();
    assert_eq!(world.me(&login.token()).await.status, StatusCode::OK);
    let now = claims.iat;
    let forged = [
        Claims {
            exp: now - 1,
            nbf: now - 2000,
            ..claims.clone()
        },
        Claims {
            nbf: now + 60,
            ..claims.clone()
        },
        Claims {
            aud: "https://other.test/api".into(),
            ..claims.clone()
        },
        Claims {
            iss: "https://other.test".into(),
            ..claims.clone()
        },
        Claims {
            sv: claims.sv + 1,
            ..claims.clone()
        },
        Claims {
            sid: uuid::Uuid::now_v7(),
            ..claims.clone()
        },
        Claims {
            sub: uuid::Uuid::now_v7(),
            ..claims.clone()
        },
    ];
    for claims in forged {
        let token = tokens.sign(app, &claims).await.unwrap();
        let answer = world.me(&token).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::UNAUTHORIZED, "unauthenticated"),
            "{claims:?}"
        );
    }
    for token in ["", "x", "a.b.c", "e30.e30."] {
        assert_eq!(world.me(token).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn refreshing_rotates_and_a_replay_ends_the_session() {
    let world = World::new().await;
    let nobody = world.call("POST", "/api/v1/auth/refresh", &[], Value::Null).await;
    assert_eq!(nobody.status, StatusCode::NO_CONTENT);
    assert!(!nobody.headers.contains_key(header::SET_COOKIE));
    let login = world.login().await;
    let first = login.cookies();
    let (a, b) = tokio::join!(world.refresh(&first), world.refresh(&first));
    assert_eq!((a.status, b.status), (StatusCode::OK, StatusCode::OK));
    let second = a.cookie();
    assert_eq!(second, b.cookie(), "parallel refreshes give one lineage");
    assert!(!first.starts_with(&second));
    let third = world.refresh(&second).await;
    assert_eq!(third.status, StatusCode::OK);
    // The first token again, long after its use: somebody has a copy.
    world
        .db
        .execute("UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds'")
        .await;
    assert_eq!(world.refresh(&first).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.refresh(&third.cookie()).await.status, StatusCode::UNAUTHORIZED);
    // The access token of the ended session goes as well, within a second.
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(world.me(&third.token()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn signing_out_and_losing_the_account_end_the_session() {
    let world = World::new().await;
    let login = world.login().await;
    assert_eq!(world.me(&login.token()).await.status, StatusCode::OK);
    let cookie = login.cookie();
    let out = world
        .call("POST", "/api/v1/auth/logout", &[("cookie", &cookie)], Value::Null)
        .await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert_eq!(world.me(&login.token()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.refresh(&cookie).await.status, StatusCode::UNAUTHORIZED);

    for change in ["status = 'suspended'", "session_version = session_version + 1"] {
        world.db.execute("UPDATE users SET status = 'active'").await;
        let login = world.login().await;
        assert_eq!(world.me(&login.token()).await.status, StatusCode::OK);
        world.db.execute(&format!("UPDATE users SET {change}")).await;
        let began = Instant::now();
        while world.me(&login.token()).await.status == StatusCode::OK {
            assert!(
                began.elapsed() < Duration::from_secs(1),
                "{change} must show within a second"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(
            world.refresh(&login.cookie()).await.status,
            StatusCode::UNAUTHORIZED,
            "{change}"
        );
    }
}

#[tokio::test]
async fn other_sites_cannot_use_the_cookie() {
    let world = World::new().await;
    let cookie = world.login().await.cookie();
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.test"),
    ] {
        for path in ["/api/v1/auth/refresh", "/api/v1/auth/logout"] {
            let answer = world
                .call("POST", path, &[("cookie", &cookie), (name, value)], Value::Null)
                .await;
            assert_eq!(
                (answer.status, answer.code()),
                (StatusCode::FORBIDDEN, "cross_site"),
                "{path} {name}: {value}"
            );
        }
    }
    let own = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(
        world
            .call("POST", "/api/v1/auth/refresh", &own, Value::Null)
            .await
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn what_has_ended_is_deleted_and_what_lives_is_kept() {
    let world = World::new().await;
    world.try_login(AGENT, "x").await;
    world.try_login("old@cloudmanager.test", "x").await;
    let ended = world.login().await;
    world
        .db
        .execute("UPDATE refresh_tokens SET expires_at = now() - interval '2 days'")
        .await;
    world
        .db
        .execute("UPDATE sessions SET idle_expires_at = now() - interval '31 days'")
        .await;
    world
        .db
        .execute("UPDATE login_failures SET last_at = now() - interval '2 days' WHERE account LIKE 'old%'")
        .await;
    let live = world.login().await;
    app::retention::clean_up(&world.state.app).await.unwrap();
    assert_eq!(world.me(&live.token()).await.status, StatusCode::OK);
    assert_eq!(world.me(&ended.token()).await.status, StatusCode::UNAUTHORIZED);
}
