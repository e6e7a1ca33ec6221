//! A ticket as PDF, from the wish to the file.

use app::ticket::{self as tickets, NewTicket, Requester, export::Form, print as cases};
use domain::{locale::Locale, ticket::writing::Format};
use jobs::{Outcome, RenderTicketPdf};
use uuid::Uuid;

use super::desk::Desk;
use crate::handlers;

async fn opened(desk: &Desk) -> Uuid {
    let new = NewTicket {
        subject: "الخادم cm-42 لا يجيب".to_owned(),
        body: "Bonjour,\nle serveur est arrêté.".to_owned(),
        format: Format::Plain,
        priority: None,
        requester: Some(Requester {
            email: "ana@example.dz".to_owned(),
            name: Some("آنا".to_owned()),
        }),
        category_id: None,
        project_id: None,
        related: store::ticket::Related::default(),
        attachment_ids: Vec::new(),
    };
    tickets::create(&desk.app, &desk.caller, new).await.unwrap().summary.id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_printed_once_however_often_its_job_runs() {
    let desk = Desk::new().await;
    let ticket = opened(&desk).await;
    let form = Form::new(Locale::Ar, Some("Africa/Algiers")).unwrap();
    let id = cases::ask(&desk.app, &desk.caller, ticket, form, true)
        .await
        .unwrap()
        .id;
    desk.run().await;
    let (number, bytes) = cases::open(&desk.app, &desk.caller, ticket, id).await.unwrap();
    assert!(number > 0 && bytes.starts_with(b"%PDF-1.7"));
    let print = cases::get(&desk.app, &desk.caller, ticket, id).await.unwrap();
    assert_eq!((print.state.as_str(), print.pages, print.left_out), ("ready", 1, 0));

    let with = desk.surroundings();
    let again = handlers::print::ticket(&with, desk.context(Uuid::now_v7()), RenderTicketPdf { print_id: id });
    assert_eq!(again.await, Outcome::Done);
    let files = "SELECT count(*)::text FROM sealed_files";
    assert_eq!(desk.db.texts(files).await, ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_of_thousands_of_long_messages_is_printed_as_far_as_it_may() {
    let desk = Desk::new().await;
    let ticket = opened(&desk).await;
    desk.db
        .execute(&format!(
            "INSERT INTO ticket_messages (id, ticket_id, kind, direction, author_name, is_staff, body_text, created_at)
             SELECT gen_random_uuid(), '{ticket}', 'reply', 'in', 'Ana', false, repeat('mot كلمة ', CASE WHEN n = 1 THEN 120000 ELSE 20 END),
                 now() + n * interval '1 second' FROM generate_series(1, 3000) n"
        ))
        .await;
    let form = Form::new(Locale::Fr, None).unwrap();
    let id = cases::ask(&desk.app, &desk.caller, ticket, form, false)
        .await
        .unwrap()
        .id;
    desk.run().await;
    let print = cases::get(&desk.app, &desk.caller, ticket, id).await.unwrap();
    assert_eq!(print.state, "ready");
    assert!(print.left_out >= 2000, "{}", print.left_out);
    assert!(print.size < 3_000_000, "{}", print.size);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_a_ticket_that_is_gone_is_told() {
    let desk = Desk::new().await;
    let ticket = opened(&desk).await;
    let form = Form::new(Locale::Fr, None).unwrap();
    let id = cases::ask(&desk.app, &desk.caller, ticket, form, false)
        .await
        .unwrap()
        .id;
    desk.db
        .execute(&format!("UPDATE tickets SET deleted_at = now() WHERE id = '{ticket}'"))
        .await;
    desk.run().await;
    let query = "SELECT state || ' ' || (SELECT data->>'state' FROM events WHERE type = 'ticket_print.updated' ORDER BY id DESC LIMIT 1)
        FROM ticket_prints";
    assert_eq!(desk.db.texts(query).await, ["failed failed"], "{id}");
}
