//! The look at what is due. Nothing is read of a clock before its time; what was missed while nobody looked is found with its true
//! time. Any number of these may run at once, and one that dies leaves nothing half done.

use domain::ticket::State;
use store::sla;

use super::{bind, effects, stored};
use crate::{App, AppError};

/// Most tickets of one transaction.
const BATCH: i64 = 200;
/// Most tickets without a policy that are bound at one look: they come by the thousand only after an upgrade.
const UNBOUND: i64 = 500;
/// Most rounds of one look; the next one goes on.
const ROUNDS: usize = 50;

/// Raises what is due, and does what follows. Returns how many clocks were looked at and how many alerts were acted on.
///
/// # Errors
/// When the database is away; the next look finds what is left.
pub async fn check(app: &App) -> Result<(usize, usize), AppError> {
    let (mut looked, mut told) = (0, 0);
    for _ in 0..ROUNDS {
        let n = raise(app).await?;
        looked += n;
        if n < usize::try_from(BATCH).unwrap_or(usize::MAX) {
            break;
        }
    }
    looked += adopt(app).await?;
    for _ in 0..ROUNDS {
        let n = effects::run(app, BATCH / 4).await?;
        told += n;
        if n == 0 {
            break;
        }
    }
    Ok((looked, told))
}

async fn raise(app: &App) -> Result<usize, AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let tickets = sla::claim(tx.conn()?, now, BATCH).await?;
    if tickets.is_empty() {
        return Ok(0);
    }
    let rows = sla::latest(tx.conn()?, &tickets).await?;
    let mut changes = Vec::with_capacity(tickets.len());
    for ticket in sla::bounds(tx.conn()?, &tickets).await? {
        let id = &ticket.id;
        let Some(version) = ticket.version_id else { continue };
        let version = app.sla.version(tx.conn()?, version).await?;
        let own: Vec<_> = rows.iter().filter(|row| row.ticket_id == *id).cloned().collect();
        let priority = stored::priority(&ticket.priority)?;
        let mut clocks = stored::clocks_of(&version, priority, stored::state(&ticket.state)?, &own)?;
        let raised = clocks.advance(now);
        changes.push((*id, stored::change(*id, version.id, &own, &clocks, &raised, now)));
    }
    sla::write(tx.conn()?, &changes).await?;
    tx.commit().await?;
    Ok(tickets.len())
}

/// Binds tickets that no policy took when they were opened: those from before there were policies, and those opened while somebody
/// changed one.
async fn adopt(app: &App) -> Result<usize, AppError> {
    let mut tx = app.begin().await?;
    let tickets = sla::unbound(tx.conn()?, UNBOUND).await?;
    if tickets.is_empty() {
        return Ok(0);
    }
    let present = app.sla.read(tx.conn()?).await?;
    let mut changes = Vec::with_capacity(tickets.len());
    for ticket in tickets.iter().filter(|ticket| ticket.state != State::Closed.as_str()) {
        if let Some(change) = bind::first(&app.sla, tx.conn()?, &present, ticket, app.now()).await? {
            changes.push((ticket.id, change));
        }
    }
    sla::write(tx.conn()?, &changes).await?;
    tx.commit().await?;
    Ok(changes.len())
}
