//! Order, uniqueness, claims, leases.

use chrono::{TimeDelta, Utc};
use diesel::{QueryableByName, sql_types::Text};
use diesel_async::SimpleAsyncConnection;
use jobs::Priority;
use store::{PgConn, ledger, transaction};
use uuid::Uuid;

use crate::{claim_due, claim_one, due, enqueue, errand, expire_leases, find, keyed, ledger_of_its_own, ranked, state};

#[tokio::test]
async fn what_is_urgent_comes_first_then_what_is_old_and_nothing_before_its_time() {
    let (_db, mut conn) = ledger_of_its_own().await;
    let hour_ago = Utc::now() - TimeDelta::hours(1);
    let ids = enqueue(
        &mut conn,
        &[
            ranked(Priority::Low).run_at(hour_ago),
            ranked(Priority::Normal),
            ranked(Priority::Normal).run_at(hour_ago),
            ranked(Priority::Critical),
            ranked(Priority::Critical).run_at(Utc::now() + TimeDelta::hours(1)),
        ],
    )
    .await;
    let order: Vec<Uuid> = due(&mut conn).await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(order, [ids[3], ids[2], ids[1], ids[0]]);
}

#[tokio::test]
async fn a_key_is_taken_while_its_job_waits_or_runs_and_free_afterwards() {
    let (_db, mut conn) = ledger_of_its_own().await;
    let first = enqueue(&mut conn, &[keyed("a")]).await[0];
    let again = enqueue(&mut conn, &[keyed("a"), keyed("b")]).await;
    assert_eq!(again[0], first, "the live job stands in the new one's place");
    assert_ne!(again[1], first);
    let held = claim_due(&mut conn).await;
    assert_eq!(held.len(), 2, "nothing was added under the taken key");
    assert_eq!(
        enqueue(&mut conn, &[keyed("a")]).await[0],
        first,
        "running is live as well"
    );
    let refs: Vec<_> = held.iter().map(|job| (job.id, job.attempt)).collect();
    assert_eq!(ledger::succeed(&mut conn, &refs).await.unwrap(), 2);
    assert_ne!(enqueue(&mut conn, &[keyed("a")]).await[0], first);
}

#[tokio::test]
async fn of_many_who_enqueue_one_key_at_once_one_succeeds() {
    let (db, mut conn) = ledger_of_its_own().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let pool = db.pool.clone();
        tasks.spawn(async move { enqueue(&mut pool.get().await.unwrap(), &[keyed("same")]).await[0] });
    }
    let ids = tasks.join_all().await;
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(due(&mut conn).await.len(), 1);
}

#[tokio::test]
async fn a_job_delivered_twice_is_claimed_once() {
    let (db, mut conn) = ledger_of_its_own().await;
    let jobs: Vec<_> = (0..50).map(|_| errand()).collect();
    enqueue(&mut conn, &jobs).await;
    let refs = due(&mut conn).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (pool, mut refs) = (db.pool.clone(), refs.clone());
        refs.sort_unstable();
        tasks.spawn(async move {
            let claimed = ledger::claim(&mut pool.get().await.unwrap(), Uuid::now_v7(), "webhooks", &refs).await;
            claimed.unwrap().len()
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().sum::<usize>(), 50);
    assert!(claim_due(&mut conn).await.is_empty());
}

#[tokio::test]
async fn who_lost_the_lease_changes_nothing_any_more() {
    let (db, mut conn) = ledger_of_its_own().await;
    let id = enqueue(&mut conn, &[errand()]).await[0];
    let late = claim_one(&mut conn).await;
    expire_leases(&db).await;
    assert_eq!(ledger::reap(&mut conn, 10).await.unwrap(), ["webhooks"]);
    let owner = claim_one(&mut conn).await;
    assert_eq!(owner, (id, late.1 + 1));

    assert!(ledger::renew(&mut conn, &[late]).await.unwrap().is_empty());
    assert_eq!(ledger::succeed(&mut conn, &[late]).await.unwrap(), 0);
    assert!(matches!(
        ledger::finish_in(&mut conn, late.0, late.1).await,
        Err(store::StoreError::Fenced)
    ));
    let failure = ledger::Failure {
        id,
        attempt: late.1,
        error: "late",
        backoff_ms: 0,
        permanent: true,
    };
    assert_eq!(ledger::fail(&mut conn, &failure).await.unwrap(), None);
    assert!(!ledger::snooze(&mut conn, id, late.1, 0).await.unwrap());
    assert!(!ledger::cancel_running(&mut conn, id, late.1, "late").await.unwrap());
    assert!(!ledger::progress(&mut conn, id, late.1, Some(99), None).await.unwrap());
    assert_eq!(ledger::release(&mut conn, &[late]).await.unwrap(), 0);

    let job = find(&mut conn, id).await;
    assert_eq!(
        (job.job.state.as_str(), job.job.attempt, job.job.progress),
        ("running", 2, None)
    );
    assert_eq!(ledger::renew(&mut conn, &[owner]).await.unwrap(), [id]);
    assert_eq!(ledger::succeed(&mut conn, &[owner]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_renewed_lease_is_not_reaped() {
    let (db, mut conn) = ledger_of_its_own().await;
    let id = enqueue(&mut conn, &[errand()]).await[0];
    let held = claim_one(&mut conn).await;
    expire_leases(&db).await;
    assert_eq!(ledger::renew(&mut conn, &[held]).await.unwrap(), [id]);
    assert!(ledger::reap(&mut conn, 10).await.unwrap().is_empty());
    assert_eq!(state(&mut conn, id).await, "running");
}

/// What a crash of the server does to a claim that was not on disk yet: the job waits again under its old number while the
/// worker believes that it holds it. The next claim gives out the same number.
#[tokio::test]
async fn of_two_holders_of_one_attempt_one_can_end_it() {
    let (db, mut conn) = ledger_of_its_own().await;
    let id = enqueue(&mut conn, &[errand()]).await[0];
    let first = claim_one(&mut conn).await;
    db.execute("UPDATE jobs SET state = 'queued', attempt = attempt - 1, worker = NULL, lease_expires_at = NULL")
        .await;
    let second = claim_one(&mut conn).await;
    assert_eq!(first, second);
    assert_eq!(ledger::succeed(&mut conn, &[first]).await.unwrap(), 1);
    assert_eq!(ledger::succeed(&mut conn, &[second]).await.unwrap(), 0);
    assert_eq!(state(&mut conn, id).await, "succeeded");
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    synchronous_commit: String,
}

async fn waits_for_disk(conn: &mut PgConn) -> bool {
    use diesel_async::RunQueryDsl;
    let setting: Setting = diesel::sql_query("SELECT current_setting('synchronous_commit') AS synchronous_commit")
        .get_result(conn)
        .await
        .unwrap();
    setting.synchronous_commit == "on"
}

#[tokio::test]
async fn claims_and_renewals_do_not_wait_for_the_disk_and_endings_do() {
    let (_db, mut conn) = ledger_of_its_own().await;
    conn.batch_execute("SET synchronous_commit = on").await.unwrap();
    enqueue(&mut conn, &[errand()]).await;
    let refs = due(&mut conn).await;

    transaction::begin(&mut conn).await.unwrap();
    let held = ledger::claim(&mut conn, Uuid::now_v7(), "webhooks", &refs)
        .await
        .unwrap();
    assert!(!waits_for_disk(&mut conn).await, "claim");
    transaction::commit(&mut conn).await.unwrap();
    assert!(waits_for_disk(&mut conn).await, "the setting ends with its transaction");

    let held = [(held[0].id, held[0].attempt)];
    transaction::begin(&mut conn).await.unwrap();
    ledger::renew(&mut conn, &held).await.unwrap();
    assert!(!waits_for_disk(&mut conn).await, "renewal");
    transaction::commit(&mut conn).await.unwrap();

    transaction::begin(&mut conn).await.unwrap();
    ledger::succeed(&mut conn, &held).await.unwrap();
    enqueue(&mut conn, &[errand()]).await;
    assert!(waits_for_disk(&mut conn).await, "an ending and a new job");
    transaction::commit(&mut conn).await.unwrap();
}
