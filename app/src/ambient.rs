//! What travels with a piece of work without being an argument of every use case: the trace it belongs to, and the
//! idempotency key it was sent with.

use std::{fmt, str::FromStr};

use store::session::Held;
use uuid::Uuid;

/// A place in a distributed trace (W3C Trace Context). Written as `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    /// The whole trace; never 0.
    pub trace_id: u128,
    /// The present span; never 0.
    pub span_id: u64,
}

impl Trace {
    /// The beginning of a new trace.
    #[must_use]
    pub fn start() -> Self {
        Self {
            trace_id: Uuid::new_v4().as_u128(),
            span_id: span_id(),
        }
    }

    /// A span below this one.
    #[must_use]
    pub fn child(self) -> Self {
        Self {
            span_id: span_id(),
            ..self
        }
    }
}

/// A fresh id; the version bits of the UUID keep it from being 0.
fn span_id() -> u64 {
    Uuid::new_v4().as_u64_pair().1
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-01", self.trace_id, self.span_id)
    }
}

/// The text is no `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a traceparent")]
pub struct NotATrace;

impl FromStr for Trace {
    type Err = NotATrace;

    fn from_str(text: &str) -> Result<Self, NotATrace> {
        let mut parts = text.split('-');
        let mut part = |len: usize| {
            parts
                .next()
                .filter(|p| p.len() == len && p.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
        };
        let (version, trace, span, flags) = (part(2), part(32), part(16), part(2));
        if version.is_none_or(|v| v == "ff") || flags.is_none() {
            return Err(NotATrace);
        }
        let trace_id = trace.and_then(|hex| u128::from_str_radix(hex, 16).ok()).unwrap_or(0);
        let span_id = span.and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or(0);
        if trace_id == 0 || span_id == 0 {
            return Err(NotATrace);
        }
        Ok(Self { trace_id, span_id })
    }
}

/// What travels along.
#[derive(Debug, Clone, Default)]
pub struct Ambient {
    /// Jobs that are enqueued carry it on.
    pub trace: Option<Trace>,
    /// Transactions note in it that the work was done.
    pub key: Option<Held>,
}

tokio::task_local! {
    static CURRENT: Ambient;
}

/// What travels with the present task; nothing outside [`scope`].
#[must_use]
pub fn current() -> Ambient {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Does `work` with this along.
pub fn scope<F: Future>(ambient: Ambient, work: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(ambient, work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_read_as_the_standard_says() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let trace: Trace = text.parse().unwrap();
        assert_eq!(trace.to_string(), text);
        assert_eq!(trace.child().trace_id, trace.trace_id);
        assert_ne!(trace.child().span_id, trace.span_id);
        assert_eq!(
            Trace::start().to_string().parse::<Trace>().map(|t| t.span_id == 0),
            Ok(false)
        );
        for wrong in [
            "",
            "00",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        ] {
            assert_eq!(wrong.parse::<Trace>(), Err(NotATrace), "{wrong}");
        }
    }
}
