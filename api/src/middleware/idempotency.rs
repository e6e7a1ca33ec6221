//! `Idempotency-Key`: a POST that is repeated with the same key and body gets the first one's answer and does nothing.
//!
//! The work runs in a task of its own: a caller who hangs up, which is when he will repeat, must not leave it half done
//! with an unknown answer. The work's own transaction notes that the key is spent, so a process may die at any moment:
//! before the commit, a repeat does the work seconds later; after it, a repeat is told that the work was done.

use std::{convert::Infallible, sync::Arc, time::Duration};

use app::{AppError, once, wall};
use axum::{
    body::Body,
    extract::{FromRequestParts, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use store::session::{Answer, Claim, Held, Request as Keyed};
use tracing::Instrument;
use uuid::Uuid;

use super::request_id;
use crate::{
    auth::{Credential, SessionUser},
    extract::{CurrentUser, read},
    problem::{ApiResult, Problem},
    state::ApiState,
};

/// The request header.
pub const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Marks a repeated answer.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Longest key, in characters.
pub const LONGEST: usize = 255;
/// Headers that belong to the answer.
const KEPT: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];
/// Largest answer kept.
const MAX_ANSWER: usize = 1_000_000;
/// How long a claim holds when its process dies.
const CLAIM_SECONDS: i64 = 10;
/// How often a claim is renewed while the work goes on.
const RENEWAL: Duration = Duration::from_secs(3);

/// Whether a POST to this path may carry a key: all may but sign-in, whose answers hold tokens.
#[must_use]
pub fn covers(path: &str) -> bool {
    !path.starts_with("/api/v1/auth/")
}

/// Applies the rule to a POST that carries the header and a good access token. Strangers get their refusal from the route.
pub async fn layer(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let wanted =
        request.method() == Method::POST && request.headers().contains_key(KEY) && covers(request.uri().path());
    if !wanted {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(user) = CurrentUser::from_request_parts(&mut parts, &state).await else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    match handle(state, parts, body, user, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn handle(state: ApiState, parts: Parts, body: Body, user: CurrentUser, next: Next) -> ApiResult<Response> {
    let key = parts
        .headers
        .get(KEY)
        .and_then(|value| value.to_str().ok())
        .map(str::trim)
        .filter(|key| (1..=LONGEST).contains(&key.len()))
        .ok_or_else(|| {
            Problem::bad_request(
                "invalid_idempotency_key",
                "`Idempotency-Key` holds 1 to 255 visible characters.",
            )
        })?
        .to_owned();
    let bytes = read(Request::from_parts(parts.clone(), body)).await?;
    let body_hash: [u8; 32] = Sha256::digest(&bytes).into();
    let route = parts.uri.path_and_query().map_or("", |path| path.as_str()).to_owned();
    // A program's keys are its own: what it repeats is never an answer given to the person.
    let actor_id = match user.session().credential {
        Credential::Session => user.user_id,
        Credential::ApiToken => user.session().session_id,
    };
    let wanted = Keyed {
        actor_id,
        key: key.clone(),
        route,
        body_hash,
    };
    let claim = state.keys.claim(wanted, state.app.now(), until(&state)).await?;
    let held = match claim {
        Claim::New(held) => held,
        Claim::Answered(answer) => return replay(&state, actor_id, &key, answer),
        Claim::InFlight => {
            let detail = "The same request is being worked on. Repeat it in a moment.";
            return Err(Problem::new(StatusCode::CONFLICT, "idempotency_key_in_flight", detail).retry_after(1));
        }
        Claim::AnswerLost => {
            let detail = "This request was carried out, but its answer was lost. Read the present state.";
            return Err(Problem::new(StatusCode::CONFLICT, "idempotency_answer_lost", detail));
        }
        Claim::Reused => {
            let detail = "This key was used for another request. Use a new key for each new request.";
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                detail,
            ));
        }
    };
    let mut request = Request::from_parts(parts, Body::from(bytes));
    // The route does not check the token a second time.
    request
        .extensions_mut()
        .insert::<Arc<SessionUser>>(user.shared_session());
    let work = once::scope(held.clone(), work(state, held, request, next));
    let task = tokio::spawn(request_id::scoped(wall::scope(work)).instrument(tracing::Span::current()));
    match task.await {
        Ok(response) => Ok(response),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Problem::internal()),
        },
    }
}

async fn work(state: ApiState, held: Held, request: Request, next: Next) -> Response {
    let mut guard = Release {
        state: Some(state.clone()),
        held: held.clone(),
    };
    let response = tokio::select! {
        response = next.run(request) => response,
        never = keep_claim(&state, &held) => match never {},
    };
    if !final_answer(response.status()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, MAX_ANSWER).await else {
        tracing::error!("an answer to a keyed request is too large to be kept");
        return Problem::internal().into_response();
    };
    let kept = async {
        let answer = keep(&state, &held, &parts, &bytes)?;
        state.keys.finish(held.clone(), answer).await
    };
    match kept.await {
        Ok(()) => {}
        Err(error) => tracing::error!(%error, "the answer to a keyed request could not be kept"),
    }
    guard.state = None;
    Response::from_parts(parts, Body::from(bytes))
}

fn until(state: &ApiState) -> chrono::DateTime<chrono::Utc> {
    state.app.now() + chrono::TimeDelta::seconds(CLAIM_SECONDS)
}

/// Renews the claim for as long as the work goes on. A claim that is lost is noticed by the work's transaction.
async fn keep_claim(state: &ApiState, held: &Held) -> Infallible {
    loop {
        tokio::time::sleep(RENEWAL).await;
        if let Err(error) = state.keys.renew(held, until(state)).await {
            tracing::warn!(%error, "an idempotency key was not renewed");
        }
    }
}

/// Failures on our side, and refusals that say nothing about the request itself, may be tried again with the same key.
fn final_answer(status: StatusCode) -> bool {
    !status.is_server_error()
        && !matches!(
            status,
            StatusCode::UNAUTHORIZED | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
        )
}

/// Where an answer belongs; sealed for it, it can be read in no other place.
fn place(actor_id: Uuid, key: &str) -> String {
    format!("idempotency_keys.body.{actor_id}.{key}")
}

/// Answers may hold what is shown only once, so they are kept encrypted.
fn keep(state: &ApiState, held: &Held, parts: &axum::http::response::Parts, body: &Bytes) -> Result<Answer, AppError> {
    let headers: Map<String, Value> = KEPT
        .iter()
        .filter_map(|name| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.into())))
        .collect();
    Ok(Answer {
        status: i32::from(parts.status.as_u16()),
        headers: Value::Object(headers),
        body: state.app.keys.seal(&place(held.actor_id, &held.key), body)?,
    })
}

fn replay(state: &ApiState, actor_id: Uuid, key: &str, answer: Answer) -> ApiResult<Response> {
    let body = state.app.keys.open(&place(actor_id, key), &answer.body)?;
    let mut response = Body::from(body).into_response();
    let status = u16::try_from(answer.status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok());
    *response.status_mut() = status.unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    for name in KEPT {
        if let Some(value) = answer
            .headers
            .get(name.as_str())
            .and_then(Value::as_str)
            .and_then(|v| v.parse().ok())
        {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// Gives the key back when the work ends without a final answer, be it by a panic.
struct Release {
    state: Option<ApiState>,
    held: Held,
}

impl Drop for Release {
    fn drop(&mut self) {
        let Some(state) = self.state.take() else { return };
        let held = self.held.clone();
        tokio::spawn(async move {
            if let Err(error) = state.keys.release(&held).await {
                tracing::warn!(%error, "an idempotency key stays claimed until its time is over");
            }
        });
    }
}
