//! A fresh proof within a session.

use store::{audit, factor, sms};
use uuid::Uuid;

use super::{Method, backup::code_hash, of, totp, within, wrong_code};
use crate::{
    App, AppError, Caller, Tx,
    account::{
        Accounts, Origin, Renewed, renew,
        text_codes::{self, Place},
        throttle,
    },
};

/// Whether the code is right and was not used before; it is used then. An app that was never confirmed proves nothing: whoever had
/// the session for a moment may have set it up.
pub(in crate::account) async fn take(
    app: &App,
    tx: &mut Tx,
    user: Uuid,
    (method, code): (Method, &str),
    text: Option<Uuid>,
) -> Result<bool, AppError> {
    match method {
        Method::Sms => match text {
            Some(id) => Ok(sms::code::spend(tx.conn()?, id, app.now()).await?),
            None => Ok(false),
        },
        Method::Totp => {
            let confirmed = factor::totp(tx.conn()?, user)
                .await?
                .filter(|totp| totp.confirmed_at.is_some());
            match confirmed {
                Some(held) => totp::take(app, tx, user, &held, code).await,
                None => Ok(false),
            }
        }
        // Where the only factor is a phone that is not enough, its codes are not either.
        Method::BackupCode if within(app, tx, user).await?.sufficient() == 0 => Ok(false),
        Method::BackupCode => Ok(factor::use_backup_code(tx.conn()?, user, &code_hash(user, code), app.now()).await?),
        Method::Password => Ok(false),
    }
}

/// The id of the code by text message, when that is how he proves himself and it is right. Its tries are counted in a transaction of
/// their own, before it is looked at.
pub(in crate::account) async fn looked_at(
    app: &App,
    user: Uuid,
    (method, code): (Method, &str),
    place: Place,
) -> Result<Option<Uuid>, AppError> {
    if method != Method::Sms {
        return Ok(None);
    }
    Ok(text_codes::look(app, user, place, code).await?.map(|(id, _)| id))
}

/// Notes that the caller has just proven who he is, by this method, which proves this. Returns the token by which the session goes on.
pub(in crate::account) async fn stepped_up(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    session: Uuid,
    (method, amr): (&'static str, &str),
) -> Result<Option<Renewed>, AppError> {
    let renewed = renew::proven(app, tx, session, amr).await?;
    let entry = audit::Entry {
        action: "session.stepped_up",
        subject_type: "session",
        subject_id: Some(session),
        data: serde_json::json!({ "method": method }),
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    Ok(renewed)
}

impl Accounts {
    /// Has the caller prove anew who he is: by a second factor when he has one, else by his password. Returns the token by which the
    /// session goes on.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `wrong_code` or `wrong_password`; [`AppError::TooMany`].
    pub async fn step_up(
        &self,
        app: &App,
        caller: &Caller,
        session: Uuid,
        (method, code): (Method, String),
        origin: &Origin,
    ) -> Result<Option<Renewed>, AppError> {
        if method == Method::Password {
            if !of(app, caller.user_id).await?.methods().is_empty() {
                return Err(AppError::invalid(
                    "/method",
                    "second_factor_needed",
                    "Use your second factor.",
                ));
            }
            self.prove_password(app, caller, code.clone(), "/code", origin).await?;
        }
        let counters = throttle::of_factor(caller.user_id, origin, None);
        throttle::count(app, &counters).await?;
        let proof = (method, code.as_str());
        let text = looked_at(app, caller.user_id, proof, Place::StepUp(session)).await?;
        let mut tx = app.begin().await?;
        if method != Method::Password && !take(app, &mut tx, caller.user_id, proof, text).await? {
            return Err(wrong_code());
        }
        let renewed = stepped_up(app, &mut tx, caller, session, (method.as_str(), method.amr())).await?;
        store::login::forgive(tx.conn()?, &counters).await?;
        tx.commit().await?;
        Ok(renewed)
    }
}
