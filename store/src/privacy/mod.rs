//! What is kept about one person: copies of it, and the statements that gather it.

pub mod export;
pub mod gather;
