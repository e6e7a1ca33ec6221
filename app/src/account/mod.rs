//! Accounts: opening one, signing in and staying signed in, passwords, mailed links. Nothing here answers differently, or sooner,
//! for an address that has an account: what depends on that happens in a job.

pub mod alerts;
pub(crate) mod claim;
pub mod delivery;
mod email;
mod enter;
pub mod factors;
mod invitation;
mod join;
pub mod letter;
pub mod links;
mod origin;
pub mod passkey;
mod passwords;
pub mod profile;
mod register;
mod renew;
pub mod sessions;
mod sign_in;
mod suspicion;
pub mod text_codes;
pub(crate) mod throttle;

use chrono::TimeDelta;
use webauthn_rs::Webauthn;

use crate::{App, AppError, password::Passwords};

pub use enter::{Challenge, Entered, SignedIn};
pub(crate) use enter::{Proof, random_token};
pub use join::Joining;
pub use origin::Origin;
pub(crate) use origin::hash;
pub(crate) use register::ROLE;
pub use register::{Registration, address};
pub use renew::Renewed;
pub(crate) use sign_in::refused;

/// The use cases of accounts with what they share in one process.
#[derive(Debug)]
pub struct Accounts {
    passwords: Passwords,
    line: throttle::Line,
    idle: TimeDelta,
    site: Option<Webauthn>,
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
            idle,
            site: passkey::site(app)?,
        })
    }
}
