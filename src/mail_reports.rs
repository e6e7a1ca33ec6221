//! How reports of providers of outgoing mail are recognised, as the settings say.

use std::sync::Arc;

use anyhow::{Context, Result};
use app::{AppError, mail::provider::MailReports, ports};
use async_trait::async_trait;
use integrations::http::{Outbound, Reach};

use crate::config::Config;

/// The web, over the guarded client.
#[derive(Debug)]
struct Web(Outbound);

#[async_trait]
impl ports::Fetch for Web {
    async fn get(&self, address: &str) -> Result<Vec<u8>, AppError> {
        let answer = self.0.get(address).await;
        answer.map_err(|error| AppError::Unavailable(error.to_string()))
    }
}

/// What use cases know about it. Amazon stands in the world, whatever else this installation calls.
///
/// # Errors
/// When a key is none, or TLS cannot be set up.
pub fn set_up(config: &Config) -> Result<MailReports> {
    let reports = MailReports::default()
        .with_sendgrid(config.sendgrid_events_key.as_deref())
        .context("CM_SENDGRID_EVENTS_KEY")?;
    let Some(topic) = config.ses_events_topic.clone() else {
        return Ok(reports);
    };
    let web = Web(Outbound::new(Reach::Public).context("outgoing calls")?);
    Ok(reports.with_topic(Some(topic), Arc::new(web)))
}
