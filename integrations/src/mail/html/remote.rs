//! The pictures on servers of others that sanitised HTML still names.

use std::collections::HashSet;

use super::token::{Token, Tokenizer};

/// Addresses of remote pictures in HTML that [`super::sanitise`] made, each once, in the order of the text. Linear in its size; call it on
/// the blocking pool.
#[must_use]
pub fn remote_pictures(sanitised: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for token in Tokenizer::new(sanitised) {
        let Token::Open { name, attributes, .. } = token else {
            continue;
        };
        let address = attributes.iter().find(|(attribute, _)| attribute == "data-remote-src");
        if let Some((_, address)) = address
            && name == "img"
        {
            let address = html_escape::decode_html_entities(*address).into_owned();
            if seen.insert(address.clone()) {
                found.push(address);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{SanitiseOptions, sanitise};
    use super::*;

    #[test]
    fn each_is_found_once_as_the_mail_wrote_it() {
        let mail = "<img src=\"https://a.test/1.png?x=1&amp;y=%22\"><img src=http://b.test/2.png><img src='https://a.test/1.png?x=1&amp;y=%22'>\
            <img src=https://c.test/pixel width=1 height=1><img src=cid:x><p data-remote-src='https://d.test/'>&lt;img data-remote-src=\"https://e.test\"&gt;</p>";
        let html = sanitise(mail, &SanitiseOptions::default()).html.unwrap();
        assert_eq!(
            remote_pictures(&html),
            ["https://a.test/1.png?x=1&y=%22", "http://b.test/2.png"],
            "{html}"
        );
    }
}
