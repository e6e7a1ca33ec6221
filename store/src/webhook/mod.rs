//! Outgoing webhooks: endpoints, what each is sent, and what events tell.

pub mod delivery;
pub mod endpoint;
mod facts;

pub use facts::{Line, MessageRow, TicketRow, history, messages, tickets};
