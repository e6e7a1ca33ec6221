//! Clocks and happenings between rules and rows.

use std::collections::HashMap;

use chrono::{DateTime, SubsecRound, Utc};
use domain::{
    sla::{Clock, Clocks, Happening, Moment, Raised},
    ticket::{Priority, State},
};
use serde::{Deserialize, Serialize};
use store::{
    PgConn,
    sla::{AlertRow, ClockChange, ClockRow, MomentRow},
};
use uuid::Uuid;

use super::{Book, Version};
use crate::AppError;

fn corrupt(error: &dyn std::fmt::Display) -> AppError {
    AppError::Internal(format!("a clock in the database: {error}"))
}

pub(crate) fn priority(word: &str) -> Result<Priority, AppError> {
    word.parse().map_err(|error| corrupt(&error))
}

pub(crate) fn state(word: &str) -> Result<State, AppError> {
    word.parse().map_err(|error| corrupt(&error))
}

pub(super) fn clock_of(row: &ClockRow) -> Result<Clock, AppError> {
    let alerts: Result<_, _> = row.raised.iter().map(|word| word.parse()).collect();
    Ok(Clock {
        kind: row.kind.parse().map_err(|error| corrupt(&error))?,
        cycle: row.cycle,
        status: row.status.parse().map_err(|error| corrupt(&error))?,
        target: row.target,
        consumed: row.consumed,
        running_since: row.running_since,
        started_at: row.started_at,
        due_at: row.due_at,
        next_check_at: row.next_check_at,
        ended_at: row.ended_at,
        breached_at: row.breached_at,
        reopened: row.reopened,
        raised: alerts.map_err(|error: domain::sla::UnknownWord| corrupt(&error))?,
    })
}

fn row_of(ticket_id: Uuid, clock: &Clock) -> ClockRow {
    ClockRow {
        ticket_id,
        kind: clock.kind.as_str().to_owned(),
        cycle: clock.cycle,
        status: clock.status.as_str().to_owned(),
        target: clock.target,
        consumed: clock.consumed,
        running_since: clock.running_since,
        started_at: clock.started_at,
        due_at: clock.due_at,
        next_check_at: clock.next_check_at,
        ended_at: clock.ended_at,
        breached_at: clock.breached_at,
        reopened: clock.reopened,
        raised: clock.raised.iter().map(ToString::to_string).collect(),
    }
}

/// The time of a change: a ticket's own time never goes back, whatever the clocks of those who change it say.
pub(super) fn not_before(rows: &[ClockRow], now: DateTime<Utc>) -> DateTime<Utc> {
    let last = rows
        .iter()
        .flat_map(|row| [row.running_since, row.ended_at, Some(row.started_at)]);
    last.flatten().max().map_or(now, |last| last.max(now)).trunc_subsecs(6)
}

/// Rows of many tickets, ticket by ticket, in their order.
pub(super) fn by_ticket<R>(rows: Vec<R>, ticket: fn(&R) -> Uuid) -> HashMap<Uuid, Vec<R>> {
    let mut sorted: HashMap<Uuid, Vec<R>> = HashMap::new();
    for row in rows {
        sorted.entry(ticket(&row)).or_default().push(row);
    }
    sorted
}

/// The clocks of a ticket as they are stored, under the version it is bound to.
pub(super) fn clocks_of(
    version: &Version,
    priority: Priority,
    state: State,
    rows: &[ClockRow],
) -> Result<Clocks, AppError> {
    Ok(Clocks {
        state,
        terms: version.terms(priority),
        clocks: rows.iter().map(clock_of).collect::<Result<_, _>>()?,
    })
}

/// A happening as its row says it; a binding names its version, which holds more than one row could.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(super) enum Word {
    State {
        state: State,
    },
    CustomerMessage,
    AgentReply,
    NoReplyNeeded,
    ReplyFailed {
        sent: DateTime<Utc>,
    },
    Bound {
        version: Uuid,
        priority: Priority,
        from_version: Uuid,
        from_priority: Priority,
    },
}

impl Word {
    pub(super) fn read(row: &MomentRow) -> Result<Self, AppError> {
        serde_json::from_value(row.happening.clone()).map_err(|error| corrupt(&error))
    }

    pub(super) fn row(&self, ticket_id: Uuid, at: DateTime<Utc>) -> Result<MomentRow, AppError> {
        Ok(MomentRow {
            ticket_id,
            at,
            happening: serde_json::to_value(self).map_err(|error| corrupt(&error))?,
        })
    }

    pub(super) async fn happening(&self, book: &Book, conn: &mut PgConn) -> Result<Happening, AppError> {
        Ok(match self {
            Self::State { state } => Happening::State(*state),
            Self::CustomerMessage => Happening::CustomerMessage,
            Self::AgentReply => Happening::AgentReply,
            Self::NoReplyNeeded => Happening::NoReplyNeeded,
            Self::ReplyFailed { sent } => Happening::ReplyFailed(*sent),
            Self::Bound { version, priority, .. } => {
                Happening::Bound(book.version(conn, *version).await?.terms(*priority))
            }
        })
    }
}

/// A ticket's history for the rules, with the version and the priority it began under.
pub(super) async fn history(
    book: &Book,
    conn: &mut PgConn,
    rows: &[MomentRow],
    bound_now: (Uuid, Priority),
) -> Result<(Vec<Moment>, (Uuid, Priority)), AppError> {
    let (mut moments, mut began) = (Vec::with_capacity(rows.len()), None);
    for row in rows {
        let word = Word::read(row)?;
        if let Word::Bound {
            from_version,
            from_priority,
            ..
        } = &word
        {
            began.get_or_insert((*from_version, *from_priority));
        }
        moments.push(Moment {
            at: row.at,
            happening: word.happening(book, conn).await?,
        });
    }
    Ok((moments, began.unwrap_or(bound_now)))
}

/// What is written when clocks moved from `before` to `after`.
pub(super) fn change(
    ticket: Uuid,
    version: Uuid,
    before: &[ClockRow],
    after: &Clocks,
    raised: &[Raised],
    now: DateTime<Utc>,
) -> ClockChange {
    let rows = after.clocks.iter().map(|clock| row_of(ticket, clock));
    ClockChange {
        version_id: Some(version),
        due_at: after.next_due(),
        breached: after.clocks.iter().any(|clock| clock.breached_at.is_some()),
        clocks: rows.filter(|row| !before.contains(row)).collect(),
        moments: Vec::new(),
        alerts: raised
            .iter()
            .map(|raised| AlertRow {
                id: Uuid::now_v7(),
                ticket_id: ticket,
                kind: raised.kind.as_str().to_owned(),
                cycle: raised.cycle,
                alert: raised.alert.to_string(),
                at: raised.at,
                detected_at: now.trunc_subsecs(6),
                handled_at: None,
            })
            .collect(),
    }
}
