//! Who is where, as processes share it.

use std::time::Duration;

use queue::{Transport, Wakeups};

const KEPT: Duration = Duration::from_millis(700);

#[tokio::test]
async fn whoever_says_so_again_stays_and_others_are_told_what_is_new() {
    let url = tokio::task::spawn_blocking(testkit::redis_url).await.unwrap();
    let prefix = format!("presence-{}", std::process::id());
    let (one, other) = (
        Transport::connect(&url, &prefix).unwrap(),
        Transport::connect(&url, &prefix).unwrap(),
    );
    let wakeups = Wakeups::start(&other, None);
    let mut told = wakeups.presence.subscribe();
    // Until the subscription holds, what is said is heard by nobody.
    let heard = async {
        loop {
            one.attend("warm", "nobody", "viewing", Duration::from_millis(1))
                .await
                .unwrap();
            tokio::select! {
                place = told.recv() => return place.unwrap(),
                () = tokio::time::sleep(Duration::from_millis(50)) => {}
            }
        }
    };
    assert_eq!(
        tokio::time::timeout(Duration::from_secs(10), heard).await.unwrap(),
        "warm"
    );

    assert!(one.attend("t1", "ana", "viewing", KEPT).await.unwrap());
    assert!(!one.attend("t1", "ana", "viewing", KEPT).await.unwrap(), "nothing new");
    assert!(one.attend("t1", "ana", "replying", KEPT).await.unwrap());
    assert!(one.attend("t1", "bob", "viewing", KEPT).await.unwrap());
    let mut there = other.present("t1").await.unwrap();
    there.sort();
    let pair = |who: &str, what: &str| (who.to_owned(), what.to_owned());
    assert_eq!(there, [pair("ana", "replying"), pair("bob", "viewing")]);
    assert!(other.present("t2").await.unwrap().is_empty());
    assert!(one.leave("t1", "bob").await.unwrap() && !one.leave("t1", "bob").await.unwrap());
    let mut places = Vec::new();
    while places.iter().filter(|place| *place == "t1").count() < 4 {
        let place = tokio::time::timeout(Duration::from_secs(10), told.recv())
            .await
            .unwrap();
        places.push(place.unwrap());
    }
    // A heart that stopped beating.
    tokio::time::sleep(KEPT + Duration::from_millis(100)).await;
    assert!(other.present("t1").await.unwrap().is_empty());
    assert!(
        one.attend("t1", "ana", "replying", KEPT).await.unwrap(),
        "he is new again"
    );
}

#[tokio::test]
async fn a_server_that_is_away_is_an_error() {
    let away = Transport::connect("redis://127.0.0.1:1", "x").unwrap();
    assert!(away.present("t1").await.is_err());
}
