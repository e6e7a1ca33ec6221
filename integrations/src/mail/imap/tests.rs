use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;

/// A server that knows one mail and answers the commands that the client uses.
async fn server(idle: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let (read, mut write) = socket.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"* OK ready\r\n").await.unwrap();
        while let Some(line) = lines.next_line().await.unwrap() {
            let (tag, command) = line.split_once(' ').unwrap_or((line.as_str(), ""));
            let body = "Subject: hi\r\n\r\nbody\r\n";
            let data = match command {
                c if c.starts_with("LOGIN") && !c.contains("\"secret\"") => {
                    write
                        .write_all(format!("{tag} NO wrong password\r\n").as_bytes())
                        .await
                        .unwrap();
                    continue;
                }
                "CAPABILITY" if idle => "* CAPABILITY IMAP4rev1 IDLE MOVE\r\n".to_owned(),
                "CAPABILITY" => "* CAPABILITY IMAP4rev1\r\n".to_owned(),
                c if c.starts_with("SELECT") => {
                    "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 6] x\r\n".to_owned()
                }
                c if c.contains("RFC822.SIZE") => {
                    "* 1 FETCH (UID 5 RFC822.SIZE 22 INTERNALDATE \"21-Nov-2026 10:00:00 +0100\")\r\n".to_owned()
                }
                "UID FETCH 5 (UID BODY.PEEK[]<0.9>)" => "* 1 FETCH (UID 5 BODY[]<0> {9}\r\nSubject: )\r\n".to_owned(),
                // As if it did not know partial fetches.
                "UID FETCH 5 (UID BODY.PEEK[]<0.7>)" => {
                    format!("* 1 FETCH (UID 5 BODY[] {{{}}}\r\n{body})\r\n", body.len())
                }
                "UID FETCH 5 (UID BODY.PEEK[]<0.1000>)" => {
                    format!("* 1 FETCH (UID 5 BODY[] {{{}}}\r\n{body})\r\n", body.len())
                }
                "UID FETCH 5 (UID BODY.PEEK[HEADER]<0.1000>)" => {
                    "* 1 FETCH (UID 5 BODY[HEADER] {15}\r\nSubject: hi\r\n\r\n)\r\n".to_owned()
                }
                "IDLE" => {
                    write.write_all(b"+ idling\r\n* 2 EXISTS\r\n").await.unwrap();
                    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("DONE"));
                    String::new()
                }
                "NEVER" => continue,
                _ => String::new(),
            };
            write
                .write_all(format!("{data}{tag} OK done\r\n").as_bytes())
                .await
                .unwrap();
        }
    });
    port
}

fn config(port: u16) -> ImapConfig {
    ImapConfig {
        host: "127.0.0.1".into(),
        port,
        tls: Tls::None,
        ca_file: None,
        user: "support".into(),
        password: "secret".into(),
        folder: "INBOX".into(),
        timeout: Duration::from_secs(5),
    }
}

#[tokio::test]
async fn a_mailbox_is_read_by_uid() {
    let mut source = ImapSource::connect(&config(server(true).await)).await.unwrap();
    assert_eq!(
        source.select().await.unwrap(),
        MailboxState {
            uidvalidity: 7,
            exists: 1,
            uid_next: Some(6)
        }
    );
    let heads = source.list_from(1).await.unwrap();
    assert_eq!((heads.len(), heads[0].uid, heads[0].size), (1, 5, 22));
    assert_eq!(
        heads[0].internal_date.unwrap().to_rfc3339(),
        "2026-11-21T09:00:00+00:00"
    );
    assert!(source.list_from(6).await.unwrap().is_empty());
    assert_eq!(source.fetch(5, 1000).await.unwrap(), "Subject: hi\r\n\r\nbody\r\n");
    assert_eq!(source.fetch(5, 9).await.unwrap(), "Subject: ");
    assert_eq!(source.fetch(5, 7).await.unwrap(), "Subject");
    assert_eq!(source.fetch_header(5, 1000).await.unwrap(), "Subject: hi\r\n\r\n");
    assert!(matches!(source.fetch(6, 1000).await, Err(ImapError::Gone(6))));
    source.mark(&[5], &After::Seen).await.unwrap();
    assert_eq!(source.wait(Duration::from_secs(5)).await.unwrap(), Woken::Changed);
    source.mark(&[5], &After::Move("Done".into())).await.unwrap();
    source.logout().await.unwrap();
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let port = server(false).await;
    let wrong = ImapConfig {
        password: "wrong".into(),
        ..config(port)
    };
    assert!(matches!(ImapSource::connect(&wrong).await, Err(ImapError::Login(_))));
    let far = ImapConfig {
        host: "mail.example.org".into(),
        ..config(port)
    };
    assert!(matches!(ImapSource::connect(&far).await, Err(ImapError::Settings(_))));
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let quick = ImapConfig {
        timeout: Duration::from_millis(50),
        ..config(silent.local_addr().unwrap().port())
    };
    let error = ImapSource::connect(&quick).await.unwrap_err();
    assert!(matches!(error, ImapError::TimedOut("greeting")) && error.is_transient());
}

#[tokio::test]
async fn the_fake_behaves_like_a_mailbox() {
    let fake = FakeSource::default();
    let mut source = fake.clone();
    let uid = fake.deliver("Subject: a\r\n\r\nb", DateTime::UNIX_EPOCH);
    assert_eq!(source.select().await.unwrap().uid_next, Some(2));
    assert_eq!(source.list_from(uid).await.unwrap().len(), 1);
    assert!(source.list_from(uid + 1).await.unwrap().is_empty());
    assert_eq!(source.uids_since(DateTime::UNIX_EPOCH).await.unwrap(), [uid]);
    assert!(
        source
            .uids_since(DateTime::UNIX_EPOCH + Duration::from_secs(90_000))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(source.fetch_header(uid, 1000).await.unwrap(), "Subject: a\r\n\r\n");
    fake.fail_next(ImapError::Connection("broken".into()));
    assert!(source.fetch(uid, 1000).await.is_err());
    source.mark(&[uid], &After::Move("Done".into())).await.unwrap();
    assert!(matches!(source.fetch(uid, 1000).await, Err(ImapError::Gone(_))));
    fake.renumber();
    assert_eq!(source.select().await.unwrap().uidvalidity, 2);
}
