//! Reports of the provider.

use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{KeyInit, Mac};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{super::client::World, ADMIN, CLIENT, REPORTS, begin, world};

/// Posts a report as Twilio would: signed with this token.
async fn report(world: &World, token: &str, query: &str, form: &[(&str, &str)]) -> StatusCode {
    let mut fields = form.to_vec();
    fields.sort_unstable();
    let mut mac = hmac::Hmac::<sha1::Sha1>::new_from_slice(token.as_bytes()).unwrap();
    mac.update(format!("{REPORTS}?{query}").as_bytes());
    for (name, value) in &fields {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = axum::http::Request::post(format!("/api/v1/sms/reports/twilio?{query}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-twilio-signature", STANDARD.encode(mac.finalize().into_bytes()))
        .body(axum::body::Body::from(body.join("&")))
        .unwrap();
    world.send(request).await.status
}

#[tokio::test]
async fn reports_are_believed_when_the_provider_signed_them_and_lead_forward_only() {
    let (world, _) = world(100).await;
    let token = world.token_of(CLIENT).await;
    begin(&world, &token, "0550123456").await;
    let id = world.db.texts("SELECT id::text FROM sms_messages").await.remove(0);
    let state = async || world.db.texts("SELECT state FROM sms_messages").await.remove(0);
    let query = format!("message={id}");
    let form = |status: &'static str| [("MessageSid", "SM1"), ("MessageStatus", status)];

    for (token, query) in [("54321", query.as_str()), ("12345", "message=x&y=")] {
        let status = report(&world, token, query, &form("delivered")).await;
        assert!(matches!(status, StatusCode::UNAUTHORIZED | StatusCode::NO_CONTENT));
        assert_eq!(state().await, "queued");
    }
    let unsigned = world
        .call("POST", &format!("/api/v1/sms/reports/twilio?{query}"), &[], json!({}))
        .await;
    assert_eq!(unsigned.status, StatusCode::UNAUTHORIZED);
    let elsewhere = world
        .call("POST", "/api/v1/sms/reports/infobip", &[], json!({ "results": [] }))
        .await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    // A genuine one about a text that is not there changes nothing.
    let unknown = format!("message={}", Uuid::now_v7());
    assert_eq!(
        report(&world, "12345", &unknown, &form("delivered")).await,
        StatusCode::NO_CONTENT
    );
    // A signature is for its own text: it cannot be taken along to another one.
    assert_eq!(
        report(&world, "12345", &query, &form("queued")).await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(state().await, "queued");

    // Before the answer to the request itself was noted, and then out of order.
    assert_eq!(
        report(&world, "12345", &query, &form("sent")).await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(state().await, "sent");
    for status in ["delivered", "sent", "failed", "delivered", "undelivered"] {
        assert_eq!(
            report(&world, "12345", &query, &form(status)).await,
            StatusCode::NO_CONTENT
        );
        assert_eq!(state().await, "delivered", "after {status}");
    }
    let row = world.db.texts(
        "SELECT concat_ws(' ', provider, provider_id, body IS NULL, delivered_at IS NOT NULL) FROM sms_messages",
    );
    assert_eq!(row.await, ["twilio SM1 t t"]);

    // Who watches over security reads it, and never what it said.
    let admin = world.token_of(ADMIN).await;
    let listed = world
        .own(
            "GET",
            "/api/v1/sms/messages?state=delivered&phone=0123",
            &admin,
            Value::Null,
        )
        .await;
    assert_eq!(listed.status, StatusCode::OK, "{:?}", listed.body);
    let item = &listed.body["items"][0];
    assert_eq!(
        (item["phone"].as_str(), item["user_name"].as_str()),
        (Some("+213550123456"), Some("Lina Client"))
    );
    assert!(item.get("body").is_none());
    let none = world
        .own("GET", "/api/v1/sms/messages?state=failed", &admin, Value::Null)
        .await;
    assert_eq!(none.body["items"], json!([]));
    let usage = world.own("GET", "/api/v1/sms/usage", &admin, Value::Null).await;
    assert_eq!(
        (&usage.body["months"][0]["credits"], &usage.body["provider"]),
        (&json!(1), &json!("twilio"))
    );
    // The one counts what a provider took, the other what it came to by our prices, of which there are none.
    let budget = world.own("GET", "/api/v1/sms/budget", &admin, Value::Null).await;
    assert_eq!(budget.body["spent_micros"], 0, "{:?}", budget.body);
    assert_eq!(
        world
            .own("GET", "/api/v1/sms/messages", &token, Value::Null)
            .await
            .status,
        StatusCode::FORBIDDEN
    );
}
