//! Deals out the tickets that wait in groups.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Job, Priority, Queue};

/// Gives what waits in groups to agents who are there and have room. A reconciler: a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct DealTickets {}

impl Job for DealTickets {
    const KIND: &'static str = "deal_tickets";
    const QUEUE: Queue = Queue::Sla;
    const MAX_ATTEMPTS: u16 = 3;
    const TIMEOUT: Duration = Duration::from_secs(300);
    const PRIORITY: Priority = Priority::High;
}
