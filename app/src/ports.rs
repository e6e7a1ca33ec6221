//! What use cases need of the outside, as traits; the binary plugs in the real thing.

use async_trait::async_trait;
use bytes::Bytes;

use crate::AppError;

/// Files by the SHA-256 of their bytes. Storing the same bytes twice is one file.
#[async_trait]
pub trait Blobs: Send + Sync + std::fmt::Debug {
    /// Stores bytes and returns their SHA-256.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when the storage is away or full.
    async fn put(&self, bytes: Bytes) -> Result<[u8; 32], AppError>;

    /// Reads a file.
    ///
    /// # Errors
    /// [`AppError::NotFound`] or [`AppError::Unavailable`].
    async fn get(&self, sha256: &[u8]) -> Result<Bytes, AppError>;
}
