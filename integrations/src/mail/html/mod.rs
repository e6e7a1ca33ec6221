//! HTML of strangers: read as text, or made safe to show.

mod text;
mod token;

pub use text::{HtmlText, to_text};
