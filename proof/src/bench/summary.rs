//! What the benchmarks found beside what they aim at.

use serde::Serialize;

/// One figure with its target.
#[derive(Debug, Clone, Serialize)]
pub struct Mark {
    what: String,
    unit: &'static str,
    found: f64,
    target: f64,
    met: bool,
}

impl Mark {
    /// A rate that should be reached.
    pub fn at_least(what: impl Into<String>, found: f64, target: f64, unit: &'static str) -> Self {
        Self {
            what: what.into(),
            unit,
            found,
            target,
            met: found >= target,
        }
    }

    /// A time that should not be exceeded.
    pub fn at_most(what: impl Into<String>, found: f64, target: f64, unit: &'static str) -> Self {
        Self {
            met: found <= target,
            ..Self::at_least(what, found, target, unit)
        }
    }
}

/// A table, one line each.
pub fn print(marks: &[Mark]) {
    println!("\n{:<46}{:>12}{:>12}", "", "found", "target");
    for mark in marks {
        let digits = usize::from(mark.target < 100.0);
        println!(
            "{:<46}{:>12.digits$}{:>12.digits$} {:<5} {}",
            mark.what,
            mark.found,
            mark.target,
            mark.unit,
            if mark.met { "met" } else { "missed" }
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_to_be_reached_and_a_time_not_exceeded() {
        assert!(Mark::at_least("rate", 10.0, 10.0, "/s").met);
        assert!(!Mark::at_least("rate", 9.9, 10.0, "/s").met);
        assert!(Mark::at_most("time", 10.0, 10.0, "ms").met);
        assert!(!Mark::at_most("time", 10.1, 10.0, "ms").met);
    }
}
