//! The rules of the business as pure functions: no I/O, no clock, no database. Everything here can be tested with a
//! table of inputs and outputs.

pub mod account;
pub mod api_token;
pub mod audit;
pub mod automation;
pub mod calendar;
pub mod canned;
pub mod clock;
pub mod csv;
pub mod custom_event;
pub mod customer;
pub mod file;
pub mod health;
pub mod ids;
pub mod knowledge;
pub mod kyc;
pub mod locale;
pub mod mail;
pub mod message;
pub mod network;
pub mod notification;
pub mod oidc;
pub mod outbound;
pub mod paper;
pub mod permission;
pub mod privacy;
pub mod signing_key;
pub mod sla;
pub mod sms;
pub mod template;
pub mod ticket;
pub mod view;
pub mod webhook;
pub mod words;
pub mod zone;
