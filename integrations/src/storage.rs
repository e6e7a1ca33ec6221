//! Files by the SHA-256 of their bytes, in a directory or in a bucket that speaks S3. Writing the same bytes twice is one
//! file, a file never changes, and a damaged one cannot be mistaken for a whole one.

use std::{fmt, io, path::Path as FilePath, sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::{TimeDelta, Utc};
use data_encoding::HEXLOWER;
use futures::StreamExt;
use object_store::{
    Error, ObjectMeta, ObjectStore, ObjectStoreExt, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    local::LocalFileSystem,
    path::Path,
};
use sha2::{Digest, Sha256};

/// From this size in bytes on, hashing would hold up the other tasks of a thread.
const LARGE: usize = 256 * 1024;
/// Repeats of a request that the bucket's server failed to answer.
const RETRIES: usize = 3;
/// No further repeat after this time; whoever called has given up or is about to.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long bytes are kept at least, with a name or without. No transaction lasts that long.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// What [`Storage::check`] writes and removes again.
const PROBE: &str = "check/probe";

/// A bucket and the keys to it.
#[derive(Clone)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Address of the server, such as `https://minio.example:9000`; none means Amazon's own.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// Access key.
    pub access_key: String,
    /// Secret key.
    pub secret_key: String,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket")
            .field("name", &self.name)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// Why a file could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such file.
    #[error("there is no such file")]
    NotFound,
    /// What is stored is not what was put there.
    #[error("the file {0} is damaged")]
    Damaged(String),
    /// The place cannot be used as it is set up.
    #[error("{0}")]
    SetUp(String),
    /// There is no room left.
    #[error("{0}")]
    Full(String),
    /// The storage failed; worth another try.
    #[error("{0}")]
    Failed(String),
}

/// Files in one place.
#[derive(Debug, Clone)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    place: String,
}

impl Storage {
    /// Files below a directory, which is made when missing. They are written beside their place, synced to disk and renamed, so
    /// that a crash leaves the whole file or none.
    ///
    /// # Errors
    /// When the directory cannot be made or opened.
    pub fn directory(directory: &FilePath) -> Result<Self, StorageError> {
        let place = format!("directory {}", directory.display());
        let refuse = |why: &dyn fmt::Display| StorageError::SetUp(format!("{place}: {why}"));
        std::fs::create_dir_all(directory).map_err(|error| refuse(&error))?;
        let store = LocalFileSystem::new_with_prefix(directory).map_err(|error| refuse(&error))?;
        Ok(Self {
            store: Arc::new(store.with_fsync(true)),
            place,
        })
    }

    /// Files in a bucket. Nothing is asked of the server yet.
    ///
    /// # Errors
    /// When the address or a name cannot be understood.
    pub fn bucket(bucket: &Bucket) -> Result<Self, StorageError> {
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&bucket.name)
            .with_region(&bucket.region)
            .with_access_key_id(&bucket.access_key)
            .with_secret_access_key(&bucket.secret_key)
            .with_retry(RetryConfig {
                max_retries: RETRIES,
                retry_timeout: PATIENCE,
                ..RetryConfig::default()
            });
        let mut place = format!("bucket {}", bucket.name);
        if let Some(endpoint) = &bucket.endpoint {
            builder = builder
                .with_config(AmazonS3ConfigKey::Endpoint, endpoint)
                .with_allow_http(endpoint.starts_with("http://"));
            place += &format!(" at {endpoint}");
        }
        let store = builder
            .build()
            .map_err(|error| StorageError::SetUp(format!("{place}: {error}")))?;
        Ok(Self {
            store: Arc::new(store),
            place,
        })
    }

    /// Where the files are, for people.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Stores bytes and returns their SHA-256; once this returns, they survive a crash.
    ///
    /// # Errors
    /// When the storage fails or refuses.
    pub async fn put(&self, bytes: Bytes) -> Result<[u8; 32], StorageError> {
        let sha256 = digest(&bytes).await;
        let path = path(&sha256);
        // One of the same size is the same content; `get` would tell if the disk rotted. An old one is written anew, so that nobody
        // takes it for unused before it has a name.
        let present =
            matches!(self.store.head(&path).await, Ok(meta) if meta.size == bytes.len() as u64 && is_fresh(&meta));
        if !present {
            let put = self.store.put(&path, bytes.into()).await;
            put.map_err(|error| self.explain(error))?;
        }
        Ok(sha256)
    }

    /// The bytes with this SHA-256, checked against it.
    ///
    /// # Errors
    /// When there are none, they are damaged, or the storage fails.
    pub async fn get(&self, sha256: &[u8]) -> Result<Bytes, StorageError> {
        let read = async { self.store.get(&path(sha256)).await?.bytes().await };
        let bytes = read.await.map_err(|error| self.explain(error))?;
        if digest(&bytes).await == sha256 {
            Ok(bytes)
        } else {
            Err(StorageError::Damaged(HEXLOWER.encode(sha256)))
        }
    }

    /// Removes the bytes with this SHA-256, unless they were stored within the last hour: whoever stored them may be about to give
    /// them a name. Says whether they are gone; those that are not there are gone already.
    ///
    /// # Errors
    /// When the storage fails or refuses.
    pub async fn remove(&self, sha256: &[u8]) -> Result<bool, StorageError> {
        let path = path(sha256);
        let removed = async {
            if is_fresh(&self.store.head(&path).await?) {
                return Ok(false);
            }
            self.store.delete(&path).await?;
            Ok(true)
        };
        match removed.await {
            Err(Error::NotFound { .. }) => Ok(true),
            other => other.map_err(|error| self.explain(error)),
        }
    }

    /// Lists, writes, reads and removes a small file: is everything there and allowed that [`Self::put`] and [`Self::get`] need?
    ///
    /// # Errors
    /// What is wrong, in words.
    pub async fn check(&self) -> Result<(), StorageError> {
        let probe = Path::from(PROBE);
        let tried = async {
            self.store.list(Some(&probe)).next().await.transpose()?;
            self.store.put(&probe, Bytes::from_static(b"probe").into()).await?;
            self.store.get(&probe).await?.bytes().await?;
            self.store.delete(&probe).await
        };
        tried.await.map_err(|error| match self.explain(error) {
            StorageError::NotFound => StorageError::Failed(format!("{}: what was written is not there", self.place)),
            other => other,
        })
    }

    /// Whether the place answers; cheaper than [`Self::check`], and nothing is written.
    pub async fn answers(&self) -> bool {
        let probe = Path::from(PROBE);
        let mut listed = self.store.list(Some(&probe));
        !matches!(listed.next().await, Some(Err(_)))
    }

    fn explain(&self, error: Error) -> StorageError {
        let place = &self.place;
        // Servers that compare signatures answer 403, which the client does not tell from other refusals.
        let text = error.to_string();
        let says = |code: &str| text.contains(code);
        if says("NoSuchBucket") {
            return StorageError::SetUp(format!("{place} does not exist"));
        }
        if says("SignatureDoesNotMatch") || says("InvalidAccessKeyId") || says("NotSignedUp") {
            return StorageError::SetUp(format!("{place} refuses the access key or the secret key"));
        }
        match error {
            full if is_full(&full) || says("XMinioStorageFull") => {
                StorageError::Full(format!("{place} is full: {text}"))
            }
            Error::NotFound { .. } => StorageError::NotFound,
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
                StorageError::SetUp(format!("{place} does not allow this: {text}"))
            }
            _ => StorageError::Failed(format!("{place}: {text}")),
        }
    }
}

/// Whether the system refused it for want of room, on the disk or in somebody's share of it.
fn is_full(error: &Error) -> bool {
    let first: &(dyn std::error::Error + 'static) = error;
    std::iter::successors(Some(first), |error| error.source())
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
}

/// Stored so lately that its name may still be on its way.
fn is_fresh(meta: &ObjectMeta) -> bool {
    Utc::now() - meta.last_modified < FRESH
}

/// Two levels, so that no directory grows without bound.
fn path(sha256: &[u8]) -> Path {
    let hex = HEXLOWER.encode(sha256);
    let (head, tail) = hex.split_at(hex.len().min(2));
    Path::from_iter([head, tail])
}

async fn digest(bytes: &Bytes) -> [u8; 32] {
    if bytes.len() >= LARGE {
        let bytes = bytes.clone();
        if let Ok(sha256) = tokio::task::spawn_blocking(move || Sha256::digest(&bytes).into()).await {
            return sha256;
        }
    }
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: io::ErrorKind) -> Error {
        #[derive(Debug, thiserror::Error)]
        #[error("writing")]
        struct Writing(#[source] io::Error);
        Error::Generic {
            store: "test",
            source: Box::new(Writing(kind.into())),
        }
    }

    #[test]
    fn want_of_room_is_told_from_other_failures() {
        assert!(is_full(&failed(io::ErrorKind::StorageFull)) && is_full(&failed(io::ErrorKind::QuotaExceeded)));
        assert!(!is_full(&failed(io::ErrorKind::PermissionDenied)));
        let storage = Storage::directory(&std::env::temp_dir()).unwrap();
        let full = storage.explain(failed(io::ErrorKind::StorageFull));
        assert!(
            matches!(&full, StorageError::Full(text) if text.contains("is full")),
            "{full}"
        );
    }
}
