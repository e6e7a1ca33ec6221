//! Mentions in notes of tickets and customers: who can be mentioned, and telling him.

use domain::{
    message::{Message, of_mention},
    notification::Topic,
    permission::Permission,
};
use store::{
    event::{self, NewEvent},
    mailbox,
    user::{self, User},
};
use uuid::Uuid;

use crate::{
    App, AppError, Caller, Tx,
    mail::sender,
    notification::{self, Concerned, News},
};

/// Most people that one note mentions.
const MOST: usize = 20;

/// Where somebody is mentioned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// `ticket` or `customer`.
    pub(crate) kind: &'static str,
    /// Its id.
    pub(crate) id: Uuid,
    /// What people call it.
    pub(crate) name: &'a str,
    /// Page that shows the note.
    pub(crate) path: &'a str,
    /// Note; nobody is told of it twice.
    pub(crate) note: Uuid,
    /// Mailbox whose name mails are sent in; any that is in use without one.
    pub(crate) mailbox: Option<Uuid>,
}

/// The people of these ids, each once, who all may read such a note.
///
/// # Errors
/// [`AppError::Invalid`] at `/mentions`: `unknown_agent` when one is nobody of staff, `may_not_see` when one may not read it, `too_many`.
pub(crate) async fn people(tx: &mut Tx, ids: &[Uuid], needed: Permission) -> Result<Vec<User>, AppError> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MOST {
        return Err(AppError::invalid(
            "/mentions",
            "too_many",
            "a note mentions 20 people at most",
        ));
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = user::agents_among(tx.conn()?, &ids).await?;
    if found.len() != ids.len() {
        return Err(AppError::invalid("/mentions", "unknown_agent", "is no agent"));
    }
    let blind = |person: &&User| !person.permissions.iter().any(|held| held == needed.as_str());
    if let Some(person) = found.iter().find(blind) {
        return Err(AppError::invalid(
            "/mentions",
            "may_not_see",
            format!("{} may not read this note", person.name),
        ));
    }
    Ok(found)
}

/// Tells people that they are mentioned, each as he chose and once for a note: that, by whom and where, but not what it says. Nobody
/// tells himself.
pub(crate) async fn tell(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    place: Place<'_>,
    people: Vec<User>,
) -> Result<(), AppError> {
    let others: Vec<User> = people
        .into_iter()
        .filter(|person| person.id != caller.user_id)
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    let mailboxes = mailbox::all(tx.conn()?).await?;
    let from = sender(&mailboxes, place.mailbox);
    let key = format!("mention.{}", place.note);
    let news = News {
        topic: Topic::Mention,
        message: Message::Mentioned,
        key: &key,
        path: place.path,
        from: from.map(|mailbox| mailbox.id),
    };
    let url = format!("{}{}", app.identity.public_url, place.path);
    let concerned = Concerned {
        named: others,
        actor: Some(caller.user_id),
        ..Concerned::default()
    };
    let people = notification::whom(tx, Topic::Mention, concerned).await?;
    let told = notification::tell(app, tx, &news, people, |_| {
        of_mention(&caller.actor.name, place.name, url.clone())
    })
    .await?;
    for id in told.in_app {
        let made = NewEvent {
            kind: "mention.made",
            subject_type: place.kind,
            subject_id: place.id,
            permission: None,
            user_id: Some(id),
            data: serde_json::json!({ "by": caller.actor.name, "path": place.path }),
        };
        event::append(tx.conn()?, made).await?;
    }
    Ok(())
}
