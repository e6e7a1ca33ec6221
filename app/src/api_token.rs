//! Tokens with which programs act for a person: made, listed, revoked.

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use domain::{
    api_token::{self as rules, MAX_DAYS, MAX_LIVE, MAX_NAME},
    permission::Permission,
};
use sha2::{Digest, Sha256};
use store::{
    api_token::{self, ApiToken, NewApiToken},
    audit, event,
};
use uuid::Uuid;

use crate::{App, AppError, Caller, FieldError, seal};

/// What a token shall be.
#[derive(Debug)]
pub struct Wish {
    /// Name, one line.
    pub name: String,
    /// Permissions it may use.
    pub scopes: Vec<String>,
    /// Life in days.
    pub days: i64,
}

/// A token just made, with the text that is shown this once.
#[derive(Debug)]
pub struct Made {
    /// What is kept of it.
    pub token: ApiToken,
    /// The token.
    pub text: String,
}

/// SHA-256 of a token, as it is kept.
#[must_use]
pub fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// The seal that ends a token: made over everything before it, under a key of this installation.
///
/// # Errors
/// Not in practice.
pub fn seal_of(app: &App, text: &str) -> Result<String, AppError> {
    Ok(seal_with(&app.keys.derive("api-tokens")?, text))
}

fn seal_with(key: &[u8; 32], text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let mut seal = URL_SAFE_NO_PAD.encode(hmac::sign(&key, text.as_bytes()));
    seal.truncate(rules::SEAL_LEN);
    seal
}

/// Whether this is the seal of a token, also of one that was made under a former master key.
///
/// # Errors
/// Not in practice.
pub fn is_seal_of(app: &App, text: &str, seal: &str) -> Result<bool, AppError> {
    let keys = app.keys.derive_all("api-tokens")?;
    let right = |key| verify_slices_are_equal(seal_with(key, text).as_bytes(), seal.as_bytes()).is_ok();
    Ok(keys.iter().any(right))
}

fn check(caller: &Caller, wish: &Wish) -> Result<(String, Vec<Permission>), AppError> {
    let mut errors = Vec::new();
    let name = wish.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        let detail = format!("A name has 1 to {MAX_NAME} characters on one line.");
        errors.push(FieldError::new("/name", "invalid_name", detail));
    }
    let mut scopes = Vec::new();
    for (at, scope) in wish.scopes.iter().enumerate() {
        let pointer = format!("/scopes/{at}");
        match scope.parse::<Permission>() {
            Ok(permission) if !caller.may(permission) => {
                let detail = format!("You do not hold `{scope}`, so no token of yours can.");
                errors.push(FieldError::new(&pointer, "not_held", detail));
            }
            Ok(permission) if !scopes.contains(&permission) => scopes.push(permission),
            Ok(_) => {}
            Err(unknown) => errors.push(FieldError::new(&pointer, "unknown_permission", unknown)),
        }
    }
    if wish.scopes.is_empty() {
        errors.push(FieldError::new("/scopes", "empty", "Name at least one permission."));
    }
    if rules::expiry(DateTime::UNIX_EPOCH, wish.days).is_none() {
        let detail = format!("A token lives for 1 to {MAX_DAYS} days.");
        errors.push(FieldError::new("/expires_in_days", "out_of_range", detail));
    }
    if errors.is_empty() {
        Ok((name, scopes))
    } else {
        Err(AppError::Invalid(errors))
    }
}

/// Makes a token for the caller, who proved who he is minutes ago. Its text is told this once.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Refused`] when he has too many.
pub async fn create(app: &App, caller: &Caller, wish: &Wish) -> Result<Made, AppError> {
    caller.need(Permission::TokensOwn)?;
    caller.fresh_factor(app.now())?;
    let (name, scopes) = check(caller, wish)?;
    let now = app.now();
    let expires_at = rules::expiry(now, wish.days).unwrap_or(now);
    let mut random = [0; 38];
    seal::random(&mut random)?;
    let (looked_up, secret) = random.split_at(6);
    let prefix: String = looked_up.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut text = rules::compose(&prefix, &URL_SAFE_NO_PAD.encode(secret));
    text += &seal_of(app, &text)?;
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    let new = NewApiToken {
        id: Uuid::now_v7(),
        user_id: caller.user_id,
        name: &name,
        prefix: &prefix,
        hash: &hash(&text),
        scopes: &scopes,
        expires_at,
    };
    let mut tx = app.begin().await?;
    if !api_token::insert(tx.conn()?, &new, MAX_LIVE, now).await? {
        return Err(AppError::refused(
            "too_many_tokens",
            format!("You have {MAX_LIVE} live tokens. Revoke those you do not use."),
        ));
    }
    let data = serde_json::json!({ "name": name, "prefix": prefix, "scopes": scopes, "expires_at": expires_at });
    log(&mut tx, app, caller, "api_token.created", new.id, data).await?;
    tx.commit().await?;
    let token = ApiToken {
        id: new.id,
        name: name.clone(),
        prefix: prefix.clone(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        created_at: now,
        expires_at,
        last_used_at: None,
        last_used_ip: None,
        revoked_at: None,
    };
    Ok(Made { token, text })
}

/// The caller's tokens, newest first.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<ApiToken>, AppError> {
    caller.need(Permission::TokensOwn)?;
    Ok(api_token::of_user(&mut *app.conn().await?, caller.user_id, app.now()).await?)
}

/// Revokes a token of the caller's; programs that use it are refused within a second.
///
/// # Errors
/// [`AppError::NotFound`].
pub async fn revoke(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    caller.need(Permission::TokensOwn)?;
    let mut tx = app.begin().await?;
    let token = api_token::revoke(tx.conn()?, caller.user_id, id, caller.user_id, app.now()).await?;
    let data = serde_json::json!({ "name": token.name, "prefix": token.prefix });
    log(&mut tx, app, caller, "api_token.revoked", id, data).await?;
    tx.commit().await
}

async fn log(
    tx: &mut crate::Tx,
    app: &App,
    caller: &Caller,
    action: &str,
    id: Uuid,
    data: serde_json::Value,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "api_token",
        subject_id: Some(id),
        data,
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    // The list in another window follows.
    let news = event::NewEvent {
        kind: "api_token.changed",
        subject_type: "api_token",
        subject_id: id,
        permission: None,
        user_id: Some(caller.user_id),
        data: serde_json::json!({}),
    };
    Ok(event::append(tx.conn()?, news).await?)
}
