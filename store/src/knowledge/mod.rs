//! The knowledge base.

mod article;
mod feedback;
mod image;
mod reader;
mod section;

pub use article::{
    Article, Filter, Listed, Revision, Text, change, check, count, find, find_slug, insert, list, lock, remove_text,
    revision, revisions, set_state, texts, write_text,
};
pub use feedback::{solved, vote};
pub use image::{Image, add_image, image, images, visible_image};
pub use reader::{Entry, Shown, about, asked, entries, search, shown, typed};
pub use section::{Section, delete_section, insert_section, lock_sections, sections, update_section};
