//! Everything that is done to a mail before the database sees it, with the promises checked. The fuzz target and the
//! tests call this one function.

#![expect(clippy::expect_used, reason = "test support: a broken promise is a panic")]

use std::collections::BTreeSet;

use domain::mail::address::OwnAddresses;
use domain::mail::autoresponse::{AutoResponseContext, may_auto_respond};
use domain::mail::class::classify;
use domain::mail::threading::{Lookups, decide::decide, evidence::collect};
use domain::mail::token::{TokenKey, TokenKeys};
use integrations::mail::html::{SanitiseOptions, sanitise};
use integrations::mail::parse::{ParseOptions, ParseWarning, ParsedMail, parse};

/// Options as in production.
pub fn options() -> ParseOptions {
    ParseOptions {
        authserv_ids: vec!["mx.cloudmanager.test".to_owned()],
        ..ParseOptions::default()
    }
}

/// Keys of a fixed secret.
pub fn keys() -> TokenKeys {
    TokenKeys::new(TokenKey::new(1, [7; 32]).expect("32 bytes"), Vec::new())
}

/// Reads any bytes and applies every rule; panics when a promise is broken.
pub fn exercise(raw: &[u8]) -> ParsedMail {
    let mail = parse(raw, &options());
    assert!(
        !mail.warnings.contains(&ParseWarning::ReaderFailed),
        "the reader panicked"
    );
    assert_eq!(mail.size, raw.len());
    assert!(mail.sha256.len() == 64 && mail.content_fp.len() == 64);
    assert!(!mail.text.contains(['\0', '\r']));
    let json = serde_json::to_string(&mail.facts).expect("facts are plain data");
    assert!(!json.contains("\\u0000"), "PostgreSQL refuses NUL in JSON");

    let mut names = BTreeSet::new();
    for file in &mail.attachments {
        assert!(names.insert(file.name.to_lowercase()), "names are unique");
        assert!(!file.name.is_empty() && file.name.len() <= 200);
        assert!(
            !file.name.contains(['/', '\\', '\0', '\r', '\n', '\u{202e}']),
            "{:?}",
            file.name
        );
        assert!(file.blocked.is_none() || file.bytes.is_empty());
    }
    let keys = keys();
    if let Some(at) = mail.quoted_from(&keys) {
        assert!(!mail.text[..at].trim().is_empty(), "folding leaves something to read");
    }
    if let Some(html) = &mail.html {
        let safe = sanitise(html, &SanitiseOptions::default())
            .html
            .unwrap_or_default()
            .to_lowercase();
        for bad in ["<script", "<iframe", "<svg", "<form", "<object", "<style"] {
            assert!(!safe.contains(bad), "{bad} survived");
        }
    }
    let own = OwnAddresses::new(["support@cloudmanager.test"]);
    let class = classify(&mail.facts, "instance").class;
    let evidence = collect(&mail.facts, &mail.full_text(), &keys, &own);
    let threading = decide(&mail.facts, class, &evidence, &Lookups::default());
    assert!(!threading.reasons.is_empty());
    let _ = may_auto_respond(
        &mail.facts,
        AutoResponseContext {
            class,
            own: &own,
            importing: false,
            suppressed: false,
        },
    );
    mail
}
