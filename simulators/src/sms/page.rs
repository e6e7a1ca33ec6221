//! What people and tests look at.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::Html,
    routing::{get, put},
};
use html_escape::encode_text;
use serde::Deserialize;

use super::{Book, Fault, SentText};

pub(super) fn routes() -> Router<Arc<Book>> {
    Router::new()
        .route("/", get(page))
        .route("/sent", get(sent))
        .route("/fault", put(set_fault))
}

#[derive(Deserialize)]
struct Wanted {
    fault: Fault,
}

async fn sent(State(book): State<Arc<Book>>) -> Json<Vec<SentText>> {
    Json(book.sent())
}

async fn set_fault(State(book): State<Arc<Book>>, Json(wanted): Json<Wanted>) -> StatusCode {
    book.set_fault(wanted.fault);
    StatusCode::NO_CONTENT
}

async fn page(State(book): State<Arc<Book>>) -> Html<String> {
    let mut rows = String::new();
    for text in book.sent().iter().rev() {
        rows += &format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td dir=\"auto\">{}</td></tr>",
            text.at.format("%H:%M:%S"),
            encode_text(&text.to),
            encode_text(&text.from),
            encode_text(&text.text)
        );
    }
    if rows.is_empty() {
        rows = "<tr><td colspan=\"4\">No text message yet.</td></tr>".to_owned();
    }
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"3\">\
         <title>Text messages</title><style>body{{font:16px system-ui;margin:2rem}}td,th{{text-align:start;padding:.4rem 1rem}}</style>\
         <h1>Text messages</h1><p>What phones would have got, newest first.</p>\
         <table><tr><th>Time (UTC)</th><th>To</th><th>From</th><th>Text</th></tr>{rows}</table></html>"
    ))
}
