//! What talks to the outside world: mail servers, providers of text messages and file storage.

pub mod http;
pub mod mail;
pub mod sms;
pub mod storage;
