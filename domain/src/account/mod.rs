//! Accounts: which addresses and passwords are accepted, and how long things live.

pub mod address;
pub mod factor;
pub mod notice;
pub mod passkey;
pub mod password;
pub mod status;
pub mod times;
