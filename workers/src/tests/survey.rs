//! The satisfaction survey, from a resolution to the answer.

use app::{
    AppError,
    account::Origin,
    group::Draft,
    notification,
    ticket::{
        self as tickets, Move, NewMessage, NewTicket, Requester,
        survey::{self, Answer},
    },
};
use chrono::TimeDelta;
use domain::{
    mail::words::StartPoint,
    notification::Topic,
    ticket::{State, deal::Strategy, writing::Format},
};
use jobs::{NewJob, Queue, SurveyTicket, TendWaiting};
use store::ticket::{self, Ticket};
use uuid::Uuid;

use super::desk::{Desk, reply};

/// A desk whose group asks after an hour.
async fn asking() -> Desk {
    let desk = Desk::new().await;
    desk.db.execute("UPDATE automation_rules SET enabled = false").await;
    desk.mailbox(None, StartPoint::Now).await;
    let group = desk.db.texts("SELECT id::text FROM support_groups LIMIT 1").await;
    let draft = Draft {
        name: "Support".to_owned(),
        description: String::new(),
        strategy: Strategy::Off,
        members_only: false,
        members_handle: false,
        survey: true,
        survey_delay_hours: 1,
        conduct: None,
        active: true,
    };
    let id = group[0].parse().unwrap();
    app::group::change(&desk.app, &desk.caller, id, 1, draft).await.unwrap();
    desk
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

async fn moved(desk: &Desk, id: Uuid, to: State) {
    if now(desk, id).await.summary.assignee_id.is_none() {
        let version = now(desk, id).await.summary.version;
        tickets::assign(&desk.app, &desk.caller, id, Some(desk.caller.user_id), version)
            .await
            .unwrap();
    }
    let wanted = Move {
        to,
        reason: None,
        on_hold_until: None,
        no_reply_needed: Some("told by telephone".to_owned()).filter(|_| to == State::Resolved),
        version: now(desk, id).await.summary.version,
    };
    tickets::transition(&desk.app, &desk.caller, id, wanted).await.unwrap();
}

/// Lets the hour pass, and the jobs that are planned for it come.
async fn later(desk: &Desk) {
    desk.clock.turn(TimeDelta::hours(2));
    desk.db
        .execute("UPDATE jobs SET run_at = now() WHERE state = 'queued' AND kind = 'survey_ticket'")
        .await;
    desk.run().await;
}

async fn outcome(desk: &Desk) -> Vec<String> {
    desk.db
        .texts("SELECT coalesce(not_asked, 'asked') || ' ' || cycle FROM ticket_surveys ORDER BY created_at, id")
        .await
}

fn asked(desk: &Desk) -> Vec<String> {
    let all = desk.outbox().into_iter();
    all.filter(|mail| mail.contains("survey#token=")).collect()
}

fn token(mail: &str) -> String {
    let from = mail.split("survey#token=").nth(1).unwrap();
    // A long line of a mail is folded with an equals sign at its end.
    let text = from.replace("=\r\n", "");
    text.split('&').next().unwrap().trim_start_matches("3D").to_owned()
}

fn answer(rating: i16, comment: &str) -> Answer {
    Answer {
        rating,
        comment: Some(comment.to_owned()).filter(|text| !text.is_empty()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resolution_is_asked_about_once_after_its_delay_and_answered_by_the_link() {
    let desk = asking().await;
    let id = opened(&desk, "ana@example.dz").await;
    moved(&desk, id, State::Resolved).await;
    desk.run().await;
    assert!(asked(&desk).is_empty(), "the hour is not over");
    later(&desk).await;
    // Run twice, even at the same time, it asks once.
    let again =
        [1, 1].map(|cycle| NewJob::of(&SurveyTicket::Ask { ticket_id: id, cycle }).unique(Uuid::now_v7().to_string()));
    desk.enqueue(&again).await;
    desk.run_side_by_side(Queue::Notifications).await;
    desk.run().await;
    assert_eq!(outcome(&desk).await, ["asked 1"]);
    let [mail] = asked(&desk).try_into().unwrap();
    assert!(
        mail.contains("Auto-Submitted: auto-generated") && !mail.contains("BUY NOW"),
        "{mail}"
    );

    let token = token(&mail);
    let origin = Origin::default();
    let seen = survey::look(&desk.app, &token).await.unwrap();
    assert!(seen.open && seen.survey.rating.is_none());
    assert_eq!(now(&desk, id).await.summary.state, "resolved");
    for _ in 0..2 {
        survey::answer_by_link(&desk.app, &token, &answer(1, "too slow"), &origin)
            .await
            .unwrap();
    }
    desk.run().await;
    let told = desk
        .db
        .texts("SELECT recipient FROM outgoing_mails WHERE kind = 'notification'")
        .await;
    assert_eq!(told, ["admin@desk.test"], "the agent is told once");
    // He changes his mind, while he may.
    survey::answer_by_link(&desk.app, &token, &answer(5, ""), &origin)
        .await
        .unwrap();
    desk.clock.turn(TimeDelta::hours(49));
    let late = survey::answer_by_link(&desk.app, &token, &answer(1, ""), &origin).await;
    assert!(matches!(late, Err(AppError::Refused { code, .. }) if code == "survey_closed"));
    assert!(!survey::look(&desk.app, &token).await.unwrap().open);
    let history = desk
        .db
        .texts("SELECT kind || coalesce(' ' || (data ->> 'to'), '') FROM ticket_events WHERE kind IN ('survey_asked', 'rated') ORDER BY seq")
        .await;
    assert_eq!(history, ["survey_asked", "rated 1", "rated 5"]);
    let trail = "SELECT action || actor_kind || data::text FROM audit_log WHERE action IN ('ticket.survey_ask', 'ticket.rate') ORDER BY id";
    let trail = desk.db.texts(trail).await;
    assert_eq!(trail.len(), 3, "{trail:?}");
    assert!(!trail.concat().contains("too slow"), "{trail:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_and_old_links_open_nothing() {
    let desk = asking().await;
    let id = opened(&desk, "ana@example.dz").await;
    moved(&desk, id, State::Resolved).await;
    later(&desk).await;
    let good = token(&asked(&desk)[0]);
    let mut forged = good.clone();
    let other = if &forged[5..6] == "a" { "b" } else { "a" };
    forged.replace_range(5..6, other);
    let origin = Origin::default();
    let keys = app::mail::tokens(&desk.app).unwrap();
    for token in [forged.as_str(), "", "x", &keys.survey(Uuid::now_v7())] {
        let seen = survey::look(&desk.app, token).await;
        assert!(
            matches!(seen, Err(AppError::Invalid(errors)) if errors[0].code == "invalid_link"),
            "{token}"
        );
        assert!(
            survey::answer_by_link(&desk.app, token, &answer(5, ""), &origin)
                .await
                .is_err()
        );
    }
    desk.clock.turn(TimeDelta::days(14));
    let late = survey::answer_by_link(&desk.app, &good, &answer(5, ""), &origin).await;
    assert!(matches!(late, Err(AppError::Refused { code, .. }) if code == "survey_closed"));
    assert_eq!(
        desk.db
            .texts("SELECT count(*)::text FROM ticket_surveys WHERE rating IS NOT NULL")
            .await,
        ["0"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_reopened_is_not_asked_about_and_nobody_is_asked_every_day() {
    let desk = asking().await;
    let first = opened(&desk, "ana@example.dz").await;
    moved(&desk, first, State::Resolved).await;
    moved(&desk, first, State::InProgress).await;
    later(&desk).await;
    assert!(outcome(&desk).await.is_empty(), "it is under way again");
    // The second resolution is asked about, the job of the first finds that it did not last.
    moved(&desk, first, State::Resolved).await;
    desk.enqueue(&[NewJob::of(&SurveyTicket::Ask {
        ticket_id: first,
        cycle: 1,
    })])
    .await;
    later(&desk).await;
    assert_eq!(outcome(&desk).await, ["asked 2"]);
    let second = opened(&desk, "ana@example.dz").await;
    moved(&desk, second, State::Resolved).await;
    later(&desk).await;
    assert_eq!(outcome(&desk).await, ["asked 2", "asked_lately 1"]);
    assert_eq!(asked(&desk).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_and_silent_addresses_are_not_asked() {
    let desk = asking().await;
    desk.db
        .execute("INSERT INTO suppressions (address, reason, created_at) VALUES ('gone@example.dz', 'bounce', now())")
        .await;
    for email in ["gone@example.dz", "no-reply@example.dz", "support@desk.test"] {
        let id = opened(&desk, email).await;
        moved(&desk, id, State::Resolved).await;
        later(&desk).await;
    }
    assert_eq!(outcome(&desk).await, ["suppressed 1", "machine 1", "own_address 1"]);
    // A group that does not ask plans nothing, and one that stopped asks no more.
    let id = opened(&desk, "ana@example.dz").await;
    moved(&desk, id, State::Resolved).await;
    desk.db.execute("UPDATE support_groups SET survey = false").await;
    later(&desk).await;
    let before = desk.jobs("survey_ticket").await.len();
    let id = opened(&desk, "bob@example.dz").await;
    moved(&desk, id, State::Resolved).await;
    assert_eq!(desk.jobs("survey_ticket").await.len(), before);
    assert_eq!(outcome(&desk).await.len(), 3);
    assert!(asked(&desk).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_never_answered_is_not_asked_until_his_ticket_is_resolved_otherwise() {
    let desk = asking().await;
    let id = opened(&desk, "ana@example.dz").await;
    let question = NewMessage {
        next_state: Some(State::WaitingForResponse),
        ..reply("Which server is it?")
    };
    tickets::send(&desk.app, &desk.caller, id, question).await.unwrap();
    let before = desk.jobs("survey_ticket").await.len();
    desk.clock.turn(TimeDelta::days(15));
    // Looked at twice, it is settled once.
    for _ in 0..2 {
        desk.enqueue(&[NewJob::of(&TendWaiting {})]).await;
        desk.run().await;
    }
    assert_eq!(now(&desk, id).await.summary.state, "resolved");
    assert_eq!(desk.jobs("survey_ticket").await.len(), before, "nothing is planned");
    later(&desk).await;
    assert_eq!(outcome(&desk).await, ["no_answer 1"]);
    assert!(asked(&desk).is_empty());
    let trail =
        "SELECT concat_ws(' ', data->>'cycle', data->>'reason') FROM audit_log WHERE action = 'ticket.survey_skip'";
    assert_eq!(desk.db.texts(trail).await, ["1 no_answer"]);
    // What an agent resolves is asked about as ever.
    moved(&desk, id, State::InProgress).await;
    moved(&desk, id, State::Resolved).await;
    later(&desk).await;
    assert_eq!(outcome(&desk).await, ["no_answer 1", "asked 2"]);
    // A group that does not ask has nothing to say about it; should it begin to, that is settled as well.
    desk.db.execute("UPDATE support_groups SET survey = false").await;
    let id = opened(&desk, "bob@example.dz").await;
    let question = NewMessage {
        next_state: Some(State::WaitingForResponse),
        ..reply("Which server is it?")
    };
    tickets::send(&desk.app, &desk.caller, id, question).await.unwrap();
    desk.clock.turn(TimeDelta::days(15));
    desk.enqueue(&[NewJob::of(&TendWaiting {})]).await;
    desk.run().await;
    assert_eq!(now(&desk, id).await.summary.state, "resolved");
    assert_eq!(outcome(&desk).await.len(), 3);
    assert_eq!(desk.db.texts(trail).await, ["1 no_answer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_opened_a_ticket_is_not_asked() {
    let desk = asking().await;
    let id = opened(&desk, "news@example.dz").await;
    desk.db
        .execute(&format!(
            "WITH r AS (INSERT INTO raw_mails (id, mailbox_id, sha256, size, received_at, state, class, ticket_id)
                 SELECT gen_random_uuid(), id, '', 1, now(), 'processed', 'bulk', '{id}' FROM mailboxes LIMIT 1 RETURNING id)
             UPDATE ticket_messages SET raw_mail_id = (SELECT id FROM r) WHERE ticket_id = '{id}'"
        ))
        .await;
    moved(&desk, id, State::Resolved).await;
    later(&desk).await;
    assert_eq!(outcome(&desk).await, ["machine 1"]);
}

/// Where a mail program posts so that no more of these come.
fn one_click(mail: &str) -> String {
    let link = mail.lines().find_map(|line| line.strip_prefix("List-Unsubscribe: <"));
    assert!(
        mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
        "{mail}"
    );
    link.unwrap()
        .trim_end_matches('>')
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned()
}

/// Lets the pause between two surveys pass, and resolves another ticket of this address.
async fn another(desk: &Desk, email: &str) {
    desk.clock.turn(TimeDelta::days(8));
    let id = opened(desk, email).await;
    moved(desk, id, State::Resolved).await;
    later(desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_no_surveys_says_so_by_the_mail_s_link_without_an_account() {
    let desk = asking().await;
    another(&desk, "ana@example.dz").await;
    let mail = asked(&desk).remove(0);
    assert!(
        mail.replace("=\r\n", "").contains("/unsubscribe#token"),
        "people find it as well: {mail}"
    );
    let link = one_click(&mail);
    let found = notification::link(&desk.app, &link).await.unwrap();
    assert_eq!((found.topic, found.on), (Some(Topic::Survey), true));
    assert_eq!(found.address, "a•••@example.dz");
    for _ in 0..2 {
        assert!(!notification::switch_off(&desk.app, &link).await.unwrap().on);
    }
    let said = "SELECT count(*)::text FROM audit_log WHERE action = 'ticket.survey_decline'";
    assert_eq!(desk.db.texts(said).await, ["1"]);
    another(&desk, "ana@example.dz").await;
    another(&desk, "bob@example.dz").await;
    assert_eq!(outcome(&desk).await, ["asked 1", "declined 1", "asked 1"]);
    // The link does no more than that, and the one of the survey does not do it.
    assert!(survey::look(&desk.app, &link).await.is_err());
    assert!(notification::switch_off(&desk.app, &token(&mail)).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_who_has_an_account_it_is_a_choice_that_he_can_change() {
    let desk = asking().await;
    another(&desk, "ana@example.dz").await;
    let link = one_click(&asked(&desk)[0]);
    notification::switch_off(&desk.app, &link).await.unwrap();
    // She said so before she had an account.
    app::seed::account(&desk.app, "ana@example.dz", "Ana", "client", "a long enough password")
        .await
        .unwrap();
    another(&desk, "ana@example.dz").await;
    assert_eq!(outcome(&desk).await, ["asked 1", "declined 1"]);
    let chosen = "SELECT topic || ' ' || delivery FROM notification_choices";
    assert_eq!(desk.db.texts(chosen).await, ["survey off"]);
    assert_eq!(
        desk.db.texts("SELECT address FROM survey_refusals").await,
        Vec::<String>::new()
    );
    desk.db.execute("DELETE FROM notification_choices").await;
    another(&desk, "ana@example.dz").await;
    assert_eq!(outcome(&desk).await, ["asked 1", "declined 1", "asked 1"]);
    assert!(!notification::switch_off(&desk.app, &link).await.unwrap().on);
    assert_eq!(desk.db.texts(chosen).await, ["survey off"]);
}
