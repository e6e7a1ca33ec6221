//! Text messages: phones that get codes, codes that wait, what became of each text, and what they cost.

pub mod code;
pub mod message;
pub mod price;
pub mod spending;
