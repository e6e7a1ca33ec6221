//! Files by the SHA-256 of their bytes, in object storage.

use std::{path::Path, sync::Arc};

use anyhow::{Context, Result};
use app::{AppError, ports::Blobs};
use async_trait::async_trait;
use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, local::LocalFileSystem};
use sha2::{Digest, Sha256};

/// Content-addressed files: writing the same bytes twice is one file, and a file never changes.
#[derive(Debug)]
pub struct ContentStore(Arc<dyn ObjectStore>);

impl ContentStore {
    /// Files in a directory, which is created when absent.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn local(dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(dir).with_context(|| format!("CM_STORAGE_DIR {}", dir.display()))?;
        Ok(Self(Arc::new(LocalFileSystem::new_with_prefix(dir)?)))
    }
}

/// Two levels, so that no directory grows without bound.
fn path(sha256: &[u8]) -> object_store::path::Path {
    let hex: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    let (head, tail) = hex.split_at(hex.len().min(2));
    object_store::path::Path::from_iter([head, tail])
}

#[async_trait]
impl Blobs for ContentStore {
    async fn put(&self, bytes: Bytes) -> Result<[u8; 32], AppError> {
        let sha256: [u8; 32] = Sha256::digest(&bytes).into();
        let options = PutOptions {
            mode: PutMode::Create,
            ..PutOptions::default()
        };
        match self
            .0
            .put_opts(&path(&sha256), PutPayload::from_bytes(bytes), options)
            .await
        {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(sha256),
            Err(error) => Err(AppError::Unavailable(format!("file storage: {error}"))),
        }
    }

    async fn get(&self, sha256: &[u8]) -> Result<Bytes, AppError> {
        let read = async { self.0.get(&path(sha256)).await?.bytes().await };
        read.await.map_err(|error| match error {
            object_store::Error::NotFound { .. } => AppError::NotFound,
            other => AppError::Unavailable(format!("file storage: {other}")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_same_bytes_are_one_file() {
        let dir = std::env::temp_dir().join(format!("cm-blobs-{}", std::process::id()));
        let store = ContentStore::local(&dir).unwrap();
        let first = store.put(Bytes::from_static(b"hello")).await.unwrap();
        let second = store.put(Bytes::from_static(b"hello")).await.unwrap();
        assert_eq!(first, second);
        assert_eq!(store.get(&first).await.unwrap(), "hello");
        assert!(matches!(store.get(&[0; 32]).await, Err(AppError::NotFound)));
        std::fs::remove_dir_all(dir).unwrap();
    }
}
