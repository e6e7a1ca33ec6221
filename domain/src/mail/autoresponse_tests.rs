use super::super::address::MailAddress;
use super::super::facts::{AuthResult, HeaderLine};
use super::*;

fn plain() -> MailFacts {
    let mut facts = MailFacts {
        from_fields: 1,
        ..MailFacts::default()
    };
    facts.from = vec![MailAddress::new("Ada", "ada@example.org")];
    facts.to = vec![MailAddress::new("", "support@cloudmanager.test")];
    facts.envelope.return_path = Some("ada@example.org".into());
    facts
}

fn judge(facts: &MailFacts) -> AutoResponse {
    let own = OwnAddresses::new(["support@cloudmanager.test"]);
    may_auto_respond(
        facts,
        AutoResponseContext {
            class: MailClass::Human,
            own: &own,
            importing: false,
            suppressed: false,
        },
    )
}

#[test]
fn a_plain_mail_is_answered_without_the_senders_words_unless_verified() {
    assert_eq!(judge(&plain()), AutoResponse::Allowed { verified: false });
    let mut verified = plain();
    verified.auth.dmarc = AuthResult::Pass;
    assert_eq!(judge(&verified), AutoResponse::Allowed { verified: true });
}

#[test]
fn every_header_of_the_list_forbids_an_answer() {
    for (name, value) in [
        ("Auto-Submitted", "auto-generated"),
        ("Auto-Submitted", ""),
        ("Precedence", "Bulk"),
        ("Precedence", "junk"),
        ("List-Id", "<a.b>"),
        ("list-help", "<mailto:a@b>"),
        ("X-Auto-Response-Suppress", "DR, AutoReply"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Autoreply", "yes"),
        ("X-Loop", "me"),
        ("Feedback-ID", "x"),
        ("X-CloudManager-Instance", "other; hops=3"),
    ] {
        let mut facts = plain();
        facts.headers.0.push(HeaderLine {
            name: name.into(),
            value: value.into(),
        });
        assert!(matches!(judge(&facts), AutoResponse::Refused(_)), "{name}: {value}");
    }
    let mut facts = plain();
    facts.headers.0.push(HeaderLine {
        name: "X-Auto-Response-Suppress".into(),
        value: "DR, RN".into(),
    });
    assert!(matches!(judge(&facts), AutoResponse::Allowed { .. }));
}

#[test]
fn machines_and_ourselves_are_not_answered() {
    for from in [
        "MAILER-DAEMON@x.y",
        "postmaster@x.y",
        "no-reply@x.y",
        "noreply@x.y",
        "no.reply-17@x.y",
        "bounces@x.y",
        "owner-list@x.y",
        "list-request@x.y",
        "support@cloudmanager.test",
        "support+1@cloudmanager.test",
    ] {
        let mut facts = plain();
        facts.from[0].address = from.into();
        assert!(matches!(judge(&facts), AutoResponse::Refused(_)), "{from}");
    }
    for path in [
        None,
        Some(""),
        Some("<>"),
        Some("bounces+1@x.y"),
        Some("support@cloudmanager.test"),
    ] {
        let mut facts = plain();
        facts.envelope.return_path = path.map(Into::into);
        assert!(matches!(judge(&facts), AutoResponse::Refused(_)), "{path:?}");
    }
}

#[test]
fn blind_copies_forgeries_and_contexts_are_refused() {
    let mut bcc = plain();
    bcc.to.clear();
    assert!(matches!(judge(&bcc), AutoResponse::Refused(_)));
    let mut forged = plain();
    forged.auth.dmarc = AuthResult::Fail;
    assert!(matches!(judge(&forged), AutoResponse::Refused(_)));
    let mut doubled = plain();
    doubled.from_fields = 2;
    assert!(matches!(judge(&doubled), AutoResponse::Refused(_)));
    let own = OwnAddresses::new(["support@cloudmanager.test"]);
    for (class, importing, suppressed) in [
        (MailClass::Bulk, false, false),
        (MailClass::Human, true, false),
        (MailClass::Human, false, true),
    ] {
        let context = AutoResponseContext {
            class,
            own: &own,
            importing,
            suppressed,
        };
        assert!(matches!(may_auto_respond(&plain(), context), AutoResponse::Refused(_)));
    }
}

#[test]
fn brakes_hold_at_their_limits() {
    let brakes = RateBrakes::default();
    assert!(brakes.brake(&RateCounts::default()).is_none());
    let over = [
        RateCounts {
            since_last_ack: Some(Duration::minutes(14)),
            ..RateCounts::default()
        },
        RateCounts {
            acks_today: 5,
            ..RateCounts::default()
        },
        RateCounts {
            ticket_ten_minutes: 10,
            ..RateCounts::default()
        },
        RateCounts {
            inbound_ten_minutes: 21,
            ..RateCounts::default()
        },
    ];
    for counts in over {
        assert!(brakes.brake(&counts).is_some(), "{counts:?}");
    }
    assert!(!brakes.is_flood(&RateCounts {
        inbound_ten_minutes: 20,
        ..RateCounts::default()
    }));
    assert!(
        brakes
            .brake(&RateCounts {
                since_last_ack: Some(Duration::minutes(15)),
                ..RateCounts::default()
            })
            .is_none()
    );
}
