//! Traces as a collector sees them: from a caller through the API to the worker and the jobs it starts in turn.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::any_value,
    trace::v1::{ResourceSpans, Span, span::SpanKind},
};
use prost::Message;
use serde_json::json;

use crate::product::Product;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// What was received: each span with the name of the service it comes from.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<(String, Span)>>>);

impl Collector {
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new()
            .route("/v1/traces", post(receive))
            .with_state(self.clone());
        tokio::spawn(axum::serve(listener, app).into_future());
        url
    }

    /// The spans of one trace by that name.
    fn named(&self, name: &str) -> Vec<(String, Span)> {
        let trace: Vec<u8> = TRACE.as_bytes().chunks(2).map(byte).collect();
        let spans = self.0.lock().unwrap();
        let wanted = |(_, span): &&(String, Span)| span.name == name && span.trace_id == trace;
        spans.iter().filter(wanted).cloned().collect()
    }
}

fn byte(hex: &[u8]) -> u8 {
    u8::from_str_radix(std::str::from_utf8(hex).unwrap(), 16).unwrap()
}

fn service(spans: &ResourceSpans) -> String {
    let attributes = &spans.resource.as_ref().unwrap().attributes;
    let name = attributes.iter().find(|pair| pair.key == "service.name").unwrap();
    match name.value.clone().unwrap().value.unwrap() {
        any_value::Value::StringValue(name) => name,
        other => panic!("{other:?}"),
    }
}

async fn receive(State(collector): State<Collector>, body: Bytes) -> StatusCode {
    let message = ExportTraceServiceRequest::decode(body).unwrap();
    let mut seen = collector.0.lock().unwrap();
    for part in message.resource_spans {
        let service = service(&part);
        let spans = part.scope_spans.into_iter().flat_map(|scope| scope.spans);
        seen.extend(spans.map(|span| (service.clone(), span)));
    }
    StatusCode::OK
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_sees_a_request_and_its_jobs_in_one_trace() {
    let collector = Collector::default();
    let url = collector.start().await;
    // The exporters wait longer than the test takes: what arrives was sent because the processes stop.
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()),
        ("OTEL_BSP_SCHEDULE_DELAY", "600000"),
    ];
    let mut product = Product::start_with(&settings).await;
    let admin = product.client("admin@cloudmanager.test").await;
    let body = json!({ "subject": "S", "body": "B", "requester": { "email": "lina@example.dz" } });
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let headers = [("traceparent", parent.as_str()), ("idempotency-key", "k")];
    let (status, ticket) = admin.send_with("POST", "/api/v1/tickets", &headers, &body).await;
    assert_eq!(status, 201, "{ticket}");
    product.sent_mail("lina@example.dz").await;
    product.stop().await;

    let requests = collector.named("POST /api/v1/tickets");
    let [(service, request)] = requests.as_slice() else {
        panic!("{:?}", collector.0);
    };
    assert_eq!(service, "cloudmanager-api");
    assert_eq!(request.parent_span_id, 0x00f0_67aa_0ba9_02b7_u64.to_be_bytes());
    assert_eq!(request.kind(), SpanKind::Server);
    // The request's job, and the job that this one starts.
    let mut parent = request.span_id.clone();
    for name in ["acknowledge_ticket", "send_mail"] {
        let found = collector.named(name);
        let [(service, job)] = found.as_slice() else {
            panic!("{name}: {:?}", collector.0);
        };
        assert_eq!(service, "cloudmanager-worker");
        assert_eq!(job.parent_span_id, parent, "{name}");
        assert_eq!(job.kind(), SpanKind::Consumer);
        parent.clone_from(&job.span_id);
    }
}
