//! Statistics of tickets: who may see them, which periods there are, and what stands behind a number.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::World;

const AGENT: &str = "agent@cloudmanager.test";
const CLIENT: &str = "client@cloudmanager.test";
const PATH: &str = "/api/v1/statistics/tickets";

#[tokio::test(flavor = "multi_thread")]
async fn reports_are_for_those_who_may_see_them_and_have_a_period() {
    let world = World::new().await;
    let (agent, client) = (world.token_of(AGENT).await, world.token_of(CLIENT).await);
    let week = "from=2026-11-16&to=2026-11-22&zone=Africa/Algiers";
    for path in [
        format!("{PATH}?{week}"),
        format!("{PATH}/counted?{week}&counted=opened"),
    ] {
        assert_eq!(
            world.own("GET", &path, &client, Value::Null).await.status,
            StatusCode::FORBIDDEN
        );
        let seen = world.own("GET", &path, &agent, Value::Null).await;
        assert_eq!(seen.status, StatusCode::OK, "{:?}", seen.body);
    }
    let seen = world
        .own("GET", &format!("{PATH}?{week}"), &agent, Value::Null)
        .await
        .body;
    assert_eq!(seen["days"].as_array().map(Vec::len), Some(7));
    assert_eq!(
        seen["days"][6],
        json!({ "day": "2026-11-22", "opened": 0, "reopened": 0, "left": 0, "open": 0 })
    );
    assert_eq!(seen["total"]["first_response"]["median"], Value::Null);
    for (wrong, pointer) in [
        ("from=2026-01-01&to=2026-04-03&zone=UTC", "/to"),
        ("from=2026-01-02&to=2026-01-01&zone=UTC", "/to"),
        ("from=2026-01-02&to=2026-01-02&zone=Mars/Olympus", "/zone"),
    ] {
        let refused = world.own("GET", &format!("{PATH}?{wrong}"), &agent, Value::Null).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{:?}", refused.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tickets_behind_a_number_come_in_pages() {
    let world = World::new().await;
    let (agent, client) = (world.token_of(AGENT).await, world.token_of(CLIENT).await);
    for n in 0..5 {
        let body = json!({ "subject": format!("Down {n}"), "body": "Help" });
        let made = world.own("POST", "/api/v1/tickets", &client, body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    }
    // Transactions of other tests on the same server hold the log up.
    testkit::wait_for(
        "all events are counted",
        std::time::Duration::from_secs(60),
        async || {
            app::statistics::gather(&world.state.app).await.unwrap();
            world.db.followed(&["statistics"]).await
        },
    )
    .await;
    let today = chrono::Utc::now().date_naive();
    let period = format!(
        "from={}&to={}&zone=UTC",
        today.pred_opt().unwrap(),
        today.succ_opt().unwrap()
    );
    let seen = world
        .own("GET", &format!("{PATH}?{period}"), &agent, Value::Null)
        .await
        .body;
    assert_eq!(seen["open"], 5);
    let (mut numbers, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{PATH}/counted?{period}&counted=opened&limit=2{cursor}");
        let page = world.own("GET", &path, &agent, Value::Null).await.body;
        numbers.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["number"].as_i64().unwrap()),
        );
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(numbers.len(), 5);
    assert!(numbers.windows(2).all(|two| two[0] > two[1]), "{numbers:?}");
}
