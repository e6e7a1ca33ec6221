//! What the guarded client calls, and what it does not.

use std::{
    io,
    net::IpAddr,
    sync::Mutex,
    sync::atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use domain::mail::picture::PictureFault;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

/// Answers the first question with the first list, and so on; the last one again and again.
#[derive(Debug, Default)]
struct Dns(Mutex<Vec<Vec<&'static str>>>, AtomicUsize);

impl Dns {
    fn new(answers: &[&[&'static str]]) -> Arc<Self> {
        let answers = answers.iter().rev().map(|list| list.to_vec()).collect();
        Arc::new(Self(Mutex::new(answers), AtomicUsize::new(0)))
    }
}

#[async_trait]
impl Lookup for Dns {
    async fn lookup(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        let mut answers = self.0.lock().unwrap();
        let list = if answers.len() > 1 {
            answers.pop()
        } else {
            answers.last().cloned()
        };
        Ok(list.unwrap_or_default().iter().map(|ip| ip.parse().unwrap()).collect())
    }
}

fn client(reach: Reach, lookup: Arc<dyn Lookup>) -> Outbound {
    let second = Duration::from_secs(1);
    Outbound::with(reach, lookup, second, second).unwrap()
}

fn get(url: &str) -> Request<Vec<u8>> {
    Request::get(url).body(Vec::new()).unwrap()
}

/// A server that counts its callers and says the same to each, byte after byte when it is `slow`.
async fn server(answer: String, slow: bool) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let callers = Arc::new(AtomicUsize::new(0));
    let counted = callers.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            let answer = answer.clone();
            tokio::spawn(async move {
                let _ = socket.read(&mut [0; 4096]).await;
                for part in answer.as_bytes().chunks(if slow { 1 } else { 4096 }) {
                    let _ = socket.write_all(part).await;
                    if slow {
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
            });
        }
    });
    (port, callers)
}

fn with_body(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn addresses_that_lead_inside_are_not_called() {
    let (port, callers) = server(with_body("inside"), false).await;
    let dns = Dns::new(&[&["8.8.8.8"]]);
    let public = client(Reach::Public, dns.clone());
    let long = format!("http://[::ffff:127.0.0.1]:{port}/");
    let urls = [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("https://0x7f.1:{port}/"),
        format!("https://0177.0.0.1:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://[::ffff:7f00:1]:{port}/"),
        format!("https://0.0.0.0:{port}/"),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
        "https://[fd00:ec2::254]/".to_owned(),
        "https://[64:ff9b::a9fe:a9fe]/".to_owned(),
        "https://10.1.2.3/".to_owned(),
        "https://user:secret@example.com/".to_owned(),
        "http://example.com/".to_owned(),
        "ftp://example.com/".to_owned(),
        long,
    ];
    for url in urls {
        let refused = public.call(get(&url)).await.unwrap_err();
        assert!(matches!(refused, CallError::Refused(_)), "{url}: {refused}");
        assert!(!refused.to_string().contains("secret"));
    }
    assert_eq!(callers.load(Ordering::Relaxed), 0);
    assert_eq!(dns.1.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn names_that_lead_inside_are_not_called() {
    let (port, callers) = server(with_body("inside"), false).await;
    let lists: [&[&'static str]; 8] = [
        &["127.0.0.1"],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["10.0.0.1"],
        &["169.254.169.254"],
        &["64:ff9b::7f00:1"],
        &["8.8.8.8", "127.0.0.1"],
        &[],
    ];
    for list in lists {
        let public = client(Reach::Public, Dns::new(&[list]));
        let refused = public
            .call(get(&format!("https://issuer.test:{port}/")))
            .await
            .unwrap_err();
        assert_eq!(refused, CallError::Refused("its host is not public"), "{list:?}");
    }
    // Nor without TLS where this machine is in reach: that is for addresses which say so themselves.
    let local = client(Reach::Loopback, Dns::new(&[&["127.0.0.1"]]));
    let refused = local
        .call(get(&format!("http://issuer.test:{port}/")))
        .await
        .unwrap_err();
    assert!(matches!(refused, CallError::Refused(_)), "{refused}");
    assert_eq!(callers.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn the_answer_that_was_looked_at_is_the_one_connected_to() {
    let (port, callers) = server(with_body("inside"), false).await;
    // A public address at which nobody listens.
    let dns = Dns::new(&[&["11.0.0.1"], &["127.0.0.1"]]);
    let public = client(Reach::Public, dns.clone());
    let first = public
        .call(get(&format!("https://issuer.test:{port}/")))
        .await
        .unwrap_err();
    assert!(
        matches!(first, CallError::Unreachable(_) | CallError::TimedOut),
        "{first}"
    );
    assert_eq!(dns.1.load(Ordering::Relaxed), 1, "asked once");
    // The next call looks again, and refuses what the name leads to by then.
    let refused = public
        .call(get(&format!("https://issuer.test:{port}/")))
        .await
        .unwrap_err();
    assert_eq!(refused, CallError::Refused("its host is not public"));
    assert_eq!(callers.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn this_machine_is_in_reach_only_when_said() {
    let (port, _) = server(with_body("hello"), false).await;
    let local = client(Reach::Loopback, Arc::new(SystemLookup));
    for host in ["127.0.0.1", "localhost"] {
        let answer = local.call(get(&format!("http://{host}:{port}/"))).await.unwrap();
        assert_eq!(answer.body(), b"hello", "{host}");
    }
    for url in [
        "http://10.0.0.1/",
        "https://10.0.0.1/",
        "http://8.8.8.8/",
        "https://169.254.169.254/",
    ] {
        let refused = local.call(get(url)).await.unwrap_err();
        assert!(matches!(refused, CallError::Refused(_)), "{url}: {refused}");
    }
}

#[tokio::test]
async fn redirects_are_answers() {
    let (inside, callers) = server(with_body("inside"), false).await;
    let moved = format!("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{inside}/\r\ncontent-length: 0\r\n\r\n");
    let (port, _) = server(moved, false).await;
    let local = client(Reach::Loopback, Arc::new(SystemLookup));
    let answer = local.call(get(&format!("http://127.0.0.1:{port}/"))).await.unwrap();
    assert_eq!(answer.status(), 302);
    assert_eq!(callers.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn long_and_slow_answers_are_given_up() {
    let local = client(Reach::Loopback, Arc::new(SystemLookup));
    let (said, _) = server("HTTP/1.1 200 OK\r\ncontent-length: 10000000\r\n\r\n".to_owned(), false).await;
    let unsaid = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}",
        "x".repeat(MAX_BODY + 1)
    );
    let (unsaid, _) = server(unsaid, false).await;
    for port in [said, unsaid] {
        let refused = local.call(get(&format!("http://127.0.0.1:{port}/"))).await.unwrap_err();
        assert_eq!(refused, CallError::TooLong);
    }
    let (drips, _) = server(with_body(&"x".repeat(100)), true).await;
    let given_up = local
        .call(get(&format!("http://127.0.0.1:{drips}/")))
        .await
        .unwrap_err();
    assert_eq!(given_up, CallError::TimedOut);
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let nobody = local
        .call(get(&format!("http://127.0.0.1:{closed}/")))
        .await
        .unwrap_err();
    assert!(matches!(nobody, CallError::Unreachable(_)), "{nobody}");
}

const GIF: &str = "GIF89a picture";

fn moved(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

/// A server that is called more than once says so to each that it is done.
fn closing(body: &str) -> String {
    with_body(body).replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n")
}

#[tokio::test]
async fn a_picture_is_taken_by_its_content_and_where_it_was_moved_to() {
    let local = client(Reach::Loopback, Arc::new(SystemLookup));
    let (port, callers) = server(closing(GIF), false).await;
    let there = format!("http://127.0.0.1:{port}/a.gif#part");
    let found = picture(&local, &there, 100).await.unwrap();
    assert_eq!(found, ("image/gif", GIF.as_bytes().to_vec()));
    let (gate, _) = server(moved(&there), false).await;
    assert!(picture(&local, &format!("http://localhost:{gate}/"), 100).await.is_ok());
    assert_eq!(callers.load(Ordering::Relaxed), 2);

    assert_eq!(picture(&local, &there, 5).await, Err(PictureFault::Size));
    let (drawing, _) = server(with_body("<svg xmlns='http://www.w3.org/2000/svg'/>"), false).await;
    let drawing = format!("http://127.0.0.1:{drawing}/a.png");
    assert_eq!(picture(&local, &drawing, 100).await, Err(PictureFault::Kind));
    let none = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned();
    let (none, _) = server(none, false).await;
    let none = format!("http://127.0.0.1:{none}/");
    assert_eq!(picture(&local, &none, 100).await, Err(PictureFault::Missing));
}

#[tokio::test]
async fn no_redirect_of_a_picture_leads_inside_or_on_for_ever() {
    let local = client(Reach::Loopback, Arc::new(SystemLookup));
    for inside in [
        "http://10.0.0.1/a.png",
        "http://169.254.169.254/latest/",
        "file:///etc/passwd",
    ] {
        let (gate, _) = server(moved(inside), false).await;
        let refused = picture(&local, &format!("http://127.0.0.1:{gate}/"), 100).await;
        assert_eq!(refused, Err(PictureFault::Address), "{inside}");
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    // Leads to itself: the first call and five redirects.
    let (round, callers) = {
        let (gate, callers) = server(moved("/again"), false).await;
        (format!("http://127.0.0.1:{gate}/"), callers)
    };
    assert_eq!(picture(&local, &round, 100).await, Err(PictureFault::Redirects));
    assert_eq!(callers.load(Ordering::Relaxed), 6);
    let away = format!("http://127.0.0.1:{port}/");
    assert_eq!(picture(&local, &away, 100).await, Err(PictureFault::Unreachable));
    // Without TLS it may come, from a public host alone.
    let public = client(Reach::Public, Dns::new(&[&["127.0.0.1"]]));
    for address in [
        "http://127.0.0.1/a.png",
        "http://pictures.test/a.png",
        "https://u@pictures.test/",
    ] {
        assert_eq!(
            picture(&public, address, 100).await,
            Err(PictureFault::Address),
            "{address}"
        );
    }
}
