//! An authenticator app.

use data_encoding::BASE32_NOPAD;
use store::{factor, passkey};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use uuid::Uuid;

use super::{Method, changed, keep_one, new_codes, wrong_code};
use crate::{
    App, AppError, Caller, Tx,
    account::{Origin, Renewed, renew, throttle},
    seal,
};

/// An authenticator app about to be set up.
#[derive(Debug)]
pub struct Setup {
    /// Secret in base32, for typing.
    pub secret: String,
    /// `otpauth://` address, for the QR code.
    pub url: String,
}

fn context(user: Uuid) -> String {
    format!("totp_factors.secret.{user}")
}

fn app_of(secret: &[u8], account: &str) -> Result<Totp, AppError> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(Secret::from(secret.to_vec()))
        .with_issuer(Some("CloudManager"))
        .with_account_name(account)
        .build()
        .map_err(|error| AppError::Internal(error.to_string()))
}

/// Begins the set-up of an authenticator app.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::Refused`] when one is in use.
pub async fn begin(app: &App, caller: &Caller) -> Result<Setup, AppError> {
    caller.fresh_factor(app.now())?;
    let mut secret = [0; 20];
    seal::random(&mut secret)?;
    let sealed = app.keys.seal(&context(caller.user_id), &secret)?;
    let totp = app_of(&secret, &caller.email)?;
    let mut tx = app.begin().await?;
    if !factor::begin_totp(tx.conn()?, caller.user_id, &sealed, app.now()).await? {
        return Err(AppError::refused(
            "totp_in_use",
            "An authenticator app is in use already. Remove it first.",
        ));
    }
    tx.commit().await?;
    let url = totp.to_url().map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(Setup {
        secret: BASE32_NOPAD.encode(&secret),
        url,
    })
}

/// Accepts the first code of an authenticator app: from now on it is asked for. Returns the backup codes, and the token by which the
/// session goes on.
///
/// # Errors
/// [`AppError::Invalid`] `wrong_code`, [`AppError::TooMany`].
pub async fn confirm(
    app: &App,
    caller: &Caller,
    session: Uuid,
    code: &str,
    origin: &Origin,
) -> Result<(Vec<String>, Option<Renewed>), AppError> {
    caller.fresh_factor(app.now())?;
    let counters = throttle::of_factor(caller.user_id, origin, None);
    throttle::count(app, &counters).await?;
    let mut tx = app.begin().await?;
    let pending = factor::totp(tx.conn()?, caller.user_id)
        .await?
        .filter(|totp| totp.confirmed_at.is_none())
        .ok_or(AppError::NotFound)?;
    if !take(app, &mut tx, caller.user_id, &pending, code).await? {
        return Err(wrong_code());
    }
    let codes = new_codes(app, &mut tx, caller.user_id).await?;
    let renewed = renew::proven(app, &mut tx, session, Method::Totp.amr()).await?;
    store::login::forgive(tx.conn()?, &counters).await?;
    changed(app, &mut tx, &caller.actor, caller.user_id, "totp_added").await?;
    tx.commit().await?;
    Ok((codes, renewed))
}

/// Removes the authenticator app, and the backup codes unless they stand in for another factor; `required` says that his role needs a
/// second factor.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::NotFound`] without one; [`AppError::Refused`] `last_factor`.
pub async fn remove(app: &App, caller: &Caller, required: bool) -> Result<(), AppError> {
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    passkey::lock_owner(tx.conn()?, caller.user_id).await?;
    if !factor::remove_totp(tx.conn()?, caller.user_id).await? {
        return Err(AppError::NotFound);
    }
    keep_one(app, &mut tx, caller.user_id, required).await?;
    changed(app, &mut tx, &caller.actor, caller.user_id, "totp_removed").await?;
    tx.commit().await
}

/// Whether the code is right and of a step that none was accepted of.
pub(super) async fn take(
    app: &App,
    tx: &mut Tx,
    user: Uuid,
    totp: &factor::Totp,
    code: &str,
) -> Result<bool, AppError> {
    let now = app.now();
    let secret = app.keys.open(&context(user), &totp.secret)?;
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    let Some(step) = app_of(&secret, "account")?.check(&digits, seconds) else {
        return Ok(false);
    };
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    Ok(factor::accept_step(tx.conn()?, user, step, now).await?)
}
