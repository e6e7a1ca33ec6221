//! What people try.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{CALLBACK, CLIENT_MAIL, PASSWORD, Place, cookie, provider::Signed};

#[tokio::test]
async fn a_try_is_good_once_in_its_browser_and_for_minutes() {
    let place = Place::new().await;
    let (mine, other) = (place.visit().await, place.visit().await);
    let over = |answer: &super::Answer| answer.body["errors"][0]["code"] == "sso_over";
    // Another browser: without a cookie, with one of another try, with one made up.
    for cookies in [
        vec![],
        vec![("cookie", other.cookie.as_str())],
        vec![("cookie", "__Host-cm_sso=x")],
    ] {
        let body = json!({ "state": mine.state, "code": mine.code });
        let refused = place.world.call("POST", CALLBACK, &cookies, body).await;
        assert!(over(&refused), "{:?}", refused.body);
        assert!(cookie(&refused, "__Host-cm_refresh").is_none());
    }
    // A state that nobody gave out.
    let forged = super::Visit {
        state: "x".repeat(43),
        ..mine.clone()
    };
    assert!(over(&place.back(&forged).await));
    // None of that used it up; of many at once exactly one is let in.
    let place = std::sync::Arc::new(place);
    let tries = (0..6).map(|_| {
        let (place, mine) = (place.clone(), mine.clone());
        tokio::spawn(async move { place.back(&mine).await })
    });
    let mut entered = 0;
    for answer in tries.collect::<Vec<_>>() {
        let answer = answer.await.unwrap();
        assert!(answer.status == StatusCode::OK || over(&answer), "{:?}", answer.body);
        entered += usize::from(answer.status == StatusCode::OK);
    }
    assert_eq!(entered, 1);
    assert!(over(&place.back(&mine).await));
    place.world.db.execute("UPDATE oidc_flows SET expires_at = now()").await;
    assert!(over(&place.back(&other).await));
}

#[tokio::test]
async fn a_code_of_somebody_else_is_worth_nothing() {
    let place = Place::new().await;
    // Eve's code, put into Ana's browser: the verifier is not the one that Eve's code was asked with.
    let (eve, ana) = (place.visit().await, place.visit().await);
    let injected = super::Visit { code: eve.code, ..ana };
    let refused = place.back(&injected).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "sso_provider_denied")
    );
    // A code twice, and one that the provider never gave.
    let first = place.visit().await;
    assert_eq!(place.back(&first).await.status, StatusCode::OK);
    let second = place.visit().await;
    let replayed = super::Visit {
        code: first.code,
        ..second
    };
    assert_eq!(place.back(&replayed).await.code(), "sso_provider_denied");
    // The person said no.
    let no = place.visit().await;
    let body = json!({ "state": no.state });
    let refused = place
        .world
        .call("POST", CALLBACK, &[("cookie", &no.cookie)], body)
        .await;
    assert_eq!(refused.code(), "sso_provider_denied");
    // Another issuer sent him back.
    let mixed = place.visit().await;
    let body = json!({ "state": mixed.state, "code": mixed.code, "iss": "https://evil.test" });
    let refused = place
        .world
        .call("POST", CALLBACK, &[("cookie", &mixed.cookie)], body)
        .await;
    assert_eq!(refused.code(), "sso_token_refused");
    let journal = "SELECT DISTINCT reason FROM login_journal WHERE method = 'oidc' AND outcome = 'failure' ORDER BY 1";
    assert_eq!(
        place.world.db.texts(journal).await,
        ["sso_provider_denied", "sso_token_refused"]
    );
}

#[tokio::test]
async fn tokens_that_are_not_good_let_nobody_in() {
    let place = Place::new().await;
    place.linked(CLIENT_MAIL).await;
    let now = chrono::Utc::now().timestamp();
    let claims = [
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "aud": "another application" }),
        json!({ "aud": [super::CLIENT, "another application"] }),
        json!({ "aud": null }),
        json!({ "azp": "another application" }),
        json!({ "iss": "https://accounts.google.com" }),
        json!({ "iss": format!("{}/", place.provider.url) }),
        json!({ "exp": now - 1 }),
        json!({ "exp": null }),
        json!({ "iat": now + 3600, "exp": now + 7200 }),
        json!({ "sub": "" }),
        json!({ "sub": null }),
        json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }),
    ];
    for lie in claims {
        place.say(lie.clone());
        let refused = place.sign_in().await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::CONFLICT, "sso_token_refused"),
            "{lie}: {:?}",
            refused.body
        );
        assert!(cookie(&refused, "__Host-cm_refresh").is_none());
    }
    place.say(json!({}));
    let lies = [
        Signed::NotAtAll,
        Signed::WithOurSecret,
        Signed::WithThePublicKey,
        Signed::ByAStranger,
        Signed::ByABroughtKey,
    ];
    for lie in lies {
        *place.provider.signed.lock().unwrap() = lie;
        let refused = place.sign_in().await;
        assert_eq!(refused.code(), "sso_token_refused", "{lie:?}: {:?}", refused.body);
    }
    *place.provider.signed.lock().unwrap() = Signed::Well;
    assert_eq!(place.sign_in().await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_is_not_to_come_is_turned_away() {
    let place = Place::new().await;
    let refused = async |claims: Value| {
        place.say(claims);
        let answer = place.sign_in().await;
        assert!(cookie(&answer, "__Host-cm_refresh").is_none());
        (answer.status, answer.code().to_owned())
    };
    let forbidden = |code: &str| (StatusCode::FORBIDDEN, code.to_owned());
    // Nobody vouches for the address, whoever has it here.
    for email in ["ana@example.dz", CLIENT_MAIL] {
        for verified in [json!(false), json!(null), json!("true")] {
            let (status, code) = refused(json!({ "email": email, "email_verified": verified })).await;
            assert!(
                (status, code.as_str()) == (StatusCode::FORBIDDEN, "sso_email_unverified")
                    || code == "sso_token_refused",
                "{email} {verified}: {status} {code}"
            );
        }
    }
    // No address of an account, but one that looks like it.
    assert_eq!(
        refused(json!({ "email": "сlient@cloudmanager.test" })).await,
        forbidden("sso_email_unverified")
    );
    // Staff do not come this way, by address or by link.
    assert_eq!(
        refused(json!({ "email": "admin@cloudmanager.test" })).await,
        forbidden("sso_not_for_staff")
    );
    let link = place
        .world
        .own("POST", "/api/v1/auth/oidc/acme/link", &place.admin, Value::Null)
        .await;
    let visit = place.came(&link);
    assert_eq!(place.back(&visit).await.code(), "sso_not_for_staff");
    place.set(json!({ "allowed_domains": ["example.dz"] })).await;
    assert_eq!(
        refused(json!({ "email": "ana@example.dz.evil.test" })).await,
        forbidden("sso_domain_refused")
    );
    place.set(json!({ "registration": false, "allowed_domains": [] })).await;
    assert_eq!(refused(json!({})).await, forbidden("sso_no_account"));
    assert_eq!(place.count("users WHERE email LIKE '%example%'").await, "0");
    // An account that is not in use.
    place.say(json!({}));
    place.linked(CLIENT_MAIL).await;
    place
        .world
        .db
        .execute("UPDATE users SET status = 'suspended' WHERE email = 'client@cloudmanager.test'")
        .await;
    assert_eq!(refused(json!({})).await, forbidden("sso_account_inactive"));
    let reasons = "SELECT DISTINCT reason FROM login_journal WHERE email = 'client@cloudmanager.test' AND outcome = 'failure' ORDER BY 1";
    assert!(place.world.db.texts(reasons).await.contains(&"inactive".to_owned()));
}

#[tokio::test]
async fn a_provider_that_is_down_or_another_one_is_a_clear_refusal() {
    let place = Place::new().await;
    let start = async || {
        place
            .world
            .post("/api/v1/auth/oidc/acme/start", json!({ "locale": "fr" }))
            .await
    };
    *place.provider.down.lock().unwrap() = true;
    let away = start().await;
    assert_eq!(
        (away.status, away.code()),
        (StatusCode::CONFLICT, "sso_provider_unreachable")
    );
    *place.provider.down.lock().unwrap() = false;
    let lies = [
        (json!({ "issuer": "https://accounts.google.com" }), "sso_not_the_issuer"),
        (json!({ "token_endpoint": null }), "sso_not_the_issuer"),
        (
            json!({ "authorization_endpoint": "javascript:alert(1)" }),
            "sso_address_refused",
        ),
        (
            json!({ "token_endpoint": "http://10.0.0.1/token" }),
            "sso_address_refused",
        ),
        (json!({ "jwks_uri": "http://169.254.169.254/" }), "sso_address_refused"),
    ];
    for (lie, code) in lies {
        *place.provider.discovery.lock().unwrap() = lie.clone();
        let refused = start().await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::CONFLICT, code),
            "{lie}: {:?}",
            refused.body
        );
    }
}

#[tokio::test]
async fn a_session_from_before_is_worth_nothing_after_it() {
    let place = Place::new().await;
    place.linked(CLIENT_MAIL).await;
    let before = place.world.try_login("agent@cloudmanager.test", PASSWORD).await;
    let visit = place.visit().await;
    let cookies = format!("{}; {}", visit.cookie, before.cookie());
    let body = json!({ "state": visit.state, "code": visit.code });
    let entered = place.world.call("POST", CALLBACK, &[("cookie", &cookies)], body).await;
    assert_eq!(entered.status, StatusCode::OK, "{:?}", entered.body);
    assert_eq!(place.world.me(&before.token()).await.status, StatusCode::UNAUTHORIZED);
    // Nor can a page of another site end a try, or begin one.
    let visit = place.visit().await;
    let body = json!({ "state": visit.state, "code": visit.code });
    let headers = [("cookie", visit.cookie.as_str()), ("sec-fetch-site", "cross-site")];
    assert_eq!(
        place.world.call("POST", CALLBACK, &headers, body).await.code(),
        "cross_site"
    );
    assert!(visit.url.contains("code_challenge="));
}
