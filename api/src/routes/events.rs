//! `GET /api/v1/events/stream`: server-sent events.

use std::{collections::HashSet, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{self, KeepAlive, Sse},
    },
};
use domain::permission::Permission;
use futures::{Stream, StreamExt, stream};
use serde::Serialize;
use store::event::Event;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    auth::SessionUser,
    extract::CurrentUser,
    live::{Cursor, Follower, Listening, Live},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// Silence after which a comment keeps the connection open.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Rows that a resumed stream catches up on; one further behind is told to read everything anew.
const MAX_REPLAY: usize = 10_000;

/// One event, as the `data` of a server-sent event.
#[derive(Debug, Serialize, ToSchema)]
pub struct LiveEvent {
    /// Place in the log after this event: what to send as `Last-Event-ID`.
    pub id: String,
    /// What happened: `ticket.created`, `ticket.updated`, `message.created`, `mail.updated`, `job.progress` and others.
    /// `stream.ready` says that the stream has caught up, with `resumed` in its data when nothing was left out since
    /// `Last-Event-ID`; `stream.reset` says that events were missed and everything should be read anew.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it happened to.
    pub subject: EventSubject,
    /// Small facts that save a request.
    pub data: serde_json::Value,
}

/// The entity an event is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventSubject {
    /// Kind of entity.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: Uuid,
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Follow what happens, live
///
/// Server-sent events; `Last-Event-ID` resumes after the last event that was received. A comment comes every 15 seconds.
/// The stream ends when the session does or the role changes, in the latter case after a `stream.reset`.
#[utoipa::path(get, path = "/api/v1/events/stream", operation_id = "events", tag = "events", security(("bearer" = [])),
    params(("Last-Event-ID" = Option<String>, Header, description = "`id` of the last event received")),
    responses(
        (status = 200, body = LiveEvent, content_type = "text/event-stream"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn events(user: CurrentUser, State(state): State<ApiState>, headers: HeaderMap) -> ApiResult<Response> {
    user.in_person()?;
    let user = user.shared_session();
    let listening = Listening::start(&state, user.clone()).ok_or_else(|| {
        Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_streams",
            "You hold too many live connections open.",
        )
        .retry_after(5)
    })?;
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|id| id.parse().ok());
    let receiver = state.hub.subscribe();
    let (first, seen) = match last {
        Some(cursor) => replay(&state, &user, cursor).await?,
        None => {
            let place = match state.hub.place() {
                Some(place) => place,
                None => Follower::start(&mut *state.app.pool.get().await?).await?.cursor(),
            };
            (vec![notice("stream.ready", false, &place)], HashSet::new())
        }
    };
    let presence = match &state.config.presence {
        Some(presence)
            if user
                .user
                .permissions
                .iter()
                .any(|held| held == Permission::TicketsView.as_str()) =>
        {
            Some(presence.changes())
        }
        _ => None,
    };
    let live = follow(Sources { receiver, presence }, listening, user, seen);
    let stream = stream::iter(first).chain(live).map(Ok::<_, Infallible>);
    let sse = Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("alive"));
    // Tells proxies not to hold events back.
    Ok((
        [
            ("x-accel-buffering", "no"),
            (header::CACHE_CONTROL.as_str(), "no-store, no-transform"),
        ],
        sse,
    )
        .into_response())
}

/// What the caller missed, and the ids of it, so that the live part does not repeat them.
async fn replay(state: &ApiState, user: &SessionUser, from: Cursor) -> ApiResult<(Vec<sse::Event>, HashSet<i64>)> {
    // The place in the log is that of all events; which of them he sees is told by `visible`.
    let mut conn = state.app.pool.get().await?;
    let mut follower = Follower::at(from);
    let mut seen = HashSet::new();
    let mut events = Vec::new();
    loop {
        let (page, more) = follower.read(&mut conn).await?;
        for (event, place) in &page {
            seen.insert(event.id);
            if visible(event, user) {
                events.push(encode(event, place));
            }
        }
        if seen.len() > MAX_REPLAY {
            let now = Follower::start(&mut conn).await?.cursor();
            return Ok((vec![notice("stream.reset", false, &now)], HashSet::new()));
        }
        if !more {
            break;
        }
    }
    events.push(notice("stream.ready", true, &follower.cursor()));
    Ok((events, seen))
}

/// What a stream is made of.
struct Sources {
    /// The log.
    receiver: Receiver<Arc<Live>>,
    /// Tickets at which somebody came or left, for staff.
    presence: Option<Receiver<String>>,
}

fn follow(
    sources: Sources,
    listening: Listening,
    user: Arc<SessionUser>,
    seen: HashSet<i64>,
) -> impl Stream<Item = sse::Event> {
    stream::unfold(
        (sources, Some(listening), user, seen),
        |(mut sources, listening, user, mut seen)| async move {
            let mut listening = listening?;
            loop {
                let Sources { receiver, presence } = &mut sources;
                let attended = async {
                    match presence {
                        Some(presence) => presence.recv().await,
                        None => std::future::pending().await,
                    }
                };
                let next = tokio::select! {
                    biased;
                    changed = listening.ended() => {
                        // With other rights he may see more than he was told of.
                        let place = listening.place().filter(|_| changed)?;
                        return Some((notice("stream.reset", false, &place), (sources, None, user, seen)));
                    }
                    next = receiver.recv() => next,
                    place = attended => match place.map(|ticket| ticket.parse()) {
                        Ok(Ok(ticket)) => return Some((attendance(ticket), (sources, Some(listening), user, seen))),
                        // Whoever lags behind asks again in a moment anyway.
                        Ok(Err(_)) | Err(RecvError::Lagged(_)) => continue,
                        Err(RecvError::Closed) => {
                            sources.presence = None;
                            continue;
                        }
                    },
                };
                match next {
                    Ok(live) if !seen.remove(&live.event.id) && visible(&live.event, &user) => {
                        return Some((
                            encode(&live.event, &live.cursor),
                            (sources, Some(listening), user, seen),
                        ));
                    }
                    Ok(_) => {}
                    // Too slow: the caller reconnects and reads from the log what he missed.
                    Err(RecvError::Lagged(_) | RecvError::Closed) => return None,
                }
            }
        },
    )
}

fn visible(event: &Event, user: &SessionUser) -> bool {
    event.user_id == Some(user.user.id)
        || event.audience.as_ref().is_some_and(|them| them.contains(&user.user.id))
        || event
            .permission
            .as_deref()
            .is_some_and(|needed| user.user.permissions.iter().any(|held| held == needed))
}

fn encode(event: &Event, place: &Cursor) -> sse::Event {
    let subject = EventSubject {
        kind: event.subject_type.clone(),
        id: event.subject_id,
    };
    message(&event.kind, subject, event.data.clone(), place)
}

fn notice(kind: &str, resumed: bool, place: &Cursor) -> sse::Event {
    let subject = EventSubject {
        kind: "stream".to_owned(),
        id: Uuid::nil(),
    };
    message(kind, subject, serde_json::json!({ "resumed": resumed }), place)
}

/// Somebody came to a ticket, left it or does something else there. It has no place in the log: a stream goes on where it was.
fn attendance(ticket: Uuid) -> sse::Event {
    let live = LiveEvent {
        id: String::new(),
        kind: "presence.changed".to_owned(),
        subject: EventSubject {
            kind: "ticket".to_owned(),
            id: ticket,
        },
        data: serde_json::json!({}),
    };
    sse::Event::default()
        .event("presence.changed")
        .data(serde_json::to_string(&live).unwrap_or_default())
}

fn message(kind: &str, subject: EventSubject, data: serde_json::Value, place: &Cursor) -> sse::Event {
    let id = place.to_string();
    let live = LiveEvent {
        id: id.clone(),
        kind: kind.to_owned(),
        subject,
        data,
    };
    sse::Event::default()
        .id(id)
        .event(kind)
        .data(serde_json::to_string(&live).unwrap_or_default())
}
