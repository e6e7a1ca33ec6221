//! Counters of the HTTP side in the Prometheus text format.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::http::{Method, StatusCode};

/// Upper ends of the latency buckets in seconds.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// Method, route, status.
type Key = (String, String, u16);

#[derive(Debug, Default)]
struct Series {
    buckets: [AtomicU64; BUCKETS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

/// Requests answered, by method, route and status.
#[derive(Debug, Default)]
pub struct Metrics {
    series: RwLock<BTreeMap<Key, Arc<Series>>>,
}

impl Metrics {
    /// Counts one answer.
    pub fn observe(&self, method: &Method, route: &str, status: StatusCode, elapsed: Duration) {
        // Any text may come as a method; only known ones become a label.
        let method = match *method {
            Method::GET | Method::POST | Method::PUT | Method::PATCH | Method::DELETE | Method::HEAD => method.as_str(),
            _ => "other",
        };
        let key = (method.to_owned(), route.to_owned(), status.as_u16());
        let known = self
            .series
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        let series = known.unwrap_or_else(|| {
            self.series
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(key)
                .or_default()
                .clone()
        });
        let seconds = elapsed.as_secs_f64();
        for (bucket, _) in series.buckets.iter().zip(BUCKETS).filter(|(_, end)| seconds <= *end) {
            bucket.fetch_add(1, Relaxed);
        }
        series.count.fetch_add(1, Relaxed);
        series
            .micros
            .fetch_add(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }

    /// Everything as text. The database connections and the live listeners are of this moment.
    #[must_use]
    pub fn render(&self, connections: usize, pool_size: usize, listeners: usize) -> String {
        let mut out = String::from("# TYPE http_request_duration_seconds histogram\n");
        let series = self.series.read().unwrap_or_else(PoisonError::into_inner).clone();
        for ((method, route, status), series) in &series {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            let name = "http_request_duration_seconds";
            let count = series.count.load(Relaxed);
            for (bucket, end) in series.buckets.iter().zip(BUCKETS) {
                let _ = writeln!(out, "{name}_bucket{{{labels},le=\"{end}\"}} {}", bucket.load(Relaxed));
            }
            let sum = Duration::from_micros(series.micros.load(Relaxed)).as_secs_f64();
            let _ = writeln!(out, "{name}_bucket{{{labels},le=\"+Inf\"}} {count}");
            let _ = writeln!(out, "{name}_sum{{{labels}}} {sum}\n{name}_count{{{labels}}} {count}");
        }
        let gauges = [
            ("database_connections_in_use", connections),
            ("database_connections_max", pool_size),
            ("live_listeners", listeners),
        ];
        for (name, value) in gauges {
            let _ = writeln!(out, "# TYPE {name} gauge\n{name} {value}");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_route() {
        let metrics = Metrics::default();
        metrics.observe(&Method::GET, "/api/v1/me", StatusCode::OK, Duration::from_millis(3));
        let text = metrics.render(1, 16, 0);
        assert!(text.contains(r#"_bucket{method="GET",route="/api/v1/me",status="200",le="0.0025"} 0"#));
        assert!(text.contains(r#"_bucket{method="GET",route="/api/v1/me",status="200",le="0.005"} 1"#));
        assert!(text.contains("database_connections_max 16"));
    }
}
