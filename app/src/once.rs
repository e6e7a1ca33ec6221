//! The idempotency key that a piece of work was sent with. It travels along instead of being an argument of every use case,
//! because every transaction must note in it that the work was done.

use store::session::Held;

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
