//! What operators and the clock do: pause, cancel, retry, discard, forget, lead, tick.

use chrono::{TimeDelta, Utc};
use store::{PgConn, StoreError, ledger};
use testkit::TestDb;
use uuid::{NoContext, Timestamp, Uuid};

use crate::{claim_one, due, enqueue, errand, find, keyed, ledger_of_its_own, state};

async fn dead(conn: &mut PgConn, job: jobs::NewJob) -> Uuid {
    let id = enqueue(conn, &[job]).await[0];
    let (_, attempt) = claim_one(conn).await;
    let failure = ledger::Failure {
        id,
        attempt,
        error: "no",
        backoff_ms: 0,
        permanent: true,
    };
    ledger::fail(conn, &failure).await.unwrap();
    id
}

#[tokio::test]
async fn a_waiting_job_can_be_cancelled_and_a_running_one_not() {
    let (_db, mut conn) = ledger_of_its_own().await;
    let id = enqueue(&mut conn, &[errand()]).await[0];
    let offered = due(&mut conn).await;
    ledger::cancel(&mut conn, id).await.unwrap();
    assert_eq!(state(&mut conn, id).await, "cancelled");
    let claimed = ledger::claim(&mut conn, Uuid::now_v7(), "webhooks", &offered)
        .await
        .unwrap();
    assert!(claimed.is_empty(), "an offer from before is worth nothing");

    let running = enqueue(&mut conn, &[errand()]).await[0];
    claim_one(&mut conn).await;
    assert!(matches!(
        ledger::cancel(&mut conn, running).await,
        Err(StoreError::Stale)
    ));
    assert_eq!(state(&mut conn, running).await, "running");
}

#[tokio::test]
async fn a_cancelled_job_that_is_retried_is_not_taken_by_an_offer_from_before() {
    let (_db, mut conn) = ledger_of_its_own().await;
    let id = enqueue(&mut conn, &[errand()]).await[0];
    let offered = due(&mut conn).await;
    ledger::cancel(&mut conn, id).await.unwrap();
    ledger::retry(&mut conn, id).await.unwrap();
    assert!(
        ledger::claim(&mut conn, Uuid::now_v7(), "webhooks", &offered)
            .await
            .unwrap()
            .is_empty()
    );
    claim_one(&mut conn).await;
}

#[tokio::test]
async fn a_dead_job_gets_all_its_attempts_again_and_keeps_its_history() {
    let (_db, mut conn) = ledger_of_its_own().await;
    let id = dead(&mut conn, errand()).await;
    ledger::retry(&mut conn, id).await.unwrap();
    let job = find(&mut conn, id).await;
    assert_eq!((job.job.state.as_str(), job.job.failures), ("queued", 0));
    assert_eq!(job.job.finished_at, None);
    assert_eq!(job.errors.unwrap().as_array().unwrap().len(), 1);
    assert!(matches!(ledger::retry(&mut conn, id).await, Err(StoreError::Stale)));
}

#[tokio::test]
async fn a_dead_job_is_not_revived_beside_a_live_one_with_its_key() {
    let (_db, mut conn) = ledger_of_its_own().await;
    let older = dead(&mut conn, keyed("k")).await;
    let newer = dead(&mut conn, keyed("k")).await;
    assert_eq!(ledger::retry_dead(&mut conn, "webhooks").await.unwrap(), 1);
    assert_eq!(state(&mut conn, newer).await, "queued");
    assert_eq!(state(&mut conn, older).await, "dead");
    let refused = ledger::retry(&mut conn, older).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
}

#[tokio::test]
async fn only_dead_jobs_are_discarded() {
    let (_db, mut conn) = ledger_of_its_own().await;
    let buried = dead(&mut conn, errand()).await;
    let also = dead(&mut conn, errand()).await;
    let waiting = enqueue(&mut conn, &[errand()]).await[0];
    assert!(matches!(
        ledger::discard(&mut conn, waiting).await,
        Err(StoreError::Stale)
    ));
    ledger::discard(&mut conn, buried).await.unwrap();
    assert!(matches!(
        ledger::find(&mut conn, buried).await,
        Err(StoreError::NotFound)
    ));
    assert_eq!(ledger::discard_dead(&mut conn, "webhooks").await.unwrap(), 1);
    assert!(matches!(ledger::find(&mut conn, also).await, Err(StoreError::NotFound)));
    assert_eq!(state(&mut conn, waiting).await, "queued");
}

#[tokio::test]
async fn a_switch_is_set_changed_and_taken_away() {
    let (_db, mut conn) = ledger_of_its_own().await;
    for wanted in [Some("draining"), Some("paused"), None] {
        ledger::set_switch(&mut conn, "webhooks", wanted, None).await.unwrap();
        let switches = ledger::switches(&mut conn).await.unwrap();
        let found: Vec<_> = switches.iter().map(|s| (s.queue.as_str(), s.state.as_str())).collect();
        assert_eq!(
            found,
            wanted.map(|state| ("webhooks", state)).into_iter().collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn nothing_starts_in_a_queue_once_it_is_paused() {
    let (_db, mut conn) = ledger_of_its_own().await;
    let id = enqueue(&mut conn, &[errand()]).await[0];
    // Offered to a worker before the pause, and asked for after it.
    let offered = due(&mut conn).await;
    ledger::set_switch(&mut conn, "webhooks", Some("paused"), None)
        .await
        .unwrap();
    let taken = ledger::claim(&mut conn, Uuid::now_v7(), "webhooks", &offered)
        .await
        .unwrap();
    assert!(taken.is_empty());
    assert_eq!(state(&mut conn, id).await, "queued");
    // Draining means that what is due still runs.
    ledger::set_switch(&mut conn, "webhooks", Some("draining"), None)
        .await
        .unwrap();
    let taken = ledger::claim(&mut conn, Uuid::now_v7(), "webhooks", &offered)
        .await
        .unwrap();
    assert_eq!(taken.len(), 1);
}

/// A job that was over `days` ago, as its id tells as well.
async fn over(db: &TestDb, state: &str, days: i64) -> Uuid {
    let at = Utc::now() - TimeDelta::days(days);
    let stamp = Timestamp::from_unix(NoContext, u64::try_from(at.timestamp()).unwrap(), 0);
    let id = Uuid::new_v7(stamp);
    db.execute(&format!(
        "INSERT INTO jobs (id, kind, queue, payload, max_attempts, state, finished_at)
         VALUES ('{id}', 'errand', 'webhooks', '{{}}', 3, '{state}', '{}')",
        at.to_rfc3339()
    ))
    .await;
    id
}

#[tokio::test]
async fn what_is_long_over_is_forgotten_and_what_is_not_over_never() {
    let (db, mut conn) = ledger_of_its_own().await;
    let gone = [
        over(&db, "succeeded", 2).await,
        over(&db, "cancelled", 2).await,
        over(&db, "dead", 100).await,
    ];
    let kept = [
        over(&db, "dead", 2).await,
        over(&db, "queued", 100).await,
        over(&db, "running", 100).await,
    ];
    let recent = enqueue(&mut conn, &[errand()]).await[0];
    let day = 86_400;
    let before = Uuid::now_v7();
    let first = ledger::prune(&mut conn, before, day, 90 * day, 2).await.unwrap();
    assert_eq!(first, 2, "in small steps");
    assert_eq!(ledger::prune(&mut conn, before, day, 90 * day, 100).await.unwrap(), 1);
    for id in gone {
        assert!(matches!(ledger::find(&mut conn, id).await, Err(StoreError::NotFound)));
    }
    for id in kept.into_iter().chain([recent]) {
        ledger::find(&mut conn, id).await.unwrap();
    }
}

#[tokio::test]
async fn one_leads_until_the_lease_is_over() {
    let (db, mut conn) = ledger_of_its_own().await;
    let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
    assert!(ledger::acquire(&mut conn, "l", one, 60).await.unwrap());
    assert!(!ledger::acquire(&mut conn, "l", two, 60).await.unwrap());
    assert!(ledger::acquire(&mut conn, "l", one, 60).await.unwrap(), "renewed");
    db.execute("UPDATE leaders SET expires_at = now() - interval '1 second'")
        .await;
    assert!(ledger::acquire(&mut conn, "l", two, 60).await.unwrap());
    ledger::resign(&mut conn, "l", one).await.unwrap();
    assert!(
        !ledger::acquire(&mut conn, "l", one, 60).await.unwrap(),
        "only the holder resigns"
    );
    ledger::resign(&mut conn, "l", two).await.unwrap();
    assert!(ledger::acquire(&mut conn, "l", one, 60).await.unwrap());
}

#[tokio::test]
async fn a_tick_happens_once() {
    let (_db, mut conn) = ledger_of_its_own().await;
    let (tick, job) = (Utc::now(), Uuid::now_v7());
    assert!(ledger::record_tick(&mut conn, "hourly", tick, job).await.unwrap());
    assert!(!ledger::record_tick(&mut conn, "hourly", tick, job).await.unwrap());
    let earlier = tick - TimeDelta::hours(1);
    assert!(!ledger::record_tick(&mut conn, "hourly", earlier, job).await.unwrap());
    let later = tick + TimeDelta::hours(1);
    assert!(ledger::record_tick(&mut conn, "hourly", later, job).await.unwrap());
}
