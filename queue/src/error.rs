//! What can go wrong between here and Redis.

/// A failed operation of the transport; all of them may be tried again.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Redis is away or answered with an error.
    #[error("redis: {0}")]
    Redis(#[from] redis::RedisError),
    /// apalis-redis failed.
    #[error("apalis: {0}")]
    Apalis(String),
    /// A message could not be encoded.
    #[error("message: {0}")]
    Encode(#[from] serde_json::Error),
}
