//! A job that does nothing: for the benchmark, and for operators who want to see a job pass through a queue.

use serde::{Deserialize, Serialize};

use crate::{Job, Queue};

/// Does nothing; `padding` gives the payload the size a benchmark asks for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Noop {
    /// Ballast, ignored by the handler.
    #[serde(default)]
    pub padding: String,
}

impl Noop {
    /// A no-op whose payload is `bytes` long as JSON (at least the 14 bytes of the field itself).
    #[must_use]
    pub fn sized(bytes: usize) -> Self {
        Self {
            padding: "x".repeat(bytes.saturating_sub(r#"{"padding":""}"#.len())),
        }
    }
}

impl Job for Noop {
    const KIND: &'static str = "noop";
    const QUEUE: Queue = Queue::Maintenance;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sized_payload_has_that_size() {
        assert_eq!(serde_json::to_string(&Noop::sized(200)).unwrap().len(), 200);
    }
}
