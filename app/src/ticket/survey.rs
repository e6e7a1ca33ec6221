//! The satisfaction survey: asked about a resolution by mail, answered by the mail's link or in the portal.

use chrono::TimeDelta;
use domain::{
    mail::{address::OwnAddresses, token::TokenKeys},
    message::{Message, of_rating, of_ticket},
    notification::Topic,
    ticket::{State, survey as rules},
};
use jobs::{NewJob, SurveyTicket};
use serde_json::json;
use store::{
    audit::{self, Actor},
    event, mailbox, outgoing, suppression,
    ticket::{
        self, Change, Ticket,
        survey::{self, Survey},
    },
    user,
};
use uuid::Uuid;

use super::{Letter, queue_letters, state_of};
use crate::{
    App, AppError, Caller, FieldError, Tx,
    account::{Origin, links::invalid as invalid_link},
    mail::{sender, tokens},
    notification::{self, News},
};

/// An answer as given.
#[derive(Debug, Clone)]
pub struct Answer {
    /// 1 to 5.
    pub rating: i16,
    /// In his own words.
    pub comment: Option<String>,
}

/// What is known of a ticket's surveys.
#[derive(Debug)]
pub struct Surveys {
    /// The newest resolution first; for the requester the present one alone.
    pub all: Vec<Survey>,
    /// The caller may rate the present resolution now.
    pub offered: bool,
}

/// What the link of a survey opens. Of the ticket no more than its number: who holds the link need not be who may read it.
#[derive(Debug)]
pub struct Opened {
    /// Number of the ticket.
    pub number: i64,
    /// The survey.
    pub survey: Survey,
    /// It may be answered, or the answer changed, now.
    pub open: bool,
}

/// Plans the question about a resolution that is being written, when the ticket's group asks.
pub(crate) async fn plan(app: &App, tx: &mut Tx, ticket: &Ticket, change: &Change) -> Result<(), AppError> {
    let resolved = State::Resolved.as_str();
    if change.state != resolved || ticket.summary.state == resolved {
        return Ok(());
    }
    let Some(hours) = survey::delay(tx.conn()?, change.group_id).await? else {
        return Ok(());
    };
    let job = SurveyTicket::Ask {
        ticket_id: ticket.summary.id,
        cycle: ticket.resolutions + 1,
    };
    let at = app.now() + TimeDelta::hours(i64::from(hours));
    tx.enqueue(&[NewJob::of(&job).run_at(at)]).await?;
    Ok(())
}

/// A survey of the present resolution, not written yet.
fn new(app: &App, ticket: &Ticket, cycle: i32) -> Survey {
    let now = app.now();
    Survey {
        id: Uuid::now_v7(),
        ticket_id: ticket.summary.id,
        cycle,
        email: ticket.summary.requester_email.clone(),
        group_id: ticket.summary.group_id,
        agent_id: ticket.summary.assignee_id,
        asked_at: None,
        not_asked: None,
        expires_at: now + rules::LIFE,
        rating: None,
        comment: None,
        channel: None,
        answered_at: None,
        changed_at: None,
        created_at: now,
    }
}

/// Asks about a resolution. Whether it still stands, and whether the requester may be asked, is looked at in the transaction that asks;
/// run again it finds that it was.
///
/// # Errors
/// When the database refuses; a ticket that is gone needs no question.
pub async fn ask(app: &App, id: Uuid, cycle: i32) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, None).await?;
    if survey::of_cycle(tx.conn()?, id, cycle).await?.is_some() {
        return Ok(());
    }
    let to = ticket.summary.requester_email.as_str();
    let mailboxes = mailbox::all(tx.conn()?).await?;
    // Two tickets of one requester may be asked about at the same time: the second sees that the first was.
    outgoing::hold(tx.conn()?, to).await?;
    let facts = rules::Asking {
        enabled: survey::delay(tx.conn()?, ticket.summary.group_id).await?.is_some(),
        state: state_of(&ticket)?,
        resolutions: ticket.resolutions,
        cycle,
        merged: ticket.merged_into.is_some(),
        email: to,
        own: OwnAddresses::new(mailboxes.iter().map(|mailbox| mailbox.address.as_str())).contains(to),
        machine: survey::opened_by_machine(tx.conn()?, id).await?,
        suppressed: suppression::of(tx.conn()?, to, now).await?.is_some(),
        declined: notification::survey_declined(app, &mut tx, to).await?,
        last_asked: survey::last_asked(tx.conn()?, to).await?,
    };
    let mut written = new(app, &ticket, cycle);
    let refused = match rules::ask(facts, now) {
        Ok(()) => {
            let letter = Letter::Survey { survey_id: written.id };
            let mut reader = ticket.clone();
            if let Some(person) = ticket.summary.requester_user_id {
                reader.locale = user::by_id(tx.conn()?, person).await?.locale;
            }
            let notes = queue_letters(app, &mut tx, &mailboxes, &reader, letter, now).await?;
            notes.iter().find_map(|note| note.params.get("why").cloned())
        }
        Err(why) => match why.as_str() {
            Some(word) => Some(word.to_owned()),
            None => return Ok(()),
        },
    };
    if refused.is_none() {
        written.asked_at = Some(now);
    }
    written.not_asked = refused;
    survey::insert(tx.conn()?, &written).await?;
    let (action, data) = match &written.not_asked {
        None => ("ticket.survey_ask", json!({ "cycle": cycle })),
        Some(why) => ("ticket.survey_skip", json!({ "cycle": cycle, "reason": why })),
    };
    if written.asked_at.is_some() {
        ticket::add_event(tx.conn()?, id, "survey_asked", &Actor::product(), json!({}), now).await?;
    }
    finish(app, tx, &ticket, &Actor::product(), action, data).await
}

/// The audit line and the live event.
async fn finish(
    app: &App,
    mut tx: Tx,
    ticket: &Ticket,
    actor: &Actor,
    action: &str,
    data: serde_json::Value,
) -> Result<(), AppError> {
    let summary = &ticket.summary;
    let kind = match action {
        "ticket.rate" => "ticket.rated",
        _ => "ticket.survey",
    };
    // Of an answer in which only the words are others there is nothing to tell.
    let news = match (data.get("from"), data.get("to")) {
        (from, Some(to)) if from != Some(to) => json!({ "number": summary.number, "rating": to }),
        _ => json!({ "number": summary.number }),
    };
    event::append_ticket(tx.conn()?, kind, summary.id, news).await?;
    let entry = audit::Entry {
        action,
        subject_type: "ticket",
        subject_id: Some(summary.id),
        data,
    };
    audit::append(tx.conn()?, actor, app.now(), entry).await?;
    tx.commit().await
}

fn is_open(app: &App, survey: &Survey) -> bool {
    app.now() < rules::open_until(survey.expires_at, survey.answered_at)
}

fn closed() -> AppError {
    AppError::refused("survey_closed", "the time to answer, or to change the answer, is over")
}

fn checked(answer: &Answer) -> Result<(i16, Option<String>), AppError> {
    let mut errors = Vec::new();
    let rating = rules::rating(answer.rating).unwrap_or_else(|| {
        errors.push(FieldError::new("/rating", "out_of_range", "1 to 5"));
        0
    });
    let comment = rules::comment(answer.comment.as_deref().unwrap_or_default()).unwrap_or_else(|| {
        errors.push(FieldError::new(
            "/comment",
            "too_long",
            "a comment has 2000 characters at most",
        ));
        String::new()
    });
    if errors.is_empty() {
        Ok((rating, Some(comment).filter(|text| !text.is_empty())))
    } else {
        Err(AppError::Invalid(errors))
    }
}

/// Writes an answer to a survey of a ticket that is locked. The same answer again changes nothing.
async fn write(
    app: &App,
    mut tx: Tx,
    ticket: &Ticket,
    before: Survey,
    answer: (i16, Option<String>),
    channel: &str,
    actor: &Actor,
) -> Result<Survey, AppError> {
    let (rating, comment) = answer;
    if before.rating == Some(rating) && before.comment == comment {
        return Ok(before);
    }
    if !is_open(app, &before) {
        return Err(closed());
    }
    let now = app.now();
    survey::answer(tx.conn()?, before.id, rating, comment.as_deref(), channel, now).await?;
    let after = survey::find(tx.conn()?, before.id).await?;
    // What he wrote is his, and can be erased; the trail says that he wrote.
    let data = json!({ "from": before.rating, "to": rating, "cycle": before.cycle, "commented": comment.is_some() });
    if before.rating != Some(rating) {
        ticket::add_event(tx.conn()?, ticket.summary.id, "rated", actor, data.clone(), now).await?;
    }
    if rules::is_alarming(before.rating, rating) {
        let alarm = SurveyTicket::Alarm {
            ticket_id: ticket.summary.id,
            survey_id: before.id,
        };
        tx.enqueue(&[NewJob::of(&alarm)]).await?;
    }
    finish(app, tx, ticket, actor, "ticket.rate", data).await?;
    Ok(after)
}

fn survey_of(keys: &TokenKeys, token: &str) -> Result<Uuid, AppError> {
    keys.read_survey(token).ok_or_else(invalid_link)
}

/// A link to something that is gone is no link.
fn gone(error: store::StoreError) -> AppError {
    match error {
        store::StoreError::NotFound => invalid_link(),
        other => other.into(),
    }
}

/// What the link of a survey opens. Nothing changes: programs that look at mail follow its links.
///
/// # Errors
/// [`AppError::Invalid`] `invalid_link`.
pub async fn look(app: &App, token: &str) -> Result<Opened, AppError> {
    let id = survey_of(&tokens(app)?, token)?;
    let mut conn = app.conn().await?;
    let found = survey::find(&mut conn, id).await.map_err(gone)?;
    let ticket = ticket::find(&mut conn, found.ticket_id, None).await.map_err(gone)?;
    Ok(Opened {
        number: ticket.summary.number,
        open: is_open(app, &found),
        survey: found,
    })
}

/// Answers by the link of the mail, or changes the answer.
///
/// # Errors
/// [`AppError::Invalid`] `invalid_link`, or what is wrong with the answer; [`AppError::Refused`] `survey_closed`.
pub async fn answer_by_link(app: &App, token: &str, answer: &Answer, origin: &Origin) -> Result<Opened, AppError> {
    let id = survey_of(&tokens(app)?, token)?;
    let checked = checked(answer)?;
    let mut tx = app.begin().await?;
    let found = survey::find(tx.conn()?, id).await.map_err(gone)?;
    let ticket = ticket::find_for_update(tx.conn()?, found.ticket_id, None)
        .await
        .map_err(gone)?;
    // Read again under the lock: two answers come one after the other.
    let before = survey::find(tx.conn()?, id).await?;
    let actor = Actor {
        user_id: ticket.summary.requester_user_id,
        kind: "mail",
        name: ticket.summary.requester_name.clone(),
        ip: origin.ip.clone(),
        user_agent: origin.user_agent.clone(),
        request_id: origin.request_id.clone(),
        session_id: None,
    };
    let after = write(app, tx, &ticket, before, checked, "mail", &actor).await?;
    Ok(Opened {
        number: ticket.summary.number,
        open: is_open(app, &after),
        survey: after,
    })
}

/// Whether the requester may rate the present resolution in the portal.
async fn offered(
    app: &App,
    tx: &mut store::PgConn,
    ticket: &Ticket,
    present: Option<&Survey>,
) -> Result<bool, AppError> {
    let state = state_of(ticket)?;
    let over =
        matches!(state, State::Resolved | State::Closed) && ticket.resolutions > 0 && ticket.merged_into.is_none();
    Ok(over
        && match present {
            Some(survey) => is_open(app, survey),
            None => state == State::Resolved && survey::delay(tx, ticket.summary.group_id).await?.is_some(),
        })
}

/// What is known of a ticket's surveys: all for staff, the present one for the requester, nothing for others.
///
/// # Errors
/// [`AppError::NotFound`] when the ticket is not his.
pub async fn surveys(app: &App, caller: &Caller, id: Uuid) -> Result<Surveys, AppError> {
    let scope = caller.ticket_scope()?;
    let mut conn = app.conn().await?;
    let ticket = ticket::find(&mut conn, id, scope).await?;
    let requester = ticket.summary.requester_user_id == Some(caller.user_id);
    if scope.is_none() {
        return Ok(Surveys {
            all: survey::of_ticket(&mut conn, id).await?,
            offered: false,
        });
    }
    if !requester {
        return Ok(Surveys {
            all: Vec::new(),
            offered: false,
        });
    }
    let present = survey::of_cycle(&mut conn, id, ticket.resolutions).await?;
    Ok(Surveys {
        offered: offered(app, &mut conn, &ticket, present.as_ref()).await?,
        all: present.into_iter().collect(),
    })
}

/// Rates the present resolution of one's own ticket, or changes the rating.
///
/// # Errors
/// [`AppError::NotFound`] for whoever is not its requester; [`AppError::Invalid`]; [`AppError::Refused`] `survey_closed`.
pub async fn rate(app: &App, caller: &Caller, id: Uuid, answer: &Answer) -> Result<Surveys, AppError> {
    let scope = caller.ticket_scope()?;
    let checked = checked(answer)?;
    let mut tx = app.begin().await?;
    let ticket = ticket::find_for_update(tx.conn()?, id, scope).await?;
    if ticket.summary.requester_user_id != Some(caller.user_id) {
        return Err(AppError::NotFound);
    }
    let present = survey::of_cycle(tx.conn()?, id, ticket.resolutions).await?;
    if !offered(app, tx.conn()?, &ticket, present.as_ref()).await? {
        return Err(closed());
    }
    let before = match present {
        Some(survey) => survey,
        None => {
            let unasked = new(app, &ticket, ticket.resolutions);
            survey::insert(tx.conn()?, &unasked).await?;
            unasked
        }
    };
    let after = write(app, tx, &ticket, before, checked, "portal", &caller.actor).await?;
    Ok(Surveys {
        offered: is_open(app, &after),
        all: vec![after],
    })
}

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
    let assignee: Vec<Uuid> = ticket.summary.assignee_id.into_iter().collect();
    let people = user::agents_among(tx.conn()?, &assignee).await?;
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
