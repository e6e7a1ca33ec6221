//! Header facts for the rules of `domain::mail`.

use domain::mail::address::MailAddress;
use domain::mail::facts::{EnvelopeFacts, HeaderLine, Headers, MailFacts};

use super::header::{Field, Fields};
use super::structure::Part;
use super::{ParseOptions, auth, charset};

/// Fields kept in full; of the others, which nobody shows, only the first two kilobytes.
const LONG: [&str; 3] = ["subject", "references", "authentication-results"];

pub(super) fn read(root: &Part<'_>, options: &ParseOptions) -> MailFacts {
    let fields = &root.fields;
    let limits = &options.limits;
    let addresses = |name: &str| {
        let all = fields.all(name).take(10).flat_map(|f| f.addresses(limits.addresses));
        all.take(limits.addresses).collect::<Vec<MailAddress>>()
    };
    let ids = |name: &str| {
        fields
            .all(name)
            .take(10)
            .flat_map(|f| f.ids(limits.references))
            .collect::<Vec<String>>()
    };
    let from = addresses("From");
    // References grow to the right: the newest ones count most.
    let mut references = ids("References");
    references.drain(..references.len().saturating_sub(limits.references));
    let lines = fields.iter().map(|f| HeaderLine {
        name: f.name.to_owned(),
        value: value(f),
    });
    MailFacts {
        headers: Headers(lines.collect()),
        from_fields: fields.all("From").count(),
        reply_to: addresses("Reply-To"),
        to: addresses("To"),
        cc: addresses("Cc"),
        envelope: envelope(fields, options, &from),
        subject: fields
            .get("Subject")
            .map(Field::text)
            .unwrap_or_default()
            .chars()
            .take(1_000)
            .collect(),
        message_id: fields.get("Message-ID").and_then(|f| f.ids(1).pop()),
        in_reply_to: ids("In-Reply-To").into_iter().take(20).collect(),
        references,
        auth: auth::read(fields, &options.authserv_ids, &from),
        content_type: root.content.full(),
        report: None,
        from,
    }
}

fn value(field: &Field<'_>) -> String {
    let text = field.text();
    let long = LONG.iter().any(|name| field.name.eq_ignore_ascii_case(name));
    if long { text } else { charset::clean_line(&text, 2_000) }
}

fn envelope(fields: &Fields<'_>, options: &ParseOptions, from: &[MailAddress]) -> EnvelopeFacts {
    if let Some(known) = &options.envelope {
        return known.clone();
    }
    let bare = |f: &Field<'_>| f.plain().trim().trim_matches(['<', '>']).trim().to_owned();
    let assumed = || {
        from.first()
            .filter(|_| options.assume_envelope_sender)
            .map(|a| a.address.clone())
    };
    let names = ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"];
    EnvelopeFacts {
        return_path: fields.get("Return-Path").map(bare).or_else(assumed),
        recipients: names
            .iter()
            .flat_map(|name| fields.all(name).take(20).map(bare).collect::<Vec<_>>())
            .collect(),
    }
}
