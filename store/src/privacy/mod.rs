//! What is kept about one person: copies of it, the statements that gather it, and those that erase it.

pub mod erasure;
pub mod export;
pub mod gather;
pub mod steps;
