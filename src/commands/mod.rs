//! The sub-commands.

pub mod api;
pub mod create_admin;
pub mod demo;
pub mod doctor;
pub mod jobs;
pub mod keys;
pub mod migrate;
pub mod networks;
pub mod openapi;
pub mod scheduler;
pub mod up;
pub mod verify;
pub mod worker;
