//! Replies to a ticket that became a part of another one.

use domain::mail::words::StartPoint;

use super::{
    desk::{Desk, mail},
    release::{newest_ticket, receive},
};

#[tokio::test]
async fn replies_to_a_merged_ticket_land_where_it_went() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    receive(
        &desk,
        mailbox,
        mail("ana@example.dz", "Down", "1@example.dz", "", "Help"),
    )
    .await;
    let target = newest_ticket(&desk).await;
    receive(
        &desk,
        mailbox,
        mail("ana@example.dz", "Slow", "2@example.dz", "", "Help again"),
    )
    .await;
    let source = newest_ticket(&desk).await;
    assert_ne!(source, target);
    app::ticket::merge(&desk.app, &desk.caller, source, target, false, 1)
        .await
        .unwrap();
    let reply = mail(
        "ana@example.dz",
        "Re: Slow",
        "3@example.dz",
        "In-Reply-To: <2@example.dz>\r\n",
        "It still is",
    );
    receive(&desk, mailbox, reply).await;
    assert_eq!(newest_ticket(&desk).await, target);
    let bodies = desk.bodies(target).await;
    assert_eq!(bodies.len(), 3, "{bodies:?}");
    assert!(bodies[2].contains("It still is"), "{bodies:?}");
    assert!(desk.bodies(source).await.is_empty());
    let journey = desk.mails().await.pop().unwrap();
    let seen = journey.threading.unwrap_or_default().to_string();
    assert!(seen.contains("merged_into"), "{seen}");
}
