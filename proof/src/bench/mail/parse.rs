//! What reading a mail costs by itself, on one core.

use std::{hint::black_box, time::Instant};

use integrations::mail::{
    html::{SanitiseOptions, sanitise},
    parse::{ParseOptions, parse},
};
use serde::Serialize;

use crate::bench::load::mail;

const MAILS: u64 = 1_000;

/// Medians in microseconds of wall time.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Reading {
    /// Headers, parts, texts, quotes, fingerprint.
    parse: f64,
    /// HTML made safe.
    sanitise: f64,
}

impl std::fmt::Display for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "parse {:.0} µs, sanitise {:.0} µs", self.parse, self.sanitise)
    }
}

fn median(mut micros: Vec<f64>) -> f64 {
    micros.sort_by(f64::total_cmp);
    micros.get(micros.len() / 2).copied().unwrap_or_default()
}

/// Reads a thousand different mails.
pub fn measure() -> Reading {
    let (options, rules) = (ParseOptions::default(), SanitiseOptions::default());
    let (mut parses, mut sanitises) = (Vec::new(), Vec::new());
    for n in 0..MAILS {
        let raw = mail("parse", n);
        let at = Instant::now();
        let parsed = black_box(parse(&raw, &options));
        parses.push(at.elapsed().as_secs_f64() * 1e6);
        let at = Instant::now();
        black_box(parsed.html.as_deref().map(|html| sanitise(html, &rules)));
        sanitises.push(at.elapsed().as_secs_f64() * 1e6);
    }
    Reading {
        parse: median(parses),
        sanitise: median(sanitises),
    }
}
