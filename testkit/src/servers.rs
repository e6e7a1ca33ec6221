//! PostgreSQL and Redis for tests.

use std::{
    path::PathBuf,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use private::{Durability, Postgres, Redis};
use store::{PgConn, Pool};

struct Servers {
    postgres: Postgres,
    redis: Redis,
}

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("cloudmanager-test-{}", std::process::id()))
}

fn servers() -> &'static Servers {
    static SERVERS: OnceLock<Servers> = OnceLock::new();
    SERVERS.get_or_init(|| {
        let (started, servers) = std::sync::mpsc::sync_channel(1);
        // The servers end with the thread that started them. A test's own ends with the test, and a runtime's worker may end at
        // any time: after work that blocks it idles among many and is dismissed. So they get one that never does.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("runtime");
            runtime.block_on(async {
                sweep();
                let postgres = Postgres::start(&folder(), Durability::None).await.expect("PostgreSQL");
                let redis = Redis::start(&folder()).await.expect("Redis");
                execute(&postgres.url("postgres"), "CREATE DATABASE template_cm").await;
                store::migrate(&postgres.url("template_cm")).await.expect("migrations");
                started.send(Servers { postgres, redis }).expect("somebody waits");
                std::future::pending::<()>().await;
            });
        });
        servers.recv().expect("the servers start")
    })
}

/// Removes what earlier test processes left: they cannot do it themselves once they are gone.
fn sweep() {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let pid = name
            .to_str()
            .and_then(|n| n.strip_prefix("cloudmanager-test-"))
            .and_then(|n| n.parse::<u32>().ok());
        if pid.is_some_and(|pid| !std::path::Path::new(&format!("/proc/{pid}")).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

async fn execute(url: &str, sql: &str) {
    let mut conn = PgConn::establish(url).await.expect("connection");
    conn.batch_execute(sql).await.expect("statement");
}

/// A database of one test's own.
#[derive(Debug)]
pub struct TestDb {
    /// Address.
    pub url: String,
    /// Connections.
    pub pool: Pool,
}

impl TestDb {
    /// Clones the migrated template.
    pub async fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let servers = tokio::task::spawn_blocking(servers).await.expect("servers");
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let sql = format!("CREATE DATABASE {name} TEMPLATE template_cm STRATEGY FILE_COPY");
        // PostgreSQL clones a template for one at a time.
        static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
        let guard = ONE_AT_A_TIME.lock().await;
        execute(&servers.postgres.url("postgres"), &sql).await;
        drop(guard);
        let url = servers.postgres.url(&name);
        let pool = store::connect(&url, 8).expect("pool");
        Self { url, pool }
    }

    /// Runs statements, to bring a test into a state that no use case leads to.
    pub async fn execute(&self, sql: &str) {
        execute(&self.url, sql).await;
    }

    /// Runs statements that the database may refuse.
    ///
    /// # Errors
    /// With the server's message.
    pub async fn try_execute(&self, sql: &str) -> Result<(), String> {
        let mut conn = PgConn::establish(&self.url).await.expect("connection");
        conn.batch_execute(sql).await.map_err(|error| error.to_string())
    }

    /// Runs statements in a transaction that lasts until another one waits for it, and `beside`, begun once they have run: whoever reads
    /// without waiting has read what is about to change.
    pub async fn until_waited_for<T>(&self, sql: &str, beside: impl Future<Output = T>) -> T {
        self.while_waited_for(sql, "SELECT 1", beside).await
    }

    /// The same; `then` runs while the other one waits, and must be able to.
    pub async fn while_waited_for<T>(&self, sql: &str, then: &str, beside: impl Future<Output = T>) -> T {
        let script = format!(
            "BEGIN; {sql}; SELECT pg_advisory_xact_lock(4711);
             DO $$ BEGIN
                 FOR n IN 1..600 LOOP
                     EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)));
                     PERFORM pg_sleep(0.05);
                 END LOOP;
             END $$; {then}; COMMIT"
        );
        let begun = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        let meanwhile = async {
            let limit = std::time::Duration::from_secs(30);
            super::wait_for("the statements have run", limit, async || {
                !self.texts(begun).await.is_empty()
            })
            .await;
            beside.await
        };
        tokio::join!(self.execute(&script), meanwhile).1
    }

    /// Whether these consumers of the log of events have come to its end. None reads past the oldest transaction that runs anywhere on
    /// the server, which may be another test's: whoever has them follow does so until this holds, see [`super::wait_for`].
    pub async fn followed(&self, consumers: &[&str]) -> bool {
        let left = format!(
            "SELECT 1 FROM events e JOIN event_cursors c ON (e.xid, e.id) > (c.xid, c.id) WHERE c.consumer IN ('{}') LIMIT 1",
            consumers.join("', '")
        );
        self.texts(&left).await.is_empty()
    }

    /// The only column of these rows, as text, for what no use case shows.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let (client, connection) = tokio_postgres::connect(&self.url, tokio_postgres::NoTls)
            .await
            .expect("connection");
        let driven = tokio::spawn(connection);
        let messages = client.simple_query(sql).await.expect(sql);
        driven.abort();
        let text = |message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
            _ => None,
        };
        messages.into_iter().filter_map(text).collect()
    }
}

/// Address of the Redis of this test process; use a prefix of your own.
#[must_use]
pub fn redis_url() -> String {
    servers().redis.url()
}
