//! Refresh tokens: opaque, hashed at rest, exchanged at each use. A token that comes back after its exchange was stolen or
//! its holder was robbed; either way the session ends. Within a few seconds it may be the same browser whose answer got lost, or
//! two of its tabs at once: they get the very same successor, which is why the successor is computed and not drawn.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use domain::account::{notice::AccountNotice, times};
use jobs::{NewJob, SendAccountMail};
use store::{
    PgConn,
    alert::NewAlert,
    audit, device, factor,
    session::{self, Session, Token},
    user::{self, User},
};
use uuid::Uuid;

use super::{Accounts, Origin, SignedIn, alerts, origin::hash};
use crate::{App, AppError, Tx};

/// The token by which a session goes on after a proof.
#[derive(Debug)]
pub struct Renewed {
    /// The refresh token.
    pub token: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Computes the token that follows the token with this hash.
fn successor(app: &App, hash: &[u8]) -> Result<String, AppError> {
    Ok(under(&app.keys.derive("refresh")?, hash))
}

fn under(key: &[u8; 32], hash: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), hash))
}

/// The token that a spent one was exchanged for, perhaps under a former master key.
async fn exchanged(app: &App, conn: &mut PgConn, token: &str) -> Result<Option<(String, Token)>, AppError> {
    for key in app.keys.derive_all("refresh")? {
        let next = under(&key, &hash(token));
        if let Some(found) = session::token(conn, &hash(&next)).await? {
            return Ok(Some((next, found)));
        }
    }
    Ok(None)
}

/// Exchanges the refresh token of a session out of turn, whether or not it was brought along: whoever else holds the present one
/// is not in by what the person has just proven. Its time goes on.
pub(super) async fn exchange(app: &App, tx: &mut Tx, session: Uuid) -> Result<Option<Renewed>, AppError> {
    let now = app.now();
    // A refresh at the same time may have been first: then its successor is the one to exchange.
    for _ in 0..2 {
        if let Some(spent) = session::spend_live(tx.conn()?, session, now).await? {
            let token = successor(app, &spent.token_hash)?;
            session::insert_token(tx.conn()?, session, &hash(&token), spent.expires_at, now).await?;
            return Ok(Some(Renewed {
                token,
                expires_at: spent.expires_at,
            }));
        }
    }
    Ok(None)
}

/// Notes that the person of a session has just proven who he is, and how; its refresh token is exchanged.
pub(super) async fn proven(app: &App, tx: &mut Tx, session: Uuid, how: &str) -> Result<Option<Renewed>, AppError> {
    // Token before session, as in a refresh.
    let renewed = exchange(app, tx, session).await?;
    factor::proven(tx.conn()?, session, how, app.now()).await?;
    Ok(renewed)
}

fn may_go_on(session: &Session, user: &User, now: DateTime<Utc>) -> bool {
    user.is_active()
        && user.session_version == session.session_version
        && session.revoked_at.is_none()
        && now < session.expires_at
}

/// Whether a request comes from the browser in which the session began, as far as that is known.
async fn same_browser(conn: &mut PgConn, session: &Session, origin: &Origin) -> Result<bool, AppError> {
    let Some(began_in) = session.device_id else {
        return Ok(true);
    };
    match origin.device_hash() {
        Some(hash) => Ok(device::is(conn, began_in, &hash).await?),
        None => Ok(false),
    }
}

impl Accounts {
    /// Exchanges a token for its successor.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] when the token is unknown, ended, revoked or replayed; a replay ends the session.
    pub async fn renew(&self, app: &App, token: &str, origin: &Origin) -> Result<SignedIn, AppError> {
        let now = app.now();
        let mut tx = app.begin().await?;
        let Some(used) = session::use_token(tx.conn()?, &hash(token), now).await? else {
            drop(tx);
            return self.renew_again(app, token, origin).await;
        };
        let session = session::find(tx.conn()?, used.session_id).await?;
        let user = user::by_id(tx.conn()?, session.user_id).await?;
        if !may_go_on(&session, &user, now) {
            session::revoke(tx.conn()?, session.id, "account_changed", now).await?;
            tx.commit().await?;
            return Err(AppError::Unauthenticated);
        }
        let next = successor(app, &hash(token))?;
        let expires_at = (now + self.idle).min(session.expires_at);
        session::insert_token(tx.conn()?, session.id, &hash(&next), expires_at, now).await?;
        session::refreshed(tx.conn()?, session.id, origin.ip.as_deref(), expires_at, now).await?;
        tx.commit().await?;
        Ok(SignedIn {
            user,
            session_id: session.id,
            token: next,
            expires_at,
            proven_at: session.factor_at,
            device: None,
        })
    }

    /// A token that cannot be used: a repeat within the grace time, a replay, or nothing we know.
    async fn renew_again(&self, app: &App, token: &str, origin: &Origin) -> Result<SignedIn, AppError> {
        let now = app.now();
        let mut tx = app.begin().await?;
        let Some(Token {
            session_id,
            used_at: Some(used_at),
            ..
        }) = session::token(tx.conn()?, &hash(token)).await?
        else {
            return Err(AppError::Unauthenticated);
        };
        let session = session::find(tx.conn()?, session_id).await?;
        let user = user::by_id(tx.conn()?, session.user_id).await?;
        if let Some((next, successor)) = exchanged(app, tx.conn()?, token).await?
            && now - used_at <= times::REFRESH_GRACE
            && successor.used_at.is_none()
            && may_go_on(&session, &user, now)
            && same_browser(tx.conn()?, &session, origin).await?
        {
            return Ok(SignedIn {
                user,
                session_id,
                token: next,
                expires_at: successor.expires_at,
                proven_at: session.factor_at,
                device: None,
            });
        }
        if session::revoke(tx.conn()?, session_id, "replayed", now).await? {
            let entry = audit::Entry {
                action: "session.replayed",
                subject_type: "session",
                subject_id: Some(session_id),
                data: serde_json::json!({ "reason": "a spent refresh token came back" }),
            };
            audit::append(tx.conn()?, &origin.actor(&user), now, entry).await?;
            let alert = NewAlert {
                kind: "refresh_replayed",
                severity: "critical",
                user_id: Some(user.id),
                ip: origin.ip.as_deref(),
                data: serde_json::json!({ "session_id": session_id, "user_agent": origin.user_agent }),
                once_key: Some(format!("refresh_replayed:{session_id}")),
            };
            alerts::raise(&mut tx, alert, now).await?;
            let mail = SendAccountMail::notice(user.id, AccountNotice::SessionReplayed)
                .with("device", session.user_agent.as_deref().unwrap_or_default());
            tx.enqueue(&[NewJob::of(&mail)]).await?;
            tx.commit().await?;
        }
        Err(AppError::Unauthenticated)
    }

    /// Ends the session of a token; an unknown token ends nothing. Returns the session.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn leave(&self, app: &App, token: &str, origin: &Origin) -> Result<Option<Uuid>, AppError> {
        let now = app.now();
        let mut tx = app.begin().await?;
        let Some(known) = session::token(tx.conn()?, &hash(token)).await? else {
            return Ok(None);
        };
        if session::revoke(tx.conn()?, known.session_id, "signed_out", now).await? {
            let session = session::find(tx.conn()?, known.session_id).await?;
            let user = user::by_id(tx.conn()?, session.user_id).await?;
            let entry = audit::Entry {
                action: "session.ended",
                subject_type: "session",
                subject_id: Some(session.id),
                data: serde_json::json!({ "reason": "signed_out" }),
            };
            audit::append(tx.conn()?, &origin.actor(&user), now, entry).await?;
        }
        tx.commit().await?;
        Ok(Some(known.session_id))
    }
}
