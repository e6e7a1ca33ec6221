//! Clocks follow every change of their ticket, in its transaction and its statement.

use chrono::{DateTime, SubsecRound, Utc};
use domain::sla::Facts;
use store::{
    audit::Actor,
    sla::{self, ClockChange},
    ticket::{self, Change, Ticket, category, deal},
};

use super::stored::{self, Word};
use crate::{App, AppError, Tx, ticket::survey};

/// What was said with a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// A person who takes part wrote.
    CustomerMessage,
    /// An agent answered in public.
    AgentReply,
    /// No reply is needed.
    NoReplyNeeded,
    /// The reply of this instant reached nobody.
    ReplyFailed(DateTime<Utc>),
}

/// Writes a change of a ticket that is locked, and what it does to the ticket's clocks.
///
/// # Errors
/// [`AppError::Stale`] when the ticket changed.
pub(crate) async fn save(
    app: &App,
    tx: &mut Tx,
    ticket: &Ticket,
    change: &Change,
    said: &[Said],
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    let mut change = change.clone();
    change.clocks = follow(app, tx, ticket, &change, said, now).await?;
    if change.group_id != ticket.summary.group_id {
        let assigned = change.assignee_id.is_some();
        ticket::set_group(tx.conn()?, ticket.summary.id, change.group_id, assigned, now).await?;
    } else if change.assignee_id != ticket.summary.assignee_id {
        deal::settled(tx.conn()?, ticket.summary.id).await?;
    }
    if change.category_id != ticket.summary.category_id {
        category::set(tx.conn()?, ticket, change.category_id).await?;
    }
    ticket::update(tx.conn()?, ticket, &change, actor, now).await?;
    survey::plan(app, tx, ticket, &change).await
}

async fn follow(
    app: &App,
    tx: &mut Tx,
    ticket: &Ticket,
    change: &Change,
    said: &[Said],
    now: DateTime<Utc>,
) -> Result<Option<ClockChange>, AppError> {
    let (id, before) = (ticket.summary.id, &ticket.summary);
    let moved = change.state != before.state;
    let other = change.priority != before.priority
        || change.group_id != before.group_id
        || change.category_id != before.category_id;
    if said.is_empty() && !moved && !other {
        return Ok(None);
    }
    let mut words: Vec<Word> = said.iter().map(|said| said.word()).collect();
    if moved {
        let state = stored::state(&change.state)?;
        words.push(Word::State { state });
    }
    let Some(from_version) = ticket.sla_version_id else {
        // No policy took it yet: the one that will reads here what happened until then.
        let at = now.trunc_subsecs(6);
        return Ok(Some(ClockChange {
            version_id: None,
            due_at: None,
            breached: false,
            clocks: Vec::new(),
            moments: words.iter().map(|word| word.row(id, at)).collect::<Result<_, _>>()?,
            alerts: Vec::new(),
        }));
    };
    let rows = sla::latest(tx.conn()?, &[id]).await?;
    let version = app.sla.version(tx.conn()?, from_version).await?;
    let from_priority = stored::priority(&before.priority)?;
    let mut clocks = stored::clocks_of(&version, from_priority, stored::state(&before.state)?, &rows)?;
    let mut bound = version.id;
    if other {
        let priority = stored::priority(&change.priority)?;
        let present = app.sla.read(tx.conn()?).await?;
        let whose = sla::bound(tx.conn()?, id).await?;
        let known = crate::ticket::category::known(app, tx.conn()?).await?;
        let path = change.category_id.map(|id| known.tree.path(id)).unwrap_or_default();
        let facts = Facts {
            priority,
            group: change.group_id,
            categories: &path,
            customer_kind: whose.customer_kind.as_deref(),
            customer_tier: whose.customer_tier.as_deref(),
        };
        bound = present.choose(facts).map_or(version.id, |chosen| chosen.id);
        words.push(Word::Bound {
            version: bound,
            priority,
            from_version,
            from_priority,
        });
    }
    let at = stored::not_before(&rows, now);
    let (mut raised, mut moments) = (Vec::new(), Vec::with_capacity(words.len()));
    for word in &words {
        let happening = word.happening(&app.sla, tx.conn()?).await?;
        raised.extend(clocks.apply(&happening, at));
        moments.push(word.row(id, at)?);
    }
    let mut written = stored::change(id, bound, &rows, &clocks, &raised, now);
    written.moments = moments;
    Ok(Some(written))
}

impl Said {
    const fn word(self) -> Word {
        match self {
            Self::CustomerMessage => Word::CustomerMessage,
            Self::AgentReply => Word::AgentReply,
            Self::NoReplyNeeded => Word::NoReplyNeeded,
            Self::ReplyFailed(sent) => Word::ReplyFailed { sent },
        }
    }
}
