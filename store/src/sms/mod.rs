//! Text messages: phones that get codes, codes that wait, and what became of each text.

pub mod code;
pub mod message;
