//! Mail: reading it from a server, taking it apart, making it safe, writing it and sending it.

pub mod html;
pub mod parse;
