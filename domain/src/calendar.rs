//! Calendars for other programs (iCalendar, RFC 5545).

use chrono::{DateTime, Utc};

/// Longest line in bytes, without its end (RFC 5545 §3.1).
const LINE: usize = 75;
/// For how many minutes an entry stands there: what is due at a moment would be a line without height.
const MINUTES: u32 = 15;

/// One moment in a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The same for the same thing each time it is read, and nothing else's: letters, digits, `-`, `.` and `@`.
    pub uid: String,
    /// When.
    pub at: DateTime<Utc>,
    /// How often it changed, from 0.
    pub sequence: u32,
    /// One line.
    pub summary: String,
    /// More of it.
    pub description: String,
    /// Where it is seen.
    pub url: String,
}

/// A calendar of this name with these entries, as it was at `stamp`. Programs show an alarm when the moment of an entry has come.
#[must_use]
pub fn write(name: &str, stamp: DateTime<Utc>, entries: &[Entry]) -> String {
    let mut out = String::with_capacity(256 + entries.len() * 512);
    let stamp = moment(stamp);
    line(&mut out, "BEGIN", "VCALENDAR");
    line(&mut out, "VERSION", "2.0");
    line(&mut out, "PRODID", "-//CloudManager//Tickets//EN");
    line(&mut out, "CALSCALE", "GREGORIAN");
    line(&mut out, "METHOD", "PUBLISH");
    // The name as RFC 7986 has it, and as programs read it before.
    line(&mut out, "NAME", &text(name));
    line(&mut out, "X-WR-CALNAME", &text(name));
    line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION", "PT15M");
    line(&mut out, "X-PUBLISHED-TTL", "PT15M");
    for entry in entries {
        line(&mut out, "BEGIN", "VEVENT");
        line(&mut out, "UID", &text(&entry.uid));
        line(&mut out, "DTSTAMP", &stamp);
        line(&mut out, "DTSTART", &moment(entry.at));
        line(&mut out, "DURATION", &format!("PT{MINUTES}M"));
        line(&mut out, "SEQUENCE", &entry.sequence.to_string());
        line(&mut out, "SUMMARY", &text(&entry.summary));
        if !entry.description.is_empty() {
            line(&mut out, "DESCRIPTION", &text(&entry.description));
        }
        // A URI is no text: nothing in it is escaped, so it may hold nothing that ends a line.
        if entry.url.bytes().all(|byte| byte.is_ascii_graphic()) {
            line(&mut out, "URL", &entry.url);
        }
        // Nobody is busy because of it.
        line(&mut out, "TRANSP", "TRANSPARENT");
        line(&mut out, "BEGIN", "VALARM");
        line(&mut out, "ACTION", "DISPLAY");
        line(&mut out, "TRIGGER", "PT0S");
        line(&mut out, "DESCRIPTION", &text(&entry.summary));
        line(&mut out, "END", "VALARM");
        line(&mut out, "END", "VEVENT");
    }
    line(&mut out, "END", "VCALENDAR");
    out
}

/// A moment in UTC (RFC 5545 §3.3.5).
fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value (RFC 5545 §3.3.11): line ends become `\n`, other control characters go.
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    let mut letters = value.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(letter);
            }
            '\r' => {
                letters.next_if_eq(&'\n');
                out.push_str("\\n");
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push(' '),
            _ if letter.is_control() => {}
            _ => out.push(letter),
        }
    }
    out
}

/// A content line, folded where it is too long: never within a character, though the standard would allow it.
fn line(out: &mut String, name: &str, value: &str) {
    let mut used = 0;
    for letter in format!("{name}:{value}").chars() {
        if used + letter.len_utf8() > LINE {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(letter);
        used += letter.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn entry(summary: &str) -> Entry {
        Entry {
            uid: "r-1@cm.test".to_owned(),
            at: at(1_780_000_000),
            sequence: 2,
            summary: summary.to_owned(),
            description: String::new(),
            url: "https://cm.test/t/1?a=b,c;d".to_owned(),
        }
    }

    /// What a program reads: lines put together again.
    fn unfolded(calendar: &str) -> Vec<String> {
        calendar
            .replace("\r\n ", "")
            .split_terminator("\r\n")
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a_calendar_has_what_the_standard_wants_in_lines_that_end_as_it_says() {
        let made = write("Reminders", at(0), &[entry("Call back")]);
        assert!(made.ends_with("END:VCALENDAR\r\n") && !made.replace("\r\n", "").contains(['\r', '\n']));
        assert_eq!(
            unfolded(&made),
            [
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//CloudManager//Tickets//EN",
                "CALSCALE:GREGORIAN",
                "METHOD:PUBLISH",
                "NAME:Reminders",
                "X-WR-CALNAME:Reminders",
                "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
                "X-PUBLISHED-TTL:PT15M",
                "BEGIN:VEVENT",
                "UID:r-1@cm.test",
                "DTSTAMP:19700101T000000Z",
                "DTSTART:20260528T202640Z",
                "DURATION:PT15M",
                "SEQUENCE:2",
                "SUMMARY:Call back",
                "URL:https://cm.test/t/1?a=b,c;d",
                "TRANSP:TRANSPARENT",
                "BEGIN:VALARM",
                "ACTION:DISPLAY",
                "TRIGGER:PT0S",
                "DESCRIPTION:Call back",
                "END:VALARM",
                "END:VEVENT",
                "END:VCALENDAR",
            ]
        );
    }

    #[test]
    fn nothing_that_somebody_wrote_ends_its_line_or_begins_another_property() {
        for (value, escaped) in [
            ("a, b; c\\d", "a\\, b\\; c\\\\d"),
            ("one\r\ntwo\nthree\rfour", "one\\ntwo\\nthree\\nfour"),
            (
                "x\nEND:VEVENT\nATTACH:http://evil",
                "x\\nEND:VEVENT\\nATTACH:http://evil",
            ),
            ("a\u{0}\u{7}b\tc\u{85}d", "ab cd"),
            ("مرحبًا؛ 😀", "مرحبًا؛ 😀"),
        ] {
            assert_eq!(text(value), escaped);
            let made = write(value, at(0), &[entry(value)]);
            assert!(unfolded(&made).contains(&format!("SUMMARY:{escaped}")), "{made}");
            assert_eq!(made.matches("\r\nEND:VEVENT\r\n").count(), 1);
        }
        let odd = Entry {
            url: "https://cm.test/\r\nX:y".to_owned(),
            ..entry("x")
        };
        assert!(!write("x", at(0), &[odd]).contains("URL"));
    }

    #[test]
    fn long_lines_are_folded_and_read_back_as_they_were() {
        for letter in ["a", "é", "م", "😀"] {
            let summary = letter.repeat(200);
            let made = write("x", at(0), &[entry(&summary)]);
            for line in made.split("\r\n") {
                assert!(line.len() <= LINE, "{}: {line}", line.len());
            }
            assert!(unfolded(&made).contains(&format!("SUMMARY:{summary}")));
        }
        // One that just fits stays whole.
        let fits = "a".repeat(LINE - "SUMMARY:".len());
        assert!(write("x", at(0), &[entry(&fits)]).contains(&format!("SUMMARY:{fits}\r\n")));
    }

    #[test]
    fn an_empty_calendar_is_one_all_the_same() {
        assert!(write("x", at(0), &[]).contains("X-PUBLISHED-TTL:PT15M\r\nEND:VCALENDAR\r\n"));
    }
}
