//! Traces across processes (W3C Trace Context): a request's place in its caller's trace, and a job's place in that of the
//! request. Without a collector there are no traces, and everything here does nothing.

use std::{borrow::Cow, collections::HashMap};

use opentelemetry::{
    propagation::TextMapPropagator,
    trace::{Status, TraceContextExt, TraceId},
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The header, and the field of a job, that holds a place in a trace.
pub const HEADER: &str = "traceparent";

/// Puts a new span below its parent in another process, if there is one, and names it for the trace. Returns the id of the
/// trace, for the log.
pub fn begin(span: &Span, parent: Option<&str>, name: impl Into<Cow<'static, str>>) -> Option<TraceId> {
    if let Some(parent) = parent {
        let carrier = HashMap::from([(HEADER.to_owned(), parent.to_owned())]);
        // It refuses when there is no collector, and then there is nothing to put anywhere.
        let _ = span.set_parent(TraceContextPropagator::new().extract(&carrier));
    }
    let context = span.context();
    let in_trace = context.span();
    let id = in_trace.span_context().trace_id();
    if id == TraceId::INVALID {
        return None;
    }
    in_trace.update_name(name);
    Some(id)
}

/// The place of the present span, as `traceparent`; none without a collector.
#[must_use]
pub fn current() -> Option<String> {
    let context = Span::current().context();
    if !context.has_active_span() {
        return None;
    }
    let mut carrier = HashMap::new();
    TraceContextPropagator::new().inject_context(&context, &mut carrier);
    carrier.remove(HEADER)
}

/// Marks the span as failed.
pub fn failed(span: &Span) {
    span.set_status(Status::error(""));
}
