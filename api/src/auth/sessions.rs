//! The check that every request passes. A token's signature is verified once and remembered; whether the session is still
//! live is asked again when the last answer is older than [`FRESH`], so a revoked session or a changed role shows within a
//! second while a busy caller costs one query a second.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use app::{App, AppError};
use chrono::{DateTime, TimeDelta, Utc};
use domain::permission::Permission;
use sha2::{Digest, Sha256};
use store::{session, user::User};
use uuid::Uuid;

use super::{Claims, Tokens};

/// How long a session's state may be taken for granted.
pub(super) const FRESH: Duration = Duration::from_millis(800);
/// How exactly the last use of a session is known.
const SEEN: TimeDelta = TimeDelta::minutes(1);
/// Entries kept before ended ones are swept out.
const CAPACITY: usize = 20_000;

/// With what a person proved who he is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// Signed in, in person.
    Session,
    /// A program of his holds a token.
    ApiToken,
}

/// A signed-in person, shared by the requests of one session.
#[derive(Debug, Clone)]
pub struct SessionUser {
    /// The account.
    pub user: User,
    /// What its role allows, of the permissions this release knows.
    pub permissions: Vec<Permission>,
    /// The session; for a program, its API token.
    pub session_id: Uuid,
    /// With what he proved who he is.
    pub credential: Credential,
    /// When the access token, or the API token, ends; Unix seconds.
    pub expires: i64,
    /// When the person proved who he is last, as far as the access token knows.
    pub factor_at: Option<DateTime<Utc>>,
    /// How he did (RFC 8176).
    pub amr: Vec<String>,
}

#[derive(Debug)]
struct Entry {
    /// The key that signed the token.
    kid: Uuid,
    claims: Claims,
    state: tokio::sync::Mutex<Option<(Instant, Arc<SessionUser>)>>,
}

/// Remembered tokens.
#[derive(Debug, Default)]
pub struct Sessions {
    entries: RwLock<HashMap<[u8; 32], Arc<Entry>>>,
}

impl Sessions {
    /// The person behind an access token.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] when the token or its session is not good any more.
    pub async fn authenticate(&self, app: &App, tokens: &Tokens, token: &str) -> Result<Arc<SessionUser>, AppError> {
        let now = app.now();
        let key: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let known = self
            .entries
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        let entry = match known {
            // A key that was taken back takes what it signed along.
            Some(entry)
                if now.timestamp() < entry.claims.exp && tokens.keys().verifier(app, entry.kid).await?.is_some() =>
            {
                entry
            }
            Some(_) => {
                self.write(|entries| entries.remove(&key));
                return Err(AppError::Unauthenticated);
            }
            None => {
                let verified = tokens.verify(app, token).await?;
                let verified = verified.ok_or(AppError::Unauthenticated)?;
                self.remember(key, verified, now.timestamp())
            }
        };
        // The lock lets one of many parallel requests ask the database for all.
        let mut state = entry.state.lock().await;
        if let Some((at, user)) = state.as_ref()
            && at.elapsed() < FRESH
        {
            return Ok(user.clone());
        }
        let asked = Instant::now();
        let Claims { sub, sid, sv, exp, .. } = entry.claims;
        let mut conn = app.conn().await?;
        let found = session::live_user(&mut conn, sub, sid, sv, now).await?;
        let Some(live) = found else {
            *state = None;
            drop(state);
            self.write(|entries| entries.remove(&key));
            return Err(AppError::Unauthenticated);
        };
        if now - live.last_seen_at > SEEN {
            session::seen(&mut conn, sid, now).await?;
        }
        drop(conn);
        let permissions = live
            .user
            .permissions
            .iter()
            .filter_map(|name| name.parse().ok())
            .collect();
        let user = Arc::new(SessionUser {
            user: live.user,
            permissions,
            session_id: sid,
            credential: Credential::Session,
            expires: exp,
            factor_at: entry.claims.proven(live.factor_at),
            amr: live.amr,
        });
        *state = Some((asked, user.clone()));
        Ok(user)
    }

    /// Forgets what is known of a session, so that the next request asks the database.
    pub fn forget(&self, session: Uuid) {
        self.write(|entries| entries.retain(|_, entry| entry.claims.sid != session));
    }

    /// Forgets what is known of a person's sessions.
    pub fn forget_user(&self, user: Uuid) {
        self.write(|entries| entries.retain(|_, entry| entry.claims.sub != user));
    }

    fn remember(&self, key: [u8; 32], (kid, claims): (Uuid, Claims), now: i64) -> Arc<Entry> {
        let entry = Arc::new(Entry {
            kid,
            claims,
            state: tokio::sync::Mutex::new(None),
        });
        self.write(|entries| {
            if entries.len() >= CAPACITY {
                entries.retain(|_, entry| now < entry.claims.exp);
            }
            if entries.len() >= CAPACITY {
                entries.clear();
            }
            entries.entry(key).or_insert_with(|| entry.clone()).clone()
        })
    }

    fn write<T>(&self, change: impl FnOnce(&mut HashMap<[u8; 32], Arc<Entry>>) -> T) -> T {
        change(&mut self.entries.write().unwrap_or_else(PoisonError::into_inner))
    }
}
