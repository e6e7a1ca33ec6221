//! Content-addressed storage of raw mails and files. The key is the SHA-256 of the content, so that storing the same
//! bytes twice costs nothing and a damaged file cannot be mistaken for a whole one.

use std::fmt;
use std::path::Path as FilePath;
use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use data_encoding::HEXLOWER;
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};

/// SHA-256 of a blob's content as 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobKey(String);

/// A text that is no blob key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a blob key is 64 lower-case hexadecimal digits")]
pub struct InvalidBlobKey;

impl BlobKey {
    /// The key of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(HEXLOWER.encode(&Sha256::digest(bytes)))
    }

    /// The hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Two levels of directories keep each of them small.
    fn path(&self) -> Path {
        let (first, rest) = self.0.split_at_checked(2).unwrap_or((self.0.as_str(), ""));
        let (second, _) = rest.split_at_checked(2).unwrap_or((rest, ""));
        Path::from_iter(["blobs", first, second, self.0.as_str()])
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BlobKey {
    type Err = InvalidBlobKey;

    fn from_str(text: &str) -> Result<Self, InvalidBlobKey> {
        let hex = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if hex {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidBlobKey)
        }
    }
}

/// Why a blob could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no such blob.
    #[error("blob {0} does not exist")]
    NotFound(BlobKey),
    /// What is stored under the key is not what was put there.
    #[error("blob {0} is damaged")]
    Damaged(BlobKey),
    /// The storage failed; worth another try.
    #[error("blob storage: {0}")]
    Storage(#[from] object_store::Error),
    /// The directory could not be made.
    #[error("blob directory: {0}")]
    Directory(#[from] std::io::Error),
}

/// Storage of immutable bytes.
#[async_trait]
pub trait Blobs: fmt::Debug + Send + Sync {
    /// Stores bytes and returns their key; once this returns, they survive a crash.
    ///
    /// # Errors
    /// When the storage fails.
    async fn put(&self, bytes: Bytes) -> Result<BlobKey, BlobError>;

    /// The bytes of a key, checked against it.
    ///
    /// # Errors
    /// When there are none, they are damaged, or the storage fails.
    async fn get(&self, key: &BlobKey) -> Result<Bytes, BlobError>;

    /// The bytes piece by piece, unchecked, for downloads.
    ///
    /// # Errors
    /// When there are none or the storage fails.
    async fn stream(&self, key: &BlobKey) -> Result<BoxStream<'static, Result<Bytes, BlobError>>, BlobError>;

    /// Whether the blob is there.
    ///
    /// # Errors
    /// When the storage fails.
    async fn exists(&self, key: &BlobKey) -> Result<bool, BlobError>;
}

/// Blobs in an object store: a local directory, or memory for tests.
#[derive(Debug, Clone)]
pub struct ObjectBlobs {
    store: Arc<dyn ObjectStore>,
}

impl ObjectBlobs {
    /// Blobs below a directory, which is made when missing. Files are written beside their place, synced to disk and
    /// renamed, so that a crash leaves the whole file or none.
    ///
    /// # Errors
    /// When the directory cannot be made or opened.
    pub fn local(directory: &FilePath) -> Result<Self, BlobError> {
        std::fs::create_dir_all(directory)?;
        let store = LocalFileSystem::new_with_prefix(directory)?.with_fsync(true);
        Ok(Self { store: Arc::new(store) })
    }

    /// Blobs in memory.
    #[must_use]
    pub fn memory() -> Self {
        Self {
            store: Arc::new(InMemory::new()),
        }
    }

    async fn open(&self, key: &BlobKey) -> Result<object_store::GetResult, BlobError> {
        self.store.get(&key.path()).await.map_err(|error| match error {
            object_store::Error::NotFound { .. } => BlobError::NotFound(key.clone()),
            other => BlobError::Storage(other),
        })
    }
}

#[async_trait]
impl Blobs for ObjectBlobs {
    async fn put(&self, bytes: Bytes) -> Result<BlobKey, BlobError> {
        let key = BlobKey::of(&bytes);
        // A file of the right size is the same content unless the disk rotted; writing again would heal that too.
        let present = matches!(self.store.head(&key.path()).await, Ok(meta) if meta.size == bytes.len() as u64);
        if !present {
            self.store.put(&key.path(), bytes.into()).await?;
        }
        Ok(key)
    }

    async fn get(&self, key: &BlobKey) -> Result<Bytes, BlobError> {
        let bytes = self.open(key).await?.bytes().await?;
        if BlobKey::of(&bytes) == *key {
            Ok(bytes)
        } else {
            Err(BlobError::Damaged(key.clone()))
        }
    }

    async fn stream(&self, key: &BlobKey) -> Result<BoxStream<'static, Result<Bytes, BlobError>>, BlobError> {
        Ok(self
            .open(key)
            .await?
            .into_stream()
            .map(|piece| piece.map_err(BlobError::from))
            .boxed())
    }

    async fn exists(&self, key: &BlobKey) -> Result<bool, BlobError> {
        match self.store.head(&key.path()).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn round_trip(blobs: &dyn Blobs) {
        let key = blobs.put(Bytes::from_static(b"abc")).await.unwrap();
        assert_eq!(
            key.as_str(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(blobs.put(Bytes::from_static(b"abc")).await.unwrap(), key);
        assert_eq!(blobs.get(&key).await.unwrap(), "abc");
        assert!(blobs.exists(&key).await.unwrap());
        let pieces: Vec<_> = blobs.stream(&key).await.unwrap().collect().await;
        assert_eq!(
            pieces.into_iter().map(Result::unwrap).collect::<Vec<_>>().concat(),
            b"abc"
        );
        let missing = BlobKey::of(b"x");
        assert!(!blobs.exists(&missing).await.unwrap());
        assert!(matches!(blobs.get(&missing).await, Err(BlobError::NotFound(_))));
    }

    #[tokio::test]
    async fn memory_and_directory_behave_alike() {
        round_trip(&ObjectBlobs::memory()).await;
        let directory = std::env::temp_dir().join(format!("blobs-{}", uuid::Uuid::now_v7()));
        round_trip(&ObjectBlobs::local(&directory).unwrap()).await;
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[tokio::test]
    async fn damage_is_noticed() {
        let directory = std::env::temp_dir().join(format!("blobs-{}", uuid::Uuid::now_v7()));
        let blobs = ObjectBlobs::local(&directory).unwrap();
        let key = blobs.put(Bytes::from_static(b"abc")).await.unwrap();
        std::fs::write(directory.join(key.path().as_ref()), b"abd").unwrap();
        assert!(matches!(blobs.get(&key).await, Err(BlobError::Damaged(_))));
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn keys_are_checked() {
        assert!(BlobKey::of(b"").to_string().parse::<BlobKey>().is_ok());
        for bad in ["", "../../etc/passwd", &"A".repeat(64), &"0".repeat(63)] {
            assert_eq!(bad.parse::<BlobKey>(), Err(InvalidBlobKey));
        }
    }
}
