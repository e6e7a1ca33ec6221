//! What people are told besides their work: from what happened to the mail, over a real database.

use std::time::Duration;

use app::{
    automation,
    notification::{self, Draft, group, trigger},
    ticket::{self as tickets, NewTicket, Requester},
};
use chrono::{DateTime, SubsecRound, TimeDelta, Timelike, Utc};
use domain::{
    automation::RuleSpec,
    notification::{Channel, Delivery, Occasion, Party, Topic, Trigger, Way},
    ticket::writing::Format,
};
use jobs::{DueDigests, FollowNews, FollowRules, NewJob, SendDigest};
use serde_json::json;
use testkit::wait_for;
use uuid::Uuid;

use super::desk::{Desk, reply};

mod system;

struct Place {
    desk: Desk,
    nadia: app::Caller,
    ana: app::Caller,
}

fn draft(choices: Vec<(Topic, Channel, Delivery)>) -> Draft {
    Draft {
        zone: "UTC".to_owned(),
        quiet: None,
        digest_weekday: None,
        digest_hour: 8,
        choices,
    }
}

impl Place {
    async fn new() -> Self {
        let desk = Desk::new().await;
        desk.db.execute("UPDATE automation_rules SET enabled = false").await;
        desk.mailbox(None, domain::mail::words::StartPoint::Now).await;
        let nadia = Self::person(&desk, "nadia@desk.test", "corporate").await;
        let ana = Self::person(&desk, "ana@example.dz", "client").await;
        Self { desk, nadia, ana }
    }

    async fn person(desk: &Desk, email: &str, role: &str) -> app::Caller {
        let user_id = app::seed::account(&desk.app, email, email, role, "a long enough password")
            .await
            .unwrap();
        desk.db
            .execute(&format!("UPDATE users SET locale = 'en' WHERE id = '{user_id}'"))
            .await;
        let person = store::user::by_id(&mut desk.db.pool.get().await.unwrap(), user_id)
            .await
            .unwrap();
        let mut caller = desk.caller.clone();
        caller.permissions = person.permissions.iter().filter_map(|key| key.parse().ok()).collect();
        caller.user_id = user_id;
        caller.email = email.to_owned();
        caller.actor.user_id = Some(user_id);
        caller.actor.name = email.to_owned();
        caller
    }

    async fn ticket(&self) -> Uuid {
        let new = NewTicket {
            subject: "My server is down".to_owned(),
            body: "Please help.".to_owned(),
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
        tickets::create(&self.desk.app, &self.desk.caller, new)
            .await
            .unwrap()
            .summary
            .id
    }

    async fn assign(&self, ticket: Uuid, to: Uuid) {
        let now = store::ticket::find(&mut self.desk.db.pool.get().await.unwrap(), ticket, None)
            .await
            .unwrap();
        let version = now.summary.version;
        tickets::assign(&self.desk.app, &self.desk.caller, ticket, Some(to), version)
            .await
            .unwrap();
    }

    async fn say(&self, by: &app::Caller, ticket: Uuid) {
        let new = reply("Something new.");
        tickets::send(&self.desk.app, by, ticket, new).await.unwrap();
    }

    async fn choose(&self, who: &app::Caller, draft: Draft) {
        let version = notification::get(&self.desk.app, who).await.unwrap().version;
        notification::change(&self.desk.app, who, version, &draft)
            .await
            .unwrap();
    }

    /// Follows all that happened, and runs what is due.
    async fn run(&self) {
        wait_for("all events are followed", Duration::from_secs(60), async || {
            self.desk
                .enqueue(&[NewJob::of(&FollowRules {}), NewJob::of(&FollowNews {})])
                .await;
            self.desk.run().await;
            let left = "SELECT count(*)::text FROM events e, event_cursors c WHERE c.consumer IN ('notifications', 'automation')
                AND (e.xid, e.id) > (c.xid, c.id) AND e.subject_type = 'ticket'";
            self.desk.db.texts(left).await == ["0"]
        })
        .await;
    }

    /// Sets whom events of a topic tell.
    async fn set(&self, topic: Topic, change: impl FnOnce(&mut Trigger)) {
        self.set_on(&topic.into(), change).await;
    }

    async fn set_on(&self, on: &Occasion, change: impl FnOnce(&mut Trigger)) {
        let mut wanted = Trigger::usual_of(on.topic());
        change(&mut wanted);
        let draft = trigger::Draft {
            on: wanted.on,
            parties: wanted.parties.into_iter().collect(),
            groups: wanted.groups.into_iter().collect(),
            roles: wanted.roles.into_iter().collect(),
            ways: wanted.ways,
            note: String::new(),
        };
        let (app, caller) = (&self.desk.app, &self.desk.caller);
        let shown = trigger::list(app, caller).await.unwrap();
        let there = shown
            .iter()
            .find(|one| one.topic == on.topic() && one.event.as_deref() == on.event());
        let version = there.map_or(0, |one| one.version);
        trigger::change(app, caller, on, version, &draft).await.unwrap();
    }

    async fn told(&self, who: &app::Caller) -> Vec<String> {
        let query = format!(
            "SELECT concat_ws(' ', topic, in_app, in_digest) FROM notifications WHERE user_id = '{}' ORDER BY created_at, id",
            who.user_id
        );
        self.desk.db.texts(&query).await
    }

    fn mails_to(&self, address: &str) -> Vec<String> {
        let to = format!("<{address}>");
        let is_to = |mail: &String| mail.lines().any(|line| line.starts_with("To: ") && line.contains(&to));
        self.desk.outbox().into_iter().filter(is_to).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_told_once_what_concerns_him_and_nobody_what_he_did_himself() {
    let place = Place::new().await;
    let ticket = place.ticket().await;
    place.assign(ticket, place.nadia.user_id).await;
    place.run().await;
    assert_eq!(place.told(&place.nadia).await, ["ticket_assigned t f"]);
    place.say(&place.ana, ticket).await;
    place.say(&place.nadia, ticket).await;
    place.run().await;
    place.run().await;
    assert_eq!(
        place.told(&place.nadia).await,
        ["ticket_assigned t f", "customer_message t f"]
    );
    assert_eq!(place.told(&place.ana).await, ["ticket_answered t f"]);
    // The same once more, as by a worker that died before its commit was known: nobody is told again.
    place
        .desk
        .db
        .execute("UPDATE event_cursors SET xid = '0', id = 0 WHERE consumer = 'notifications'")
        .await;
    place.run().await;
    assert_eq!(place.told(&place.nadia).await.len(), 2);
    // Whoever takes a ticket himself knows.
    let own = place.ticket().await;
    let mut as_nadia = place.nadia.clone();
    as_nadia.permissions = place.desk.caller.permissions.clone();
    let version = store::ticket::find(&mut place.desk.db.pool.get().await.unwrap(), own, None)
        .await
        .unwrap();
    tickets::assign(
        &place.desk.app,
        &as_nadia,
        own,
        Some(place.nadia.user_id),
        version.summary.version,
    )
    .await
    .unwrap();
    place.run().await;
    assert_eq!(place.told(&place.nadia).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hands_in_one_look_only_the_last_one_is_told_and_not_of_what_he_took() {
    let place = Place::new().await;
    let omar = Place::person(&place.desk, "omar@desk.test", "corporate").await;
    let ticket = place.ticket().await;
    place.assign(ticket, omar.user_id).await;
    place.assign(ticket, place.nadia.user_id).await;
    let taken = place.ticket().await;
    place.assign(taken, omar.user_id).await;
    let version = store::ticket::find(&mut place.desk.db.pool.get().await.unwrap(), taken, None)
        .await
        .unwrap()
        .summary
        .version;
    let mut as_nadia = place.nadia.clone();
    as_nadia.permissions = place.desk.caller.permissions.clone();
    tickets::assign(&place.desk.app, &as_nadia, taken, Some(place.nadia.user_id), version)
        .await
        .unwrap();
    place.run().await;
    assert_eq!(place.told(&place.nadia).await, ["ticket_assigned t f"]);
    assert!(place.told(&omar).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_moved_before_anybody_looked_is_told() {
    let place = Place::new().await;
    let (ticket, into) = (place.ticket().await, place.ticket().await);
    place.assign(into, place.nadia.user_id).await;
    place.run().await;
    place.say(&place.ana, ticket).await;
    let mut conn = place.desk.db.pool.get().await.unwrap();
    let here = store::ticket::find(&mut conn, ticket, None).await.unwrap();
    drop(conn);
    tickets::merge(
        &place.desk.app,
        &place.desk.caller,
        ticket,
        into,
        true,
        here.summary.version,
    )
    .await
    .unwrap();
    place.run().await;
    assert_eq!(
        place.told(&place.nadia).await,
        ["ticket_assigned t f", "customer_message t f"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_that_take_part_are_not_told_that_their_request_was_answered() {
    let place = Place::new().await;
    let ticket = place.ticket().await;
    place
        .desk
        .db
        .execute(&format!(
            "UPDATE tickets SET requester_user_id = '{}' WHERE id = '{ticket}'",
            place.nadia.user_id
        ))
        .await;
    place.say(&place.desk.caller, ticket).await;
    place.run().await;
    assert!(place.told(&place.nadia).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_what_customers_write_ends_in_the_centre_and_pauses_no_mailbox() {
    let place = Place::new().await;
    let mail = (Topic::CustomerMessage, Channel::Mail, Delivery::Immediate);
    place.choose(&place.nadia, draft(vec![mail])).await;
    let ticket = place.ticket().await;
    place.assign(ticket, place.nadia.user_id).await;
    for _ in 0..24 {
        place.say(&place.ana, ticket).await;
    }
    place.run().await;
    assert_eq!(place.told(&place.nadia).await.len(), 25);
    assert_eq!(place.mails_to("nadia@desk.test").len(), 20);
    let mut conn = place.desk.db.pool.get().await.unwrap();
    let mailbox = store::mailbox::all(&mut conn).await.unwrap().remove(0).id;
    let now = Utc::now() + TimeDelta::minutes(1);
    let flow = store::mail::flow::hourly(&mut conn, mailbox, None, now).await.unwrap();
    assert_eq!(
        flow.automatic, 1,
        "the acknowledgement: notices to staff are no mail to customers"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_hours_hold_mail_back_and_off_is_off() {
    let place = Place::new().await;
    let now = Utc::now();
    let minute = u16::try_from(now.hour() * 60 + now.minute()).unwrap();
    let mail = |delivery| (Topic::TicketAssigned, Channel::Mail, delivery);
    let (from, to) = ((minute + 1440 - 60) % 1440, (minute + 60) % 1440);
    let quiet = Draft {
        quiet: Some((from, to)),
        ..draft(vec![mail(Delivery::Immediate)])
    };
    place.choose(&place.nadia, quiet).await;
    let ticket = place.ticket().await;
    place.assign(ticket, place.nadia.user_id).await;
    place.run().await;
    assert!(place.mails_to("nadia@desk.test").is_empty());
    let waits = "SELECT run_at::text FROM jobs j JOIN outgoing_mails o ON j.payload LIKE '%' || o.id || '%'
        WHERE j.kind = 'send_mail' AND o.recipient = 'nadia@desk.test'";
    let waits = place
        .desk
        .db
        .texts(&waits.replace("j.payload", "j.payload::text"))
        .await;
    let at: DateTime<Utc> = format!("{}:00", waits[0].replace(' ', "T")).parse().unwrap();
    let end = (now + TimeDelta::minutes(60)).trunc_subsecs(0).with_second(0).unwrap();
    assert!((at - end).abs() <= TimeDelta::minutes(1), "{at} {end}");
    // Switched off, another one brings nothing but the line in the centre.
    place.choose(&place.nadia, draft(vec![mail(Delivery::Off)])).await;
    let other = place.ticket().await;
    place.assign(other, place.nadia.user_id).await;
    place.run().await;
    let count = "SELECT count(*)::text FROM outgoing_mails WHERE recipient = 'nadia@desk.test'";
    assert_eq!(place.desk.db.texts(count).await, ["1"]);
    assert_eq!(place.told(&place.nadia).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missed_digest_comes_once_and_an_empty_one_never() {
    let place = Place::new().await;
    let digest = (Topic::TicketAssigned, Channel::Mail, Delivery::Digest);
    place.choose(&place.nadia, draft(vec![digest])).await;
    for _ in 0..2 {
        let ticket = place.ticket().await;
        place.assign(ticket, place.nadia.user_id).await;
    }
    place.run().await;
    assert!(place.mails_to("nadia@desk.test").is_empty());
    // Nobody looked for three days.
    place.desk.clock.turn(TimeDelta::days(3));
    for _ in 0..2 {
        place.desk.enqueue(&[NewJob::of(&DueDigests {})]).await;
        place.desk.run().await;
    }
    let mails = place.mails_to("nadia@desk.test");
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("Subject: Digest: 2") && mails[0].contains("100001") && mails[0].contains("100002"));
    assert_eq!(place.desk.jobs("send_digest").await.len(), 1);
    // Its job again, as after a crash between commit and note of it.
    let due = place
        .desk
        .db
        .texts("SELECT payload::text FROM jobs WHERE kind = 'send_digest'")
        .await;
    let job: SendDigest = serde_json::from_str(&due[0]).unwrap();
    place.desk.enqueue(&[NewJob::of(&job)]).await;
    place.desk.clock.turn(TimeDelta::days(1));
    place.desk.enqueue(&[NewJob::of(&DueDigests {})]).await;
    place.desk.run().await;
    assert_eq!(place.mails_to("nadia@desk.test").len(), 1);
    // Its link ends what comes in digests, and nothing else.
    let link = mails[0]
        .lines()
        .find_map(|line| line.strip_prefix("List-Unsubscribe: <"))
        .unwrap();
    let token = link.trim_end_matches('>').rsplit('/').next().unwrap().to_owned();
    let app = &place.desk.app;
    let found = notification::link(app, &token).await.unwrap();
    assert_eq!((found.topic, found.on), (None, true));
    assert!(!notification::switch_off(app, &token).await.unwrap().on);
    let chosen = notification::get(app, &place.nadia).await.unwrap().preferences;
    let mail = |topic| chosen.of(topic, Channel::Mail);
    assert_eq!(mail(Topic::TicketAssigned), Delivery::Off);
    assert_eq!(mail(Topic::SlaBreach), Delivery::Immediate);
    assert!(notification::link(app, &token.replace("digest", "rule")).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_tells_a_notification_group_with_a_way_out_in_the_mail() {
    let place = Place::new().await;
    let (app, caller) = (&place.desk.app, &place.desk.caller);
    let group = group::Draft {
        name: "On call".to_owned(),
        members: vec![place.nadia.user_id, caller.user_id],
    };
    let group = group::create(app, caller, &group).await.unwrap();
    let spec: RuleSpec = serde_json::from_value(json!({
        "trigger": { "when": "event", "on": "created" }, "condition": { "test": "all", "of": [] }, "limit": 100,
        "actions": [{ "do": "notify", "assignee": false, "notification_group_ids": [group.id] }]
    }))
    .unwrap();
    let rule = automation::Draft {
        name: "Look".to_owned(),
        enabled: true,
        spec,
    };
    automation::create(app, caller, rule).await.unwrap();
    place.ticket().await;
    place.run().await;
    assert_eq!(place.told(&place.nadia).await, ["rule t f"]);
    let mail = place.mails_to("nadia@desk.test").remove(0);
    let link = mail
        .lines()
        .find_map(|line| line.strip_prefix("List-Unsubscribe: <"))
        .unwrap();
    let token = link.trim_end_matches('>').rsplit('/').next().unwrap().to_owned();
    assert!(mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
    let found = notification::link(app, &token).await.unwrap();
    assert_eq!((found.topic, found.on), (Some(Topic::Rule), true));
    let open = notification::get(app, &place.nadia).await.unwrap();
    for _ in 0..2 {
        assert!(!notification::switch_off(app, &token).await.unwrap().on);
    }
    // A page that was open all the while does not undo it.
    assert!(
        notification::change(app, &place.nadia, open.version, &draft(Vec::new()))
            .await
            .is_err()
    );
    assert!(!notification::link(app, &token).await.unwrap().on);
    assert!(
        notification::link(app, &token.replace("rule", "sla_breach"))
            .await
            .is_err()
    );
    // Somebody who left does not keep the group from being changed.
    let suspend = format!("UPDATE users SET status = 'suspended' WHERE id = '{}'", caller.user_id);
    place.desk.db.execute(&suspend).await;
    let renamed = group::Draft {
        name: "On call, by night".to_owned(),
        members: vec![place.nadia.user_id, caller.user_id],
    };
    let group = group::change(app, caller, group.id, group.version, &renamed)
        .await
        .unwrap();
    place.desk.db.execute(&suspend.replace("suspended", "active")).await;
    // A group that a rule tells stays; its members are told no more by mail when they said so.
    assert!(group::delete(app, caller, group.id, group.version).await.is_err());
    place.ticket().await;
    place.run().await;
    assert_eq!(place.told(&place.nadia).await.len(), 2);
    assert_eq!(place.mails_to("nadia@desk.test").len(), 1);
    assert_eq!(place.mails_to("admin@desk.test").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_says_who_is_told_and_what_nobody_may_decline() {
    let place = Place::new().await;
    let omar = Place::person(&place.desk, "omar@desk.test", "corporate").await;
    let lead = Place::person(&place.desk, "lead@desk.test", "corporate").await;
    // Whoever chose nothing hears nothing by mail of what customers write.
    let ticket = place.ticket().await;
    place
        .desk
        .db
        .execute(&format!(
            "INSERT INTO group_members (group_id, user_id, role, added_at)
             SELECT group_id, '{}', 'member', now() FROM tickets WHERE id = '{ticket}'",
            omar.user_id
        ))
        .await;
    let made = group::Draft {
        name: "Leads".to_owned(),
        members: vec![lead.user_id],
    };
    let leads = group::create(&place.desk.app, &place.desk.caller, &made).await.unwrap();
    place
        .set(Topic::CustomerMessage, |trigger| {
            trigger.parties.insert(Party::Group);
            trigger.groups.insert(leads.id);
            let everybody = Way {
                delivery: Delivery::Immediate,
                mandatory: true,
            };
            trigger.ways.insert(Channel::Mail, everybody);
        })
        .await;
    place.assign(ticket, place.nadia.user_id).await;
    place.say(&place.ana, ticket).await;
    place.run().await;
    for (who, address) in [
        (&place.nadia, "nadia@desk.test"),
        (&omar, "omar@desk.test"),
        (&lead, "lead@desk.test"),
    ] {
        let told = place.told(who).await;
        assert_eq!(
            told.iter().filter(|line| line.starts_with("customer_message")).count(),
            1,
            "{address}"
        );
        let mails = place.mails_to(address);
        assert_eq!(mails.len(), 1, "{address}: mandatory, whatever was chosen");
        assert!(
            !mails[0].contains("List-Unsubscribe"),
            "what is for everybody has no way out"
        );
    }
    // The group is needed now.
    let refused = group::delete(&place.desk.app, &place.desk.caller, leads.id, leads.version).await;
    assert!(refused.is_err());
    // Switched off, nobody hears of it.
    place.set(Topic::CustomerMessage, |trigger| trigger.on = false).await;
    place.say(&place.ana, ticket).await;
    place.run().await;
    assert_eq!(place.told(&omar).await.len(), 1);
    assert_eq!(place.mails_to("nadia@desk.test").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_role_only_who_may_see_it_is_told_and_never_whoever_did_it() {
    let place = Place::new().await;
    let role = |key: &str| format!("SELECT id::text FROM roles WHERE key = '{key}'");
    let client: Uuid = place.desk.db.texts(&role("client")).await[0].parse().unwrap();
    let staff: Uuid = place.desk.db.texts(&role("corporate")).await[0].parse().unwrap();
    let omar = Place::person(&place.desk, "omar@desk.test", "corporate").await;
    place
        .set(Topic::TicketAssigned, |trigger| {
            trigger.parties.clear();
            trigger.roles.extend([client, staff]);
        })
        .await;
    let ticket = place.ticket().await;
    place.assign(ticket, place.nadia.user_id).await;
    place.run().await;
    assert_eq!(place.told(&place.nadia).await, ["ticket_assigned t f"]);
    assert_eq!(place.told(&omar).await, ["ticket_assigned t f"]);
    assert!(
        place.told(&place.ana).await.is_empty(),
        "a customer is told nothing of the desk"
    );
    assert!(
        place.told(&place.desk.caller).await.is_empty(),
        "he assigned it himself"
    );
}
