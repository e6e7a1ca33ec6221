//! Twilio's Messages API.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;

use super::{Book, Fault, SentText, segments};

pub(super) fn routes() -> Router<Arc<Book>> {
    Router::new().route("/2010-04-01/Accounts/{account}/Messages.json", post(create))
}

fn problem(status: StatusCode, code: u32, message: &str) -> Response {
    let body = json!({
        "code": code,
        "message": message,
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status.as_u16(),
    });
    (status, Json(body)).into_response()
}

fn authenticated(book: &Book, headers: &HeaderMap, account: &str) -> bool {
    let wanted = format!(
        "Basic {}",
        STANDARD.encode(format!("{}:{}", book.account.id, book.account.secret))
    );
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given == Some(wanted.as_str()) && account == book.account.id
}

async fn create(
    State(book): State<Arc<Book>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !authenticated(&book, &headers, &account) {
        return problem(StatusCode::UNAUTHORIZED, 20003, "Authenticate");
    }
    let form: BTreeMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let field = |name: &str| form.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let Some(to) = field("To") else {
        return problem(StatusCode::BAD_REQUEST, 21604, "A 'To' phone number is required.");
    };
    let Some(from) = field("From").or_else(|| field("MessagingServiceSid")) else {
        return problem(StatusCode::BAD_REQUEST, 21603, "A 'From' phone number is required.");
    };
    let Some(text) = field("Body") else {
        return problem(StatusCode::BAD_REQUEST, 21602, "Message body is required.");
    };
    let callback = field("StatusCallback").map(str::to_owned);
    if callback.as_deref().is_some_and(|url| !url.starts_with("http")) {
        return problem(
            StatusCode::BAD_REQUEST,
            21609,
            "The 'StatusCallback' URL is not a valid URL.",
        );
    }
    let digits = to.strip_prefix('+').unwrap_or_default();
    let plausible = (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    match book.fault() {
        Fault::RateLimited => {
            let answer = problem(StatusCode::TOO_MANY_REQUESTS, 20429, "Too Many Requests");
            return ([(header::RETRY_AFTER, "1")], answer).into_response();
        }
        Fault::Unavailable => {
            return problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                20500,
                "An internal server error has occurred",
            );
        }
        Fault::NoCredit => {
            return problem(StatusCode::FORBIDDEN, 20005, "Account is not active");
        }
        Fault::Html => return (StatusCode::BAD_GATEWAY, "<html>Bad gateway</html>").into_response(),
        Fault::Endless => return (StatusCode::CREATED, "x".repeat(1_000_000)).into_response(),
        Fault::InvalidNumber => return invalid(to),
        _ if !plausible => return invalid(to),
        _ => {}
    }
    if book.fault() == Fault::Silent {
        book.dawdle().await;
    }
    let sid = format!("SM{}", Book::id());
    let sent = SentText {
        id: sid.clone(),
        to: to.to_owned(),
        from: from.to_owned(),
        text: text.to_owned(),
        at: Utc::now(),
    };
    book.deliver(sent.clone());
    if let Some(url) = callback {
        tokio::spawn(report(book.clone(), url, sent.clone()));
    }
    if book.fault() == Fault::LostAnswer {
        return lost();
    }
    book.dawdle().await;
    (StatusCode::CREATED, Json(resource(&account, &sent))).into_response()
}

fn invalid(to: &str) -> Response {
    let message = format!("Invalid 'To' Phone Number: {to}");
    problem(StatusCode::BAD_REQUEST, 21211, &message)
}

/// An answer that breaks off.
pub(super) fn lost() -> Response {
    ([(header::CONTENT_LENGTH, "1000")], "{").into_response()
}

fn resource(account: &str, sent: &SentText) -> Value {
    let date = sent.at.to_rfc2822();
    json!({
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": sent.text,
        "date_created": date,
        "date_sent": null,
        "date_updated": date,
        "direction": "outbound-api",
        "error_code": null,
        "error_message": null,
        "from": sent.from,
        "messaging_service_sid": null,
        "num_media": "0",
        "num_segments": segments(&sent.text).to_string(),
        "price": null,
        "price_unit": "USD",
        "sid": sent.id,
        "status": "queued",
        "subresource_uris": { "media": format!("/2010-04-01/Accounts/{account}/Messages/{}/Media.json", sent.id) },
        "to": sent.to,
        "uri": format!("/2010-04-01/Accounts/{account}/Messages/{}.json", sent.id),
    })
}

async fn report(book: Arc<Book>, url: String, sent: SentText) {
    let statuses: &[(&str, Option<&str>)] = match book.fault() {
        Fault::NoReports => &[],
        Fault::Undelivered => &[("sent", None), ("undelivered", Some("30003"))],
        Fault::Disorder => &[("delivered", None), ("sent", None), ("delivered", None), ("sent", None)],
        _ => &[("queued", None), ("sent", None), ("delivered", None)],
    };
    for (status, error) in statuses {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mut form = vec![
            ("AccountSid", book.account.id.as_str()),
            ("ApiVersion", "2010-04-01"),
            ("From", &sent.from),
            ("MessageSid", &sent.id),
            ("MessageStatus", status),
            ("SmsSid", &sent.id),
            ("SmsStatus", status),
            ("To", &sent.to),
        ];
        if let Some(error) = error {
            form.push(("ErrorCode", error));
        }
        form.sort_unstable();
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(book.account.secret.as_bytes()) else {
            return;
        };
        mac.update(url.as_bytes());
        for (name, value) in &form {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let request = book
            .client
            .post(&url)
            .header("X-Twilio-Signature", signature)
            .form(&form);
        // Whether anybody listens does not change what the phone got.
        let _ = request.send().await;
    }
}
