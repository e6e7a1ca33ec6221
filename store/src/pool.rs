//! The connection pool: deadpool over diesel-async.

use std::time::Duration;

use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool};

use crate::{PgConn, StoreError, connection};

/// A connection on loan from the pool.
pub type Conn = deadpool::Object<PgConn>;

/// How long a caller waits for a connection before the operation fails as unavailable.
const WAIT: Duration = Duration::from_secs(5);

/// A pool of connections; cheap to clone.
#[derive(Clone)]
pub struct Pool {
    inner: deadpool::Pool<PgConn>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("status", &self.inner.status()).finish()
    }
}

/// A pool of at most `max_size` connections to `url`. Connects lazily: an unreachable server shows on first use.
///
/// # Errors
/// When the address is not one, or the pool cannot be built.
pub fn connect(url: &str, max_size: usize) -> Result<Pool, StoreError> {
    connection::parse(url)?;
    let mut config = ManagerConfig::<PgConn>::default();
    config.custom_setup = Box::new(|url| {
        let url = url.to_owned();
        Box::pin(async move { connection::establish(&url).await })
    });
    // A connection that was closed or left in a transaction is known without asking the server, which would be one more round trip
    // for every loan; a server that vanished without a word is noticed by the probes of the connection itself.
    config.recycling_method = RecyclingMethod::Fast;
    let manager = AsyncDieselConnectionManager::<PgConn>::new_with_config(with_options(url), config);
    let inner = deadpool::Pool::builder(manager)
        .max_size(max_size.max(1))
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(WAIT))
        .recycle_timeout(Some(WAIT))
        .runtime(::deadpool::Runtime::Tokio1)
        .build()
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok(Pool { inner })
}

/// No transaction here waits for anything but the database, so one that idles belongs to a process that hangs. The server ends it
/// after this many milliseconds: the rows it locked, jobs among them, must not wait for the process to wake.
const IDLE_IN_TRANSACTION_MS: u32 = 3000;

/// How much a word must resemble one of a name to be found: one wrong letter in six is forgiven. PostgreSQL's own 0.6 is not enough
/// for short words.
const WORD_SIMILARITY: f32 = 0.45;

/// A server that vanished without a word, as one does whose host died, is noticed after some twenty seconds rather than two hours.
const PROBES: &str = "keepalives_idle=10&keepalives_interval=3&keepalives_retries=3&tcp_user_timeout=20";

fn with_options(url: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!(
        "{url}{separator}{PROBES}&options=-c%20idle_in_transaction_session_timeout%3D{IDLE_IN_TRANSACTION_MS}\
         %20-c%20pg_trgm.word_similarity_threshold%3D{WORD_SIMILARITY}"
    )
}

impl Pool {
    /// A connection, waiting a few seconds at most.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when none is to be had in time.
    pub async fn get(&self) -> Result<Conn, StoreError> {
        self.inner
            .get()
            .await
            .map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// Connections in use and the largest number there may be.
    #[must_use]
    pub fn usage(&self) -> (usize, usize) {
        let status = self.inner.status();
        (status.size.saturating_sub(status.available), status.max_size)
    }
}
