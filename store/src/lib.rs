//! PostgreSQL: connection pool, migrations, and one module of queries for each entity. The only crate that speaks SQL.

pub mod abandoned;
pub mod account;
pub mod alert;
pub mod api_token;
#[macro_use]
pub mod scope;
#[macro_use]
pub mod sql;

pub mod attachment;
pub mod audit;
pub mod automation;
pub mod calendar_feed;
pub mod canned;
mod connection;
pub mod custom_template;
pub mod customer;
pub mod customer_import;
pub mod device;
mod error;
pub mod event;
pub mod factor;
pub mod feed;
pub mod group;
pub mod invitation;
pub mod knowledge;
pub mod kyc;
#[macro_use]
pub mod ledger;
mod locks;
pub mod login;
pub mod mail;
pub mod mailbox;
pub mod mailbox_test;
pub mod mailed_link;
pub mod message_template;
mod migrate;
pub mod network;
pub mod notification;
pub mod oidc;
pub mod outgoing;
pub mod passkey;
pub mod person;
mod pool;
pub mod privacy;
pub mod retention;
pub mod role;
pub mod saved_view;
pub mod sealed;
pub mod sealed_file;
#[macro_use]
pub mod session;
pub mod signing_key;
pub mod sms;
#[macro_use]
pub mod sla;
pub mod spam_rule;
mod sqlstate;
pub mod statistics;
pub mod suppression;
pub mod tag;
pub mod ticket;
mod tls;
pub mod transaction;
pub mod user;
pub mod webhook;

pub use error::StoreError;
pub use migrate::{create_database, migrate, missing_roles, outstanding, pending};
pub use pool::{Conn, Pool, connect};

/// A PostgreSQL connection, inside or outside a transaction.
pub type PgConn = diesel_async::AsyncPgConnection;
