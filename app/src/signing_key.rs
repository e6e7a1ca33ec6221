//! Keys that sign access tokens: the first one, successors, and their end. Private keys are wrapped by a file key, as the data
//! keys of stored documents are.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use chrono::{DateTime, Utc};
use domain::{
    permission::Permission,
    signing_key::{Due, HOLD, LEAD, Life, due, pending, signer},
};
use store::{
    audit::{self, Actor, Entry},
    event,
    signing_key::{self, SigningKey},
};
use uuid::Uuid;

use crate::{App, AppError, Tx, seal, wall};

/// A key, opened.
pub struct Opened {
    /// Id.
    pub kid: Uuid,
    /// The pair.
    pub pair: Ed25519KeyPair,
    /// When it signs and verifies.
    pub life: Life,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("kid", &self.kid)
            .field("life", &self.life)
            .finish_non_exhaustive()
    }
}

fn context(kid: Uuid) -> String {
    format!("signing_keys.{kid}")
}

const fn life(key: &SigningKey) -> Life {
    Life {
        active_from: key.active_from,
        retire_at: key.retire_at,
    }
}

fn lives(keys: &[SigningKey]) -> Vec<Life> {
    keys.iter().map(life).collect()
}

/// All keys that verify, one that signs among them: when there is none, it is made.
///
/// # Errors
/// When the database is away, or the file key that wraps a private key is missing.
pub async fn opened(app: &App) -> Result<Vec<Opened>, AppError> {
    // They are the installation's, whoever's request it is that needs them: not behind the wall between customers.
    let keys = wall::scope(async {
        let keys = signing_key::live(&mut *app.conn().await?).await?;
        if signer(keys.iter().map(|key| (key.kid, life(key))), app.now()).is_none() {
            return first(app).await;
        }
        Ok::<_, AppError>(keys)
    });
    keys.await?.iter().map(|key| open(app, key)).collect()
}

/// What is opened was made by a holder of the master key: a public key that somebody slipped into the table is found out.
fn open(app: &App, key: &SigningKey) -> Result<Opened, AppError> {
    let seed = app.keys.unwrap_key(&key.key_id, &context(key.kid), &key.wrapped_key);
    let seed = seed.map_err(|error| {
        AppError::Internal(format!(
            "the signing key {} cannot be opened ({error}): give CM_MASTER_KEY and CM_FILE_KEYS their former values, \
             or make a new key with `cloudmanager keys rotate-signing --at-once`",
            key.kid
        ))
    })?;
    let pair = Ed25519KeyPair::from_seed_and_public_key(&seed, &key.public_key)
        .map_err(|_| AppError::Internal(format!("the signing key {} is not what was stored", key.kid)))?;
    Ok(Opened {
        kid: key.kid,
        pair,
        life: life(key),
    })
}

/// Makes the first key. Of several processes that start at once, one does it.
async fn first(app: &App) -> Result<Vec<SigningKey>, AppError> {
    let mut tx = app.begin().await?;
    signing_key::lock(tx.conn()?).await?;
    let now = app.now();
    let keys = signing_key::live(tx.conn()?).await?;
    if signer(keys.iter().map(|key| (key.kid, life(key))), now).is_some() {
        return Ok(keys);
    }
    make(app, &mut tx, &Actor::system("first signing key"), (now, now), now).await?;
    let keys = signing_key::live(tx.conn()?).await?;
    tx.commit().await?;
    Ok(keys)
}

/// A new key that signs from `active_from`; the others verify until `retire_at`.
async fn make(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (active_from, retire_at): (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<Uuid, AppError> {
    let kid = Uuid::now_v7();
    let mut seed = [0; 32];
    seal::random(&mut seed)?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed)
        .map_err(|_| AppError::Internal("a signing key cannot be made".to_owned()))?;
    let (key_id, wrapped_key) = app.keys.wrap(&context(kid), &seed)?;
    let key = SigningKey {
        kid,
        public_key: pair.public_key().as_ref().to_vec(),
        key_id,
        wrapped_key,
        created_at: now,
        active_from,
        retire_at: None,
    };
    signing_key::insert(tx.conn()?, &key).await?;
    signing_key::end_others(tx.conn()?, kid, retire_at).await?;
    let data = serde_json::json!({ "active_from": active_from, "others_retire_at": retire_at });
    note(tx, actor, ("signing_key.rotate", "signing_key.rotated"), kid, data, now).await?;
    Ok(kid)
}

async fn note(
    tx: &mut Tx,
    actor: &Actor,
    (action, kind): (&'static str, &'static str),
    kid: Uuid,
    data: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    let entry = Entry {
        action,
        subject_type: "signing_key",
        subject_id: Some(kid),
        data: data.clone(),
    };
    audit::append(tx.conn()?, actor, now, entry).await?;
    let told = event::NewEvent {
        kind,
        subject_type: "signing_key",
        subject_id: kid,
        permission: Some(Permission::SecurityView.as_str()),
        user_id: None,
        data,
    };
    Ok(event::append(tx.conn()?, told).await?)
}

async fn retire(tx: &mut Tx, actor: &Actor, now: DateTime<Utc>) -> Result<usize, AppError> {
    let ended = signing_key::retire(tx.conn()?, now).await?;
    for kid in &ended {
        let what = ("signing_key.retire", "signing_key.retired");
        note(tx, actor, what, *kid, serde_json::json!({}), now).await?;
    }
    Ok(ended.len())
}

/// Retires keys whose end has come, and makes the key that is due. Doing it twice does it once.
///
/// # Errors
/// When the database is away.
pub async fn keep(app: &App) -> Result<(), AppError> {
    let actor = Actor::system("rotation of signing keys");
    let mut tx = app.begin().await?;
    signing_key::lock(tx.conn()?).await?;
    let now = app.now();
    retire(&mut tx, &actor, now).await?;
    let keys = signing_key::live(tx.conn()?).await?;
    match due(&lives(&keys), now) {
        Due::Nothing => {}
        Due::First => drop(make(app, &mut tx, &actor, (now, now), now).await?),
        Due::Next => {
            let from = now + LEAD;
            make(app, &mut tx, &actor, (from, from + HOLD), now).await?;
        }
    }
    tx.commit().await
}

/// A key made out of turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// The new key.
    pub kid: Uuid,
    /// When it signs.
    pub active_from: DateTime<Utc>,
    /// Until when the others verify.
    pub others_until: DateTime<Utc>,
}

/// Makes the next key now. `at_once` is for a private key that somebody else may have: the new one signs immediately, and what
/// the others signed is refused from now on.
///
/// # Errors
/// [`AppError::Refused`] when the next key waits for its time already.
pub async fn rotate(app: &App, actor: &Actor, at_once: bool) -> Result<Rotation, AppError> {
    let mut tx = app.begin().await?;
    signing_key::lock(tx.conn()?).await?;
    let now = app.now();
    retire(&mut tx, actor, now).await?;
    let keys = signing_key::live(tx.conn()?).await?;
    if !at_once && pending(&lives(&keys), now) {
        return Err(AppError::refused(
            "rotation_under_way",
            "The next key is published and will sign in a few minutes.",
        ));
    }
    let (active_from, others_until) = if at_once || keys.is_empty() {
        (now, now)
    } else {
        (now + LEAD, now + LEAD + HOLD)
    };
    let kid = make(app, &mut tx, actor, (active_from, others_until), now).await?;
    retire(&mut tx, actor, now).await?;
    tx.commit().await?;
    Ok(Rotation {
        kid,
        active_from,
        others_until,
    })
}

/// Has the present file key wrap every private key; returns how many it had to.
///
/// # Errors
/// When a key that is needed to open is missing.
pub async fn rewrap(app: &App) -> Result<usize, AppError> {
    let mut tx = app.begin().await?;
    signing_key::lock(tx.conn()?).await?;
    let mut done = 0;
    for key in signing_key::live(tx.conn()?).await? {
        if key.key_id == app.keys.file_key_id() {
            continue;
        }
        let seed = app.keys.unwrap_key(&key.key_id, &context(key.kid), &key.wrapped_key)?;
        let (key_id, wrapped) = app.keys.wrap(&context(key.kid), &seed)?;
        signing_key::rewrap(tx.conn()?, key.kid, &key_id, &wrapped).await?;
        done += 1;
    }
    tx.commit().await?;
    Ok(done)
}
