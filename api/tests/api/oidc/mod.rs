//! Single sign-on against a provider that can be made to lie, and what people try with it.

mod attacks;
mod provider;
mod settings;

use std::{sync::Arc, time::Duration};

use api::{ApiConfig, Rates};
use axum::http::{StatusCode, header};
use integrations::{
    http::{Outbound, Reach},
    oidc::{Issuers, Times},
};
use serde_json::{Value, json};

use super::client::{Answer, PASSWORD, URL, World};
use provider::{CLIENT, Callers, Provider, SECRET};

const CALLBACK: &str = "/api/v1/auth/oidc/callback";
const CONFIRM: &str = "/api/v1/auth/oidc/confirm";
const CLIENT_MAIL: &str = "client@cloudmanager.test";

/// A world with a provider, set up as `acme`.
struct Place {
    world: Arc<World>,
    provider: Arc<Provider>,
    admin: String,
    id: String,
}

/// A browser that was sent to the provider and came back with a code.
#[derive(Clone)]
struct Visit {
    cookie: String,
    state: String,
    code: String,
    url: String,
}

/// Cookie of this name, as a browser would send it back.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let all = answer.headers.get_all(header::SET_COOKIE).iter();
    let mut found = all
        .map(|value| value.to_str().unwrap())
        .filter(|value| value.starts_with(name));
    found.next().map(|value| value.split(';').next().unwrap().to_owned())
}

fn caller(reach: Reach) -> Arc<Callers> {
    let short = Times {
        good: Duration::from_secs(3600),
        bad: Duration::ZERO,
        between: Duration::ZERO,
    };
    Arc::new(Callers(Issuers::with(Outbound::new(reach).unwrap(), short)))
}

async fn world(reach: Reach) -> Arc<World> {
    let config = ApiConfig {
        rates: Rates::off(),
        issuers: caller(reach),
        second_factor_roles: vec!["corporate".to_owned()],
        ..ApiConfig::new(URL)
    };
    World::with(config).await
}

impl Place {
    async fn new() -> Self {
        let (world, provider) = (world(Reach::Loopback).await, Provider::start().await);
        let admin = world.token_of("admin@cloudmanager.test").await;
        let settings = json!({
            "slug": "acme", "preset": "custom", "name": "Acme", "issuer": provider.url, "client_id": CLIENT, "client_secret": SECRET,
            "enabled": true, "registration": true,
        });
        let made = world.own("POST", "/api/v1/oidc-providers", &admin, settings).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        let id = made.body["id"].as_str().unwrap().to_owned();
        Self {
            world,
            provider,
            admin,
            id,
        }
    }

    async fn set(&self, what: Value) {
        let path = format!("/api/v1/oidc-providers/{}", self.id);
        let now = self.world.own("GET", &path, &self.admin, Value::Null).await;
        let set = self
            .world
            .act(&self.admin, "PATCH", &path, now.body["version"].as_i64(), what)
            .await;
        assert_eq!(set.status, StatusCode::OK, "{:?}", set.body);
    }

    /// What the provider says of the person, besides or in place of the usual.
    fn say(&self, claims: Value) {
        *self.provider.claims.lock().unwrap() = claims;
    }

    fn came(&self, begun: &Answer) -> Visit {
        assert_eq!(begun.status, StatusCode::OK, "{:?}", begun.body);
        let url = begun.body["url"].as_str().unwrap().to_owned();
        let (code, state) = self.provider.visit(&url);
        let cookie = cookie(begun, "__Host-cm_sso").unwrap();
        Visit {
            cookie,
            state,
            code,
            url,
        }
    }

    async fn visit(&self) -> Visit {
        let begun = self
            .world
            .post("/api/v1/auth/oidc/acme/start", json!({ "locale": "fr" }))
            .await;
        self.came(&begun)
    }

    /// As [`Self::visit`], to link the account of this token.
    async fn visit_to_link(&self, token: &str) -> Visit {
        let begun = self
            .world
            .own("POST", "/api/v1/auth/oidc/acme/link", token, Value::Null)
            .await;
        self.came(&begun)
    }

    async fn back(&self, visit: &Visit) -> Answer {
        let body = json!({ "state": visit.state, "code": visit.code });
        self.world
            .call("POST", CALLBACK, &[("cookie", &visit.cookie)], body)
            .await
    }

    async fn sign_in(&self) -> Answer {
        self.back(&self.visit().await).await
    }

    async fn confirm(&self, token: &str, cookie: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        self.world
            .call(
                "POST",
                CONFIRM,
                &[("cookie", cookie), ("authorization", &bearer)],
                Value::Null,
            )
            .await
    }

    async fn count(&self, what: &str) -> String {
        self.world
            .db
            .texts(&format!("SELECT count(*)::text FROM {what}"))
            .await
            .remove(0)
    }

    /// Links the account of this address with the usual person.
    async fn linked(&self, email: &str) -> String {
        let token = self.world.token_of(email).await;
        let done = self.back(&self.visit_to_link(&token).await).await;
        assert_eq!(done.body["linked"], "Acme", "{:?}", done.body);
        token
    }
}

#[tokio::test]
async fn a_stranger_gets_an_account_and_comes_back_to_it() {
    let place = Place::new().await;
    let first = place.sign_in().await;
    assert_eq!(first.status, StatusCode::OK, "{:?}", first.body);
    let me = place.world.me(&first.token()).await;
    assert_eq!(
        (
            &me.body["email"],
            &me.body["name"],
            &me.body["role"],
            &me.body["locale"]
        ),
        (
            &json!("ana@example.dz"),
            &json!("Ana B."),
            &json!("client"),
            &json!("fr")
        )
    );
    assert!(cookie(&first, "__Host-cm_refresh=").unwrap().len() > 40);
    assert_eq!(cookie(&first, "__Host-cm_sso").as_deref(), Some("__Host-cm_sso="));
    // The address may change, and be doubted: the subject counts.
    place.say(json!({ "email": "other@example.dz", "email_verified": false }));
    let again = place.sign_in().await;
    assert_eq!(place.world.me(&again.token()).await.body["id"], me.body["id"]);
    assert_eq!(place.count("users WHERE email LIKE '%example.dz'").await, "1");
    let logins = place
        .world
        .own("GET", "/api/v1/me/logins", &again.token(), Value::Null)
        .await;
    assert!(
        logins.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|line| line["method"] == "oidc")
    );
    let mails = place.world.mails().await;
    assert!(
        mails
            .iter()
            .any(|mail| mail.to == "ana@example.dz" && format!("{mail:?}").contains("Welcome")),
        "{mails:?}"
    );
    let lines = place
        .world
        .db
        .texts("SELECT action FROM audit_log WHERE action = 'user.registered'")
        .await;
    assert_eq!(lines.len(), 1);
    // Nothing of the exchange is kept in clear.
    let kept = place
        .world
        .db
        .texts("SELECT f::text FROM oidc_flows f")
        .await
        .join("\n");
    assert!(!kept.contains("nonce") && !kept.contains("verifier"), "{kept}");
    let secrets = place
        .world
        .db
        .texts("SELECT p::text FROM oidc_providers p")
        .await
        .join("\n");
    assert!(
        !secrets.contains(&data_encoding::HEXLOWER.encode(SECRET.as_bytes())),
        "{secrets}"
    );
}

#[tokio::test]
async fn an_address_that_has_an_account_is_proven_first_and_linked_by_its_owner() {
    let place = Place::new().await;
    place.say(json!({ "email": "CLIENT@CloudManager.test" }));
    let visit = place.visit().await;
    let owed = place.back(&visit).await;
    assert_eq!(
        owed.body,
        json!({ "link_needed": { "provider": "Acme", "email": CLIENT_MAIL } })
    );
    assert!(cookie(&owed, "__Host-cm_refresh=").is_none());
    assert_eq!(place.count("user_identities").await, "0");
    let waiting = async |cookie: &str| {
        let headers = [("cookie", cookie)];
        place
            .world
            .call("GET", "/api/v1/auth/oidc/waiting", &headers, Value::Null)
            .await
    };
    assert_eq!(waiting(&visit.cookie).await.body["email"], CLIENT_MAIL);
    assert_eq!(waiting("__Host-cm_sso=x").await.status, StatusCode::NO_CONTENT);
    // Somebody else, in the same browser: not his.
    app::seed::account(&place.world.state.app, "eve@x.test", "Eve", "client", PASSWORD)
        .await
        .unwrap();
    let eve = place.world.token_of("eve@x.test").await;
    assert_eq!(place.confirm(&eve, &visit.cookie).await.code(), "sso_other_account");
    // The owner in another browser: nothing waits there.
    let token = place.world.token_of(CLIENT_MAIL).await;
    assert_eq!(
        place.confirm(&token, "__Host-cm_sso=x").await.body["errors"][0]["code"],
        "sso_over"
    );
    // The owner, too long after he proved who he is.
    let stale = "UPDATE sessions SET factor_at = factor_at - interval '6 minutes'";
    place.world.db.execute(stale).await;
    place
        .world
        .state
        .sessions
        .forget_user(serde_json::from_value(place.world.me(&token).await.body["id"].clone()).unwrap());
    assert_eq!(place.confirm(&token, &visit.cookie).await.code(), "step_up_required");
    place.world.mails().await;
    let token = place.world.token_of(CLIENT_MAIL).await;
    let done = place.confirm(&token, &visit.cookie).await;
    assert_eq!(done.body["linked"], "Acme", "{:?}", done.body);
    assert_eq!(
        place.confirm(&token, &visit.cookie).await.body["errors"][0]["code"],
        "sso_over"
    );
    let told = place.world.mails().await;
    assert!(
        told.iter()
            .any(|mail| mail.to == CLIENT_MAIL && format!("{mail:?}").contains("IdentitiesChanged")),
        "{told:?}"
    );
    let entered = place.sign_in().await;
    assert_eq!(place.world.me(&entered.token()).await.body["email"], CLIENT_MAIL);
    let lines = place
        .world
        .db
        .texts("SELECT action FROM audit_log WHERE action = 'user.identity_linked'")
        .await;
    assert_eq!(lines.len(), 1);
}

#[tokio::test]
async fn one_links_on_ones_own_page_and_unlinks_but_not_the_last_way_in() {
    let place = Place::new().await;
    place.say(json!({ "email": null, "email_verified": null }));
    let token = place.linked(CLIENT_MAIL).await;
    let mine = place
        .world
        .own("GET", "/api/v1/me/identities", &token, Value::Null)
        .await;
    assert_eq!(mine.body["items"][0]["provider"], "Acme");
    // Twice is once.
    place.linked(CLIENT_MAIL).await;
    assert_eq!(place.count("user_identities").await, "1");
    // It cannot belong to two.
    app::seed::account(&place.world.state.app, "eve@x.test", "Eve", "client", PASSWORD)
        .await
        .unwrap();
    let other = place.world.token_of("eve@x.test").await;
    let taken = place.back(&place.visit_to_link(&other).await).await;
    assert_eq!(taken.code(), "sso_identity_taken");
    // Others' links do not exist.
    let path = format!(
        "/api/v1/me/identities/{}",
        mine.body["items"][0]["id"].as_str().unwrap()
    );
    assert_eq!(
        place.world.own("DELETE", &path, &other, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    place
        .world
        .db
        .execute("UPDATE users SET password_hash = NULL WHERE email = 'client@cloudmanager.test'")
        .await;
    let last = place.world.own("DELETE", &path, &token, Value::Null).await;
    assert_eq!(last.code(), "last_way_in");
    // A second one of a provider that is switched off is no way in either.
    let second = "INSERT INTO user_identities (id, user_id, issuer, subject, created_at)
        SELECT gen_random_uuid(), user_id, 'https://gone.test', 'x', now() FROM user_identities LIMIT 1";
    place.world.db.execute(second).await;
    assert_eq!(
        place.world.own("DELETE", &path, &token, Value::Null).await.code(),
        "last_way_in"
    );
    place
        .world
        .db
        .execute("UPDATE users SET password_hash = 'x' WHERE email = 'client@cloudmanager.test'")
        .await;
    let gone = place.world.own("DELETE", &path, &token, Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{:?}", gone.body);
    assert_eq!(place.sign_in().await.code(), "sso_email_unverified");
    // Linking and unlinking want a fresh proof.
    place.world.db.execute("UPDATE sessions SET factor_at = NULL").await;
    let user = place.world.me(&token).await.body["id"].clone();
    place
        .world
        .state
        .sessions
        .forget_user(serde_json::from_value(user).unwrap());
    assert_eq!(
        place.world.own("DELETE", &path, &token, Value::Null).await.code(),
        "step_up_required"
    );
    let link = place
        .world
        .own("POST", "/api/v1/auth/oidc/acme/link", &token, Value::Null)
        .await;
    assert_eq!(link.code(), "step_up_required");
}

#[tokio::test]
async fn a_link_ends_with_the_session_that_began_it() {
    let place = Place::new().await;
    let token = place.world.token_of(CLIENT_MAIL).await;
    let visit = place.visit_to_link(&token).await;
    place.world.db.execute("UPDATE sessions SET revoked_at = now()").await;
    assert_eq!(place.back(&visit).await.body["errors"][0]["code"], "sso_over");
    assert_eq!(place.count("user_identities").await, "0");
}

#[tokio::test]
async fn a_second_factor_is_still_owed_unless_a_trusted_provider_proves_one() {
    let place = Place::new().await;
    place.linked(CLIENT_MAIL).await;
    let factor = "INSERT INTO totp_factors (user_id, secret, created_at, confirmed_at)
        SELECT id, 'x', now(), now() FROM users WHERE email = 'client@cloudmanager.test'";
    place.world.db.execute(factor).await;
    for amr in [json!(null), json!(["pwd"]), json!(["mfa"])] {
        place.say(json!({ "amr": amr }));
        let owed = place.sign_in().await;
        assert_eq!(
            owed.body["second_factor"]["methods"],
            json!(["totp"]),
            "{:?}",
            owed.body
        );
    }
    place.set(json!({ "trust_mfa": true })).await;
    place.say(json!({ "amr": ["pwd"] }));
    assert!(place.sign_in().await.body["second_factor"].is_object());
    place.say(json!({ "amr": ["pwd", "otp"] }));
    let entered = place.sign_in().await;
    assert_eq!(place.world.me(&entered.token()).await.status, StatusCode::OK);
    // A role that must have one is content with it, too.
    place.set(json!({ "for_staff": true })).await;
    place.say(json!({ "sub": "agent", "amr": ["pwd"] }));
    let role = "UPDATE users SET role_id = (SELECT id FROM roles WHERE key = 'corporate') WHERE email = 'agent@cloudmanager.test'";
    place.world.db.execute(role).await;
    let agent = "INSERT INTO user_identities (id, user_id, issuer, subject, created_at) SELECT gen_random_uuid(), id, $issuer, 'agent', now()
        FROM users WHERE email = 'agent@cloudmanager.test'";
    place
        .world
        .db
        .execute(&agent.replace("$issuer", &format!("'{}'", place.provider.url)))
        .await;
    let tickets = async |amr: Value| {
        place.say(json!({ "sub": "agent", "amr": amr }));
        let entered = place.sign_in().await;
        place
            .world
            .own("GET", "/api/v1/tickets", &entered.token(), Value::Null)
            .await
    };
    assert_eq!(tickets(json!(["pwd"])).await.code(), "second_factor_setup_required");
    assert_eq!(tickets(json!(["mfa"])).await.status, StatusCode::OK);
}

#[tokio::test]
async fn how_fresh_the_proof_is_the_provider_says() {
    let place = Place::new().await;
    place.linked(CLIENT_MAIL).await;
    let hour_ago = chrono::Utc::now().timestamp() - 3600;
    place.say(json!({ "auth_time": hour_ago }));
    let old = place.sign_in().await.token();
    let link = async |token: &str| {
        place
            .world
            .own("POST", "/api/v1/auth/oidc/acme/link", token, Value::Null)
            .await
    };
    assert_eq!(link(&old).await.code(), "step_up_required");
    let start = json!({ "locale": "en", "fresh": true });
    let begun = place.world.post("/api/v1/auth/oidc/acme/start", start).await;
    let visit = place.came(&begun);
    let asked = place.provider.asked(&visit.code);
    assert_eq!((asked["prompt"].as_str(), asked["max_age"].as_str()), ("login", "0"));
    place.say(json!({ "auth_time": chrono::Utc::now().timestamp() }));
    let fresh = place.back(&visit).await.token();
    assert_eq!(link(&fresh).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_issuer_is_asked_for_what_its_token_leaves_out_and_for_its_new_keys() {
    let place = Place::new().await;
    place.say(json!({ "email": null, "email_verified": null }));
    *place.provider.userinfo.lock().unwrap() =
        json!({ "sub": "person-1", "email": "ana@example.dz", "email_verified": true });
    // Known from before without the endpoint: it is asked anew because the key is new.
    place
        .world
        .own(
            "POST",
            &format!("/api/v1/oidc-providers/{}/test", place.id),
            &place.admin,
            Value::Null,
        )
        .await;
    let entered = place.sign_in().await;
    assert_eq!(place.world.me(&entered.token()).await.body["email"], "ana@example.dz");
    place.provider.rotate();
    assert_eq!(place.sign_in().await.status, StatusCode::OK);
    // Words about somebody else do not count.
    *place.provider.userinfo.lock().unwrap() =
        json!({ "sub": "person-2", "email": "eve@example.dz", "email_verified": true });
    place.say(json!({ "email": null, "sub": "person-3" }));
    assert_eq!(place.sign_in().await.code(), "sso_token_refused");
}
