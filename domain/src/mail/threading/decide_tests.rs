use super::super::super::address::{MailAddress, OwnAddresses};
use super::super::super::facts::AuthResult;
use super::super::{DecisionKind, Place, evidence::TokenEvidence};
use super::*;
use proptest::prelude::*;

fn mail(from: &str, dmarc: AuthResult) -> MailFacts {
    let mut facts = MailFacts {
        from: vec![MailAddress::new("", from)],
        from_fields: 1,
        ..MailFacts::default()
    };
    facts.auth.dmarc = dmarc;
    facts
}

fn token(ticket: i64, issued_to: &str) -> Evidence {
    let token = TokenEvidence {
        step: Step::PlusAddress,
        ticket,
        recipient: recipient_fp(issued_to),
        message: None,
        place: Place::RecipientAddress,
    };
    Evidence {
        tokens: vec![token],
        ..Evidence::default()
    }
}

fn ticket(number: i64) -> Lookups {
    let facts = TicketFacts {
        number,
        participants: vec!["Ada@example.org".into()],
        ..TicketFacts::default()
    };
    Lookups {
        tickets: vec![(number, facts)],
        own: OwnAddresses::new(["support@ours.test"]),
        ..Lookups::default()
    }
}

fn run(facts: &MailFacts, evidence: &Evidence, lookups: &Lookups) -> Decision {
    decide(facts, MailClass::Human, evidence, lookups).decision
}

#[test]
fn signed_evidence_by_sender() {
    let evidence = token(5, "ada@example.org");
    let append = Decision::Append {
        ticket: 5,
        author: Author::Participant,
        may_change_state: true,
        reopen: false,
        add_cc: vec![],
    };
    assert_eq!(
        run(&mail("ADA@example.org", AuthResult::None), &evidence, &ticket(5)),
        append
    );
    let forged = Decision::Quarantine {
        reason: QuarantineReason::ForgedParticipant,
        ticket: Some(5),
    };
    assert_eq!(
        run(&mail("ada@example.org", AuthResult::Fail), &evidence, &ticket(5)),
        forged
    );
    assert_eq!(
        run(&mail("eve@evil.test", AuthResult::Pass), &evidence, &ticket(5)),
        Decision::HoldThirdParty { ticket: 5 }
    );
    let mut colleague = ticket(5);
    colleague.tickets[0].1.sender_in_organisation = true;
    let contact = run(&mail("bob@example.org", AuthResult::Pass), &evidence, &colleague);
    assert!(matches!(
        contact,
        Decision::Append {
            author: Author::OrganisationContact,
            ..
        }
    ));
    let mut agent = ticket(5);
    agent.sender_is_agent = true;
    let note = Decision::AppendUnverifiedNote { ticket: 5 };
    assert_eq!(run(&mail("agent@ours.test", AuthResult::Pass), &evidence, &agent), note);
    let own = token(5, "agent@ours.test");
    assert_eq!(run(&mail("agent@ours.test", AuthResult::None), &own, &agent), note);
    assert!(matches!(
        run(&mail("agent@ours.test", AuthResult::Pass), &own, &agent),
        Decision::Append {
            author: Author::Agent,
            ..
        }
    ));
}

#[test]
fn weak_evidence_never_lets_a_stranger_in() {
    let evidence = Evidence {
        subject_tokens: vec![5],
        ..Evidence::default()
    };
    assert!(matches!(
        run(&mail("ada@example.org", AuthResult::None), &evidence, &ticket(5)),
        Decision::Append { .. }
    ));
    assert_eq!(
        run(&mail("eve@evil.test", AuthResult::Pass), &evidence, &ticket(5)),
        Decision::SuggestAndNew { related: 5 }
    );
    let foreign = Evidence {
        foreign_ids: vec!["a@x".into(), "b@x".into()],
        ..Evidence::default()
    };
    let mut lookups = ticket(5);
    lookups.foreign = vec![("b@x".into(), 5)];
    assert_eq!(
        run(&mail("eve@evil.test", AuthResult::Pass), &foreign, &lookups),
        Decision::SuggestAndNew { related: 5 }
    );
    assert!(matches!(
        run(&mail("ada@example.org", AuthResult::Pass), &foreign, &lookups),
        Decision::Append { .. }
    ));
}

#[test]
fn closed_merged_and_missing_tickets() {
    let evidence = token(5, "ada@example.org");
    let mut closed = ticket(5);
    closed.tickets[0].1.closed = true;
    assert_eq!(
        run(&mail("ada@example.org", AuthResult::Pass), &evidence, &closed),
        Decision::FollowUp { of: 5 }
    );
    assert_eq!(
        run(&mail("eve@evil.test", AuthResult::Pass), &evidence, &closed),
        Decision::SuggestAndNew { related: 5 }
    );
    closed.tickets[0].1.reopenable = true;
    assert!(matches!(
        run(&mail("ada@example.org", AuthResult::Pass), &evidence, &closed),
        Decision::Append { reopen: true, .. }
    ));
    closed.sender_is_agent = true;
    assert_eq!(
        run(&mail("ada@example.org", AuthResult::Pass), &evidence, &closed),
        Decision::FollowUp { of: 5 },
        "an agent reopens by hand"
    );
    let mut merged = ticket(9);
    merged.tickets[0].0 = 5;
    merged.tickets[0].1.merged_from = Some(5);
    let result = decide(
        &mail("ada@example.org", AuthResult::Pass),
        MailClass::Human,
        &evidence,
        &merged,
    );
    assert!(matches!(result.decision, Decision::Append { ticket: 9, .. }));
    assert!(
        result
            .reasons
            .iter()
            .any(|r| r.outcome == Note::ticket(Code::MergedInto, 9).with("source", 5))
    );
    assert_eq!(
        run(&mail("ada@example.org", AuthResult::Pass), &evidence, &ticket(6)),
        Decision::NewTicket
    );
}

#[test]
fn copied_people_join_only_with_a_token_of_a_participant() {
    let mut facts = mail("ada@example.org", AuthResult::Pass);
    facts.to = vec![
        MailAddress::new("", "support@ours.test"),
        MailAddress::new("", "reply+x@ours.test"),
    ];
    facts.cc = (0..30).map(|n| MailAddress::new("", format!("p{n}@x.test"))).collect();
    let Decision::Append { add_cc, .. } = run(&facts, &token(5, "ada@example.org"), &ticket(5)) else {
        panic!("append")
    };
    assert_eq!((add_cc.len(), add_cc[0].as_str()), (MAX_CC, "p0@x.test"));
    let weak = Evidence {
        subject_tokens: vec![5],
        ..Evidence::default()
    };
    let Decision::Append { add_cc, .. } = run(&facts, &weak, &ticket(5)) else {
        panic!("append")
    };
    assert!(add_cc.is_empty());
}

#[test]
fn machines_append_without_touching_the_state() {
    let facts = mail("ada@example.org", AuthResult::Pass);
    for class in [MailClass::Ooo, MailClass::AutoReply] {
        let result = decide(&facts, class, &token(5, "ada@example.org"), &ticket(5)).decision;
        assert!(
            matches!(
                result,
                Decision::Append {
                    may_change_state: false,
                    ..
                }
            ),
            "{class:?}"
        );
    }
    let orphan = decide(&facts, MailClass::Ooo, &Evidence::default(), &Lookups::default()).decision;
    assert_eq!(
        orphan,
        Decision::Quarantine {
            reason: QuarantineReason::OrphanAutoReply,
            ticket: None
        }
    );
    assert_eq!(
        decide(&facts, MailClass::OwnLoop, &token(5, "a"), &ticket(5)).decision,
        Decision::DropOwnLoop
    );
    for class in [
        MailClass::DsnFailed,
        MailClass::DsnDelayed,
        MailClass::DsnSuccess,
        MailClass::Mdn,
        MailClass::Arf,
    ] {
        let result = decide(&facts, class, &token(5, "a"), &ticket(5)).decision;
        assert_eq!(
            result,
            Decision::DeliveryEvent {
                ticket: Some(5),
                message: None,
                outgoing: None
            }
        );
    }
}

#[test]
fn hints_are_only_hints() {
    let same = Lookups {
        same_subject: Some(3),
        ..Lookups::default()
    };
    assert_eq!(
        run(&mail("ada@example.org", AuthResult::None), &Evidence::default(), &same),
        Decision::SuggestAndNew { related: 3 }
    );
    assert_eq!(
        run(&mail("ada@example.org", AuthResult::Fail), &Evidence::default(), &same),
        Decision::NewTicket
    );
    let mut external = ticket(5);
    external.external = Some(5);
    assert!(matches!(
        run(
            &mail("x@partner.test", AuthResult::Pass),
            &Evidence::default(),
            &external
        ),
        Decision::Append { ticket: 5, .. }
    ));
    assert_eq!(
        run(
            &mail("x@partner.test", AuthResult::Fail),
            &Evidence::default(),
            &external
        ),
        Decision::SuggestAndNew { related: 5 }
    );
}

proptest! {
    /// Whatever the mail claims, a stranger or a forger never writes a public message into a ticket.
    #[test]
    fn nobody_unknown_appends(signed: bool, weak: bool, foreign: bool, closed: bool, reopenable: bool, fails: bool, issued: bool) {
        let from = if fails { "ada@example.org" } else { "eve@evil.test" };
        let dmarc = if fails { AuthResult::Fail } else { AuthResult::Pass };
        let mut evidence = if signed { token(5, if issued { from } else { "x@y.z" }) } else { Evidence::default() };
        if weak { evidence.subject_tokens.push(5); }
        if foreign { evidence.foreign_ids.push("a@x".into()); }
        let mut lookups = ticket(5);
        lookups.foreign = vec![("a@x".into(), 5)];
        lookups.tickets[0].1.closed = closed;
        lookups.tickets[0].1.reopenable = reopenable;
        let result = decide(&mail(from, dmarc), MailClass::Human, &evidence, &lookups);
        let refused = !matches!(result.decision, Decision::Append { .. } | Decision::FollowUp { .. });
        prop_assert!(refused);
        prop_assert_eq!(result.reasons.last().map(|r| r.step), Some(Step::Outcome));
    }
}

#[test]
fn every_decision_has_its_word() {
    use crate::words::WordSet;
    let all = [
        Decision::Append {
            ticket: 1,
            author: Author::Agent,
            may_change_state: false,
            reopen: false,
            add_cc: Vec::new(),
        },
        Decision::AppendUnverifiedNote { ticket: 1 },
        Decision::Quarantine {
            reason: QuarantineReason::OrphanAutoReply,
            ticket: None,
        },
        Decision::HoldThirdParty { ticket: 1 },
        Decision::SuggestAndNew { related: 1 },
        Decision::FollowUp { of: 1 },
        Decision::NewTicket,
        Decision::DeliveryEvent {
            ticket: None,
            message: None,
            outgoing: None,
        },
        Decision::DropOwnLoop,
    ];
    let words: Vec<String> = all
        .iter()
        .map(|decision| {
            serde_json::to_value(decision).unwrap()["decision"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let known: Vec<&str> = DecisionKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(words, known);
}
