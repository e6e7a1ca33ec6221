//! `cloudmanager api`.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use api::{ApiConfig, ApiState, Rates, ReadyCheck, Shared};
use app::{
    health::Part,
    ticket::presence::{Place, Presence},
};
use async_trait::async_trait;
use domain::{ticket::presence::Doing, words::WordSet};
use queue::{Transport, Wakeups};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::{blobs::Files, config, issuers::Callers, wiring};

#[derive(Debug)]
struct RedisReady(Transport);

/// Rates are added up in Redis.
#[derive(Debug)]
struct RedisSums(Transport);

#[async_trait]
impl Shared for RedisSums {
    async fn add(&self, counts: &[(String, u32)], kept: Duration) -> Result<Vec<u64>, String> {
        self.0.add_up(counts, kept).await.map_err(|error| error.to_string())
    }
}

/// Who is at which ticket is known to Redis.
#[derive(Debug)]
struct RedisPresence {
    transport: Transport,
    changes: broadcast::Sender<String>,
}

#[async_trait]
impl Presence for RedisPresence {
    async fn attend(&self, at: Place, doing: Doing, kept: Duration) -> Result<(), String> {
        let [ticket, who, page] = [at.ticket, at.who, at.page].map(|id| id.to_string());
        let page = queue::Page { who: &who, page: &page };
        let noted = self.transport.attend(&ticket, page, doing as u8, kept).await;
        noted.map(drop).map_err(|error| error.to_string())
    }

    async fn leave(&self, at: Place) -> Result<(), String> {
        let [ticket, who, page] = [at.ticket, at.who, at.page].map(|id| id.to_string());
        let page = queue::Page { who: &who, page: &page };
        let noted = self.transport.leave(&ticket, page).await;
        noted.map(drop).map_err(|error| error.to_string())
    }

    async fn present(&self, ticket: Uuid) -> Result<BTreeMap<Uuid, Doing>, String> {
        let found = self.transport.present(&ticket.to_string()).await;
        let found = found.map_err(|error| error.to_string())?.into_iter();
        let known = |(who, doing): (String, u8)| Some((who.parse().ok()?, *Doing::ALL.get(usize::from(doing))?));
        Ok(found.filter_map(known).collect())
    }

    fn changes(&self) -> broadcast::Receiver<String> {
        self.changes.subscribe()
    }
}

#[async_trait]
impl ReadyCheck for RedisReady {
    fn name(&self) -> &'static str {
        "redis"
    }

    async fn ready(&self) -> bool {
        self.0.ping().await.is_ok()
    }

    fn part(&self) -> Part {
        Part::Redis
    }

    async fn examine(&self) -> Result<String, String> {
        let answer = self.0.ping().await;
        answer.map(|()| String::new()).map_err(|error| error.to_string())
    }
}

/// Serves the API and the web application until told to stop.
///
/// # Errors
/// When the configuration is wrong or the address is taken.
pub async fn run() -> Result<()> {
    let config = config::load()?;
    wiring::logging(&config, "api")?;
    wiring::await_schema(&config).await?;
    let (app, transport) = wiring::app(&config)?;
    let wakeups = Wakeups::start(&transport, None);
    let shared: Arc<dyn Shared> = Arc::new(RedisSums(transport.clone()));
    let presence: Arc<dyn Presence> = Arc::new(RedisPresence {
        transport: transport.clone(),
        changes: wakeups.presence.clone(),
    });
    let checks: Vec<Arc<dyn ReadyCheck>> = vec![Arc::new(RedisReady(transport)), Arc::new(Files::open(&config)?)];
    let set_up = ApiConfig {
        second_factor_roles: config.second_factor_roles,
        cors_origins: config.cors_origins,
        trusted_proxies: config.trusted_proxies,
        max_requests: config.max_requests,
        rates: Rates::default().with(config.rate_limits),
        shared: Some(shared),
        presence: Some(presence),
        issuers: Arc::new(Callers::new(config.outbound)?),
        mail_server: config.smtp.map(|server| server.host),
        ..ApiConfig::new(config.public_url.as_str())
    };
    let state = ApiState::new(app, set_up, checks)?;
    let listener = tokio::net::TcpListener::bind(&config.listen)
        .await
        .with_context(|| format!("CM_LISTEN: {} cannot be listened on", config.listen))?;
    tracing::info!(address = %config.listen, url = %config.public_url, "serving");
    api::serve(listener, state, wakeups.events, wiring::stop_signal()).await?;
    Ok(())
}
