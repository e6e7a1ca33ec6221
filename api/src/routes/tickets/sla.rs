//! The clocks of a ticket, and what explains every second of them.

use app::sla::{ClockView, SlaView};
use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::sla::{Alert, Reason, Segment, Status};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::StateDto;
use crate::{
    extract::{CurrentUser, Json, Path, Query},
    problem::{ApiResult, ProblemBody},
    routes::{customers::TierDto, sla::ClockKind},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(sla))
}

/// What a clock does.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ClockStatus {
    /// It runs within business hours.
    Running,
    /// It stands still for the ticket's state.
    Paused,
    /// What was promised was done.
    Met,
    /// It no longer matters.
    Cancelled,
}

/// Why a stretch of time counts or does not.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SegmentReason {
    /// Business hours, and it is our turn.
    Counted,
    /// Outside of business hours.
    Closed,
    /// A holiday.
    Holiday,
    /// The ticket's state stops the clock.
    State,
}

/// A stretch of a clock's time.
#[derive(Debug, Serialize, ToSchema)]
struct SegmentDto {
    /// Beginning.
    from: DateTime<Utc>,
    /// End.
    to: DateTime<Utc>,
    /// Why it counts or does not.
    reason: SegmentReason,
    /// Name of the holiday.
    holiday: Option<String>,
    /// State that stops the clock.
    state: Option<StateDto>,
}

/// What was raised.
#[derive(Debug, Serialize, ToSchema)]
struct ClockAlert {
    /// `warning`, `breach` or `escalation`.
    alert: String,
    /// Percent of a warning.
    percent: Option<u8>,
    /// Link of the chain, from 1.
    link: Option<u8>,
    /// When it happened.
    at: DateTime<Utc>,
    /// When it was noticed.
    detected_at: DateTime<Utc>,
}

/// Business seconds and others of a clock; together all of its time.
#[derive(Debug, Serialize, ToSchema)]
struct SumsDto {
    /// Counted.
    counted: i64,
    /// Outside of business hours.
    closed: i64,
    /// On holidays.
    holiday: i64,
    /// While the ticket's state stopped the clock.
    state: i64,
}

/// A clock.
#[derive(Debug, Serialize, ToSchema)]
struct ClockDto {
    /// Which promise.
    kind: ClockKind,
    /// Counts the clocks of a kind.
    cycle: i32,
    /// What it does.
    status: ClockStatus,
    /// Promised business seconds; `null` = nothing is promised.
    target: Option<i64>,
    /// Business seconds left; negative when it is over. `null` when nothing is promised.
    left: Option<i64>,
    /// When it began.
    started_at: DateTime<Utc>,
    /// When it is, or was, due; `null` while it stands still.
    due_at: Option<DateTime<Utc>>,
    /// When it ended.
    ended_at: Option<DateTime<Utc>>,
    /// When the promise was broken.
    breached_at: Option<DateTime<Utc>>,
    /// How often a resolution did not last.
    reopened: i32,
    /// Sums of all stretches.
    sums: SumsDto,
    /// Its time without holes, in order; `null` unless it was asked for.
    segments: Option<Vec<SegmentDto>>,
    /// Earlier stretches are left out; the sums hold them.
    shortened: bool,
    /// What was raised.
    alerts: Vec<ClockAlert>,
}

/// The policy a ticket is bound to.
#[derive(Debug, Serialize, ToSchema)]
struct BoundPolicy {
    /// Policy.
    id: Uuid,
    /// Its name.
    name: String,
    /// Its version.
    number: i32,
    /// Calendar.
    calendar: String,
    /// Its zone.
    zone: String,
    /// Tiers of customers that it is for; none = all.
    customer_tiers: Vec<TierDto>,
}

/// What is promised for a ticket, and how it stands.
#[derive(Debug, Serialize, ToSchema)]
struct TicketSla {
    /// Policy; `null` while none took the ticket.
    policy: Option<BoundPolicy>,
    /// When these figures were true.
    at: DateTime<Utc>,
    /// Clocks in the order in which they began.
    clocks: Vec<ClockDto>,
}

impl From<Segment> for SegmentDto {
    fn from(segment: Segment) -> Self {
        let (reason, holiday, state) = match segment.reason {
            Reason::Counted => (SegmentReason::Counted, None, None),
            Reason::Closed => (SegmentReason::Closed, None, None),
            Reason::Holiday(name) => (SegmentReason::Holiday, Some(name), None),
            Reason::State(state) => (SegmentReason::State, None, Some(state.into())),
        };
        Self {
            from: segment.from,
            to: segment.to,
            reason,
            holiday,
            state,
        }
    }
}

fn alert((alert, at, detected_at): (Alert, DateTime<Utc>, DateTime<Utc>)) -> ClockAlert {
    let (word, percent, link) = match alert {
        Alert::Warning(percent) => ("warning", Some(percent), None),
        Alert::Breach => ("breach", None, None),
        Alert::Escalation(n) => ("escalation", None, Some(n)),
    };
    ClockAlert {
        alert: word.to_owned(),
        percent,
        link,
        at,
        detected_at,
    }
}

impl From<ClockView> for ClockDto {
    fn from(view: ClockView) -> Self {
        let clock = view.clock;
        let (closed, holiday, state) = view.not_counted;
        Self {
            kind: clock.kind.into(),
            cycle: clock.cycle,
            status: match clock.status {
                Status::Running => ClockStatus::Running,
                Status::Paused => ClockStatus::Paused,
                Status::Met => ClockStatus::Met,
                Status::Cancelled => ClockStatus::Cancelled,
            },
            target: clock.target,
            left: clock.target.map(|target| target - view.elapsed),
            started_at: clock.started_at,
            due_at: clock.due_at,
            ended_at: clock.ended_at,
            breached_at: clock.breached_at,
            reopened: clock.reopened,
            sums: SumsDto {
                counted: view.elapsed,
                closed,
                holiday,
                state,
            },
            segments: Some(view.segments.into_iter().map(SegmentDto::from).collect()),
            shortened: view.shortened,
            alerts: view.alerts.into_iter().map(alert).collect(),
        }
    }
}

impl From<SlaView> for TicketSla {
    fn from(view: SlaView) -> Self {
        let tiers = view.tiers;
        let policy = view
            .policy
            .zip(view.calendar)
            .map(|((id, name, number), (calendar, zone))| BoundPolicy {
                id,
                name,
                number,
                calendar,
                zone,
                customer_tiers: tiers.into_iter().map(Into::into).collect(),
            });
        Self {
            policy,
            at: view.at,
            clocks: view.clocks.into_iter().map(ClockDto::from).collect(),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Explained {
    /// With the stretches of time that explain every second.
    #[serde(default)]
    explain: bool,
}

/// Read the clocks of a ticket, on demand with what explains every second of them
#[utoipa::path(get, path = "/api/v1/tickets/{id}/sla", operation_id = "getTicketSla", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket"), Explained),
    responses(
        (status = 200, body = TicketSla),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn sla(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Query(Explained { explain }): Query<Explained>,
) -> ApiResult<Json<TicketSla>> {
    let mut sla = TicketSla::from(app::sla::view(&state.app, caller.caller(), id).await?);
    if !explain {
        for clock in &mut sla.clocks {
            clock.segments = None;
        }
    }
    Ok(Json(sla))
}
