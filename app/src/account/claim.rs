//! What an address asked for before it had an account.

use store::{
    audit::{self, Actor},
    ticket,
    user::User,
};

use crate::{App, AppError, Tx};

/// Gives an account the tickets of its address, in the transaction that proved the address: only who reads its mail may see them.
pub(crate) async fn tickets(app: &App, tx: &mut Tx, user: &User, actor: &Actor) -> Result<(), AppError> {
    let now = app.now();
    let claimed = ticket::claim(tx.conn()?, (user.id, &user.email), actor, now).await?;
    if claimed == 0 {
        return Ok(());
    }
    let entry = audit::Entry {
        action: "user.tickets_claimed",
        subject_type: "user",
        subject_id: Some(user.id),
        data: serde_json::json!({ "email": user.email, "tickets": claimed }),
    };
    Ok(audit::append(tx.conn()?, actor, now, entry).await?)
}
