//! Subjects: reply and forward prefixes in many languages, and the form in which subjects are compared.

/// Reply prefixes, lower case: en, fr, de, nl, sv/no/da, fi, it, pt, es, pl, tr, ro, el, ru, he, ar, zh, hu.
const REPLY: [&str; 20] = [
    "re", "réf", "ref", "réponse", "aw", "antw", "antwort", "sv", "vs", "vá", "r", "rif", "res", "odp", "ynt", "ats",
    "απ", "отв", "رد", "回复",
];
/// Forward prefixes, lower case.
const FORWARD: [&str; 16] = [
    "fwd",
    "fw",
    "tr",
    "wg",
    "doorst",
    "vb",
    "vl",
    "vidarebefordrat",
    "i",
    "rv",
    "enc",
    "pd",
    "ilt",
    "πρθ",
    "إعادة توجيه",
    "转发",
];

/// A subject without its prefixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BareSubject<'a> {
    /// What follows the prefixes and list tags, trimmed.
    pub text: &'a str,
    /// A reply prefix stood in front.
    pub reply: bool,
    /// A forward prefix stood in front of everything else.
    pub forward: bool,
}

/// Takes reply and forward prefixes off, such as `Re: [list] RE[2]: TR :`.
#[must_use]
pub fn bare(subject: &str) -> BareSubject<'_> {
    let mut text = subject.trim();
    let (mut reply, mut forward) = (false, false);
    // Bounded: each round removes at least two bytes, and a header is at most a megabyte; 50 prefixes are enough.
    for _ in 0..50 {
        let Some((is_forward, rest)) = strip_prefix(text) else {
            break;
        };
        if is_forward {
            forward |= !reply;
        } else {
            reply = true;
        }
        text = rest;
    }
    BareSubject { text, reply, forward }
}

/// The form in which subjects are compared: no prefixes, no ticket token, one space between words, lower case.
#[must_use]
pub fn normalise(subject: &str) -> String {
    let text = bare(subject).text;
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("[#") {
        kept.push_str(rest.get(..start).unwrap_or_default());
        rest = rest.get(start..).unwrap_or_default();
        match rest.find(']') {
            Some(end) => rest = rest.get(end + 1..).unwrap_or_default(),
            None => break,
        }
    }
    kept.push_str(rest);
    let words: Vec<String> = bare(&kept).text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// Removes one prefix; the flag is true for a forward.
fn strip_prefix(text: &str) -> Option<(bool, &str)> {
    let colon = text.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：'))?;
    let word = text.get(..colon.0)?.trim();
    let rest = text.get(colon.0 + colon.1.len_utf8()..)?.trim_start();
    // RE[2], Re(3), Re^2: counters that some programs add.
    let word = word.split(['[', '(', '^']).next().unwrap_or(word).trim().to_lowercase();
    if REPLY.contains(&word.as_str()) {
        Some((false, rest))
    } else if FORWARD.contains(&word.as_str()) {
        Some((true, rest))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prefixes_are_recognised_in_many_languages() {
        for (subject, text, reply, forward) in [
            ("Re: Help", "Help", true, false),
            ("RE : RE: Help", "Help", true, false),
            ("رد: مساعدة", "مساعدة", true, false),
            ("إعادة توجيه: مساعدة", "مساعدة", false, true),
            ("AW: WG: Hilfe", "Hilfe", true, false),
            ("TR : Facture", "Facture", false, true),
            ("Fwd: Re: Bill", "Bill", true, true),
            ("Re[2]: Bill", "Bill", true, false),
            ("回复：你好", "你好", true, false),
            ("Server: down", "Server: down", false, false),
            ("", "", false, false),
            (":", ":", false, false),
        ] {
            assert_eq!(bare(subject), BareSubject { text, reply, forward }, "{subject}");
        }
    }

    #[test]
    fn comparison_ignores_prefix_token_case_and_spaces() {
        assert_eq!(normalise("Re: [#12345-k7q2]  My   Server"), "my server");
        assert_eq!(normalise("[#12345-k7q2] Re: my server"), "my server");
        assert_eq!(normalise("my [#unterminated"), "my [#unterminated");
    }

    proptest! {
        #[test]
        fn any_subject_is_stable(subject in "\\PC{0,200}") {
            let once = normalise(&subject);
            prop_assert!(once.len() <= subject.len() * 3);
        }
    }
}
