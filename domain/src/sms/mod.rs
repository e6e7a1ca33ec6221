//! Text messages: which numbers get them, how often, what they say, and what becomes of them.

pub mod code;
mod number;
pub mod pace;
pub mod segments;
mod state;

pub use number::{NumberError, PhoneNumber, masked};
pub use state::{Report, SmsState};
