//! Mail whose sender is not who he says.

use domain::mail::words::StartPoint;

use super::{
    desk::{Desk, mail},
    release::{newest_ticket, receive},
};

const ANA: &str = "00000000-0000-7000-8000-0000000000aa";

/// Whose a ticket is, whose word its message is, and who opened it.
async fn owners(desk: &Desk, ticket: uuid::Uuid) -> Vec<String> {
    desk.db
        .texts(&format!(
            "SELECT concat_ws(' ', coalesce(t.requester_user_id::text, '-'), coalesce(t.customer_id::text, '-'),
                coalesce(m.author_user_id::text, '-'), coalesce(a.actor_id::text, '-'), coalesce(p.user_id::text, '-'), m.verified)
             FROM tickets t JOIN ticket_messages m ON m.ticket_id = t.id
                JOIN audit_log a ON a.subject_id = t.id AND a.action = 'ticket.create'
                JOIN ticket_participants p ON p.ticket_id = t.id
             WHERE t.id = '{ticket}'"
        ))
        .await
}

#[tokio::test]
async fn a_forged_sender_opens_no_ticket_in_the_name_of_an_account() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    desk.db
        .execute(&format!(
            "INSERT INTO users (id, email, name, password_hash, role_id, locale, status)
             SELECT '{ANA}', 'ana@example.dz', 'Ana', '', id, 'fr', 'active' FROM roles WHERE key = 'client'"
        ))
        .await;
    desk.db.execute("UPDATE mailboxes SET authserv_id = 'mx.test'").await;
    let verdict = |dmarc: &str| format!("Authentication-Results: mx.test; dmarc={dmarc} header.from=example.dz\r\n");

    let forged = mail(
        "Ana <ana@example.dz>",
        "Give me access",
        "1@evil.dz",
        &verdict("fail"),
        "Now",
    );
    receive(&desk, mailbox, forged).await;
    let ticket = newest_ticket(&desk).await;
    assert_eq!(owners(&desk, ticket).await, ["- - - - - f"]);
    let why = "SELECT data ->> 'reason' FROM ticket_events WHERE kind = 'sender_unverified'";
    assert_eq!(desk.db.texts(why).await, ["dmarc_failed"]);
    let told = "SELECT coalesce(user_id::text, '-') FROM events WHERE type = 'ticket.created'";
    assert_eq!(desk.db.texts(told).await, ["-"], "Ana's browser hears nothing of it");

    let hers = mail(
        "Ana <ana@example.dz>",
        "My server",
        "2@example.dz",
        &verdict("pass"),
        "Is down",
    );
    receive(&desk, mailbox, hers).await;
    let ticket = newest_ticket(&desk).await;
    assert_eq!(owners(&desk, ticket).await, [format!("{ANA} - {ANA} {ANA} {ANA} t")]);
    assert_eq!(desk.db.texts(why).await.len(), 1);
}

#[tokio::test]
async fn what_is_sent_goes_to_the_sender_and_never_to_a_return_address() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    let asked = mail(
        "Ana <ana@example.dz>",
        "My server",
        "1@example.dz",
        "Reply-To: Third Person <third@elsewhere.example>\r\n",
        "Is down",
    );
    receive(&desk, mailbox, asked).await;
    let ticket = newest_ticket(&desk).await;
    let sent = desk.outbox();
    assert_eq!(sent.len(), 1, "the acknowledgement");
    assert!(!sent[0].contains("elsewhere.example"), "{}", sent[0]);
    let recipients = "SELECT recipient FROM outgoing_mails ORDER BY id";
    assert_eq!(desk.db.texts(recipients).await, ["ana@example.dz"]);
    let parts = format!("SELECT email FROM ticket_participants WHERE ticket_id = '{ticket}'");
    assert_eq!(desk.db.texts(&parts).await, ["ana@example.dz"]);
}
