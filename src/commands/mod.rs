//! The sub-commands.

pub mod migrate;
pub mod scheduler;
pub mod up;
pub mod worker;
