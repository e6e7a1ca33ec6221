//! What handlers take from a request. Every rejection is a problem; axum's own extractors answer in plain text, so they are
//! not used by handlers.

mod body;
mod cursor;
pub mod fields;
mod params;
mod user;
mod version;

pub use body::{BodyLimit, Json, RawBody, read, too_large};
pub use cursor::{List, Page, PageParams};
pub use params::{Path, Query};
pub(crate) use user::identify;
pub use user::{Anyone, CurrentUser, Source, authenticate};
pub use version::{IfMatch, Versioned};
