//! A colleague of the requester answers in his place.

use domain::mail::words::StartPoint;

use super::{
    desk::{Desk, mail},
    release::{newest_ticket, receive},
};

#[tokio::test]
async fn a_contact_of_the_customer_takes_part_and_a_stranger_with_the_same_mail_waits() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::All).await.id;
    desk.db
        .execute(
            "INSERT INTO customers (id, kind, status, name, email, source, status_at, created_at, updated_at)
             VALUES ('00000000-0000-7000-8000-0000000000c1', 'corporate', 'active', 'Example', 'ana@example.dz', 'staff', now(),
                now(), now());
             INSERT INTO customer_contacts (id, customer_id, name, email, purpose, created_at, updated_at)
             VALUES ('00000000-0000-7000-8000-0000000000c2', '00000000-0000-7000-8000-0000000000c1', 'Bilal', 'bilal@example.dz',
                'technical', now(), now())",
        )
        .await;
    receive(
        &desk,
        mailbox,
        mail("ana@example.dz", "Down", "1@example.dz", "", "Help"),
    )
    .await;
    let ticket = newest_ticket(&desk).await;
    let acknowledged = desk.outbox().remove(0);
    let token = acknowledged
        .lines()
        .find_map(|line| line.strip_prefix("Message-ID:"))
        .unwrap()
        .trim()
        .to_owned();
    let references = format!("References: {token}\r\n");
    let held = || async {
        desk.db
            .texts("SELECT author_email || ' ' || held FROM ticket_messages ORDER BY created_at")
            .await
    };

    let colleague = mail(
        "Bilal <BILAL@example.dz>",
        "Re: Down",
        "2@example.dz",
        &references,
        "It is the disk",
    );
    receive(&desk, mailbox, colleague).await;
    assert_eq!(newest_ticket(&desk).await, ticket);
    let stranger = mail("eve@elsewhere.example", "Re: Down", "3@x", &references, "Let me in");
    receive(&desk, mailbox, stranger).await;
    assert_eq!(
        held().await,
        [
            "ana@example.dz false",
            "bilal@example.dz false",
            "eve@elsewhere.example true"
        ]
    );
    let parts = desk
        .db
        .texts("SELECT email || ' ' || role FROM ticket_participants ORDER BY email")
        .await;
    assert!(parts.contains(&"bilal@example.dz cc_pending".to_owned()), "{parts:?}");
    assert!(!parts.iter().any(|part| part.starts_with("eve@")), "{parts:?}");
}
