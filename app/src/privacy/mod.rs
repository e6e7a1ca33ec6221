//! What a person may ask about his data: a copy of all that is kept about him.

mod archive;
pub mod export;
mod fill;
mod pages;
mod sweep;

pub use sweep::sweep;
