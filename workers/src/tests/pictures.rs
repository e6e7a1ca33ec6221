//! Pictures of a mail that are on servers of others, from the mail to the reader, over a real server on this machine.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use app::{
    AppError,
    mail::{Arrival, arrive},
    ticket::pictures::{self as cases, Pictures},
};
use domain::mail::{picture::MAX_BYTES, words::StartPoint};
use jobs::{FetchPictures, Outcome};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use uuid::Uuid;

use super::desk::{Desk, mail};
use crate::handlers;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand what is in it";

/// Hands out pictures, and keeps every request as it came.
struct Gallery {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Gallery {
    /// With answers by path: status line and headers, body. What it does not know is not there.
    async fn open(answers: &[(&'static str, String, Vec<u8>)]) -> Self {
        let answers: HashMap<&'static str, (String, Vec<u8>)> = answers
            .iter()
            .map(|(path, head, body)| (*path, (head.clone(), body.clone())))
            .collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, answers) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answers));
        let seen = asked.clone();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (seen, answers) = (seen.clone(), answers.clone());
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        let mut part = [0; 1024];
                        let n = socket.read(&mut part).await.unwrap();
                        if n == 0 {
                            return;
                        }
                        head.extend_from_slice(&part[..n]);
                    }
                    let head = String::from_utf8(head).unwrap();
                    let path = head.split(' ').nth(1).unwrap().to_owned();
                    seen.lock().unwrap().push(head);
                    let missing = ("404 Not Found".to_owned(), Vec::new());
                    let (first, body) = answers.get(path.as_str()).unwrap_or(&missing);
                    let answer = format!(
                        "HTTP/1.1 {first}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                        body.len()
                    );
                    // Whoever asked may have read enough.
                    let _ = socket.write_all(answer.as_bytes()).await;
                    let _ = socket.write_all(body).await;
                });
            }
        });
        Self { port, asked }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Paths that were asked for, in alphabetical order.
    fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self
            .asked()
            .iter()
            .map(|head| head.split(' ').nth(1).unwrap().to_owned())
            .collect();
        paths.sort();
        paths
    }
}

/// A mail with this HTML as it became a message; returns its id.
async fn received(desk: &Desk, html: &str) -> Uuid {
    let mailbox = desk.mailbox(None, StartPoint::Now).await;
    let extra = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n";
    let arrival = Arrival {
        mailbox_id: mailbox.id,
        uid: None,
        event_id: None,
        internal_date: None,
        raw: mail("Ana <ana@example.dz>", "Look", "1@example.dz", extra, html).into(),
        full_size: None,
    };
    arrive(&desk.app, arrival).await.unwrap();
    desk.run().await;
    let id = "SELECT id::text FROM ticket_messages WHERE body_html IS NOT NULL";
    desk.db.texts(id).await[0].parse().unwrap()
}

/// Place, state and reason of each.
fn told(pictures: &Pictures) -> Vec<String> {
    let item = |one: &store::ticket::picture::Picture| {
        format!(
            "{} {} {}",
            one.position,
            one.state,
            one.reason.as_deref().unwrap_or("-")
        )
    };
    pictures.items.iter().map(item).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_fetched_once_after_a_reader_asked_and_tell_nothing_of_him() {
    let desk = Desk::new().await;
    let gallery = Gallery::open(&[
        ("/a.png?who=ana&x=1", "200 OK".to_owned(), PNG.to_vec()),
        ("/b.gif", "200 OK\r\nset-cookie: a=b".to_owned(), b"GIF89a".to_vec()),
    ])
    .await;
    let (first, second) = (gallery.url("/a.png?who=ana&amp;x=1"), gallery.url("/b.gif"));
    let pixel = gallery.url("/pixel.gif");
    let html = format!(
        "<p>Hi</p><img src=\"{first}\" alt=A><img src=\"{second}\"><img src=\"{first}\"><img src=\"{pixel}\" width=1 height=1>"
    );
    let message = received(&desk, &html).await;
    let before = cases::get(&desk.app, &desk.caller, message).await.unwrap();
    assert_eq!((before.state.as_str(), before.items.len()), ("blocked", 0));
    assert!(gallery.asked().is_empty(), "nobody asked yet");

    let asked = cases::ask(&desk.app, &desk.caller, message).await.unwrap();
    assert_eq!(asked.state, "queued");
    cases::ask(&desk.app, &desk.caller, message).await.unwrap();
    assert_eq!(desk.jobs("fetch_pictures").await.len(), 1);
    desk.run().await;
    let done = cases::get(&desk.app, &desk.caller, message).await.unwrap();
    assert_eq!(done.state, "done");
    assert_eq!(told(&done), ["0 fetched -", "1 fetched -"]);
    let (kind, bytes) = cases::open(&desk.app, &desk.caller, message, 0).await.unwrap();
    assert_eq!((kind.as_str(), &bytes[..]), ("image/png", PNG));

    // Neither another reader nor the job's second run asks its server again.
    cases::ask(&desk.app, &desk.caller, message).await.unwrap();
    let job = FetchPictures { message_id: message };
    let again = handlers::pictures::fetch(&desk.surroundings(), desk.context(Uuid::now_v7()), job).await;
    assert_eq!(again, Outcome::Done);
    desk.run().await;
    assert_eq!(gallery.paths(), ["/a.png?who=ana&x=1", "/b.gif"]);
    for head in gallery.asked() {
        let head = head.to_lowercase();
        assert!(head.contains("user-agent: mozilla/5.0\r\n"), "{head}");
        for word in ["cookie", "referer", "cloudmanager", "authorization", "desk.test"] {
            assert!(!head.contains(word), "{word}: {head}");
        }
    }
    let lines = "SELECT concat_ws(' ', action, data->>'fetched', data->>'left_out') FROM audit_log
        WHERE action LIKE 'ticket.pictures%' ORDER BY id";
    assert_eq!(
        desk.db.texts(lines).await,
        ["ticket.pictures", "ticket.pictures_end 2 0"]
    );
    let news = "SELECT data->>'state' FROM events WHERE type = 'ticket.pictures' ORDER BY id";
    assert_eq!(desk.db.texts(news).await, ["queued", "done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_too_large_or_leads_inside_is_refused() {
    let desk = Desk::new().await;
    let mut large = PNG.to_vec();
    large.resize(MAX_BYTES + 1, 0);
    let gallery = Gallery::open(&[
        ("/svg.png", "200 OK".to_owned(), b"<svg onload=alert(1)/>".to_vec()),
        ("/large.png", "200 OK".to_owned(), large),
        (
            "/inside.png",
            "302 Found\r\nlocation: http://10.0.0.1/a.png".to_owned(),
            Vec::new(),
        ),
        ("/round.png", "302 Found\r\nlocation: /round.png".to_owned(), Vec::new()),
        ("/moved.png", "301 Moved\r\nlocation: /good.png".to_owned(), Vec::new()),
        ("/good.png", "200 OK".to_owned(), PNG.to_vec()),
    ])
    .await;
    let mut html: String = ["svg", "large", "inside", "round", "moved", "gone"]
        .iter()
        .map(|name| format!("<img src=\"{}\">", gallery.url(&format!("/{name}.png"))))
        .collect();
    html.push_str(
        "<img src=\"http://169.254.169.254/latest/meta-data/\"><img src=\"https://u:p@pictures.test/a.png\">",
    );
    let message = received(&desk, &html).await;
    cases::ask(&desk.app, &desk.caller, message).await.unwrap();
    desk.run().await;
    let done = cases::get(&desk.app, &desk.caller, message).await.unwrap();
    assert_eq!(
        told(&done),
        [
            "0 refused kind",
            "1 refused size",
            "2 refused address",
            "3 refused redirects",
            "4 fetched -",
            "5 failed missing",
            "6 refused address",
            "7 refused address",
        ]
    );
    assert_eq!(done.state, "done");
    let nothing = cases::open(&desk.app, &desk.caller, message, 0).await;
    assert!(matches!(nothing, Err(AppError::NotFound)), "{nothing:?}");
    // Refused, nothing of it is kept.
    let kept = "SELECT count(*)::text FROM message_pictures WHERE sha256 IS NOT NULL";
    assert_eq!(desk.db.texts(kept).await, ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_attempt_asks_for_nothing_that_is_here_and_fifty_are_the_most() {
    let desk = Desk::new().await;
    let gallery = Gallery::open(&[("/0.png", "200 OK".to_owned(), PNG.to_vec())]).await;
    let html: String = (0..60)
        .map(|n| format!("<img src=\"{}\">", gallery.url(&format!("/{n}.png"))))
        .collect();
    let message = received(&desk, &html).await;
    cases::ask(&desk.app, &desk.caller, message).await.unwrap();
    // A worker died when it had this one.
    let there = Ok(("image/png", PNG.into()));
    cases::keep(&desk.app, message, 0, &gallery.url("/0.png"), there)
        .await
        .unwrap();
    desk.run().await;
    let paths = gallery.paths();
    assert_eq!(paths.len(), 49);
    assert!(!paths.contains(&"/0.png".to_owned()) && paths.contains(&"/49.png".to_owned()));
    let done = cases::get(&desk.app, &desk.caller, message).await.unwrap();
    assert_eq!((done.state.as_str(), done.items.len()), ("done", 50));
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_go_with_what_their_message_said_and_a_lost_job_is_ended() {
    let desk = Desk::new().await;
    let gallery = Gallery::open(&[("/a.png", "200 OK".to_owned(), PNG.to_vec())]).await;
    let message = received(&desk, &format!("<img src=\"{}\">", gallery.url("/a.png"))).await;
    cases::ask(&desk.app, &desk.caller, message).await.unwrap();
    desk.db
        .execute("UPDATE jobs SET state = 'dead' WHERE kind = 'fetch_pictures'")
        .await;
    assert_eq!(app::abandoned::give_up(&desk.app).await.unwrap(), 1);
    let over = cases::get(&desk.app, &desk.caller, message).await.unwrap();
    assert_eq!((over.state.as_str(), over.items.len()), ("done", 0));

    let there = Ok(("image/png", PNG.into()));
    cases::keep(&desk.app, message, 0, "http://x.test/a.png", there)
        .await
        .unwrap();
    desk.db
        .execute(&format!(
            "DELETE FROM message_picture_sets WHERE message_id = '{message}'"
        ))
        .await;
    let doomed = "SELECT count(*)::text FROM doomed_blobs";
    assert_eq!(desk.db.texts(doomed).await, ["1"]);
    let gone = cases::open(&desk.app, &desk.caller, message, 0).await;
    assert!(matches!(gone, Err(AppError::NotFound)), "{gone:?}");
}
