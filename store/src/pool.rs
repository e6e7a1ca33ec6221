//! The connection pool: deadpool over diesel-async.

use std::time::Duration;

use diesel_async::{
    SimpleAsyncConnection,
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool},
};

use uuid::Uuid;

use crate::{PgConn, StoreError, connection, transaction};

/// A connection on loan from the pool.
pub type Conn = deadpool::Object<PgConn>;

/// How long a caller waits for a connection before the operation fails as unavailable.
const WAIT: Duration = Duration::from_secs(5);

/// The role of staff, workers and what comes before sign-in: it sees every row, and owns and bypasses nothing.
pub(crate) const STAFF: &str = "cloudmanager_staff";
/// The role of customers: it sees the rows of the person in `cm.user_id`, and none while nobody is set.
pub(crate) const CUSTOMERS: &str = "cloudmanager_app";

/// A pool of connections; cheap to clone. Those for customers are apart: none ever was, or becomes, one that sees more.
#[derive(Clone)]
pub struct Pool {
    inner: deadpool::Pool<PgConn>,
    customers: deadpool::Pool<PgConn>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("status", &self.inner.status()).finish()
    }
}

/// A pool of at most `max_size` connections to `url`, and as many for customers. Connects lazily: an unreachable server shows on
/// first use.
///
/// # Errors
/// When the address is not one, or the pool cannot be built.
pub fn connect(url: &str, max_size: usize) -> Result<Pool, StoreError> {
    connection::parse(url)?;
    Ok(Pool {
        inner: pool_of(url, max_size, STAFF)?,
        customers: pool_of(url, max_size, CUSTOMERS)?,
    })
}

fn pool_of(url: &str, max_size: usize, role: &str) -> Result<deadpool::Pool<PgConn>, StoreError> {
    let mut config = ManagerConfig::<PgConn>::default();
    config.custom_setup = Box::new(|url| {
        let url = url.to_owned();
        Box::pin(async move { connection::establish(&url).await })
    });
    // A connection that was closed or left in a transaction is known without asking the server, which would be one more round trip
    // for every loan; a server that vanished without a word is noticed by the probes of the connection itself.
    config.recycling_method = RecyclingMethod::Fast;
    let manager = AsyncDieselConnectionManager::<PgConn>::new_with_config(with_options(url, role), config);
    deadpool::Pool::builder(manager)
        .max_size(max_size.max(1))
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(WAIT))
        .recycle_timeout(Some(WAIT))
        .runtime(::deadpool::Runtime::Tokio1)
        .build()
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// No transaction here waits for anything but the database, so one that idles belongs to a process that hangs. The server ends it
/// after this many milliseconds: the rows it locked, jobs among them, must not wait for the process to wake.
const IDLE_IN_TRANSACTION_MS: u32 = 3000;

/// How much a word must resemble one of a name to be found: one wrong letter in six is forgiven. PostgreSQL's own 0.6 is not enough
/// for short words.
const WORD_SIMILARITY: f32 = 0.45;

/// A server that vanished without a word, as one does whose host died, is noticed after some twenty seconds rather than two hours.
const PROBES: &str = "keepalives_idle=10&keepalives_interval=3&keepalives_retries=3&tcp_user_timeout=20";

fn with_options(url: &str, role: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!(
        "{url}{separator}{PROBES}&options=-c%20idle_in_transaction_session_timeout%3D{IDLE_IN_TRANSACTION_MS}\
         %20-c%20pg_trgm.word_similarity_threshold%3D{WORD_SIMILARITY}%20-c%20role%3D{role}"
    )
}

impl Pool {
    /// A connection that sees everything, waiting a few seconds at most.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when none is to be had in time.
    pub async fn get(&self) -> Result<Conn, StoreError> {
        loan(&self.inner).await
    }

    /// A connection that sees what is this person's, waiting a few seconds at most. Whose it was before is overwritten before anybody
    /// gets it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when none is to be had in time.
    pub async fn get_for(&self, person: Uuid) -> Result<Conn, StoreError> {
        let mut conn = loan(&self.customers).await?;
        conn.batch_execute(&format!("SET cm.user_id = '{person}'")).await?;
        Ok(conn)
    }

    /// The same as [`Pool::get`] with a transaction open on it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when none is to be had in time.
    pub async fn begin(&self) -> Result<Conn, StoreError> {
        let mut conn = self.get().await?;
        transaction::begin(&mut conn).await?;
        Ok(conn)
    }

    /// The same as [`Pool::get_for`] with a transaction open on it: both take one round trip.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when none is to be had in time.
    pub async fn begin_for(&self, person: Uuid) -> Result<Conn, StoreError> {
        let mut conn = loan(&self.customers).await?;
        transaction::begin_with(&mut conn, &format!("BEGIN; SET LOCAL cm.user_id = '{person}'")).await?;
        Ok(conn)
    }

    /// Connections in use and the largest number there may be.
    #[must_use]
    pub fn usage(&self) -> (usize, usize) {
        [&self.inner, &self.customers]
            .iter()
            .fold((0, 0), |(used, most), pool| {
                let status = pool.status();
                (
                    used + status.size.saturating_sub(status.available),
                    most + status.max_size,
                )
            })
    }
}

async fn loan(pool: &deadpool::Pool<PgConn>) -> Result<Conn, StoreError> {
    pool.get()
        .await
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}
