//! The list of tickets as a file, made chunk by chunk: no more than one is ever in memory.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use domain::{
    locale::Locale,
    permission::Permission,
    ticket::{
        Priority, State,
        export::{Column, yes_or_no},
    },
};
use serde_json::json;
use store::{
    audit,
    ticket::{self, After, Filter, Sort, Summary},
};

use super::{Wanted, category::Known, filter};
use crate::{App, AppError, Caller, wall};

/// Tickets read at once.
const CHUNK: i64 = 1000;

/// How a file is written.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// Language of heads and words.
    pub locale: Locale,
    /// Zone of its times.
    pub zone: Tz,
}

impl Form {
    /// In this language and zone; UTC when none is named.
    ///
    /// # Errors
    /// [`AppError::Unclear`] for a zone that is none.
    pub fn new(locale: Locale, zone: Option<&str>) -> Result<Self, AppError> {
        Ok(Self {
            locale,
            zone: filter::zone(zone)?,
        })
    }
}

/// A file under way.
#[derive(Debug)]
pub struct Export {
    app: App,
    caller: Caller,
    wanted: Wanted,
    filter: Filter,
    form: Form,
    categories: Arc<Known>,
    begun: DateTime<Utc>,
    after: Option<After>,
    rows: u64,
    over: bool,
}

impl Export {
    /// Begins a file of all that a list shows this person, the newest opened first, whatever the list's order: what changes while the
    /// file is made must not move through it. The trail says that it began, and at its end how many tickets it holds.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Unclear`].
    pub async fn begin(app: &App, caller: &Caller, wanted: Wanted, form: Form) -> Result<Self, AppError> {
        if caller.ticket_scope()?.is_none() {
            caller.need(Permission::TicketsExport)?;
        }
        let begun = app.now();
        let (filter, categories) = {
            let mut conn = app.conn().await?;
            let (filter, _) = wanted.understand(&mut conn, caller).await?;
            (filter, app.categories.read(&mut conn).await?)
        };
        let export = Self {
            app: app.clone(),
            caller: caller.clone(),
            wanted,
            filter,
            form,
            categories,
            begun,
            after: None,
            rows: 0,
            over: false,
        };
        export.note("ticket.export").await?;
        Ok(export)
    }

    /// The mark and the heads.
    ///
    /// # Errors
    /// Not in practice: it writes to memory.
    pub fn head(&self) -> Result<Vec<u8>, AppError> {
        let heads: Vec<String> = Column::of(self.caller.is_staff())
            .map(|column| column.head(self.form.locale).to_owned())
            .collect();
        domain::csv::head(&heads).map_err(broken)
    }

    /// The next lines; `None` at the end.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, AppError> {
        if self.over {
            return Ok(None);
        }
        let (app, caller) = (self.app.clone(), self.caller.clone());
        // An answer that is streamed outlives the request: whoever was behind the wall has to be put there again.
        wall::scope(async {
            if caller.is_customer() {
                wall::behind(caller.user_id)?;
            }
            let mut conn = app.conn().await?;
            let rows = ticket::list(&mut conn, &self.filter, Sort::Created, self.after, CHUNK, self.begun).await?;
            drop(conn);
            let Some(last) = rows.last() else {
                self.over = true;
                self.note("ticket.export_end").await?;
                return Ok(None);
            };
            self.after = Some((Some(last.created_at), last.id));
            let lines = rows.iter().map(|row| self.cells(row)).collect::<Result<Vec<_>, _>>()?;
            self.rows += lines.len() as u64;
            Ok(Some(domain::csv::rows(lines).map_err(broken)?))
        })
        .await
    }

    /// Tickets written so far.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    fn cells(&self, row: &Summary) -> Result<Vec<String>, AppError> {
        let Form { locale, zone } = self.form;
        let time = |at: DateTime<Utc>| at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, true);
        let state: State = row.state.parse().map_err(broken)?;
        let priority: Priority = row.priority.parse().map_err(broken)?;
        let cell = |column| match column {
            Column::Number => row.number.to_string(),
            Column::Subject => row.subject.clone(),
            Column::State => state.label(locale).to_owned(),
            Column::Priority => priority.label(locale).to_owned(),
            Column::Category => self.categories.called(row.category_id, locale).to_owned(),
            Column::Tags => row.tags.join(" "),
            Column::Group => row.group_name.clone(),
            Column::Assignee => row.assignee_name.clone().unwrap_or_default(),
            Column::Requester => row.requester_name.clone(),
            Column::RequesterEmail => row.requester_email.clone(),
            Column::Messages => row.message_count.to_string(),
            Column::CreatedAt => time(row.created_at),
            Column::LastMessageAt => time(row.last_message_at),
            Column::UpdatedAt => time(row.updated_at),
            Column::DueAt => row.sla_due_at.map(time).unwrap_or_default(),
            Column::Breached => yes_or_no(row.sla_breached, locale).to_owned(),
        };
        Ok(Column::of(self.caller.is_staff()).map(cell).collect())
    }

    async fn note(&self, action: &'static str) -> Result<(), AppError> {
        let mut tx = self.app.begin().await?;
        let mut data = json!({ "filter": self.wanted });
        if self.over {
            data["rows"] = self.rows.into();
        }
        let entry = audit::Entry {
            action,
            subject_type: "ticket",
            subject_id: None,
            data,
        };
        audit::append(tx.conn()?, &self.caller.actor, self.app.now(), entry).await?;
        tx.commit().await
    }
}

fn broken(error: impl ToString) -> AppError {
    AppError::Internal(error.to_string())
}
