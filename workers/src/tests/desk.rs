//! A desk with mailboxes: its jobs run one after the other, without Redis, when the test says so.

use std::sync::{Arc, Mutex};

use app::{
    App, Caller,
    mailbox::{Imap, Settings},
    ticket::NewMessage,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    clock::Clock,
    locale::Locale,
    mail::words::{StartPoint, TlsMode},
    permission::Permission,
    ticket::writing::Format,
};
use integrations::http::{Outbound, Reach};
use integrations::mail::{
    imap::{ImapConfig, ImapSource, MailSource, Tls},
    smtp::FakeTransport,
};
use jobs::{NewJob, Outcome, Queue};
use store::{
    audit::Actor,
    ledger,
    mail::{self, Mail},
    mailbox::{self, Mailbox},
    ticket,
};
use testkit::{Dovecot, TestDb};
use uuid::Uuid;

use crate::{
    JobContext, Registry,
    finish::{Ending, persist},
    handlers::{
        self, Surroundings,
        fetch::{FetchError, fetch_new},
    },
};

/// A reply with these words and nothing else.
pub fn reply(body: &str) -> NewMessage {
    NewMessage {
        note: false,
        body: body.to_owned(),
        format: Format::Plain,
        attachment_ids: Vec::new(),
        next_state: None,
        canned_reply_ids: Vec::new(),
        mentions: Vec::new(),
        watch: false,
        ends_draft: false,
        draft_version: None,
        expected_version: None,
    }
}

/// A clock that a test turns.
#[derive(Debug, Default)]
pub struct TurnedClock(Mutex<TimeDelta>);

impl TurnedClock {
    pub fn turn(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for TurnedClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + *self.0.lock().unwrap()
    }
}

pub struct Desk {
    pub db: TestDb,
    pub app: App,
    pub clock: Arc<TurnedClock>,
    pub sent: Arc<FakeTransport>,
    pub caller: Caller,
    registry: Registry,
}

/// A mail of a person to the desk's mailbox.
pub fn mail(from: &str, subject: &str, id: &str, extra: &str, body: &str) -> String {
    format!(
        "From: {from}\r\nTo: support@desk.test\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n\
         Date: Sat, 21 Nov 2026 03:00:00 +0000\r\n{extra}\r\n{body}\r\n"
    )
}

fn surroundings(app: &App, sent: &Arc<FakeTransport>) -> Surroundings {
    Surroundings {
        app: app.clone(),
        transport: sent.clone(),
        sms: None,
        antivirus: None,
        outbound: Outbound::new(Reach::Loopback).unwrap(),
        imap_ca: None,
    }
}

impl Desk {
    pub async fn new() -> Self {
        let db = TestDb::new().await;
        let clock = Arc::new(TurnedClock::default());
        let app = App {
            clock: clock.clone(),
            loopback: true,
            ..testkit::app_over(db.pool.clone())
        };
        app::seed::base(&app).await.unwrap();
        let user_id = app::seed::account(&app, "admin@desk.test", "Admin", "admin", "a long enough password")
            .await
            .unwrap();
        let sent = Arc::new(FakeTransport::default());
        let caller = Caller {
            user_id,
            email: "admin@desk.test".to_owned(),
            permissions: Permission::ALL.to_vec(),
            factor_at: None,
            actor: Actor {
                kind: "user",
                user_id: Some(user_id),
                name: "Admin".to_owned(),
                ..Actor::default()
            },
        };
        let with = surroundings(&app, &sent);
        Self {
            registry: handlers::registry(&with),
            db,
            app,
            clock,
            sent,
            caller,
        }
    }

    /// A mailbox `support@desk.test` that is read from this server.
    pub async fn imap(&self, server: &Dovecot, folder: &str, start_point: StartPoint) -> Mailbox {
        let imap = Imap {
            host: "localhost".to_owned(),
            port: server.plain,
            tls: TlsMode::None,
            username: "support".to_owned(),
            password: Some("secret".to_owned()),
            folder: Some(folder.to_owned()),
        };
        self.mailbox(Some(imap), start_point).await
    }

    pub async fn mailbox(&self, imap: Option<Imap>, start_point: StartPoint) -> Mailbox {
        let settings = Settings {
            address: Some("support@desk.test".to_owned()),
            locale: Some(Locale::En),
            imap,
            start_point: Some(start_point),
            start_days: Some(3),
            ..Settings::default()
        };
        app::mailbox::create(&self.app, &self.caller, settings).await.unwrap()
    }

    /// A mailbox as it is stored now.
    pub async fn mailbox_now(&self, id: Uuid) -> Mailbox {
        mailbox::find(&mut self.db.pool.get().await.unwrap(), id).await.unwrap()
    }

    /// Takes what is new in a mailbox.
    pub async fn fetch(&self, source: &mut impl MailSource, id: Uuid) -> Result<(), FetchError> {
        let mailbox = mailbox::find(&mut self.db.pool.get().await.unwrap(), id).await.unwrap();
        fetch_new(&self.app, source, &mailbox).await
    }

    /// A reply of somebody who is not part of this ticket, which waits to be judged.
    pub async fn held_message(&self, ticket_id: Uuid) -> Uuid {
        let id = Uuid::now_v7();
        let message = ticket::Message {
            id,
            ticket_id,
            kind: "reply".to_owned(),
            direction: "in".to_owned(),
            author_user_id: None,
            author_email: Some("eve@example.dz".to_owned()),
            author_name: "Eve".to_owned(),
            is_staff: false,
            body_text: "I know something.".to_owned(),
            body_html: None,
            quoted_from: None,
            held: true,
            verified: true,
            raw_mail_id: None,
            created_at: self.app.clock.now(),
        };
        let mut conn = self.db.pool.get().await.unwrap();
        ticket::insert_message(&mut conn, &message).await.unwrap();
        id
    }

    pub async fn enqueue(&self, jobs: &[NewJob]) {
        let mut tx = self.app.begin().await.unwrap();
        tx.enqueue(jobs).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Jobs of a kind, newest first.
    pub async fn jobs(&self, kind: &str) -> Vec<ledger::Job> {
        let mut conn = self.db.pool.get().await.unwrap();
        ledger::list(&mut conn, None, None, Some(kind), None, 100)
            .await
            .unwrap()
    }

    /// Runs what is due in every queue but the one whose jobs watch for minutes; returns how many jobs ran.
    pub async fn run(&self) -> usize {
        let mut ran = 0;
        loop {
            let before = ran;
            for queue in Queue::ALL.iter().filter(|queue| **queue != Queue::Sync) {
                for job in self.take(queue.as_str()).await {
                    ran += 1;
                    self.work(&job).await;
                }
            }
            if ran == before {
                return ran;
            }
        }
    }

    /// Runs what is due in a queue, all at the same time.
    pub async fn run_side_by_side(&self, queue: Queue) {
        let jobs = self.take(queue.as_str()).await;
        futures::future::join_all(jobs.iter().map(|job| self.work(job))).await;
    }

    async fn take(&self, queue: &str) -> Vec<ledger::Claimed> {
        let mut conn = self.db.pool.get().await.unwrap();
        let due = ledger::due(&mut conn, &[(queue, 100)]).await.unwrap();
        let refs: Vec<(Uuid, i32)> = due.iter().map(|job| (job.id, job.attempt)).collect();
        ledger::claim(&mut conn, Uuid::now_v7(), queue, &refs).await.unwrap()
    }

    /// What the handlers of this desk are given, for a test that calls one itself.
    pub fn surroundings(&self) -> Surroundings {
        surroundings(&self.app, &self.sent)
    }

    /// Has its handlers given something else.
    pub fn equip(&mut self, with: &Surroundings) {
        self.registry = handlers::registry(with);
    }

    /// The first attempt of a job that is in no ledger.
    pub fn context(&self, job_id: Uuid) -> JobContext {
        JobContext {
            job_id,
            attempt: 1,
            failures: 0,
            max_attempts: 10,
            actor_id: None,
            pool: self.db.pool.clone(),
        }
    }

    async fn work(&self, job: &ledger::Claimed) {
        let context = JobContext {
            job_id: job.id,
            attempt: job.attempt,
            failures: job.failures,
            max_attempts: job.max_attempts,
            actor_id: job.actor_id,
            pool: self.db.pool.clone(),
        };
        let entry = self.registry.get(&job.kind).expect("a handler");
        match (entry.handler)(context, &job.payload).await {
            Outcome::Done => {
                persist(&self.db.pool, &Ending::Succeed(vec![(job.id, job.attempt)])).await;
            }
            Outcome::Finished => {}
            Outcome::Snooze(pause) => {
                let (id, attempt) = (job.id, job.attempt);
                let pause_ms = i32::try_from(pause.as_millis()).unwrap();
                persist(&self.db.pool, &Ending::Snooze { id, attempt, pause_ms }).await;
            }
            Outcome::Cancel(reason) => {
                let (id, attempt) = (job.id, job.attempt);
                persist(&self.db.pool, &Ending::Cancel { id, attempt, reason }).await;
            }
            Outcome::Dead(error) => {
                let ending = Ending::Fail {
                    id: job.id,
                    attempt: job.attempt,
                    error,
                    backoff_ms: 0,
                    permanent: true,
                };
                persist(&self.db.pool, &ending).await;
            }
            other => panic!("{} {}: {other:?}", job.kind, job.payload),
        }
    }

    pub async fn mails(&self) -> Vec<Mail> {
        let mut conn = self.db.pool.get().await.unwrap();
        let mut found = Vec::new();
        for row in mail::list(&mut conn, &[], None, None, None, None, 1000)
            .await
            .unwrap()
            .iter()
            .rev()
        {
            found.push(mail::find(&mut conn, row.id).await.unwrap());
        }
        found
    }

    /// Bodies of a ticket's messages, notes included, oldest first.
    pub async fn bodies(&self, ticket: Uuid) -> Vec<String> {
        let mut conn = self.db.pool.get().await.unwrap();
        let messages = ticket::messages(&mut conn, ticket, true, None, 100).await.unwrap();
        messages.into_iter().map(|message| message.body_text).collect()
    }

    /// Mails handed over to the transport, as text with unfolded headers.
    pub fn outbox(&self) -> Vec<String> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n ", " ");
        self.sent.sent().iter().map(|mail| text(&mail.bytes)).collect()
    }
}

/// A connection to the folder of a test's server, on a port of the test's choosing.
pub async fn connect(port: u16, folder: &str) -> ImapSource {
    let config = ImapConfig {
        host: "localhost".to_owned(),
        port,
        tls: Tls::None,
        ca_file: None,
        user: "support".to_owned(),
        password: "secret".to_owned(),
        folder: folder.to_owned(),
        timeout: std::time::Duration::from_secs(20),
    };
    ImapSource::connect(&config).await.unwrap()
}
