//! What reading a mail costs: µs for a mail of 5 KB with every rule applied, MB/s for large ones, memory at 40 MB.
//! Prints a table and writes `target/bench/mail_parse.json`. Run with
//! `cargo run --release -p integrations --example parse_cost`.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use domain::mail::address::OwnAddresses;
use domain::mail::class::classify;
use domain::mail::threading::{Lookups, decide::decide, evidence::collect};
use domain::mail::token::{TokenKey, TokenKeys};
use integrations::mail::html::{SanitiseOptions, sanitise};
use integrations::mail::parse::{ParseOptions, parse};

/// A reply of 5 KB in plain text and HTML, as mail programs send it.
fn reply() -> String {
    let history = "> a line of the history of the conversation, about as long as they are\r\n".repeat(26);
    let html = "<p style=\"color:#222;margin:0\">A line of <b>words</b> and a <a href=\"https://example.org/x?a=1&amp;b=2\">link</a></p>\r\n".repeat(20);
    format!(
        "Return-Path: <ada@example.org>\r\nDelivered-To: support@cloudmanager.test\r\n\
         Received: from mail.example.org by mx.cloudmanager.test with ESMTPS; Sat, 21 Nov 2026 09:00:01 +0000\r\n\
         Authentication-Results: mx.cloudmanager.test; spf=pass; dkim=pass; dmarc=pass header.from=example.org\r\n\
         From: =?utf-8?q?Ad=C3=A9?= Lovelace <ada@example.org>\r\nTo: Support <support@cloudmanager.test>\r\n\
         Subject: =?utf-8?b?UmU6IFNlcnZldXIgYXJyw6p0w6k=?=\r\nMessage-ID: <1@example.org>\r\nReferences: <a@x> <b@x> <c@x>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=B\r\n\r\n\
         --B\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThank you!\r\n\r\nOn Fri, Nov 20, 2026 Support wrote:\r\n{history}\r\n\
         --B\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--B--\r\n"
    )
}

/// A mail with one file of `size` bytes.
fn with_file(size: usize) -> Vec<u8> {
    let file: Vec<u8> = (0..size)
        .map(|n| u8::try_from(n * 31 % 251).unwrap_or_default())
        .collect();
    let body = data_encoding::BASE64_MIME.encode(&file);
    let mail = format!(
        "From: ada@example.org\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\ntext\r\n\
         --B\r\nContent-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n--B--\r\n"
    );
    mail.into_bytes()
}

/// Median time of one call in µs.
fn median(rounds: usize, mut call: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            call();
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(rounds / 2).copied().unwrap_or_default()
}

/// Highest memory of this process in MB, where the system tells.
fn peak_memory_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = ParseOptions {
        authserv_ids: vec!["mx.cloudmanager.test".to_owned()],
        ..ParseOptions::default()
    };
    let keys = TokenKeys::new(TokenKey::new(1, [7; 32])?, Vec::new());
    let own = OwnAddresses::new(["support@cloudmanager.test"]);
    let raw = reply();
    let parse_us = median(5_000, || drop(std::hint::black_box(parse(raw.as_bytes(), &options))));
    let mail = parse(raw.as_bytes(), &options);
    let html = mail.html.clone().unwrap_or_default();
    let sanitise_us = median(5_000, || {
        drop(std::hint::black_box(sanitise(&html, &SanitiseOptions::default())))
    });
    let rules_us = median(5_000, || {
        let class = classify(&mail.facts, "instance").class;
        let evidence = collect(&mail.facts, &mail.full_text(), &keys, &own);
        let _ = std::hint::black_box((
            decide(&mail.facts, class, &evidence, &Lookups::default()),
            mail.quoted_from(&keys),
        ));
    });
    let total_us = parse_us + sanitise_us + rules_us;
    println!(
        "mail of {} bytes: parse {parse_us:.0} µs, sanitise {sanitise_us:.0} µs, rules {rules_us:.0} µs, together {total_us:.0} µs",
        raw.len()
    );
    println!("= {:.0} mails/s on one core", 1e6 / total_us);

    let megabyte = with_file(1 << 20);
    let rate =
        |raw: &[u8], rounds| raw.len() as f64 / median(rounds, || drop(std::hint::black_box(parse(raw, &options))));
    let small_rate = rate(&megabyte, 50);
    let before = peak_memory_mb().unwrap_or_default();
    let large = with_file(24 << 20);
    let large_us = median(5, || drop(std::hint::black_box(parse(&large, &options))));
    let peak = peak_memory_mb().unwrap_or_default();
    let large_mb = large.len() as f64 / 1e6;
    println!(
        "file of 1 MB: {small_rate:.0} MB/s; mail of {large_mb:.0} MB: {:.0} ms, peak memory {peak:.0} MB (before {before:.0} MB)",
        large_us / 1e3
    );

    let report = serde_json::json!({
        "mail_bytes": raw.len(), "parse_us": parse_us, "sanitise_us": sanitise_us, "rules_us": rules_us,
        "total_us": total_us, "mails_per_second_per_core": 1e6 / total_us, "file_mb_per_second": small_rate,
        "large_mail_mb": large_mb, "large_mail_ms": large_us / 1e3, "peak_memory_mb": peak,
    });
    let directory = Path::new("target/bench");
    std::fs::create_dir_all(directory)?;
    std::fs::write(
        directory.join("mail_parse.json"),
        serde_json::to_string_pretty(&report)?,
    )?;
    Ok(())
}
