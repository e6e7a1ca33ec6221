//! Mails of the product to people who look after something: outside every conversation, so an answer to one is none to a customer.

use domain::{locale::Locale, mail::words::DeliveryState};
use jobs::{NewJob, SendMail};
use store::{
    outgoing::{self, Outgoing},
    user::User,
};
use uuid::Uuid;

use crate::{App, AppError, Tx};

/// Writes one notice to each person, in his language, with the jobs that send them. The same event is told to an address once.
/// Whether an address may get mail is asked when it is sent.
pub(crate) async fn send(
    app: &App,
    tx: &mut Tx,
    from_mailbox: Uuid,
    event_key: &str,
    people: Vec<User>,
    words: impl Fn(Locale) -> (String, String),
) -> Result<(), AppError> {
    let now = app.now();
    let mut jobs = Vec::with_capacity(people.len());
    for person in people {
        let locale = Locale::from_tag(&person.locale).unwrap_or_default();
        let (subject, body_text) = words(locale);
        let id = Uuid::now_v7();
        let row = Outgoing {
            id,
            kind: "notification".to_owned(),
            event_key: event_key.to_owned(),
            recipient: person.email,
            recipient_name: person.name,
            ticket_id: None,
            message_id: None,
            mailbox_id: from_mailbox,
            mail_message_id: format!("n.{}@{}", id.simple(), app.identity.mail_domain),
            in_reply_to: None,
            mail_references: Vec::new(),
            subject,
            body_text,
            locale: locale.as_str().to_owned(),
            hops: 1,
            state: DeliveryState::Queued.as_str().to_owned(),
            attempts: 0,
            maybe_duplicate: false,
            detail: None,
            created_at: now,
            state_at: now,
        };
        if outgoing::insert(tx.conn()?, &row).await? {
            jobs.push(NewJob::of(&SendMail { outgoing_mail_id: id }));
        }
    }
    tx.enqueue(&jobs).await?;
    Ok(())
}
