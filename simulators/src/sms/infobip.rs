//! Infobip's SMS API, version 3.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use chrono::Utc;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Book, Fault, SentText, segments, twilio::lost};

pub(super) fn routes() -> Router<Arc<Book>> {
    Router::new().route("/sms/3/messages", post(send))
}

#[derive(Deserialize)]
struct Request {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    sender: String,
    destinations: Vec<Destination>,
    content: Content,
    webhooks: Option<Webhooks>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Destination {
    to: String,
    message_id: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    text: String,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Webhooks {
    delivery: Webhook,
    callback_data: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Webhook {
    url: String,
}

/// The errors of the platform in front of the API.
fn exception(status: StatusCode, id: &str, text: &str) -> Response {
    let body = json!({ "requestError": { "serviceException": { "messageId": id, "text": text } } });
    (status, Json(body)).into_response()
}

/// The errors of the API itself.
fn violation(property: &str, violation: &str) -> Response {
    let body = json!({
        "errorCode": "E400",
        "description": "Request cannot be processed.",
        "action": "Check the syntax, violations and adjust the request.",
        "violations": [{ "property": property, "violation": violation }],
        "resources": [],
    });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

fn status(name: &str) -> Value {
    let (group, group_name, id, description) = match name {
        "PENDING_ACCEPTED" => (1, "PENDING", 26, "Message sent to next instance"),
        "UNDELIVERABLE_NOT_DELIVERED" => (2, "UNDELIVERABLE", 9, "Message sent not delivered"),
        "DELIVERED_TO_HANDSET" => (3, "DELIVERED", 5, "Message delivered to handset"),
        "REJECTED_PREFIX_MISSING" => (5, "REJECTED", 8, "Number prefix missing"),
        "REJECTED_NOT_ENOUGH_CREDITS" => (5, "REJECTED", 12, "Not enough credits"),
        _ => (5, "REJECTED", 23, "Duplicate messageId"),
    };
    json!({ "groupId": group, "groupName": group_name, "id": id, "name": name, "description": description })
}

async fn send(State(book): State<Arc<Book>>, headers: HeaderMap, body: Bytes) -> Response {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given != Some(format!("App {}", book.account.secret).as_str()) {
        return exception(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Invalid login details");
    }
    match book.fault() {
        Fault::RateLimited => {
            let answer = exception(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", "Too many requests");
            return ([(header::RETRY_AFTER, "1")], answer).into_response();
        }
        Fault::Unavailable => {
            let text = "Something went wrong. Please contact support.";
            return exception(StatusCode::INTERNAL_SERVER_ERROR, "GENERAL_ERROR", text);
        }
        Fault::Html => return (StatusCode::BAD_GATEWAY, "<html>Bad gateway</html>").into_response(),
        Fault::Endless => return "x".repeat(1_000_000).into_response(),
        Fault::Silent => book.dawdle().await,
        _ => {}
    }
    let Ok(request) = serde_json::from_slice::<Request>(&body) else {
        return exception(StatusCode::BAD_REQUEST, "BAD_REQUEST", "Bad Request");
    };
    let mut taken = Vec::new();
    for message in request.messages {
        if message.content.text.is_empty() {
            return violation("messages[0].content.text", "must not be blank");
        }
        for destination in &message.destinations {
            taken.push(take(&book, &message, destination));
        }
    }
    if book.fault() == Fault::LostAnswer {
        return lost();
    }
    book.dawdle().await;
    Json(json!({ "bulkId": Book::id(), "messages": taken })).into_response()
}

fn take(book: &Arc<Book>, message: &Message, destination: &Destination) -> Value {
    let id = destination.message_id.clone().unwrap_or_else(Book::id);
    let plausible = (8..=15).contains(&destination.to.len()) && destination.to.bytes().all(|b| b.is_ascii_digit());
    let name = match book.fault() {
        Fault::NoCredit => "REJECTED_NOT_ENOUGH_CREDITS",
        _ if !plausible || book.fault() == Fault::InvalidNumber => "REJECTED_PREFIX_MISSING",
        _ if book.knows(&id) => "REJECTED_DUPLICATE_MESSAGE_ID",
        _ => "PENDING_ACCEPTED",
    };
    if name == "PENDING_ACCEPTED" {
        let sent = SentText {
            id: id.clone(),
            to: format!("+{}", destination.to),
            from: message.sender.clone(),
            text: message.content.text.clone(),
            at: Utc::now(),
        };
        book.deliver(sent.clone());
        if let Some(webhooks) = message.webhooks.clone() {
            tokio::spawn(report(book.clone(), webhooks, sent));
        }
    }
    json!({
        "messageId": id,
        "status": status(name),
        "destination": destination.to,
        "details": { "messageCount": segments(&message.content.text) },
    })
}

async fn report(book: Arc<Book>, webhooks: Webhooks, sent: SentText) {
    let done = |status: &str| match status {
        "UNDELIVERABLE_NOT_DELIVERED" => json!({
            "groupId": 1, "groupName": "HANDSET_ERRORS", "id": 27, "name": "EC_ABSENT_SUBSCRIBER",
            "description": "Absent Subscriber", "permanent": false
        }),
        _ => json!({
            "groupId": 0, "groupName": "OK", "id": 0, "name": "NO_ERROR", "description": "No Error", "permanent": false
        }),
    };
    let names: &[&str] = match book.fault() {
        Fault::NoReports => &[],
        Fault::Undelivered => &["UNDELIVERABLE_NOT_DELIVERED"],
        Fault::Disorder => &["DELIVERED_TO_HANDSET", "PENDING_ACCEPTED", "DELIVERED_TO_HANDSET"],
        _ => &["DELIVERED_TO_HANDSET"],
    };
    for name in names {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let at = Utc::now().format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string();
        let body = json!({ "results": [{
            "bulkId": Book::id(),
            "price": { "pricePerMessage": 0.01, "currency": "EUR" },
            "status": status(name),
            "error": done(name),
            "messageId": sent.id,
            "to": sent.to.trim_start_matches('+'),
            "sender": sent.from,
            "sentAt": at,
            "doneAt": at,
            "messageCount": segments(&sent.text),
            "mccMnc": "60302",
            "callbackData": webhooks.callback_data,
        }] });
        // Whether anybody listens does not change what the phone got.
        let _ = book.client.post(&webhooks.delivery.url).json(&body).send().await;
    }
}
