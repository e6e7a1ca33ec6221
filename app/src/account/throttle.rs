//! How often one may try. Strangers' guesses slow strangers down: a browser that the person signed in with has a count of its own,
//! so nobody can lock him out.

use store::login::{self, Counter};
use uuid::Uuid;

use super::Origin;
use crate::{App, AppError};

/// Failed tries of one account from one network, or one known browser, before the first wait.
const FREE_PAIR: i32 = 5;
/// Failed tries of one account from everywhere.
const FREE_ACCOUNT: i32 = 20;
/// Failed tries of one network at any account.
const FREE_SOURCE: i32 = 50;
/// Requests for mails and new accounts from one network.
const FREE_MAILS: i32 = 30;

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

/// What a try with a second factor counts on: a thief of the password has as few as a thief of anything else.
pub fn of_factor(user: Uuid, origin: &Origin, device: Option<Uuid>) -> Vec<Counter> {
    of_login(&format!("factor:{user}"), origin, device)
}

/// What a request for a mail counts on: they cost us a mail each, and somebody else his patience.
pub fn of_mail(origin: &Origin) -> Vec<Counter> {
    vec![counter("*", &format!("mail:{}", origin.network), FREE_MAILS)]
}

/// Counts a try before its secret is looked at.
///
/// # Errors
/// [`AppError::TooMany`] with the seconds to wait; the try does not count then.
pub async fn count(app: &App, counters: &[Counter]) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    match login::count_try(tx.conn()?, counters, app.now()).await? {
        0 => tx.commit().await,
        retry_after => Err(AppError::TooMany { retry_after }),
    }
}
