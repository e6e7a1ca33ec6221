//! Verification of a customer's identity: the case, what it needs, and what is closed without it.

pub mod gate;
pub mod identity;
pub mod paper;
pub mod renewal;
pub mod state;

pub use gate::{Gate, Policy};
pub use paper::Paper;
pub use state::{Refusal, State, Step};
