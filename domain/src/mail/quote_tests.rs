use super::*;
use proptest::prelude::*;

fn kept(text: &str) -> Option<&str> {
    quoted_from(&QuoteInput {
        text,
        subject: "Re: x",
        own_marker: None,
        dom_marker: None,
    })
    .map(|at| &text[..at])
}

#[test]
fn wrote_lines_in_many_languages() {
    for line in [
        "On Mon, Nov 16, 2026 at 9:12 AM Ada Lovelace <ada@example.org> wrote:",
        "On 16/11/2026 09:12, Ada wrote:",
        "Le lun. 16 nov. 2026 à 09:12, Ada <ada@example.org> a écrit :",
        "Le 16/11/2026 à 09:12, Ada a écrit\u{a0}:",
        "Am 16.11.2026 um 09:12 schrieb Ada:",
        "El lun, 16 nov 2026 a las 9:12, Ada (<ada@example.org>) escribió:",
        "Il giorno lun 16 nov 2026 alle ore 09:12 Ada ha scritto:",
        "Em seg., 16 de nov. de 2026 às 09:12, Ada escreveu:",
        "Op ma 16 nov 2026 om 09:12 schreef Ada <ada@example.org>:",
        "Den mån 16 nov. 2026 kl 09:12 skrev Ada <ada@example.org>:",
        "W dniu 16.11.2026 o 09:12, Ada napisał(a):",
        "Dne po 16. 11. 2026 v 9:12 odesílatel Ada napsal:",
        "16. marraskuuta 2026 klo 9.12 Ada kirjoitti:",
        "16 ноября 2026 г. в 9:12 Ada написал:",
        "16 Kas 2026 Pzt, 09:12 tarihinde Ada şunları yazdı:",
        "في الاثنين، 16 نوفمبر 2026 في 9:12 ص تمت كتابة ما يلي بواسطة Ada كتب:",
        "في 16 نوفمبر 2026، كتب Ada <ada@example.org>:",
        "2026年11月16日 09:12，Ada 写道：",
    ] {
        assert_eq!(
            kept(&format!("Thanks!\n\n{line}\n> old\n> text\n")),
            Some("Thanks!\n\n"),
            "{line}"
        );
    }
    assert_eq!(
        kept("Yes\nOn Mon, Nov 16, 2026 at 9:12 AM\nAda Lovelace <ada@example.org>\nwrote:\n> old"),
        Some("Yes\n")
    );
}

#[test]
fn header_blocks_in_many_languages() {
    for block in [
        "From: Ada <ada@example.org>\nSent: Monday, 16 November 2026\nTo: Bob\nSubject: x",
        "De : Ada\nEnvoyé : lundi 16 novembre 2026\nÀ : Bob\nObjet : x",
        "Von: Ada\nGesendet: Montag, 16. November 2026\nAn: Bob\nBetreff: x",
        "*From:* Ada\n*Sent:* Monday\n*To:* Bob",
        "من: Ada\nتاريخ الإرسال: الاثنين\nإلى: Bob\nالموضوع: x",
        "-----Original Message-----\nFrom: Ada",
        "-------- Message d’origine --------\nDe: Ada",
    ] {
        assert_eq!(
            kept(&format!("Ok.\n\n{block}\n\nold words\n")),
            Some("Ok.\n\n"),
            "{block}"
        );
        let ruled = format!("Ok.\n________________________________\n{block}\n\nold words");
        assert_eq!(kept(&ruled), Some("Ok.\n"), "{block}");
    }
}

#[test]
fn markers_win_over_a_later_header() {
    let text = "Fine\n\n[cm:abc]\nAbove this line\n\nOn 1 May 2026 Ada wrote:\n> x";
    let input = QuoteInput {
        text,
        subject: "Re: x",
        own_marker: Some(8),
        dom_marker: None,
    };
    assert_eq!(quoted_from(&input), Some(6));
    assert_eq!(
        quoted_from(&QuoteInput {
            own_marker: None,
            dom_marker: Some(6),
            ..input
        }),
        Some(6)
    );
}

#[test]
fn a_marker_at_the_end_of_the_quote_folds_all_of_it() {
    let text = "Fine\n\n> Hello,\n> we have done it.\n>\n> [cm:abc]\n";
    let own_marker = text.find("[cm:");
    let input = QuoteInput {
        text,
        subject: "Re: x",
        own_marker,
        dom_marker: None,
    };
    assert_eq!(quoted_from(&input), Some(6));
}

#[test]
fn nothing_is_folded_when_in_doubt() {
    assert_eq!(
        kept("> question one\nanswer one, which is long enough to be one\n> question two\nanswer two"),
        None
    );
    assert_eq!(kept("> only quoted\n> text"), None);
    assert_eq!(kept("plain words"), None);
    assert_eq!(kept(""), None);
    assert_eq!(kept("On Monday the server was down: 3 times"), None);
    assert_eq!(kept("From: here to there it takes a day"), None);
    let forward = QuoteInput {
        text: "FYI\n\nFrom: A\nSent: B\n",
        subject: "Fwd: x",
        own_marker: None,
        dom_marker: None,
    };
    assert_eq!(quoted_from(&forward), None);
}

proptest! {
    #[test]
    fn offsets_are_on_character_boundaries(text in "(\\PC|\n|> |On 1 wrote:\n|From: a\nSent: b\n){0,80}", own in proptest::option::of(0usize..200)) {
        let input = QuoteInput { text: &text, subject: "", own_marker: own, dom_marker: own };
        if let Some(at) = quoted_from(&input) {
            prop_assert!(text.is_char_boundary(at));
            prop_assert!(!text[..at].trim().is_empty());
        }
    }
}

#[test]
fn quotes_at_the_end() {
    assert_eq!(kept("Hello\n> a\n>\n> b\n\n"), Some("Hello\n"));
    assert_eq!(kept("Hello\n> a\n> b\n-- \nAda"), Some("Hello\n"));
}

#[test]
fn what_the_marker_is_called_is_folded_with_it() {
    let text = "Merci\n\n> Bonjour,\n>\n> Référence (merci de la laisser dans votre réponse) :\n> [cm:abc]\n";
    let own_marker = text.find("[cm:");
    let input = QuoteInput {
        text,
        subject: "Re: x",
        own_marker,
        dom_marker: None,
    };
    assert_eq!(quoted_from(&input), Some(7));
}
