//! Looking for tickets by what they say.

use domain::ticket::search::{self, Correction};
use store::{
    PgConn, feed,
    ticket::{Search, words},
};
use uuid::Uuid;

use crate::{App, AppError, Tx};

const CONSUMER: &str = "search";
/// Events of one transaction.
const BATCH: i64 = 200;
/// Tickets of one transaction that are read beside those of the log.
const DUE: i64 = 200;
/// Most rounds of one look; the next one goes on.
const ROUNDS: usize = 200;
/// Tickets that are gathered by the index; of more, the newest are looked for one after the other.
const FREQUENT: i64 = 5_000;

/// How what was typed was understood.
#[derive(Debug, Clone)]
pub struct Understood {
    /// What is looked for.
    pub search: Search,
    /// Words that no ticket holds, with those that are looked for instead.
    pub corrections: Vec<Correction>,
}

/// Reads what tickets say since the last look, and some of what is still to be read beside it.
///
/// # Errors
/// When the database is away; the next look finds what is left.
pub async fn read(app: &App) -> Result<(), AppError> {
    feed::renumber(&mut *app.conn().await?).await?;
    for _ in 0..ROUNDS {
        let mut tx = app.begin().await?;
        let events = feed::next(tx.conn()?, CONSUMER, BATCH).await?;
        if events.is_empty() {
            break;
        }
        let of_tickets = events.iter().filter(|event| event.subject_type == "ticket");
        put(tx, of_tickets.map(|event| event.subject_id).collect()).await?;
    }
    // Apart from the log, whose followers wait for each other.
    for _ in 0..ROUNDS {
        let mut tx = app.begin().await?;
        let due = words::take_due(tx.conn()?, DUE).await?;
        if due.is_empty() {
            break;
        }
        put(tx, due).await?;
    }
    Ok(())
}

async fn put(mut tx: Tx, mut tickets: Vec<Uuid>) -> Result<(), AppError> {
    tickets.sort_unstable();
    tickets.dedup();
    if !tickets.is_empty() {
        words::read(tx.conn()?, &tickets).await?;
    }
    tx.commit().await
}

/// Understands what somebody typed into the search of tickets: words with their stems, phrases in quotes, `OR`, `-`; a last word that
/// is not finished; and a word that no ticket holds as the most similar one that some do. What holds nothing to look for finds nothing.
///
/// # Errors
/// When the database is away.
pub async fn understand(conn: &mut PgConn, text: &str, customer: Option<Uuid>) -> Result<Understood, AppError> {
    let folded = words::folded(conn, &search::bounded(text)).await?;
    let terms = search::terms(&folded);
    let typed = if terms.is_empty() {
        Vec::new()
    } else {
        words::typed(conn, &terms, customer).await?
    };
    let reading = search::reading(&folded, &typed);
    let query = words::query(conn, &reading.text, reading.beginning.as_deref()).await?;
    let frequent = customer.is_none() && words::frequent(conn, &query, FREQUENT).await?;
    Ok(Understood {
        search: Search { query, frequent },
        corrections: reading.corrections,
    })
}
