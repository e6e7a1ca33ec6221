//! Tickets that are on hold until a moment open again by themselves when it has come.

use domain::ticket::{State, transition::Actor as Asks};
use store::{audit::Actor, ticket};

use super::{Alteration, Move};
use crate::{App, AppError};

/// Tickets that open in one transaction.
const BATCH: i64 = 50;
/// Most rounds of one look; the next one goes on.
const ROUNDS: usize = 200;
/// What the history gives as the reason.
const REASON: &str = "hold_ended";

/// Opens what is due, however long nobody looked: each once. What somebody changes just now is left to the next look. Returns how
/// many were opened.
///
/// # Errors
/// When the database is away; the next look finds what is left.
pub async fn end_due(app: &App) -> Result<usize, AppError> {
    let actor = Actor::product();
    let mut opened = 0;
    for _ in 0..ROUNDS {
        let mut tx = app.begin().await?;
        let due = ticket::hold::due(tx.conn()?, app.now(), BATCH).await?;
        if due.is_empty() {
            break;
        }
        for id in &due {
            let ticket = ticket::find_for_update(tx.conn()?, *id, None).await?;
            let wanted = Move {
                to: State::Open,
                reason: Some(REASON.to_owned()),
                on_hold_until: None,
                no_reply_needed: None,
                version: ticket.summary.version,
            };
            let asks = Asks::Agent {
                may_close: false,
                may_reopen: false,
            };
            let mut alteration = Alteration::of(&ticket);
            alteration.state(asks, &wanted)?;
            alteration.write(app, &mut tx, &actor, None).await?;
        }
        tx.commit().await?;
        opened += due.len();
    }
    Ok(opened)
}
