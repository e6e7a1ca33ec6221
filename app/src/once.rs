//! The idempotency key that a piece of work was sent with. It travels along instead of being an argument of every use case,
//! because every transaction must note in it that the work was done.

use futures::FutureExt;
use store::{
    Pool,
    session::{self, Answer, Claim, Held, Request},
};

use crate::{AppError, gather::Gather};

tokio::task_local! {
    static KEY: Held;
}

/// The key of the present task; none outside [`scope`].
pub(crate) fn key() -> Option<Held> {
    KEY.try_with(Clone::clone).ok()
}

/// Does `work`; the transactions it commits spend the key.
pub fn scope<F: Future>(key: Held, work: F) -> impl Future<Output = F::Output> {
    KEY.scope(key, work)
}

/// Keys of the requests that one process serves. What many of them ask for at the same moment is one statement.
#[derive(Debug)]
pub struct Keys {
    pool: Pool,
    claims: Gather<(Request, Moment, Moment), Option<Held>>,
    answers: Gather<(Held, Answer), ()>,
}

type Moment = chrono::DateTime<chrono::Utc>;

impl Keys {
    /// Over these connections.
    #[must_use]
    pub fn new(pool: &Pool) -> Self {
        let (claiming, answering) = (pool.clone(), pool.clone());
        Self {
            pool: pool.clone(),
            claims: Gather::new(move |wanted| {
                let pool = claiming.clone();
                async move { Ok(session::claim_new(&mut *pool.get().await?, &wanted).await?) }.boxed()
            }),
            answers: Gather::new(move |answers| {
                let pool = answering.clone();
                async move {
                    session::finish(&mut *pool.get().await?, &answers).await?;
                    Ok(vec![(); answers.len()])
                }
                .boxed()
            }),
        }
    }

    /// As [`session::claim`].
    ///
    /// # Errors
    /// When the database is away.
    pub async fn claim(&self, wanted: Request, now: Moment, until: Moment) -> Result<Claim, AppError> {
        if let Some(held) = self.claims.ask((wanted.clone(), now, until)).await? {
            return Ok(Claim::New(held));
        }
        // A claim that waits for the same request's transaction waits alone.
        Ok(session::claim(&mut *self.pool.get().await?, &wanted, now, until).await?)
    }

    /// Keeps the claim for longer. One that is lost is noticed by the work's transaction.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn renew(&self, held: &Held, until: Moment) -> Result<(), AppError> {
        session::renew(&mut *self.pool.get().await?, held, until).await?;
        Ok(())
    }

    /// Keeps the answer for those who repeat the request.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn finish(&self, held: Held, answer: Answer) -> Result<(), AppError> {
        self.answers.ask((held, answer)).await
    }

    /// Gives the key back after a request that failed on our side.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn release(&self, held: &Held) -> Result<(), AppError> {
        Ok(session::release(&mut *self.pool.get().await?, held).await?)
    }
}
