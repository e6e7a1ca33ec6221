//! What has gone wrong with the installation, and what programs outside raise.

use std::sync::Arc;

use app::{
    AppError,
    account::alerts,
    ports::{Blobs, Room},
};
use bytes::Bytes;
use jobs::{Noop, WatchSystem};
use store::alert::NewAlert;

use super::*;

impl Place {
    async fn look(&self) {
        self.desk.enqueue(&[NewJob::of(&WatchSystem {})]).await;
        self.desk.run().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_were_given_up_and_mailboxes_that_are_not_read_are_told_once() {
    let place = Place::new().await;
    place.look().await;
    assert!(place.told(&place.desk.caller).await.is_empty());
    place
        .desk
        .enqueue(&[NewJob::of(&Noop::default()), NewJob::of(&Noop::default())])
        .await;
    place
        .desk
        .db
        .execute("UPDATE jobs SET state = 'dead', finished_at = now() WHERE kind = 'noop'")
        .await;
    place
        .desk
        .db
        .execute(
            "UPDATE mailboxes SET kind = 'imap', imap_host = 'mail.example', imap_port = 993, imap_tls = 'tls', imap_username = 'x',
                imap_secret = '', last_error = 'certificate expired', last_polled_at = now() - interval '2 hours'",
        )
        .await;
    place.look().await;
    place.look().await;
    let mut told = place.told(&place.desk.caller).await;
    told.sort();
    assert_eq!(told, ["job_dead t f", "mailbox_failing t f"]);
    assert!(place.told(&place.nadia).await.is_empty(), "she looks after neither");
    let mails = place.mails_to("admin@desk.test");
    assert!(mails.iter().any(|mail| mail.contains("noop")), "{mails:?}");
    // It is read again, and fails once more: that is another time.
    place
        .desk
        .db
        .execute("UPDATE mailboxes SET last_polled_at = now() - interval '1 hour'")
        .await;
    place.look().await;
    assert_eq!(place.told(&place.desk.caller).await.len(), 3);
}

/// Files on a disk with so many free percent.
#[derive(Debug)]
struct Disk(u64);

#[async_trait::async_trait]
impl Blobs for Disk {
    async fn put(&self, _: Bytes) -> Result<[u8; 32], AppError> {
        Err(AppError::Full("no room".to_owned()))
    }

    async fn get(&self, _: &[u8]) -> Result<Bytes, AppError> {
        Err(AppError::NotFound)
    }

    async fn remove(&self, _: &[u8]) -> Result<bool, AppError> {
        Ok(true)
    }

    async fn room(&self) -> Option<Room> {
        Some(Room {
            place: "/srv/files".to_owned(),
            free: self.0 * 1_000_000_000,
            whole: 100_000_000_000,
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_is_told_once_a_day_in_time() {
    let mut place = Place::new().await;
    place.desk.app.blobs = Arc::new(Disk(6));
    assert_eq!(app::notification::watch(&place.desk.app).await.unwrap(), 0);
    place.desk.app.blobs = Arc::new(Disk(4));
    assert_eq!(app::notification::watch(&place.desk.app).await.unwrap(), 1);
    assert_eq!(app::notification::watch(&place.desk.app).await.unwrap(), 0);
    place.desk.run().await;
    assert_eq!(place.told(&place.desk.caller).await, ["disk_low t f"]);
    assert!(place.told(&place.nadia).await.is_empty(), "she does not look after it");
    let mails = place.mails_to("admin@desk.test");
    assert!(
        mails
            .iter()
            .any(|mail| mail.contains("/srv/files") && mail.contains("4000")),
        "{mails:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_queues_in_which_the_same_work_was_given_up_are_two_pieces_of_news() {
    let place = Place::new().await;
    place
        .desk
        .enqueue(&[NewJob::of(&Noop::default()), NewJob::of(&Noop::default())])
        .await;
    for sql in [
        "UPDATE jobs SET state = 'dead', finished_at = now() WHERE kind = 'noop'",
        "UPDATE jobs SET queue = 'exports' WHERE id = (SELECT id FROM jobs WHERE kind = 'noop' ORDER BY id LIMIT 1)",
    ] {
        place.desk.db.execute(sql).await;
    }
    place.look().await;
    place.look().await;
    assert_eq!(place.told(&place.desk.caller).await, ["job_dead t f", "job_dead t f"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn triggers_are_read_once_for_all_that_is_told_together() {
    let place = Place::new().await;
    let ticket = place.ticket().await;
    place.assign(ticket, place.nadia.user_id).await;
    for _ in 0..8 {
        place.say(&place.ana, ticket).await;
    }
    place
        .set(Topic::SlaBreach, |trigger| {
            trigger.parties.insert(Party::Group);
        })
        .await;
    // Each reading counts itself.
    let counted = "CREATE SEQUENCE readings; ALTER TABLE notification_triggers RENAME TO kept_triggers;
        CREATE VIEW notification_triggers AS SELECT * FROM kept_triggers WHERE (SELECT nextval('readings')) > 0;
        GRANT ALL ON SEQUENCE readings TO PUBLIC; GRANT ALL ON notification_triggers TO PUBLIC";
    place.desk.db.execute(counted).await;
    wait_for("all events are followed", Duration::from_secs(60), async || {
        notification::follow(&place.desk.app).await.unwrap();
        place.desk.db.followed(&["notifications"]).await
    })
    .await;
    assert_eq!(place.told(&place.nadia).await.len(), 9);
    let readings = "SELECT last_value::text FROM readings WHERE is_called";
    let readings: u32 = place.desk.db.texts(readings).await[0].parse().unwrap();
    // What is seen only at the next look is read for anew.
    assert!(readings < 8, "{readings}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_told_to_those_in_charge_and_a_note_to_nobody() {
    let place = Place::new().await;
    for (kind, severity) in [("webhook_off", "warning"), ("erasure_asked", "info")] {
        let mut tx = place.desk.app.begin().await.unwrap();
        let alert = NewAlert {
            kind,
            severity,
            user_id: None,
            ip: None,
            data: json!({}),
            once_key: None,
        };
        alerts::raise(&mut tx, alert, Utc::now()).await.unwrap();
        tx.commit().await.unwrap();
    }
    let followed = "SELECT count(*)::text FROM events e, event_cursors c WHERE c.consumer = 'notifications'
        AND (e.xid, e.id) > (c.xid, c.id) AND e.type = 'security_alert.raised'";
    wait_for("the alerts are followed", Duration::from_secs(60), async || {
        place.run().await;
        place.desk.db.texts(followed).await == ["0"]
    })
    .await;
    assert_eq!(place.told(&place.desk.caller).await, ["system_alert t f"]);
    assert!(place.told(&place.nadia).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_programs_raise_about_a_ticket_tells_who_has_it_and_sets_rules_off_by_its_name() {
    let place = Place::new().await;
    let rule = |name: &str, tag: &str| {
        let spec = json!({ "trigger": { "when": "event", "on": "custom", "name": name },
            "condition": { "test": "assigned", "is": true }, "actions": [{ "do": "add_tag", "tag": tag }], "limit": 10 });
        automation::Draft {
            name: name.to_owned(),
            enabled: true,
            spec: serde_json::from_value::<RuleSpec>(spec).unwrap(),
        }
    };
    for draft in [rule("backup.failed", "backup"), rule("invoice.late", "late")] {
        automation::create(&place.desk.app, &place.desk.caller, draft)
            .await
            .unwrap();
    }
    let ticket = place.ticket().await;
    place.assign(ticket, place.nadia.user_id).await;
    place.run().await;
    let draft = app::custom_event::Draft {
        name: "backup.failed".to_owned(),
        title: String::new(),
        data: json!({ "server": "db-1" }),
        ticket_id: Some(ticket),
    };
    app::custom_event::raise(&place.desk.app, &place.desk.caller, &draft)
        .await
        .unwrap();
    place.run().await;
    place.run().await;
    assert_eq!(
        place.told(&place.nadia).await,
        ["ticket_assigned t f", "custom_event t f"]
    );
    let tags = format!("SELECT array_to_string(tags, ' ') FROM tickets WHERE id = '{ticket}'");
    assert_eq!(place.desk.db.texts(&tags).await, ["backup"]);
    let line = "SELECT data::text FROM ticket_events WHERE kind = 'custom_event'";
    let line = place.desk.db.texts(line).await;
    assert!(line.len() == 1 && !line[0].contains("db-1"), "{line:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_a_name_with_a_trigger_of_its_own_are_told_by_it_and_others_by_that_of_all() {
    let place = Place::new().await;
    let ticket = place.ticket().await;
    place.assign(ticket, place.nadia.user_id).await;
    let raise = async |name: &str| {
        let draft = app::custom_event::Draft {
            name: name.to_owned(),
            title: String::new(),
            data: json!({}),
            ticket_id: Some(ticket),
        };
        app::custom_event::raise(&place.desk.app, &place.desk.caller, &draft)
            .await
            .unwrap();
        place.run().await;
    };
    let on = Occasion::of_event("backup.failed").unwrap();
    place.set_on(&on, |wanted| wanted.on = false).await;
    raise("backup.failed").await;
    raise("invoice.late").await;
    assert_eq!(
        place.told(&place.nadia).await,
        ["ticket_assigned t f", "custom_event t f"],
        "of the late invoice alone"
    );
    // It says as well how, whatever she chose and whatever holds for the others.
    let way = |delivery| Way {
        delivery,
        mandatory: true,
    };
    place.set(Topic::CustomEvent, |wanted| wanted.on = false).await;
    place
        .set_on(&on, |wanted| {
            wanted.ways.insert(Channel::InApp, way(Delivery::Off));
            wanted.ways.insert(Channel::Mail, way(Delivery::Digest));
        })
        .await;
    raise("backup.failed").await;
    raise("invoice.late").await;
    assert_eq!(
        place.told(&place.nadia).await,
        ["ticket_assigned t f", "custom_event t f", "custom_event f t"]
    );
    // Put back, it is told as the others are: not at all.
    let (app, caller) = (&place.desk.app, &place.desk.caller);
    trigger::reset(app, caller, &on, 2).await.unwrap();
    raise("backup.failed").await;
    assert_eq!(place.told(&place.nadia).await.len(), 3);
}
