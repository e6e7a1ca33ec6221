//! The numbers of a period, for those who may see reports.

use chrono::{DateTime, Days, LocalResult, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use domain::{
    permission::Permission,
    ticket::facts::{Flow, Kind, backlog},
};
use store::statistics::{self, Behind, Numbers, Scope};
use uuid::Uuid;

use crate::{App, AppError, Caller, FieldError};

/// Most days of a period: what a view reads is bounded by it.
const DAYS_MAX: i64 = 92;

/// A period as asked for.
#[derive(Debug, Clone)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Time zone whose days are meant, such as `Africa/Algiers`.
    pub zone: String,
    /// One group alone.
    pub group: Option<Uuid>,
}

/// What a day saw.
#[derive(Debug)]
pub struct Times {
    /// The day.
    pub day: NaiveDate,
    /// What happened.
    pub flow: Flow,
    /// Under way at its end.
    pub open: i64,
}

/// The numbers of a period.
#[derive(Debug)]
pub struct Report {
    /// Day by day.
    pub days: Vec<Times>,
    /// Of all.
    pub total: Numbers,
    /// Of each agent.
    pub agents: Vec<Numbers>,
    /// Of each group.
    pub groups: Vec<Numbers>,
    /// Under way now.
    pub open: i64,
}

/// The first instant of a day. What a change of the clocks skips begins after it; of what comes twice it is the first.
fn begins(zone: Tz, day: NaiveDate) -> DateTime<Utc> {
    let mut local = day.and_time(chrono::NaiveTime::MIN);
    for _ in 0..=48 {
        match zone.from_local_datetime(&local) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => return at.to_utc(),
            LocalResult::None => local += TimeDelta::minutes(30),
        }
    }
    local.and_utc()
}

/// The scope of a period, and its days.
fn scope(period: &Period) -> Result<(Scope, Vec<NaiveDate>), AppError> {
    let mut errors = Vec::new();
    let zone: Tz = period.zone.parse().unwrap_or_else(|_| {
        errors.push(FieldError::new(
            "/zone",
            "unknown_zone",
            "a time zone such as Africa/Algiers",
        ));
        Tz::UTC
    });
    let long = (period.to - period.from).num_days() + 1;
    if !(1..=DAYS_MAX).contains(&long) {
        errors.push(FieldError::new("/to", "bad_period", "a period has 1 to 92 days"));
    }
    let after = period.to.checked_add_days(Days::new(1));
    let (Some(after), true) = (after, errors.is_empty()) else {
        return Err(AppError::Invalid(errors));
    };
    let scope = Scope {
        from: begins(zone, period.from),
        to: begins(zone, after),
        group: period.group,
    };
    Ok((
        scope,
        period.from.iter_days().take_while(|day| *day <= period.to).collect(),
    ))
}

/// The numbers of a period.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::Invalid`] for a period that is none, or too long.
pub async fn report(app: &App, caller: &Caller, period: &Period) -> Result<Report, AppError> {
    caller.need(Permission::ReportsView)?;
    let (scope, days) = scope(period)?;
    let mut conn = app.conn().await?;
    let open = statistics::standing(&mut conn, scope.group).await?;
    let counted = statistics::days(&mut conn, scope, &period.zone).await?;
    let grown = statistics::grown_since(&mut conn, scope).await?;
    let flow_of = |wanted: NaiveDate| {
        counted
            .iter()
            .find(|row| row.day == wanted)
            .map_or_else(Flow::default, |row| Flow {
                opened: row.opened,
                reopened: row.reopened,
                left: row.left,
            })
    };
    let flows: Vec<Flow> = days.iter().map(|day| flow_of(*day)).collect();
    let ends = backlog(open, grown, &flows);
    let rows = days.into_iter().zip(flows).zip(ends);
    let total = statistics::numbers(&mut conn, statistics::TOTALS, scope).await?;
    Ok(Report {
        days: rows.map(|((day, flow), open)| Times { day, flow, open }).collect(),
        total: total.into_iter().next().ok_or(AppError::NotFound)?,
        agents: statistics::numbers(&mut conn, statistics::BY_AGENT, scope).await?,
        groups: statistics::numbers(&mut conn, statistics::BY_GROUP, scope).await?,
        open,
    })
}

/// The tickets behind a number, the newest first.
///
/// # Errors
/// As [`report`].
pub async fn behind(
    app: &App,
    caller: &Caller,
    period: &Period,
    (kind, reopened): (Kind, Option<bool>),
    agent: Option<Uuid>,
    after: Option<(DateTime<Utc>, Uuid, i32)>,
    limit: i64,
) -> Result<Vec<Behind>, AppError> {
    caller.need(Permission::ReportsView)?;
    caller.need(Permission::TicketsView)?;
    let (scope, _) = scope(period)?;
    let mut conn = app.conn().await?;
    Ok(statistics::behind(&mut conn, scope, kind.as_str(), reopened, agent, after, limit).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str, zone: &str) -> Period {
        Period {
            from: from.parse().unwrap_or_default(),
            to: to.parse().unwrap_or_default(),
            zone: zone.to_owned(),
            group: None,
        }
    }

    #[test]
    fn days_are_those_of_the_zone_also_when_its_clocks_change() {
        let found = |from, to, zone| {
            scope(&period(from, to, zone))
                .map(|(s, days)| (s.from.to_rfc3339(), s.to.to_rfc3339(), days.len()))
                .ok()
        };
        assert_eq!(
            found("2026-11-22", "2026-11-22", "Africa/Algiers"),
            Some((
                "2026-11-21T23:00:00+00:00".to_owned(),
                "2026-11-22T23:00:00+00:00".to_owned(),
                1
            ))
        );
        // A day of 23 hours, and one whose midnight does not exist.
        assert_eq!(
            found("2026-03-29", "2026-03-29", "Europe/Paris"),
            Some((
                "2026-03-28T23:00:00+00:00".to_owned(),
                "2026-03-29T22:00:00+00:00".to_owned(),
                1
            ))
        );
        assert!(
            found("2026-03-08", "2026-03-09", "America/Havana")
                .is_some_and(|(from, _, days)| from == "2026-03-08T05:00:00+00:00" && days == 2)
        );
        for wrong in [
            ("2026-01-01", "2026-04-03", "UTC"),
            ("2026-01-02", "2026-01-01", "UTC"),
            ("2026-01-01", "2026-01-01", "Mars/Olympus"),
        ] {
            assert!(scope(&period(wrong.0, wrong.1, wrong.2)).is_err(), "{wrong:?}");
        }
    }
}
