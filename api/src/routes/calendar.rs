//! One's reminders and what is due, for a calendar program: an address with a secret in it that nothing else can be done with.

use app::calendar as cases;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::calendar_feed::Feed;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{CurrentUser, Json, Query, Source},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get, make, revoke))
        .routes(routes!(read))
}

/// The address of one's calendar.
#[derive(Debug, Serialize, ToSchema)]
struct CalendarFeed {
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When a program read it last, to the hour.
    #[schema(required = true)]
    read_at: Option<DateTime<Utc>>,
}

impl From<Feed> for CalendarFeed {
    fn from(row: Feed) -> Self {
        Self {
            created_at: row.created_at,
            read_at: row.read_at,
        }
    }
}

/// Whether one has an address for calendar programs.
#[derive(Debug, Serialize, ToSchema)]
struct OwnCalendar {
    /// The address; `null` while there is none.
    #[schema(required = true)]
    feed: Option<CalendarFeed>,
}

/// An address just made.
#[derive(Debug, Serialize, ToSchema)]
struct MadeCalendarFeed {
    /// What is kept of it.
    feed: CalendarFeed,
    /// The address itself. It is told this once.
    url: String,
}

/// Read whether one has an address for calendar programs
#[utoipa::path(get, path = "/api/v1/me/calendar", operation_id = "calendarFeed", tag = "reminders", security(("bearer" = [])),
    responses(
        (status = 200, body = OwnCalendar),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<OwnCalendar>> {
    let feed = cases::own(&state.app, caller.caller()).await?;
    Ok(Json(OwnCalendar {
        feed: feed.map(CalendarFeed::from),
    }))
}

/// Make an address for calendar programs
///
/// The one before leads nowhere from then on. Whoever has it reads one's reminders and what is due of the tickets that one has, and nothing
/// else. Wants a fresh proof of who one is.
#[utoipa::path(put, path = "/api/v1/me/calendar", operation_id = "makeCalendarFeed", tag = "reminders", security(("bearer" = [])),
    responses(
        (status = 200, body = MadeCalendarFeed),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn make(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<MadeCalendarFeed>> {
    caller.in_person()?;
    let (feed, url) = cases::make(&state.app, caller.caller()).await?;
    Ok(Json(MadeCalendarFeed { feed: feed.into(), url }))
}

/// Take one's address for calendar programs back
#[utoipa::path(delete, path = "/api/v1/me/calendar", operation_id = "revokeCalendarFeed", tag = "reminders", security(("bearer" = [])),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn revoke(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<StatusCode> {
    caller.in_person()?;
    cases::revoke(&state.app, caller.caller()).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CalendarParams {
    /// What is secret in the address.
    #[param(max_length = 64)]
    token: String,
}

/// Read a calendar at its address
///
/// iCalendar (RFC 5545). Wants no token but the one in the address; staff read it from the networks only from which staff may work.
#[utoipa::path(get, path = "/api/v1/calendar.ics", operation_id = "readCalendar", tag = "reminders",
    params(CalendarParams),
    responses(
        (status = 200, body = String, content_type = "text/calendar"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn read(
    source: Source,
    State(state): State<ApiState>,
    Query(params): Query<CalendarParams>,
) -> ApiResult<Response> {
    let reader = cases::reader(&state.app, &params.token).await?;
    let closed = state
        .networks
        .closed_to(&state.app, &reader.permissions, source.ip)
        .await?;
    if closed.is_some() {
        // As if it were nobody's: a stranger with the address learns nothing of it.
        return Err(app::AppError::NotFound.into());
    }
    let calendar = cases::read(&state.app, &reader).await?;
    let headers = [(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/calendar; charset=utf-8"),
    )];
    Ok((headers, calendar).into_response())
}
