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
            assert_eq!(
                filled.subject.is_empty(),
                spec.channel == Channel::Sms,
                "{message:?} {locale:?}"
            );
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

#[test]
fn what_has_to_be_there_is_there_when_nothing_else_is() {
    let spec = Message::VerifyAddress.spec();
    let hidden = spec.check(Source {
        subject: "x",
        body: "{% if person.name %}{{ link.url }}{% endif %}",
    });
    assert_eq!(hidden.unwrap_err()[0].1.kind, FlawKind::Missing("link.url".to_owned()));
}

#[test]
fn subjects_are_one_line_and_nothing_is_too_long_or_empty() {
    let spec = Message::TicketAssigned.spec();
    let codes = |subject: &str, body: &str| -> Vec<(Part, &'static str)> {
        let wrong = spec.check(Source { subject, body }).unwrap_err();
        wrong.iter().map(|(part, flaw)| (*part, flaw.kind.code())).collect()
    };
    let link = "{{ ticket.url }}";
    assert_eq!(codes("a\r\nBcc: eve@example.dz", link), [(Part::Subject, "one_line")]);
    assert_eq!(codes(" ", link), [(Part::Subject, "empty")]);
    assert_eq!(codes("{# nothing #}", link), [(Part::Subject, "empty")]);
    assert_eq!(codes(&"x".repeat(301), link), [(Part::Subject, "too_long")]);
    assert_eq!(codes("x", &"x".repeat(20_001)), [(Part::Body, "too_long")]);
    assert_eq!(codes("x", " \n"), [(Part::Body, "empty")]);
    let sms = Message::NoticeSms.spec();
    let long = format!("{{{{ notice.line }}}} {}", "x".repeat(1_000));
    let wrong = sms
        .check(Source {
            subject: "",
            body: &long,
        })
        .unwrap_err();
    assert_eq!(wrong[0].1.kind.code(), "too_many_segments");
    assert!(
        sms.check(Source {
            subject: "x",
            body: "{{ notice.line }}"
        })
        .is_err()
    );
}

#[test]
fn a_code_fits_one_segment_in_every_language() {
    for locale in [Locale::Fr, Locale::En, Locale::Ar] {
        let filled = Message::SmsCode
            .spec()
            .usual(locale, &Message::SmsCode.spec().samples());
        assert!(filled.body.contains("493027"));
        assert_eq!(segments::count(&filled.body).segments, 1, "{}", filled.body);
    }
}

#[test]
fn values_that_a_message_does_not_know_are_not_said() {
    let spec = Message::Acknowledgement.spec();
    let values = Values::from([
        ("requester.name", "BUY NOW".to_owned()),
        ("ticket.number", "7".to_owned()),
    ]);
    let source = Source {
        subject: "{{ requester.name }}",
        body: "x",
    };
    assert!(spec.fill(source, &values).is_err());
    assert!(spec.usual(Locale::Fr, &values).subject.contains('7'));
}

#[test]
fn a_mention_says_who_about_what_and_where_and_nothing_else() {
    let spec = Message::Mentioned.spec();
    let values = of_mention("Karim", "Panne (7)", "https://cm.test/t/1".to_owned());
    let mut wanted: Vec<&str> = spec.variables.iter().map(|each| each.name).collect();
    wanted.sort_unstable();
    assert_eq!(values.keys().copied().collect::<Vec<_>>(), wanted);
    for locale in [Locale::Fr, Locale::En, Locale::Ar] {
        let filled = spec.usual(locale, &values);
        assert!(
            filled.subject.contains("Karim") && filled.subject.contains("Panne (7)"),
            "{}",
            filled.subject
        );
        assert!(filled.body.ends_with("https://cm.test/t/1"), "{}", filled.body);
    }
}
