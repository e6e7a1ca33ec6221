//! Traces: from a caller through the request to the jobs it starts.

use std::sync::{Arc, Mutex};

use opentelemetry::trace::{SpanKind, Status, TracerProvider};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{SdkTracerProvider, SpanData, SpanExporter},
};
use serde_json::json;
use tracing_subscriber::layer::SubscriberExt;

use super::client::World;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

async fn open_ticket(world: &World, headers: &[(&str, &str)]) {
    let token = format!("Bearer {}", world.login().await.token());
    let ticket = json!({ "subject": "S", "body": "B", "requester": { "email": "someone@example.test" } });
    let headers = [&[("authorization", token.as_str())], headers].concat();
    let answer = world.call("POST", "/api/v1/tickets", &headers, ticket).await;
    assert_eq!(answer.status, 201, "{:?}", answer.body);
}

/// What the jobs there are say about their trace.
async fn carried(world: &World) -> Vec<Option<String>> {
    let mut conn = world.db.pool.get().await.unwrap();
    let due = store::ledger::list(&mut conn, None, None, None, None, 10).await;
    let mut traces = Vec::new();
    for job in due.unwrap() {
        traces.push(store::ledger::find(&mut conn, job.id).await.unwrap().trace);
    }
    assert!(!traces.is_empty());
    traces
}

/// A span of this name, once it has ended: what a request leaves to a task of its own may hold it for a moment longer.
async fn named(kept: &Kept, name: &str) -> SpanData {
    for _ in 0..200 {
        if let Some(span) = kept.spans().into_iter().find(|span| span.name == name) {
            return span;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{name} is not among {:?}", kept.spans());
}

/// Keeps what it is given. The SDK's own is behind a feature with which the whole workspace would be compiled a second time.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Vec<SpanData>>>);

impl Kept {
    fn spans(&self) -> Vec<SpanData> {
        self.0.lock().unwrap().clone()
    }
}

impl SpanExporter for Kept {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch);
        Ok(())
    }
}

/// A collector in memory that sees the spans of this thread.
fn collect() -> (Kept, tracing::subscriber::DefaultGuard) {
    let exporter = Kept::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    (exporter, guard)
}

#[tokio::test]
async fn requests_continue_their_callers_trace_and_jobs_that_of_the_request() {
    let world = World::new().await;
    let (exporter, _guard) = collect();
    let parent = format!("00-{TRACE}-{PARENT}-01");
    // With a key as well: the work then runs in a task of its own.
    open_ticket(&world, &[("traceparent", &parent), ("idempotency-key", "k")]).await;
    let request = named(&exporter, "POST /api/v1/tickets").await;
    assert_eq!(request.span_context.trace_id().to_string(), TRACE);
    assert_eq!(request.parent_span_id.to_string(), PARENT);
    assert_eq!(request.span_kind, SpanKind::Server);
    for job in carried(&world).await {
        let span = request.span_context.span_id();
        assert_eq!(job, Some(format!("00-{TRACE}-{span}-01")));
    }
}

#[tokio::test]
async fn rubbish_begins_a_trace_of_its_own_and_failures_are_marked() {
    let world = World::new().await;
    let (exporter, _guard) = collect();
    open_ticket(&world, &[("traceparent", "00-zz")]).await;
    world.db.execute("ALTER TABLE tickets RENAME TO gone").await;
    let headers = [("authorization", format!("Bearer {}", world.login().await.token()))];
    let headers = [(headers[0].0, headers[0].1.as_str())];
    let failed = world.call("GET", "/api/v1/tickets", &headers, json!(null)).await;
    assert!(failed.status.is_server_error());
    let began = named(&exporter, "POST /api/v1/tickets").await;
    assert_ne!(began.span_context.trace_id().to_string(), TRACE);
    assert!(began.span_context.is_valid());
    assert_eq!(began.status, Status::Unset);
    assert!(matches!(
        named(&exporter, "GET /api/v1/tickets").await.status,
        Status::Error { .. }
    ));
}

#[tokio::test]
async fn without_a_collector_there_are_no_traces() {
    let world = World::new().await;
    open_ticket(&world, &[("traceparent", &format!("00-{TRACE}-{PARENT}-01"))]).await;
    assert!(carried(&world).await.iter().all(Option::is_none));
}
