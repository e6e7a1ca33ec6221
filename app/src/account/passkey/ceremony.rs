//! A ceremony: what a browser is asked to sign, and the one answer to it.

use domain::account::passkey::CEREMONY_LIFE;
use store::passkey::{self, Bound};
use uuid::Uuid;

use super::{
    super::{enter::random_token, origin::hash},
    Asked, over, serial, stored,
};
use crate::{App, AppError};

/// Of a person who adds a passkey.
pub const fn register(user: Uuid, session: Uuid) -> Bound {
    Bound {
        purpose: "register",
        user_id: Some(user),
        session_id: Some(session),
        challenge_id: None,
    }
}

/// Of somebody who wants to sign in.
pub const LOGIN: Bound = Bound {
    purpose: "login",
    user_id: None,
    session_id: None,
    challenge_id: None,
};

/// Of a login that owes the second factor.
pub const fn second_factor(user: Uuid, challenge: Uuid) -> Bound {
    Bound {
        purpose: "second_factor",
        user_id: Some(user),
        session_id: None,
        challenge_id: Some(challenge),
    }
}

/// Of a person who proves anew who he is.
pub const fn step_up(user: Uuid, session: Uuid) -> Bound {
    Bound {
        purpose: "step_up",
        user_id: Some(user),
        session_id: Some(session),
        challenge_id: None,
    }
}

/// Begins one.
pub async fn begin<T, S: serde::Serialize>(
    app: &App,
    bound: Bound,
    (options, state): (T, S),
) -> Result<Asked<T>, AppError> {
    let token = random_token()?;
    let state = serial(&state)?;
    let mut tx = app.begin().await?;
    passkey::begin(tx.conn()?, bound, &hash(&token), &state, app.now() + CEREMONY_LIFE).await?;
    tx.commit().await?;
    Ok(Asked {
        ceremony: token,
        options,
        expires_in: CEREMONY_LIFE.num_seconds(),
    })
}

/// Ends one, whatever the answer is worth.
///
/// # Errors
/// [`AppError::Invalid`] `ceremony_over`.
pub async fn end<S: serde::de::DeserializeOwned>(app: &App, bound: Bound, token: &str) -> Result<S, AppError> {
    let mut conn = app.conn().await?;
    let state = passkey::end(&mut conn, bound, &hash(token), app.now()).await?;
    stored(state.ok_or_else(over)?)
}
