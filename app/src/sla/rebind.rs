//! Open tickets follow the present policies when somebody asks for it, after he saw what would change.

use chrono::{DateTime, Utc};
use domain::permission::Permission;
use jobs::{NewJob, RebindTickets};
use serde_json::json;
use store::{
    audit,
    event::{self, NewEvent},
    sla::{self, Bound, ClockChange, Rebind},
};
use uuid::Uuid;

use super::{Present, bind, stored};
use crate::{App, AppError, Caller, Tx};

/// Tickets of one transaction.
const CHUNK: i64 = 500;
/// Most tickets that a preview looks at.
const LOOKED_AT: usize = 2000;
/// Most tickets that it shows.
const SHOWN: usize = 100;

/// A policy at a version.
#[derive(Debug, Clone)]
pub struct PolicyAt {
    version: Uuid,
    /// Its name.
    pub policy: String,
    /// Counts its versions from 1.
    pub number: i32,
}

impl PolicyAt {
    /// Its name is read for all that are shown at once.
    const fn of(version: Uuid) -> Self {
        Self {
            version,
            policy: String::new(),
            number: 0,
        }
    }
}

/// What a ticket would be bound to.
#[derive(Debug, Clone)]
pub struct PreviewItem {
    /// Ticket.
    pub id: Uuid,
    /// Its number.
    pub number: i64,
    /// Its subject.
    pub subject: String,
    /// Policy now.
    pub from: PolicyAt,
    /// Policy afterwards.
    pub to: PolicyAt,
    /// When it is due now.
    pub due_before: Option<DateTime<Utc>>,
    /// When it would be due.
    pub due_after: Option<DateTime<Utc>>,
    /// Promises that would be broken at once.
    pub breaches: usize,
}

/// What binding all open tickets anew would do.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// Tickets looked at.
    pub seen: usize,
    /// Of them, how many would change.
    pub changed: usize,
    /// There are more that were not looked at.
    pub more: bool,
    /// Promises that would be broken at once.
    pub breaches: usize,
    /// The first of those that would change.
    pub items: Vec<PreviewItem>,
}

async fn changes(
    app: &App,
    conn: &mut store::PgConn,
    present: &Present,
    tickets: &[Bound],
) -> Result<Vec<(Uuid, ClockChange)>, AppError> {
    let ids: Vec<Uuid> = tickets.iter().map(|ticket| ticket.id).collect();
    let mut rows = stored::by_ticket(sla::latest(conn, &ids).await?, |row| row.ticket_id);
    let mut changed = Vec::new();
    for ticket in tickets {
        let own = rows.remove(&ticket.id).unwrap_or_default();
        if let Some(change) = bind::anew(&app.sla, conn, present, ticket, &own, app.now()).await? {
            changed.push((ticket.id, change));
        }
    }
    Ok(changed)
}

/// Which open tickets would change and how; of many, the first two thousand.
///
/// # Errors
/// [`AppError::Forbidden`]; when the database is away.
pub async fn preview(app: &App, caller: &Caller) -> Result<Preview, AppError> {
    caller.need(Permission::SlaEdit)?;
    let mut conn = app.conn().await?;
    let present = app.sla.read(&mut conn).await?;
    let (mut preview, mut after) = (Preview::default(), None);
    while preview.seen < LOOKED_AT {
        let tickets = sla::bound_after(&mut conn, after, CHUNK).await?;
        let full = i64::try_from(tickets.len()).is_ok_and(|n| n == CHUNK);
        preview.seen += tickets.len();
        after = tickets.last().map(|ticket| ticket.id);
        preview.more = full;
        for (id, change) in changes(app, &mut conn, &present, &tickets).await? {
            let breaches = change.alerts.iter().filter(|alert| alert.alert == "breach").count();
            preview.changed += 1;
            preview.breaches += breaches;
            if preview.items.len() >= SHOWN {
                continue;
            }
            let Some(ticket) = tickets.iter().find(|ticket| ticket.id == id) else {
                continue;
            };
            let (Some(from), Some(to)) = (ticket.version_id, change.version_id) else {
                continue;
            };
            preview.items.push(PreviewItem {
                id,
                number: ticket.number,
                subject: ticket.subject.clone(),
                from: PolicyAt::of(from),
                to: PolicyAt::of(to),
                due_before: ticket.due_at,
                due_after: change.due_at,
                breaches,
            });
        }
        if !full {
            break;
        }
    }
    let versions: Vec<Uuid> = preview
        .items
        .iter()
        .flat_map(|item| [item.from.version, item.to.version])
        .collect();
    for names in sla::names(&mut conn, &versions).await? {
        for at in preview.items.iter_mut().flat_map(|item| [&mut item.from, &mut item.to]) {
            if at.version == names.id {
                (at.policy, at.number) = (names.policy.clone(), names.number);
            }
        }
    }
    Ok(preview)
}

/// The work asked for last.
///
/// # Errors
/// [`AppError::Forbidden`]; when the database is away.
pub async fn rebind_state(app: &App, caller: &Caller) -> Result<Option<Rebind>, AppError> {
    caller.need(Permission::SlaView)?;
    Ok(sla::current(&mut *app.conn().await?).await?)
}

/// Has all open tickets follow the present policies.
///
/// # Errors
/// [`AppError::Refused`] while that is under way already.
pub async fn start_rebind(app: &App, caller: &Caller) -> Result<Rebind, AppError> {
    caller.need(Permission::SlaEdit)?;
    let (id, now) = (Uuid::now_v7(), app.now());
    let mut tx = app.begin().await?;
    match sla::begin(tx.conn()?, id, caller.user_id, now).await {
        Err(store::StoreError::Conflict(_)) => {
            return Err(AppError::refused(
                "rebind_under_way",
                "Tickets are being bound anew already.",
            ));
        }
        other => other?,
    }
    let job = NewJob::of(&RebindTickets { rebind_id: id }).actor(caller.user_id);
    for job in tx.enqueue(&[job]).await? {
        sla::done_by(tx.conn()?, id, job).await?;
    }
    let entry = audit::Entry {
        action: "sla_rebind.start",
        subject_type: "sla_rebind",
        subject_id: Some(id),
        data: json!({}),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    let stored = sla::find_rebind(tx.conn()?, id).await?;
    tx.commit().await?;
    Ok(stored)
}

/// Binds open tickets anew, chunk by chunk; run again, it goes on where it was.
///
/// # Errors
/// When the database is away.
pub async fn run_rebind(app: &App, id: Uuid) -> Result<(), AppError> {
    while chunk(app, id).await? {}
    Ok(())
}

async fn chunk(app: &App, id: Uuid) -> Result<bool, AppError> {
    let mut tx = app.begin().await?;
    let work = sla::find_rebind(tx.conn()?, id).await?;
    if !matches!(work.state.as_str(), "queued" | "running") {
        return Ok(false);
    }
    let present = app.sla.read(tx.conn()?).await?;
    let tickets = sla::bound_for_update(tx.conn()?, work.after_id, CHUNK).await?;
    let changed = changes(app, tx.conn()?, &present, &tickets).await?;
    sla::write(tx.conn()?, &changed).await?;
    let after = tickets.last().map(|ticket| ticket.id);
    let counts = (
        i32::try_from(tickets.len()).unwrap_or(i32::MAX),
        i32::try_from(changed.len()).unwrap_or(i32::MAX),
    );
    sla::advance(tx.conn()?, id, after, counts, app.now()).await?;
    tell(&mut tx, id, after.is_none()).await?;
    tx.commit().await?;
    Ok(after.is_some())
}

async fn tell(tx: &mut Tx, id: Uuid, done: bool) -> Result<(), AppError> {
    let news = NewEvent {
        kind: "sla.rebind",
        subject_type: "sla_rebind",
        subject_id: id,
        permission: Some(Permission::SlaView.as_str()),
        user_id: None,
        data: json!({}),
    };
    event::append(tx.conn()?, news).await?;
    if done {
        // Once, not for each ticket: whoever looks at tickets by their due time reads them anew.
        let news = NewEvent {
            kind: "ticket.rebound",
            subject_type: "sla_rebind",
            subject_id: id,
            permission: Some(Permission::TicketsView.as_str()),
            user_id: None,
            data: json!({}),
        };
        event::append(tx.conn()?, news).await?;
    }
    Ok(())
}
