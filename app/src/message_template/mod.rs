//! What messages say: the words they come with, and those that an installation wrote instead. Both are filled in by the same code.

mod edit;
mod fill;
mod trial;

pub use edit::{Draft, Found, Listed, back_to_default, change, find, list, restore, versions};
pub use fill::written;
pub(crate) use fill::{Words, fill};
pub use trial::{Preview, preview, test};
pub(crate) use trial::{mark, own_phone};
