//! The tree builder takes each `&amp;` as a token of its own, and its time grows with their square: two megabytes of them
//! took minutes. So on the way through it special characters travel as private-use ones, and become entities after.

/// Stand-ins for `&`, `<`, `>` and `"`, from a private-use area that no mail shares with us.
const STAND_INS: [(char, char, &str); 4] = [
    ('&', '\u{f8ec}', "&amp;"),
    ('<', '\u{f8ed}', "&lt;"),
    ('>', '\u{f8ee}', "&gt;"),
    ('"', '\u{f8ef}', "&quot;"),
];

/// Text without special characters; stand-ins that it brings along are dropped.
pub(super) fn on(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match STAND_INS
            .iter()
            .find(|(special, stand_in, _)| *special == c || *stand_in == c)
        {
            Some((special, stand_in, _)) if *special == c => out.push(*stand_in),
            Some(_) => {}
            None => out.push(c),
        }
    }
    out
}

/// The finished HTML: stand-ins become entities, so nothing that was text can become markup.
pub(super) fn off(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for c in html.chars() {
        match STAND_INS.iter().find(|(_, stand_in, _)| *stand_in == c) {
            Some((.., entity)) => out.push_str(entity),
            None => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_come_back_as_entities() {
        assert_eq!(
            off(&on("<a href=\"x&y\">\u{f8ed}b")),
            "&lt;a href=&quot;x&amp;y&quot;&gt;b"
        );
    }
}
