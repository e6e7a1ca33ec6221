//! Opening an account that somebody was invited to.

use domain::account::{notice::AccountNotice, password as rules, times::LinkPurpose};
use jobs::{NewJob, SendAccountMail};
use store::{audit, mailed_link, person, user};

use super::{Accounts, Origin, claim, links, register::weak};
use crate::{App, AppError};

impl Accounts {
    /// Opens an invited account with its owner's password. He then signs in.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `invalid_link`, or at `/password`; the link stays good then.
    pub async fn accept_invitation(
        &self,
        app: &App,
        token: &str,
        password: String,
        origin: &Origin,
    ) -> Result<(), AppError> {
        let place = self.passwords.place()?;
        let mut tx = app.begin().await?;
        let link = links::good(app, &mut tx, token, LinkPurpose::Invite).await?;
        let waiting = match link.user_id {
            Some(id) => person::find(tx.conn()?, id).await.map_err(gone)?,
            None => return Err(links::invalid()),
        };
        drop(tx);
        rules::judge(&password, &[&waiting.name, &waiting.email], false).map_err(|w| weak("/password", w))?;
        let hash = place.hash(password).await?;
        let now = app.now();
        let mut tx = app.begin().await?;
        let link = links::redeem(app, &mut tx, token, LinkPurpose::Invite).await?;
        person::accept(tx.conn()?, waiting.id, &hash, now).await.map_err(gone)?;
        mailed_link::spend(tx.conn()?, Some(waiting.id), &link.email, &["invite"], now).await?;
        let user = user::by_id(tx.conn()?, waiting.id).await?;
        let entry = audit::Entry {
            action: "user.accept_invitation",
            subject_type: "user",
            subject_id: Some(user.id),
            data: serde_json::json!({ "status": { "from": "pending", "to": "active" } }),
        };
        let actor = origin.actor(&user);
        audit::append(tx.conn()?, &actor, now, entry).await?;
        claim::tickets(app, &mut tx, &user, &actor).await?;
        tx.enqueue(&[NewJob::of(&SendAccountMail::notice(user.id, AccountNotice::Welcome))])
            .await?;
        tx.commit().await
    }
}

/// An account that does not wait any more has no invitation.
fn gone(error: store::StoreError) -> AppError {
    match error {
        store::StoreError::NotFound => links::invalid(),
        other => other.into(),
    }
}
