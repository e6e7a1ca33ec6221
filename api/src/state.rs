//! What handlers share.

use std::{ops::Deref, sync::Arc, time::Duration};

use app::{
    App, AppError,
    account::Accounts,
    health::Part,
    once::Keys,
    ports::{Issuers, NoIssuers},
    ticket::presence::Presence,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{account::times, permission::roles};
use ipnet::IpNet;
use store::user::User;
use tokio::sync::Semaphore;

use crate::{
    auth::{ApiTokens, Cookies, Networks, Sessions, Tokens},
    limits::{Limits, Rates, Shared},
    live::Hub,
    metrics::Metrics,
    middleware::cors::Origin,
    routes::system_health::Looked,
};

/// How the API is set up.
#[derive(Debug, Clone)]
pub struct ApiConfig {
    /// Address under which people reach the web application, without a slash at its end.
    pub public_url: String,
    /// Life of an access token.
    pub access_lifetime: Duration,
    /// How long a session lives unused.
    pub refresh_lifetime: Duration,
    /// Roles that must have a second factor, and with them those that inherit them.
    pub second_factor_roles: Vec<String>,
    /// Other sites whose pages may call the API, made by [`crate::origin`].
    pub cors_origins: Vec<Origin>,
    /// Proxies whose word on the caller's address is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// Requests served at once; more are turned away, so that those inside end in time.
    pub max_requests: usize,
    /// Requests of one caller in a minute.
    pub rates: Rates,
    /// Where processes add up their counts; without it each counts alone.
    pub shared: Option<Arc<dyn Shared>>,
    /// Where it is shared who is at which ticket; without it nobody is shown.
    pub presence: Option<Arc<dyn Presence>>,
    /// Issuers of identities.
    pub issuers: Arc<dyn Issuers>,
    /// Name of the server that mail is handed to; without one it is written into files.
    pub mail_server: Option<String>,
}

impl ApiConfig {
    /// The usual lifetimes under this address.
    pub fn new(public_url: impl Into<String>) -> Self {
        Self {
            public_url: public_url.into(),
            access_lifetime: times::ACCESS.to_std().unwrap_or_default(),
            refresh_lifetime: Duration::from_secs(7 * 86_400),
            second_factor_roles: Vec::new(),
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            max_requests: 1024,
            rates: Rates::default(),
            shared: None,
            presence: None,
            issuers: Arc::new(NoIssuers),
            mail_server: None,
        }
    }

    /// Whether this person's role, or one that it inherits, must have a second factor.
    #[must_use]
    pub fn needs_second_factor(&self, user: &User) -> bool {
        roles::demanded(&user.lineage, &self.second_factor_roles)
    }
}

/// Something that must be there for the API to do its work.
#[async_trait]
pub trait ReadyCheck: Send + Sync + std::fmt::Debug {
    /// Short name.
    fn name(&self) -> &'static str;
    /// Whether it is there now.
    async fn ready(&self) -> bool;
    /// What it is for those who operate the installation.
    fn part(&self) -> Part;
    /// Looks closer than [`Self::ready`] and may write for it: what there is, or in words what is wrong with it.
    async fn examine(&self) -> Result<String, String>;
    /// Bytes that are free where it keeps what it keeps, and bytes in all; `None` where nobody can tell.
    async fn room(&self) -> Option<(u64, u64)> {
        None
    }
}

/// Everything behind [`ApiState`].
#[derive(Debug)]
pub struct Parts {
    /// The use cases.
    pub app: App,
    /// Set-up.
    pub config: ApiConfig,
    /// Access tokens.
    pub tokens: Tokens,
    /// Accounts and sessions.
    pub accounts: Accounts,
    /// Idempotency keys.
    pub keys: Keys,
    /// Our cookies.
    pub cookies: Cookies,
    /// Sessions in use.
    pub sessions: Sessions,
    /// API tokens in use.
    pub api_tokens: ApiTokens,
    /// From where staff may work.
    pub networks: Networks,
    /// Live events.
    pub hub: Hub,
    /// Rates.
    pub limits: Limits,
    /// Counters.
    pub metrics: Metrics,
    /// Room for requests.
    pub room: Semaphore,
    /// What `/readyz` asks besides the database.
    pub checks: Vec<Arc<dyn ReadyCheck>>,
    /// What a closer look at them gave last.
    pub looked: Looked,
    /// Since when this process serves.
    pub started_at: DateTime<Utc>,
}

/// What handlers share; cheap to clone.
#[derive(Debug, Clone)]
pub struct ApiState(Arc<Parts>);

impl Deref for ApiState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl ApiState {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When keys cannot be derived.
    pub fn new(app: App, config: ApiConfig, checks: Vec<Arc<dyn ReadyCheck>>) -> Result<Self, AppError> {
        let idle = chrono::TimeDelta::from_std(config.refresh_lifetime).unwrap_or(times::SESSION_IDLE);
        Ok(Self(Arc::new(Parts {
            tokens: Tokens::new(&config.public_url, config.access_lifetime),
            accounts: Accounts::new(&app, idle)?,
            keys: Keys::new(&app.pool),
            cookies: Cookies::for_url(&config.public_url),
            sessions: Sessions::default(),
            api_tokens: ApiTokens::default(),
            networks: Networks::default(),
            hub: Hub::default(),
            limits: Limits::new(config.rates),
            metrics: Metrics::default(),
            room: Semaphore::new(config.max_requests),
            looked: Looked::default(),
            started_at: app.now(),
            app,
            config,
            checks,
        })))
    }
}
