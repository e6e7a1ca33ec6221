//! What issuers say about themselves, kept for a while: their addresses and keys. A failure is kept as well, for a moment, so that many
//! people who want to sign in do not each wait for a provider that is down.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use domain::oidc::Fault;
use openidconnect::{DiscoveryError, IssuerUrl, core::CoreProviderMetadata};
use tokio::time::Instant;

use super::{call_fault, full};
use crate::http::{CallError, Outbound};

pub(super) type Metadata = CoreProviderMetadata;

/// How long what was said is believed.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// Addresses and keys.
    pub good: Duration,
    /// A failure.
    pub bad: Duration,
    /// Between two looks for a new key.
    pub between: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            good: Duration::from_secs(3600),
            bad: Duration::from_secs(10),
            between: Duration::from_secs(60),
        }
    }
}

/// Issuers kept at most: each stands for a provider that was set up.
const MOST: usize = 200;

#[derive(Debug, Clone)]
struct Said {
    what: Result<Metadata, Fault>,
    at: Instant,
}

/// What issuers said.
#[derive(Debug)]
pub(super) struct Cache {
    times: Times,
    said: Mutex<HashMap<String, Said>>,
}

impl Cache {
    pub(super) fn new(times: Times) -> Self {
        Self {
            times,
            said: Mutex::default(),
        }
    }

    fn kept(&self, issuer: &str) -> Option<Said> {
        self.said.lock().ok()?.get(issuer).cloned()
    }

    /// What it said lately, or says now.
    pub(super) async fn get(&self, http: &Outbound, issuer: &str) -> Result<Metadata, Fault> {
        if let Some(said) = self.kept(issuer) {
            let life = if said.what.is_ok() {
                self.times.good
            } else {
                self.times.bad
            };
            if said.at.elapsed() < life {
                return said.what;
            }
        }
        self.ask(http, issuer).await
    }

    /// What it says now, unless it was asked a moment ago: forged key ids must not make us call it again and again.
    pub(super) async fn renew(&self, http: &Outbound, issuer: &str) -> Result<Metadata, Fault> {
        match self.kept(issuer) {
            Some(said) if said.at.elapsed() < self.times.between => said.what,
            _ => self.ask(http, issuer).await,
        }
    }

    /// What it says now.
    pub(super) async fn ask(&self, http: &Outbound, issuer: &str) -> Result<Metadata, Fault> {
        let what = discover(http, issuer).await;
        if let Ok(mut said) = self.said.lock() {
            if said.len() >= MOST {
                said.clear();
            }
            let said_now = Said {
                what: what.clone(),
                at: Instant::now(),
            };
            said.insert(issuer.to_owned(), said_now);
        }
        what
    }
}

async fn discover(http: &Outbound, issuer: &str) -> Result<Metadata, Fault> {
    let wrong = |error: String| Fault::NotTheIssuer(error);
    let url = IssuerUrl::new(issuer.to_owned()).map_err(|error| wrong(error.to_string()))?;
    let metadata = CoreProviderMetadata::discover_async(url, http).await.map_err(explain)?;
    // The person's browser is sent there: it must be an address of the web, and never a script.
    http.check(metadata.authorization_endpoint().url())
        .map_err(call_fault)?;
    let token = metadata
        .token_endpoint()
        .ok_or_else(|| wrong("it exchanges no codes".to_owned()))?;
    http.check(token.url()).map_err(call_fault)?;
    Ok(metadata)
}

fn explain(error: DiscoveryError<CallError>) -> Fault {
    match error {
        DiscoveryError::Request(error) => call_fault(error),
        DiscoveryError::Response(status, ..) if status.is_server_error() => {
            Fault::Unreachable(format!("HTTP {status}"))
        }
        other => Fault::NotTheIssuer(full(&other)),
    }
}
