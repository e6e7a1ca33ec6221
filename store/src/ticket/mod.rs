//! Tickets, their messages, participants and events.

pub mod bulk;
pub mod category;
mod claim;
pub mod deal;
pub mod draft;
pub mod escalation;
mod find;
pub mod hold;
pub mod link;
mod list;
pub mod look;
pub mod mention;
mod message;
mod open;
pub mod picture;
pub mod print;
pub mod reminder;
mod row;
pub mod scheduled;
pub mod survey;
mod thread;
pub mod waiting;
pub mod words;
mod write;

pub use claim::claim;
pub use find::{find, find_by_number, find_for_update, find_home_for_update, participants, recipients};
pub use list::{After, Counts, Due, Filter, Search, Sort, count, counts, list};
pub use message::{
    Message, NewMessage, TicketEvent, events, hide_message, insert_message, message, messages, release_message,
    written_html,
};
pub use open::{Opening, Promises, open, open_all};
pub use row::{NewTicket, Participant, Related, Summary, Ticket};
pub use thread::{
    RecentTicket, belongs_to_customer, participant_role, recent_of, remember_message_ids, tickets_by_message_ids,
};
pub use write::{
    Change, add_event, add_participant, file_with, remove_participant, set_group, set_project, set_related, set_spam,
    update,
};
