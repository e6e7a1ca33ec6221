//! The knowledge base: writing it, reading it, and what readers say of it.

mod edit;
mod read;
mod section;
mod seed;

pub use edit::{
    Draft, Found, TextDraft, add_image, change, create, find, list, mark_right, move_to, preview, restore, revision,
    revisions,
};
pub use read::{Article, Home, Results, for_ticket, helped, home, opened, picture, search, section, solved, suggest};
pub use section::{SectionDraft, change_section, create_section, delete_section, sections};
pub(crate) use seed::seed;

use domain::{knowledge::Reader, locale::Locale, permission::Permission, words::WordSet};
use serde_json::Value;
use store::audit::Entry;
use uuid::Uuid;

use crate::{App, AppError, Caller, Tx};

/// How somebody reads who is signed in, or is not.
#[must_use]
pub fn reader(caller: Option<&Caller>) -> Reader {
    match caller {
        None => Reader::Visitor,
        Some(caller) if caller.is_customer() => Reader::Customer,
        Some(_) => Reader::Staff,
    }
}

/// The words of what somebody may see.
fn seen_by(reader: Reader) -> Vec<&'static str> {
    reader.sees().iter().map(|one| one.as_str()).collect()
}

/// The codes of the languages, the wanted one first.
fn order(wanted: Locale) -> [&'static str; 3] {
    domain::knowledge::order(wanted).map(Locale::as_str)
}

/// A word of a closed set that the database holds.
pub(crate) fn word<T: WordSet>(text: &str) -> Result<T, AppError> {
    T::parse(text).ok_or_else(|| AppError::Internal(format!("{}: {text}", T::NAME)))
}

/// What a line of the trail is about.
#[derive(Debug, Clone, Copy)]
enum About {
    Article(Uuid),
    Section(Uuid),
}

async fn told(
    app: &App,
    caller: &Caller,
    tx: &mut Tx,
    about: About,
    action: &'static str,
    data: Value,
) -> Result<(), AppError> {
    // Composers offer articles too.
    let (entry, told) = match about {
        About::Article(id) => (
            Entry {
                action,
                subject_type: "knowledge_article",
                subject_id: Some(id),
                data,
            },
            ("knowledge_article.changed", Permission::TicketsView),
        ),
        About::Section(id) => (
            Entry {
                action,
                subject_type: "knowledge_section",
                subject_id: Some(id),
                data,
            },
            ("knowledge_section.changed", Permission::TicketsView),
        ),
    };
    tx.record(&caller.actor, app.now(), entry, told).await
}
