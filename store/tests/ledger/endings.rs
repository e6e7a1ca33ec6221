//! How attempts end: done, put off, not wanted, failed, dead; and what is told on the way.

use diesel::{
    QueryableByName,
    sql_types::{Jsonb, Nullable, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use store::{PgConn, ledger, transaction};
use uuid::Uuid;

use crate::{claim_one, due, enqueue, errand, expire_leases, find, ledger_of_its_own, state};

async fn fail(conn: &mut PgConn, (id, attempt): (Uuid, i32), error: &str, permanent: bool) -> Option<String> {
    let failure = ledger::Failure {
        id,
        attempt,
        error,
        backoff_ms: 0,
        permanent,
    };
    ledger::fail(conn, &failure).await.unwrap()
}

#[tokio::test]
async fn an_effect_and_the_end_of_its_job_happen_together_or_not_at_all() {
    let (_db, mut conn) = ledger_of_its_own().await;
    let id = enqueue(&mut conn, &[errand()]).await[0];
    let (_, attempt) = claim_one(&mut conn).await;
    transaction::begin(&mut conn).await.unwrap();
    ledger::finish_in(&mut conn, id, attempt).await.unwrap();
    transaction::rollback(&mut conn).await.unwrap();
    assert_eq!(state(&mut conn, id).await, "running");
    transaction::begin(&mut conn).await.unwrap();
    ledger::finish_in(&mut conn, id, attempt).await.unwrap();
    transaction::commit(&mut conn).await.unwrap();
    let job = find(&mut conn, id).await.job;
    assert_eq!(job.state, "succeeded");
    assert!(job.finished_at.is_some());
}

#[tokio::test]
async fn a_job_that_is_put_off_waits_and_counts_no_failure() {
    let (_db, mut conn) = ledger_of_its_own().await;
    let id = enqueue(&mut conn, &[errand()]).await[0];
    let (_, attempt) = claim_one(&mut conn).await;
    assert!(ledger::snooze(&mut conn, id, attempt, 3_600_000).await.unwrap());
    assert!(due(&mut conn).await.is_empty(), "not due for an hour");
    let job = find(&mut conn, id).await.job;
    assert_eq!((job.state.as_str(), job.failures), ("queued", 0));
    let pause = job.run_at - chrono::Utc::now();
    assert!((3500..=3600).contains(&pause.num_seconds()), "{pause}");
}

#[tokio::test]
async fn a_job_no_longer_wanted_keeps_the_reason_and_never_runs_again() {
    let (_db, mut conn) = ledger_of_its_own().await;
    let id = enqueue(&mut conn, &[errand()]).await[0];
    let (_, attempt) = claim_one(&mut conn).await;
    assert!(
        ledger::cancel_running(&mut conn, id, attempt, "the order was withdrawn")
            .await
            .unwrap()
    );
    let job = find(&mut conn, id).await.job;
    assert_eq!(
        (job.state.as_str(), job.step.as_deref()),
        ("cancelled", Some("the order was withdrawn"))
    );
    assert!(due(&mut conn).await.is_empty());
}

#[tokio::test]
async fn a_job_that_uses_up_its_attempts_is_dead_with_every_error() {
    let (db, mut conn) = ledger_of_its_own().await;
    let id = enqueue(&mut conn, &[errand()]).await[0];
    let held = claim_one(&mut conn).await;
    assert_eq!(fail(&mut conn, held, "refused", false).await.as_deref(), Some("queued"));
    // A worker that dies with it counts as well, or a job that kills its worker would run for ever.
    claim_one(&mut conn).await;
    expire_leases(&db).await;
    ledger::reap(&mut conn, 10).await.unwrap();
    assert_eq!(state(&mut conn, id).await, "queued");
    let held = claim_one(&mut conn).await;
    assert_eq!(held.1, 3);
    assert_eq!(
        fail(&mut conn, held, "refused again", false).await.as_deref(),
        Some("dead")
    );

    let job = find(&mut conn, id).await;
    let errors = job.errors.unwrap();
    let texts: Vec<&str> = errors
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|e| e["error"].as_str())
        .collect();
    assert_eq!(texts.len(), 3, "{errors}");
    assert_eq!((texts[0], texts[2]), ("refused", "refused again"));
    assert!(texts[1].contains("lease expired"), "{errors}");
    assert_eq!(job.job.last_error.as_deref(), Some("refused again"));
    assert!(due(&mut conn).await.is_empty());
}

#[tokio::test]
async fn a_job_whose_last_worker_died_is_dead() {
    let (db, mut conn) = ledger_of_its_own().await;
    let id = enqueue(&mut conn, &[errand()]).await[0];
    for _ in 0..3 {
        claim_one(&mut conn).await;
        expire_leases(&db).await;
        ledger::reap(&mut conn, 10).await.unwrap();
    }
    assert_eq!(state(&mut conn, id).await, "dead");
}

#[tokio::test]
async fn a_failure_that_no_repetition_mends_is_dead_at_once() {
    let (_db, mut conn) = ledger_of_its_own().await;
    enqueue(&mut conn, &[errand()]).await;
    let held = claim_one(&mut conn).await;
    assert_eq!(fail(&mut conn, held, "unreadable", true).await.as_deref(), Some("dead"));
}

#[tokio::test]
async fn what_a_stopping_worker_gives_back_is_due_at_once_and_unharmed() {
    let (_db, mut conn) = ledger_of_its_own().await;
    let id = enqueue(&mut conn, &[errand()]).await[0];
    let held = claim_one(&mut conn).await;
    assert_eq!(ledger::release(&mut conn, &[held]).await.unwrap(), 1);
    assert_eq!(due(&mut conn).await, [(id, 1)]);
    assert_eq!(find(&mut conn, id).await.job.failures, 0);
}

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    user_id: Option<Uuid>,
    #[diesel(sql_type = Jsonb)]
    data: serde_json::Value,
}

#[tokio::test]
async fn progress_is_kept_and_told_to_the_person_who_started_the_job() {
    let (_db, mut conn) = ledger_of_its_own().await;
    let person = Uuid::now_v7();
    let id = enqueue(&mut conn, &[errand().actor(person)]).await[0];
    let (_, attempt) = claim_one(&mut conn).await;
    assert!(
        ledger::progress(&mut conn, id, attempt, Some(40), Some("reading"))
            .await
            .unwrap()
    );
    assert!(
        ledger::progress(&mut conn, id, attempt, None, Some("writing"))
            .await
            .unwrap()
    );
    let job = find(&mut conn, id).await.job;
    assert_eq!((job.progress, job.step.as_deref()), (Some(40), Some("writing")));
    let told: Vec<Told> = diesel::sql_query("SELECT user_id, data FROM events WHERE type = 'job.progress' ORDER BY id")
        .load(&mut conn)
        .await
        .unwrap();
    assert!(told.iter().all(|event| event.user_id == Some(person)));
    let steps: Vec<_> = told
        .iter()
        .map(|event| (&event.data["progress"], &event.data["step"]))
        .collect();
    assert_eq!(
        steps,
        [(&40.into(), &"reading".into()), (&40.into(), &"writing".into())]
    );
}
