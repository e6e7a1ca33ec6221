//! A try begins: the browser gets a cookie that alone may end it, and goes to the provider.

use chrono::TimeDelta;
use domain::{locale::Locale, oidc::Try};
use store::oidc::{
    flow::{self, Flow},
    provider,
};
use uuid::Uuid;

use super::{Secrets, failed, registration, seal};
use crate::{
    App, AppError, Caller,
    account::{origin_hash as hash, random_token},
    ports::Issuers,
    wall,
};

/// How long a person may be away.
pub const LIFE: TimeDelta = TimeDelta::minutes(10);

/// What is begun.
#[derive(Debug)]
pub struct Start<'a> {
    /// Short name of the provider.
    pub slug: &'a str,
    /// Language of an account that may come of it.
    pub locale: Locale,
    /// The person is to prove anew who he is.
    pub fresh: bool,
    /// Whose account the identity is to be linked with, in which session; nobody's for signing in.
    pub link: Option<(&'a Caller, Uuid)>,
}

/// A try that began.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// Cookie of this try.
    pub browser: String,
}

/// Begins a try.
///
/// # Errors
/// [`AppError::NotFound`] without such a provider in use; [`AppError::StepUp`] for a link; [`AppError::Refused`] with the code of a
/// [`domain::oidc::Fault`] when the provider is away.
pub async fn begin(app: &App, issuers: &dyn Issuers, start: Start<'_>) -> Result<Begun, AppError> {
    if let Some((caller, _)) = start.link {
        caller.fresh_factor(app.now())?;
    }
    // Providers and tries are the installation's, also when a customer asks.
    wall::scope(async {
        let provider = provider::in_use(&mut *app.conn().await?, start.slug).await?;
        let secrets = Try {
            state: random_token()?,
            nonce: random_token()?,
            verifier: random_token()?,
            fresh: start.fresh,
        };
        let asked = issuers.authorization(&registration(app, &provider)?, &secrets).await;
        let url = asked.map_err(|fault| failed(&provider, &fault))?;
        let browser = random_token()?;
        let id = Uuid::now_v7();
        let kept = Secrets {
            nonce: secrets.nonce,
            verifier: secrets.verifier,
            fresh: start.fresh,
            locale: start.locale.as_str().to_owned(),
        };
        let flow = Flow {
            id,
            provider_id: provider.id,
            secret: seal(app, id, &kept)?,
            user_id: start.link.map(|(caller, _)| caller.user_id),
            session_id: start.link.map(|(_, session)| session),
        };
        let now = app.now();
        let mut tx = app.begin().await?;
        let known_by = (&hash(&secrets.state)[..], &hash(&browser)[..]);
        flow::insert(tx.conn()?, &flow, known_by, now + LIFE, now).await?;
        tx.commit().await?;
        Ok(Begun { url, browser })
    })
    .await
}
