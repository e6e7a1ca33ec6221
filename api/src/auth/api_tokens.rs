//! API tokens in use. Like sessions, a token is looked up again when the last answer is older than [`FRESH`].

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use app::{
    App, AppError,
    api_token::{hash, is_seal_of},
};
use aws_lc_rs::constant_time;
use domain::{api_token, permission::Permission};
use store::user::User;

use super::sessions::{Credential, FRESH, SessionUser};

/// Entries kept before old ones are swept out.
const CAPACITY: usize = 10_000;

/// How long tokens without a seal are known for: while old processes run, they still make some.
const UNSEALED: Duration = Duration::from_secs(60);

/// By the hash of a token's text: when it was looked up, and whom it acts for.
type Fresh = HashMap<[u8; 32], (Instant, Arc<SessionUser>)>;

/// Remembered tokens.
#[derive(Debug, Default)]
pub struct ApiTokens {
    fresh: Mutex<Fresh>,
    unsealed: tokio::sync::Mutex<Option<(Instant, HashSet<String>)>>,
}

fn parsed(names: &[String]) -> Vec<Permission> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

impl ApiTokens {
    /// The person a token acts for, with no more permissions than the token was given.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] when the token is not good, or not any more.
    pub async fn authenticate(&self, app: &App, text: &str, ip: Option<IpAddr>) -> Result<Arc<SessionUser>, AppError> {
        let parts = api_token::parts(text).ok_or(AppError::Unauthenticated)?;
        let hash = hash(text);
        if let Some((at, user)) = self.lock().get(&hash)
            && at.elapsed() < FRESH
        {
            return Ok(user.clone());
        }
        let known = match parts.seal {
            Some(seal) => is_seal_of(app, parts.sealed, seal)?,
            None => self.is_unsealed(app, parts.prefix).await?,
        };
        if !known {
            return Err(AppError::Unauthenticated);
        }
        let (asked, now) = (Instant::now(), app.now());
        let mut conn = app.conn().await?;
        let live = store::api_token::live(&mut conn, parts.prefix, now).await?;
        let live = live.filter(|live| constant_time::verify_slices_are_equal(&live.hash, &hash).is_ok());
        let Some(live) = live else {
            self.lock().remove(&hash);
            return Err(AppError::Unauthenticated);
        };
        if live.is_use_news(now) {
            let ip = ip.map(|ip| ip.to_string());
            store::api_token::used(&mut conn, live.token_id, ip.as_deref(), now).await?;
        }
        drop(conn);
        let permissions = api_token::reach(&parsed(&live.scopes), &parsed(&live.user.permissions));
        let user = Arc::new(SessionUser {
            user: User {
                permissions: permissions
                    .iter()
                    .map(|permission| permission.as_str().to_owned())
                    .collect(),
                ..live.user
            },
            permissions,
            session_id: live.token_id,
            credential: Credential::ApiToken,
            expires: live.expires_at.timestamp(),
            factor_at: None,
            amr: Vec::new(),
        });
        let mut fresh = self.lock();
        if fresh.len() >= CAPACITY {
            fresh.retain(|_, (at, _)| at.elapsed() < FRESH);
        }
        fresh.insert(hash, (asked, user.clone()));
        Ok(user)
    }

    /// There is a token from before seals with this prefix. They only become fewer, so they are seldom asked for.
    async fn is_unsealed(&self, app: &App, prefix: &str) -> Result<bool, AppError> {
        let mut unsealed = self.unsealed.lock().await;
        if unsealed.as_ref().is_none_or(|(at, _)| at.elapsed() >= UNSEALED) {
            let prefixes = store::api_token::unmarked(&mut *app.conn().await?, app.now()).await?;
            *unsealed = Some((Instant::now(), prefixes.into_iter().collect()));
        }
        Ok(unsealed.as_ref().is_some_and(|(_, known)| known.contains(prefix)))
    }

    /// Forgets what is known of a token, so that the next request asks the database.
    pub fn forget(&self, token: uuid::Uuid) {
        self.lock().retain(|_, (_, user)| user.session_id != token);
    }

    fn lock(&self) -> MutexGuard<'_, Fresh> {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
