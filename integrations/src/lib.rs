//! What talks to the outside world: mail servers and file storage.

pub mod mail;
pub mod storage;
