//! The clocks of a ticket with what explains them.

use chrono::{DateTime, SubsecRound, Utc};
use domain::{
    customer::Tier,
    permission::Permission,
    sla::{Alert, Clock, Reason, SECOND, Segment, explain},
};
use store::{sla, ticket};
use uuid::Uuid;

use super::stored;
use crate::{App, AppError, Caller};

/// Most stretches of a clock that are shown; the sums are those of all.
const SEGMENTS: usize = 400;

/// A clock and its time.
#[derive(Debug, Clone)]
pub struct ClockView {
    /// The clock.
    pub clock: Clock,
    /// Business seconds used up.
    pub elapsed: i64,
    /// Seconds that did not count because of the hours, of holidays, and of the ticket's state.
    pub not_counted: (i64, i64, i64),
    /// Its time from beginning to end without holes; of a very long one the end.
    pub segments: Vec<Segment>,
    /// Earlier stretches are left out.
    pub shortened: bool,
    /// What was raised, with its true time and when it was noticed.
    pub alerts: Vec<(Alert, DateTime<Utc>, DateTime<Utc>)>,
}

/// What is promised for a ticket, and how it stands.
#[derive(Debug, Clone)]
pub struct SlaView {
    /// Policy and its version; none while no policy took the ticket.
    pub policy: Option<(Uuid, String, i32)>,
    /// Tiers of customers that the policy is for; none = all.
    pub tiers: Vec<Tier>,
    /// Calendar and its zone.
    pub calendar: Option<(String, String)>,
    /// When these figures were true.
    pub at: DateTime<Utc>,
    /// Clocks in the order in which they began.
    pub clocks: Vec<ClockView>,
}

/// The clocks of a ticket. Staff only.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn view(app: &App, caller: &Caller, id: Uuid) -> Result<SlaView, AppError> {
    caller.need(Permission::TicketsView)?;
    let now = app.now().trunc_subsecs(6);
    let mut conn = app.conn().await?;
    let found = ticket::find(&mut conn, id, None).await?;
    let Some(version_id) = found.sla_version_id else {
        return Ok(SlaView {
            policy: None,
            tiers: Vec::new(),
            calendar: None,
            at: now,
            clocks: Vec::new(),
        });
    };
    let version = app.sla.version(&mut conn, version_id).await?;
    let priority = stored::priority(&found.summary.priority)?;
    let terms = version.terms(priority);
    let rows = sla::all(&mut conn, id).await?;
    let moments = sla::moments(&mut conn, &[id]).await?;
    let alerts = sla::alerts(&mut conn, id).await?;
    let (history, began) = stored::history(&app.sla, &mut conn, &moments, (version_id, priority)).await?;
    let first = app.sla.version(&mut conn, began.0).await?.terms(began.1);
    let mut clocks = rows.iter().map(stored::clock_of).collect::<Result<Vec<_>, _>>()?;
    let by_staff = clocks
        .iter()
        .all(|clock| clock.kind != domain::sla::Kind::FirstResponse);
    let mut explained = explain(&first, found.summary.created_at, by_staff, &history, now);
    let mut views = Vec::with_capacity(clocks.len());
    for clock in clocks.drain(..) {
        let own = |row: &&sla::AlertRow| row.kind == clock.kind.as_str() && row.cycle == clock.cycle;
        let raised = alerts.iter().filter(own);
        let raised = raised
            .filter_map(|row| Some((row.alert.parse().ok()?, row.at, row.detected_at)))
            .collect();
        let found = explained
            .iter_mut()
            .find(|e| (e.kind, e.cycle) == (clock.kind, clock.cycle));
        let mut segments = found
            .map(|found| std::mem::take(&mut found.segments))
            .unwrap_or_default();
        let sum = |wanted: fn(&Reason) -> bool| {
            let own = segments.iter().filter(|segment| wanted(&segment.reason));
            own.map(|segment| (segment.to - segment.from).num_microseconds().unwrap_or(0))
                .sum::<i64>()
                / SECOND
        };
        let not_counted = (
            sum(|reason| matches!(reason, Reason::Closed)),
            sum(|reason| matches!(reason, Reason::Holiday(_))),
            sum(|reason| matches!(reason, Reason::State(_))),
        );
        let shortened = segments.len() > SEGMENTS;
        if shortened {
            segments.drain(..segments.len() - SEGMENTS);
        }
        views.push(ClockView {
            elapsed: clock.elapsed(&terms, now) / SECOND,
            not_counted,
            segments,
            shortened,
            alerts: raised,
            clock,
        });
    }
    let names = sla::names(&mut conn, &[version_id]).await?.pop();
    let names = names.ok_or_else(|| AppError::Internal(format!("policy version {version_id} is gone")))?;
    Ok(SlaView {
        policy: Some((version.policy_id, names.policy, names.number)),
        tiers: version.spec.customer_tiers.clone(),
        calendar: Some((names.calendar, version.calendar.zone().name().to_owned())),
        at: now,
        clocks: views,
    })
}
