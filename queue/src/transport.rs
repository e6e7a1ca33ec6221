//! Connections to Redis, and putting messages there.

use std::time::Duration;

use apalis_core::{backend::Vacuum, task::builder::TaskBuilder};
use apalis_redis::{Config, RedisStorage, queries::push_tasks};
use jobs::Queue;
use redis::{
    AsyncCommands, Client,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use uuid::Uuid;

use crate::{Chunk, TransportError};

/// Time allowed for one command. The library's default of half a second gives up while Redis rewrites its file.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);

/// A handle on Redis; cheap to clone.
#[derive(Clone)]
pub struct Transport {
    client: Client,
    conn: ConnectionManager,
    prefix: String,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl Transport {
    /// Connects lazily: Redis need not be up yet. All keys start with `prefix`.
    ///
    /// # Errors
    /// When the address cannot be understood.
    pub fn connect(url: &str, prefix: &str) -> Result<Self, TransportError> {
        let client = Client::open(url)?;
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_connection_timeout(Some(RESPONSE_TIMEOUT))
            .set_max_delay(Duration::from_secs(1));
        let conn = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
        Ok(Self {
            client,
            conn,
            prefix: prefix.to_owned(),
        })
    }

    /// Answers when Redis does.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), TransportError> {
        let _: String = redis::cmd("PING").query_async(&mut self.conn.clone()).await?;
        Ok(())
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn connection(&self) -> ConnectionManager {
        self.conn.clone()
    }

    pub(crate) fn wake_channel(&self, queue: Queue) -> String {
        format!("{}:wake:{queue}", self.prefix)
    }

    pub(crate) fn due_channel(&self) -> String {
        format!("{}:due", self.prefix)
    }

    pub(crate) fn events_channel(&self) -> String {
        format!("{}:events", self.prefix)
    }

    /// apalis settings for one queue. Locks stay off: the ledger has better ones. Persisting results stays on although no
    /// result is kept: in apalis-redis 1.0 it is also what acknowledges a message.
    pub(crate) fn config(&self, queue: Queue, batch: usize) -> Config {
        Config::default()
            .queue(format!("{}:{queue}", self.prefix))
            .batch_size(batch.max(1))
            .heartbeat_interval(Duration::from_secs(5))
            .missed_heartbeats(4)
            .lock_tasks(false)
            .persist_results(true)
            .emit_events(false)
            .idempotency_ttl(Some(Duration::from_secs(60)))
    }

    /// Puts messages into a queue and wakes its workers.
    ///
    /// # Errors
    /// When Redis is away; the jobs stay due and are offered again.
    pub async fn push(&self, queue: Queue, chunks: &[Chunk]) -> Result<(), TransportError> {
        let tasks = chunks
            .iter()
            .map(|chunk| serde_json::to_vec(chunk).map(|bytes| TaskBuilder::new(bytes).build()))
            .collect::<Result<Vec<_>, _>>()?;
        let mut conn = self.connection();
        push_tasks(&mut conn, &self.config(queue, 1), &tasks)
            .await
            .map_err(|error| TransportError::Apalis(error.to_string()))?;
        let _: () = conn.publish(self.wake_channel(queue), "").await?;
        Ok(())
    }

    /// Removes messages that were handled: apalis keeps them until told otherwise.
    ///
    /// # Errors
    /// When Redis is away.
    pub async fn vacuum(&self, queue: Queue) -> Result<(), TransportError> {
        let config = self.config(queue, 1);
        let name = config.queue.to_string();
        let mut storage = RedisStorage::<Chunk>::new(self.connection()).with_config(config);
        storage
            .vacuum()
            .await
            .map_err(|error| TransportError::Apalis(error.to_string()))?;
        // The set of finished ids is trimmed by nobody else.
        let _: () = self.connection().del(format!("{name}:done")).await?;
        Ok(())
    }

    /// Adds to these sums, which Redis may forget after `kept`, and returns them.
    ///
    /// # Errors
    /// When Redis is away.
    pub async fn add_up(&self, counts: &[(String, u32)], kept: Duration) -> Result<Vec<u64>, TransportError> {
        let mut pipe = redis::pipe();
        for (name, n) in counts {
            let key = format!("{}:rate:{name}", self.prefix);
            pipe.incr(&key, *n)
                .expire(&key, i64::try_from(kept.as_secs()).unwrap_or(i64::MAX))
                .ignore();
        }
        Ok(pipe.query_async(&mut self.connection()).await?)
    }

    /// Marks Redis with `mark` if it has no mark, and returns the mark it has. A changed mark means that Redis lost its data.
    ///
    /// # Errors
    /// When Redis is away.
    pub async fn mark(&self, mark: Uuid) -> Result<String, TransportError> {
        let key = format!("{}:mark", self.prefix);
        let (_, found): (Option<String>, String) = redis::pipe()
            .cmd("SET")
            .arg(&key)
            .arg(mark.to_string())
            .arg("NX")
            .get(&key)
            .query_async(&mut self.connection())
            .await?;
        Ok(found)
    }
}
