//! Sums that several processes keep in Redis.

use std::time::Duration;

use queue::Transport;

#[tokio::test]
async fn processes_add_up_and_sums_are_forgotten_in_time() {
    let url = tokio::task::spawn_blocking(testkit::redis_url).await.unwrap();
    let prefix = format!("sums-{}", std::process::id());
    let (one, other) = (
        Transport::connect(&url, &prefix).unwrap(),
        Transport::connect(&url, &prefix).unwrap(),
    );
    let counts = |n| [("reads:a:1".to_owned(), n), ("writes:b:1".to_owned(), 1)];
    let kept = Duration::from_secs(1);
    assert_eq!(one.add_up(&counts(3), kept).await.unwrap(), [3, 1]);
    assert_eq!(other.add_up(&counts(4), kept).await.unwrap(), [7, 2]);
    let elsewhere = Transport::connect(&url, &format!("{prefix}-other")).unwrap();
    assert_eq!(elsewhere.add_up(&counts(1), kept).await.unwrap(), [1, 1]);
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(one.add_up(&counts(1), kept).await.unwrap(), [1, 1]);
}

#[tokio::test]
async fn a_server_that_is_away_is_an_error() {
    let away = Transport::connect("redis://127.0.0.1:1", "x").unwrap();
    let counts = [("reads:a:1".to_owned(), 1)];
    assert!(away.add_up(&counts, Duration::from_secs(1)).await.is_err());
}
