//! Who stands behind the wall between customers. A request of somebody who is no staff works on connections that see what is his
//! and nothing else, whatever its statements ask for (row-level security, `docs/SECURITY.md`). It travels along with the task instead
//! of being an argument of every use case, because no statement may be left out.

use std::cell::Cell;

use uuid::Uuid;

use crate::AppError;

tokio::task_local! {
    static PERSON: Cell<Option<Uuid>>;
}

/// Does the work of one request: whoever sends it can be put behind the wall. Within a request, does what is nobody's in
/// particular.
pub fn scope<F: Future>(work: F) -> impl Future<Output = F::Output> {
    PERSON.scope(Cell::new(None), work)
}

/// Puts the present request behind the wall: from now on it sees what is this person's.
///
/// # Errors
/// [`AppError::Internal`] outside [`scope`], where nothing would keep him there.
pub fn behind(person: Uuid) -> Result<(), AppError> {
    PERSON
        .try_with(|place| place.set(Some(person)))
        .map_err(|_| AppError::Internal("a customer's request outside the wall".to_owned()))
}

/// Who is behind the wall; nobody in a request of staff, before sign-in and in a job.
pub(crate) fn person() -> Option<Uuid> {
    PERSON.try_with(Cell::get).ok().flatten()
}
