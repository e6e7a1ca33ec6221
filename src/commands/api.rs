//! `cloudmanager api`.

use std::sync::Arc;

use anyhow::{Context, Result};
use api::{ApiConfig, ApiState, ReadyCheck};
use async_trait::async_trait;
use queue::{Transport, Wakeups};

use crate::{blobs::Files, config, wiring};

#[derive(Debug)]
struct RedisReady(Transport);

#[async_trait]
impl ReadyCheck for RedisReady {
    fn name(&self) -> &'static str {
        "redis"
    }

    async fn ready(&self) -> bool {
        self.0.ping().await.is_ok()
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
    let checks: Vec<Arc<dyn ReadyCheck>> = vec![Arc::new(RedisReady(transport)), Arc::new(Files::open(&config)?)];
    let set_up = ApiConfig {
        second_factor_roles: config.second_factor_roles,
        cors_origins: config.cors_origins,
        trusted_proxies: config.trusted_proxies,
        max_requests: config.max_requests,
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
