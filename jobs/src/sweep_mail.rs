//! Finds mail that waits without a job, and gives a ticket to mail that no attempt could read.

use serde::{Deserialize, Serialize};

use crate::{Job, Queue};

/// Finds mail that waits without a job, and gives a ticket to mail that no attempt could read. A reconciler: it looks at the state and mends it, so a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct SweepMail {}

impl Job for SweepMail {
    const KIND: &'static str = "sweep_mail";
    const QUEUE: Queue = Queue::MailIn;
    const MAX_ATTEMPTS: u16 = 3;
}
