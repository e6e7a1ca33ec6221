//! Categories of tickets: what is known of them, what follows from a ticket's, and how people manage them.

mod book;
mod seed;
mod settings;

pub use book::{Book, Known};
use domain::ticket::category::{Refusal, Routing};
pub(crate) use seed::seed;
use serde_json::{Value, json};
pub use settings::{Draft, Place, change, create, list, move_to};
use store::{
    PgConn, group,
    ticket::{Ticket, category::Words},
    user::Group,
};
use uuid::Uuid;

use crate::{App, AppError, Tx};

/// The category that a ticket begins in, with what follows from it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beginning {
    /// Category.
    pub(crate) id: Option<Uuid>,
    /// It and those above it.
    pub(crate) path: Vec<Uuid>,
    /// Where it sends its tickets.
    pub(crate) routing: Routing,
    /// What it is called, in every language.
    names: Value,
}

/// Where a ticket's category comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin {
    /// Somebody chose it.
    Person(Uuid),
    /// Nobody did: that of the mailbox, or the default.
    Mailbox(Option<Uuid>),
    /// Another ticket has it, and was routed already.
    Ticket(Option<Uuid>),
}

impl Beginning {
    /// Of a new ticket.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when somebody chose what may not be chosen.
    pub(crate) fn of(known: &Known, from: Origin) -> Result<Self, AppError> {
        let id = match from {
            Origin::Person(id) => Some(
                known
                    .tree
                    .chosen(id)
                    .map_err(|refusal| invalid("/category_id", refusal))?,
            ),
            Origin::Mailbox(own) => known.tree.first(own),
            Origin::Ticket(id) => id,
        };
        let Some(id) = id else {
            return Ok(Self::default());
        };
        Ok(Self {
            id: Some(id),
            path: known.tree.path(id),
            routing: match from {
                Origin::Ticket(_) => Routing::default(),
                Origin::Person(_) | Origin::Mailbox(_) => known.tree.routing(id),
            },
            names: known.names(Some(id)),
        })
    }

    /// What the line of the opening says: which category, and what it decided.
    pub(crate) fn explained(&self, group: bool, priority: bool) -> Value {
        if self.id.is_none() {
            return json!({});
        }
        let mut line = json!({ "category": self.names });
        if let Some(fields) = line.as_object_mut() {
            if group && self.routing.group.is_some() {
                fields.insert("routed_group".to_owned(), json!(true));
            }
            if let Some(priority) = self.routing.priority.filter(|_| priority) {
                fields.insert("routed_priority".to_owned(), json!(priority));
            }
        }
        line
    }
}

/// The group of a ticket; while that is retired, the one that its category sends tickets to, its mailbox's, or the first.
pub(crate) async fn home(tx: &mut Tx, known: &Known, ticket: &Ticket) -> Result<Group, AppError> {
    let routed = ticket.summary.category_id.and_then(|id| known.tree.routing(id).group);
    let wanted: Vec<Uuid> = std::iter::once(ticket.summary.group_id).chain(routed).collect();
    Ok(group::home(tx.conn()?, &wanted, ticket.mailbox_id).await?)
}

/// What is known of categories now, for a transaction.
pub(crate) async fn known(app: &App, conn: &mut PgConn) -> Result<std::sync::Arc<Known>, AppError> {
    match app.categories.fresh() {
        Some(known) => Ok(known),
        None => app.categories.read(conn).await,
    }
}

pub(crate) fn invalid(pointer: &str, refusal: Refusal) -> AppError {
    AppError::invalid(pointer, refusal.code(), refusal)
}

/// A category's names, by language.
fn names(words: &Words) -> Value {
    json!({ "fr": words.name_fr, "en": words.name_en, "ar": words.name_ar })
}
