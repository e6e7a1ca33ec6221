//! A customer who is not satisfied.

use domain::{
    message::{Message, of_rating, of_ticket},
    notification::Topic,
    ticket::survey as rules,
};
use store::{
    mailbox,
    ticket::{self, survey},
};
use uuid::Uuid;

use crate::{
    App, AppError,
    mail::sender,
    notification::{self, Concerned, News},
};

/// Tells whoever has the ticket that its customer is not satisfied. Once for each survey, however often it runs.
///
/// # Errors
/// When the database refuses.
pub async fn alarm(app: &App, id: Uuid) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let found = survey::find(tx.conn()?, id).await?;
    let ticket = ticket::find(tx.conn()?, found.ticket_id, None).await?;
    let Some(rating) = found.rating.filter(|rating| *rating <= rules::BAD) else {
        return Ok(());
    };
    let concerned = Concerned {
        assignee: ticket.summary.assignee_id,
        ticket: Some(ticket.summary.id),
        ..Concerned::default()
    };
    let people = notification::whom(&mut tx, Topic::BadRating, concerned).await?;
    let mailboxes = mailbox::all(tx.conn()?).await?;
    let from = sender(&mailboxes, ticket.mailbox_id);
    let (key, path) = (format!("survey.{id}"), format!("/t/{}", ticket.summary.id));
    let news = News {
        topic: Topic::BadRating,
        message: Message::BadRating,
        key: &key,
        path: &path,
        from: from.map(|mailbox| mailbox.id),
    };
    notification::tell(app, &mut tx, &news, people, |_| {
        let url = format!("{}{path}", app.identity.public_url);
        of_rating(of_ticket(ticket.summary.number, &ticket.summary.subject, url), rating)
    })
    .await?;
    tx.commit().await
}
