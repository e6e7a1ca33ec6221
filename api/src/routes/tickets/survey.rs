//! The satisfaction survey.

use app::{
    account::Origin,
    ticket::survey::{self as cases, Answer, Opened, Surveys},
};
use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::ticket::survey::open_until;
use serde::{Deserialize, Serialize};
use store::ticket::survey::Survey;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, Path},
    problem::{ApiResult, ProblemBody},
    routes::auth::LinkToken,
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(read, rate))
        .routes(routes!(look))
        .routes(routes!(answer))
}

/// One resolution as its requester was asked about it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketSurvey)]
struct SurveyDto {
    /// Which of the ticket's resolutions, from 1.
    cycle: i32,
    /// When the mail was written.
    #[schema(required = true)]
    asked_at: Option<DateTime<Utc>>,
    /// Why no mail asks, such as `asked_lately` or `suppressed`.
    #[schema(required = true)]
    not_asked: Option<String>,
    /// 1 to 5.
    #[schema(required = true)]
    rating: Option<i16>,
    /// What the customer wrote.
    #[schema(required = true)]
    comment: Option<String>,
    /// `mail` or `portal`.
    #[schema(required = true)]
    channel: Option<String>,
    /// When he rated first.
    #[schema(required = true)]
    answered_at: Option<DateTime<Utc>>,
    /// When he changed his mind last.
    #[schema(required = true)]
    changed_at: Option<DateTime<Utc>>,
    /// Until when it may be rated, or the rating changed.
    open_until: DateTime<Utc>,
}

impl From<Survey> for SurveyDto {
    fn from(row: Survey) -> Self {
        Self {
            open_until: open_until(row.expires_at, row.answered_at),
            cycle: row.cycle,
            asked_at: row.asked_at,
            not_asked: row.not_asked,
            rating: row.rating,
            comment: row.comment,
            channel: row.channel,
            answered_at: row.answered_at,
            changed_at: row.changed_at,
        }
    }
}

/// What is known of a ticket's surveys.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketSurveys)]
struct SurveysDto {
    /// The newest resolution first: all for staff, the present one for the requester, none for others.
    items: Vec<SurveyDto>,
    /// The caller may rate the present resolution, or change the rating, now.
    offered: bool,
}

impl From<Surveys> for SurveysDto {
    fn from(found: Surveys) -> Self {
        Self {
            items: found.all.into_iter().map(SurveyDto::from).collect(),
            offered: found.offered,
        }
    }
}

/// A rating.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RatingInput {
    /// 1 (very bad) to 5 (excellent).
    #[schema(minimum = 1, maximum = 5)]
    rating: i16,
    /// In the customer's own words.
    #[schema(max_length = 2000)]
    comment: Option<String>,
}

/// An answer by a mailed link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SurveyAnswerInput {
    /// What follows `#token=` in the link.
    #[schema(max_length = 200)]
    token: String,
    /// 1 (very bad) to 5 (excellent).
    #[schema(minimum = 1, maximum = 5)]
    rating: i16,
    /// In the customer's own words.
    #[schema(max_length = 2000)]
    comment: Option<String>,
}

/// What the link of a survey opens.
#[derive(Debug, Serialize, ToSchema)]
struct OpenedSurvey {
    /// Number of the ticket.
    number: i64,
    /// It may be answered, or the answer changed, now.
    open: bool,
    /// Until when it may be.
    open_until: DateTime<Utc>,
    /// The answer so far.
    #[schema(required = true)]
    rating: Option<i16>,
    /// What was written with it.
    #[schema(required = true)]
    comment: Option<String>,
}

impl From<Opened> for OpenedSurvey {
    fn from(opened: Opened) -> Self {
        Self {
            number: opened.number,
            open: opened.open,
            open_until: open_until(opened.survey.expires_at, opened.survey.answered_at),
            rating: opened.survey.rating,
            comment: opened.survey.comment,
        }
    }
}

/// Read what a ticket's customer said about its resolutions
#[utoipa::path(get, path = "/api/v1/tickets/{id}/survey", operation_id = "ticketSurveys", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    responses(
        (status = 200, body = SurveysDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn read(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Json<SurveysDto>> {
    Ok(Json(cases::surveys(&state.app, caller.caller(), id).await?.into()))
}

/// Rate the resolution of one's own ticket, or change the rating
///
/// For its requester, within 14 days; an answer may be changed for 48 hours. The same answer again changes nothing.
#[utoipa::path(put, path = "/api/v1/tickets/{id}/survey", operation_id = "rateTicket", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    request_body = RatingInput,
    responses(
        (status = 200, body = SurveysDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`survey_closed`: not resolved, or too late"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn rate(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(input): Json<RatingInput>,
) -> ApiResult<Json<SurveysDto>> {
    let answer = Answer {
        rating: input.rating,
        comment: input.comment,
    };
    Ok(Json(
        cases::rate(&state.app, caller.caller(), id, &answer).await?.into(),
    ))
}

/// Show what the link of a satisfaction survey opens
///
/// Nothing changes by it. Of the ticket it tells the number alone.
#[utoipa::path(post, path = "/api/v1/survey", operation_id = "openSurvey", tag = "tickets", request_body = LinkToken,
    responses(
        (status = 200, body = OpenedSurvey),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn look(State(state): State<ApiState>, Json(link): Json<LinkToken>) -> ApiResult<Json<OpenedSurvey>> {
    Ok(Json(cases::look(&state.app, &link.token).await?.into()))
}

/// Answer a satisfaction survey by its link, or change the answer
///
/// Within 14 days; an answer may be changed for 48 hours. The same answer again changes nothing.
#[utoipa::path(post, path = "/api/v1/survey/answer", operation_id = "answerSurvey", tag = "tickets", request_body = SurveyAnswerInput,
    responses(
        (status = 200, body = OpenedSurvey),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`survey_closed`: too late"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn answer(
    State(state): State<ApiState>,
    origin: Origin,
    Json(input): Json<SurveyAnswerInput>,
) -> ApiResult<Json<OpenedSurvey>> {
    let answer = Answer {
        rating: input.rating,
        comment: input.comment,
    };
    let opened = cases::answer_by_link(&state.app, &input.token, &answer, &origin).await?;
    Ok(Json(opened.into()))
}
