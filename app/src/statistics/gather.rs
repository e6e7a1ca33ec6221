//! What statistics count, written from the histories of tickets that changed.

use std::collections::HashMap;

use domain::ticket::facts::{self, Ended, Fact, History, Rated};
use store::{feed, statistics};
use uuid::Uuid;

use crate::{App, AppError, Tx};

const CONSUMER: &str = "statistics";
/// Events of one transaction.
const EVENTS: i64 = 500;
/// Tickets of one transaction that were there before.
const TICKETS: i64 = 500;
/// Most transactions of one run; the next one goes on.
const ROUNDS: usize = 40;

/// Writes the facts of tickets that changed since the last run, then of those that were there before statistics began. Run twice it
/// writes the same.
///
/// # Errors
/// When the database is away; the next run goes on.
pub async fn gather(app: &App) -> Result<(), AppError> {
    feed::renumber(&mut *app.conn().await?).await?;
    for _ in 0..ROUNDS {
        let mut tx = app.begin().await?;
        let events = feed::next(tx.conn()?, CONSUMER, EVENTS).await?;
        if events.is_empty() {
            break;
        }
        let mut ids: Vec<Uuid> = events
            .iter()
            .filter(|event| event.subject_type == "ticket")
            .map(|event| event.subject_id)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        write(&mut tx, &ids).await?;
        tx.commit().await?;
    }
    for _ in 0..ROUNDS {
        let mut tx = app.begin().await?;
        // Another run may follow an event of the same ticket: who writes what he read earlier must not write last.
        if !feed::hold(tx.conn()?, CONSUMER).await? {
            break;
        }
        let ids = statistics::backfill_from(tx.conn()?, TICKETS).await?;
        let last = ids.last().copied();
        write(&mut tx, &ids).await?;
        statistics::backfilled(tx.conn()?, last).await?;
        tx.commit().await?;
        if last.is_none() {
            break;
        }
    }
    Ok(())
}

async fn write(tx: &mut Tx, ids: &[Uuid]) -> Result<(), AppError> {
    if ids.is_empty() {
        return Ok(());
    }
    let conn = tx.conn()?;
    let mut all: HashMap<Uuid, History> = HashMap::with_capacity(ids.len());
    for row in statistics::tickets(conn, ids).await? {
        let history = History {
            opened_at: row.created_at,
            received_at: row.created_at,
            changed_at: row.updated_at,
            state: state(&row.state)?,
            group: row.group_id,
            assignee: row.assignee_id,
            merged: row.merged,
            moves: Vec::new(),
            replies: Vec::new(),
            first_response: None,
            resolution: None,
            ratings: Vec::new(),
        };
        all.insert(row.id, history);
    }
    for row in statistics::moves(conn, ids).await? {
        if let Some(history) = all.get_mut(&row.ticket_id) {
            history.moves.push((row.at, state(&row.state)?));
        }
    }
    for row in statistics::replies(conn, ids).await? {
        if let Some(history) = all.get_mut(&row.ticket_id) {
            history.replies.push((row.at, row.agent_id));
        }
    }
    for row in statistics::clocks(conn, ids).await? {
        if let Some(history) = all.get_mut(&row.ticket_id) {
            // A clock begins when the wish reached us, which may be before the ticket was made of it.
            history.received_at = history.received_at.min(row.started_at);
            let ended = row.met.then_some(Ended {
                business: row.business,
                kept: row.kept,
            });
            match row.kind.as_str() {
                "first_response" => history.first_response = ended,
                _ => history.resolution = ended,
            }
        }
    }
    for row in statistics::ratings(conn, ids).await? {
        if let Some(history) = all.get_mut(&row.ticket_id) {
            history.ratings.push(Rated {
                cycle: row.cycle,
                at: row.at,
                rating: row.rating,
                agent: row.agent_id,
                group: row.group_id,
            });
        }
    }
    let found: Vec<(Uuid, Fact)> = all
        .iter()
        .flat_map(|(id, history)| facts::of(history).into_iter().map(|fact| (*id, fact)))
        .collect();
    statistics::write(conn, ids, &found).await?;
    Ok(())
}

fn state(word: &str) -> Result<domain::ticket::State, AppError> {
    word.parse()
        .map_err(|error: domain::ticket::state::UnknownState| AppError::Internal(error.to_string()))
}
