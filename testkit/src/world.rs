//! The surroundings of use cases in tests.

use std::{collections::HashMap, sync::Arc, time::Duration};

use app::{App, AppError, Identity, SystemClock, ports::Blobs, seal::MasterKey, ticket::Openings};
use async_trait::async_trait;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use store::Pool;
use tokio::sync::Mutex;

/// Files in memory.
#[derive(Debug, Default)]
pub struct MemoryBlobs(Mutex<HashMap<[u8; 32], Bytes>>);

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn put(&self, bytes: Bytes) -> Result<[u8; 32], AppError> {
        let key: [u8; 32] = Sha256::digest(&bytes).into();
        self.0.lock().await.insert(key, bytes);
        Ok(key)
    }

    async fn get(&self, sha256: &[u8]) -> Result<Bytes, AppError> {
        let files = self.0.lock().await;
        files
            .iter()
            .find(|(key, _)| key.as_slice() == sha256)
            .map(|(_, bytes)| bytes.clone())
            .ok_or(AppError::NotFound)
    }

    async fn remove(&self, sha256: &[u8]) -> Result<bool, AppError> {
        self.0.lock().await.retain(|key, _| key.as_slice() != sha256);
        Ok(true)
    }
}

/// Use cases over this database, with files in memory and no wake-ups.
#[must_use]
pub fn app_over(pool: Pool) -> App {
    let signals: Arc<dyn jobs::Signals> = Arc::new(jobs::NoSignals);
    App {
        openings: Arc::new(Openings::new(&pool, &signals)),
        pool,
        clock: Arc::new(SystemClock),
        signals,
        blobs: Arc::new(MemoryBlobs::default()),
        keys: Arc::new(MasterKey::new(&[7; 32])),
        identity: Arc::new(Identity {
            public_url: "http://localhost:8080".to_owned(),
            mail_domain: "cloudmanager.test".to_owned(),
            instance: "cm-test".to_owned(),
        }),
        loopback: false,
        scan_files: false,
        sms: Arc::default(),
        mail_reports: Arc::default(),
        sla: Arc::default(),
        categories: Arc::default(),
        render_markdown: integrations::markdown::render,
        render_message: integrations::markdown::message,
    }
}

/// Waits until `condition` holds, looking often; panics with `what` after `limit`.
pub async fn wait_for(what: &str, limit: Duration, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + limit;
    while !condition().await {
        assert!(
            tokio::time::Instant::now() < deadline,
            "waited {limit:?} in vain for: {what}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
