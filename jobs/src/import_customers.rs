//! Customers from a file: the check of its rows, and the making of those that are good.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Queue, Subject};

/// Checks every row of a file without making anybody.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckCustomerImport {
    /// The import.
    pub import_id: Uuid,
    /// Its version: a later check is another job.
    pub version: i32,
}

/// Makes customers of the rows that the check found good.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunCustomerImport {
    /// The import.
    pub import_id: Uuid,
}

impl Job for CheckCustomerImport {
    const KIND: &'static str = "check_customer_import";
    const QUEUE: Queue = Queue::Sync;
    const MAX_ATTEMPTS: u16 = 5;
    const TIMEOUT: Duration = Duration::from_secs(300);

    fn unique_key(&self) -> Option<String> {
        Some(format!("{}@{}", self.import_id, self.version))
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("customer_import", self.import_id))
    }
}

impl Job for RunCustomerImport {
    const KIND: &'static str = "run_customer_import";
    const QUEUE: Queue = Queue::Sync;
    const MAX_ATTEMPTS: u16 = 10;
    const TIMEOUT: Duration = Duration::from_secs(900);

    fn unique_key(&self) -> Option<String> {
        Some(self.import_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject::new("customer_import", self.import_id))
    }
}
