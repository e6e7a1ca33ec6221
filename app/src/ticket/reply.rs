//! Answering and noting.

use chrono::{DateTime, Utc};
use domain::{
    permission::Permission,
    ticket::{State, automatic, input, transition, writing::Format},
};
use store::{
    mailbox,
    ticket::{
        self, Change, Message, Ticket,
        mention::{self as mentions, Mention},
    },
    user::User,
};
use uuid::Uuid;

use super::{Letter, check_version, conduct_of, facts_of, handles, queue_letters, state_of};
use crate::{
    App, AppError, Caller, Tx, canned,
    mention::{self, Place},
    sla::{Said, save},
};

/// Most canned replies that one message is made of.
const CANNED_MAX: usize = 20;

/// A message as asked for.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// A private note instead of a public reply.
    pub note: bool,
    /// What it says.
    pub body: String,
    /// How that is to be read.
    pub format: Format,
    /// Uploads that go with it.
    pub attachment_ids: Vec<Uuid>,
    /// State to set with an agent's reply; `answered` when absent.
    pub next_state: Option<State>,
    /// Canned replies that it was made of; counted for a public reply of staff.
    pub canned_reply_ids: Vec<Uuid>,
    /// Agents whom a note mentions.
    pub mentions: Vec<Uuid>,
    /// They watch the ticket from now on.
    pub watch: bool,
    /// Its writer sends it in person: it ends his draft of the kind. A program that writes in his name has not sent what he is writing.
    pub ends_draft: bool,
    /// Version of the draft that it is, 0 for none; whatever there is without it.
    pub draft_version: Option<i32>,
    /// Refuse when the ticket changed since this version was read.
    pub expected_version: Option<i32>,
}

/// What was stored.
#[derive(Debug)]
pub struct Sent {
    /// The message.
    pub message: Message,
    /// Whom it mentions.
    pub mentions: Vec<Mention>,
    /// Version of the ticket now.
    pub version: i32,
}

/// Adds a reply or a note. A public reply of staff goes out by mail, one job for each recipient; a customer's gives the ball
/// back to staff.
///
/// # Errors
/// [`AppError::Conflict`] `ticket_changed` when `expected_version` is not the present one, `draft_changed` when the draft that it ends is
/// another one than `draft_version`; [`AppError::Refused`] when the
/// state does not allow it.
pub async fn send(app: &App, caller: &Caller, id: Uuid, new: NewMessage) -> Result<Sent, AppError> {
    let scope = caller.ticket_scope()?;
    let staff = scope.is_none();
    if staff {
        caller.need(Permission::TicketsReply)?;
    } else if new.note || new.next_state.is_some() || !new.canned_reply_ids.is_empty() || !new.mentions.is_empty() {
        return Err(AppError::Forbidden);
    }
    let body = input::body(&new.body).map_err(|error| AppError::invalid("/body", error.code(), error))?;
    if new.attachment_ids.len() > input::ATTACHMENTS_MAX {
        return Err(AppError::invalid(
            "/attachment_ids",
            "too_many",
            "a message may have 20 attachments at most",
        ));
    }
    if new.canned_reply_ids.len() > CANNED_MAX {
        return Err(AppError::invalid(
            "/canned_reply_ids",
            "too_many",
            "a message is made of 20 canned replies at most",
        ));
    }
    if !new.mentions.is_empty() && !new.note {
        return Err(AppError::invalid(
            "/mentions",
            "notes_only",
            "only private notes mention people",
        ));
    }
    let written = super::writing::written(app, new.format, body).await?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, scope).await?;
    if check_version(&ticket, new.expected_version).is_err() {
        return Err(AppError::Conflict {
            code: "ticket_changed".to_owned(),
            detail: "the ticket changed since you read it; look at what is new before you send".to_owned(),
        });
    }
    if !new.note {
        handles(&mut tx, caller, &ticket).await?;
    }
    let before = state_of(&ticket)?;
    let after = if new.note {
        before
    } else {
        next_state(caller, &ticket, &new, now)?
    };
    let message = Message {
        id: Uuid::now_v7(),
        ticket_id: id,
        kind: if new.note { "note" } else { "reply" }.to_owned(),
        direction: if new.note {
            "internal"
        } else if staff {
            "out"
        } else {
            "in"
        }
        .to_owned(),
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
    if !staff {
        // Somebody who sees it by its project hears of the answer to what he writes.
        ticket::add_participant(tx.conn()?, id, &caller.email, &caller.actor.name, "contributor", now).await?;
    }
    ticket::insert_message(tx.conn()?, &message).await?;
    super::create::attach(&mut tx, caller, &new.attachment_ids, message.id).await?;
    let mentioned = mention::people(&mut tx, &new.mentions, Permission::TicketsView).await?;
    let mut change = Change::of(&ticket);
    change.new_message = true;
    change.state = after.as_str().to_owned();
    if !new.note {
        change.unanswered = !staff;
        change.asks = staff && after == State::WaitingForResponse;
        if staff {
            change.delivery_failed = false;
        }
    }
    if after != before {
        let data = serde_json::json!({ "from": before.as_str(), "to": after.as_str() });
        ticket::add_event(tx.conn()?, id, "state_changed", &caller.actor, data, now).await?;
    }
    let said: &[Said] = match (new.note, staff) {
        (true, _) => &[],
        (false, true) => &[Said::AgentReply],
        (false, false) => &[Said::CustomerMessage],
    };
    save(app, &mut tx, &ticket, &change, said, &caller.actor, now).await?;
    let entry = store::audit::Entry {
        action: if new.note { "ticket.note" } else { "ticket.reply" },
        subject_type: "ticket",
        subject_id: Some(id),
        data: serde_json::json!({ "message_id": message.id, "state": after.as_str() }),
    };
    store::audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    let mentions = mention_all(app, &mut tx, caller, &ticket, (message.id, mentioned, new.watch)).await?;
    if new.ends_draft {
        super::draft::end(&mut tx, caller, id, new.note, new.draft_version).await?;
    }
    if staff && !new.note {
        canned::used(&mut tx, message.id, &new.canned_reply_ids).await?;
        let letter = Letter::Reply {
            message_id: message.id,
            body: &message.body_text,
        };
        let mailboxes = mailbox::all(tx.conn()?).await?;
        queue_letters(app, &mut tx, &mailboxes, &ticket, letter, now).await?;
    }
    tx.commit().await?;
    Ok(Sent {
        message,
        mentions,
        version: ticket.summary.version + 1,
    })
}

/// Notes whom a note mentions, and tells them; they watch the ticket, if that is wanted.
async fn mention_all(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    ticket: &Ticket,
    (note, people, watch): (Uuid, Vec<User>, bool),
) -> Result<Vec<Mention>, AppError> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = people.iter().map(|person| person.id).collect();
    mentions::insert(tx.conn()?, note, &ids).await?;
    if watch {
        for person in &people {
            super::watch::enrol(app, tx, caller, ticket, (&person.email, &person.name)).await?;
        }
    }
    let id = ticket.summary.id;
    let place = Place {
        kind: "ticket",
        id,
        name: &format!("{} ({})", ticket.summary.subject, ticket.summary.number),
        path: &format!("/t/{id}"),
        note,
        mailbox: ticket.mailbox_id,
    };
    mention::tell(app, tx, caller, place, people).await?;
    Ok(mentions::of_messages(tx.conn()?, &[note]).await?)
}

fn next_state(
    caller: &Caller,
    ticket: &ticket::Ticket,
    new: &NewMessage,
    now: DateTime<Utc>,
) -> Result<State, AppError> {
    let facts = facts_of(ticket)?;
    if !caller.is_staff() {
        return automatic::after_customer_message(facts.state, conduct_of(ticket, now))
            .ok_or_else(|| AppError::refused("ticket_closed", "this ticket is closed; open a new one"));
    }
    if facts.state == State::Closed {
        return Err(AppError::Refused {
            code: "ticket_closed".to_owned(),
            message: "reopen the ticket before you reply".to_owned(),
            allowed: vec!["note".to_owned()],
        });
    }
    let to = new
        .next_state
        .unwrap_or_else(|| automatic::after_agent_reply(facts.state));
    if to == facts.state {
        return Ok(to);
    }
    let request = transition::Request {
        to,
        reason: None,
        with_reply: true,
        no_reply_needed: None,
    };
    transition::decide(caller.as_ticket_actor(), facts, request)
        .map_err(|refusal| super::transition::refused(caller.as_ticket_actor(), facts, &refusal))?;
    Ok(to)
}
