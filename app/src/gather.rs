//! Puts what many ask for at the same moment into one statement. Nothing waits to be joined by others: what comes while a statement
//! is under way goes into the next one, so that a busy process asks less often and an idle one answers at once.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use futures::future::BoxFuture;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::AppError;

/// Most that goes into one statement.
const MOST: usize = 64;

type Asked<T, R> = (T, oneshot::Sender<Result<R, AppError>>);
type Work<T, R> = dyn Fn(Vec<T>) -> BoxFuture<'static, Result<Vec<R>, AppError>> + Send + Sync;

/// One kind of statement. Work under way is carried on when whoever asked for it is gone.
pub(crate) struct Gather<T, R> {
    line: OnceLock<mpsc::Sender<Asked<T, R>>>,
    work: Arc<Work<T, R>>,
    abreast: usize,
}

impl<T, R> fmt::Debug for Gather<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gather")
    }
}

impl<T: Clone + Send + 'static, R: Send + 'static> Gather<T, R> {
    /// With the statement; it gives a result for each of what it gets, in the same order.
    pub(crate) fn new(
        work: impl Fn(Vec<T>) -> BoxFuture<'static, Result<Vec<R>, AppError>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            line: OnceLock::new(),
            work: Arc::new(work),
            abreast: 1,
        }
    }

    /// With as many statements under way at a time: for those that keep the database busy longer than the way there.
    pub(crate) const fn abreast(mut self, statements: usize) -> Self {
        self.abreast = statements;
        self
    }

    /// Asks for one.
    ///
    /// # Errors
    /// What the statement fails with; while the database is away everybody in it is told the same, otherwise each what his own fails with.
    pub(crate) async fn ask(&self, one: T) -> Result<R, AppError> {
        let (answer, answered) = oneshot::channel();
        let line = self.line.get_or_init(|| {
            let (line, asked) = mpsc::channel(MOST);
            let asked = Arc::new(Mutex::new(asked));
            for _ in 0..self.abreast {
                tokio::spawn(serve(asked.clone(), self.work.clone()));
            }
            line
        });
        let gone = |_| AppError::Unavailable("the process is ending".to_owned());
        line.send((one, answer)).await.map_err(|_| gone(()))?;
        answered.await.map_err(|_| gone(()))?
    }
}

/// Until the last who could ask is gone.
async fn serve<T: Clone, R>(asked: Arc<Mutex<mpsc::Receiver<Asked<T, R>>>>, work: Arc<Work<T, R>>) {
    let mut batch = Vec::with_capacity(MOST);
    while next(&asked, &mut batch).await {
        let (all, answers): (Vec<T>, Vec<_>) = batch.drain(..).unzip();
        let together = (all.len() > 1).then(|| all.clone());
        // Whoever gave up waiting does not want his answer, which is no failure.
        match (work(all).await, together) {
            (Ok(results), _) => answers.into_iter().zip(results).for_each(|(answer, result)| {
                let _ = answer.send(Ok(result));
            }),
            (Err(AppError::Unavailable(what)), _) => answers.into_iter().for_each(|answer| {
                let _ = answer.send(Err(AppError::Unavailable(what.clone())));
            }),
            (Err(AppError::Full(what)), _) => answers.into_iter().for_each(|answer| {
                let _ = answer.send(Err(AppError::Full(what.clone())));
            }),
            (Err(error), None) => {
                if let Some(answer) = answers.into_iter().next() {
                    let _ = answer.send(Err(error));
                }
            }
            // One of them is at fault: nobody fails for another's sake.
            (Err(_), Some(all)) => {
                for (one, answer) in all.into_iter().zip(answers) {
                    let alone = work(vec![one]).await.and_then(|mut results| {
                        let none = || AppError::Internal("a statement without a result".to_owned());
                        results.pop().ok_or_else(none)
                    });
                    let _ = answer.send(alone);
                }
            }
        }
    }
}

/// What came meanwhile; the others wait for what comes after it.
async fn next<A>(asked: &Mutex<mpsc::Receiver<A>>, batch: &mut Vec<A>) -> bool {
    asked.lock().await.recv_many(batch, MOST).await > 0
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::{FutureExt, future::join_all};

    use super::*;

    #[tokio::test]
    async fn what_comes_meanwhile_goes_together_and_each_gets_his_own() {
        let statements = Arc::new(AtomicUsize::new(0));
        let counted = statements.clone();
        let gather = Gather::new(move |all: Vec<usize>| {
            let statements = counted.clone();
            async move {
                statements.fetch_add(1, Ordering::SeqCst);
                assert!(all.len() <= MOST);
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                Ok(all.into_iter().map(|n| n * 2).collect())
            }
            .boxed()
        });
        let all = join_all((0..100).map(|n| gather.ask(n))).await;
        let doubled: Vec<usize> = all.into_iter().map(Result::unwrap).collect();
        assert_eq!(doubled, (0..100).map(|n| n * 2).collect::<Vec<_>>());
        assert!(statements.load(Ordering::SeqCst) < 10);
    }

    #[tokio::test]
    async fn so_many_are_under_way_at_a_time_and_no_more() {
        let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let seen = most.clone();
        let gather = Gather::new(move |all: Vec<usize>| {
            let (under_way, most) = (under_way.clone(), most.clone());
            async move {
                most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                under_way.fetch_sub(1, Ordering::SeqCst);
                Ok(all)
            }
            .boxed()
        })
        .abreast(2);
        let all = join_all((0..300).map(|n| gather.ask(n))).await;
        assert!(all.into_iter().map(Result::unwrap).eq(0..300));
        assert_eq!(seen.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn nobody_fails_for_anothers_sake() {
        let gather = Gather::new(|all: Vec<usize>| {
            async move {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                match all.iter().find(|n| **n == 7) {
                    Some(_) => Err(AppError::Internal("seven".to_owned())),
                    None => Ok(all),
                }
            }
            .boxed()
        });
        let all = join_all((0..20).map(|n| gather.ask(n))).await;
        let failed: Vec<usize> = (0..20).filter(|n| all[*n].is_err()).collect();
        assert_eq!(failed, [7]);
    }

    #[tokio::test]
    async fn a_failure_is_told_to_everybody_in_it_and_ends_nothing() {
        let gather = Gather::new(|all: Vec<bool>| {
            async move {
                if all.contains(&false) {
                    return Err(AppError::Unavailable("away".to_owned()));
                }
                Ok(all)
            }
            .boxed()
        });
        assert!(gather.ask(false).await.is_err());
        assert!(gather.ask(true).await.unwrap());
    }
}
