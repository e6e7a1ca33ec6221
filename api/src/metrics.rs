//! Figures in the Prometheus text format: requests answered by this process, and what waits in the queues.

use std::{
    collections::BTreeMap,
    fmt::{Display, Write},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::http::{Method, StatusCode};
use store::ledger::{QueueDepth, WorkerRow};

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

    fn requests(&self, out: &mut Exposition) {
        let name = "http_request_duration_seconds";
        out.family(name, "histogram", "Time from a request's head to its answer's.");
        let series = self.series.read().unwrap_or_else(PoisonError::into_inner).clone();
        for ((method, route, status), series) in &series {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            let count = series.count.load(Relaxed);
            for (bucket, end) in series.buckets.iter().zip(BUCKETS) {
                let labels = format!("{labels},le=\"{end}\"");
                out.sample(&format!("{name}_bucket"), &labels, bucket.load(Relaxed));
            }
            out.sample(&format!("{name}_bucket"), &format!("{labels},le=\"+Inf\""), count);
            let sum = Duration::from_micros(series.micros.load(Relaxed)).as_secs_f64();
            out.sample(&format!("{name}_sum"), &labels, sum);
            out.sample(&format!("{name}_count"), &labels, count);
        }
    }

    /// Everything as text.
    #[must_use]
    pub fn render(&self, now: &Moment) -> String {
        let mut out = Exposition::default();
        self.requests(&mut out);
        let gauges = [
            ("http_requests_in_flight", "Requests being served.", now.in_flight),
            (
                "http_requests_in_flight_max",
                "Requests served at once at most.",
                now.most_in_flight,
            ),
            (
                "cloudmanager_database_connections_in_use",
                "Connections lent by the pool.",
                now.pool.0,
            ),
            (
                "cloudmanager_database_connections_max",
                "Connections of the pool at most.",
                now.pool.1,
            ),
            (
                "cloudmanager_live_listeners",
                "Open streams of live events.",
                now.listeners,
            ),
            (
                "cloudmanager_database_up",
                "Whether the database answered this scrape.",
                usize::from(now.queues.is_some()),
            ),
        ];
        for (name, help, value) in gauges {
            out.family(name, "gauge", help);
            out.sample(name, "", value);
        }
        out.family(
            "cloudmanager_build_info",
            "gauge",
            "Always 1; the version is the label.",
        );
        out.sample(
            "cloudmanager_build_info",
            concat!("version=\"", env!("CARGO_PKG_VERSION"), "\""),
            1,
        );
        if let Some(queues) = &now.queues {
            queues.write(&mut out);
        }
        out.0
    }
}

/// What is not counted but looked up when somebody asks.
#[derive(Debug)]
pub struct Moment {
    /// Requests being served, and how many there may be.
    pub in_flight: usize,
    /// Requests served at once at most.
    pub most_in_flight: usize,
    /// Database connections in use, and how many there may be.
    pub pool: (usize, usize),
    /// Open live streams.
    pub listeners: usize,
    /// What waits; none when the database does not answer.
    pub queues: Option<Queues>,
}

/// What waits in the queues, and who serves them.
#[derive(Debug)]
pub struct Queues {
    /// Each queue's depth.
    pub depths: Vec<QueueDepth>,
    /// Queues that are paused or drained.
    pub switched_off: Vec<String>,
    /// Worker processes.
    pub workers: Vec<WorkerRow>,
}

impl Queues {
    fn write(&self, out: &mut Exposition) {
        let name = "cloudmanager_jobs";
        out.family(
            name,
            "gauge",
            "Jobs by queue and state; due, scheduled and dead ones are counted up to 100000.",
        );
        for depth in &self.depths {
            let states = [
                ("due", depth.queued),
                ("scheduled", depth.scheduled),
                ("running", depth.running),
                ("dead", depth.dead),
            ];
            for (state, value) in states {
                out.sample(name, &format!("queue=\"{}\",state=\"{state}\"", depth.queue), value);
            }
        }
        let name = "cloudmanager_oldest_due_job_age_seconds";
        out.family(
            name,
            "gauge",
            "How long the oldest due job has waited; 0 when none waits.",
        );
        for depth in &self.depths {
            let age = depth.oldest_age_seconds.unwrap_or_default();
            out.sample(name, &format!("queue=\"{}\"", depth.queue), age);
        }
        let name = "cloudmanager_queue_paused";
        out.family(name, "gauge", "1 for a queue that an operator paused or drains.");
        for depth in &self.depths {
            let off = u8::from(self.switched_off.contains(&depth.queue));
            out.sample(name, &format!("queue=\"{}\"", depth.queue), off);
        }
        let name = "cloudmanager_worker_slots";
        out.family(name, "gauge", "Jobs that the workers of a queue run at once at most.");
        for depth in &self.depths {
            let slots = self
                .workers
                .iter()
                .filter_map(|worker| worker.queues.get(&depth.queue)?.get("concurrency")?.as_i64());
            out.sample(name, &format!("queue=\"{}\"", depth.queue), slots.sum::<i64>());
        }
        out.family(
            "cloudmanager_workers",
            "gauge",
            "Worker processes seen in the last ten seconds.",
        );
        out.sample("cloudmanager_workers", "", self.workers.len());
    }
}

/// The text format, version 0.0.4.
#[derive(Default)]
struct Exposition(String);

impl Exposition {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = match labels {
            "" => writeln!(self.0, "{name} {value}"),
            labels => writeln!(self.0, "{name}{{{labels}}} {value}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_route() {
        let metrics = Metrics::default();
        metrics.observe(&Method::GET, "/api/v1/me", StatusCode::OK, Duration::from_millis(3));
        let text = metrics.render(&Moment {
            in_flight: 1,
            most_in_flight: 1024,
            pool: (1, 16),
            listeners: 0,
            queues: None,
        });
        assert!(text.contains(r#"_bucket{method="GET",route="/api/v1/me",status="200",le="0.0025"} 0"#));
        assert!(text.contains(r#"_bucket{method="GET",route="/api/v1/me",status="200",le="0.005"} 1"#));
        assert!(text.contains("cloudmanager_database_connections_max 16"));
        assert!(text.contains("cloudmanager_database_up 0"));
    }
}
