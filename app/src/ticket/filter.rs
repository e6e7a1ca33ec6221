//! What a list of tickets is narrowed to, as people say it: the same for the list, what is counted, changed together and exported.

use chrono_tz::Tz;
use domain::{
    ticket::{Priority, Source, Span, State, input, span::Flaw, tags},
    words::WordSet,
};
use serde::{Deserialize, Serialize};
use store::{
    PgConn,
    ticket::{Due, Filter, Related, Sort},
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
    /// The id of a support group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The id of a customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// `me`, the id of an account or a mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requester: Option<String>,
    /// How it came, see [`Source`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// `me`: a note mentions one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mentioned: Option<String>,
    /// The id of an order that they are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The id of a service that they are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The id of an invoice that they are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice: Option<String>,
    /// `yes`, `no` or `all`: what was closed as spam.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spam: Option<String>,
    /// Opened on this day or later, or from this moment on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_from: Option<String>,
    /// Opened on this day or earlier, or before this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_to: Option<String>,
    /// Changed last on this day or later, or from this moment on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_from: Option<String>,
    /// Changed last on this day or earlier, or before this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_to: Option<String>,
    /// Whose days are meant, by its name in the IANA database; UTC when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
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

/// The zone of this name; UTC when none is named.
///
/// # Errors
/// [`AppError::Unclear`] for a zone that is none.
pub(super) fn zone(name: Option<&str>) -> Result<Tz, AppError> {
    match name {
        None | Some("") => Ok(Tz::UTC),
        Some(name) => name
            .parse()
            .map_err(|_| refused("invalid_zone", "`zone` is a name of the IANA time zone database.")),
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
        let (requester, requester_email) = self.requester(caller)?;
        let zone = zone(self.zone.as_deref())?;
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
            group: of_staff(
                caller,
                self.group.as_deref(),
                "`group` is the id of a group, for staff.",
            )?,
            of_customer: of_staff(
                caller,
                self.customer.as_deref(),
                "`customer` is the id of a customer, for staff.",
            )?,
            requester,
            requester_email,
            source: self.source(caller)?,
            mentioned: self.mentioned(caller)?,
            related: self.related(caller)?,
            spam: self.spam(caller)?,
            created: within("created", (&self.created_from, &self.created_to), zone)?,
            updated: within("updated", (&self.updated_from, &self.updated_to), zone)?,
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

    /// The account or the address that asked.
    fn requester(&self, caller: &Caller) -> Result<(Option<Uuid>, Option<String>), AppError> {
        match self.requester.as_deref().map(str::trim) {
            None | Some("") => Ok((None, None)),
            Some("me") => Ok((Some(caller.user_id), None)),
            Some(who) => match (who.parse::<Uuid>(), input::address(who)) {
                (Ok(id), _) => Ok((Some(id), None)),
                (Err(_), Ok(address)) => Ok((None, Some(address))),
                (Err(_), Err(_)) => Err(refused(
                    "invalid_filter",
                    "`requester` is `me`, the id of an account or a mail address.",
                )),
            },
        }
    }

    fn source(&self, caller: &Caller) -> Result<Option<Source>, AppError> {
        match self.source.as_deref() {
            None | Some("") => Ok(None),
            Some(text) => Source::parse(text)
                .filter(|_| caller.is_staff())
                .map(Some)
                .ok_or_else(|| {
                    refused(
                        "invalid_filter",
                        "`source` is `mail`, `client`, `agent` or `api`, for staff.",
                    )
                }),
        }
    }

    fn mentioned(&self, caller: &Caller) -> Result<Option<Uuid>, AppError> {
        match self.mentioned.as_deref() {
            None | Some("") => Ok(None),
            Some("me") if caller.is_staff() => Ok(Some(caller.user_id)),
            Some(_) => Err(refused("invalid_filter", "`mentioned` is `me`, for staff.")),
        }
    }

    /// Customers are not told what their tickets are about, so they do not ask for it either.
    fn related(&self, caller: &Caller) -> Result<Related, AppError> {
        Ok(Related {
            order_id: of_staff(
                caller,
                self.order.as_deref(),
                "`order` is the id of an order, for staff.",
            )?,
            service_id: of_staff(
                caller,
                self.service.as_deref(),
                "`service` is the id of a service, for staff.",
            )?,
            invoice_id: of_staff(
                caller,
                self.invoice.as_deref(),
                "`invoice` is the id of an invoice, for staff.",
            )?,
        })
    }

    /// Customers are not told what is spam: nothing of theirs is left out.
    fn spam(&self, caller: &Caller) -> Result<Option<bool>, AppError> {
        match self.spam.as_deref() {
            None | Some("" | "all") => Ok(None),
            Some("no") => Ok(caller.is_staff().then_some(false)),
            Some("yes") if caller.is_staff() => Ok(Some(true)),
            Some(_) => Err(refused("invalid_filter", "`spam` is `yes`, `no` or `all`.")),
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

/// An id that staff alone may ask for.
fn of_staff(caller: &Caller, text: Option<&str>, detail: &'static str) -> Result<Option<Uuid>, AppError> {
    match text {
        None | Some("") => Ok(None),
        Some(id) => match id.parse::<Uuid>() {
            Ok(id) if caller.is_staff() => Ok(Some(id)),
            _ => Err(refused("invalid_filter", detail)),
        },
    }
}

/// The span between two parameters, `…_from` and `…_to`.
fn within(name: &str, (from, to): (&Option<String>, &Option<String>), zone: Tz) -> Result<Span, AppError> {
    let time = |edge: &str| {
        refused(
            "invalid_filter",
            format!("`{name}_{edge}` is a day such as `2026-05-31`, or a moment such as `2026-05-31T08:00:00Z`."),
        )
    };
    Span::read(from.as_deref(), to.as_deref(), zone).map_err(|flaw| match flaw {
        Flaw::From => time("from"),
        Flaw::To => time("to"),
        Flaw::Backwards => refused("invalid_period", format!("`{name}_from` is before `{name}_to`.")),
    })
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
