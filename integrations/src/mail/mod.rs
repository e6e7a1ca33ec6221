//! Mail: reading what arrives, writing what leaves, and the servers in between.

pub mod compose;
pub mod html;
pub mod imap;
pub mod parse;
pub mod smtp;
pub mod texts;
pub mod tls;
