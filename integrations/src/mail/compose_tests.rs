use chrono::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::mail::parse::{ParseOptions, ParsedMail, parse};

fn mail() -> OutgoingMail {
    OutgoingMail {
        message_id: "t.1.a@cloudmanager.test".into(),
        date: Utc.with_ymd_and_hms(2026, 11, 21, 10, 0, 0).unwrap(),
        from: MailAddress::new("Support", "support@cloudmanager.test"),
        to: vec![MailAddress::new("Ada", "ada@example.org")],
        subject: "Hello".into(),
        text: "Hi\nthere\n".into(),
        instance: "i1".into(),
        envelope_from: Some("bounce+x@cloudmanager.test".into()),
        ..OutgoingMail::default()
    }
}

fn read(mail: &OutgoingMail) -> ParsedMail {
    parse(&compose(mail).unwrap().bytes, &ParseOptions::default())
}

#[test]
fn what_is_written_can_be_read() {
    let mut out = mail();
    out.from.name = "دعم العملاء".into();
    out.subject = "[#12-abcd] تذكرة جديدة : réponse à votre demande d’aide, merci beaucoup de nous avoir écrit".into();
    out.text = "مرحبا\nÇa va\n".into();
    out.html = Some("<p>مرحبا</p>".into());
    out.reply_to = Some(MailAddress::new("", "reply+abc@cloudmanager.test"));
    out.in_reply_to = Some("1@example.org".into());
    out.references = vec!["0@example.org".into()];
    out.attachments = vec![OutgoingAttachment {
        name: "فاتورة é.pdf".into(),
        content_type: "application/pdf".into(),
        bytes: b"%PDF-1".to_vec(),
    }];
    let back = read(&out);
    assert_eq!(back.facts.from, [out.from.clone()]);
    assert_eq!(back.facts.subject, out.subject);
    assert_eq!(back.text, out.text);
    assert_eq!(back.html.as_deref(), Some("<p>مرحبا</p>"));
    assert_eq!(back.facts.message_id.as_deref(), Some("t.1.a@cloudmanager.test"));
    assert_eq!(back.facts.references, ["0@example.org", "1@example.org"]);
    assert_eq!(back.facts.reply_to[0].address, "reply+abc@cloudmanager.test");
    assert_eq!(
        (back.attachments[0].name.as_str(), back.attachments[0].bytes.as_slice()),
        ("فاتورة é.pdf", &b"%PDF-1"[..])
    );
    assert_eq!(back.date, Some(out.date));
    assert!(back.warnings.is_empty(), "{:?}", back.warnings);
}

#[test]
fn automatic_mail_says_so_and_comes_back_as_a_loop() {
    let mut out = mail();
    out.automatic = Automatic::Replied;
    out.envelope_from = None;
    out.hops = 1;
    let composed = compose(&out).unwrap();
    assert!(composed.envelope.from().is_none());
    let back = read(&out);
    assert_eq!(back.facts.headers.get("Auto-Submitted"), Some("auto-replied"));
    assert_eq!(back.facts.headers.get("X-Auto-Response-Suppress"), Some("All"));
    assert_eq!(domain::mail::class::hops(&back.facts), 2);
    assert_eq!(
        domain::mail::class::classify(&back.facts, "i1").class,
        domain::mail::class::MailClass::OwnLoop
    );
    assert_eq!(read(&mail()).facts.headers.get("Auto-Submitted"), None);
}

#[test]
fn the_same_mail_gives_the_same_bytes() {
    let mut out = mail();
    out.html = Some("<p>x</p>".into());
    out.attachments = vec![OutgoingAttachment {
        name: "a.txt".into(),
        content_type: "nonsense".into(),
        bytes: vec![0; 100],
    }];
    assert_eq!(compose(&out).unwrap().bytes, compose(&out).unwrap().bytes);
}

#[test]
fn what_cannot_be_sent_is_refused() {
    let mut nobody = mail();
    nobody.to.clear();
    assert_eq!(compose(&nobody).err(), Some(ComposeError::NoRecipient));
    let mut injected = mail();
    injected.to[0].address = "a@b.c>\r\nRCPT TO:<x@y.z".into();
    assert!(matches!(compose(&injected), Err(ComposeError::Address(_))));
    let mut id = mail();
    id.message_id = "a@b>\r\nX: y".into();
    assert!(matches!(compose(&id), Err(ComposeError::MessageId(_))));
    let mut large = mail();
    large.attachments = vec![OutgoingAttachment {
        name: "a".into(),
        content_type: "a/b".into(),
        bytes: vec![0; 19 << 20],
    }];
    assert!(matches!(compose(&large), Err(ComposeError::TooLarge { .. })));
}

#[test]
fn long_reference_chains_keep_both_ends() {
    let mut out = mail();
    out.references = (0..100).map(|n| format!("{n}@x")).collect();
    let back = read(&out).facts.references;
    assert_eq!((back.len(), back[0].as_str(), back[19].as_str()), (20, "0@x", "99@x"));
}

proptest! {
    /// Whatever strangers write into names, subjects and file names, no header appears that we did not write.
    #[test]
    fn headers_cannot_be_injected(text in "(\\PC|\r\n|\n|\r|: |Bcc: x@y.z|\u{2028}|<|>|\"|,|;|=\\?utf-8\\?q\\?a\\?=){0,40}") {
        let mut out = mail();
        out.subject = text.clone();
        out.from.name = text.clone();
        out.to[0].name = text.clone();
        out.in_reply_to = Some(text.clone());
        out.references = vec![text.clone()];
        out.instance = text.clone();
        out.attachments = vec![OutgoingAttachment { name: text.clone(), content_type: text, bytes: vec![1] }];
        let back = read(&out);
        prop_assert_eq!(back.facts.headers.get("Bcc"), None);
        prop_assert_eq!(back.facts.from.len(), 1);
        prop_assert_eq!(&back.facts.from[0].address, "support@cloudmanager.test");
        prop_assert_eq!(back.facts.to.len(), 1);
        prop_assert_eq!(&back.facts.to[0].address, "ada@example.org");
        let known = ["Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "X-CloudManager-Instance", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"];
        for line in &back.facts.headers.0 {
            prop_assert!(known.iter().any(|k| k.eq_ignore_ascii_case(&line.name)), "{}", line.name);
        }
    }
}
