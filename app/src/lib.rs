//! Use cases: one function for each thing that can be done. Only here are transactions opened: load, ask the domain, write
//! guarded, append audit and events, enqueue jobs, commit.

pub mod abandoned;
pub mod account;
pub mod api_token;
pub mod audit;
pub mod automation;
mod caller;
pub mod canned;
mod context;
pub mod customer;
mod error;
mod gather;
pub mod kyc;
pub mod mail;
pub mod mailbox;
pub mod mailbox_test;
pub mod master_key;
pub mod network;
pub mod oidc;
pub mod once;
pub mod oversight;
pub mod password;
pub mod people;
pub mod ports;
pub mod privacy;
pub mod queues;
pub mod retention;
pub mod role;
pub mod saved_view;
pub mod schedules;
pub mod seal;
pub mod seed;
pub mod signing_key;
pub mod sla;
pub mod sms;
pub mod ticket;
pub mod trace;
mod tx;
pub mod upload;
pub mod vault;
pub mod wall;
pub mod webhook;

pub use caller::Caller;
pub use context::{App, Identity, SystemClock};
pub use error::{AppError, FieldError};
pub use tx::Tx;
