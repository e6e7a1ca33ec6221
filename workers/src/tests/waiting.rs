//! Tickets that wait for their customer: reminded of, resolved in the end, each step once; and what customers write when their group says
//! something about it.

use app::{
    group::{self, Draft},
    ticket::{self as tickets, Move, NewMessage, NewTicket, Requester},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    mail::words::StartPoint,
    notification::ZONE,
    sla::{Calendar, CalendarSpec},
    ticket::{State, deal::Strategy, writing::Format},
    zone::day_over,
};
use jobs::{NewJob, Queue, TendWaiting};
use store::{
    group::Conduct,
    ticket::{self, Ticket},
};
use uuid::Uuid;

use super::{
    desk::{Desk, mail, reply},
    release::{newest_ticket, receive},
};

const ANA: &str = "ana@example.dz";

/// A desk without rules of its own, and its mailbox.
async fn desk() -> (Desk, Uuid) {
    let desk = Desk::new().await;
    desk.db.execute("UPDATE automation_rules SET enabled = false").await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    (desk, mailbox)
}

async fn opened(desk: &Desk, email: &str) -> Uuid {
    let new = NewTicket {
        subject: "BUY NOW".to_owned(),
        body: "Please help.".to_owned(),
        format: Format::Plain,
        priority: None,
        requester: Some(Requester {
            email: email.to_owned(),
            name: None,
        }),
        category_id: None,
        project_id: None,
        related: store::ticket::Related::default(),
        attachment_ids: Vec::new(),
    };
    tickets::create(&desk.app, &desk.caller, new).await.unwrap().summary.id
}

async fn now(desk: &Desk, id: Uuid) -> Ticket {
    ticket::find(&mut desk.db.pool.get().await.unwrap(), id, None)
        .await
        .unwrap()
}

async fn state(desk: &Desk, id: Uuid) -> String {
    now(desk, id).await.summary.state
}

/// The agent asks the customer something.
async fn ask(desk: &Desk, id: Uuid) {
    let question = NewMessage {
        next_state: Some(State::WaitingForResponse),
        ..reply("Which server is it?")
    };
    tickets::send(&desk.app, &desk.caller, id, question).await.unwrap();
}

async fn moved(desk: &Desk, id: Uuid, to: State, reason: &str) {
    let wanted = Move {
        to,
        reason: Some(reason.to_owned()),
        on_hold_until: None,
        no_reply_needed: None,
        version: now(desk, id).await.summary.version,
    };
    tickets::transition(&desk.app, &desk.caller, id, wanted).await.unwrap();
}

async fn look(desk: &Desk) {
    desk.enqueue(&[NewJob::of(&TendWaiting {})]).await;
    desk.run().await;
}

/// Lets so many days pass, and a minute, and looks.
async fn days(desk: &Desk, days: i64) {
    desk.clock.turn(TimeDelta::days(days) + TimeDelta::minutes(1));
    look(desk).await;
}

/// Since when the only ticket that waits does so, and when something of it is due.
async fn moments(desk: &Desk) -> Vec<DateTime<Utc>> {
    let moments = "SELECT to_char(x.moment AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')
        FROM tickets, unnest(ARRAY[waiting_since, waiting_look_at]) WITH ORDINALITY AS x(moment, n) ORDER BY x.n";
    let moments = desk.db.texts(moments).await;
    moments.iter().map(|text| text.parse().unwrap()).collect()
}

/// What the ticket's history says of its wait.
async fn history(desk: &Desk, id: Uuid) -> Vec<String> {
    let said = format!(
        "SELECT concat_ws(' ', kind, data->>'days', data->>'reason') FROM ticket_events
         WHERE ticket_id = '{id}' AND (kind LIKE 'requester%reminded' OR data->>'reason' = 'no_answer') ORDER BY seq"
    );
    desk.db.texts(&said).await
}

/// Addresses that were reminded, in order.
async fn reminded(desk: &Desk) -> Vec<String> {
    let sent = "SELECT recipient FROM outgoing_mails WHERE kind = 'waiting_reminder' AND state = 'sent' ORDER BY id";
    desk.db.texts(sent).await
}

/// A mail of Ana's in the conversation that her first one began.
fn answer(n: u8, headers: &str, body: &str) -> String {
    let headers = format!("In-Reply-To: <1@example.dz>\r\n{headers}");
    mail(ANA, "Re: Down", &format!("{n}@example.dz"), &headers, body)
}

async fn begun(desk: &Desk, mailbox: Uuid) -> Uuid {
    receive(desk, mailbox, mail(ANA, "Down", "1@example.dz", "", "Help")).await;
    newest_ticket(desk).await
}

#[tokio::test]
async fn a_customer_is_reminded_twice_and_after_fourteen_days_nobody_waits() {
    let (desk, _) = desk().await;
    let id = opened(&desk, ANA).await;
    ask(&desk, id).await;
    look(&desk).await;
    days(&desk, 2).await;
    assert!(reminded(&desk).await.is_empty(), "it is not time yet");

    desk.clock.turn(TimeDelta::days(1));
    // Looked at twice, even at the same time, it is done once.
    let twice = [1, 2].map(|_| NewJob::of(&TendWaiting {}).unique(Uuid::now_v7().to_string()));
    desk.enqueue(&twice).await;
    desk.run_side_by_side(Queue::Notifications).await;
    look(&desk).await;
    assert_eq!(reminded(&desk).await, [ANA]);
    let wrote = desk.outbox().pop().unwrap();
    assert!(
        wrote.contains("Auto-Submitted: auto-generated") && wrote.contains("Reply-To: ") && !wrote.contains("BUY NOW"),
        "{wrote}"
    );
    // The day on the clock of those who resolve it, which is over at midnight there.
    let last = moments(&desk).await[0] + TimeDelta::days(14);
    let date = last.with_timezone(&ZONE).format("%d/%m/%Y").to_string();
    let text = desk
        .db
        .texts("SELECT body_text FROM outgoing_mails WHERE kind = 'waiting_reminder'")
        .await;
    assert!(text[0].contains(&date), "{date} {text:?}");

    days(&desk, 4).await;
    days(&desk, 1).await;
    assert_eq!(reminded(&desk).await, [ANA, ANA]);
    let over = moments(&desk).await[1];
    assert_eq!(over, day_over(ZONE, last));
    desk.clock.turn(over - desk.app.now() - TimeDelta::hours(1));
    look(&desk).await;
    assert_eq!(state(&desk, id).await, "waiting_for_response", "the day is not over");
    desk.clock.turn(TimeDelta::hours(1) + TimeDelta::minutes(1));
    look(&desk).await;
    look(&desk).await;
    assert_eq!(state(&desk, id).await, "resolved");
    assert_eq!(
        history(&desk, id).await,
        [
            "requester_reminded 3",
            "requester_reminded 7",
            "state_changed no_answer"
        ]
    );
    let trail = "SELECT concat_ws(' ', action, data->>'days', data->>'reason') FROM audit_log
        WHERE action IN ('ticket.remind', 'ticket.remind_skip') OR data->>'reason' = 'no_answer' ORDER BY id";
    assert_eq!(
        desk.db.texts(trail).await,
        ["ticket.remind 3", "ticket.remind 7", "ticket.transition no_answer"]
    );
    days(&desk, 30).await;
    assert_eq!(reminded(&desk).await.len(), 2, "a wait that is over is over");
}

#[tokio::test]
async fn an_answer_ends_the_wait_a_machine_does_not_and_the_next_question_begins_another() {
    let (desk, mailbox) = desk().await;
    let id = begun(&desk, mailbox).await;
    ask(&desk, id).await;
    days(&desk, 3).await;
    let away = answer(2, "Auto-Submitted: auto-replied\r\n", "I am on leave");
    receive(&desk, mailbox, away).await;
    assert_eq!(state(&desk, id).await, "waiting_for_response");
    receive(&desk, mailbox, answer(3, "", "The one in Oran")).await;
    assert_eq!(state(&desk, id).await, "open");
    days(&desk, 20).await;
    assert_eq!(state(&desk, id).await, "open");
    assert_eq!(history(&desk, id).await, ["requester_reminded 3"]);

    ask(&desk, id).await;
    days(&desk, 3).await;
    // Asked once more meanwhile, the days count from there.
    ask(&desk, id).await;
    days(&desk, 2).await;
    assert_eq!(
        history(&desk, id).await,
        ["requester_reminded 3", "requester_reminded 3"]
    );
    days(&desk, 1).await;
    assert_eq!(history(&desk, id).await.len(), 3);
    let keys = "SELECT count(DISTINCT event_key)::text FROM outgoing_mails WHERE kind = 'waiting_reminder'";
    assert_eq!(desk.db.texts(keys).await, ["3"]);
}

#[tokio::test]
async fn what_was_missed_is_not_made_up_for_and_a_note_ends_no_wait() {
    let (desk, _) = desk().await;
    let id = opened(&desk, ANA).await;
    ask(&desk, id).await;
    let note = NewMessage {
        note: true,
        ..reply("He is on the road.")
    };
    desk.clock.turn(TimeDelta::days(2));
    tickets::send(&desk.app, &desk.caller, id, note).await.unwrap();
    days(&desk, 6).await;
    assert_eq!(history(&desk, id).await, ["requester_reminded 7"], "the last alone");
    days(&desk, 40).await;
    assert_eq!(state(&desk, id).await, "resolved");
}

#[tokio::test]
async fn whoever_cannot_be_reminded_is_not_and_the_history_says_why() {
    let (desk, _) = desk().await;
    desk.db
        .execute("INSERT INTO suppressions (address, reason, created_at) VALUES ('gone@example.dz', 'bounce', now())")
        .await;
    let (gone, robot) = (
        opened(&desk, "gone@example.dz").await,
        opened(&desk, "no-reply@example.dz").await,
    );
    for id in [gone, robot] {
        ask(&desk, id).await;
    }
    days(&desk, 3).await;
    assert_eq!(history(&desk, gone).await, ["requester_not_reminded 3 suppressed"]);
    assert_eq!(history(&desk, robot).await, ["requester_not_reminded 3 machine"]);
    let written = "SELECT 1::text FROM outgoing_mails WHERE kind = 'waiting_reminder'";
    assert!(desk.db.texts(written).await.is_empty());
    days(&desk, 12).await;
    assert_eq!(
        state(&desk, gone).await,
        "resolved",
        "nobody waits for ever all the same"
    );
}

#[tokio::test]
async fn a_reminder_that_lay_about_while_its_ticket_went_on_is_not_sent() {
    let (desk, _) = desk().await;
    let id = opened(&desk, ANA).await;
    ask(&desk, id).await;
    look(&desk).await;
    // It is written, and its mail is not sent yet.
    desk.clock.turn(TimeDelta::days(3) + TimeDelta::minutes(1));
    desk.enqueue(&[NewJob::of(&TendWaiting {})]).await;
    desk.run_side_by_side(Queue::Notifications).await;
    let written = "SELECT concat_ws(' ', state, detail) FROM outgoing_mails WHERE kind = 'waiting_reminder'";
    assert_eq!(desk.db.texts(written).await, ["queued"]);
    moved(&desk, id, State::OnHold, "vendor").await;
    desk.run().await;
    assert_eq!(
        desk.db.texts(written).await,
        ["suppressed nobody waits any more"],
        "he is asked for nothing now"
    );
}

#[tokio::test]
async fn the_brakes_of_automatic_mail_put_a_reminder_off() {
    let (desk, _) = desk().await;
    let tickets = [opened(&desk, ANA).await, opened(&desk, ANA).await];
    for id in tickets {
        ask(&desk, id).await;
    }
    days(&desk, 3).await;
    assert_eq!(reminded(&desk).await.len(), 1, "one address gets one at a time");
    desk.clock.turn(TimeDelta::minutes(20));
    look(&desk).await;
    assert_eq!(reminded(&desk).await.len(), 1, "it is tried again in an hour");
    desk.clock.turn(TimeDelta::minutes(41));
    look(&desk).await;
    assert_eq!(reminded(&desk).await.len(), 2);
    for id in tickets {
        assert_eq!(history(&desk, id).await, ["requester_reminded 3"]);
    }
}

#[tokio::test]
async fn a_group_counts_by_its_own_days_from_the_moment_it_says_so() {
    let (desk, _) = desk().await;
    let id = opened(&desk, ANA).await;
    ask(&desk, id).await;
    look(&desk).await;
    let mut conn = desk.db.pool.get().await.unwrap();
    let calendar = store::sla::calendars(&mut conn).await.unwrap().remove(0);
    drop(conn);
    let spec: CalendarSpec = serde_json::from_value(calendar.spec).unwrap();
    let hours = Calendar::new(&spec).unwrap();
    let ours: Uuid = desk.db.texts("SELECT id::text FROM support_groups").await[0]
        .parse()
        .unwrap();
    let conduct = Conduct {
        remind: true,
        remind_days: vec![5],
        resolve_after_days: None,
        calendar_id: Some(calendar.id),
        reply_ends_hold: true,
        reopen_window_hours: 0,
    };
    let draft = Draft {
        name: "Support".to_owned(),
        description: String::new(),
        strategy: Strategy::Off,
        members_only: false,
        members_handle: false,
        survey: false,
        survey_delay_hours: 24,
        conduct: Some(conduct),
        active: true,
    };
    group::change(&desk.app, &desk.caller, ours, 1, draft).await.unwrap();
    look(&desk).await;
    let moments = moments(&desk).await;
    assert_eq!(hours.after_days(moments[0], 5), Some(moments[1]));
    desk.clock.turn(moments[1] - desk.app.now() + TimeDelta::seconds(1));
    look(&desk).await;
    assert_eq!(history(&desk, id).await, ["requester_reminded 5"]);
    let text = desk
        .db
        .texts("SELECT body_text FROM outgoing_mails WHERE kind = 'waiting_reminder'")
        .await;
    let ends = ["résolue", "resolved"].iter().any(|word| text[0].contains(word));
    assert!(!ends, "no day on which nobody waits any longer: {text:?}");
    days(&desk, 90).await;
    assert_eq!(state(&desk, id).await, "waiting_for_response");
}

#[tokio::test]
async fn a_reply_ends_a_hold_unless_the_group_says_that_it_does_not() {
    let (desk, mailbox) = desk().await;
    let id = begun(&desk, mailbox).await;
    desk.db
        .execute("UPDATE support_groups SET reply_ends_hold = false")
        .await;
    moved(&desk, id, State::OnHold, "vendor").await;
    receive(&desk, mailbox, answer(2, "", "Any news?")).await;
    let held = now(&desk, id).await;
    assert_eq!((held.summary.state.as_str(), held.unanswered), ("on_hold", true));
    assert_eq!(desk.bodies(id).await.len(), 2);
    desk.db
        .execute("UPDATE support_groups SET reply_ends_hold = true")
        .await;
    receive(&desk, mailbox, answer(3, "", "Hello?")).await;
    assert_eq!(state(&desk, id).await, "open");
}

#[tokio::test]
async fn a_reply_reopens_what_is_closed_within_the_window_and_follows_it_up_later() {
    let (desk, mailbox) = desk().await;
    let id = begun(&desk, mailbox).await;
    desk.db
        .execute("UPDATE support_groups SET reopen_window_hours = 48")
        .await;
    moved(&desk, id, State::Closed, "done").await;
    desk.clock.turn(TimeDelta::hours(47));
    // A machine opens nothing.
    let away = answer(2, "Auto-Submitted: auto-replied\r\n", "I am on leave");
    receive(&desk, mailbox, away).await;
    assert_eq!(state(&desk, id).await, "closed");
    receive(&desk, mailbox, answer(3, "", "It is down again")).await;
    assert_eq!(newest_ticket(&desk).await, id);
    assert_eq!(state(&desk, id).await, "open");

    // Its window begins anew with its next end.
    moved(&desk, id, State::Closed, "done").await;
    desk.clock.turn(TimeDelta::hours(49));
    receive(&desk, mailbox, answer(4, "", "And again")).await;
    let follow_up = newest_ticket(&desk).await;
    assert_ne!(follow_up, id);
    assert_eq!(now(&desk, follow_up).await.follow_up_of, Some(id));
    assert_eq!(state(&desk, id).await, "closed");
}
