//! Rules about mail: what a mail is, where it belongs, whether it may be answered by a machine.
//!
//! Nothing here parses bytes: `integrations::mail::parse` turns a message into [`facts::MailFacts`], and these rules
//! turn facts and database look-ups, handed in as data, into decisions that carry their reasons.

pub mod address;
pub mod anomaly;
pub mod autoresponse;
pub mod check;
pub mod class;
pub mod duplicate;
pub mod facts;
pub mod language;
pub mod limits;
pub mod link;
pub mod note;
pub mod picture;
pub mod provider;
pub mod quote;
pub mod receipt;
pub mod report;
pub mod spam;
pub mod subject;
pub mod threading;
pub mod token;
pub mod words;
