//! Changing the address of an account: the new one is proven, the old one is told.

use domain::{
    account::{notice::AccountNotice, times::LinkPurpose},
    locale::Locale,
};
use jobs::{NewJob, SendAccountMail};
use store::{StoreError, account, audit, mailed_link, user};
use uuid::Uuid;

use super::{
    Accounts, Origin, claim,
    links::{self, NewLink},
    register::address,
    throttle,
};
use crate::{App, AppError, Caller};

impl Accounts {
    /// Mails a link to the address that the caller wants to have, and tells the present one. Whether the wanted address has an
    /// account already shows in nothing but the mail.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when the address or the password is wrong; [`AppError::TooMany`].
    pub async fn ask_email_change(
        &self,
        app: &App,
        caller: &Caller,
        (email, password): (&str, String),
        origin: &Origin,
    ) -> Result<(), AppError> {
        let email = address(email)?;
        throttle::count(app, &throttle::of_mail(origin)).await?;
        let user = self.prove_password(app, caller, password, "/password", origin).await?;
        if email == user.email {
            return Err(AppError::invalid(
                "/email",
                "same_email",
                "This is your address already.",
            ));
        }
        let mut tx = app.begin().await?;
        let link = NewLink {
            purpose: LinkPurpose::EmailChange,
            email: &email,
            user_id: Some(user.id),
            id: Uuid::now_v7(),
            data: None,
            locale: Locale::from_tag(&user.locale).unwrap_or_default(),
            ip: origin.ip.as_deref(),
        };
        links::send(app, &mut tx, link).await?;
        let notice = SendAccountMail::notice(user.id, AccountNotice::EmailChangeAsked)
            .to(&user.email)
            .with("email", &email);
        tx.enqueue(&[NewJob::of(&notice)]).await?;
        let entry = audit::Entry {
            action: "user.email_change_asked",
            subject_type: "user",
            subject_id: Some(user.id),
            data: serde_json::json!({ "email": { "from": user.email, "to": email } }),
        };
        audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
        tx.commit().await
    }

    /// Gives the account the address that the link was mailed to. Returns the account.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `invalid_link`, also when another account took the address meanwhile.
    pub async fn change_email(&self, app: &App, token: &str, origin: &Origin) -> Result<Uuid, AppError> {
        let now = app.now();
        let mut tx = app.begin().await?;
        let link = links::redeem(app, &mut tx, token, LinkPurpose::EmailChange).await?;
        let before = user::by_id(tx.conn()?, link.user_id.ok_or_else(links::invalid)?).await?;
        if !before.is_active() {
            return Err(links::invalid());
        }
        match account::set_email(tx.conn()?, before.id, &link.email, now).await {
            Err(StoreError::Conflict(_)) => return Err(links::invalid()),
            other => other?,
        }
        // Links mailed to the old address must not open the account any more.
        let purposes = ["magic", "reset", "email_change"];
        mailed_link::spend(tx.conn()?, Some(before.id), &before.email, &purposes, now).await?;
        mailed_link::spend(tx.conn()?, None, &link.email, &["verify"], now).await?;
        let entry = audit::Entry {
            action: "user.email_changed",
            subject_type: "user",
            subject_id: Some(before.id),
            data: serde_json::json!({ "email": { "from": before.email, "to": link.email } }),
        };
        let actor = origin.actor(&before);
        audit::append(tx.conn()?, &actor, now, entry).await?;
        let after = user::by_id(tx.conn()?, before.id).await?;
        claim::tickets(app, &mut tx, &after, &actor).await?;
        let notice = SendAccountMail::notice(before.id, AccountNotice::EmailChanged)
            .to(&before.email)
            .with("email", &link.email);
        tx.enqueue(&[NewJob::of(&notice)]).await?;
        tx.commit().await?;
        Ok(before.id)
    }
}
