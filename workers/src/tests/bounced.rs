//! An answer that came back.

use app::ticket;
use domain::mail::words::StartPoint;

use super::{
    desk::{Desk, mail, reply},
    release::{newest_ticket, receive},
};

/// What a mail server says of a mail that it could not deliver.
fn report(message_id: &str, recipient: &str) -> String {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.test\r\nTo: support@desk.test\r\nSubject: Undelivered\r\nMessage-ID: <dsn@mx.test>\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n\
         --B\r\n\r\nNo such user\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         --B\r\nContent-Type: message/rfc822\r\n\r\nFrom: support@desk.test\r\nTo: {recipient}\r\nSubject: x\r\nMessage-ID: {message_id}\r\n\r\nx\r\n--B--\r\n"
    )
}

#[tokio::test]
async fn it_is_noticed_also_at_the_address_that_whoever_asked_has_by_now() {
    for moved in [false, true] {
        let desk = Desk::new().await;
        let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
        desk.db
            .execute(
                "INSERT INTO users (id, email, name, password_hash, role_id, locale, status, email_verified_at)
                 SELECT gen_random_uuid(), 'ana@example.dz', 'Ana', '', id, 'fr', 'active', now() FROM roles WHERE key = 'client'",
            )
            .await;
        receive(
            &desk,
            mailbox,
            mail("Ana <ana@example.dz>", "My server", "1@example.dz", "", "Is down"),
        )
        .await;
        let id = newest_ticket(&desk).await;
        let address = if moved { "ana@new.dz" } else { "ana@example.dz" };
        desk.db
            .execute(&format!(
                "UPDATE users SET email = '{address}' WHERE email = 'ana@example.dz'"
            ))
            .await;
        ticket::send(&desk.app, &desk.caller, id, reply("Look again."))
            .await
            .unwrap();
        desk.run().await;
        let sent = desk
            .db
            .texts("SELECT recipient || ' ' || mail_message_id FROM outgoing_mails WHERE kind = 'reply'")
            .await;
        let (recipient, message_id) = sent[0].split_once(' ').unwrap();
        assert_eq!(recipient, address);
        let message_id = format!("<{}>", message_id.trim_matches(['<', '>']));
        receive(&desk, mailbox, report(&message_id, recipient)).await;
        let state = format!("SELECT concat_ws(' ', state, delivery_failed) FROM tickets WHERE id = '{id}'");
        assert_eq!(desk.db.texts(&state).await, ["open t"], "{address}");
        let told = "SELECT data->>'recipient' FROM ticket_events WHERE kind = 'delivery_failed'";
        assert_eq!(desk.db.texts(told).await, [address]);
    }
}
