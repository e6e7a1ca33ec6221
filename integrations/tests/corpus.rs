//! Mails as real programs write them: what each must become.

#[path = "common/exercise.rs"]
mod exercise;
#[path = "common/seeds.rs"]
mod seeds;

use std::collections::BTreeMap;

use domain::mail::class::{MailClass, classify};
use domain::mail::facts::SenderTrust;
use domain::mail::report::DeliveryOutcome;
use exercise::{exercise, keys};
use integrations::mail::html::{SanitiseOptions, sanitise};
use integrations::mail::parse::{AttachmentKind, BlockReason, ParseWarning, ParsedMail};
use seeds::seeds;

fn mail(name: &str) -> ParsedMail {
    let all: BTreeMap<String, Vec<u8>> = seeds().into_iter().collect();
    exercise(&all[name])
}

/// The text in front of the quoted history.
fn answer(name: &str) -> String {
    let mail = mail(name);
    let end = mail.quoted_from(&keys()).unwrap_or(mail.text.len());
    mail.text[..end].trim().to_owned()
}

fn files(name: &str) -> Vec<String> {
    mail(name).attachments.into_iter().map(|a| a.name).collect()
}

#[test]
fn every_seed_keeps_the_promises() {
    let seeds = seeds();
    assert!(seeds.len() >= 40);
    for (_, raw) in seeds {
        exercise(&raw);
    }
}

#[test]
fn answers_of_mail_programs_are_folded() {
    for (name, text) in [
        ("gmail_reply_en", "It works again, thank you!"),
        ("gmail_reply_fr", "Merci, c’est réparé."),
        ("gmail_reply_ar", "شكرا لكم، يعمل الآن."),
        ("outlook_reply_de_html", "Danke für die Hilfe."),
        ("outlook_reply_fr_text", "C’est bon, merci."),
        ("apple_reply_inline_image", "See the screenshot."),
    ] {
        assert_eq!(answer(name), text, "{name}");
        assert!(mail(name).text.len() > text.len() + 5, "{name}: the history is kept");
    }
    for whole in ["thunderbird_interleaved", "forward_en"] {
        assert_eq!(mail(whole).quoted_from(&keys()), None, "{whole}");
    }
}

#[test]
fn every_class_is_recognised() {
    for (name, class) in [
        ("gmail_reply_en", MailClass::Human),
        ("ooo_outlook", MailClass::Ooo),
        ("ooo_fr", MailClass::Ooo),
        ("ooo_gmail", MailClass::Ooo),
        ("newsletter", MailClass::Bulk),
        ("dsn_postfix", MailClass::DsnFailed),
        ("dsn_exchange", MailClass::DsnFailed),
        ("dsn_qmail", MailClass::DsnFailed),
        ("dsn_delayed", MailClass::DsnDelayed),
        ("mdn", MailClass::Mdn),
        ("arf", MailClass::Arf),
        ("html_hostile", MailClass::Human),
    ] {
        assert_eq!(classify(&mail(name).facts, "x").class, class, "{name}");
    }
}

#[test]
fn bounces_name_the_mail_and_the_recipient() {
    for (name, id, recipient, outcome) in [
        (
            "dsn_postfix",
            Some("t.12.abc@cloudmanager.test"),
            Some("nobody@example.org"),
            DeliveryOutcome::UnknownAddress,
        ),
        (
            "dsn_exchange",
            Some("t.13.def@cloudmanager.test"),
            Some("full@example.org"),
            DeliveryOutcome::Permanent,
        ),
        (
            "dsn_qmail",
            Some("t.14.ghi@cloudmanager.test"),
            None,
            DeliveryOutcome::UnknownAddress,
        ),
        ("dsn_delayed", None, Some("slow@example.org"), DeliveryOutcome::Delayed),
        (
            "mdn",
            Some("t.15.jkl@cloudmanager.test"),
            Some("ada@example.org"),
            DeliveryOutcome::Permanent,
        ),
        (
            "arf",
            Some("t.16.mno@cloudmanager.test"),
            Some("ada@example.org"),
            DeliveryOutcome::Permanent,
        ),
    ] {
        let report = mail(name).facts.report.unwrap();
        assert_eq!(report.original_message_id.as_deref(), id, "{name}");
        assert_eq!(report.recipients[0].final_recipient.as_deref(), recipient, "{name}");
        assert_eq!(report.outcome(), outcome, "{name}");
        assert_eq!(report.is_complaint(), name == "arf", "{name}");
    }
}

#[test]
fn charsets_are_read_whatever_they_claim() {
    for (name, subject, text) in [
        ("charset_lies", "café noir", "déjà vu"),
        ("latin1_is_utf8", "lie", "déjà vu — مرحبا"),
        ("windows1256", "مشكلة", "السلام عليكم"),
        ("iso2022jp", "お問い合わせ", "サーバーが停止しました"),
        ("gb2312_is_gbk", "x", "镕基 服务器"),
    ] {
        let mail = mail(name);
        assert_eq!(
            (mail.facts.subject.as_str(), mail.text.trim()),
            (subject, text),
            "{name}"
        );
    }
    let utf7 = mail("utf7");
    assert!(utf7.text.contains("+ADw-script") && utf7.warnings.contains(&ParseWarning::CharsetMismatch));
}

#[test]
fn files_have_safe_names_and_true_types() {
    assert_eq!(files("rfc2231_names"), ["فاتورة 2026.pdf", "reçu.pdf", "reçu (2).pdf"]);
    assert_eq!(files("unterminated_nested"), ["a.pdf", "a (2).pdf"]);
    assert_eq!(files("nested_message"), ["Héllo original.eml"]);
    assert_eq!(files("calendar"), ["attachment.ics"]);
    let kind = |name: &str| mail(name).attachments[0].kind;
    assert_eq!(kind("winmail"), AttachmentKind::Tnef);
    assert_eq!(kind("smime_signed"), AttachmentKind::Signature);
    assert_eq!(kind("nested_message"), AttachmentKind::AttachedMessage);
    assert!(!mail("nested_message").text.contains("inner text"));
    let virus = mail("double_extension").attachments;
    assert_eq!(
        (virus[0].blocked, virus[0].sniffed_type.as_str()),
        (Some(BlockReason::Program), "application/x-msdownload")
    );
    assert_eq!(
        (virus[1].name.as_str(), virus[1].blocked),
        ("invoicefdp.scr", Some(BlockReason::Extension))
    );
    let image = &mail("apple_reply_inline_image").attachments[0];
    assert_eq!(
        (image.content_id.as_deref(), image.inline, image.sniffed_type.as_str()),
        (Some("5C8A@apple.local"), true, "image/png")
    );
}

#[test]
fn broken_mail_gives_what_can_be_had() {
    assert_eq!(mail("bad_base64").text, "Hello world");
    assert!(mail("bad_base64").warnings.contains(&ParseWarning::BrokenEncoding));
    assert_eq!(mail("nul_bytes").text, "bodywithnul\n");
    assert_eq!(mail("only_body").text.trim(), "just text");
    assert_eq!(mail("bare_cr").text, "one\ntwo\nthree\n");
    assert_eq!(mail("unterminated_nested").text, "the text");
    assert_eq!(mail("mixed_text_html_text").text, "before\nmiddle\nafter the <tag>");
    assert!(
        mail("mixed_text_html_text")
            .html
            .unwrap()
            .contains("after the &lt;tag&gt;")
    );
    assert_eq!(mail("format_flowed").text, "one longlinehere\n-- \nAda\n");
    assert_eq!((mail("empty").text.as_str(), mail("empty").facts.sender()), ("", None));
    assert_eq!(
        mail("no_newline_header").facts.sender().unwrap().address,
        "ada@example.org"
    );
}

#[test]
fn identity_is_one_mailbox_in_one_field() {
    for name in ["double_from", "two_mailboxes", "empty"] {
        let mail = mail(name);
        assert_eq!(mail.facts.trust().0, SenderTrust::Failed, "{name}");
        assert!(mail.warnings.contains(&ParseWarning::FromCount), "{name}");
    }
    assert_eq!(mail("gmail_reply_en").facts.trust().0, SenderTrust::Verified);
    let groups = mail("groups").facts;
    let to: Vec<&str> = groups.to.iter().map(|a| a.address.as_str()).collect();
    assert_eq!(to, ["support@cloudmanager.test", "j@example.org"]);
    assert_eq!(groups.cc[0].address, "b@example.org");
}

#[test]
fn hostile_html_is_harmless_and_said_to_be() {
    let raw = mail("html_hostile").html.unwrap();
    let safe = sanitise(&raw, &SanitiseOptions::default());
    let html = safe.html.unwrap();
    assert!(!html.contains("alert") && !html.contains("onclick"), "{html}");
    assert_eq!(safe.link_mismatches.len(), 1);
    let newsletter = sanitise(&mail("newsletter").html.unwrap(), &SanitiseOptions::default());
    assert_eq!((newsletter.remote_images, newsletter.pixels), (0, 1));
}

#[test]
fn a_mail_above_the_limit_is_known_by_its_header() {
    let mut raw = b"From: ada@example.org\r\nSubject: huge\r\nMessage-ID: <1@x>\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n".to_vec();
    raw.resize(41 << 20, b'x');
    let mail = exercise(&raw);
    assert_eq!(
        (mail.facts.subject.as_str(), mail.text.as_str(), mail.attachments.len()),
        ("huge", "", 0)
    );
    assert!(mail.warnings.contains(&ParseWarning::TooLarge));
}
