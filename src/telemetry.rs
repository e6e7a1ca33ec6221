//! Traces for an OpenTelemetry collector: what a request and the jobs it starts did, across processes. Off unless an
//! endpoint is configured. The exporter's finer settings are the standard's own variables (`OTEL_TRACES_SAMPLER`,
//! `OTEL_BSP_*`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_EXPORTER_OTLP_HEADERS`).

use std::{sync::OnceLock, time::Duration};

use anyhow::{Context, Result};
use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{SdkTracer, SdkTracerProvider},
};
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

/// How long the last spans may take at the end of the process.
const LAST_CALL: Duration = Duration::from_secs(3);

static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Starts the exporter; the layer that comes back feeds it.
///
/// # Errors
/// When the HTTP client cannot be set up.
pub fn layer<S>(collector: &str, role: &str) -> Result<OpenTelemetryLayer<S, SdkTracer>>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let provider = provider(collector, role)?;
    let tracer = provider.tracer("cloudmanager");
    // Logging is started once for each process.
    let _ = PROVIDER.set(provider);
    Ok(tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_context_activation(false)
        .with_tracked_inactivity(false)
        .with_location(false)
        .with_threads(false)
        .with_target(false))
}

fn provider(collector: &str, role: &str) -> Result<SdkTracerProvider> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", collector.trim_end_matches('/')))
        .build()
        .context("OTEL_EXPORTER_OTLP_ENDPOINT")?;
    let resource = Resource::builder()
        .with_service_name(format!("cloudmanager-{role}"))
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(SdkTracerProvider::builder()
        .with_resource(resource)
        .with_batch_exporter(exporter)
        .build())
}

/// Sends what is waiting; does nothing when telemetry is off. A collector that does not answer holds nobody up for long.
/// Blocks: for the end of the process, outside the runtime.
pub fn flush() {
    if let Some(provider) = PROVIDER.get() {
        shut_down(provider);
    }
}

fn shut_down(provider: &SdkTracerProvider) {
    if let Err(error) = provider.shutdown_with_timeout(LAST_CALL) {
        tracing::warn!(%error, "the last spans were not sent");
    }
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, time::Instant};

    use opentelemetry::trace::Tracer;

    use super::*;

    #[test]
    fn a_silent_collector_does_not_hold_the_process_up() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let provider = provider(&format!("http://{}", silent.local_addr().unwrap()), "test").unwrap();
        drop(provider.tracer("test").start("span"));
        let began = Instant::now();
        shut_down(&provider);
        let waited = began.elapsed();
        assert!(
            waited >= LAST_CALL && waited < LAST_CALL + Duration::from_secs(1),
            "{waited:?}"
        );
    }
}
