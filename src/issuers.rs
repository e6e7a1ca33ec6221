//! The use cases' issuers of identities, called over the guarded client.

use anyhow::{Context, Result};
use app::ports;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::oidc::{Discovered, Fault, Identity, Registration, Try};
use integrations::{
    http::{Outbound, Reach},
    oidc::Issuers,
};

/// Calls issuers.
#[derive(Debug)]
pub struct Callers(Issuers);

impl Callers {
    /// As far as this reaches.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(reach: Reach) -> Result<Self> {
        Ok(Self(Issuers::new(Outbound::new(reach).context("outgoing calls")?)))
    }
}

#[async_trait]
impl ports::Issuers for Callers {
    async fn authorization(&self, registration: &Registration, secrets: &Try) -> Result<String, Fault> {
        self.0.authorization(registration, secrets).await
    }

    async fn identify(
        &self,
        registration: &Registration,
        secrets: &Try,
        code: String,
        now: DateTime<Utc>,
    ) -> Result<Identity, Fault> {
        self.0.identify(registration, secrets, code, now).await
    }

    async fn discover(&self, registration: &Registration) -> Result<Discovered, Fault> {
        self.0.discover(registration).await
    }
}
