//! The present policies in memory. Versions never change, so those are kept; the present book is trusted only as far as the statement
//! that uses it checks its epoch, or after it was read anew.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use chrono::{DateTime, SubsecRound, Utc};
use domain::{
    sla::{Calendar, CalendarSpec, Clocks, Facts, PolicySpec, Terms},
    ticket::Priority,
};
use serde_json::{Value, json};
use store::{
    PgConn, sla,
    ticket::{Promises, Ticket},
};
use uuid::Uuid;

use crate::AppError;

/// A version of a policy, ready to count with.
#[derive(Debug)]
pub struct Version {
    /// Id.
    pub id: Uuid,
    /// Policy.
    pub policy_id: Uuid,
    /// Counts its versions from 1.
    pub number: i32,
    /// Promises.
    pub spec: PolicySpec,
    /// Business hours.
    pub calendar: Arc<Calendar>,
}

impl Version {
    fn of(row: sla::Version) -> Result<Self, AppError> {
        let broken = |error: &dyn std::fmt::Display| AppError::Internal(format!("policy version {}: {error}", row.id));
        let hours: CalendarSpec = serde_json::from_value(row.calendar_spec).map_err(|error| broken(&error))?;
        Ok(Self {
            spec: serde_json::from_value(row.spec).map_err(|error| broken(&error))?,
            calendar: Arc::new(Calendar::new(&hours).map_err(|error| broken(&error))?),
            id: row.id,
            policy_id: row.policy_id,
            number: row.number,
        })
    }

    /// What holds for tickets of a priority.
    #[must_use]
    pub fn terms(&self, priority: Priority) -> Terms {
        self.spec.terms(priority, self.calendar.clone())
    }
}

/// The policies that take tickets at present, in their order.
#[derive(Debug, Default)]
pub struct Present {
    epoch: Option<Uuid>,
    policies: Vec<Arc<Version>>,
}

impl Present {
    /// The policy that takes such a ticket.
    #[must_use]
    pub fn choose(&self, facts: Facts<'_>) -> Option<&Arc<Version>> {
        self.policies.iter().find(|version| version.spec.takes(facts))
    }

    /// What the statement that opens a ticket needs to choose and to start clocks.
    #[must_use]
    pub fn promises(&self, priority: Priority, categories: &[Uuid], at: DateTime<Utc>, by_staff: bool) -> Promises {
        let at = at.trunc_subsecs(6);
        let mut candidates = Vec::new();
        for (n, version) in self.policies.iter().enumerate() {
            let spec = &version.spec;
            let other = !spec.priorities.is_empty() && !spec.priorities.contains(&priority);
            if other || !spec.takes_category(categories) {
                continue;
            }
            let clocks = Clocks::open(version.terms(priority), at, by_staff);
            let rows: Vec<Value> = clocks
                .clocks
                .iter()
                .map(|clock| {
                    json!({ "kind": clock.kind, "target": clock.target, "due_at": clock.due_at,
                            "next_check_at": clock.next_check_at })
                })
                .collect();
            candidates.push(json!({
                "n": n, "version": version.id, "due_at": clocks.next_due(), "clocks": rows,
                "groups": Some(&spec.groups).filter(|groups| !groups.is_empty()),
                "kinds": Some(&spec.customer_kinds).filter(|kinds| !kinds.is_empty()),
                "tiers": Some(&spec.customer_tiers).filter(|tiers| !tiers.is_empty()),
            }));
            if spec.groups.is_empty() && spec.customer_kinds.is_empty() && spec.customer_tiers.is_empty() {
                break;
            }
        }
        Promises {
            epoch: self.epoch,
            candidates: Value::Array(candidates),
        }
    }
}

/// What is known of policies in this process.
#[derive(Debug, Default)]
pub struct Book {
    present: RwLock<Option<Arc<Present>>>,
    versions: RwLock<HashMap<Uuid, Arc<Version>>>,
}

impl Book {
    /// The present policies as they were read last, for a statement that checks their epoch.
    #[must_use]
    pub fn known(&self) -> Option<Arc<Present>> {
        self.present.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the present policies anew at the next occasion.
    pub fn forget(&self) {
        *self.present.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// A ticket was opened: one that no policy took says that they are others by now. The next look binds it.
    pub(crate) fn opened(&self, ticket: &Ticket) {
        if ticket.sla_version_id.is_none() {
            self.forget();
        }
    }

    /// What a ticket's opening needs; read once and then from memory.
    ///
    /// # Errors
    /// When the database is away.
    pub(crate) async fn promises(
        &self,
        conn: &mut PgConn,
        priority: Priority,
        categories: &[Uuid],
        at: DateTime<Utc>,
    ) -> Result<Promises, AppError> {
        let present = match self.known() {
            Some(present) => present,
            None => self.read(conn).await?,
        };
        Ok(present.promises(priority, categories, at, false))
    }

    /// The present policies, read now.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn read(&self, conn: &mut PgConn) -> Result<Arc<Present>, AppError> {
        let mut present = Present::default();
        for page in sla::book(conn).await? {
            present.epoch = Some(page.epoch);
            let version = match self.kept(page.version.id) {
                Some(version) => version,
                None => self.keep(Version::of(page.version)?),
            };
            present.policies.push(version);
        }
        let present = Arc::new(present);
        if present.epoch.is_some() {
            *self.present.write().unwrap_or_else(PoisonError::into_inner) = Some(present.clone());
        }
        Ok(present)
    }

    /// Any version that ever held.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn version(&self, conn: &mut PgConn, id: Uuid) -> Result<Arc<Version>, AppError> {
        if let Some(version) = self.kept(id) {
            return Ok(version);
        }
        let row = sla::version(conn, id).await?;
        let row = row.ok_or_else(|| AppError::Internal(format!("policy version {id} is gone")))?;
        Ok(self.keep(Version::of(row)?))
    }

    fn kept(&self, id: Uuid) -> Option<Arc<Version>> {
        self.versions
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned()
    }

    fn keep(&self, version: Version) -> Arc<Version> {
        let version = Arc::new(version);
        let mut kept = self.versions.write().unwrap_or_else(PoisonError::into_inner);
        // Far more than any installation has in use; what was dropped is read again.
        if kept.len() >= 4096 {
            kept.clear();
        }
        kept.insert(version.id, version.clone());
        version
    }
}
