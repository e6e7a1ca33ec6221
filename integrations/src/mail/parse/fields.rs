//! Reads the header section: addresses, message ids and the verdict of our own receiving server.

use domain::mail::address::MailAddress;
use domain::mail::facts::{AuthFacts, AuthResult, HeaderLine, MailFacts};
use domain::mail::limits::MailLimits;
use mail_parser::{Header, HeaderName, HeaderValue, MessageParser};

use super::charset::clean_line;

/// Longest value of a field that is kept, in bytes.
const LONGEST: usize = 64 << 10;

/// Facts of the header section; `authserv_ids` name our own receiving servers.
pub(super) fn read(
    header: &[u8],
    limits: &MailLimits,
    authserv_ids: &[String],
    warnings: &mut Vec<String>,
) -> (MailFacts, Option<chrono::DateTime<chrono::Utc>>) {
    if header.len() > limits.header {
        warnings.push(format!(
            "header section longer than {} bytes; the rest is not read",
            limits.header
        ));
    }
    let header = header.get(..limits.header.min(header.len())).unwrap_or_default();
    let mut facts = MailFacts::default();
    let mut date = None;
    let parsed = MessageParser::default().parse_headers(header);
    let Some(root) = parsed.as_ref().and_then(|m| m.parts.first()) else {
        warnings.push("no header field could be read".to_owned());
        return (facts, None);
    };
    if root.headers.len() > limits.header_fields {
        warnings.push(format!("more than {} header fields", limits.header_fields));
    }
    let mut verdicts = Vec::new();
    for field in root.headers.iter().take(limits.header_fields) {
        let raw = unfolded(header, field);
        match &field.name {
            HeaderName::From => {
                facts.from_fields += 1;
                addresses(&field.value, limits.addresses, &mut facts.from);
            }
            HeaderName::ReplyTo => addresses(&field.value, limits.addresses, &mut facts.reply_to),
            HeaderName::To => addresses(&field.value, limits.addresses, &mut facts.to),
            HeaderName::Cc => addresses(&field.value, limits.addresses, &mut facts.cc),
            HeaderName::Subject if facts.subject.is_empty() => facts.subject = decoded(field, &raw),
            HeaderName::MessageId if facts.message_id.is_none() => facts.message_id = ids(&raw, 1).pop(),
            HeaderName::InReplyTo => facts.in_reply_to.extend(ids(&raw, limits.references)),
            HeaderName::References => facts.references.extend(ids(&raw, limits.references)),
            HeaderName::ReturnPath if facts.envelope.return_path.is_none() => {
                facts.envelope.return_path = Some(bare_address(&raw));
            }
            HeaderName::AuthenticationResults => verdicts.push(raw.clone()),
            HeaderName::Date => {
                date = date.or_else(|| {
                    field
                        .value
                        .as_datetime()
                        .and_then(|d| chrono::DateTime::from_timestamp(d.to_timestamp(), 0))
                });
            }
            name if ["delivered-to", "x-original-to", "envelope-to"]
                .iter()
                .any(|n| name.as_str().eq_ignore_ascii_case(n)) =>
            {
                facts.envelope.recipients.push(bare_address(&raw));
            }
            _ => {}
        }
        facts.headers.0.push(HeaderLine {
            name: field.name.as_str().to_owned(),
            value: decoded(field, &raw),
        });
    }
    facts.auth = believed(&verdicts, authserv_ids);
    (facts, date)
}

/// The field's bytes without line breaks and control characters.
fn unfolded(header: &[u8], field: &Header<'_>) -> String {
    let bytes = header
        .get(field.offset_start as usize..field.offset_end as usize)
        .unwrap_or_default();
    one_line(&String::from_utf8_lossy(bytes))
}

fn one_line(text: &str) -> String {
    clean_line(text, LONGEST)
}

fn decoded(field: &Header<'_>, raw: &str) -> String {
    match &field.value {
        HeaderValue::Text(text) => one_line(text),
        _ => raw.to_owned(),
    }
}

fn addresses(value: &HeaderValue<'_>, most: usize, into: &mut Vec<MailAddress>) {
    let Some(list) = value.as_address() else { return };
    for item in list.iter().take(most.saturating_sub(into.len())) {
        let address = one_line(item.address().unwrap_or_default());
        into.push(MailAddress::new(one_line(item.name().unwrap_or_default()), address));
    }
}

/// Ids between angle brackets; a field without brackets gives its words that hold an `@`.
pub(super) fn ids(raw: &str, most: usize) -> Vec<String> {
    let mut found: Vec<String> = raw
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .map(|(id, _)| id.split_whitespace().collect::<String>())
        .filter(|id| !id.is_empty() && id.len() <= 998)
        .collect();
    if found.is_empty() {
        found = raw
            .split_whitespace()
            .filter(|w| w.contains('@') && w.len() <= 998)
            .map(|w| w.trim_matches(['<', '>', ',']).to_owned())
            .collect();
    }
    // The newest ids stand last.
    let excess = found.len().saturating_sub(most);
    found.drain(..excess);
    found
}

fn bare_address(raw: &str) -> String {
    let inner = raw.split_once('<').map_or(raw, |(_, rest)| rest);
    inner.split('>').next().unwrap_or_default().trim().to_owned()
}

/// The topmost Authentication-Results that names our server. Ours is written last, so it stands on top; a field with
/// our name further down is the sender's forgery.
fn believed(verdicts: &[String], ours: &[String]) -> AuthFacts {
    let named = |v: &String| {
        authserv_id(v)
            .filter(|id| ours.iter().any(|own| own.eq_ignore_ascii_case(id)))
            .map(str::to_owned)
    };
    let mut clean = verdicts.iter().map(|v| without_comments(v));
    let Some((topmost, id)) = clean.find_map(|v| named(&v).map(|id| (v, id))) else {
        return AuthFacts::default();
    };
    let mut facts = AuthFacts {
        authserv_id: Some(id),
        ..AuthFacts::default()
    };
    for part in topmost.split(';').skip(1) {
        let mut halves = part.trim().splitn(2, '=');
        let method = halves.next().unwrap_or_default().trim().to_ascii_lowercase();
        let value = halves
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .next()
            .unwrap_or_default();
        let result = match value.to_ascii_lowercase().as_str() {
            "pass" => AuthResult::Pass,
            "fail" | "softfail" | "hardfail" => AuthResult::Fail,
            _ => AuthResult::None,
        };
        match method.split('/').next().unwrap_or_default() {
            "spf" => facts.spf = result,
            // Several signatures: one good one is enough.
            "dkim" if facts.dkim != AuthResult::Pass => facts.dkim = result,
            "dmarc" => facts.dmarc = result,
            _ => {}
        }
    }
    facts
}

fn authserv_id(verdict: &str) -> Option<&str> {
    verdict
        .split(';')
        .next()
        .and_then(|first| first.split_whitespace().next())
}

/// Comments may hold anything, `dmarc=pass` included.
fn without_comments(text: &str) -> String {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if depth > 0 => depth -= 1,
            // A quoted string is a value of the sender's choosing; its separators must not open a new method.
            ';' | '=' if quoted => {}
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}
