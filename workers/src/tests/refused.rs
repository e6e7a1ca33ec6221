//! An answer that the server refuses while it is sent: what a report about it would mean, at once.

use app::{
    queues::{JobAction, act_on_job},
    ticket,
};
use domain::mail::words::StartPoint;
use integrations::mail::smtp::{Refusal, SendOutcome};
use uuid::Uuid;

use super::{
    desk::{Desk, mail, reply},
    release::{newest_ticket, receive},
};

fn never(status: &str, of_recipient: bool) -> SendOutcome {
    SendOutcome::Permanent(Refusal {
        code: 550,
        enhanced: status.to_owned(),
        text: format!("{status} no"),
        of_recipient,
    })
}

async fn asked() -> (Desk, Uuid, Uuid) {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    receive(
        &desk,
        mailbox,
        mail("Ana <ana@example.dz>", "My server", "1@example.dz", "", "Is down"),
    )
    .await;
    let ticket = newest_ticket(&desk).await;
    (desk, mailbox, ticket)
}

/// Answers, and has the server say this.
async fn answer(desk: &Desk, ticket: Uuid, outcome: SendOutcome) {
    desk.sent.answer(outcome);
    ticket::send(&desk.app, &desk.caller, ticket, reply("Look again."))
        .await
        .unwrap();
    desk.run().await;
}

async fn state(desk: &Desk, ticket: Uuid) -> String {
    let state = format!("SELECT concat_ws(' ', state, delivery_failed) FROM tickets WHERE id = '{ticket}'");
    desk.db.texts(&state).await.remove(0)
}

async fn silenced(desk: &Desk) -> Vec<String> {
    let rows = "SELECT concat_ws(' ', address, reason, detail) FROM suppressions";
    desk.db.texts(rows).await
}

#[tokio::test]
async fn an_unknown_address_is_silenced_and_its_ticket_goes_back_to_staff() {
    let (desk, _, ticket) = asked().await;
    answer(&desk, ticket, never("5.1.1", true)).await;
    assert_eq!(state(&desk, ticket).await, "open t");
    assert_eq!(silenced(&desk).await, ["ana@example.dz bounce 550 5.1.1 no"]);
    let told = "SELECT data->>'recipient' FROM ticket_events WHERE kind = 'delivery_failed'";
    assert_eq!(desk.db.texts(told).await, ["ana@example.dz"]);
    let mails = "SELECT state FROM outgoing_mails WHERE kind = 'reply'";
    assert_eq!(desk.db.texts(mails).await, ["failed"]);

    let dead = desk.jobs("send_mail").await.remove(0);
    act_on_job(&desk.app, &desk.caller, dead.id, JobAction::Retry)
        .await
        .unwrap();
    desk.run().await;
    assert_eq!(desk.db.texts(mails).await, ["suppressed"], "sent again it is held back");
}

#[tokio::test]
async fn another_refusal_silences_at_the_third_mail_however_often_each_is_tried() {
    let (desk, _, ticket) = asked().await;
    answer(&desk, ticket, never("5.2.2", true)).await;
    for _ in 0..3 {
        desk.sent.answer(never("5.2.2", true));
        let dead = desk.jobs("send_mail").await.remove(0);
        act_on_job(&desk.app, &desk.caller, dead.id, JobAction::Retry)
            .await
            .unwrap();
        desk.run().await;
    }
    let bounces = "SELECT address || ' ' || status FROM bounces";
    assert_eq!(desk.db.texts(bounces).await, ["ana@example.dz 5.2.2"]);
    answer(&desk, ticket, never("5.2.2", true)).await;
    assert_eq!(silenced(&desk).await, Vec::<String>::new());
    assert_eq!(
        state(&desk, ticket).await,
        "open t",
        "each answer is one that did not arrive"
    );
    answer(&desk, ticket, never("5.2.2", true)).await;
    assert_eq!(silenced(&desk).await, ["ana@example.dz bounce 550 5.2.2 no"]);
}

#[tokio::test]
async fn what_a_server_says_about_us_is_not_held_against_the_address() {
    let (desk, _, ticket) = asked().await;
    for _ in 0..3 {
        answer(&desk, ticket, never("5.7.1", false)).await;
        assert_eq!(state(&desk, ticket).await, "open t", "it did not arrive all the same");
    }
    assert_eq!(silenced(&desk).await, Vec::<String>::new());
    assert_eq!(desk.db.texts("SELECT address FROM bounces").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_report_silences_nobody_but_whom_we_wrote_to() {
    let (desk, mailbox, ticket) = asked().await;
    ticket::send(&desk.app, &desk.caller, ticket, reply("Look again."))
        .await
        .unwrap();
    desk.run().await;
    let id = desk
        .db
        .texts("SELECT mail_message_id FROM outgoing_mails WHERE kind = 'reply'")
        .await
        .remove(0);
    // Whoever got one mail of ours says of another address what he likes; so does somebody who got none.
    for (number, message_id) in [(1, id.as_str()), (2, "t.1.x.y.z@desk.test")] {
        let report = format!(
            "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.test\r\nTo: support@desk.test\r\nSubject: Undelivered\r\n\
             Message-ID: <{number}@mx.test>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n\
             --B\r\n\r\nNo\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n\
             Final-Recipient: rfc822; victim@example.dz\r\nAction: failed\r\nStatus: 5.1.1\r\n\
             --B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{message_id}>\r\n--B--\r\n"
        );
        receive(&desk, mailbox, report).await;
        assert_eq!(silenced(&desk).await, ["ana@example.dz bounce 5.1.1"], "{number}");
    }
}
