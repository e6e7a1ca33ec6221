//! The look at what is due. Nothing is read of a clock before its time; what was missed while nobody looked is found with its true
//! time. Any number of these may run at once, and one that dies leaves nothing half done.

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
        // A round may take fewer tickets than its batch: several clocks are one ticket's, and what others hold is left out.
        if n == 0 {
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
    let mut rows = stored::by_ticket(sla::latest(tx.conn()?, &tickets).await?, |row| row.ticket_id);
    let mut changes = Vec::with_capacity(tickets.len());
    for ticket in sla::bounds(tx.conn()?, &tickets).await? {
        let id = &ticket.id;
        let Some(version) = ticket.version_id else { continue };
        let version = app.sla.version(tx.conn()?, version).await?;
        let own = rows.remove(id).unwrap_or_default();
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
    let ids: Vec<_> = tickets.iter().map(|ticket| ticket.id).collect();
    let mut moments = stored::by_ticket(sla::moments(tx.conn()?, &ids).await?, |row| row.ticket_id);
    for ticket in &tickets {
        let own = moments.remove(&ticket.id).unwrap_or_default();
        if let Some(change) = bind::first(&app.sla, tx.conn()?, &present, ticket, &own, app.now()).await? {
            changes.push((ticket.id, change));
        }
    }
    sla::write(tx.conn()?, &changes).await?;
    tx.commit().await?;
    Ok(changes.len())
}
