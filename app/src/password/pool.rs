//! Hashing on a bounded pool: each hash takes a core for a tenth of a second, so a flood of logins must queue, and must leave
//! room for everything else.

use std::sync::{Arc, LazyLock};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{hash, is_outdated, verify};
use crate::AppError;

/// How many may wait for a core before further ones are turned away.
const MAX_WAITING: usize = 64;

/// Checked when there is no such account, so that both cases take as long.
static DUMMY: LazyLock<String> = LazyLock::new(|| hash("nobody has this password").unwrap_or_default());

/// Hashes and checks passwords, on three quarters of the cores at most.
#[derive(Debug, Clone)]
pub struct Passwords {
    slots: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// A place in the queue. Taken before a try is counted: one that is turned away was no try.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
    slots: Arc<Semaphore>,
}

/// What came of checking a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// It is the right one.
    pub good: bool,
    /// A hash of today's kind, when the right password has an older one.
    pub better: Option<String>,
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        LazyLock::force(&DUMMY);
        Self {
            slots: Arc::new(Semaphore::new((cores * 3 / 4).max(1))),
            places: Arc::new(Semaphore::new(MAX_WAITING)),
        }
    }
}

impl Passwords {
    /// A place in the queue.
    ///
    /// # Errors
    /// [`AppError::Busy`] when too many wait.
    pub fn place(&self) -> Result<Place, AppError> {
        let permit = self.places.clone().try_acquire_owned();
        Ok(Place {
            _permit: permit.map_err(|_| AppError::Busy { retry_after: 2 })?,
            slots: self.slots.clone(),
        })
    }
}

impl Place {
    async fn run<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let broken = |error: &dyn std::fmt::Display| AppError::Internal(error.to_string());
        let slot = self.slots.clone().acquire_owned().await.map_err(|e| broken(&e))?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((slot, self));
            done
        });
        done.await.map_err(|e| broken(&e))
    }

    /// Whether the password matches; without a hash it never does, after the same time.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub async fn check(self, secret: String, phc: Option<String>) -> Result<Checked, AppError> {
        self.run(move || {
            let known = phc.is_some();
            let phc = phc.unwrap_or_else(|| DUMMY.clone());
            let good = verify(&secret, &phc) && known;
            let better = if good && is_outdated(&phc) {
                Some(hash(&secret)?)
            } else {
                None
            };
            Ok(Checked { good, better })
        })
        .await?
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub async fn hash(self, secret: String) -> Result<String, AppError> {
        self.run(move || hash(&secret)).await?
    }

    /// Hashes a new password unless it is one of these old ones, then `None`.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub async fn hash_unless(self, secret: String, old: Vec<String>) -> Result<Option<String>, AppError> {
        self.run(move || {
            if old.iter().any(|phc| verify(&secret, phc)) {
                return Ok(None);
            }
            hash(&secret).map(Some)
        })
        .await?
    }
}
