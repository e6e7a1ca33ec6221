//! Refresh tokens: opaque, hashed at rest, exchanged at each use. A token that comes back after its exchange was stolen or
//! its holder was robbed; either way the session ends. Within a few seconds it may be a browser whose answer got lost, or
//! two tabs at once: they get the very same successor, which is why the successor is computed and not drawn.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::account::{notice::AccountNotice, times};
use jobs::{NewJob, SendAccountMail};
use store::{
    alert::NewAlert,
    audit,
    session::{self, Session, Token},
    user::{self, User},
};
use uuid::Uuid;

use super::{Accounts, Origin, SignedIn, alerts, origin::hash};
use crate::{App, AppError};

/// Computes the token that follows a token.
#[derive(Debug)]
pub struct Successors(hmac::Key);

impl Successors {
    pub fn new(app: &App) -> Result<Self, AppError> {
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &app.keys.derive("refresh")?)))
    }

    fn of(&self, token: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, token.as_bytes()))
    }
}

fn may_go_on(session: &Session, user: &User, now: chrono::DateTime<chrono::Utc>) -> bool {
    user.is_active()
        && user.session_version == session.session_version
        && session.revoked_at.is_none()
        && now < session.expires_at
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
        let next = self.successors.of(token);
        let expires_at = (now + self.idle).min(session.expires_at);
        session::insert_token(tx.conn()?, session.id, &hash(&next), expires_at, now).await?;
        session::refreshed(tx.conn()?, session.id, origin.ip.as_deref(), expires_at, now).await?;
        tx.commit().await?;
        Ok(SignedIn {
            user,
            session_id: session.id,
            token: next,
            expires_at,
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
        let next = self.successors.of(token);
        let successor = session::token(tx.conn()?, &hash(&next)).await?;
        if let Some(successor) = successor
            && now - used_at <= times::REFRESH_GRACE
            && successor.used_at.is_none()
            && may_go_on(&session, &user, now)
        {
            return Ok(SignedIn {
                user,
                session_id,
                token: next,
                expires_at: successor.expires_at,
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
