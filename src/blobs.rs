//! The use cases' files, kept by the storage that the configuration names.

use anyhow::Result;
use api::ReadyCheck;
use app::{AppError, ports::Blobs};
use async_trait::async_trait;
use bytes::Bytes;
use integrations::storage::{Storage, StorageError};

use crate::config::Config;

/// Files in a directory or a bucket.
#[derive(Debug, Clone)]
pub struct Files(Storage);

impl Files {
    /// Those of this configuration.
    ///
    /// # Errors
    /// When the place cannot be used; the message names the variable.
    pub fn open(config: &Config) -> Result<Self> {
        let (storage, variable) = match &config.bucket {
            Some(bucket) => (Storage::bucket(bucket.expose()), "CM_S3_BUCKET"),
            None => (Storage::directory(&config.storage_dir), "CM_STORAGE_DIR"),
        };
        Ok(Self(storage.map_err(|error| anyhow::anyhow!("{variable}: {error}"))?))
    }

    /// The place, for [`Storage::check`].
    pub const fn storage(&self) -> &Storage {
        &self.0
    }
}

fn explain(error: StorageError) -> AppError {
    match error {
        StorageError::NotFound => AppError::NotFound,
        damaged @ StorageError::Damaged(_) => AppError::Internal(format!("file storage: {damaged}")),
        // Put right, the same call succeeds: nothing that came by mail must be given up for a wrong key.
        other @ (StorageError::SetUp(_) | StorageError::Failed(_)) => {
            AppError::Unavailable(format!("file storage: {other}"))
        }
    }
}

#[async_trait]
impl Blobs for Files {
    async fn put(&self, bytes: Bytes) -> Result<[u8; 32], AppError> {
        self.0.put(bytes).await.map_err(explain)
    }

    async fn get(&self, sha256: &[u8]) -> Result<Bytes, AppError> {
        self.0.get(sha256).await.map_err(explain)
    }

    async fn remove(&self, sha256: &[u8]) -> Result<bool, AppError> {
        self.0.remove(sha256).await.map_err(explain)
    }
}

#[async_trait]
impl ReadyCheck for Files {
    fn name(&self) -> &'static str {
        "files"
    }

    async fn ready(&self) -> bool {
        self.0.answers().await
    }
}
