//! Statistics of tickets.

use app::statistics::{self as cases, Period, Report, Times};
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use domain::ticket::facts::Kind;
use serde::{Deserialize, Serialize};
use store::statistics::{Behind, Numbers};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Query},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(read)).routes(routes!(behind))
}

/// A period.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PeriodParams {
    /// First day.
    from: NaiveDate,
    /// Last day; a period has 92 days at most.
    to: NaiveDate,
    /// Time zone whose days are meant.
    #[param(example = "Africa/Algiers")]
    zone: String,
    /// One group alone.
    group_id: Option<Uuid>,
}

impl From<PeriodParams> for Period {
    fn from(params: PeriodParams) -> Self {
        Self {
            from: params.from,
            to: params.to,
            zone: params.zone,
            group: params.group_id,
        }
    }
}

/// A day.
#[derive(Debug, Serialize, ToSchema)]
struct StatisticsDay {
    /// The day, in the zone asked for.
    day: NaiveDate,
    /// Tickets opened.
    opened: i64,
    /// Under way again after they were resolved or closed.
    reopened: i64,
    /// Resolved or closed.
    left: i64,
    /// Neither resolved nor closed at its end.
    open: i64,
}

impl From<Times> for StatisticsDay {
    fn from(row: Times) -> Self {
        Self {
            day: row.day,
            opened: row.flow.opened,
            reopened: row.flow.reopened,
            left: row.flow.left,
            open: row.open,
        }
    }
}

/// How long something took, in seconds; `null` where nothing was counted.
#[derive(Debug, Serialize, ToSchema)]
struct Durations {
    /// Of how many tickets.
    count: i64,
    /// Half took no longer, on the clock on the wall.
    #[schema(required = true)]
    median: Option<f64>,
    /// Nine of ten took no longer, on the clock on the wall.
    #[schema(required = true)]
    p90: Option<f64>,
    /// Half took no longer, in business hours of the promise.
    #[schema(required = true)]
    business_median: Option<f64>,
    /// Nine of ten took no longer, in business hours of the promise.
    #[schema(required = true)]
    business_p90: Option<f64>,
    /// For how many of them a time was promised.
    promised: i64,
    /// For how many of those the promise was kept.
    kept: i64,
}

impl Durations {
    fn of(count: i64, times: &[Option<f64>], promised: i64, kept: i64) -> Self {
        let at = |n: usize| times.get(n).copied().flatten();
        Self {
            count,
            median: at(0),
            p90: at(1),
            business_median: at(2),
            business_p90: at(3),
            promised,
            kept,
        }
    }
}

/// The numbers of a period, of everybody or of one.
#[derive(Debug, Serialize, ToSchema)]
struct StatisticsNumbers {
    /// Agent or group; `null` for all together.
    #[schema(required = true)]
    id: Option<Uuid>,
    /// His or its name.
    #[schema(required = true)]
    name: Option<String>,
    /// Tickets answered in public or resolved.
    handled: i64,
    /// Public answers of people.
    replies: i64,
    /// Time to the first of them.
    first_response: Durations,
    /// Time to the resolution that stands.
    resolution: Durations,
    /// Under way again.
    reopened: i64,
    /// Ratings.
    rated: i64,
    /// Of them 4 and 5.
    satisfied: i64,
    /// Their mean.
    #[schema(required = true)]
    mean_rating: Option<f64>,
}

impl From<Numbers> for StatisticsNumbers {
    fn from(row: Numbers) -> Self {
        Self {
            first_response: Durations::of(row.first, &row.first_times, row.first_promised, row.first_kept),
            resolution: Durations::of(
                row.resolved,
                &row.resolved_times,
                row.resolved_promised,
                row.resolved_kept,
            ),
            id: row.id,
            name: row.name,
            handled: row.handled,
            replies: row.replies,
            reopened: row.reopened,
            rated: row.rated,
            satisfied: row.satisfied,
            mean_rating: row.mean,
        }
    }
}

/// Statistics of a period.
#[derive(Debug, Serialize, ToSchema)]
struct TicketStatistics {
    /// Neither resolved nor closed now.
    open: i64,
    /// Day by day.
    days: Vec<StatisticsDay>,
    /// All together.
    total: StatisticsNumbers,
    /// Each agent who did something, by name.
    agents: Vec<StatisticsNumbers>,
    /// Each group in which something happened, by name.
    groups: Vec<StatisticsNumbers>,
}

impl From<Report> for TicketStatistics {
    fn from(report: Report) -> Self {
        let all = |rows: Vec<Numbers>| rows.into_iter().map(StatisticsNumbers::from).collect();
        Self {
            open: report.open,
            days: report.days.into_iter().map(StatisticsDay::from).collect(),
            total: report.total.into(),
            agents: all(report.agents),
            groups: all(report.groups),
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Counted {
    /// Opened.
    Opened,
    /// Under way again.
    Reopened,
    /// Resolved or closed.
    Left,
    /// Public answers of people.
    Replied,
    /// First answers.
    FirstResponse,
    /// Resolutions that stand.
    Resolution,
    /// Ratings.
    Rated,
}

impl From<Counted> for (Kind, Option<bool>) {
    fn from(counted: Counted) -> Self {
        match counted {
            Counted::Opened => (Kind::Entered, Some(false)),
            Counted::Reopened => (Kind::Entered, Some(true)),
            Counted::Left => (Kind::Left, None),
            Counted::Replied => (Kind::Replied, None),
            Counted::FirstResponse => (Kind::FirstResponse, None),
            Counted::Resolution => (Kind::Resolution, None),
            Counted::Rated => (Kind::Rated, None),
        }
    }
}

/// What stands behind a number.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BehindParams {
    /// First day.
    from: NaiveDate,
    /// Last day; a period has 92 days at most.
    to: NaiveDate,
    /// Time zone whose days are meant.
    #[param(example = "Africa/Algiers")]
    zone: String,
    /// One group alone.
    group_id: Option<Uuid>,
    /// What is counted.
    #[param(inline)]
    counted: Counted,
    /// One agent alone.
    agent_id: Option<Uuid>,
}

/// A ticket behind a number.
#[derive(Debug, Serialize, ToSchema)]
struct CountedTicket {
    /// Id of the ticket.
    id: Uuid,
    /// Its number.
    number: i64,
    /// Its subject.
    subject: String,
    /// When it was.
    at: DateTime<Utc>,
    /// Counts what happened to the ticket in this way, from 1.
    n: i32,
    /// How long it took on the clock on the wall.
    #[schema(required = true)]
    seconds: Option<i64>,
    /// How long it took in business hours of the promise.
    #[schema(required = true)]
    business_seconds: Option<i64>,
    /// The promise was kept; `null` where there was none.
    #[schema(required = true)]
    kept: Option<bool>,
    /// 1 to 5.
    #[schema(required = true)]
    rating: Option<i16>,
    /// Agent it is counted for.
    #[schema(required = true)]
    agent: Option<String>,
    /// Group it is counted for.
    group: String,
}

impl From<Behind> for CountedTicket {
    fn from(row: Behind) -> Self {
        Self {
            id: row.id,
            number: row.number,
            subject: row.subject,
            at: row.at,
            n: row.n,
            seconds: row.seconds,
            business_seconds: row.business,
            kept: row.kept,
            rating: row.rating,
            agent: row.agent,
            group: row.group_name,
        }
    }
}

/// Read the statistics of tickets in a period
///
/// Up to half a minute behind what happens. Replies and first answers are counted for whoever wrote them, resolutions and reopenings for whoever has the
/// ticket now, ratings for whoever had it when it was resolved; all but ratings for the ticket's present group.
#[utoipa::path(get, path = "/api/v1/statistics/tickets", operation_id = "ticketStatistics", tag = "tickets", security(("bearer" = [])),
    params(PeriodParams),
    responses(
        (status = 200, body = TicketStatistics),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn read(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(period): Query<PeriodParams>,
) -> ApiResult<Json<TicketStatistics>> {
    let report = cases::report(&state.app, caller.caller(), &period.into()).await?;
    Ok(Json(report.into()))
}

/// List what stands behind a number of the statistics
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/statistics/tickets/counted", operation_id = "countedTickets", tag = "tickets", security(("bearer" = [])),
    params(BehindParams, PageParams),
    responses(
        (status = 200, body = List<CountedTicket>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn behind(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(asked): Query<BehindParams>,
) -> ApiResult<Json<List<CountedTicket>>> {
    let scope = format!("{asked:?}");
    let after: Option<(DateTime<Utc>, Uuid, i32)> = page.after(&scope)?;
    let period = Period {
        from: asked.from,
        to: asked.to,
        zone: asked.zone.clone(),
        group: asked.group_id,
    };
    let counted = asked.counted.into();
    let rows = cases::behind(
        &state.app,
        caller.caller(),
        &period,
        counted,
        asked.agent_id,
        after,
        page.fetch(),
    )
    .await?;
    Ok(Json(page.list(
        &scope,
        rows,
        |row| (row.at, row.id, row.n),
        CountedTicket::from,
    )))
}
