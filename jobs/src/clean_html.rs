//! Applies a new policy for HTML to earlier mails.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Job, Priority, Queue};

/// Makes the HTML of mails anew that an earlier policy let through, from the raw mails. A reconciler: it looks at the state and mends
/// it, so a missed run is made up by the next.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct CleanHtml {}

impl Job for CleanHtml {
    const KIND: &'static str = "clean_html";
    const QUEUE: Queue = Queue::Maintenance;
    const MAX_ATTEMPTS: u16 = 3;
    const TIMEOUT: Duration = Duration::from_secs(300);
    const PRIORITY: Priority = Priority::Low;

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}
