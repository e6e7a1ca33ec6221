//! What talks to the outside world: mail servers, providers of text messages, file storage, issuers of identities.

pub mod antivirus;
pub mod http;
pub mod mail;
pub mod markdown;
pub mod oidc;
pub mod sms;
pub mod storage;
