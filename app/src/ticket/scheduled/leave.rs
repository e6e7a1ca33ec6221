//! Whoever gets an export and wants it no more takes himself out of it by a link in its mail, without a sign-in.

use chrono::{DateTime, Utc};
use domain::audit::changes;
use store::{PgConn, audit::Actor, ticket::scheduled as rows, user::User};
use uuid::Uuid;

use super::{facts, note, with_part};
use crate::{AppError, Tx};

/// What an export is called, and whether it is mailed to this person.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
pub(crate) async fn mailed(conn: &mut PgConn, id: Uuid, user: Uuid) -> Result<(String, bool), AppError> {
    Ok(rows::mailed(conn, id, user).await?)
}

/// Takes a person out of those who get an export. Twice is once. Mails of it that wait for him then do not leave; with nobody left it stops by
/// itself when it is due.
///
/// # Errors
/// [`AppError::NotFound`] when it was deleted.
pub(crate) async fn leave(tx: &mut Tx, id: Uuid, person: &User, now: DateTime<Utc>) -> Result<(), AppError> {
    let mut row = rows::find_for_update(tx.conn()?, id).await?;
    let before = with_part(tx.conn()?, row.clone()).await?;
    if !rows::leave(tx.conn()?, id, person.id).await? {
        return Ok(());
    }
    // A page of its owner's that was open all the while does not bring him back.
    rows::update(tx.conn()?, &row, now).await?;
    row.version += 1;
    let after = with_part(tx.conn()?, row).await?;
    let actor = Actor {
        kind: "user",
        user_id: Some(person.id),
        name: person.name.clone(),
        ..Actor::default()
    };
    let data = changes(&facts(&before), &facts(&after));
    note(tx, &actor, &after.row, ("ticket_export.leave", data), now).await
}
