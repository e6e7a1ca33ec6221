//! Accounts: opening one, signing in and staying signed in, passwords, mailed links. Nothing here answers differently, or sooner,
//! for an address that has an account: what depends on that happens in a job.

pub mod alerts;
mod email;
mod enter;
pub mod factors;
mod invitation;
mod join;
pub mod letter;
pub mod links;
mod origin;
mod passwords;
pub mod profile;
mod register;
mod renew;
pub mod sessions;
mod sign_in;
pub mod text_codes;
mod throttle;

use chrono::TimeDelta;

use crate::{App, AppError, password::Passwords};

pub use enter::{Challenge, Entered, SignedIn};
pub(crate) use enter::{Proof, random_token};
pub use join::Joining;
pub use origin::Origin;
pub(crate) use origin::hash as origin_hash;
pub(crate) use register::ROLE;
pub use register::{Registration, address};
use renew::Successors;
pub(crate) use sign_in::refused;

/// The use cases of accounts with what they share in one process.
#[derive(Debug)]
pub struct Accounts {
    passwords: Passwords,
    line: throttle::Line,
    successors: Successors,
    idle: TimeDelta,
}

impl Accounts {
    /// With the keys of this installation; `idle` is how long a session lives without being refreshed.
    ///
    /// # Errors
    /// Not in practice.
    pub fn new(app: &App, idle: TimeDelta) -> Result<Self, AppError> {
        Ok(Self {
            passwords: Passwords::default(),
            line: throttle::Line::default(),
            successors: Successors::new(app)?,
            idle,
        })
    }
}
