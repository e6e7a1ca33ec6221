//! Where the quoted history of a reply begins. Nothing is deleted: the offset lets the reader fold it away, and rules
//! look at the text in front of it. When in doubt the answer is "nowhere": a folded answer is worse than a long one.

mod attribution;

use super::subject;

/// Input of [`quoted_from`].
#[derive(Debug, Clone, Copy)]
pub struct QuoteInput<'a> {
    /// Body text with `\n` line ends.
    pub text: &'a str,
    /// Decoded subject; a forwarded mail is never folded.
    pub subject: &'a str,
    /// Byte offset of our own marker in `text`.
    pub own_marker: Option<usize>,
    /// Byte offset where a mail program's quote element begins, when `text` was made from HTML.
    pub dom_marker: Option<usize>,
}

/// A line and its byte offset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) at: usize,
    pub(crate) text: &'a str,
}

/// Most lines looked at; quoted history begins far earlier.
const MAX_LINES: usize = 20_000;

/// Byte offset in the text at which quoted history begins; `None` for forwarded mail, interleaved answers, or when
/// nothing would be left in front of it.
#[must_use]
pub fn quoted_from(input: &QuoteInput<'_>) -> Option<usize> {
    if subject::bare(input.subject).forward {
        return None;
    }
    let lines = lines(input.text);
    if is_interleaved(&lines) {
        return None;
    }
    let line_start = |at: usize| lines.iter().rev().find(|l| l.at <= at).map(|l| l.at);
    let header = attribution::find(&lines);
    let marker = input.own_marker.or(input.dom_marker).and_then(line_start);
    // An attribution line belongs to what it introduces, so the earlier of marker and header wins.
    let start = match (marker, header) {
        (Some(marker), Some(header)) => Some(marker.min(header)),
        (None, Some(header)) => Some(header),
        // The marker may stand at the end of what we wrote: the quoted lines above it belong to the same quote.
        (Some(marker), None) => Some(quoted_tail(&lines).map_or(marker, |tail| tail.min(marker))),
        (None, None) => quoted_tail(&lines),
    }?;
    let kept = input.text.get(..start)?;
    (!kept.trim().is_empty()).then_some(start)
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut at = 0;
    let split = text.split('\n').take(MAX_LINES).map(|line| {
        let start = at;
        at += line.len() + 1;
        Line { at: start, text: line }
    });
    split.collect()
}

fn is_quoted(line: &Line<'_>) -> bool {
    line.text.trim_start().starts_with('>')
}

/// Own words after quoted lines, other than a signature.
fn is_interleaved(lines: &[Line<'_>]) -> bool {
    let mut quoted = false;
    for (index, line) in lines.iter().enumerate() {
        let text = line.text.trim();
        if is_quoted(line) {
            quoted = true;
        } else if quoted && matches!(text, "--" | "—") {
            return false;
        } else if quoted && !text.is_empty() {
            // Wrapped quotes leave short remainders without a sign between two quoted lines.
            let between =
                text.len() < 30 && lines.get(index + 1).is_some_and(is_quoted) && is_quoted(&lines[index - 1]);
            if !between && !attribution::starts_at(lines, index) {
                return true;
            }
        }
    }
    false
}

/// A run of `>` lines at the end.
fn quoted_tail(lines: &[Line<'_>]) -> Option<usize> {
    let mut start = None;
    for line in lines.iter().rev() {
        if is_quoted(line) {
            start = Some(line.at);
        } else if start.is_some() && !line.text.trim().is_empty() {
            break;
        }
    }
    start
}

#[cfg(test)]
#[path = "../quote_tests.rs"]
mod tests;
