//! What comes out is read again: by its pages and its text, in three languages.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panic as tests do")]

use std::time::Duration;

use chrono::{TimeZone, Utc};
use domain::{
    locale::Locale,
    paper::{Entry, Paper},
};

use printing::{PAGES, print};

fn entry(by: &str, text: &str) -> Entry {
    Entry {
        by: by.to_owned(),
        at: "5 January 2026, 10:00 UTC+01:00".to_owned(),
        mark: None,
        text: text.to_owned(),
        cut: None,
        files: Vec::new(),
    }
}

fn paper(locale: Locale, heading: &str, entries: Vec<Entry>) -> Paper {
    Paper {
        locale,
        title: heading.to_owned(),
        above: "CloudManager".to_owned(),
        heading: heading.to_owned(),
        facts: vec![("State".to_owned(), "Open".to_owned())],
        entries,
        unread: 0,
        left_out: |_, n| format!("left out: {n}"),
        foot: "foot".to_owned(),
        at: Utc.with_ymd_and_hms(2026, 1, 5, 9, 0, 0).unwrap(),
    }
}

/// The text of a page, as it is seen from left to right.
fn text(bytes: &[u8], page: u32) -> String {
    let file = lopdf::Document::load_mem(bytes).unwrap();
    file.extract_text(&[page]).unwrap()
}

#[test]
fn what_is_printed_can_be_read_again_in_three_languages() {
    let french = paper(
        Locale::Fr,
        "Élève déçu",
        vec![entry("Zoé", "Où est passé l’œuf ? Coût : 12 €, « efficace ».")],
    );
    let read = text(&print(&french, PAGES).unwrap().bytes, 1);
    for words in [
        "Élève déçu",
        "Zoé",
        "Où est passé l’œuf ? Coût : 12 €, « efficace ».",
        "1 / 1",
        "foot",
    ] {
        assert!(read.contains(words), "{words}: {read}");
    }
    let english = paper(
        Locale::En,
        "The office",
        vec![entry("A", "An affluent offer: fluffy waffles")],
    );
    let read = text(&print(&english, PAGES).unwrap().bytes, 1);
    assert!(read.contains("An affluent offer: fluffy waffles"), "{read}");

    // As seen, Arabic is written backwards: so it is extracted, and programs put it into its order again.
    let arabic = paper(
        Locale::Ar,
        "تذكرة",
        vec![entry("سمير", "الخادم cm-42 لا يعمل (منذ أمس)")],
    );
    let read = text(&print(&arabic, PAGES).unwrap().bytes, 1);
    let seen = |words: &str| words.chars().rev().collect::<String>();
    for words in [
        seen("تذكرة"),
        seen("سمير"),
        seen("الخادم"),
        "cm-42".to_owned(),
        "1 / 1".to_owned(),
    ] {
        assert!(read.contains(&words), "{words}: {read}");
    }
    let (after, before) = (read.find(&seen("يعمل")).unwrap(), read.find(&seen("الخادم")).unwrap());
    assert!(after < before, "the sentence begins at the right: {read}");
    assert!(
        read.contains(&format!("({})", seen("منذ أمس"))),
        "brackets are mirrored: {read}"
    );
}

#[test]
fn the_same_document_is_the_same_file_and_a_small_one() {
    let one = || {
        print(&paper(Locale::Ar, "تذكرة", vec![entry("A", "نص و text")]), PAGES)
            .unwrap()
            .bytes
    };
    assert!(one() == one());
    assert!(one().len() < 40_000, "fonts are cut to what is used: {}", one().len());
    let other = print(&paper(Locale::Ar, "تذكرة", vec![entry("A", "آخر")]), PAGES)
        .unwrap()
        .bytes;
    assert!(one() != other);
}

#[test]
fn long_documents_end_and_say_what_is_left_out() {
    let many = (0..3000)
        .map(|n| entry("A", &format!("message {n}\n{}", "line\n".repeat(20))))
        .collect();
    let mut long = paper(Locale::En, "Long", many);
    long.unread = 7;
    let printed = print(&long, 20).unwrap();
    assert!((20..=21).contains(&printed.pages), "{}", printed.pages);
    assert!(printed.left_out > 2000);
    let end = text(&printed.bytes, u32::try_from(printed.pages).unwrap());
    assert!(end.contains(&format!("left out: {}", printed.left_out)), "{end}");
    assert!(end.contains(&format!("{0} / {0}", printed.pages)), "{end}");
}

#[test]
fn what_people_write_breaks_nothing() {
    let odd = [
        "",
        "\u{202e}\u{2066}\u{2069}\u{200f}\u{feff}",
        "\u{1f600}\u{fe0f} 漢字 \u{0}\u{1b}[31m",
        "e\u{301}\u{301}\u{301}\u{301}",
        "ا\u{64b}\u{651}\u{670}",
        &"\u{5d0}\u{628}a1".repeat(2000),
        &"\u{301}".repeat(20_000),
        &"(".repeat(20_000),
        &"a\n".repeat(400),
    ];
    let entries = odd.iter().map(|words| entry(words, words)).collect();
    let printed = print(&paper(Locale::Ar, "x", entries), PAGES).unwrap();
    assert!(printed.pages > 1);
    assert!(text(&printed.bytes, 1).contains("foot"));
}

#[test]
fn the_longest_document_takes_seconds_of_a_processor_at_most() {
    let before = cpu_time::ThreadTime::now();
    let entries = (0..50)
        .map(|_| entry("A", &"كلمة وأخرى and some more words of a long message ".repeat(400)))
        .collect();
    let printed = print(&paper(Locale::Ar, "x", entries), PAGES).unwrap();
    assert!(printed.pages > 100, "{}", printed.pages);
    assert!(before.elapsed() < Duration::from_secs(60), "{:?}", before.elapsed());
}
