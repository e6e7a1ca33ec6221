//! A mail goes out, is answered by programs with different habits, and finds its ticket again.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panic as tests do")]

use chrono::DateTime;
use domain::mail::address::{MailAddress, OwnAddresses};
use domain::mail::class::{MailClass, classify};
use domain::mail::threading::decide::decide;
use domain::mail::threading::evidence::collect;
use domain::mail::threading::{Decision, Lookups, TicketFacts};
use domain::mail::token::{MessageClaim, ReplyClaim, TokenKey, TokenKeys, recipient_fp};
use integrations::mail::compose::{Composed, OutgoingMail, compose};
use integrations::mail::parse::{ParseOptions, ParsedMail, parse};
use uuid::Uuid;

const TICKET: i64 = 100_001;

fn keys() -> TokenKeys {
    TokenKeys::new(TokenKey::new(1, [7; 32]).unwrap(), vec![])
}

/// An agent's answer to the customer, with every mark that we put into mails.
fn sent() -> (Composed, OutgoingMail) {
    let recipient = recipient_fp("ada@example.org");
    let reply = ReplyClaim {
        ticket: TICKET,
        recipient,
    };
    let message = MessageClaim {
        ticket: TICKET,
        message: Uuid::from_u128(5),
        recipient,
    };
    let mail = OutgoingMail {
        message_id: keys().message_id(&message, Uuid::from_u128(9), "mail.ours.test"),
        date: DateTime::UNIX_EPOCH,
        from: MailAddress::new("Support", "support@ours.test"),
        to: vec![MailAddress::new("Ada", "ada@example.org")],
        reply_to: Some(MailAddress::new("Support", keys().reply_address(&reply, "ours.test"))),
        subject: format!("{} Ma facture d'été", keys().subject_token(TICKET)),
        text: format!("Bonjour,\n\nc'est réglé.\n\n{}\n", keys().body_marker(&reply)),
        envelope_from: Some(keys().bounce_address(Uuid::from_u128(9), "ours.test")),
        instance: "here".into(),
        ..OutgoingMail::default()
    };
    (compose(&mail).unwrap(), mail)
}

fn read(raw: &[u8]) -> ParsedMail {
    parse(
        raw,
        &ParseOptions {
            authserv_ids: vec!["mx.ours.test".into()],
            ..ParseOptions::default()
        },
    )
}

fn place(raw: &str) -> (MailClass, Decision) {
    let mail = read(raw.as_bytes());
    let own = OwnAddresses::new(["support@ours.test"]);
    let evidence = collect(&mail.facts, &mail.full_text(), &keys(), &own);
    let ticket = TicketFacts {
        number: TICKET,
        merged_from: None,
        closed: false,
        reopenable: false,
        participants: vec!["ada@example.org".into()],
        sender_in_organisation: false,
    };
    let lookups = Lookups {
        tickets: vec![(TICKET, ticket)],
        own,
        ..Lookups::default()
    };
    let class = classify(&mail.facts, "here").class;
    (class, decide(&mail.facts, class, &evidence, &lookups).decision)
}

fn is_appended(decision: &Decision) -> bool {
    matches!(
        decision,
        Decision::Append {
            ticket: TICKET,
            may_change_state: true,
            ..
        }
    )
}

#[test]
fn what_we_compose_we_can_read() {
    let (composed, mail) = sent();
    let seen = read(&composed.bytes);
    assert_eq!(seen.facts.subject, mail.subject);
    assert_eq!(seen.facts.message_id.as_deref(), Some(mail.message_id.as_str()));
    assert_eq!(seen.facts.reply_to, mail.reply_to.iter().cloned().collect::<Vec<_>>());
    assert!(seen.text.contains("c'est réglé."));
    assert_eq!(classify(&seen.facts, "here").class, MailClass::OwnLoop);
    assert_eq!(compose(&mail).unwrap().bytes, composed.bytes);
    for line in composed.bytes.split(|b| *b == b'\n') {
        assert!(line.len() <= 998, "line of {} bytes", line.len());
    }
}

#[test]
fn each_single_mark_is_enough() {
    let (_, mail) = sent();
    let reply_to = mail.reply_to.clone().unwrap().address;
    let quoted: String = mail.text.lines().map(|line| format!("> {line}\r\n")).collect();
    let from = "From: Ada <ada@example.org>\r\nReturn-Path: <ada@example.org>\r\n";
    for (name, raw) in [
        (
            "reply address",
            format!("{from}To: {reply_to}\r\nSubject: x\r\n\r\nMerci\r\n"),
        ),
        (
            "upper case reply address",
            format!("{from}To: {}\r\n\r\nMerci\r\n", reply_to.to_uppercase()),
        ),
        (
            "envelope",
            format!("Delivered-To: {reply_to}\r\n{from}To: support@ours.test\r\n\r\nMerci\r\n"),
        ),
        (
            "In-Reply-To",
            format!(
                "{from}To: support@ours.test\r\nIn-Reply-To: <{}>\r\n\r\nMerci\r\n",
                mail.message_id
            ),
        ),
        (
            "References",
            format!(
                "{from}References: <a@b>\r\n <{}>\r\n <c@d>\r\n\r\nMerci\r\n",
                mail.message_id
            ),
        ),
        (
            "quoted marker",
            format!("{from}To: support@ours.test\r\n\r\nMerci\r\n\r\n{quoted}"),
        ),
        (
            "subject",
            format!(
                "{from}To: support@ours.test\r\nSubject: RE: {}\r\n\r\nMerci\r\n",
                keys().subject_token(TICKET)
            ),
        ),
    ] {
        let (class, decision) = place(&raw);
        assert_eq!(class, MailClass::Human, "{name}");
        assert!(is_appended(&decision), "{name}: {decision:?}");
    }
    assert_eq!(
        place(&format!("{from}Subject: [#100001-aaaa]\r\n\r\nMerci\r\n")).1,
        Decision::NewTicket
    );
}

#[test]
fn the_token_in_wrong_hands() {
    let (_, mail) = sent();
    let reply_to = mail.reply_to.unwrap().address;
    let stranger = format!("From: eve@evil.test\r\nTo: {reply_to}\r\n\r\nhello\r\n");
    assert_eq!(place(&stranger).1, Decision::HoldThirdParty { ticket: TICKET });
    let forged = format!(
        "Authentication-Results: mx.ours.test; dmarc=fail\r\nFrom: ada@example.org\r\nTo: {reply_to}\r\n\r\npay here\r\n"
    );
    assert!(matches!(place(&forged).1, Decision::Quarantine { .. }));
    let changed = reply_to.replacen(|c: char| c.is_ascii_digit(), "x", 1);
    assert_eq!(
        place(&format!("From: eve@evil.test\r\nTo: {changed}\r\n\r\nhello\r\n")).1,
        Decision::NewTicket
    );
}

#[test]
fn machines_answer_without_effect() {
    let (composed, mail) = sent();
    let reply_to = mail.reply_to.unwrap().address;
    let vacation = format!(
        "From: ada@example.org\r\nTo: {reply_to}\r\nSubject: Réponse automatique : x\r\nAuto-Submitted: auto-replied\r\n\r\nabsente\r\n"
    );
    let (class, decision) = place(&vacation);
    assert_eq!(class, MailClass::Ooo);
    assert!(
        matches!(
            decision,
            Decision::Append {
                may_change_state: false,
                reopen: false,
                ..
            }
        ),
        "{decision:?}"
    );

    let original = String::from_utf8_lossy(&composed.bytes).into_owned();
    let bounce = format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.org\r\nTo: {}\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n\
         --B\r\n\r\nNo such user\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n\
         Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n--B\r\nContent-Type: message/rfc822\r\n\r\n{original}\r\n--B--\r\n",
        mail.envelope_from.unwrap()
    );
    let (class, decision) = place(&bounce);
    assert_eq!(class, MailClass::DsnFailed);
    let expected = Decision::DeliveryEvent {
        ticket: Some(TICKET),
        message: Some(Uuid::from_u128(5)),
        outgoing: Some(Uuid::from_u128(9)),
    };
    assert_eq!(decision, expected);
    assert_eq!(place(&original).1, Decision::DropOwnLoop);
}
