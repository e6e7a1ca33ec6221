//! What people are told besides their work: what each chose, the centre, mails and text messages, and digests.

mod audience;
mod digest;
mod follow;
pub mod group;
mod inbox;
mod settings;
mod surveys;
mod system;
mod tell;
pub mod trigger;
mod unsubscribe;

pub(crate) use audience::{Concerned, Whom, is_on, whom};
pub use digest::{digest, due as due_digests};
pub use follow::follow;
pub use inbox::{UNREAD_MAX, list, mark, mark_all, unread};
pub use settings::{Draft, Shown, change, get};
pub(crate) use settings::{of_people, silenced};
pub use surveys::footer as survey_footer;
pub(crate) use surveys::{declined as survey_declined, one_click as survey_one_click};
pub use system::watch;
pub(crate) use tell::{News, Notice, tell, tell_in, write};
pub use unsubscribe::{Link, link, switch_off};
pub(crate) use unsubscribe::{of_export, way_out};
