//! What talks to the outside world: mail servers, providers of text messages and file storage.

pub mod http;
pub mod mail;
pub mod sms;
//! What talks to the outside world: mail servers, file storage, issuers of identities.

pub mod http;
pub mod mail;
pub mod oidc;
pub mod storage;
