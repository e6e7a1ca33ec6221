//! A request that goes away while its commit is under way: nobody uses that connection again.

use std::time::Duration;

use testkit::{TestDb, app_over};

const BACKENDS: &str = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'";

#[tokio::test]
async fn a_commit_that_nobody_waits_for_takes_its_connection_along() {
    let db = TestDb::new().await;
    let app = app_over(db.pool.clone());
    let tx = app.begin().await.unwrap();
    let abandoned = db.texts(BACKENDS).await;
    assert_eq!(abandoned.len(), 1);
    {
        let mut commit = Box::pin(tx.commit());
        assert!(
            futures::poll!(&mut commit).is_pending(),
            "the server cannot have answered yet"
        );
    }
    let gone = async {
        while db.texts(BACKENDS).await.contains(&abandoned[0]) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap();
    app.begin().await.unwrap().commit().await.unwrap();
}
