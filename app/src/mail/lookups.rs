//! What threading asks of the database: the tickets a mail names, and who its sender is.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    mail::{
        address::OwnAddresses,
        facts::MailFacts,
        subject,
        threading::{Lookups, TicketFacts, evidence::Evidence},
    },
    permission::Permission,
    ticket::State,
};
use store::{PgConn, StoreError, ticket, user::User};

use crate::{AppError, ticket::conduct_of};

/// How long the same subject of the same sender is a hint.
const SAME_SUBJECT: TimeDelta = TimeDelta::days(7);

/// Loads every ticket that the evidence names, with its participants. `account` is the sender's.
pub(super) async fn gather(
    conn: &mut PgConn,
    facts: &MailFacts,
    evidence: &Evidence,
    own: OwnAddresses,
    account: Option<&User>,
    now: DateTime<Utc>,
) -> Result<Lookups, AppError> {
    let mut lookups = Lookups {
        own,
        ..Lookups::default()
    };
    let sender = facts.sender().map(|sender| sender.address.to_lowercase());
    let mut numbers = evidence.ticket_numbers();
    for (id, ticket_id) in ticket::tickets_by_message_ids(conn, &evidence.foreign_ids).await? {
        if let Some(ticket) = known(ticket::find(conn, ticket_id, None).await)? {
            lookups.foreign.push((id, ticket.summary.number));
            numbers.push(ticket.summary.number);
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        let Some(mut row) = known(ticket::find_by_number(conn, number).await)? else {
            continue;
        };
        let merged_from = row.merged_into.map(|_| number);
        if let Some(target) = row.merged_into {
            row = ticket::find(conn, target, None).await?;
        }
        let participants = ticket::participants(conn, row.summary.id).await?;
        // Whoever takes part under an address that his account had before takes part.
        let takes_part = |email: &str| {
            let account = account.map(|account| account.id);
            let is_he = |p: &ticket::Participant| p.email == email || (account.is_some() && p.user_id == account);
            participants.iter().any(|p| p.role != "cc_pending" && is_he(p))
        };
        let writer = sender.clone().filter(|email| takes_part(email));
        let sender_in_organisation = match &sender {
            Some(email) if !takes_part(email) => ticket::belongs_to_customer(conn, row.summary.id, email).await?,
            _ => false,
        };
        let facts = TicketFacts {
            number: row.summary.number,
            merged_from,
            closed: row.summary.state == State::Closed.as_str(),
            reopenable: conduct_of(&row, now).reopens,
            participants: participants
                .into_iter()
                .filter(|p| p.role != "cc_pending")
                .map(|p| p.email)
                .chain(writer)
                .collect(),
            sender_in_organisation,
        };
        lookups.tickets.push((number, facts));
    }
    if let Some(sender) = &sender {
        let reply = Permission::TicketsReply.as_str();
        let wanted = subject::normalise(&facts.subject);
        if !wanted.is_empty() {
            lookups.same_subject = ticket::recent_of(conn, sender, now - SAME_SUBJECT)
                .await?
                .into_iter()
                .find(|ticket| subject::normalise(&ticket.subject) == wanted)
                .map(|ticket| ticket.number);
        }
        lookups.sender_is_agent = account.is_some_and(|user| user.permissions.iter().any(|p| p == reply));
    }
    Ok(lookups)
}

pub(super) fn known<T>(result: Result<T, StoreError>) -> Result<Option<T>, AppError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
