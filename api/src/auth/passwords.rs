//! Password checks on a bounded pool: each takes a core for tens of milliseconds, so a flood of logins must queue.

use std::sync::Arc;

use app::{AppError, password};
use tokio::sync::Semaphore;

/// Checks passwords, at most one for each core at a time.
#[derive(Debug)]
pub struct Passwords {
    slots: Arc<Semaphore>,
    places: Semaphore,
    /// Hash that is checked when there is no such account, so that both cases take as long.
    dummy: String,
}

/// How many checks may wait for a core before further logins are turned away.
const MAX_WAITING: usize = 64;

impl Passwords {
    /// With as many slots as there are cores.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new() -> Result<Self, AppError> {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Ok(Self {
            slots: Arc::new(Semaphore::new(cores)),
            places: Semaphore::new(MAX_WAITING),
            dummy: password::hash("nobody has this password")?,
        })
    }

    /// Whether the password matches; without a hash it never does, after the same time.
    ///
    /// # Errors
    /// [`AppError::TooMany`] when too many logins wait.
    pub async fn verify(&self, secret: String, hash: Option<String>) -> Result<bool, AppError> {
        let _place = self
            .places
            .try_acquire()
            .map_err(|_| AppError::TooMany { retry_after: 2 })?;
        let slot = self
            .slots
            .clone()
            .acquire_owned()
            .await
            .map_err(|error| AppError::Internal(error.to_string()))?;
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.dummy.clone());
        let matches = tokio::task::spawn_blocking(move || {
            let matches = password::verify(&secret, &hash);
            drop(slot);
            matches
        });
        let matches = matches.await.map_err(|error| AppError::Internal(error.to_string()))?;
        Ok(matches && known)
    }
}
