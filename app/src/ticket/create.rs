//! Opening a ticket from the web or the API.

use domain::{
    permission::Permission,
    ticket::{Priority, input, writing::Format},
};
use jobs::{AcknowledgeTicket, NewJob};
use store::{
    attachment,
    ticket::{self, Message, Related, Ticket},
};
use uuid::Uuid;

use super::{
    category::{Beginning, Origin},
    openings::Wish,
};
use crate::{App, AppError, Caller, FieldError, tx::traced, wall};

/// Somebody a ticket is opened for.
#[derive(Debug, Clone)]
pub struct Requester {
    /// Address.
    pub email: String,
    /// Name.
    pub name: Option<String>,
}

/// A ticket as asked for.
#[derive(Debug, Clone)]
pub struct NewTicket {
    /// Subject.
    pub subject: String,
    /// First message.
    pub body: String,
    /// How that is to be read.
    pub format: Format,
    /// Priority; medium when absent.
    pub priority: Option<Priority>,
    /// Category; the default when absent.
    pub category_id: Option<Uuid>,
    /// Project to file it under.
    pub project_id: Option<Uuid>,
    /// What it is about besides its customer; staff only.
    pub related: Related,
    /// On whose behalf; staff only.
    pub requester: Option<Requester>,
    /// Uploads that go with the message.
    pub attachment_ids: Vec<Uuid>,
}

/// Opens a ticket. The requester's acknowledgement is a job of the same transaction.
///
/// # Errors
/// [`AppError::Invalid`] names every wrong field; [`AppError::Forbidden`] when the caller may not act for others.
pub async fn create(app: &App, caller: &Caller, new: NewTicket) -> Result<Ticket, AppError> {
    let staff = caller.is_staff();
    if staff {
        caller.need(Permission::TicketsCreate)?;
    } else {
        caller.need(Permission::TicketsOwn)?;
        if new.requester.is_some() || !new.related.is_empty() {
            return Err(AppError::Forbidden);
        }
    }
    let (subject, body, requester) = validate(&new, caller)?;
    if let Some(project) = new.project_id {
        super::project::opens_in(app, caller, project, &requester.0).await?;
    }
    let written = super::writing::written(app, new.format, body).await?;
    let now = app.now();
    let id = Uuid::now_v7();
    let known = match app.categories.fresh() {
        Some(known) => known,
        None => app.categories.read(&mut *app.conn().await?).await?,
    };
    let from = new.category_id.map_or(Origin::Mailbox(None), Origin::Person);
    let category = Beginning::of(&known, from)?;
    let priority = new.priority.or(category.routing.priority).unwrap_or_default();
    let message = Message {
        id: Uuid::now_v7(),
        ticket_id: id,
        kind: "reply".to_owned(),
        direction: "in".to_owned(),
        author_user_id: Some(caller.user_id),
        author_email: Some(caller.email.clone()),
        author_name: caller.actor.name.clone(),
        is_staff: staff,
        body_text: written.text,
        body_html: written.html,
        quoted_from: None,
        held: false,
        verified: true,
        raw_mail_id: None,
        created_at: now,
    };
    let present = match app.sla.known() {
        Some(present) => present,
        None => app.sla.read(&mut *app.conn().await?).await?,
    };
    let acknowledge = NewJob::of(&AcknowledgeTicket { ticket_id: id }).actor(caller.user_id);
    let wish = Wish {
        id,
        subject,
        priority: priority.as_str(),
        source: if staff { "agent" } else { "client" },
        requester,
        group_id: category.routing.group,
        category_id: category.id,
        project_id: new.project_id,
        related: new.related,
        explained: category.explained(true, new.priority.is_none()),
        promises: present.promises(priority, &category.path, now, staff),
        message,
        actor: caller.actor.clone(),
        jobs: traced(vec![acknowledge]),
    };
    // Behind the wall everybody has a connection of his own, and nobody's statement may see what another's sees.
    let alone = new.project_id.is_some() || !new.attachment_ids.is_empty() || wall::person().is_some();
    let opened = if alone {
        by_itself(app, caller, &wish, &new.attachment_ids).await?
    } else {
        app.openings.open(app, wish).await?
    };
    app.sla.opened(&opened);
    Ok(opened)
}

/// Opens a ticket in a transaction of its own, with the uploads that go with its message.
async fn by_itself(app: &App, caller: &Caller, wish: &Wish, attachments: &[Uuid]) -> Result<Ticket, AppError> {
    let mut tx = app.begin().await?;
    let opened = ticket::open(tx.conn()?, &wish.opening(None)).await?;
    if opened.project_id != wish.project_id {
        // It was archived, or withdrawn from who asks, since it was looked at.
        return Err(super::project::unknown());
    }
    tx.wake(&wish.jobs);
    if !attachments.is_empty() {
        attach(&mut tx, caller, attachments, wish.message.id).await?;
    }
    tx.commit().await?;
    Ok(opened)
}

/// Checks every field and reports all mistakes at once.
fn validate(new: &NewTicket, caller: &Caller) -> Result<(String, String, (String, String)), AppError> {
    let mut errors = Vec::new();
    let mut keep = |pointer: &str, result: Result<String, input::Invalid>| {
        result.unwrap_or_else(|error| {
            errors.push(FieldError::new(pointer, error.code(), error));
            String::new()
        })
    };
    let subject = keep("/subject", input::subject(&new.subject));
    let body = keep("/body", input::body(&new.body));
    let requester = match &new.requester {
        Some(person) => {
            let email = keep("/requester/email", input::address(&person.email));
            let name = person.name.as_deref().and_then(|name| input::subject(name).ok());
            let name = name.unwrap_or_else(|| email.clone());
            (email, name)
        }
        None => (caller.email.clone(), caller.actor.name.clone()),
    };
    if new.attachment_ids.len() > input::ATTACHMENTS_MAX {
        errors.push(FieldError::new(
            "/attachment_ids",
            "too_many",
            "a message may have 20 attachments at most",
        ));
    }
    if errors.is_empty() {
        Ok((subject, body, requester))
    } else {
        Err(AppError::Invalid(errors))
    }
}

/// Gives uploads to a message; refuses when one is not the caller's or already used.
pub(crate) async fn attach(
    tx: &mut crate::Tx,
    caller: &Caller,
    ids: &[Uuid],
    message_id: Uuid,
) -> Result<(), AppError> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let found = attachment::attach(tx.conn()?, &ids, caller.user_id, message_id).await?;
    if found == ids.len() {
        return Ok(());
    }
    Err(AppError::invalid(
        "/attachment_ids",
        "unknown_upload",
        "an upload is unknown, somebody else's, already used or infected; upload another file",
    ))
}
