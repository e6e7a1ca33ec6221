use domain::mail::facts::AuthResult;
use domain::mail::report::{DeliveryOutcome, ReportKind};
use proptest::prelude::*;

use super::*;

fn options() -> ParseOptions {
    ParseOptions {
        authserv_ids: vec!["mx.cloudmanager.test".into()],
        ..ParseOptions::default()
    }
}

fn read(raw: &str) -> ParsedMail {
    parse(raw.as_bytes(), &options())
}

#[test]
fn a_plain_mail() {
    let mail = read(
        "Return-Path: <ada@example.org>\r\nDelivered-To: support@cloudmanager.test\r\nFrom: =?utf-8?q?Ad=C3=A9?= <ada@example.org>\r\n\
         To: Support <support@cloudmanager.test>, b@c.d\r\nReply-To: other@example.org\r\nSubject: =?utf-8?b?w6l0w6k=?=\r\n\
         Message-ID: <1@example.org>\r\nIn-Reply-To: <0@x>\r\nReferences: <a@x>\r\n <b@x>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\n\
         Content-Type: text/plain; charset=iso-8859-1\r\n\r\nCaf\u{e9}\r\n",
    );
    assert_eq!(mail.facts.subject, "été");
    assert_eq!(
        mail.facts.sender().map(|a| (a.name.as_str(), a.address.as_str())),
        Some(("Adé", "ada@example.org"))
    );
    assert_eq!(mail.facts.to.len(), 2);
    assert_eq!(mail.facts.message_id.as_deref(), Some("1@example.org"));
    assert_eq!(mail.facts.references, ["a@x", "b@x"]);
    assert_eq!(mail.facts.envelope.return_path.as_deref(), Some("ada@example.org"));
    assert_eq!(mail.facts.envelope.recipients, ["support@cloudmanager.test"]);
    assert_eq!(
        mail.date.map(|d| d.to_rfc3339()).as_deref(),
        Some("2026-11-21T09:00:00+00:00")
    );
    assert_eq!(mail.text.trim(), "Café");
    assert_eq!(mail.warnings, [ParseWarning::CharsetMismatch]);
    assert!(!mail.facts.reply_to_differs() && mail.html.is_none());
    assert_eq!(
        read("Return-Path: <>\n\nx").facts.envelope.return_path.as_deref(),
        Some("")
    );
}

const MIXED: &str = "From: a@b.c\r\nContent-Type: multipart/mixed; boundary=O\r\n\r\npre\r\n--O\r\nContent-Type: multipart/alternative; boundary=I\r\n\r\n\
    --I\r\nContent-Type: text/plain\r\n\r\nplain\r\n--I\r\nContent-Type: text/html\r\n\r\n<p>html <img src=cid:x@y></p>\r\n--I--\r\n\
    --O\r\nContent-Type: image/png; name=\"../a.png\"\r\nContent-ID: <x@y>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n\
    --O\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''bill%2Eexe\r\nContent-Transfer-Encoding: base64\r\n\r\nTVqQAA==\r\n";

#[test]
fn parts_are_sorted_even_without_the_closing_delimiter() {
    let mail = read(MIXED);
    assert_eq!(mail.text, "plain");
    assert_eq!(mail.html.as_deref(), Some("<p>html <img src=cid:x@y></p>"));
    let [image, program] = mail.attachments.as_slice() else {
        panic!("{:?}", mail.attachments)
    };
    assert_eq!(
        (image.name.as_str(), image.sniffed_type.as_str(), image.inline),
        ("a.png", "image/png", true)
    );
    assert_eq!(image.content_id.as_deref(), Some("x@y"));
    assert_eq!(
        (program.declared_type.as_str(), program.sniffed_type.as_str()),
        ("application/pdf", "application/x-msdownload")
    );
    assert!(program.blocked.is_some() && program.bytes.is_empty() && program.size == 4);
    assert_ne!(
        read(&MIXED.replace("plain\r\n--I", "other\r\n--I")).content_fp,
        mail.content_fp
    );
}

#[test]
fn unterminated_inner_multiparts_lose_nothing() {
    let mail = read(&MIXED.replace("--I--\r\n", ""));
    assert_eq!(mail.text, "plain");
    assert_eq!(mail.attachments.len(), 2);
}

#[test]
fn only_our_own_server_is_believed() {
    let auth = |field: &str| read(&format!("{field}From: a@b.c\r\n\r\nx")).facts.auth.dmarc;
    assert_eq!(
        auth("Authentication-Results: mx.cloudmanager.test; dmarc=pass header.from=b.c\r\n"),
        AuthResult::Pass
    );
    assert_eq!(
        auth("Authentication-Results: mx.evil.test; dmarc=pass\r\n"),
        AuthResult::None
    );
    assert_eq!(
        auth(
            "Authentication-Results: mx.cloudmanager.test; dmarc=fail\r\nAuthentication-Results: mx.cloudmanager.test; dmarc=pass\r\n"
        ),
        AuthResult::Fail
    );
    assert_eq!(
        auth("Authentication-Results: mx.cloudmanager.test (x; dmarc=pass); spf=pass\r\n"),
        AuthResult::None
    );
    assert_eq!(
        auth("Authentication-Results: mx.cloudmanager.test; spf=pass smtp.mailfrom=\"x; dmarc=pass\"\r\n"),
        AuthResult::None
    );
    let double = read("From: a@b.c\r\nFrom: d@e.f\r\n\r\nx");
    assert_eq!(
        (double.facts.from_fields, double.facts.from.len(), double.facts.sender()),
        (2, 2, None)
    );
}

#[test]
fn reports_are_read() {
    let mail = read(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@x.y\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\n\r\nSorry\r\n\
         --B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.y\r\n\r\nOriginal-Recipient: rfc822;Ada@x.y\r\nFinal-Recipient: rfc822; ada@x.y\r\n\
         Action: failed\r\nStatus: 5.1.1 (no)\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n unknown\r\n--B\r\nContent-Type: message/rfc822\r\n\r\n\
         Message-ID: <t.1@h>\r\nSubject: hi\r\n\r\nbody\r\n--B--\r\n",
    );
    let full = mail.full_text();
    let report = mail.facts.report.unwrap();
    assert_eq!(
        (report.kind, report.standard, report.original_message_id.as_deref()),
        (ReportKind::Dsn, true, Some("t.1@h"))
    );
    assert_eq!(report.outcome(), DeliveryOutcome::UnknownAddress);
    assert_eq!(report.recipients[0].original_recipient.as_deref(), Some("Ada@x.y"));
    assert_eq!(report.recipients[0].diagnostic, "smtp; 550 5.1.1 unknown");
    assert!(full.contains("Message-ID: <t.1@h>"));
    let old = read(
        "Return-Path: <>\r\nFrom: postmaster@x.y\r\nX-Failed-Recipients: ada@x.y\r\n\r\n550 5.1.1 no\r\n> Message-ID: <t.2@h>\r\n",
    );
    let report = old.facts.report.unwrap();
    assert_eq!(
        (
            report.standard,
            report.original_message_id.as_deref(),
            report.recipients[0].status.as_str()
        ),
        (false, Some("t.2@h"), "5.1.1")
    );
}

#[test]
fn limits_hold() {
    let mut deep = String::from("From: a@b.c\r\n");
    for level in 0..500 {
        deep.push_str(&format!(
            "Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
        ));
    }
    let mail = read(&deep);
    assert!(mail.warnings.contains(&ParseWarning::TooDeep) && mail.attachments.len() == 1);
    let many = format!(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n{}",
        "--b\r\n\r\nx\r\n".repeat(10_000)
    );
    assert!(read(&many).warnings.contains(&ParseWarning::TooManyParts));
    let messages = format!(
        "From: a@b.c\r\n{}",
        "Content-Type: message/rfc822\r\n\r\n".repeat(200_000)
    );
    assert_eq!(read(&messages).attachments.len(), 1);
    let mut small = options();
    small.limits.attachment = 3;
    assert!(
        parse(MIXED.as_bytes(), &small)
            .attachments
            .iter()
            .all(|a| a.blocked.is_some())
    );
    let headers = format!("{}\r\nx", "X-A: b\r\n".repeat(100_000));
    assert!(read(&headers).facts.headers.0.len() <= 2_000);
}

proptest! {
    #[test]
    fn any_bytes_give_a_result(raw in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = parse(&raw, &options());
    }

    #[test]
    fn mutated_mails_give_a_result(cuts in proptest::collection::vec((0usize..1200, any::<u8>()), 0..20), end in 0usize..1200) {
        let mut raw = MIXED.as_bytes().to_vec();
        for (at, byte) in cuts {
            if let Some(slot) = raw.get_mut(at) { *slot = byte; }
        }
        raw.truncate(end);
        let mail = parse(&raw, &options());
        prop_assert!(!mail.warnings.contains(&ParseWarning::ReaderFailed));
    }
}
