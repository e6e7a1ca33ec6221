//! Authentication-Results (RFC 8601): only what our own receiving server wrote is believed.

use domain::mail::address::MailAddress;
use domain::mail::facts::{AuthFacts, AuthResult};

use super::header::Fields;

/// Reads the topmost field with one of our authserv-ids; anybody can write fields below it.
pub(crate) fn read(fields: &Fields<'_>, ours: &[String], from: &[MailAddress]) -> AuthFacts {
    for field in fields.all("Authentication-Results").take(50) {
        let value = without_comments(&field.plain());
        let mut pieces = value.split(';');
        let id = pieces
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned();
        if !ours.iter().any(|own| own.eq_ignore_ascii_case(&id)) {
            continue;
        }
        let mut facts = AuthFacts {
            authserv_id: Some(id),
            ..AuthFacts::default()
        };
        for piece in pieces.take(50) {
            let mut words = piece.split_whitespace();
            let Some((method, result)) = words.next().and_then(|w| w.split_once('=')) else {
                continue;
            };
            let result = verdict(result);
            match method.to_ascii_lowercase().as_str() {
                "spf" => facts.spf = result,
                // One good signature is enough, whatever the others say.
                "dkim" if facts.dkim != AuthResult::Pass => facts.dkim = result,
                "dmarc" => {
                    facts.dmarc = if speaks_of(words, from) {
                        result
                    } else {
                        AuthResult::None
                    }
                }
                _ => {}
            }
        }
        return facts;
    }
    AuthFacts::default()
}

fn verdict(result: &str) -> AuthResult {
    match result.to_ascii_lowercase().as_str() {
        "pass" => AuthResult::Pass,
        "fail" | "softfail" | "permerror" | "policy" => AuthResult::Fail,
        _ => AuthResult::None,
    }
}

/// A `header.from` must name the domain of the From field, otherwise the verdict is about another mail.
fn speaks_of<'a>(mut words: impl Iterator<Item = &'a str>, from: &[MailAddress]) -> bool {
    let named = words.find_map(|w| w.strip_prefix("header.from="));
    named.is_none_or(|named| {
        let named = named.rsplit('@').next().unwrap_or_default();
        from.iter().all(|a| a.domain().eq_ignore_ascii_case(named))
    })
}

fn without_comments(value: &str) -> String {
    let mut depth = 0u32;
    let keep = |c: &char| {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => {
                depth -= 1;
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    value.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::super::header::split;
    use super::*;

    fn facts(header: &str) -> AuthFacts {
        let limits = domain::mail::limits::MailLimits::default();
        let from = [MailAddress::new("", "a@example.org")];
        read(&split(header.as_bytes(), &limits).0, &["mx.ours.test".into()], &from)
    }

    #[test]
    fn only_our_topmost_results_count() {
        let foreign = "Authentication-Results: evil.test; dmarc=pass\n";
        assert_eq!(facts(foreign), AuthFacts::default());
        let both = format!(
            "{foreign}Authentication-Results: MX.ours.test 1; spf=softfail (x; dmarc=pass) smtp.mailfrom=b;\r\n dkim=fail; dkim=pass; dmarc=fail (p=none) header.from=example.org\nAuthentication-Results: mx.ours.test; dmarc=pass\n"
        );
        let read = facts(&both);
        assert_eq!(
            (read.spf, read.dkim, read.dmarc),
            (AuthResult::Fail, AuthResult::Pass, AuthResult::Fail)
        );
        assert_eq!(
            facts("Authentication-Results: mx.ours.test; dmarc=pass header.from=other.test\n").dmarc,
            AuthResult::None
        );
        assert_eq!(
            facts("Authentication-Results: mx.ours.test; dmarc=pass header.from=Example.org\n").dmarc,
            AuthResult::Pass
        );
        assert_eq!(
            facts("Authentication-Results: mx.ours.test; none\n").dmarc,
            AuthResult::None
        );
        assert_eq!(facts("Authentication-Results: ;;==;((\n"), AuthFacts::default());
    }
}
