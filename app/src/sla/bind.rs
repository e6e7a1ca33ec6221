//! Binding a ticket: the first time from its history, later with the time it used up.

use chrono::{DateTime, Duration, SubsecRound, Utc};
use domain::sla::{Facts, Happening, replay};
use store::{
    PgConn,
    sla::{Bound, ClockChange, ClockRow, MomentRow},
};

use super::{
    Book, Present, Version,
    stored::{self, Word},
};
use crate::AppError;

/// What was broken so long before a policy first took a ticket is recorded, and nobody is called for it.
const OLD: Duration = Duration::hours(1);

pub(super) fn choose<'a>(
    present: &'a Present,
    ticket: &Bound,
) -> Result<Option<&'a std::sync::Arc<Version>>, AppError> {
    Ok(present.choose(Facts {
        priority: stored::priority(&ticket.priority)?,
        group: ticket.group_id,
        categories: &ticket.category_path,
        customer_kind: ticket.customer_kind.as_deref(),
        customer_tier: ticket.customer_tier.as_deref(),
    }))
}

/// Binds a ticket that no policy took yet, as if the policy had been there when it was opened.
pub(super) async fn first(
    book: &Book,
    conn: &mut PgConn,
    present: &Present,
    ticket: &Bound,
    rows: &[MomentRow],
    now: DateTime<Utc>,
) -> Result<Option<ClockChange>, AppError> {
    let Some(version) = choose(present, ticket)? else {
        return Ok(None);
    };
    let now = now.trunc_subsecs(6);
    let (priority, state) = (stored::priority(&ticket.priority)?, stored::state(&ticket.state)?);
    let (moments, _) = stored::history(book, conn, rows, (version.id, priority)).await?;
    let terms = version.terms(priority);
    let (mut clocks, mut raised) = replay(terms, ticket.created_at, ticket.by_staff, &moments, now);
    let mut missing = Vec::new();
    if clocks.state != state {
        raised.extend(clocks.apply(&Happening::State(state), now));
        missing.push(Word::State { state }.row(ticket.id, now)?);
    }
    let mut change = stored::change(ticket.id, version.id, &[], &clocks, &raised, now);
    change.moments = missing;
    for alert in change.alerts.iter_mut().filter(|alert| alert.at < now - OLD) {
        alert.handled_at = Some(now);
    }
    Ok(Some(change))
}

/// Binds a ticket to the policy that would take it now; `None` when that is the one it is bound to.
pub(super) async fn anew(
    book: &Book,
    conn: &mut PgConn,
    present: &Present,
    ticket: &Bound,
    rows: &[ClockRow],
    now: DateTime<Utc>,
) -> Result<Option<ClockChange>, AppError> {
    let (Some(from), Some(to)) = (ticket.version_id, choose(present, ticket)?) else {
        return Ok(None);
    };
    if to.id == from {
        return Ok(None);
    }
    let priority = stored::priority(&ticket.priority)?;
    let old = book.version(conn, from).await?;
    let mut clocks = stored::clocks_of(&old, priority, stored::state(&ticket.state)?, rows)?;
    let at = stored::not_before(rows, now);
    let raised = clocks.apply(&Happening::Bound(to.terms(priority)), at);
    let mut change = stored::change(ticket.id, to.id, rows, &clocks, &raised, now);
    let word = Word::Bound {
        version: to.id,
        priority,
        from_version: from,
        from_priority: priority,
    };
    change.moments.push(word.row(ticket.id, at)?);
    Ok(Some(change))
}
