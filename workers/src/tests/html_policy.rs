//! A new policy for HTML, applied to mails that came before it.

use app::mail::{Arrival, arrive};
use domain::mail::words::StartPoint;
use integrations::mail::html::POLICY_VERSION;

use super::desk::{Desk, mail};
use crate::handlers::clean_html;

const HTML: &str = "<p>Hello <b>you</b></p><script>alert(1)</script>";

#[tokio::test]
async fn html_of_an_earlier_policy_is_made_anew_from_the_raw_mail() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await;
    for (id, kind, body) in [("1@example.dz", "html", HTML), ("2@example.dz", "plain", "Hello")] {
        let arrival = Arrival {
            mailbox_id: mailbox.id,
            uid: None,
            event_id: None,
            internal_date: None,
            raw: mail(
                "Ana <ana@example.dz>",
                id,
                id,
                &format!("MIME-Version: 1.0\r\nContent-Type: text/{kind}; charset=utf-8\r\n"),
                body,
            )
            .into(),
            full_size: None,
        };
        arrive(&desk.app, arrival).await.unwrap();
    }
    desk.run().await;
    let stored = "SELECT coalesce(m.body_html, '-') || ' ' || coalesce(r.parsed->>'html', '-') || ' ' || coalesce(r.html_policy::text, '-')
        FROM raw_mails r JOIN ticket_messages m ON m.raw_mail_id = r.id ORDER BY r.id";
    let before = desk.db.texts(stored).await;
    assert!(
        before[0].contains("<b>you</b>") && !before[0].contains("script"),
        "{before:?}"
    );
    assert_eq!(before[1], "- - -");
    let with = desk.surroundings();
    let policy = i32::try_from(POLICY_VERSION).unwrap();
    assert_eq!(clean_html::attempt(&with, policy).await.unwrap(), 0, "it is of today");

    // As if an earlier policy had let something through.
    desk.db
        .execute("UPDATE raw_mails SET parsed = jsonb_set(parsed, '{html}', '\"<script>\"'), html_policy = 0 WHERE html_policy IS NOT NULL")
        .await;
    desk.db
        .execute("UPDATE ticket_messages SET body_html = '<script>' WHERE body_html IS NOT NULL")
        .await;
    assert_eq!(clean_html::attempt(&with, policy).await.unwrap(), 1);
    assert_eq!(desk.db.texts(stored).await, before);
    assert_eq!(clean_html::attempt(&with, policy).await.unwrap(), 0);
    let lines =
        "SELECT (data->'policy'->>'from') || ' ' || (data->'policy'->>'to') || ' ' || (data->>'html') FROM audit_log
        WHERE action = 'mail.renew' ORDER BY id";
    assert_eq!(desk.db.texts(lines).await, [format!("0 {policy} true")]);

    // Made by an earlier policy and the same under this one: nothing is shown differently, and nothing is told.
    desk.db
        .execute("UPDATE raw_mails SET html_policy = 0 WHERE html_policy IS NOT NULL")
        .await;
    assert_eq!(clean_html::attempt(&with, policy).await.unwrap(), 1);
    assert_eq!(desk.db.texts(lines).await.len(), 1);

    // Without the raw mail there is nothing to make it from: its text is shown.
    desk.db
        .execute("UPDATE raw_mails SET html_policy = 0, sha256 = decode('00', 'hex') WHERE html_policy IS NOT NULL")
        .await;
    assert_eq!(clean_html::attempt(&with, policy).await.unwrap(), 1);
    assert_eq!(desk.db.texts(stored).await[0], format!("- - {policy}"));
    assert_eq!(desk.db.texts(lines).await[1], format!("0 {policy} false"));
}
