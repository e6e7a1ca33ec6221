//! Other people's sign-ins in the hands of those in charge.

use std::time::{Duration, Instant};

use api::{ApiConfig, Rates};
use app::account::letter::Content;
use axum::http::StatusCode;
use domain::account::notice::AccountNotice;
use serde_json::{Value, json};

use super::{
    client::{ADMIN, AGENT, PASSWORD, URL, World},
    factors::enrol,
};

async fn id_of(world: &World, email: &str) -> String {
    let sql = format!("SELECT id::text FROM users WHERE email = '{email}'");
    world.db.texts(&sql).await.remove(0)
}

#[tokio::test]
async fn an_administrator_ends_a_session_and_every_process_knows_within_a_second() {
    let world = World::new().await;
    let other = world.another(ApiConfig {
        rates: Rates::off(),
        ..ApiConfig::new(URL)
    });
    let admin = world.token_of(ADMIN).await;
    let (first, second) = (world.login().await.token(), world.login().await.token());
    let path = format!("/api/v1/users/{}", id_of(&world, AGENT).await);
    let seen = world.own("GET", &format!("{path}/sign-ins"), &admin, Value::Null).await;
    assert_eq!(seen.status, StatusCode::OK, "{:?}", seen.body);
    let sessions = seen.body["sessions"].as_array().unwrap();
    assert_eq!((sessions.len(), &seen.body["methods"]), (2, &json!([])));
    assert!(!seen.body["devices"].as_array().unwrap().is_empty());
    for token in [&first, &second] {
        assert_eq!(other.me(token).await.status, StatusCode::OK);
    }
    let one = format!("{path}/sessions/{}", sessions[0]["id"].as_str().unwrap());
    assert_eq!(
        world.own("DELETE", &one, &admin, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        world.own("DELETE", &one, &admin, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        world.me(&second).await.status,
        StatusCode::UNAUTHORIZED,
        "the newest was ended"
    );
    let began = Instant::now();
    while other.me(&second).await.status != StatusCode::UNAUTHORIZED {
        assert!(began.elapsed() < Duration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(world.me(&first).await.status, StatusCode::OK);
    let all = format!("{path}/sessions");
    assert_eq!(
        world.own("DELETE", &all, &admin, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.me(&first).await.status, StatusCode::UNAUTHORIZED);
    // A session of somebody else is none of this account's.
    let own = id_of(&world, ADMIN).await;
    let mine = world
        .db
        .texts(&format!("SELECT id::text FROM sessions WHERE user_id = '{own}'"))
        .await;
    let foreign = format!("{path}/sessions/{}", mine[0]);
    assert_eq!(
        world.own("DELETE", &foreign, &admin, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    // One's own are ended in one's own place.
    let refused = world
        .own("DELETE", &format!("/api/v1/users/{own}/sessions"), &admin, Value::Null)
        .await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "own_account"));
    let lines = "SELECT count(*) FROM audit_log WHERE action = 'session.revoked'";
    assert_eq!(world.db.texts(lines).await, ["2"]);
}

#[tokio::test]
async fn a_lost_second_factor_is_taken_away_by_somebody_else_with_a_reason() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    let owner = world.login().await.token();
    let path = format!("/api/v1/users/{}/second-factor/reset", id_of(&world, AGENT).await);
    let ask = async |path: &str, reason: &str| world.own("POST", path, &admin, json!({ "reason": reason })).await;
    let none = ask(&path, "lost his telephone").await;
    assert_eq!((none.status, none.code()), (StatusCode::CONFLICT, "no_second_factor"));
    enrol(&world, &owner).await;
    world
        .db
        .execute(&format!(
            "INSERT INTO sms_factors (user_id, phone, confirmed_at) SELECT id, '+213550000000', now() FROM users WHERE email = '{AGENT}'"
        ))
        .await;
    assert_eq!(
        world.try_login(AGENT, PASSWORD).await.body["second_factor"]["methods"][0],
        "totp"
    );
    let silent = ask(&path, "  x ").await;
    assert_eq!(silent.body["errors"][0]["code"], "invalid_reason");
    let own = format!("/api/v1/users/{}/second-factor/reset", id_of(&world, ADMIN).await);
    assert_eq!(ask(&own, "lost my telephone").await.code(), "own_account");
    // Minutes later nobody knows whether it is still the administrator who sits there.
    world
        .db
        .execute("UPDATE sessions SET factor_at = factor_at - interval '6 minutes'")
        .await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ask(&path, "lost his telephone").await.code(), "step_up_required");
    world.db.execute("UPDATE sessions SET factor_at = now()").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let done = ask(&path, "lost his telephone").await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{:?}", done.body);
    let phones = "SELECT count(*) FROM sms_factors";
    assert_eq!(
        world.db.texts(phones).await,
        ["0"],
        "a telephone that was lost is gone as well"
    );
    assert_eq!(world.me(&owner).await.status, StatusCode::UNAUTHORIZED);
    assert!(world.try_login(AGENT, PASSWORD).await.body["access_token"].is_string());
    let told = world.mails().await;
    let told = told.iter().filter(|mail| mail.to == AGENT);
    let resets = told.filter(|mail| {
        matches!(&mail.content, Content::Notice { notice: AccountNotice::FactorsChanged, facts }
            if facts.get("change").is_some_and(|change| change == "reset_by_staff"))
    });
    assert_eq!(resets.count(), 1);
    for sql in [
        "SELECT data ->> 'reason' FROM audit_log WHERE action = 'user.factors_reset'",
        "SELECT data ->> 'reason' FROM security_alerts WHERE kind = 'factors_reset'",
    ] {
        assert_eq!(world.db.texts(sql).await, ["lost his telephone"]);
    }
}

#[tokio::test]
async fn everybody_who_is_signed_in_is_listed_page_by_page_and_found_by_name_address_or_place() {
    let world = World::new().await;
    let admin = world.token_of(ADMIN).await;
    for _ in 0..3 {
        world.login().await;
    }
    let list = async |query: &str| {
        let path = format!("/api/v1/sessions{query}");
        world.own("GET", &path, &admin, Value::Null).await
    };
    let all = list("").await;
    assert_eq!(all.status, StatusCode::OK, "{:?}", all.body);
    let items = all.body["items"].as_array().unwrap();
    let of = |email: &str| items.iter().filter(|item| item["email"] == email).count();
    assert_eq!((of(AGENT), of(ADMIN)), (3, 1));
    let own: Vec<&Value> = items.iter().filter(|item| item["current"] == true).collect();
    assert!(own.len() == 1 && own[0]["email"] == ADMIN, "{own:?}");

    let first = list("?limit=3").await.body;
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = list(&format!("?limit=3&cursor={cursor}")).await.body;
    let ids = |page: &Value| {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!([ids(&first), ids(&rest)].concat(), ids(&all.body));

    let found = list(&format!("?q={}", &AGENT[..6])).await.body;
    assert_eq!(ids(&found).len(), 3, "{found}");
    assert!(ids(&list("?q=%25").await.body).is_empty(), "a percent sign is a letter");
    let ended = format!(
        "/api/v1/users/{}/sessions/{}",
        id_of(&world, AGENT).await,
        ids(&found)[0].as_str().unwrap()
    );
    assert_eq!(
        world.own("DELETE", &ended, &admin, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        ids(&list("").await.body).len(),
        items.len() - 1,
        "what ended is not listed"
    );
    let agent = world.token_of(AGENT).await;
    let refused = world.own("GET", "/api/v1/sessions", &agent, Value::Null).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
