//! Filters that a person keeps under a name. They are settings of his own, so no audit line is written.

use store::saved_view::{self, SavedView};
use uuid::Uuid;

use crate::{App, AppError, Caller};

/// Most views of one list.
const MOST: usize = 100;

/// Keeps a view.
///
/// # Errors
/// [`AppError::Refused`] when there are a hundred.
pub async fn keep(app: &App, caller: &Caller, list: &str, name: &str, query: &str) -> Result<SavedView, AppError> {
    let mut tx = app.begin().await?;
    saved_view::hold(tx.conn()?, caller.user_id).await?;
    let known = saved_view::of_user(tx.conn()?, caller.user_id, list).await?;
    if known.len() >= MOST && known.iter().all(|view| view.name != name) {
        return Err(AppError::refused("too_many", "a list may have 100 views at most"));
    }
    let view = saved_view::put(tx.conn()?, caller.user_id, list, (name, query), app.now()).await?;
    tx.commit().await?;
    Ok(view)
}

/// Forgets a view.
///
/// # Errors
/// [`AppError::NotFound`] also when it is somebody else's.
pub async fn forget(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    saved_view::delete(tx.conn()?, caller.user_id, id).await?;
    tx.commit().await
}
