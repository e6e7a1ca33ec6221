//! The tree of categories in memory, so that opening a ticket asks for nothing more.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use domain::locale::Locale;
use domain::ticket::{
    Priority,
    category::{Node, Tree},
};
use serde_json::Value;
use store::{
    PgConn,
    ticket::category::{self, Category, Words},
};
use uuid::Uuid;

use crate::AppError;

/// How long it is believed. A ticket that another process opens within it is opened as if it had come just before the change.
const BELIEVED: Duration = Duration::from_secs(1);

/// The categories at some moment.
#[derive(Debug, Default)]
pub struct Known {
    /// The tree.
    pub tree: Tree,
    words: HashMap<Uuid, Words>,
}

impl Known {
    /// Of these rows.
    ///
    /// # Errors
    /// When the database holds a priority that this release does not know.
    pub(super) fn of(rows: Vec<Category>) -> Result<Self, AppError> {
        let mut nodes = Vec::with_capacity(rows.len());
        let mut words = HashMap::with_capacity(rows.len());
        for row in rows {
            let priority: Option<Priority> = match row.priority.as_deref().map(str::parse) {
                Some(Ok(priority)) => Some(priority),
                Some(Err(error)) => return Err(AppError::Internal(format!("category {}: {error}", row.id))),
                None => None,
            };
            nodes.push(Node {
                id: row.id,
                parent: row.parent_id,
                active: row.active,
                default: row.is_default,
                group: row.group_id,
                priority,
                skills: row.skills,
            });
            words.insert(row.id, row.words);
        }
        Ok(Self {
            tree: Tree::new(nodes),
            words,
        })
    }

    /// What a category is called, by language; `null` for none.
    #[must_use]
    pub fn names(&self, id: Option<Uuid>) -> Value {
        id.and_then(|id| self.words.get(&id)).map_or(Value::Null, super::names)
    }

    /// What readers of this language call it; nothing for none.
    #[must_use]
    pub fn called(&self, id: Option<Uuid>, locale: Locale) -> &str {
        let Some(words) = id.and_then(|id| self.words.get(&id)) else {
            return "";
        };
        match locale {
            Locale::Fr => &words.name_fr,
            Locale::En => &words.name_en,
            Locale::Ar => &words.name_ar,
        }
    }

    /// What the audit trail calls it.
    #[must_use]
    pub fn name(&self, id: Option<Uuid>) -> Option<&str> {
        id.and_then(|id| self.words.get(&id))
            .map(|words| words.name_fr.as_str())
    }
}

/// What is known of categories in this process.
#[derive(Debug, Default)]
pub struct Book(RwLock<Option<(Instant, Arc<Known>)>>);

impl Book {
    /// The categories, when they were read just now.
    #[must_use]
    pub fn fresh(&self) -> Option<Arc<Known>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|(since, _)| since.elapsed() < BELIEVED)
            .map(|(_, known)| known.clone())
    }

    /// Reads the categories anew at the next occasion.
    pub fn forget(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The categories, read now.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn read(&self, conn: &mut PgConn) -> Result<Arc<Known>, AppError> {
        let since = Instant::now();
        let known = Arc::new(Known::of(category::all(conn).await?)?);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((since, known.clone()));
        Ok(known)
    }
}
