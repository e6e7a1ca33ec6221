use super::*;
use crate::words::WordSet;

#[test]
fn the_words_of_every_message_are_right_in_every_language() {
    for message in Message::ALL {
        let spec = message.spec();
        for locale in [Locale::Fr, Locale::En, Locale::Ar] {
            let source = spec.source(locale);
            assert_eq!(spec.check(source), Ok(()), "{message:?} {locale:?}");
            let filled = spec.usual(locale, &spec.samples());
            assert_eq!(filled.subject.is_empty(), spec.sms, "{message:?} {locale:?}");
            assert!(!filled.body.is_empty() && source.subject.chars().count() <= SUBJECT_MAX);
        }
    }
}

#[test]
fn mistakes_are_told_with_their_place() {
    let spec = Message::SlaWarning.spec();
    let wrong = spec.check(Source {
        subject: "{{ ticket.nmber }}",
        body: "{{ ticket.url }}\n{% for x in y %}{% endfor %}",
    });
    let wrong = wrong.unwrap_err();
    assert_eq!(wrong[0].0, Part::Subject);
    assert_eq!(
        (wrong[1].0, wrong[1].1.line, wrong[1].1.kind.code()),
        (Part::Body, 2, "template_not_allowed")
    );
    let missing = spec
        .check(Source {
            subject: "x",
            body: "no address",
        })
        .unwrap_err();
    assert_eq!(missing[0].1.kind, FlawKind::Missing("ticket.url".to_owned()));
    // Hidden behind a condition that the examples meet it is there; in a comment it is not.
    assert!(
        spec.check(Source {
            subject: "x",
            body: "{% if clock %}{{ ticket.url }}{% endif %}"
        })
        .is_ok()
    );
    assert!(
        spec.check(Source {
            subject: "x",
            body: "{# {{ ticket.url }} #}"
        })
        .is_err()
    );
}

#[test]
fn a_subject_is_one_line_whatever_fills_it() {
    let spec = Message::Rule.spec();
    let mut values = spec.samples();
    values.insert("rule.name", "a\r\nBcc: eve@example.dz".to_owned());
    assert_eq!(
        spec.usual(Locale::En, &values).subject,
        "Ticket 100001: a Bcc: eve@example.dz"
    );
}
