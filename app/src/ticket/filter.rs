//! What a list of tickets is narrowed to, as people say it: the same for the list, what is counted, changed together and exported.

use domain::ticket::{Priority, State, tags};
use serde::{Deserialize, Serialize};
use store::{
    PgConn,
    ticket::{Due, Filter, Sort},
};
use uuid::Uuid;

use super::search;
use crate::{AppError, Caller};

/// Parameters of a list of tickets, as they stand in its address. Kept with what is exported again and again: `me` is whoever it
/// is done for, and what one may see is asked each time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// States, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Priorities, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// `me`, `none` or the id of an agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// `none`, or ids of categories, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// A tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// `none` or the id of a project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// `overdue`, `soon` or `breached`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// `open`: escalated, and nobody has taken note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalated: Option<String>,
    /// `hide` or `only` what one has put aside oneself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aside: Option<String>,
    /// `-updated_at`, `-created_at` or `due_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Nobody sees how its words were read: none is taken for another one.
    #[serde(skip)]
    pub unattended: bool,
}

fn refused(code: &'static str, detail: impl Into<String>) -> AppError {
    AppError::Unclear {
        code,
        detail: detail.into(),
    }
}

fn words<T: std::str::FromStr>(text: Option<&str>, field: &str) -> Result<Vec<String>, AppError> {
    let words: Vec<String> = text
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    match words.iter().find(|word| word.parse::<T>().is_err()) {
        Some(word) => Err(refused("invalid_filter", format!("`{word}` is no {field}."))),
        None => Ok(words),
    }
}

impl Wanted {
    /// What it means for this person: never more than he may see.
    ///
    /// # Errors
    /// [`AppError::Unclear`]; [`AppError::Forbidden`] for whom tickets are nothing.
    pub async fn understand(&self, conn: &mut PgConn, caller: &Caller) -> Result<(Filter, Sort), AppError> {
        let customer = caller.ticket_scope()?;
        let search = match self.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
            Some(q) if self.unattended => Some(search::literally(conn, q, customer).await?),
            Some(q) => Some(search::understand(conn, q, customer).await?.search),
            None => None,
        };
        let category = self.category.as_deref().unwrap_or_default();
        let filter = Filter {
            categories: categories(category)?,
            uncategorised: category == "none",
            tag: self.tag(caller)?,
            states: words::<State>(self.state.as_deref(), "state")?,
            priorities: words::<Priority>(self.priority.as_deref(), "priority")?,
            assignee: self.assignee(caller)?,
            unassigned: self.assignee.as_deref() == Some("none"),
            customer,
            search,
            due: self.due(caller)?,
            escalated: self.escalated(caller)?,
            aside: self.aside(caller)?,
            project: project(self.project.as_deref().unwrap_or_default())?,
            unfiled: self.project.as_deref() == Some("none"),
        };
        Ok((filter, self.sort(caller)?))
    }

    fn assignee(&self, caller: &Caller) -> Result<Option<Uuid>, AppError> {
        match self.assignee.as_deref() {
            None | Some("" | "none") => Ok(None),
            Some("me") => Ok(Some(caller.user_id)),
            Some(id) => id
                .parse()
                .map(Some)
                .map_err(|_| refused("invalid_filter", "`assignee` is `me`, `none` or the id of an agent.")),
        }
    }

    fn sort(&self, caller: &Caller) -> Result<Sort, AppError> {
        match self.sort.as_deref() {
            None | Some("" | "-updated_at") => Ok(Sort::Updated),
            Some("-created_at") => Ok(Sort::Created),
            Some("due_at") if caller.is_staff() => Ok(Sort::Due),
            Some(_) => Err(refused(
                "invalid_sort",
                "`sort` is `-updated_at`, `-created_at` or `due_at`.",
            )),
        }
    }

    fn due(&self, caller: &Caller) -> Result<Option<Due>, AppError> {
        match self.due.as_deref() {
            None | Some("") => Ok(None),
            Some("overdue") if caller.is_staff() => Ok(Some(Due::Overdue)),
            Some("soon") if caller.is_staff() => Ok(Some(Due::Soon)),
            Some("breached") if caller.is_staff() => Ok(Some(Due::Breached)),
            Some(_) => Err(refused("invalid_filter", "`due` is `overdue`, `soon` or `breached`.")),
        }
    }

    fn escalated(&self, caller: &Caller) -> Result<bool, AppError> {
        match self.escalated.as_deref() {
            None | Some("") => Ok(false),
            Some("open") if caller.is_staff() => Ok(true),
            Some(_) => Err(refused("invalid_filter", "`escalated` is `open`.")),
        }
    }

    /// A customer puts nothing aside.
    fn aside(&self, caller: &Caller) -> Result<Option<(Uuid, bool)>, AppError> {
        match self.aside.as_deref() {
            None | Some("") => Ok(None),
            Some("hide") => Ok(caller.is_staff().then_some((caller.user_id, false))),
            Some("only") if caller.is_staff() => Ok(Some((caller.user_id, true))),
            Some(_) => Err(refused("invalid_filter", "`aside` is `hide` or `only`.")),
        }
    }

    fn tag(&self, caller: &Caller) -> Result<Option<String>, AppError> {
        match self.tag.as_deref() {
            None | Some("") => Ok(None),
            // What is no tag is on no ticket.
            Some(text) if caller.is_staff() => Ok(Some(tags::tag(text).unwrap_or_else(|_| text.to_owned()))),
            Some(_) => Err(refused("invalid_filter", "`tag` is for staff.")),
        }
    }
}

fn project(text: &str) -> Result<Option<Uuid>, AppError> {
    match text {
        "" | "none" => Ok(None),
        id => id
            .parse()
            .map(Some)
            .map_err(|_| refused("invalid_filter", "`project` is `none` or the id of a project.")),
    }
}

fn categories(text: &str) -> Result<Vec<Uuid>, AppError> {
    match text {
        "" | "none" => Ok(Vec::new()),
        ids => ids
            .split(',')
            .map(|id| id.trim().parse())
            .collect::<Result<_, _>>()
            .map_err(|_| refused("invalid_filter", "`category` is `none` or ids of categories.")),
    }
}
