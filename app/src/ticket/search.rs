//! Looking for tickets by what they say.

use domain::ticket::search::{self, Correction};
use store::{
    PgConn,
    feed::{self, Followed},
    ticket::{Search, words},
};
use uuid::Uuid;

use crate::{App, AppError, Tx};

const CONSUMER: &str = "search";
/// Events of one transaction.
const BATCH: i64 = 200;
/// Tickets of one transaction that are read beside those of the log.
const DUE: i64 = 200;
/// Most rounds of one look at each; the next one goes on.
const ROUNDS: usize = 30;
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

/// Reads what tickets say since the last look, and some of what is still to be read beside it. While somebody else is at it there is
/// nothing to do.
///
/// # Errors
/// When the database is away; the next look finds what is left.
pub async fn read(app: &App) -> Result<(), AppError> {
    feed::renumber(&mut *app.conn().await?).await?;
    for _ in 0..ROUNDS {
        let Some(mut tx) = alone(app).await? else {
            return Ok(());
        };
        let events = feed::next(tx.conn()?, CONSUMER, BATCH).await?;
        if events.is_empty() {
            break;
        }
        if let Err(error) = put(tx, tickets_of(&events)).await {
            postpone(app, error).await?;
        }
    }
    // Apart from the log, whose followers wait for each other.
    for _ in 0..ROUNDS {
        let Some(mut tx) = alone(app).await? else {
            return Ok(());
        };
        let due = words::take_due(tx.conn()?, DUE).await?;
        if due.is_empty() {
            break;
        }
        if let Err(error) = put(tx, due.clone()).await {
            one_by_one(app, due, error).await?;
        }
    }
    Ok(())
}

/// A transaction in which nobody else reads for the search.
async fn alone(app: &App) -> Result<Option<Tx>, AppError> {
    let mut tx = app.begin().await?;
    let alone = words::alone(tx.conn()?).await?;
    Ok(alone.then_some(tx))
}

fn tickets_of(events: &[Followed]) -> Vec<Uuid> {
    let of_tickets = events.iter().filter(|event| event.subject_type == "ticket");
    of_tickets.map(|event| event.subject_id).collect()
}

async fn put(mut tx: Tx, mut tickets: Vec<Uuid>) -> Result<(), AppError> {
    tickets.sort_unstable();
    tickets.dedup();
    if !tickets.is_empty() {
        words::read(tx.conn()?, &tickets).await?;
    }
    tx.commit().await
}

/// One ticket that cannot be read holds up nobody who comes after it in the log: those of its batch are owed.
async fn postpone(app: &App, error: AppError) -> Result<(), AppError> {
    if error.is_transient() {
        return Err(error);
    }
    let mut tx = app.begin().await?;
    let events = feed::next(tx.conn()?, CONSUMER, BATCH).await?;
    words::owe(tx.conn()?, &tickets_of(&events)).await?;
    tx.commit().await
}

/// Reads what is owed without the one that cannot be.
async fn one_by_one(app: &App, due: Vec<Uuid>, error: AppError) -> Result<(), AppError> {
    if error.is_transient() {
        return Err(error);
    }
    for ticket in due {
        let mut tx = app.begin().await?;
        words::settle(tx.conn()?, ticket).await?;
        match put(tx, vec![ticket]).await {
            Ok(()) => {}
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                tracing::error!(%ticket, %error, "what a ticket says cannot be read for the search");
                let mut tx = app.begin().await?;
                words::settle(tx.conn()?, ticket).await?;
                tx.commit().await?;
            }
        }
    }
    Ok(())
}

/// Understands what somebody typed into the search of tickets: words with their stems, phrases in quotes, `OR`, `-`; a last word that
/// is not finished; and a word that no ticket holds as the most similar one that some do. What holds nothing to look for finds nothing.
///
/// # Errors
/// When the database is away.
pub async fn understand(conn: &mut PgConn, text: &str, customer: Option<Uuid>) -> Result<Understood, AppError> {
    reading(conn, text, customer, true).await
}

/// As [`understand`], but no word is taken for another one.
pub(super) async fn literally(conn: &mut PgConn, text: &str, customer: Option<Uuid>) -> Result<Search, AppError> {
    Ok(reading(conn, text, customer, false).await?.search)
}

async fn reading(
    conn: &mut PgConn,
    text: &str,
    customer: Option<Uuid>,
    corrects: bool,
) -> Result<Understood, AppError> {
    let folded = words::folded(conn, &search::bounded(text)).await?;
    let terms = search::terms(&folded);
    let mut typed = if terms.is_empty() {
        Vec::new()
    } else {
        words::typed(conn, &terms, customer).await?
    };
    if !corrects {
        typed.iter_mut().for_each(|one| one.like = None);
    }
    let reading = search::reading(&folded, &typed);
    let query = words::query(conn, &reading.text, reading.beginning.as_deref()).await?;
    let frequent = customer.is_none() && words::frequent(conn, &query, FREQUENT).await?;
    Ok(Understood {
        search: Search { query, frequent },
        corrections: reading.corrections,
    })
}
