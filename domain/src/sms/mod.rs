//! Text messages: which numbers get them, how often, what they say, what they cost, and what becomes of them.

pub mod code;
pub mod cost;
mod number;
pub mod pace;
pub mod segments;
mod state;

pub use number::{NumberError, PhoneNumber, masked};
pub use state::{Report, SmsState};
