//! Names become addresses here, and only those that may be connected to come out.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use async_trait::async_trait;
use domain::outbound;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{CallError, Reach};

/// Asks for the addresses of a name.
#[async_trait]
pub trait Lookup: Send + Sync + std::fmt::Debug {
    /// All of them.
    ///
    /// # Errors
    /// When there are none, or nobody answers.
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The resolver of the system.
#[derive(Debug, Clone, Copy)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|at| at.ip()).collect())
    }
}

/// Lets through what may be connected to.
pub(super) struct Guarded {
    lookup: Arc<dyn Lookup>,
    reach: Reach,
}

impl Guarded {
    pub(super) fn new(lookup: Arc<dyn Lookup>, reach: Reach) -> Self {
        Self { lookup, reach }
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, reach) = (self.lookup.clone(), self.reach);
        Box::pin(async move {
            let found = lookup.lookup(name.as_str()).await?;
            if !outbound::may_connect(&found, reach == Reach::Loopback) {
                return Err(CallError::Refused("its host is not public").into());
            }
            let addresses: Addrs = Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        })
    }
}
