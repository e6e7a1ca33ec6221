//! What filters before a mailbox write into headers. Filters put theirs on top, so the topmost field of a name counts; of several fields that
//! tell the same, the worst, since a filter may write one and leave the sender's other.

use super::{Reason, TrustedFilter};
use crate::mail::{
    facts::Headers,
    note::{Code, Note},
};

/// Points of what a filter itself calls spam.
const SPAM: i32 = 10;
/// Fewest and most points that one score is worth.
const RANGE: (i64, i64) = (-5, 30);
/// Score from which on SpamAssassin calls a mail spam when it does not say so, in hundredths.
const SPAMASSASSIN: i64 = 500;
/// Score from which on Rspamd marks a mail as spam (`add_header`) unless it is told otherwise, in hundredths.
const RSPAMD: i64 = 600;

/// What the trusted filter says; nothing when it wrote no header.
pub(super) fn read(filter: TrustedFilter, headers: &Headers) -> Option<Reason> {
    match filter {
        TrustedFilter::None => None,
        TrustedFilter::SpamAssassin => spamassassin(headers),
        TrustedFilter::Rspamd => rspamd(headers),
        TrustedFilter::Microsoft => microsoft(headers),
    }
}

fn says_yes(value: &str) -> bool {
    let start = value.trim_start().get(..3);
    start.is_some_and(|word| word.eq_ignore_ascii_case("yes"))
}

/// `X-Spam-Status: Yes, score=7.1 required=5.0 tests=…`
fn spamassassin(headers: &Headers) -> Option<Reason> {
    let status = headers.get("X-Spam-Status").unwrap_or_default();
    let part = |name: &str| {
        let (_, rest) = status.split_once(name)?;
        hundredths(rest)
    };
    let score = part("score=").or_else(|| part("hits="));
    let score = score.max(headers.get("X-Spam-Score").and_then(hundredths));
    let limit = part("required=").filter(|limit| *limit > 0).unwrap_or(SPAMASSASSIN);
    let spam = headers.get("X-Spam-Flag").is_some_and(says_yes) || says_yes(status);
    scored(TrustedFilter::SpamAssassin, score, limit, spam)
}

/// `X-Rspamd-Score: 7.10`, `X-Rspamd-Action: add header`, `X-Spamd-Result: default: False [7.10 / 15.00]; …`
fn rspamd(headers: &Headers) -> Option<Reason> {
    let result = headers.get("X-Spamd-Result").unwrap_or_default();
    let score = headers.get("X-Rspamd-Score").and_then(hundredths);
    let score = score.max(result.split_once('[').and_then(|(_, rest)| hundredths(rest)));
    let action = headers
        .get("X-Rspamd-Action")
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let spam = ["add header", "rewrite subject", "quarantine", "reject"].contains(&action.as_str())
        || headers.get("X-Spam").is_some_and(says_yes)
        || result.split('[').next().is_some_and(|start| start.contains(": True"));
    scored(TrustedFilter::Rspamd, score, RSPAMD, spam)
}

/// A score against the limit of its own filter: at the limit it is [`SPAM`].
fn scored(filter: TrustedFilter, score: Option<i64>, limit: i64, spam: bool) -> Option<Reason> {
    let note = |code| Note::new(code).with("filter", filter.as_str());
    match score {
        Some(score) => {
            let points = (score * i64::from(SPAM) / limit).clamp(RANGE.0, RANGE.1);
            let points = i32::try_from(points).unwrap_or_default();
            let points = if spam { points.max(SPAM) } else { points };
            Some(Reason {
                note: note(Code::FilterScore)
                    .with("score", decimal(score))
                    .with("limit", decimal(limit)),
                points: Some(points),
            })
        }
        None if spam => Some(Reason {
            note: note(Code::FilterFlag),
            points: Some(SPAM),
        }),
        None => None,
    }
}

/// `SCL` is −1 (let in by a rule there) to 9; `CAT` names what Microsoft 365 took the mail for. The worse of the two counts.
fn microsoft(headers: &Headers) -> Option<Reason> {
    let report = headers.get("X-Forefront-Antispam-Report").unwrap_or_default();
    let part = |name: &str| {
        let mut parts = report.split(';').filter_map(|part| part.split_once(':'));
        let found = parts.find(|(key, _)| key.trim().eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    };
    let note = |code| Note::new(code).with("filter", TrustedFilter::Microsoft.as_str());
    let number = |text: &str| text.trim().parse::<i32>().ok();
    let level = headers.get("X-MS-Exchange-Organization-SCL").and_then(number);
    let level = level.max(part("SCL").and_then(number)).map(|level| Reason {
        note: note(Code::FilterLevel).with("level", level),
        points: Some(match level {
            ..=-1 => -5,
            0 | 1 => 0,
            2..=4 => 3,
            5..=8 => SPAM,
            9.. => 2 * SPAM,
        }),
    });
    let category = part("CAT").and_then(|category| {
        let points = match category.to_ascii_uppercase().as_str() {
            "MALW" | "PHSH" | "HPHSH" | "HPHISH" => 2 * SPAM,
            "SPM" | "HSPM" | "SPOOF" | "UIMP" | "DIMP" | "GIMP" => SPAM,
            _ => return None,
        };
        Some(Reason {
            note: note(Code::FilterCategory).with("category", category),
            points: Some(points),
        })
    });
    [level, category]
        .into_iter()
        .flatten()
        .max_by_key(|reason| reason.points)
}

/// Hundredths of the number that a text begins with.
fn hundredths(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let whole: String = rest.chars().take_while(char::is_ascii_digit).collect();
    // No filter gives a score of more digits.
    if whole.is_empty() || whole.len() > 6 {
        return None;
    }
    let after = rest.get(whole.len()..)?.strip_prefix('.').unwrap_or_default();
    let digits = after.chars().take_while(char::is_ascii_digit);
    let cents: String = digits.chain("00".chars()).take(2).collect();
    Some(sign * (whole.parse::<i64>().ok()? * 100 + cents.parse::<i64>().ok()?))
}

/// Hundredths as they are written.
fn decimal(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let size = hundredths.abs();
    format!("{sign}{}.{:02}", size / 100, size % 100)
}
