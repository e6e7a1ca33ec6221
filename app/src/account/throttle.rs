//! How often one may try. Strangers' guesses slow strangers down: a browser that the person signed in with has a count of its own,
//! so nobody can lock him out.

use std::time::Duration;

use store::login::{self, Counter, Wait};
use tokio::{sync::Semaphore, time::Instant};
use uuid::Uuid;

use super::Origin;
use crate::{
    App, AppError,
    password::{Passwords, Place},
};

/// Failed tries of one account from one network, or one known browser, before the first wait.
const FREE_PAIR: i32 = 5;
/// Failed tries of one account from everywhere.
const FREE_ACCOUNT: i32 = 20;
/// Failed tries of one network at any account.
const FREE_SOURCE: i32 = 50;
/// Requests for mails and new accounts from one network.
const FREE_MAILS: i32 = 30;
/// Longest wait for tries under way.
const PATIENCE: Duration = Duration::from_secs(10);
/// First pause before a try that waits asks again, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LAST_PAUSE: Duration = Duration::from_millis(400);
/// Tries that may wait at once; further ones are refused as if those under way had failed.
const MAX_WAITING: usize = 64;

fn counter(account: &str, source: &str, free: i32) -> Counter {
    Counter {
        account: account.to_owned(),
        source: source.to_owned(),
        free,
    }
}

/// What a try to sign in counts on.
pub fn of_login(account: &str, origin: &Origin, device: Option<Uuid>) -> Vec<Counter> {
    match device {
        Some(device) => vec![counter(account, &format!("device:{device}"), FREE_PAIR)],
        None => vec![
            counter(account, &origin.network, FREE_PAIR),
            counter(account, "*", FREE_ACCOUNT),
            counter("*", &origin.network, FREE_SOURCE),
        ],
    }
}

/// What a try of nobody known counts on.
pub fn of_source(origin: &Origin) -> Vec<Counter> {
    vec![counter("*", &origin.network, FREE_SOURCE)]
}

/// What a try with a second factor counts on: a thief of the password has as few as a thief of anything else.
pub fn of_factor(user: Uuid, origin: &Origin, device: Option<Uuid>) -> Vec<Counter> {
    of_login(&format!("factor:{user}"), origin, device)
}

/// What a request for a mail counts on: they cost us a mail each, and somebody else his patience.
pub fn of_mail(origin: &Origin) -> Vec<Counter> {
    vec![counter("*", &format!("mail:{}", origin.network), FREE_MAILS)]
}

/// Tries that wait for others under way, in one process.
#[derive(Debug)]
pub struct Line(Semaphore);

impl Default for Line {
    fn default() -> Self {
        Self(Semaphore::new(MAX_WAITING))
    }
}

/// Counts a try before its secret is looked at.
///
/// # Errors
/// [`AppError::TooMany`] with the seconds to wait; the try does not count then.
pub async fn count(app: &App, counters: &[Counter]) -> Result<(), AppError> {
    match try_count(app, counters).await? {
        None => Ok(()),
        Some(wait) => Err(too_many(wait)),
    }
}

/// As [`count`], with a place in the queue for hashing. Tries count before anybody knows how they end, so many good logins at
/// the same time look like guessing until the first of them is done: the others wait for that, without keeping a place.
///
/// # Errors
/// As [`count`]; [`AppError::Busy`] without a place.
pub async fn admit(app: &App, line: &Line, passwords: &Passwords, counters: &[Counter]) -> Result<Place, AppError> {
    let deadline = Instant::now() + PATIENCE;
    let mut pause = FIRST_PAUSE;
    let mut waiting = None;
    loop {
        let place = passwords.place()?;
        let Some(wait) = try_count(app, counters).await? else {
            return Ok(place);
        };
        drop(place);
        if !wait.first || Instant::now() >= deadline {
            return Err(too_many(wait));
        }
        if waiting.is_none() {
            waiting = Some(line.0.try_acquire().map_err(|_| too_many(wait))?);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LAST_PAUSE);
    }
}

async fn try_count(app: &App, counters: &[Counter]) -> Result<Option<Wait>, AppError> {
    let mut tx = app.begin().await?;
    let wait = login::count_try(tx.conn()?, counters, app.now()).await?;
    if wait.is_none() {
        tx.commit().await?;
    }
    Ok(wait)
}

const fn too_many(wait: Wait) -> AppError {
    AppError::TooMany {
        retry_after: wait.seconds,
    }
}
