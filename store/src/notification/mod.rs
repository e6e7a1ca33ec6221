//! What people are told besides their work.

pub mod facts;
pub mod group;
pub mod inbox;
pub mod settings;
pub mod trigger;
