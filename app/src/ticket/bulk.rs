//! One change of many tickets: asked for at once, done by a job, a row for what became of each.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{
    permission::Permission,
    ticket::bulk::{Change, TICKETS_MAX},
};
use jobs::{ChangeTickets, NewJob};
use serde_json::{Value, json};
use store::{
    StoreError, audit,
    event::{self, NewEvent},
    ticket::{
        self, Filter, Ticket,
        bulk::{self, Bulk, Next, Row, Settled},
    },
    user::{self, Agent, Group},
};
use uuid::Uuid;

use super::{
    Alteration, Keep, Move,
    assign::agent,
    category::{self, Known},
    edit::group,
};
use crate::{App, AppError, Caller, Tx};

/// Tickets of one transaction: few enough to keep nobody waiting for their locks.
const CHUNK: i64 = 50;

/// Which tickets.
#[derive(Debug, Clone)]
pub enum Selection {
    /// These.
    Tickets(Vec<Uuid>),
    /// All that a list with this filter shows.
    Matching(Box<Filter>),
}

/// What the change needs of whoever asks for it.
fn allowed(caller: &Caller, change: &Change) -> Result<(), AppError> {
    if change.assigns() {
        caller.need(Permission::TicketsAssign)?;
    }
    if change.touches_fields() || change.state.is_some() {
        caller.need(Permission::TicketsEdit)?;
    }
    Ok(())
}

/// Begins a change of many tickets; which ones is settled now, whatever their list shows later.
///
/// # Errors
/// [`AppError::Invalid`] when no ticket could be changed so, one is unknown, or they are none or too many.
pub async fn start_bulk(app: &App, caller: &Caller, which: Selection, change: Change) -> Result<Bulk, AppError> {
    caller.need(Permission::TicketsView)?;
    caller.need(Permission::TicketsEdit)?;
    let change = change
        .checked()
        .map_err(|refusal| AppError::invalid(refusal.pointer(), refusal.code(), refusal))?;
    allowed(caller, &change)?;
    let (id, now) = (Uuid::now_v7(), app.now());
    let mut tx = app.begin().await?;
    Targets::of(app, &mut tx, &change).await?;
    let stored = serde_json::to_value(&change).map_err(|error| AppError::Internal(error.to_string()))?;
    bulk::insert(tx.conn()?, id, &stored, caller.user_id, now).await?;
    let total = match which {
        Selection::Tickets(mut tickets) => {
            tickets.sort_unstable();
            tickets.dedup();
            if tickets.len() > TICKETS_MAX {
                return Err(too_many());
            }
            let named = bulk::name(tx.conn()?, id, &tickets).await?;
            if named != tickets.len() {
                return Err(AppError::invalid(
                    "/ticket_ids",
                    "unknown_ticket",
                    "one of these tickets is unknown",
                ));
            }
            named
        }
        Selection::Matching(filter) => {
            let limit = i64::try_from(TICKETS_MAX).unwrap_or(i64::MAX) + 1;
            let chosen = bulk::choose(tx.conn()?, id, &filter, limit, now).await?;
            if chosen > TICKETS_MAX {
                return Err(too_many());
            }
            chosen
        }
    };
    if total == 0 {
        return Err(AppError::invalid("/ticket_ids", "empty", "choose a ticket"));
    }
    bulk::set_total(tx.conn()?, id, i32::try_from(total).unwrap_or(i32::MAX)).await?;
    tx.enqueue(&[NewJob::of(&ChangeTickets { bulk_id: id }).actor(caller.user_id)])
        .await?;
    let entry = audit::Entry {
        action: "ticket_bulk.start",
        subject_type: "ticket_bulk",
        subject_id: Some(id),
        data: json!({ "tickets": total, "change": told(&change) }),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    let stored = bulk::find(tx.conn()?, id, None).await?;
    tx.commit().await?;
    Ok(stored)
}

fn too_many() -> AppError {
    AppError::invalid(
        "/ticket_ids",
        "too_many_tickets",
        "10,000 tickets at most; narrow the filter",
    )
}

/// The parts of a change that change something.
fn told(change: &Change) -> Value {
    let mut value = serde_json::to_value(change).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, value| !matches!(value, Value::Null | Value::Bool(false)) && *value != json!([]));
    }
    value
}

/// The caller's changes before the one at `before`, newest first.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn bulks(
    app: &App,
    caller: &Caller,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Bulk>, AppError> {
    caller.need(Permission::TicketsView)?;
    Ok(bulk::own(&mut *app.conn().await?, caller.user_id, before, limit).await?)
}

/// A change of the caller's.
///
/// # Errors
/// [`AppError::NotFound`] also when it is somebody else's.
pub async fn bulk(app: &App, caller: &Caller, id: Uuid) -> Result<Bulk, AppError> {
    caller.need(Permission::TicketsView)?;
    Ok(bulk::find(&mut *app.conn().await?, id, Some(caller.user_id)).await?)
}

/// What became of its tickets.
///
/// # Errors
/// [`AppError::NotFound`] also when it is somebody else's.
pub async fn bulk_rows(
    app: &App,
    caller: &Caller,
    id: Uuid,
    outcome: Option<&str>,
    after: i32,
    limit: i64,
) -> Result<Vec<Row>, AppError> {
    caller.need(Permission::TicketsView)?;
    let mut conn = app.conn().await?;
    bulk::find(&mut conn, id, Some(caller.user_id)).await?;
    Ok(bulk::rows(&mut conn, id, outcome, after, limit).await?)
}

/// Stops it: what is changed stays so, the rest is left alone.
///
/// # Errors
/// [`AppError::Refused`] when it is at its end.
pub async fn stop_bulk(app: &App, caller: &Caller, id: Uuid) -> Result<Bulk, AppError> {
    caller.need(Permission::TicketsView)?;
    caller.need(Permission::TicketsEdit)?;
    let mut tx = app.begin().await?;
    let work = bulk::find_for_update(tx.conn()?, id, Some(caller.user_id)).await?;
    if work.finished_at.is_some() {
        return Err(AppError::refused("bulk_over", "It is at its end already."));
    }
    end(app, &mut tx, &work, "stopped", caller).await?;
    let stored = bulk::find(tx.conn()?, id, None).await?;
    tx.commit().await?;
    Ok(stored)
}

/// The job failed for good: whoever waits for it is told.
///
/// # Errors
/// When the database is away.
pub async fn give_up_bulk(app: &App, id: Uuid) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let work = bulk::find_for_update(tx.conn()?, id, None).await?;
    if work.finished_at.is_some() {
        return Ok(());
    }
    let caller = Caller::acting(tx.conn()?, work.created_by).await?;
    end(app, &mut tx, &work, "stopped", &caller).await?;
    tx.commit().await
}

async fn end(app: &App, tx: &mut Tx, work: &Bulk, state: &str, caller: &Caller) -> Result<(), AppError> {
    let now = app.now();
    bulk::end(tx.conn()?, work.id, state, now).await?;
    let action = if state == "done" {
        "ticket_bulk.done"
    } else {
        "ticket_bulk.stop"
    };
    let entry = audit::Entry {
        action,
        subject_type: "ticket_bulk",
        subject_id: Some(work.id),
        data: json!({ "done": work.done, "unchanged": work.unchanged, "refused": work.refused }),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    tell(tx, work).await
}

/// Only whoever asked for it looks at it.
async fn tell(tx: &mut Tx, work: &Bulk) -> Result<(), AppError> {
    let news = NewEvent {
        kind: "ticket_bulk.updated",
        subject_type: "ticket_bulk",
        subject_id: work.id,
        permission: None,
        user_id: Some(work.created_by),
        data: json!({}),
    };
    Ok(event::append(tx.conn()?, news).await?)
}

/// Whom and what the change names, as they are now.
struct Targets {
    agent: Option<Agent>,
    group: Option<Group>,
    categories: Arc<Known>,
}

impl Targets {
    async fn of(app: &App, tx: &mut Tx, change: &Change) -> Result<Self, AppError> {
        let categories = category::known(app, tx.conn()?).await?;
        if let Some(id) = change.category_id {
            let chosen = categories.tree.chosen(id);
            chosen.map_err(|refusal| category::invalid("/change/category_id", refusal))?;
        }
        Ok(Self {
            categories,
            agent: match change.assignee_id {
                Some(id) => Some(agent(tx, id, "/change/assignee_id").await?),
                None => None,
            },
            group: match change.group_id {
                Some(id) => Some(group(tx, id, "/change/group_id").await?),
                None => None,
            },
        })
    }
}

/// Changes what is still to be changed, chunk by chunk; run again, it goes on where it was.
///
/// # Errors
/// When the database is away.
pub async fn run_bulk(app: &App, id: Uuid) -> Result<(), AppError> {
    while chunk(app, id).await? {}
    Ok(())
}

async fn chunk(app: &App, id: Uuid) -> Result<bool, AppError> {
    let mut tx = app.begin().await?;
    let work = bulk::find_for_update(tx.conn()?, id, None).await?;
    if work.finished_at.is_some() {
        return Ok(false);
    }
    // What he may is asked each time: rights that were taken away end here.
    let caller = Caller::acting(tx.conn()?, work.created_by).await?;
    let next = bulk::next(tx.conn()?, id, CHUNK).await?;
    if next.is_empty() {
        end(app, &mut tx, &work, "done", &caller).await?;
        tx.commit().await?;
        return Ok(false);
    }
    let change: Change =
        serde_json::from_value(work.change.clone()).map_err(|error| AppError::Internal(error.to_string()))?;
    let mut settled = Vec::with_capacity(next.len());
    match prepared(app, &mut tx, &caller, &change).await {
        Ok(targets) => {
            for each in next {
                let outcome = one(app, &mut tx, &caller, each, &change, &targets).await;
                settled.push(verdict(each, outcome)?);
            }
        }
        Err(error) => {
            let code = code_of(error)?;
            settled.extend(next.iter().map(|each| refused_row(*each, code.clone())));
        }
    }
    bulk::settle(tx.conn()?, id, &settled).await?;
    tell(&mut tx, &work).await?;
    tx.commit().await?;
    Ok(true)
}

async fn prepared(app: &App, tx: &mut Tx, caller: &Caller, change: &Change) -> Result<Targets, AppError> {
    caller.need(Permission::TicketsView)?;
    allowed(caller, change)?;
    Targets::of(app, tx, change).await
}

/// All of the change or nothing of it; `false` when it was so already.
async fn one(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    each: Next,
    change: &Change,
    targets: &Targets,
) -> Result<bool, AppError> {
    let ticket: Ticket = ticket::find_for_update(tx.conn()?, each.ticket_id, None).await?;
    super::handles(tx, caller, &ticket).await?;
    let mut alteration = Alteration::of(&ticket);
    if let Some(id) = change.category_id {
        let keep = Keep {
            group: change.group_id.is_some(),
            priority: change.priority.is_some(),
        };
        alteration.category(tx, &targets.categories, id, keep).await?;
    }
    if let Some(group) = &targets.group {
        alteration.group(tx, group).await?;
    }
    if change.assigns() {
        alteration.assign(tx, targets.agent.as_ref()).await?;
    }
    if let Some(priority) = change.priority {
        alteration.priority(priority)?;
    }
    if !change.add_tags.is_empty() || !change.remove_tags.is_empty() {
        alteration.tags(&change.add_tags, &change.remove_tags)?;
    }
    if let Some(to) = change.state {
        let wanted = Move {
            to,
            reason: change.reason.clone(),
            on_hold_until: change.on_hold_until,
            no_reply_needed: change.no_reply_needed.clone(),
            version: ticket.summary.version,
        };
        alteration.state(caller.as_ticket_actor(), &wanted)?;
    }
    alteration.write(app, tx, &caller.actor, None).await
}

fn refused_row(each: Next, code: String) -> Settled {
    Settled {
        position: each.position,
        outcome: "refused",
        code: Some(code),
    }
}

fn verdict(each: Next, outcome: Result<bool, AppError>) -> Result<Settled, AppError> {
    let settled = |outcome| Settled {
        position: each.position,
        outcome,
        code: None,
    };
    match outcome {
        Ok(true) => Ok(settled("done")),
        Ok(false) => Ok(settled("unchanged")),
        Err(error) => Ok(refused_row(each, code_of(error)?)),
    }
}

/// What the rules say against it; whatever else went wrong ends the chunk.
pub(crate) fn code_of(error: AppError) -> Result<String, AppError> {
    match error {
        AppError::Refused { code, .. } | AppError::Denied { code, .. } => Ok(code),
        AppError::Invalid(fields) => Ok(fields
            .into_iter()
            .next()
            .map_or_else(|| "invalid".to_owned(), |one| one.code)),
        AppError::Forbidden => Ok("not_permitted".to_owned()),
        AppError::NotFound => Ok("ticket_gone".to_owned()),
        other => Err(other),
    }
}

impl Caller {
    /// Whoever asked for work that a job does, with what he may now. One who may no longer sign in may nothing.
    pub(crate) async fn acting(conn: &mut store::PgConn, id: Uuid) -> Result<Self, AppError> {
        let user = match user::by_id(conn, id).await {
            Ok(user) => Some(user),
            Err(StoreError::NotFound) => None,
            Err(error) => return Err(error.into()),
        };
        let held = user
            .iter()
            .filter(|user| user.is_active())
            .flat_map(|user| &user.permissions);
        Ok(Self {
            user_id: id,
            permissions: held.filter_map(|one| one.parse().ok()).collect(),
            factor_at: None,
            actor: audit::Actor {
                user_id: Some(id),
                kind: "user",
                name: user.as_ref().map(|user| user.name.clone()).unwrap_or_default(),
                ..audit::Actor::default()
            },
            email: user.map(|user| user.email).unwrap_or_default(),
        })
    }
}
