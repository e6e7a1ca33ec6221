//! The sub-commands.

pub mod bench;
pub mod migrate;
pub mod scheduler;
pub mod worker;
