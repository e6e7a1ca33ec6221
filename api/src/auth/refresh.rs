//! Refresh tokens: opaque, hashed at rest, exchanged at each use. A token that comes back after its exchange was stolen or
//! its holder was robbed; either way the session ends. Within a few seconds it may be a browser whose answer got lost, or
//! two tabs at once: they get the very same successor, which is why the successor is computed and not drawn.

use std::time::Duration;

use app::{App, AppError};
use aws_lc_rs::{hmac, rand};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use store::{
    audit::{self, Actor},
    session::{self, NewToken, Token},
    user::{self, User},
};
use uuid::Uuid;

/// How long a used token still yields its successor.
const GRACE: Duration = Duration::from_secs(10);
/// Longest life of a session, however often it is refreshed.
const ABSOLUTE: Duration = Duration::from_secs(30 * 86_400);

/// Where a session is used from.
#[derive(Debug, Clone, Default)]
pub struct SessionSource {
    /// Source address.
    pub ip: Option<String>,
    /// User agent.
    pub user_agent: Option<String>,
}

/// A session with the token that continues it.
#[derive(Debug)]
pub struct Renewed {
    /// The account.
    pub user: User,
    /// The session.
    pub session_id: Uuid,
    /// The refresh token.
    pub token: String,
    /// When the refresh token ends.
    pub expires_at: DateTime<Utc>,
}

/// Issues and exchanges refresh tokens.
#[derive(Debug)]
pub struct Refresh {
    key: hmac::Key,
    lifetime: Duration,
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

impl Refresh {
    /// With the key derived from the master key. `lifetime` is how long a session lives unused.
    ///
    /// # Errors
    /// Not in practice.
    pub fn new(app: &App, lifetime: Duration) -> Result<Self, AppError> {
        Ok(Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &app.keys.derive("refresh")?),
            lifetime,
        })
    }

    fn successor(&self, token: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, token.as_bytes()))
    }

    /// Begins a session for an account whose password was right.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn begin(&self, app: &App, user: User, source: &SessionSource) -> Result<Renewed, AppError> {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes).map_err(|_| AppError::Internal("no randomness".to_owned()))?;
        let token = URL_SAFE_NO_PAD.encode(bytes);
        let session_id = Uuid::now_v7();
        let now = app.now();
        let expires_at = now + self.lifetime;
        let mut tx = app.begin().await?;
        let hash = hash(&token);
        let new = new_token(&hash, session_id, &user, expires_at, source);
        session::insert_token(tx.conn()?, &new, now).await?;
        let entry = entry("session.started", session_id);
        audit::append(tx.conn()?, &actor(&user, source), now, entry).await?;
        tx.commit().await?;
        Ok(Renewed {
            user,
            session_id,
            token,
            expires_at,
        })
    }

    /// Exchanges a token for its successor.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] when the token is unknown, ended, revoked or replayed; a replay ends the session.
    pub async fn renew(&self, app: &App, token: &str, source: &SessionSource) -> Result<Renewed, AppError> {
        let now = app.now();
        let old = hash(token);
        let mut tx = app.begin().await?;
        let Some(used) = session::use_token(tx.conn()?, &old, now).await? else {
            drop(tx);
            return self.renew_again(app, token, source).await;
        };
        let user = user::by_id(tx.conn()?, used.user_id).await?;
        let expires_at = (now + self.lifetime).min(began(used.family_id, now) + ABSOLUTE);
        if user.disabled || user.session_version != used.session_version || expires_at <= now {
            session::revoke_family(tx.conn()?, used.family_id, now).await?;
            tx.commit().await?;
            return Err(AppError::Unauthenticated);
        }
        let next = self.successor(token);
        let next_hash = hash(&next);
        let new = new_token(&next_hash, used.family_id, &user, expires_at, source);
        session::insert_token(tx.conn()?, &new, now).await?;
        tx.commit().await?;
        Ok(Renewed {
            user,
            session_id: used.family_id,
            token: next,
            expires_at,
        })
    }

    /// A token that cannot be used: a repeat within the grace time, a replay, or nothing we know.
    async fn renew_again(&self, app: &App, token: &str, source: &SessionSource) -> Result<Renewed, AppError> {
        let now = app.now();
        let mut tx = app.begin().await?;
        let old = session::token(tx.conn()?, &hash(token))
            .await?
            .ok_or(AppError::Unauthenticated)?;
        let Token {
            used_at: Some(used_at),
            revoked_at: None,
            ..
        } = old
        else {
            return Err(AppError::Unauthenticated);
        };
        let user = user::by_id(tx.conn()?, old.user_id).await?;
        let next = self.successor(token);
        let successor = session::token(tx.conn()?, &hash(&next)).await?;
        if let Some(successor) = successor
            && now - used_at <= chrono::TimeDelta::seconds(GRACE.as_secs().cast_signed())
            && successor.used_at.is_none()
            && !user.disabled
            && user.session_version == successor.session_version
        {
            let expires_at = successor.expires_at;
            return Ok(Renewed {
                user,
                session_id: old.family_id,
                token: next,
                expires_at,
            });
        }
        if session::revoke_family(tx.conn()?, old.family_id, now).await? {
            tracing::warn!(session = %old.family_id, "a used refresh token came back: the session is ended");
            let entry = entry("session.replayed", old.family_id);
            audit::append(tx.conn()?, &actor(&user, source), now, entry).await?;
        }
        tx.commit().await?;
        Err(AppError::Unauthenticated)
    }

    /// Ends the session of a token; an unknown token ends nothing. Returns the session.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn end(&self, app: &App, token: &str, source: &SessionSource) -> Result<Option<Uuid>, AppError> {
        let now = app.now();
        let mut tx = app.begin().await?;
        let Some(known) = session::token(tx.conn()?, &hash(token)).await? else {
            return Ok(None);
        };
        if session::revoke_family(tx.conn()?, known.family_id, now).await? {
            let user = user::by_id(tx.conn()?, known.user_id).await?;
            audit::append(
                tx.conn()?,
                &actor(&user, source),
                now,
                entry("session.ended", known.family_id),
            )
            .await?;
        }
        tx.commit().await?;
        Ok(Some(known.family_id))
    }
}

/// When a session began: its id is a UUIDv7, which holds the time.
fn began(session: Uuid, now: DateTime<Utc>) -> DateTime<Utc> {
    session
        .get_timestamp()
        .and_then(|time| {
            let (seconds, nanos) = time.to_unix();
            DateTime::from_timestamp(seconds.cast_signed(), nanos)
        })
        .unwrap_or(now)
}

fn new_token<'a>(
    hash: &'a [u8],
    family_id: Uuid,
    user: &User,
    expires_at: DateTime<Utc>,
    source: &'a SessionSource,
) -> NewToken<'a> {
    NewToken {
        family_id,
        user_id: user.id,
        session_version: user.session_version,
        hash,
        expires_at,
        ip: source.ip.as_deref(),
        user_agent: source.user_agent.as_deref(),
    }
}

fn actor(user: &User, source: &SessionSource) -> Actor {
    Actor {
        user_id: Some(user.id),
        kind: "user",
        name: user.name.clone(),
        ip: source.ip.clone(),
        user_agent: source.user_agent.clone(),
        request_id: Some(crate::middleware::request_id::current()),
        session_id: None,
    }
}

fn entry(action: &'static str, session: Uuid) -> audit::Entry<'static> {
    audit::Entry {
        action,
        subject_type: "session",
        subject_id: Some(session),
        data: serde_json::json!({}),
    }
}
