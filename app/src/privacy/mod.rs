//! What a person may ask about his data: a copy of all that is kept about him, and to be erased.

mod archive;
pub mod erasure;
pub mod export;
mod fill;
mod pages;
mod sweep;
mod trail;

pub use sweep::sweep;
