//! The ledger's promises, each against a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "tests: what fails here is a failed test")]

mod claims;
mod endings;
mod operators;

use std::time::Duration;

use jobs::{Job, NewJob, Priority, Queue, Subject};
use serde::{Deserialize, Serialize};
use store::{
    PgConn,
    ledger::{self, Claimed, JobDetail},
};
use testkit::TestDb;
use uuid::Uuid;

/// The kind of job of these tests.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Errand {
    key: Option<String>,
}

impl Job for Errand {
    const KIND: &'static str = "errand";
    const QUEUE: Queue = Queue::Webhooks;
    const MAX_ATTEMPTS: u16 = 3;

    fn backoff(_failures: u16) -> Duration {
        Duration::ZERO
    }

    fn unique_key(&self) -> Option<String> {
        self.key.clone()
    }

    fn subject(&self) -> Option<Subject> {
        None
    }
}

/// An ordinary job.
pub fn errand() -> NewJob {
    NewJob::of(&Errand::default())
}

/// One with a key of its own.
pub fn keyed(key: &str) -> NewJob {
    NewJob::of(&Errand {
        key: Some(key.to_owned()),
    })
}

/// One of this priority.
pub fn ranked(priority: Priority) -> NewJob {
    errand().priority(priority)
}

/// A database and a connection to it.
pub async fn ledger_of_its_own() -> (TestDb, store::Conn) {
    let db = TestDb::new().await;
    let conn = db.pool.get().await.unwrap();
    (db, conn)
}

/// Adds jobs.
pub async fn enqueue(conn: &mut PgConn, jobs: &[NewJob]) -> Vec<Uuid> {
    ledger::enqueue(conn, jobs).await.unwrap()
}

/// What a dispatcher would offer, in its order.
pub async fn due(conn: &mut PgConn) -> Vec<(Uuid, i32)> {
    let rows = ledger::due(conn, &[(Queue::Webhooks.as_str(), 100)]).await.unwrap();
    rows.iter().map(|row| (row.id, row.attempt)).collect()
}

/// Claims everything due.
pub async fn claim_due(conn: &mut PgConn) -> Vec<Claimed> {
    let refs = due(conn).await;
    ledger::claim(conn, Uuid::now_v7(), "webhooks", &refs).await.unwrap()
}

/// Claims the one job there is.
pub async fn claim_one(conn: &mut PgConn) -> (Uuid, i32) {
    let claimed = claim_due(conn).await;
    assert_eq!(claimed.len(), 1, "one job is due");
    (claimed[0].id, claimed[0].attempt)
}

/// A job as it is.
pub async fn find(conn: &mut PgConn, id: Uuid) -> JobDetail {
    ledger::find(conn, id).await.unwrap()
}

/// A job's state.
pub async fn state(conn: &mut PgConn, id: Uuid) -> String {
    find(conn, id).await.job.state
}

/// Lets every lease expire, as time does.
pub async fn expire_leases(db: &TestDb) {
    db.execute("UPDATE jobs SET lease_expires_at = now() - interval '1 second' WHERE state = 'running'")
        .await;
}
