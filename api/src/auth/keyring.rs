//! The keys that sign access tokens, as this process knows them: read again every few seconds, and at once when a token names
//! a key that is not known, though not oftener than strangers may make us ask.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use app::{App, AppError, signing_key::Opened};
use aws_lc_rs::signature::KeyPair;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use domain::signing_key::{Life, signer};
use jsonwebtoken::{DecodingKey, EncodingKey};
use tokio::sync::Mutex;
use uuid::Uuid;

/// How long the known keys are taken for granted: within this time a key that was taken back is refused everywhere.
const FRESH: Duration = Duration::from_secs(5);
/// Shortest time between two questions about keys that nobody knows.
const PAUSE: Duration = Duration::from_secs(1);

/// A key.
pub struct Key {
    /// Id, which tokens name.
    pub kid: Uuid,
    /// Signs.
    pub encoding: EncodingKey,
    /// Verifies.
    pub decoding: DecodingKey,
    /// The public key in base64url, as it is published.
    pub x: String,
    life: Life,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl Key {
    fn new(opened: &Opened) -> Result<Self, AppError> {
        let public = opened.pair.public_key().as_ref();
        let pkcs8 = opened
            .pair
            .to_pkcs8()
            .map_err(|_| AppError::Internal("the signing key has no PKCS#8 form".to_owned()))?;
        Ok(Self {
            kid: opened.kid,
            encoding: EncodingKey::from_ed_der(pkcs8.as_ref()),
            decoding: DecodingKey::from_ed_der(public),
            x: URL_SAFE_NO_PAD.encode(public),
            life: opened.life,
        })
    }
}

#[derive(Debug, Default)]
struct Known {
    at: Option<Instant>,
    keys: Arc<[Arc<Key>]>,
}

/// The known keys.
#[derive(Debug, Default)]
pub struct Keyring {
    known: RwLock<Known>,
    /// When the last question was put; held while one is.
    asked: Mutex<Option<Instant>>,
}

impl Keyring {
    /// The key that signs.
    ///
    /// # Errors
    /// When none is known and the database is away.
    pub async fn signer(&self, app: &App) -> Result<Arc<Key>, AppError> {
        let find = |keys: &[Arc<Key>]| {
            let kid = signer(keys.iter().map(|key| (key.kid, key.life)), app.now())?;
            keys.iter().find(|key| key.kid == kid).cloned()
        };
        if let Some(key) = find(&self.current(app).await?) {
            return Ok(key);
        }
        find(&self.reload(app, Duration::ZERO).await?)
            .ok_or_else(|| AppError::Unavailable("there is no signing key".to_owned()))
    }

    /// The key of this id, while it verifies.
    ///
    /// # Errors
    /// When no key is known at all and the database is away.
    pub async fn verifier(&self, app: &App, kid: Uuid) -> Result<Option<Arc<Key>>, AppError> {
        let now = app.now();
        let find = |keys: &[Arc<Key>]| keys.iter().find(|key| key.kid == kid).cloned();
        let found = match find(&self.current(app).await?) {
            Some(key) => Some(key),
            None => find(&self.reload(app, PAUSE).await?),
        };
        Ok(found.filter(|key| key.life.verifies(now)))
    }

    /// All keys that verify, the next one among them.
    ///
    /// # Errors
    /// When no key is known and the database is away.
    pub async fn published(&self, app: &App, now: DateTime<Utc>) -> Result<Vec<Arc<Key>>, AppError> {
        let keys = self.current(app).await?;
        Ok(keys.iter().filter(|key| key.life.verifies(now)).cloned().collect())
    }

    /// The keys as they are, read again when that was long ago. While one request asks, the others go on with what is known.
    async fn current(&self, app: &App) -> Result<Arc<[Arc<Key>]>, AppError> {
        let (fresh, keys) = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            (known.at.is_some_and(|at| at.elapsed() < FRESH), known.keys.clone())
        };
        if fresh || (!keys.is_empty() && self.asked.try_lock().is_err()) {
            return Ok(keys);
        }
        match self.reload(app, PAUSE).await {
            Err(error) if !keys.is_empty() => {
                tracing::warn!(%error, "signing keys cannot be read; going on with those that are known");
                Ok(keys)
            }
            other => other,
        }
    }

    /// Reads the keys unless somebody asked within `pause`.
    async fn reload(&self, app: &App, pause: Duration) -> Result<Arc<[Arc<Key>]>, AppError> {
        let mut asked = self.asked.lock().await;
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if !known.keys.is_empty() && asked.is_some_and(|at| at.elapsed() < pause) {
                return Ok(known.keys.clone());
            }
        }
        let at = Instant::now();
        *asked = Some(at);
        let opened = app::signing_key::opened(app).await?;
        let keys: Arc<[Arc<Key>]> = opened
            .iter()
            .map(|key| Ok(Arc::new(Key::new(key)?)))
            .collect::<Result<_, AppError>>()?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Known {
            at: Some(at),
            keys: keys.clone(),
        };
        Ok(keys)
    }
}
