//! An `App` without files or mail: enough for jobs.

use std::sync::Arc;

use app::{App, AppError, Identity, SystemClock, ports::Blobs, seal::MasterKey, ticket::Openings};
use async_trait::async_trait;
use bytes::Bytes;
use queue::{RedisSignals, Transport};

/// No files.
#[derive(Debug)]
struct NoFiles;

#[async_trait]
impl Blobs for NoFiles {
    async fn put(&self, _bytes: Bytes) -> Result<[u8; 32], AppError> {
        Err(AppError::NotFound)
    }

    async fn get(&self, _sha256: &[u8]) -> Result<Bytes, AppError> {
        Err(AppError::NotFound)
    }

    async fn remove(&self, _sha256: &[u8]) -> Result<bool, AppError> {
        Ok(true)
    }
}

pub fn app(database_url: &str, transport: &Transport, connections: usize) -> anyhow::Result<App> {
    let identity = Identity {
        public_url: "http://localhost".to_owned(),
        mail_domain: "localhost".to_owned(),
        instance: "proof".to_owned(),
    };
    let pool = store::connect(database_url, connections)?;
    let signals: Arc<dyn jobs::Signals> = Arc::new(RedisSignals::start(transport.clone()));
    Ok(App {
        openings: Arc::new(Openings::new(&pool, &signals)),
        pool,
        clock: Arc::new(SystemClock),
        signals,
        blobs: Arc::new(NoFiles),
        keys: Arc::new(MasterKey::new(&[7; 32])),
        identity: Arc::new(identity),
        loopback: false,
        scan_files: false,
        mail_reports: Arc::default(),
        sms: Arc::default(),
        sla: Arc::default(),
        categories: Arc::default(),
        render_markdown: integrations::markdown::render,
        render_message: integrations::markdown::message,
    })
}
