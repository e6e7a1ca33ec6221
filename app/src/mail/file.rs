//! Filing a mail as a message: in the ticket it belongs to, or in a new one.

use domain::{
    locale::Locale,
    mail::{
        autoresponse::{AutoResponse, AutoResponseContext, may_auto_respond},
        class::{Evidence, MailClass, hops},
        language::language,
        note::{Code, Note},
        receipt::receipt,
        threading::{Author, Decision, QuarantineReason},
        words::{MailReason, MailState},
    },
    ticket::{automatic, input},
};
use jobs::process_mail::Release;
use store::{
    attachment,
    audit::Actor,
    group, suppression,
    ticket::{self, Change, Message, Opening, Ticket},
};
use uuid::Uuid;

use super::{
    process::{Place, Run},
    words,
};
use crate::{
    AppError, Tx,
    mailbox::OVERLAP,
    sla::{Said, save},
    ticket::{
        Answered, Letter,
        category::{self, Beginning, Origin},
        conduct_of, queue_letters, state_of,
    },
};

/// How a message enters a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    /// As the customer's word.
    Customer { may_change_state: bool },
    /// As an agent's answer, which goes out to the participants.
    Agent,
    /// As an agent's note that nobody else gets: his answer was too large to be read, or the ticket's group leaves answers to its members.
    AgentNote,
    /// As a note that somebody claims to have written.
    Unverified,
    /// Hidden until an agent judges it.
    Held,
}

pub(super) async fn by_decision(tx: &mut Tx, run: &Run<'_>, decision: &Decision) -> Result<Place, AppError> {
    match decision {
        Decision::Append {
            ticket,
            author,
            may_change_state,
            add_cc,
            ..
        } => {
            let mut entry = match author {
                Author::Agent if run.too_large() => Entry::AgentNote,
                Author::Agent => Entry::Agent,
                Author::Participant | Author::OrganisationContact => Entry::Customer {
                    may_change_state: *may_change_state,
                },
            };
            let found = find(tx, *ticket).await?;
            if entry == Entry::Agent && !answers(tx, run, &found).await? {
                entry = Entry::AgentNote;
            }
            let mut place = append(tx, run, &found, entry).await?;
            for address in add_cc {
                if ticket::add_participant(tx.conn()?, found.summary.id, address, "", "cc", run.now).await? {
                    place
                        .effects
                        .push(Note::new(Code::ParticipantAdded).with("address", address));
                }
            }
            if *author == Author::OrganisationContact
                && let Some(sender) = run.incoming.facts.sender()
            {
                let (id, email) = (found.summary.id, sender.address.to_lowercase());
                ticket::add_participant(tx.conn()?, id, &email, &sender.name, "cc_pending", run.now).await?;
            }
            Ok(place)
        }
        Decision::AppendUnverifiedNote { ticket } => {
            let found = find(tx, *ticket).await?;
            append(tx, run, &found, Entry::Unverified).await
        }
        Decision::HoldThirdParty { ticket } => {
            let found = find(tx, *ticket).await?;
            append(tx, run, &found, Entry::Held).await
        }
        Decision::Quarantine { reason, ticket } => {
            let reason = match reason {
                QuarantineReason::ForgedParticipant => MailReason::ForgedParticipant,
                QuarantineReason::OrphanAutoReply => MailReason::OrphanAutoReply,
            };
            let ticket_id = match ticket {
                Some(number) => Some(find(tx, *number).await?.summary.id),
                None => None,
            };
            Ok(Place {
                ticket_id,
                ..Place::because(MailState::Quarantined, reason)
            })
        }
        Decision::SuggestAndNew { related } => {
            let mut place = open(tx, run, None).await?;
            if let Some(id) = place.ticket_id {
                let data = serde_json::json!({ "number": related });
                ticket::add_event(tx.conn()?, id, "possibly_related", &Actor::product(), data, run.now).await?;
            }
            place.effects.push(Note::ticket(Code::PossiblyRelated, *related));
            Ok(place)
        }
        Decision::FollowUp { of } => {
            let closed = find(tx, *of).await?;
            open(tx, run, Some(&closed)).await
        }
        Decision::NewTicket => open(tx, run, None).await,
        Decision::DeliveryEvent { .. } | Decision::DropOwnLoop => Err(AppError::Internal(
            "reports and loops are handled before filing".to_owned(),
        )),
    }
}

/// Links the tickets of a mail that came to two groups.
pub(super) async fn link(tx: &mut Tx, run: &Run<'_>, place: &mut Place, other: Uuid) -> Result<(), AppError> {
    let Some(own) = place.ticket_id.filter(|own| *own != other) else {
        return Ok(());
    };
    let (here, there) = (
        ticket::find(tx.conn()?, own, None).await?.summary.number,
        ticket::find(tx.conn()?, other, None).await?.summary.number,
    );
    for (id, number) in [(own, there), (other, here)] {
        let data = serde_json::json!({ "number": number });
        ticket::add_event(tx.conn()?, id, "cross_posted", &Actor::product(), data, run.now).await?;
    }
    place.effects.push(Note::ticket(Code::CrossPosted, there));
    Ok(())
}

/// What staff released goes where they said, as the customer's word.
pub(super) async fn released(tx: &mut Tx, run: &Run<'_>, release: &Release) -> Result<Place, AppError> {
    let mut place = match release.ticket_id {
        Some(id) => {
            let found = ticket::find_home_for_update(tx.conn()?, id).await?;
            append(tx, run, &found, Entry::Customer { may_change_state: true }).await?
        }
        None => open(tx, run, None).await?,
    };
    place.effects.push(Note::new(Code::Released).with("by", &release.by));
    Ok(place)
}

/// The agent who writes may answer the ticket, as far as its group has a say in it.
async fn answers(tx: &mut Tx, run: &Run<'_>, ticket: &Ticket) -> Result<bool, AppError> {
    if !ticket.members_handle || (run.account.is_some() && ticket.summary.assignee_id == run.account) {
        return Ok(true);
    }
    match run.account {
        Some(account) => Ok(group::handles(tx.conn()?, ticket.summary.group_id, account).await?),
        None => Ok(false),
    }
}

async fn find(tx: &mut Tx, number: i64) -> Result<Ticket, AppError> {
    let found = ticket::find_by_number(tx.conn()?, number).await?;
    // It may have become a part of another one since the mail was looked at.
    Ok(ticket::find_home_for_update(tx.conn()?, found.summary.id).await?)
}

/// The sender as the one who acts.
fn actor(run: &Run<'_>) -> (Actor, String) {
    let Some(sender) = run.incoming.facts.sender() else {
        return (
            Actor {
                kind: "mail",
                name: words::blanks(run.mailbox).no_sender.to_owned(),
                ..Actor::default()
            },
            String::new(),
        );
    };
    let email = sender.address.to_lowercase();
    let name = if sender.name.trim().is_empty() {
        email.clone()
    } else {
        input::subject_from_mail(&sender.name, &email)
    };
    (
        Actor {
            kind: "mail",
            user_id: run.account,
            name,
            ..Actor::default()
        },
        email,
    )
}

fn message(run: &Run<'_>, ticket: Uuid, entry: Entry, actor: &Actor, email: &str) -> Message {
    let (kind, direction) = match entry {
        Entry::Customer { .. } | Entry::Held => ("reply", "in"),
        Entry::Agent => ("reply", "out"),
        Entry::AgentNote | Entry::Unverified => ("note", "internal"),
    };
    let text: String = run.incoming.text.replace('\0', "");
    Message {
        id: Uuid::now_v7(),
        ticket_id: ticket,
        kind: kind.to_owned(),
        direction: direction.to_owned(),
        author_user_id: actor.user_id,
        author_email: Some(email.to_owned()).filter(|email| !email.is_empty()),
        author_name: actor.name.clone(),
        is_staff: matches!(entry, Entry::Agent | Entry::AgentNote),
        quoted_from: run
            .incoming
            .quoted_from
            .filter(|at| text.is_char_boundary(*at))
            .and_then(|at| i32::try_from(at).ok()),
        body_text: text,
        body_html: run.incoming.html.clone(),
        held: entry == Entry::Held,
        verified: entry != Entry::Unverified && run.doubt.is_none(),
        raw_mail_id: Some(run.mail.summary.id),
        created_at: run.now,
    }
}

async fn append(tx: &mut Tx, run: &Run<'_>, ticket: &Ticket, entry: Entry) -> Result<Place, AppError> {
    let (actor, email) = actor(run);
    let id = ticket.summary.id;
    let new = message(run, id, entry, &actor, &email);
    ticket::insert_message(tx.conn()?, &new).await?;
    adopt(tx, run, new.id).await?;
    let before = state_of(ticket)?;
    let mut change = Change::of(ticket);
    change.new_message = true;
    let human = run.class == MailClass::Human;
    let mut said: &[Said] = &[];
    let after = match entry {
        Entry::Customer { may_change_state: true } if human => {
            change.unanswered = true;
            said = &[Said::CustomerMessage];
            automatic::after_customer_message(before, conduct_of(ticket, run.now)).unwrap_or(before)
        }
        Entry::Agent if human => {
            change.unanswered = false;
            said = &[Said::AgentReply];
            automatic::after_agent_reply(before)
        }
        _ => before,
    };
    if after != before {
        change.state = after.as_str().to_owned();
        let data = serde_json::json!({ "from": before.as_str(), "to": after.as_str() });
        ticket::add_event(tx.conn()?, id, "state_changed", &actor, data, run.now).await?;
    }
    save(run.app, tx, ticket, &change, said, &actor, run.now).await?;
    remember(tx, run, id).await?;
    let entry_line = store::audit::Entry {
        action: "ticket.mail",
        subject_type: "ticket",
        subject_id: Some(id),
        data: serde_json::json!({ "mail_id": run.mail.summary.id, "message_id": new.id }),
    };
    store::audit::append(tx.conn()?, &actor, run.now, entry_line).await?;
    let mut effects = vec![Note::ticket(Code::MessageAdded, ticket.summary.number)];
    if after != before {
        let states = Note::new(Code::StateChanged)
            .with("from", before.as_str())
            .with("to", after.as_str());
        effects.push(states);
    }
    if entry == Entry::Agent {
        let letter = Letter::Reply {
            message_id: new.id,
            body: &new.body_text,
        };
        effects.extend(queue_letters(run.app, tx, run.mailboxes, ticket, letter, run.now).await?);
    }
    // Strangers, and those who only claim to be an agent, are not told about a ticket.
    if run.too_large() && matches!(entry, Entry::Customer { .. } | Entry::AgentNote) && !email.is_empty() {
        let stored = ticket::find(tx.conn()?, id, None).await?;
        effects.extend(answer(tx, run, &stored, &actor, &email, false).await?);
    }
    Ok(Place {
        ticket_id: Some(id),
        effects,
        ..Place::new(MailState::Processed)
    })
}

/// The language of the ticket: the account's own, else that of the mail, else the mailbox's.
fn locale<'a>(run: &Run<'a>) -> &'a str {
    let incoming = run.incoming;
    let fresh = incoming.quoted_from.and_then(|at| incoming.text.get(..at));
    let header = incoming.facts.headers.get("Content-Language");
    let spoken = || language(header, &incoming.facts.subject, fresh.unwrap_or(&incoming.text));
    run.account_locale
        .or_else(|| spoken().map(Locale::as_str))
        .unwrap_or(&run.mailbox.locale)
}

/// Opens a ticket; a follow-up takes the group and the tags of the closed one, not its participants: whoever writes now asks.
async fn open(tx: &mut Tx, run: &Run<'_>, follow_up: Option<&Ticket>) -> Result<Place, AppError> {
    let (actor, email) = actor(run);
    let id = Uuid::now_v7();
    let address = if email.is_empty() {
        run.mailbox.address.clone()
    } else {
        email.clone()
    };
    let since = receipt(run.mail.internal_date, run.mail.summary.received_at).min(run.now);
    let known = category::known(run.app, tx.conn()?).await?;
    let from = match follow_up {
        Some(closed) => Origin::Ticket(closed.summary.category_id),
        None => Origin::Mailbox(run.mailbox.category_id),
    };
    let begins = Beginning::of(&known, from)?;
    let priority = begins.routing.priority.unwrap_or_default();
    let group = match follow_up {
        Some(closed) => Some(category::home(tx, &known, closed).await?.id),
        None => begins.routing.group,
    };
    let row = ticket::NewTicket {
        id,
        subject: &input::subject_from_mail(&run.incoming.facts.subject, words::blanks(run.mailbox).no_subject),
        priority: priority.as_str(),
        source: "mail",
        requester_email: &address,
        requester_name: &actor.name,
        requester_proven: run.doubt.is_none(),
        group_id: group,
        mailbox_id: Some(run.mailbox.id),
        locale: Some(locale(run)),
        follow_up_of: follow_up.map(|closed| closed.summary.id),
        tags: follow_up.map_or(&[], |closed| closed.summary.tags.as_slice()),
        category_id: begins.id,
        project_id: follow_up.and_then(|closed| closed.project_id),
        related: follow_up.map(|closed| closed.related).unwrap_or_default(),
        explained: begins.explained(true, true),
        at: run.now,
        since,
    };
    let mut new = message(run, id, Entry::Customer { may_change_state: true }, &actor, &email);
    new.created_at = since;
    let promises = run.app.sla.promises(tx.conn()?, priority, &begins.path, since).await?;
    let opening = Opening {
        ticket: row,
        promises: &promises,
        actor: &actor,
        message: Some(&new),
        jobs: &[],
        key: None,
    };
    let stored = ticket::open(tx.conn()?, &opening).await?;
    run.app.sla.opened(&stored);
    let number = stored.summary.number;
    adopt(tx, run, new.id).await?;
    remember(tx, run, id).await?;
    if let Some(why) = run.doubt {
        let data = serde_json::json!({ "reason": why.as_str() });
        ticket::add_event(tx.conn()?, id, "sender_unverified", &Actor::product(), data, run.now).await?;
    }
    let mut effects = vec![Note::ticket(Code::TicketOpened, number)];
    if !email.is_empty() {
        effects.extend(answer(tx, run, &stored, &actor, &email, true).await?);
    }
    Ok(Place {
        ticket_id: Some(id),
        effects,
        ..Place::new(MailState::Processed)
    })
}

/// Queues the automatic answer (the acknowledgement, or the word that the mail was too large), or says why there is none.
async fn answer(
    tx: &mut Tx,
    run: &Run<'_>,
    ticket: &Ticket,
    actor: &Actor,
    email: &str,
    opened: bool,
) -> Result<Vec<Note>, AppError> {
    let kind = if run.too_large() { "too_large" } else { "auto_ack" };
    if !run.too_large() && !run.mailbox.auto_ack {
        return Ok(vec![unanswered(kind, Evidence::known(Code::MailboxSilent))]);
    }
    let suppressed = suppression::of(tx.conn()?, email, run.now).await?.is_some();
    let context = AutoResponseContext {
        class: run.class,
        own: run.own,
        // What lay there before the mailbox was ours is old.
        importing: run
            .mail
            .internal_date
            .is_some_and(|at| at + OVERLAP < run.mailbox.created_at),
        suppressed,
    };
    let facts = &run.incoming.facts;
    if let AutoResponse::Refused(why) = may_auto_respond(facts, context) {
        return Ok(vec![unanswered(kind, why)]);
    }
    let answered = Answered {
        first: opened,
        hops: hops(facts) + 1,
        message_id: Some(run.incoming.message_id.as_str())
            .filter(|id| facts.message_id.as_deref().map(str::trim) == Some(id)),
    };
    let letter = if run.too_large() {
        Letter::TooLarge {
            mail_id: run.mail.summary.id,
            to: email,
            name: &actor.name,
            answered,
        }
    } else {
        Letter::Acknowledgement(answered)
    };
    queue_letters(run.app, tx, run.mailboxes, ticket, letter, run.now).await
}

/// Why an automatic mail is not sent.
fn unanswered(kind: &str, why: Evidence) -> Note {
    let note = Note::new(Code::NoAutomaticMail)
        .with("mail", kind)
        .with("why", why.meaning.as_str());
    if why.header.is_empty() {
        return note;
    }
    note.with("header", why.header).with("value", why.value)
}

/// Gives the mail's files to its message; those of earlier attempts as well, when there were any.
async fn adopt(tx: &mut Tx, run: &Run<'_>, message: Uuid) -> Result<(), AppError> {
    if run.incoming.attachments.is_empty() && run.mail.version == 1 {
        return Ok(());
    }
    Ok(attachment::adopt(tx.conn()?, run.mail.summary.id, message).await?)
}

/// Message-IDs by which later mails find the ticket.
async fn remember(tx: &mut Tx, run: &Run<'_>, ticket: Uuid) -> Result<(), AppError> {
    let facts = &run.incoming.facts;
    let mut ids = vec![run.incoming.message_id.clone()];
    ids.extend(facts.in_reply_to.iter().chain(&facts.references).take(50).cloned());
    Ok(ticket::remember_message_ids(tx.conn()?, ticket, &ids, run.now).await?)
}
