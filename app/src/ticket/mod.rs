//! What can be done with tickets.

mod alter;
mod assign;
mod bulk;
pub mod category;
mod create;
mod deal;
pub mod draft;
mod edit;
pub mod escalation;
pub mod export;
mod filter;
mod held;
pub mod hold;
mod link;
mod look;
mod merge;
mod openings;
mod outgoing;
pub mod pictures;
pub mod presence;
pub mod print;
mod project;
pub mod reminder;
mod reply;
pub mod scheduled;
pub mod search;
mod split;
mod standing;
pub mod survey;
mod transition;
mod view;
pub mod waiting;
mod watch;
mod writing;

pub(crate) use alter::{Alteration, Keep};
pub(crate) use assign::agent;
pub use assign::assign;
pub(crate) use bulk::code_of;
pub use bulk::{Selection, bulk, bulk_rows, bulks, give_up_bulk, run_bulk, start_bulk, stop_bulk};
pub use create::{NewTicket, Requester, create};
pub use deal::deal_out;
pub(crate) use edit::group;
pub use edit::{Edit, edit};
pub use filter::Wanted;
pub use held::{Judgement, judge};
pub use link::{add_link, links, remove_link};
pub use look::viewed;
pub use merge::merge;
pub use openings::Openings;
pub use outgoing::{Answered, Letter, acknowledge, queue_letters};
pub use project::file as file_under;
pub(crate) use project::places;
pub use reply::{NewMessage, Sent, send};
pub use split::split;
pub(crate) use standing::handles;
pub use standing::{Standing, standing};
pub use transition::{Move, close_as_spam, transition};
pub use view::{Timeline, TimelineItem, actions, timeline};
pub use watch::{add_watcher, remove_participant};
pub use writing::preview;

use chrono::{DateTime, Utc};
use domain::{
    permission::Permission,
    ticket::{State, automatic::Conduct, transition::Facts, waiting::conduct},
};
use store::{
    event::{self, NewEvent},
    ticket::Ticket,
};

use crate::{AppError, Tx};

/// State as the rules know it.
pub(crate) fn state_of(ticket: &Ticket) -> Result<State, AppError> {
    ticket
        .summary
        .state
        .parse()
        .map_err(|error: domain::ticket::state::UnknownState| AppError::Internal(error.to_string()))
}

/// What the rules ask of a ticket.
pub(crate) fn facts_of(ticket: &Ticket) -> Result<Facts, AppError> {
    Ok(Facts {
        state: state_of(ticket)?,
        has_assignee: ticket.summary.assignee_id.is_some(),
        unanswered: ticket.unanswered,
        spam: ticket.summary.spam,
    })
}

/// What a message of its customer does to a ticket now, as its group says. No answer opens what was closed as spam.
pub(crate) fn conduct_of(ticket: &Ticket, now: DateTime<Utc>) -> Conduct {
    conduct(
        ticket.reply_ends_hold,
        ticket.reopen_until.filter(|_| !ticket.summary.spam),
        now,
    )
}

/// Tells the pages that show a ticket to look again; nothing that its version counts has changed.
pub(crate) async fn touched(tx: &mut Tx, ticket: &Ticket) -> Result<(), AppError> {
    let ticket = &ticket.summary;
    let news = NewEvent {
        kind: "ticket.updated",
        subject_type: "ticket",
        subject_id: ticket.id,
        permission: Some(Permission::TicketsView.as_str()),
        user_id: None,
        data: serde_json::json!({ "number": ticket.number, "version": ticket.version, "state": ticket.state }),
    };
    Ok(event::append(tx.conn()?, news).await?)
}

/// Refuses when the caller read another version.
pub(crate) fn check_version(ticket: &Ticket, version: Option<i32>) -> Result<(), AppError> {
    match version {
        Some(version) if version != ticket.summary.version => Err(AppError::Stale),
        _ => Ok(()),
    }
}
