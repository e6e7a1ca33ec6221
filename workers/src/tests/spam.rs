//! Mail that is taken for spam, and tickets that are.

use app::{
    AppError, Caller,
    mail::release,
    spam_rule::{self, Draft},
    ticket::{self as tickets, Move},
};
use domain::{
    mail::{
        spam::{RuleField, RuleVerdict},
        words::StartPoint,
    },
    permission::Permission,
    ticket::State,
};
use serde_json::json;
use store::{mail::Mail, ticket::Ticket};
use uuid::Uuid;

use super::{
    desk::{Desk, mail},
    release::{newest_ticket, receive},
};

/// What SpamAssassin writes into a mail that it calls spam.
const SPAM: &str = "X-Spam-Status: Yes, score=9.5 required=5.0 tests=X\r\n";

/// A desk with a mailbox behind SpamAssassin.
async fn filtered() -> (Desk, Uuid) {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    desk.db
        .execute("UPDATE mailboxes SET spam_filter = 'spamassassin', authserv_id = 'mx.test'")
        .await;
    (desk, mailbox)
}

/// Takes in a mail and says what became of it.
async fn judged(desk: &Desk, mailbox: Uuid, raw: String) -> Mail {
    receive(desk, mailbox, raw).await;
    desk.mails().await.pop().unwrap()
}

fn place(mail: &Mail) -> (&str, Option<&str>) {
    (mail.summary.state.as_str(), mail.summary.reason.as_deref())
}

/// Codes of what was weighed.
fn weighed(mail: &Mail) -> Vec<String> {
    let reasons = mail.spam.as_ref().unwrap()["reasons"].as_array().unwrap();
    let code = |reason: &serde_json::Value| reason["code"].as_str().unwrap().to_owned();
    reasons.iter().map(code).collect()
}

async fn rule(desk: &Desk, verdict: RuleVerdict, field: RuleField, value: &str) -> Uuid {
    let draft = Draft {
        verdict,
        field,
        value: value.to_owned(),
        note: String::new(),
        enabled: true,
    };
    spam_rule::create(&desk.app, &desk.caller, draft).await.unwrap().id
}

async fn now(desk: &Desk, id: Uuid) -> Ticket {
    store::ticket::find(&mut desk.db.pool.get().await.unwrap(), id, None)
        .await
        .unwrap()
}

async fn step(desk: &Desk, id: Uuid, to: State, reason: Option<&str>) -> Move {
    Move {
        to,
        reason: reason.map(str::to_owned),
        on_hold_until: None,
        no_reply_needed: None,
        version: now(desk, id).await.summary.version,
    }
}

#[tokio::test]
async fn what_a_trusted_filter_calls_spam_waits_unanswered_and_says_why() {
    let desk = Desk::new().await;
    let mailbox = desk.mailbox(None, StartPoint::Now).await.id;
    let first = mail("eve@shop.example", "Watches", "1@shop.example", SPAM, "Buy");
    let first = judged(&desk, mailbox, first).await;
    assert_eq!(place(&first), ("processed", None), "anybody can write this header");
    assert!(weighed(&first).is_empty());
    assert_eq!(desk.outbox().len(), 1);

    desk.db
        .execute("UPDATE mailboxes SET spam_filter = 'spamassassin'")
        .await;
    let second = mail("mallory@shop.example", "Watches", "2@shop.example", SPAM, "Buy");
    let second = judged(&desk, mailbox, second).await;
    assert_eq!(place(&second), ("quarantined", Some("spam")));
    assert_eq!(second.summary.ticket_id, None);
    let why = second.spam.as_ref().unwrap();
    assert_eq!(
        (&why["verdict"], &why["points"], &why["threshold"]),
        (&json!("quarantine"), &json!(19), &json!(10))
    );
    assert_eq!(weighed(&second), ["filter_score"]);
    assert_eq!(why["reasons"][0]["params"]["score"], "9.50");
    assert_eq!(desk.outbox().len(), 1, "no acknowledgement");
    let opened = "SELECT count(*)::text FROM tickets";
    assert_eq!(desk.db.texts(opened).await, ["1"]);

    desk.db.execute("UPDATE mailboxes SET spam_threshold = 20").await;
    let third = mail("trudy@shop.example", "Watches", "3@shop.example", SPAM, "Buy");
    assert_eq!(place(&judged(&desk, mailbox, third).await), ("processed", None));
}

#[tokio::test]
async fn points_keep_no_contact_aside_and_somebody_who_claims_to_be_one() {
    let (desk, mailbox) = filtered().await;
    desk.db
        .execute(
            "INSERT INTO customers (id, kind, status, name, email, source, status_at, created_at, updated_at)
             VALUES ('00000000-0000-7000-8000-0000000000c1', 'corporate', 'active', 'Example', 'ana@example.dz', 'staff', now(),
                now(), now());
             INSERT INTO customer_contacts (id, customer_id, name, email, purpose, created_at, updated_at)
             VALUES ('00000000-0000-7000-8000-0000000000c2', '00000000-0000-7000-8000-0000000000c1', 'Bilal', 'bilal@example.dz',
                'technical', now(), now())",
        )
        .await;
    for (n, sender) in ["Ana@example.dz", "bilal@example.dz"].into_iter().enumerate() {
        let raw = mail(sender, "Help", &format!("{n}@example.dz"), SPAM, "The disk is full");
        let known = judged(&desk, mailbox, raw).await;
        assert_eq!(place(&known), ("processed", None), "{sender}");
        assert_eq!(weighed(&known), ["filter_score", "known_sender"]);
    }
    let forged = format!("{SPAM}Authentication-Results: mx.test; dmarc=fail header.from=example.dz\r\n");
    let forged = mail("bilal@example.dz", "Pay now", "9@evil.example", &forged, "Pay");
    assert_eq!(
        place(&judged(&desk, mailbox, forged).await),
        ("quarantined", Some("spam"))
    );

    rule(&desk, RuleVerdict::Block, RuleField::Address, "bilal@example.dz").await;
    let raw = mail("bilal@example.dz", "Again", "10@example.dz", "", "Hello");
    let blocked = judged(&desk, mailbox, raw).await;
    assert_eq!(place(&blocked), ("quarantined", Some("spam")));
    assert_eq!(weighed(&blocked), ["rule_blocks"]);
}

#[tokio::test]
async fn rules_decide_count_and_can_be_switched_off() {
    let (desk, mailbox) = filtered().await;
    let block = rule(&desk, RuleVerdict::Block, RuleField::Domain, "Shop.example").await;
    let allow = rule(
        &desk,
        RuleVerdict::Allow,
        RuleField::Address,
        "orders@mail.shop.example",
    )
    .await;
    rule(&desk, RuleVerdict::Block, RuleField::Text, "cheap WATCHES").await;
    let mails = [
        ("eve@mail.shop.example", "", "Hello", ("quarantined", Some("spam"))),
        ("orders@mail.shop.example", SPAM, "Your order", ("processed", None)),
        ("eve@workshop.example", "", "Hello", ("processed", None)),
        (
            "eve@elsewhere.example",
            "",
            "Buy cheap   watches",
            ("quarantined", Some("spam")),
        ),
    ];
    for (n, (sender, headers, body, became)) in mails.into_iter().enumerate() {
        let raw = mail(sender, "Hello", &format!("{n}@x.example"), headers, body);
        assert_eq!(place(&judged(&desk, mailbox, raw).await), became, "{sender}");
    }
    let hits = "SELECT value || ' ' || hits || ' ' || (last_hit_at IS NOT NULL) FROM spam_rules ORDER BY id";
    assert_eq!(
        desk.db.texts(hits).await,
        [
            "shop.example 1 true",
            "orders@mail.shop.example 1 true",
            "cheap watches 1 true"
        ]
    );
    let decided = format!("SELECT count(*)::text FROM raw_mails WHERE spam ->> 'rule_id' IN ('{block}', '{allow}')");
    assert_eq!(desk.db.texts(&decided).await, ["2"]);

    desk.db.execute("UPDATE spam_rules SET enabled = false").await;
    let raw = mail("eve@mail.shop.example", "Hello", "8@x.example", "", "Hello again");
    assert_eq!(place(&judged(&desk, mailbox, raw).await), ("processed", None));
}

#[tokio::test]
async fn what_is_no_spam_is_released_and_its_sender_let_in_from_then_on() {
    let (desk, mailbox) = filtered().await;
    let raw = mail("nadia@example.dz", "Offer", "1@example.dz", SPAM, "My offer");
    let kept = judged(&desk, mailbox, raw).await;
    let reader = Caller {
        permissions: vec![Permission::MailView],
        ..desk.caller.clone()
    };
    let refused = release(&desk.app, &reader, kept.summary.id, None, true).await;
    assert!(matches!(refused, Err(AppError::Forbidden)), "{refused:?}");
    release(&desk.app, &desk.caller, kept.summary.id, None, true)
        .await
        .unwrap();
    desk.run().await;
    let ticket = newest_ticket(&desk).await;
    assert!(desk.bodies(ticket).await[0].contains("My offer"));
    let released = desk.mails().await.pop().unwrap();
    assert_eq!(weighed(&released), ["filter_score"], "why it was kept aside stays");

    let raw = mail("Nadia@Example.dz", "Another", "2@example.dz", SPAM, "My second offer");
    let next = judged(&desk, mailbox, raw).await;
    assert_eq!(place(&next), ("processed", None));
    assert_eq!(weighed(&next), ["filter_score", "rule_allows"]);
    let trail = "SELECT action || ' ' || coalesce(data ->> 'value', data ->> 'allow_sender') FROM audit_log
        WHERE action IN ('spam_rule.create', 'mail.release') ORDER BY id";
    assert_eq!(
        desk.db.texts(trail).await,
        ["spam_rule.create nadia@example.dz", "mail.release true"]
    );
}

#[tokio::test]
async fn a_ticket_closed_as_spam_keeps_its_sender_aside_until_it_is_none_after_all() {
    let (desk, mailbox) = filtered().await;
    let raw = mail("eve@shop.example", "Watches", "1@shop.example", "", "Buy");
    receive(&desk, mailbox, raw).await;
    let id = newest_ticket(&desk).await;
    let sent = desk.outbox();
    let token = sent[0]
        .lines()
        .find_map(|line| line.strip_prefix("Message-ID:"))
        .unwrap()
        .trim()
        .to_owned();
    let answer = format!("References: {token}\r\n");

    let wrong = tickets::close_as_spam(
        &desk.app,
        &desk.caller,
        id,
        step(&desk, id, State::Closed, Some("done")).await,
    )
    .await;
    assert!(matches!(wrong, Err(AppError::Invalid(_))), "{wrong:?}");
    let spam = step(&desk, id, State::Closed, Some("spam")).await;
    let closed = tickets::close_as_spam(&desk.app, &desk.caller, id, spam).await.unwrap();
    desk.run().await;
    assert_eq!((closed.summary.state.as_str(), closed.summary.spam), ("closed", true));
    assert_eq!(desk.outbox().len(), 1, "its sender hears nothing of it");
    let rules = "SELECT verdict || ' ' || value || ' ' || ticket_id FROM spam_rules";
    assert_eq!(desk.db.texts(rules).await, [format!("block eve@shop.example {id}")]);

    let raw = mail("eve@shop.example", "More", "2@shop.example", "", "Buy more");
    assert_eq!(place(&judged(&desk, mailbox, raw).await), ("quarantined", Some("spam")));
    let raw = mail("eve@shop.example", "Re: Watches", "3@shop.example", &answer, "Well?");
    let reply = judged(&desk, mailbox, raw).await;
    assert_eq!(place(&reply), ("quarantined", Some("spam")));
    assert_eq!(reply.summary.ticket_id, Some(id), "where it would have gone");
    // Another address with the same mark is nobody whom we know either.
    let extra = format!("{answer}{SPAM}");
    let raw = mail("mallory@shop.example", "Re: Watches", "4@shop.example", &extra, "Well?");
    assert_eq!(place(&judged(&desk, mailbox, raw).await), ("quarantined", Some("spam")));

    // Whoever may close may take it back, without the permission to reopen tickets.
    let closer = Caller {
        permissions: vec![
            Permission::TicketsView,
            Permission::TicketsEdit,
            Permission::TicketsClose,
        ],
        ..desk.caller.clone()
    };
    let open = step(&desk, id, State::Open, None).await;
    let opened = tickets::transition(&desk.app, &closer, id, open).await.unwrap();
    assert_eq!((opened.summary.state.as_str(), opened.summary.spam), ("open", false));
    assert!(desk.db.texts(rules).await.is_empty());
    let trail = "SELECT action || ' ' || coalesce(data ->> 'to', data ->> 'value') FROM audit_log
        WHERE action IN ('ticket.transition', 'spam_rule.create', 'spam_rule.delete') ORDER BY id";
    assert_eq!(
        desk.db.texts(trail).await,
        [
            "ticket.transition closed",
            "spam_rule.create eve@shop.example",
            "spam_rule.delete eve@shop.example",
            "ticket.transition open",
        ]
    );
    let raw = mail(
        "eve@shop.example",
        "Re: Watches",
        "5@shop.example",
        &answer,
        "Thank you",
    );
    let reply = judged(&desk, mailbox, raw).await;
    assert_eq!(place(&reply), ("processed", None));
    assert_eq!(reply.summary.ticket_id, Some(id));
}

#[tokio::test]
async fn who_only_closes_tickets_sets_no_rules() {
    let (desk, mailbox) = filtered().await;
    receive(
        &desk,
        mailbox,
        mail("eve@shop.example", "Watches", "1@shop.example", "", "Buy"),
    )
    .await;
    let id = newest_ticket(&desk).await;
    let closer = Caller {
        permissions: vec![
            Permission::TicketsView,
            Permission::TicketsEdit,
            Permission::TicketsClose,
        ],
        ..desk.caller.clone()
    };
    let spam = step(&desk, id, State::Closed, Some("spam")).await;
    let refused = tickets::close_as_spam(&desk.app, &closer, id, spam.clone()).await;
    assert!(matches!(refused, Err(AppError::Forbidden)), "{refused:?}");
    assert_eq!(now(&desk, id).await.summary.state, "open", "all of it or nothing");
    let closed = tickets::transition(&desk.app, &closer, id, spam).await.unwrap();
    assert!(closed.summary.spam);
    assert!(desk.db.texts("SELECT id::text FROM spam_rules").await.is_empty());
    let raw = mail("eve@shop.example", "More", "2@shop.example", "", "Buy more");
    assert_eq!(place(&judged(&desk, mailbox, raw).await), ("processed", None));
    // Whoever sets rules may do so afterwards; of what was closed for another reason it is refused, not forgotten.
    let rules = "SELECT ticket_id::text FROM spam_rules";
    let again = step(&desk, id, State::Closed, Some("spam")).await;
    tickets::close_as_spam(&desk.app, &desk.caller, id, again)
        .await
        .unwrap();
    assert_eq!(desk.db.texts(rules).await, [id.to_string()]);
    let other = newest_ticket(&desk).await;
    let done = step(&desk, other, State::Closed, Some("done")).await;
    tickets::transition(&desk.app, &desk.caller, other, done).await.unwrap();
    let late = step(&desk, other, State::Closed, Some("spam")).await;
    let refused = tickets::close_as_spam(&desk.app, &desk.caller, other, late).await;
    assert!(
        matches!(&refused, Err(AppError::Refused { code, .. }) if code == "only_with_spam"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_sender_of_two_tickets_is_let_in_again_by_either() {
    let (desk, mailbox) = filtered().await;
    let mut both = Vec::new();
    for n in ["1", "2"] {
        let raw = mail("eve@shop.example", "Watches", &format!("{n}@shop.example"), "", "Buy");
        receive(&desk, mailbox, raw).await;
        both.push(newest_ticket(&desk).await);
    }
    assert_ne!(both[0], both[1]);
    for id in &both {
        let spam = step(&desk, *id, State::Closed, Some("spam")).await;
        tickets::close_as_spam(&desk.app, &desk.caller, *id, spam)
            .await
            .unwrap();
    }
    let rules = "SELECT value FROM spam_rules";
    assert_eq!(desk.db.texts(rules).await, ["eve@shop.example"]);
    let open = step(&desk, both[1], State::Open, None).await;
    tickets::transition(&desk.app, &desk.caller, both[1], open)
        .await
        .unwrap();
    assert!(desk.db.texts(rules).await.is_empty());
}
