//! Tickets that staff and programs open at the same moment share one statement and one commit: a queue that is imported or a storm of
//! calls is over sooner, and one ticket alone waits for nobody.

use std::sync::Arc;

use futures::FutureExt;
use jobs::{NewJob, Signals};
use store::{
    Pool, StoreError,
    audit::Actor,
    session::Held,
    ticket::{self, Message, NewTicket, Opening, Promises, Related, Ticket},
};
use uuid::Uuid;

use crate::{App, AppError, gather::Gather, once, tx};

/// Statements under way at a time: the database works on one while the other waits for the disk.
const ABREAST: usize = 2;

/// A ticket about to be opened, with all that follows; what [`Opening`] borrows.
#[derive(Debug)]
pub(super) struct Wish {
    /// Id.
    pub id: Uuid,
    /// Subject.
    pub subject: String,
    /// Priority.
    pub priority: &'static str,
    /// `client` or `agent`.
    pub source: &'static str,
    /// Address and name of whom it is opened for.
    pub requester: (String, String),
    /// Support group; `None` = the first one.
    pub group_id: Option<Uuid>,
    /// Category.
    pub category_id: Option<Uuid>,
    /// Project.
    pub project_id: Option<Uuid>,
    /// What it is about besides its customer.
    pub related: Related,
    /// What followed from the category.
    pub explained: serde_json::Value,
    /// First message; the ticket is as old.
    pub message: Message,
    /// What is promised.
    pub promises: Promises,
    /// Who opens it.
    pub actor: Actor,
    /// Jobs that follow, with the trace of the request.
    pub jobs: Vec<NewJob>,
}

impl Wish {
    /// What is stored; `key` when the statement is the whole transaction.
    pub(super) fn opening<'a>(&'a self, key: Option<&'a Held>) -> Opening<'a> {
        Opening {
            ticket: NewTicket {
                id: self.id,
                subject: &self.subject,
                priority: self.priority,
                source: self.source,
                requester_email: &self.requester.0,
                requester_name: &self.requester.1,
                requester_proven: true,
                group_id: self.group_id,
                mailbox_id: None,
                locale: None,
                follow_up_of: None,
                tags: &[],
                category_id: self.category_id,
                project_id: self.project_id,
                related: self.related,
                explained: self.explained.clone(),
                at: self.message.created_at,
                since: self.message.created_at,
            },
            promises: &self.promises,
            actor: &self.actor,
            message: Some(&self.message),
            jobs: &self.jobs,
            key,
        }
    }
}

type Wished = Arc<(Wish, Option<Held>)>;

/// Tickets that one process opens without anything beside them.
#[derive(Debug)]
pub struct Openings {
    gather: Gather<Wished, Option<Ticket>>,
}

impl Openings {
    /// Over these connections; who waits for jobs and events is told by `signals`.
    #[must_use]
    pub fn new(pool: &Pool, signals: &Arc<dyn Signals>) -> Self {
        let (pool, signals) = (pool.clone(), signals.clone());
        let together = move |wished: Vec<Wished>| {
            let (pool, signals) = (pool.clone(), signals.clone());
            async move {
                let openings: Vec<Opening<'_>> = wished.iter().map(|one| one.0.opening(one.1.as_ref())).collect();
                let opened = ticket::open_all(&mut *pool.get().await?, &openings).await?;
                let queues = wished.iter().flat_map(|one| one.0.jobs.iter().map(NewJob::queue));
                tx::signal(&*signals, queues.collect());
                Ok(opened)
            }
            .boxed()
        };
        Self {
            gather: Gather::new(together).abreast(ABREAST),
        }
    }

    /// Opens one; its idempotency key is spent by it.
    pub(super) async fn open(&self, app: &App, wish: Wish) -> Result<Ticket, AppError> {
        app.mark_lines();
        let opened = self.gather.ask(Arc::new((wish, once::key()))).await?;
        opened.ok_or_else(|| tx::lost(StoreError::Fenced))
    }
}
