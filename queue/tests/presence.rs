//! Who is where, as processes share it.

use std::time::Duration;

use queue::{Page, Transport, Wakeups};

const KEPT: Duration = Duration::from_millis(700);
/// What somebody does, the greater outweighs the lesser.
const VIEWING: u8 = 0;
const REPLYING: u8 = 2;

const fn page<'a>(who: &'a str, page: &'a str) -> Page<'a> {
    Page { who, page }
}

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
            one.attend("warm", page("nobody", "p"), VIEWING, Duration::from_millis(1))
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

    let (ana, bob) = (page("ana", "p"), page("bob", "p"));
    assert!(one.attend("t1", ana, VIEWING, KEPT).await.unwrap());
    assert!(!one.attend("t1", ana, VIEWING, KEPT).await.unwrap(), "nothing new");
    assert!(one.attend("t1", ana, REPLYING, KEPT).await.unwrap());
    assert!(one.attend("t1", bob, VIEWING, KEPT).await.unwrap());
    let there = other.present("t1").await.unwrap();
    let pair = |who: &str, doing: u8| (who.to_owned(), doing);
    assert_eq!(there, [pair("ana", REPLYING), pair("bob", VIEWING)].into());
    assert!(other.present("t2").await.unwrap().is_empty());
    assert!(one.leave("t1", bob).await.unwrap() && !one.leave("t1", bob).await.unwrap());
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
    assert!(one.attend("t1", ana, REPLYING, KEPT).await.unwrap(), "he is new again");
}

/// Each page says so again at every news: were its own word news to the other, they would never be silent.
#[tokio::test]
async fn two_pages_of_one_person_are_one_person_and_no_news_to_each_other() {
    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(300);
    let url = tokio::task::spawn_blocking(testkit::redis_url).await.unwrap();
    let transport = Transport::connect(&url, &format!("pages-{}", std::process::id())).unwrap();
    let (writes, looks) = (page("ana", "writes"), page("ana", "looks"));
    assert!(transport.attend("t", looks, VIEWING, LONG).await.unwrap());
    assert!(transport.attend("t", writes, REPLYING, LONG).await.unwrap());
    for _ in 0..3 {
        assert!(!transport.attend("t", looks, VIEWING, LONG).await.unwrap());
        assert!(!transport.attend("t", writes, REPLYING, LONG).await.unwrap());
    }
    let there = transport.present("t").await.unwrap();
    assert_eq!(there, [("ana".to_owned(), REPLYING)].into());
    // Another's pages do not speak for her.
    assert!(
        transport
            .attend("t", page("an", "writes"), VIEWING, LONG)
            .await
            .unwrap()
    );
    // One of two pages closes: she is there still, and told is only what is something else now.
    assert!(transport.leave("t", writes).await.unwrap(), "she only looks now");
    assert!(
        transport
            .attend("t", page("ana", "third"), VIEWING, SHORT)
            .await
            .is_ok_and(|new| !new)
    );
    assert!(!transport.leave("t", looks).await.unwrap(), "the third page is open");
    tokio::time::sleep(SHORT + Duration::from_millis(100)).await;
    let there = transport.present("t").await.unwrap();
    assert_eq!(
        there,
        [("an".to_owned(), VIEWING)].into(),
        "a page that was not closed is forgotten"
    );
}

#[tokio::test]
async fn a_server_that_is_away_is_an_error() {
    let away = Transport::connect("redis://127.0.0.1:1", "x").unwrap();
    assert!(away.present("t1").await.is_err());
}
