//! The sub-commands.

pub mod api;
pub mod migrate;
pub mod openapi;
pub mod scheduler;
pub mod up;
pub mod worker;
