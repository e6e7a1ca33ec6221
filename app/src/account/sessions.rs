//! A person's sessions: seeing them, ending one, ending all others.

use store::{
    audit,
    event::{self, NewEvent},
    session::{self, Session},
};
use uuid::Uuid;

use crate::{App, AppError, Caller, Tx};

/// The caller's live sessions, last used first.
///
/// # Errors
/// When the database is away.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Session>, AppError> {
    Ok(session::live_of(&mut *app.conn().await?, caller.user_id, app.now()).await?)
}

/// Ends one of the caller's sessions.
///
/// # Errors
/// [`AppError::NotFound`] when it is not his, or over.
pub async fn revoke(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let found = session::find(tx.conn()?, id).await?;
    if found.user_id != caller.user_id || !session::revoke(tx.conn()?, id, "revoked", app.now()).await? {
        return Err(AppError::NotFound);
    }
    note(app, &mut tx, caller, caller.user_id, &[id]).await?;
    tx.commit().await
}

/// Ends all of the caller's sessions but this one. Returns those that ended.
///
/// # Errors
/// When the database is away.
pub async fn revoke_others(app: &App, caller: &Caller, this: Uuid) -> Result<Vec<Uuid>, AppError> {
    let mut tx = app.begin().await?;
    let ended = session::revoke_all(tx.conn()?, caller.user_id, Some(this), "revoked", app.now()).await?;
    note(app, &mut tx, caller, caller.user_id, &ended).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Audit lines and live events of sessions that were ended.
pub async fn note(app: &App, tx: &mut Tx, caller: &Caller, of: Uuid, ended: &[Uuid]) -> Result<(), AppError> {
    for id in ended {
        let entry = audit::Entry {
            action: "session.revoked",
            subject_type: "session",
            subject_id: Some(*id),
            data: serde_json::json!({ "user_id": of }),
        };
        audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    }
    if let Some(first) = ended.first() {
        let event = NewEvent {
            kind: "session.revoked",
            subject_type: "session",
            subject_id: *first,
            permission: None,
            user_id: Some(of),
            data: serde_json::json!({ "ended": ended.len() }),
        };
        event::append(tx.conn()?, event).await?;
    }
    Ok(())
}
