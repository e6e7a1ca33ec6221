//! The satisfaction survey: asked about a resolution by mail, answered by the mail's link or in the portal.

use domain::ticket::survey as rules;
use serde_json::json;
use store::{
    audit::{self, Actor},
    event,
    ticket::{Ticket, survey::Survey},
};
use uuid::Uuid;

use crate::{App, AppError, Tx};

mod alarm;
mod answer;
mod ask;

pub use alarm::alarm;
pub use answer::{answer_by_link, look, rate, surveys};
pub use ask::ask;
pub(crate) use ask::{plan, spare};

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

/// The audit line and the live event, and the end of the transaction.
async fn finish(
    app: &App,
    mut tx: Tx,
    ticket: &Ticket,
    actor: &Actor,
    action: &str,
    data: serde_json::Value,
) -> Result<(), AppError> {
    tell(app, &mut tx, ticket, actor, action, data).await?;
    tx.commit().await
}

/// The audit line and the live event.
async fn tell(
    app: &App,
    tx: &mut Tx,
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
    Ok(audit::append(tx.conn()?, actor, app.now(), entry).await?)
}

fn is_open(app: &App, survey: &Survey) -> bool {
    app.now() < rules::open_until(survey.expires_at, survey.answered_at)
}

fn closed() -> AppError {
    AppError::refused("survey_closed", "the time to answer, or to change the answer, is over")
}
