//! One-time links. Their tokens are 256 bits computed from the link's id under a key of their own, so that a mail that is sent again
//! is the same mail; the database knows only their SHA-256.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use domain::{account::times::LinkPurpose, locale::Locale};
use jobs::{NewJob, SendAccountMail};
use serde::{Serialize, de::DeserializeOwned};
use store::mailed_link::{self, Link};
use uuid::Uuid;

use super::origin::hash;
use crate::{App, AppError, Tx};

/// Links of one purpose that one address gets in an hour.
const AN_HOUR: i64 = 5;

/// A link about to be mailed.
#[derive(Debug)]
pub struct NewLink<'a> {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Where it goes, in the form of [`domain::account::address`].
    pub email: &'a str,
    /// Account that it belongs to, when it does not depend on the address.
    pub user_id: Option<Uuid>,
    /// What it carries out, sealed; made by [`carry`].
    pub id: Uuid,
    /// Sealed data.
    pub data: Option<Vec<u8>>,
    /// Language of the mail.
    pub locale: Locale,
    /// Where it was asked for.
    pub ip: Option<&'a str>,
}

fn context(id: Uuid) -> String {
    format!("mailed_links.data.{id}")
}

/// Seals what a link is to carry out.
///
/// # Errors
/// When the system has no randomness.
pub fn carry<T: Serialize>(app: &App, id: Uuid, what: &T) -> Result<Vec<u8>, AppError> {
    let text = serde_json::to_vec(what).map_err(|error| AppError::Internal(error.to_string()))?;
    app.keys.seal(&context(id), &text)
}

/// What a link carries out.
///
/// # Errors
/// When it carries nothing, or something else.
pub fn carried<T: DeserializeOwned>(app: &App, link: &Link) -> Result<T, AppError> {
    let sealed = link.data.as_deref().ok_or_else(invalid)?;
    let text = app.keys.open(&context(link.id), sealed)?;
    serde_json::from_slice(&text).map_err(|error| AppError::Internal(error.to_string()))
}

/// Stores a link and enqueues its mail. An address that had enough of them within the hour gets no more, and nobody is told.
///
/// # Errors
/// When the database refuses.
pub async fn send(app: &App, tx: &mut Tx, new: NewLink<'_>) -> Result<(), AppError> {
    let now = app.now();
    let purpose = new.purpose.as_str();
    let asked = mailed_link::asked_since(tx.conn()?, new.email, purpose, now - TimeDelta::hours(1)).await?;
    if asked >= AN_HOUR {
        return Ok(());
    }
    let link = Link {
        id: new.id,
        user_id: new.user_id,
        email: new.email.to_owned(),
        purpose: purpose.to_owned(),
        token_hash: hash(&token(app, new.id)?).to_vec(),
        data: new.data,
        locale: new.locale.as_str().to_owned(),
        ip: new.ip.map(str::to_owned),
        created_at: now,
        expires_at: now + new.purpose.life(),
        used_at: None,
    };
    mailed_link::insert(tx.conn()?, &link).await?;
    tx.enqueue(&[NewJob::of(&SendAccountMail::Link { link_id: link.id })])
        .await?;
    Ok(())
}

/// The token of a link about to be made.
///
/// # Errors
/// Not in practice.
pub fn token(app: &App, id: Uuid) -> Result<String, AppError> {
    Ok(token_under(&app.keys.derive("mailed-links")?, id))
}

/// The token of a link that was made, perhaps under a former master key: the one with this hash.
///
/// # Errors
/// When no key made it.
pub fn token_of(app: &App, id: Uuid, token_hash: &[u8]) -> Result<String, AppError> {
    let keys = app.keys.derive_all("mailed-links")?;
    let mut tokens = keys.iter().map(|key| token_under(key, id));
    tokens
        .find(|token| hash(token).as_slice() == token_hash)
        .ok_or_else(|| {
            AppError::Internal(format!(
                "the link {id} was made under a master key that is not configured"
            ))
        })
}

fn token_under(key: &[u8; 32], id: Uuid) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, id.as_bytes()))
}

/// The link behind a token while it is good, without using it.
///
/// # Errors
/// [`AppError::Invalid`] `invalid_link`.
pub async fn good(app: &App, tx: &mut Tx, token: &str, purpose: LinkPurpose) -> Result<Link, AppError> {
    let link = mailed_link::good(tx.conn()?, &hash(token), purpose.as_str(), app.now()).await?;
    link.ok_or_else(invalid)
}

/// Whether a link is good, without using it: a page says so before it asks for anything.
///
/// # Errors
/// [`AppError::Invalid`] `invalid_link`.
pub async fn look(app: &App, token: &str, purpose: LinkPurpose) -> Result<(), AppError> {
    let link = mailed_link::good(&mut *app.conn().await?, &hash(token), purpose.as_str(), app.now()).await?;
    link.map(|_| ()).ok_or_else(invalid)
}

/// Uses the link behind a token.
///
/// # Errors
/// [`AppError::Invalid`] `invalid_link` when it is unknown, used, too old or for something else.
pub async fn redeem(app: &App, tx: &mut Tx, token: &str, purpose: LinkPurpose) -> Result<Link, AppError> {
    let link = mailed_link::redeem(tx.conn()?, &hash(token), purpose.as_str(), app.now()).await?;
    link.ok_or_else(invalid)
}

/// One answer for every link that opens nothing.
pub fn invalid() -> AppError {
    AppError::invalid(
        "/token",
        "invalid_link",
        "This link has been used, is too old, or is not complete. Ask for a new one.",
    )
}
