//! Magic links, forgotten passwords, and changing a password.

use domain::{
    account::{notice::AccountNotice, password as rules, password::Weakness, times::LinkPurpose},
    locale::Locale,
};
use jobs::{NewJob, SendAccountMail};
use store::{
    account, audit, device, mailed_link, session,
    user::{self, User},
};
use uuid::Uuid;

use super::{
    Accounts, Entered, Origin, Renewed,
    enter::Proof,
    links::{self, NewLink},
    register::{address, weak},
    renew, throttle,
};
use crate::{App, AppError, Caller, Tx};

impl Accounts {
    /// Mails a link that signs in or sets a password, when the address has an account. The answer does not depend on it.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for what is no address, [`AppError::TooMany`].
    pub async fn mail_link(
        &self,
        app: &App,
        purpose: LinkPurpose,
        email: &str,
        locale: Locale,
        origin: &Origin,
    ) -> Result<(), AppError> {
        let email = address(email)?;
        throttle::count(app, &throttle::of_mail(origin)).await?;
        let mut tx = app.begin().await?;
        let link = NewLink {
            purpose,
            email: &email,
            user_id: None,
            id: Uuid::now_v7(),
            data: None,
            locale,
            ip: origin.ip.as_deref(),
        };
        links::send(app, &mut tx, link).await?;
        tx.commit().await
    }

    /// Signs in with a magic link.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `invalid_link`.
    pub async fn sign_in_by_link(&self, app: &App, token: &str, origin: &Origin) -> Result<Entered, AppError> {
        let mut tx = app.begin().await?;
        let link = links::redeem(app, &mut tx, token, LinkPurpose::Magic).await?;
        let user = owner(&mut tx, link.user_id, &link.email).await?;
        mailed_link::spend(tx.conn()?, Some(user.id), &link.email, &["magic"], app.now()).await?;
        tx.commit().await?;
        let proof = Proof {
            amr: vec!["magic".to_owned()],
            method: "magic_link",
            ..Proof::default()
        };
        self.enter(app, user, proof, origin).await
    }

    /// Sets a new password with a mailed link. All sessions end; nobody is signed in by it.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `invalid_link`, or at `/password`; the link stays good then.
    pub async fn reset(&self, app: &App, token: &str, password: String, origin: &Origin) -> Result<Uuid, AppError> {
        let place = self.passwords.place()?;
        let (user, old) = {
            let mut tx = app.begin().await?;
            let link = links::good(app, &mut tx, token, LinkPurpose::Reset).await?;
            let user = owner(&mut tx, link.user_id, &link.email).await?;
            let old = account::passwords(tx.conn()?, user.id).await?;
            (user, old)
        };
        rules::judge(&password, &[&user.name, &user.email], false).map_err(|w| weak("/password", w))?;
        let hash = place.hash_unless(password, old).await?;
        let hash = hash.ok_or_else(|| weak("/password", Weakness::Reused))?;
        let mut tx = app.begin().await?;
        let link = links::redeem(app, &mut tx, token, LinkPurpose::Reset).await?;
        let user = owner(&mut tx, link.user_id, &link.email).await?;
        let actor = origin.actor(&user);
        // Whoever had the account may have had its browser too.
        device::forget_all(tx.conn()?, user.id).await?;
        set(app, &mut tx, &actor, &user, &hash, None, "reset").await?;
        tx.commit().await?;
        Ok(user.id)
    }

    /// Changes the caller's password; his other sessions end. Returns them, and the token by which this one goes on.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when the present password is wrong or the new one weak; [`AppError::TooMany`].
    pub async fn change_password(
        &self,
        app: &App,
        caller: &Caller,
        this: Uuid,
        (present, new): (String, String),
        origin: &Origin,
    ) -> Result<(Vec<Uuid>, Option<Renewed>), AppError> {
        let user = self
            .prove_password(app, caller, present, "/current_password", origin)
            .await?;
        rules::judge(&new, &[&user.name, &user.email], false).map_err(|w| weak("/new_password", w))?;
        let old = account::passwords(&mut *app.conn().await?, user.id).await?;
        let hash = self.passwords.place()?.hash_unless(new, old).await?;
        let hash = hash.ok_or_else(|| weak("/new_password", Weakness::Reused))?;
        let mut tx = app.begin().await?;
        let ended = set(app, &mut tx, &caller.actor, &user, &hash, Some(this), "changed").await?;
        let renewed = renew::exchange(app, &mut tx, this).await?;
        tx.commit().await?;
        Ok((ended, renewed))
    }

    /// Has the caller prove his password, with the same brakes as a login.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `wrong_password` at `pointer`; [`AppError::TooMany`].
    pub async fn prove_password(
        &self,
        app: &App,
        caller: &Caller,
        password: String,
        pointer: &str,
        origin: &Origin,
    ) -> Result<User, AppError> {
        let user = user::by_id(&mut *app.conn().await?, caller.user_id).await?;
        let counters = throttle::of_login(&format!("proof:{}", user.id), origin, None);
        let place = throttle::admit(app, &self.line, &self.passwords, &counters).await?;
        let phc = account::password(&mut *app.conn().await?, user.id).await?;
        let checked = place.check(password, phc).await?;
        if !checked.good {
            return Err(AppError::invalid(
                pointer,
                "wrong_password",
                "This is not your password.",
            ));
        }
        store::login::forgive(&mut *app.conn().await?, &counters).await?;
        Ok(user)
    }
}

/// The account that a mailed link opens: the one it was bound to when it was mailed, while it still has that address.
async fn owner(tx: &mut Tx, user_id: Option<Uuid>, email: &str) -> Result<User, AppError> {
    let user = user::by_id(tx.conn()?, user_id.ok_or_else(links::invalid)?).await;
    match user {
        Ok(user) if user.is_active() && user.email == email => Ok(user),
        Ok(_) | Err(store::StoreError::NotFound) => Err(links::invalid()),
        Err(error) => Err(error.into()),
    }
}

/// Writes a new password; sessions end, but for `except`, and older links open nothing any more.
async fn set(
    app: &App,
    tx: &mut Tx,
    actor: &audit::Actor,
    user: &User,
    hash: &str,
    except: Option<Uuid>,
    how: &'static str,
) -> Result<Vec<Uuid>, AppError> {
    let now = app.now();
    account::set_password(tx.conn()?, user.id, hash, now).await?;
    let ended = session::revoke_all(tx.conn()?, user.id, except, "password_changed", now).await?;
    // Nor does a new address that somebody asked for: whoever resets the password may be throwing him out.
    let purposes = ["magic", "reset", "email_change"];
    mailed_link::spend(tx.conn()?, Some(user.id), &user.email, &purposes, now).await?;
    let mut tokens_revoked = 0;
    if how == "reset" {
        // A sign-in with the old password that is under way right now opens nothing, and no program goes on with what he gave it.
        account::outdate_sessions(tx.conn()?, user.id).await?;
        tokens_revoked = store::api_token::revoke_all(tx.conn()?, user.id, user.id, now).await?;
        store::calendar_feed::delete(tx.conn()?, user.id).await?;
        // Nor does he come back with a key or an account elsewhere that he added meanwhile.
        store::passkey::doubt(tx.conn()?, user.id).await?;
        store::oidc::identity::delete_all(tx.conn()?, user.id).await?;
    }
    let entry = audit::Entry {
        action: "user.password_changed",
        subject_type: "user",
        subject_id: Some(user.id),
        data: serde_json::json!({ "how": how, "sessions_ended": ended.len(), "api_tokens_revoked": tokens_revoked }),
    };
    audit::append(tx.conn()?, actor, now, entry).await?;
    tx.enqueue(&[NewJob::of(&SendAccountMail::notice(
        user.id,
        AccountNotice::PasswordChanged,
    ))])
    .await?;
    Ok(ended)
}
