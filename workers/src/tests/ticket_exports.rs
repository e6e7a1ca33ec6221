//! An export that is mailed again and again, from its due moment to the mails.

use app::{
    notification,
    ticket::{
        self as tickets, NewTicket, Requester, Wanted,
        scheduled::{self as cases, Draft},
    },
};
use chrono::TimeDelta;
use domain::{
    locale::Locale,
    mail::words::StartPoint,
    ticket::{scheduled::Cadence, writing::Format},
};
use jobs::{DueTicketExports, MakeTicketExport, NewJob, Outcome, SendMail};
use uuid::Uuid;

use super::desk::Desk;
use crate::{JobContext, handlers};

struct Place {
    desk: Desk,
    export: Uuid,
}

impl Place {
    async fn new(recipients: usize) -> Self {
        let desk = Desk::new().await;
        desk.mailbox(None, StartPoint::Now).await;
        let mut ids = vec![desk.caller.user_id];
        for n in 1..recipients {
            let email = format!("agent{n}@desk.test");
            let name = format!("Agent {n}");
            let id = app::seed::account(&desk.app, &email, &name, "corporate", "a long enough password").await;
            ids.push(id.unwrap());
        }
        desk.db.execute("UPDATE users SET locale = 'en'").await;
        let new = NewTicket {
            subject: "الخادم لا يجيب".to_owned(),
            body: "Help".to_owned(),
            format: Format::Plain,
            priority: None,
            requester: Some(Requester {
                email: "ana@example.dz".to_owned(),
                name: None,
            }),
            category_id: None,
            project_id: None,
            related: store::ticket::Related::default(),
            attachment_ids: Vec::new(),
        };
        tickets::create(&desk.app, &desk.caller, new).await.unwrap();
        let draft = Draft {
            name: "Every day".to_owned(),
            filter: Wanted::default(),
            locale: Locale::En,
            zone: "UTC".to_owned(),
            cadence: Cadence::Day,
            day: None,
            minute: 0,
            recipients: ids,
            paused: false,
        };
        let export = cases::create(&desk.app, &desk.caller, draft).await.unwrap().row.id;
        // The acknowledgement of the ticket is out of the way.
        desk.run().await;
        Self { desk, export }
    }

    /// A day later, all that is due by then has run.
    async fn day(&self) {
        self.desk.clock.turn(TimeDelta::days(1));
        self.desk.enqueue(&[NewJob::of(&DueTicketExports {})]).await;
        self.desk.run().await;
    }

    fn exports(&self) -> Vec<String> {
        let all = self.desk.outbox().into_iter();
        all.filter(|mail| mail.contains("Subject: CloudManager: Every day"))
            .collect()
    }

    async fn runs(&self) -> Vec<String> {
        let sql = format!(
            "SELECT concat_ws(' ', state, rows, attached, mails, error) FROM ticket_export_runs WHERE export_id = '{}' ORDER BY due_at",
            self.export
        );
        self.desk.db.texts(&sql).await
    }
}

/// The token of the link with which whoever got a mail gets no more.
fn way_out(mail: &str) -> String {
    let link = mail.lines().find_map(|line| line.strip_prefix("List-Unsubscribe:"));
    assert!(
        mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
        "{mail}"
    );
    let link = link.unwrap().trim().trim_end_matches('>');
    link.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gets_one_ends_it_for_himself_by_its_mail_and_nothing_else() {
    let place = Place::new(2).await;
    place.day().await;
    let app = &place.desk.app;
    let mail = place
        .exports()
        .into_iter()
        .find(|mail| mail.contains("agent1@desk.test"));
    let token = way_out(&mail.unwrap());
    let found = notification::link(app, &token).await.unwrap();
    assert_eq!(
        (found.topic, found.export.as_deref(), found.on),
        (None, Some("Every day"), true)
    );
    // Twice is once, as mail programs press it.
    for _ in 0..2 {
        assert!(!notification::switch_off(app, &token).await.unwrap().on);
    }
    let trail =
        "SELECT u.email FROM audit_log a JOIN users u ON u.id = a.actor_id WHERE a.action = 'ticket_export.leave'";
    assert_eq!(place.desk.db.texts(trail).await, ["agent1@desk.test"]);
    place.day().await;
    assert_eq!(place.runs().await, ["sent 1 t 2", "sent 1 t 1"]);
    let kept = cases::get(app, &place.desk.caller, place.export).await.unwrap();
    assert_eq!(kept.recipients.len(), 1);
    assert!(kept.row.version > 1, "a form that was open does not bring him back");
    // A link for another export, or for somebody else, is none.
    let other = token.replacen("export-", "export-0", 1);
    assert!(notification::link(app, &other).await.is_err());
    place
        .desk
        .db
        .execute("DELETE FROM ticket_export_runs; DELETE FROM ticket_exports")
        .await;
    assert!(notification::link(app, &token).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_moment_is_mailed_once_to_each_however_often_its_jobs_run() {
    let place = Place::new(3).await;
    place.day().await;
    assert_eq!(place.runs().await, ["sent 1 t 3"]);
    let mails = place.exports();
    assert_eq!(mails.len(), 3);
    for mail in &mails {
        assert!(
            mail.contains("text/csv") && mail.contains("tickets-20") && mail.contains("Auto-Submitted: auto-generated"),
            "{mail}"
        );
        assert!(mail.contains("/desk/ticket-exports/runs/"), "{mail}");
    }
    // The same jobs once more, and the same look.
    let with = place.desk.surroundings();
    let context = || place.desk.context(Uuid::now_v7());
    for run_id in place.desk.db.texts("SELECT id::text FROM ticket_export_runs").await {
        let job = MakeTicketExport {
            run_id: run_id.parse().unwrap(),
        };
        assert_eq!(
            handlers::ticket_exports::make(&with, context(), job).await,
            Outcome::Done
        );
    }
    for id in place
        .desk
        .db
        .texts("SELECT id::text FROM outgoing_mails WHERE event_key LIKE 'ticket_export.%'")
        .await
    {
        let job = SendMail {
            outgoing_mail_id: id.parse().unwrap(),
        };
        assert_eq!(handlers::mail_out::send(&with, context(), job).await, Outcome::Done);
    }
    assert_eq!(
        handlers::ticket_exports::due(&with, context(), DueTicketExports {}).await,
        Outcome::Done
    );
    place.desk.run().await;
    assert_eq!((place.exports().len(), place.runs().await.len()), (3, 1));
    assert_eq!(
        place.desk.db.texts("SELECT count(*)::text FROM sealed_files").await,
        ["1"]
    );
    // The next day is another one.
    place.day().await;
    assert_eq!((place.exports().len(), place.runs().await.len()), (6, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_was_broken_off_leaves_nothing_to_the_next_but_the_run() {
    let place = Place::new(1).await;
    place.desk.clock.turn(TimeDelta::days(1));
    cases::due(&place.desk.app).await.unwrap();
    // As if a worker had died after the first part.
    place
        .desk
        .db
        .execute(
            "WITH f AS (INSERT INTO sealed_files (id, blob, sha256, size, content_type, key_id, wrapped_key, created_at)
                 VALUES (gen_random_uuid(), '', '', 1, 'text/csv', 'x', '', now()) RETURNING id),
                 r AS (UPDATE ticket_export_runs SET state = 'running', run = 1 RETURNING id)
             INSERT INTO ticket_export_parts (run_id, position, file_id) SELECT r.id, 0, f.id FROM r, f",
        )
        .await;
    place.desk.run().await;
    assert_eq!(place.runs().await, ["sent 1 t 1"]);
    assert_eq!(place.exports().len(), 1);
    assert_eq!(
        place.desk.db.texts("SELECT count(*)::text FROM sealed_files").await,
        ["1"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_for_a_mail_is_a_link() {
    let place = Place::new(1).await;
    place
        .desk
        .db
        .execute(
            "INSERT INTO tickets (id, subject, source, requester_email, requester_name, group_id, last_message_at, created_at, updated_at)
             SELECT gen_random_uuid(), repeat('é', 200), 'agent', 'x@x.test', 'X', (SELECT id FROM support_groups LIMIT 1),
                 now(), now() - n * interval '1 second', now() FROM generate_series(1, 12000) n",
        )
        .await;
    place.day().await;
    assert_eq!(place.runs().await, ["sent 12001 f 1"]);
    let mails = place.exports();
    assert_eq!(mails.len(), 1);
    assert!(
        !mails[0].contains("text/csv") && mails[0].contains("/desk/ticket-exports/runs/"),
        "{}",
        mails[0]
    );
    let parts = "SELECT count(*)::text FROM ticket_export_parts";
    assert_eq!(place.desk.db.texts(parts).await, ["2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_attempt_that_fails_says_so() {
    let place = Place::new(1).await;
    place.desk.clock.turn(TimeDelta::days(1));
    cases::due(&place.desk.app).await.unwrap();
    // What it reads is no more.
    place
        .desk
        .db
        .execute("ALTER TABLE tickets RENAME TO tickets_away")
        .await;
    let run: Uuid = place.desk.db.texts("SELECT id::text FROM ticket_export_runs").await[0]
        .parse()
        .unwrap();
    let with = place.desk.surroundings();
    let attempt = |failures| {
        let context = JobContext {
            failures,
            ..place.desk.context(Uuid::now_v7())
        };
        handlers::ticket_exports::make(&with, context, MakeTicketExport { run_id: run })
    };
    assert!(matches!(attempt(0).await, Outcome::Retry(_)));
    assert_eq!(place.runs().await, ["running 0 f 0"]);
    assert!(matches!(attempt(9).await, Outcome::Retry(_)));
    assert_eq!(place.runs().await, ["failed 0 f 0 broken_off"]);
    place
        .desk
        .db
        .execute("ALTER TABLE tickets_away RENAME TO tickets")
        .await;
}

impl Place {
    /// Somebody makes the due run; this happens when it has begun and reads its tickets.
    async fn while_made(&self, then: &str) -> Result<(), app::AppError> {
        let run = self.due().await;
        let made = cases::make(&self.desk.app, run);
        self.desk
            .db
            .while_waited_for("LOCK TABLE tickets IN ACCESS EXCLUSIVE MODE", then, made)
            .await
    }

    async fn due(&self) -> Uuid {
        self.desk.clock.turn(TimeDelta::days(1));
        cases::due(&self.desk.app).await.unwrap();
        let sql = "SELECT id::text FROM ticket_export_runs ORDER BY created_at DESC LIMIT 1";
        self.desk.db.texts(sql).await[0].parse().unwrap()
    }

    async fn paused(&self) -> Vec<String> {
        self.desk
            .db
            .texts("SELECT paused FROM ticket_exports WHERE paused IS NOT NULL")
            .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_its_owner_wants_or_may_no_longer_counts_until_the_mails_are_written() {
    for (then, paused) in [
        ("UPDATE ticket_exports SET paused = 'owner', next_at = NULL", "owner"),
        (
            "UPDATE users SET status = 'deactivated' WHERE id = (SELECT owner_id FROM ticket_exports)",
            "owner_inactive",
        ),
    ] {
        let place = Place::new(2).await;
        place.while_made(then).await.unwrap();
        assert_eq!(place.runs().await, ["skipped 0 f 0"], "{paused}");
        assert_eq!(place.paused().await, [paused]);
        let files = "SELECT count(*)::text FROM ticket_export_parts";
        assert_eq!(place.desk.db.texts(files).await, ["0"]);
    }
    // Mails that wait are not sent for him either.
    let place = Place::new(2).await;
    let run = place.due().await;
    cases::make(&place.desk.app, run).await.unwrap();
    let owner = place.desk.caller.user_id;
    place
        .desk
        .db
        .execute(&format!("UPDATE users SET status = 'deactivated' WHERE id = '{owner}'"))
        .await;
    place.desk.run().await;
    assert_eq!(place.exports().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_erasure_takes_away_is_made_anew_and_never_half() {
    let place = Place::new(1).await;
    let run = place.due().await;
    cases::make(&place.desk.app, run).await.unwrap();
    let whom = "ana@example.dz".to_owned();
    let identity = domain::privacy::erasure::Identity {
        names: Vec::new(),
        addresses: vec![whom],
        phones: Vec::new(),
    };
    let gone = store::privacy::steps::Whom {
        user: Uuid::now_v7(),
        identity: &identity,
    };
    let mut tx = place.desk.app.begin().await.unwrap();
    store::privacy::steps::account(tx.conn().unwrap(), gone, place.desk.app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let files = "SELECT count(*)::text FROM sealed_files";
    assert_eq!(
        place.desk.db.texts(files).await,
        ["0"],
        "made while the person was erased"
    );
    // One that is being made gives up what it has read, and begins anew.
    let broken = place
        .while_made("UPDATE ticket_export_runs SET state = 'queued' WHERE state = 'running'")
        .await;
    assert!(matches!(broken, Err(app::AppError::Unavailable(_))), "{broken:?}");
    assert_eq!(place.desk.db.texts(files).await, ["0"]);
    place.desk.run().await;
    assert_eq!(place.runs().await[1], "sent 1 t 1");
    assert_eq!(place.exports().len(), 1, "of the first one the file is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_follows_its_tag_and_stops_at_what_is_gone() {
    let place = Place::new(2).await;
    let db = &place.desk.db;
    db.execute(
        "UPDATE tickets SET tags = '{vip}';
         INSERT INTO tags (name) VALUES ('gold');
         UPDATE tags SET moving_to = 'gold' WHERE name = 'vip';
         UPDATE ticket_exports SET filter = '{\"tag\": \"vip\"}'",
    )
    .await;
    let tag = db.texts("SELECT id::text FROM tags WHERE name = 'vip'").await[0]
        .parse()
        .unwrap();
    app::tag::run_move(&place.desk.app, tag).await.unwrap();
    place.day().await;
    assert_eq!(place.runs().await, ["sent 1 t 2"]);
    let kept = "SELECT filter::text || ' ' || version FROM ticket_exports";
    assert_eq!(db.texts(kept).await, ["{\"tag\": \"gold\"} 2"]);

    db.execute(
        "UPDATE ticket_exports SET filter = jsonb_build_object('assignee', (SELECT id FROM users WHERE email = 'agent1@desk.test'));
         UPDATE users SET deleted_at = now() WHERE email = 'agent1@desk.test'",
    )
    .await;
    place.day().await;
    assert_eq!(place.runs().await, ["sent 1 t 2", "skipped 0 f 0"]);
    assert_eq!(place.paused().await, ["filter"]);
}
