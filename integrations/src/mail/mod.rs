//! Mail: reading what arrives, writing what leaves, and the servers in between.

pub mod html;
pub mod parse;
