//! Opening an account, getting back into one, and what a thief, a forger or a nosy stranger gets to see of it.

use std::time::Instant;

use app::account::letter::Content;
use axum::http::{StatusCode, header};
use domain::account::{notice::AccountNotice, times::LinkPurpose};
use serde_json::{Value, json};

use super::client::{AGENT, PASSWORD, World};

const NEW: &str = "sara@example.dz";
const GOOD: &str = "orage lent gris bleu";

fn registration(email: &str) -> Value {
    json!({ "email": email, "name": "Sara", "password": GOOD, "locale": "ar" })
}

#[tokio::test]
async fn an_account_is_opened_by_the_mailed_link_and_only_once() {
    let world = World::new().await;
    let asked = world
        .post("/api/v1/auth/register", registration("Sara@Example.dz"))
        .await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{:?}", asked.body);
    assert_eq!(world.try_login(NEW, GOOD).await.status, StatusCode::UNAUTHORIZED);
    let token = world.mailed_token(NEW, LinkPurpose::Verify).await;
    let stored = world
        .db
        .texts("SELECT encode(token_hash, 'escape') || coalesce(encode(data, 'escape'), '') FROM mailed_links")
        .await;
    assert!(!stored[0].contains(&token) && !stored[0].contains("argon2"));
    assert!(
        world
            .db
            .texts("SELECT payload::text FROM jobs")
            .await
            .iter()
            .all(|p| !p.contains(&token) && !p.contains("argon2"))
    );

    // A link that came to somebody whose address a stranger used opens nothing for him, nor the stranger's password without it.
    let path = "/api/v1/auth/register/confirm";
    let victim = world
        .post(path, json!({ "token": token, "password": "a guess of the owner" }))
        .await;
    assert_eq!(
        (victim.status, &victim.body["errors"][0]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("not_the_chosen_password"))
    );
    assert_eq!(world.try_login(NEW, GOOD).await.status, StatusCode::UNAUTHORIZED);
    let confirm = || world.post(path, json!({ "token": token, "password": GOOD }));
    let (a, b) = tokio::join!(confirm(), confirm());
    let mut both = [a.status, b.status];
    both.sort();
    assert_eq!(both, [StatusCode::NO_CONTENT, StatusCode::UNPROCESSABLE_ENTITY]);
    let welcome = world.mails().await;
    assert!(matches!(
        &welcome[0].content,
        Content::Notice {
            notice: AccountNotice::Welcome,
            ..
        }
    ));
    let login = world.try_login(NEW, GOOD).await;
    assert_eq!(
        (login.status, &login.body["user"]["role"]),
        (StatusCode::OK, &json!("client"))
    );
    assert_eq!(login.body["user"]["locale"], "ar");
}

#[tokio::test]
async fn asking_tells_a_stranger_nothing_about_accounts() {
    let world = World::new().await;
    let mut taken = Vec::new();
    for (path, body) in [
        ("/api/v1/auth/register", registration(AGENT)),
        ("/api/v1/auth/register", registration("nobody@example.dz")),
        ("/api/v1/auth/magic-link", json!({ "email": AGENT, "locale": "fr" })),
        (
            "/api/v1/auth/magic-link",
            json!({ "email": "nobody@example.dz", "locale": "fr" }),
        ),
        ("/api/v1/auth/password-reset", json!({ "email": AGENT, "locale": "fr" })),
        (
            "/api/v1/auth/password-reset",
            json!({ "email": "nobody@example.dz", "locale": "fr" }),
        ),
    ] {
        let answer = world.post(path, body).await;
        assert_eq!(
            (answer.status, &answer.body),
            (StatusCode::ACCEPTED, &json!("")),
            "{path}"
        );
        // The same rows are written either way; what differs happens in the job.
        let rows = world
            .db
            .texts("SELECT (SELECT count(*) FROM mailed_links) || '/' || (SELECT count(*) FROM jobs)")
            .await;
        taken.push(rows[0].clone());
    }
    assert_eq!(taken, ["1/1", "2/2", "3/3", "4/4", "5/5", "6/6"]);
    let mails = world.mails().await;
    assert_eq!(
        mails.len(),
        4,
        "nobody has no account: only the registration is mailed to him"
    );
    assert!(
        mails
            .iter()
            .any(|mail| mail.to == AGENT && mail.content == Content::AccountExists)
    );
    assert!(
        mails
            .iter()
            .filter(|mail| mail.to == "nobody@example.dz")
            .all(|mail| mail.name.is_empty())
    );
}

#[tokio::test]
async fn a_refused_login_takes_as_long_for_an_unknown_address() {
    let world = World::new().await;
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..6 {
        for (slot, email) in [AGENT, "nobody@example.dz"].into_iter().enumerate() {
            world.db.execute("DELETE FROM login_failures").await;
            let began = Instant::now();
            assert_eq!(
                world.try_login(email, &format!("no {round}")).await.status,
                StatusCode::UNAUTHORIZED
            );
            times[slot].push(began.elapsed());
        }
    }
    let [known, unknown] = times.map(|mut list| {
        list.sort();
        list[list.len() / 2]
    });
    let difference = known.abs_diff(unknown);
    assert!(difference < known.max(unknown) / 5, "{known:?} against {unknown:?}");
}

#[tokio::test]
async fn a_reset_link_is_good_once_for_its_purpose_and_ends_every_session() {
    let world = World::new().await;
    let login = world.login().await;
    world
        .post("/api/v1/auth/password-reset", json!({ "email": AGENT, "locale": "en" }))
        .await;
    let token = world.mailed_token(AGENT, LinkPurpose::Reset).await;
    let confirm = "/api/v1/auth/password-reset/confirm";
    // For another purpose it is worth nothing.
    for (path, body) in [
        ("/api/v1/auth/magic-link/redeem", json!({ "token": token })),
        (
            "/api/v1/auth/register/confirm",
            json!({ "token": token, "password": GOOD }),
        ),
        ("/api/v1/auth/email-change/confirm", json!({ "token": token })),
    ] {
        let answer = world.post(path, body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert_eq!(answer.body["errors"][0]["code"], "invalid_link");
    }
    // Looking at it uses nothing, and tells what it is not for.
    let look = |purpose: &'static str| {
        let (world, body) = (world.clone(), json!({ "token": token, "purpose": purpose }));
        async move { world.post("/api/v1/auth/link", body).await }
    };
    for _ in 0..2 {
        assert_eq!(look("reset").await.status, StatusCode::NO_CONTENT);
        assert_eq!(look("magic").await.body["errors"][0]["code"], "invalid_link");
    }
    for (password, code) in [
        ("short", "too_short"),
        ("passwordpassword", "common_password"),
        (PASSWORD, "reused_password"),
    ] {
        let answer = world
            .post(confirm, json!({ "token": token, "password": password }))
            .await;
        assert_eq!(
            (answer.status, &answer.body["errors"][0]["code"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(code))
        );
    }
    let done = world.post(confirm, json!({ "token": token, "password": GOOD })).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{:?}", done.body);
    assert_eq!(look("reset").await.body["errors"][0]["code"], "invalid_link");
    assert!(
        !done.headers.contains_key(header::SET_COOKIE),
        "nobody is signed in by it"
    );
    assert_eq!(world.me(&login.token()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.refresh(&login.cookie()).await.status, StatusCode::UNAUTHORIZED);
    let again = world
        .post(confirm, json!({ "token": token, "password": "another long phrase" }))
        .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(world.try_login(AGENT, PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.try_login(AGENT, GOOD).await.status, StatusCode::OK);
    let mails = world.mails().await;
    assert!(mails.iter().any(|m| matches!(
        &m.content,
        Content::Notice {
            notice: AccountNotice::PasswordChanged,
            ..
        }
    )));
}

#[tokio::test]
async fn links_expire_and_die_with_a_new_password_or_address() {
    let world = World::new().await;
    let ask = || world.post("/api/v1/auth/magic-link", json!({ "email": AGENT, "locale": "fr" }));
    ask().await;
    let old = world.mailed_token(AGENT, LinkPurpose::Magic).await;
    world
        .db
        .execute("UPDATE mailed_links SET expires_at = now() - interval '1 second'")
        .await;
    let redeem = "/api/v1/auth/magic-link/redeem";
    assert_eq!(
        world.post(redeem, json!({ "token": old })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    ask().await;
    let token = world.mailed_token(AGENT, LinkPurpose::Magic).await;
    let entered = world.post(redeem, json!({ "token": token })).await;
    assert_eq!(
        (entered.status, &entered.body["user"]["email"]),
        (StatusCode::OK, &json!(AGENT))
    );
    assert_eq!(
        world.post(redeem, json!({ "token": token })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    ask().await;
    let before = world.mailed_token(AGENT, LinkPurpose::Magic).await;
    let change = json!({ "current_password": PASSWORD, "new_password": GOOD });
    let changed = world.own("POST", "/api/v1/me/password", &entered.token(), change).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{:?}", changed.body);
    assert_eq!(
        world.post(redeem, json!({ "token": before })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        world.me(&entered.token()).await.status,
        StatusCode::OK,
        "the one who changed it stays"
    );
    // An address gets five links of a kind in an hour, whoever asks; the sixth is answered alike and never sent.
    for _ in 0..3 {
        assert_eq!(ask().await.status, StatusCode::ACCEPTED);
    }
    assert_eq!(
        world
            .db
            .texts("SELECT count(*)::text FROM mailed_links WHERE purpose = 'magic'")
            .await,
        ["5"]
    );
}

#[tokio::test]
async fn an_address_is_changed_by_the_new_one_and_the_old_one_is_told() {
    let world = World::new().await;
    let login = world.login().await;
    let ask = |email: &str, password: &str| {
        let body = json!({ "email": email, "password": password });
        let (world, token) = (world.clone(), login.token());
        async move { world.own("POST", "/api/v1/me/email", &token, body).await }
    };
    assert_eq!(
        ask("new@example.dz", "wrong").await.body["errors"][0]["code"],
        "wrong_password"
    );
    assert_eq!(ask("new@example.dz", PASSWORD).await.status, StatusCode::ACCEPTED);
    let mails = world.mails().await;
    assert!(mails.iter().any(|m| m.to == AGENT
        && matches!(
            &m.content,
            Content::Notice {
                notice: AccountNotice::EmailChangeAsked,
                ..
            }
        )));
    let url = mails.iter().find_map(|m| match &m.content {
        Content::Link {
            purpose: LinkPurpose::EmailChange,
            url,
            ..
        } if m.to == "new@example.dz" => url.split_once("#token="),
        _ => None,
    });
    let token = url.unwrap().1;
    assert_eq!(
        world
            .post("/api/v1/auth/email-change/confirm", json!({ "token": token }))
            .await
            .status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.me(&login.token()).await.body["email"], "new@example.dz");
    assert!(world.mails().await.iter().any(|m| m.to == AGENT));
    // Wanting somebody else's address tells its owner, and us nothing.
    assert_eq!(
        ask("client@cloudmanager.test", PASSWORD).await.status,
        StatusCode::ACCEPTED
    );
    assert!(
        world
            .mails()
            .await
            .iter()
            .any(|m| m.to == "client@cloudmanager.test" && m.content == Content::AccountExists)
    );
}

#[tokio::test]
async fn one_address_gets_five_mails_an_hour_whoever_wants_it() {
    let world = World::new().await;
    let victim = "victim@example.dz";
    let app = &world.state.app;
    for at in 0..4 {
        let email = format!("client{at}@cloudmanager.test");
        app::seed::account(app, &email, "X", "client", PASSWORD).await.unwrap();
        let token = world.try_login(&email, PASSWORD).await.token();
        for _ in 0..2 {
            let body = json!({ "email": victim, "password": PASSWORD });
            let asked = world.own("POST", "/api/v1/me/email", &token, body).await;
            assert_eq!(asked.status, StatusCode::ACCEPTED, "{:?}", asked.body);
        }
    }
    let links = format!("SELECT count(*) FROM mailed_links WHERE email = '{victim}'");
    assert_eq!(world.db.texts(&links).await, ["5"]);
}

#[tokio::test]
async fn imported_bcrypt_is_verified_and_upgraded() {
    let world = World::new().await;
    let hash = "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC";
    world
        .db
        .execute(&format!(
            "UPDATE users SET password_hash = '{hash}' WHERE email = '{AGENT}'"
        ))
        .await;
    assert_eq!(world.try_login(AGENT, "wrong").await.status, StatusCode::UNAUTHORIZED);
    for _ in 0..2 {
        assert_eq!(
            world.try_login(AGENT, "abcdefghijklmnopqrstuvwxyz").await.status,
            StatusCode::OK
        );
        let stored = world
            .db
            .texts(&format!("SELECT password_hash FROM users WHERE email = '{AGENT}'"))
            .await;
        assert!(stored[0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}

#[tokio::test]
async fn hostile_registrations_are_refused_field_by_field() {
    let world = World::new().await;
    let cases = [
        ("email", json!("аdmin@example.dz"), "invalid_email"),
        ("email", json!("a@b.dz\r\nBcc: x@y.dz"), "invalid_email"),
        ("email", json!("admin\u{200b}@example.dz"), "invalid_email"),
        ("name", json!("Sara\r\nBcc: x@y.dz"), "invalid_name"),
        ("name", json!(""), "invalid_name"),
        ("password", json!("sara@example.dz"), "personal_password"),
        ("password", json!("x".repeat(2000)), "too_long"),
    ];
    for (field, value, code) in cases {
        let mut body = registration(NEW);
        body[field] = value;
        let answer = world.post("/api/v1/auth/register", body).await;
        assert_eq!(
            (answer.status, &answer.body["errors"][0]["code"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(code))
        );
        assert_eq!(answer.body["errors"][0]["pointer"], format!("/{field}"));
    }
    let mut body = registration(NEW);
    body["role"] = json!("admin");
    assert_eq!(
        world.post("/api/v1/auth/register", body).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let cross = world
        .call(
            "POST",
            "/api/v1/auth/register",
            &[("sec-fetch-site", "cross-site")],
            registration(NEW),
        )
        .await;
    assert_eq!(cross.code(), "cross_site");
    assert_eq!(world.db.texts("SELECT count(*)::text FROM mailed_links").await, ["0"]);
}
