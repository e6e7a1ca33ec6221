//! Answers, by the mail's link or in the portal.

use domain::{
    mail::token::TokenKeys,
    ticket::{State, survey as rules},
};
use jobs::{NewJob, SurveyTicket};
use serde_json::json;
use store::{
    audit::Actor,
    ticket::{
        self, Ticket,
        survey::{self, Survey},
    },
};
use uuid::Uuid;

use super::{Answer, Opened, Surveys, closed, finish, is_open, new};
use crate::{
    App, AppError, Caller, FieldError, Tx,
    account::{Origin, links::invalid as invalid_link},
    mail::tokens,
    ticket::state_of,
};

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
            Some(survey) => is_open(app, survey) && rules::is_offered(survey.not_asked.as_deref()),
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
