//! What talks to the outside world: mail servers, providers of text messages, issuers of identities, file storage.

pub mod http;
pub mod mail;
pub mod oidc;
pub mod sms;
pub mod storage;
