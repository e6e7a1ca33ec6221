//! The language in which somebody is answered.

use domain::mail::words::StartPoint;

use super::{
    desk::{Desk, mail},
    release::{newest_ticket, receive},
};

const ENGLISH: &str = "Hello, my server does not answer since this morning. Could you please have a look at it?";

#[tokio::test]
async fn a_mail_is_answered_in_the_language_of_its_sender() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    desk.db.execute("UPDATE mailboxes SET locale = 'fr'").await;
    desk.db
        .execute(
            "INSERT INTO users (id, email, name, password_hash, role_id, locale, status)
             SELECT gen_random_uuid(), 'ana@example.dz', 'Ana', '', id, 'ar', 'active' FROM roles WHERE key = 'client'",
        )
        .await;
    for (n, (from, header, body, wanted)) in [
        ("bob@example.dz", "", ENGLISH, "en"),
        ("cyd@example.dz", "Content-Language: ar-DZ\r\n", ENGLISH, "ar"),
        ("dan@example.dz", "", "VPS 42", "fr"),
        ("ana@example.dz", "Content-Language: en\r\n", ENGLISH, "ar"),
    ]
    .into_iter()
    .enumerate()
    {
        receive(
            &desk,
            mailbox,
            mail(from, "VPS", &format!("{n}@example.dz"), header, body),
        )
        .await;
        let ticket = newest_ticket(&desk).await;
        let spoken = format!("SELECT locale FROM tickets WHERE id = '{ticket}'");
        assert_eq!(desk.db.texts(&spoken).await, [wanted], "{from}");
    }
}
