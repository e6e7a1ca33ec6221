//! Mail to tickets whose group is no longer in use.

use domain::mail::words::StartPoint;
use uuid::Uuid;

use super::{
    desk::{Desk, mail},
    release::{newest_ticket, receive},
};

async fn group_of(desk: &Desk, ticket: Uuid) -> Vec<String> {
    let asked = "SELECT g.name FROM tickets t JOIN support_groups g ON g.id = t.group_id WHERE t.id";
    desk.db.texts(&format!("{asked} = '{ticket}'")).await
}

#[tokio::test]
async fn a_follow_up_begins_in_a_group_that_is_in_use() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    receive(
        &desk,
        mailbox,
        mail("ana@example.dz", "Down", "1@example.dz", "", "Help"),
    )
    .await;
    let (closed, retired) = (newest_ticket(&desk).await, Uuid::now_v7());
    let (first, second) = (group_of(&desk, closed).await, "Second line");
    desk.db
        .execute(&format!(
            "INSERT INTO support_groups (id, name, strategy, created_at, retired_at)
                 VALUES ('{retired}', '{second}', 'round_robin', now(), now());
             UPDATE tickets SET group_id = '{retired}', state = 'closed' WHERE id = '{closed}'"
        ))
        .await;
    let reply = mail(
        "ana@example.dz",
        "Re: Down",
        "2@example.dz",
        "In-Reply-To: <1@example.dz>\r\n",
        "It is down again",
    );
    receive(&desk, mailbox, reply).await;
    let opened = newest_ticket(&desk).await;
    assert_ne!(opened, closed);
    assert_eq!(group_of(&desk, closed).await, [second]);
    assert_eq!(group_of(&desk, opened).await, first);
    let follows = format!("SELECT follow_up_of::text FROM tickets WHERE id = '{opened}'");
    assert_eq!(desk.db.texts(&follows).await, [closed.to_string()]);
    let waits = format!("SELECT queued_at FROM tickets WHERE id = '{opened}'");
    assert_eq!(desk.db.texts(&waits).await, [""], "nothing is dealt out there");
}
