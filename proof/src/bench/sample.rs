//! Figures out of many: percentiles of one round, median and range of several.

use serde::{Deserialize, Serialize};

/// Latencies of one round in milliseconds.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Latency {
    /// Half of the requests are faster.
    pub p50_ms: f64,
    /// 95 of 100.
    pub p95_ms: f64,
    /// 99 of 100.
    pub p99_ms: f64,
    /// The slowest.
    pub max_ms: f64,
}

impl Latency {
    /// Out of microseconds.
    pub fn of(mut micros: Vec<u32>) -> Self {
        micros.sort_unstable();
        let at = |percent: usize| {
            let rank = (micros.len() * percent).div_ceil(100).max(1) - 1;
            micros.get(rank).map_or(0.0, |n| f64::from(*n) / 1000.0)
        };
        Self {
            p50_ms: at(50),
            p95_ms: at(95),
            p99_ms: at(99),
            max_ms: at(100),
        }
    }
}

/// A figure of several rounds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Figure {
    /// Half of the rounds are below.
    pub median: f64,
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
}

impl Figure {
    /// Out of the rounds' figures.
    pub fn of(rounds: impl IntoIterator<Item = f64>) -> Self {
        let mut rounds: Vec<f64> = rounds.into_iter().collect();
        rounds.sort_by(f64::total_cmp);
        let at = |n: usize| rounds.get(n).copied().unwrap_or_default();
        let half = rounds.len() / 2;
        let median = if rounds.len() % 2 == 1 {
            at(half)
        } else {
            f64::midpoint(at(half.saturating_sub(1)), at(half))
        };
        Self {
            median,
            min: at(0),
            max: at(rounds.len().saturating_sub(1)),
        }
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = if self.median < 100.0 { 1 } else { 0 };
        write!(
            f,
            "{:.digits$} ({:.digits$}–{:.digits$})",
            self.median, self.min, self.max
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let latency = Latency::of((1..=1000).rev().map(|n| n * 1000).collect());
        assert_eq!(
            (latency.p50_ms, latency.p95_ms, latency.p99_ms, latency.max_ms),
            (500.0, 950.0, 990.0, 1000.0)
        );
        assert_eq!(Latency::of(vec![7000]).p99_ms, 7.0);
        assert_eq!(Latency::of(Vec::new()).max_ms, 0.0);
    }

    #[test]
    fn median_and_range() {
        let figure = Figure::of([3.0, 1.0, 2.0]);
        assert_eq!((figure.median, figure.min, figure.max), (2.0, 1.0, 3.0));
        assert_eq!(Figure::of([1.0, 2.0]).median, 1.5);
    }
}
