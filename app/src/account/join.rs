//! Opening an account by an invitation to act for a customer: the link came to the address, which proves it.

use domain::{
    account::{notice::AccountNotice, password as rules},
    locale::Locale,
};
use jobs::{NewJob, SendAccountMail};
use store::{
    account::{self, NewAccount},
    audit,
    event::{self, NewEvent},
    mailed_link, user,
};
use uuid::Uuid;

use super::{
    Accounts, Origin, claim,
    register::{ROLE, weak},
};
use crate::{App, AppError, customer::invitations, people::person_name};

/// Who opens an account by an invitation.
#[derive(Debug)]
pub struct Joining {
    /// Name.
    pub name: String,
    /// Password.
    pub password: String,
    /// Language.
    pub locale: Locale,
}

impl Accounts {
    /// Opens an account with the invited address and makes its owner act for the customer. He then signs in.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `invalid_link`, or what is wrong with name and password; [`AppError::Refused`] `sign_in_instead` when the address
    /// has an account, which only who got the mail learns.
    pub async fn join(&self, app: &App, token: &str, wanted: Joining, origin: &Origin) -> Result<Uuid, AppError> {
        let place = self.passwords.place()?;
        let seen = invitations::look(app, token).await?;
        let name = person_name(&wanted.name).map_err(|error| AppError::Invalid(vec![error]))?;
        rules::judge(&wanted.password, &[&name, &seen.email], false).map_err(|w| weak("/password", w))?;
        let hash = place.hash(wanted.password).await?;
        let now = app.now();
        let mut tx = app.begin().await?;
        let (found, offered) = invitations::offered(app, &mut tx, token)
            .await
            .map_err(invitations::gone)?;
        let new = NewAccount {
            email: &offered.email,
            name: &name,
            password_hash: Some(&hash),
            locale: wanted.locale.as_str(),
            role: ROLE,
        };
        let Some(id) = account::open(tx.conn()?, &new, now).await? else {
            return Err(AppError::refused(
                "sign_in_instead",
                "sign in with this address, then accept",
            ));
        };
        mailed_link::spend(tx.conn()?, None, &offered.email, &["verify"], now).await?;
        let user = user::by_id(tx.conn()?, id).await?;
        let actor = origin.actor(&user);
        let entry = audit::Entry {
            action: "user.registered",
            subject_type: "user",
            subject_id: Some(id),
            data: serde_json::json!({ "email": user.email, "name": user.name, "role": user.role }),
        };
        audit::append(tx.conn()?, &actor, now, entry).await?;
        let event = NewEvent {
            kind: "user.registered",
            subject_type: "user",
            subject_id: id,
            permission: Some("users.view"),
            user_id: None,
            data: serde_json::json!({}),
        };
        event::append(tx.conn()?, event).await?;
        claim::tickets(app, &mut tx, &user, &actor).await?;
        tx.enqueue(&[NewJob::of(&SendAccountMail::notice(id, AccountNotice::Welcome))])
            .await?;
        invitations::join(app, &mut tx, &actor, (&found, &offered), id, token).await?;
        tx.commit().await?;
        Ok(found.summary.id)
    }
}
