//! Answers that are written as Markdown, as they arrive by mail.

use app::ticket::{self, NewMessage};
use domain::{mail::words::StartPoint, ticket::writing::Format};
use integrations::mail::parse::{ParseOptions, ParsedMail, parse};

use super::{
    desk::{Desk, mail, reply},
    release::{newest_ticket, receive},
};

async fn answered(desk: &Desk, body: &str, format: Format) -> ParsedMail {
    let answer = NewMessage { format, ..reply(body) };
    let id = newest_ticket(desk).await;
    ticket::send(&desk.app, &desk.caller, id, answer).await.unwrap();
    desk.run().await;
    parse(&desk.sent.sent().last().unwrap().bytes, &ParseOptions::default())
}

#[tokio::test]
async fn what_is_formatted_goes_out_as_text_and_as_html_and_the_rest_as_text_alone() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    receive(
        &desk,
        mailbox,
        mail("Ana <ana@example.dz>", "My server", "1@example.dz", "", "Is down"),
    )
    .await;

    let written = "It is **up** again:\n\n- one\n- [two](https://a.example/x)\n\n![seen](https://evil.example/x.png) <script>alert(1)</script>";
    let got = answered(&desk, written, Format::Markdown).await;
    assert!(!got.text_is_from_html, "the text is a part of its own");
    let said = "It is up again:\n\n- one\n- two (https://a.example/x)\n\nseen (https://evil.example/x.png) <script>alert(1)</script>\n";
    assert!(got.text.replace("\r\n", "\n").starts_with(said), "{}", got.text);
    let html = got.html.unwrap();
    for part in [
        "<strong>up</strong>",
        "<li>one</li>",
        "href=\"https://a.example/x\"",
        "dir=\"auto\"",
        "&lt;script&gt;",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("<img") && !html.contains("<script"), "{html}");
    // Whoever answers from either part is recognised.
    let marker = got.text.trim_end().lines().last().unwrap().trim().to_owned();
    assert!(marker.len() > 5 && html.contains(&marker), "{marker}: {html}");

    let arabic = answered(&desk, "مرحبًا **بك**", Format::Markdown).await.html.unwrap();
    assert!(
        arabic.contains("<p dir=\"auto\">مرحبًا <strong>بك</strong></p>"),
        "{arabic}"
    );

    for (body, format) in [("Just **so**.", Format::Plain), ("Just so.", Format::Markdown)] {
        let got = answered(&desk, body, format).await;
        assert!(got.text.starts_with(body), "{}", got.text);
        assert_eq!(got.html, None, "{body}");
    }
    let kept = "SELECT body_text || '|' || coalesce(body_html, '-') FROM ticket_messages WHERE direction = 'out' ORDER BY created_at, id";
    let kept = desk.db.texts(kept).await;
    assert_eq!(kept[2..], ["Just **so**.|-", "Just so.|-"]);
}
