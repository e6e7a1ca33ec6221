//! What a handler knows about its attempt.

use store::{Pool, StoreError, ledger};
use uuid::Uuid;

/// One attempt of one job.
#[derive(Debug, Clone)]
pub struct JobContext {
    /// Job.
    pub job_id: Uuid,
    /// Fencing token: pass it to `ledger::finish_in`.
    pub attempt: i32,
    /// Failures before this attempt.
    pub failures: i16,
    /// Failures after which the job is dead.
    pub max_attempts: i16,
    /// Person who started it.
    pub actor_id: Option<Uuid>,
    pub(crate) pool: Pool,
}

impl JobContext {
    /// Another failure makes the job dead.
    #[must_use]
    pub fn is_last_attempt(&self) -> bool {
        self.failures + 1 >= self.max_attempts
    }

    /// Notes how far the work is, visible live to the person who started it.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when another attempt owns the job: stop working.
    pub async fn progress(&self, percent: i16, step: &str) -> Result<(), StoreError> {
        let mut conn = self.pool.get().await?;
        let owned = ledger::progress(
            &mut conn,
            self.job_id,
            self.attempt,
            Some(percent.clamp(0, 100)),
            Some(step),
        )
        .await?;
        if owned { Ok(()) } else { Err(StoreError::Fenced) }
    }
}
