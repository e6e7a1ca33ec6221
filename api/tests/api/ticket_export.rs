//! The list of tickets leaves as a spreadsheet.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    client::{AGENT, World},
    customers::{CLIENT, Person},
};

const EXPORT: &str = "/api/v1/tickets/export";

async fn ticket(person: &Person, subject: &str) -> String {
    let made = person
        .call("POST", "/api/v1/tickets", json!({ "subject": subject, "body": "Help" }))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    made.body["id"].as_str().unwrap().to_owned()
}

async fn file(person: &Person, query: &str) -> String {
    let (status, headers, bytes) = person.download(&format!("{EXPORT}{query}")).await;
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(status, StatusCode::OK, "{text}");
    assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(headers["cache-control"], "no-store");
    text
}

#[tokio::test]
async fn a_file_holds_what_the_list_shows_and_computes_nothing() {
    let world = World::new().await;
    let (agent, client) = (Person::new(&world, AGENT).await, Person::new(&world, CLIENT).await);
    ticket(&client, "=HYPERLINK(\"http://evil\")").await;
    let urgent = ticket(&client, "الخادم لا يجيب, \"عاجل\"").await;
    world
        .db
        .execute(&format!(
            "UPDATE tickets SET priority = 'urgent', created_at = '2026-07-01 12:00:00+00' WHERE id = '{urgent}'"
        ))
        .await;

    let text = file(&agent, "?locale=en&zone=Africa/Algiers").await;
    assert!(text.starts_with("\u{feff}Number,Subject,State,Priority"), "{text}");
    assert!(text.contains("\"'=HYPERLINK(\"\"http://evil\"\")\""), "{text}");
    assert!(text.contains("\"الخادم لا يجيب, \"\"عاجل\"\"\",Open,Urgent"), "{text}");
    assert!(text.contains("2026-07-01T13:00:00+01:00"), "{text}");
    assert_eq!(text.lines().count(), 3);

    // The same filter, the same search.
    let narrow = file(&agent, "?locale=fr&priority=urgent").await;
    assert!(narrow.starts_with("\u{feff}Numéro,Objet,État,Priorité"), "{narrow}");
    assert!(
        narrow.contains(",Ouvert,Urgente,") && narrow.contains("2026-07-01T12:00:00Z"),
        "{narrow}"
    );
    assert_eq!(narrow.lines().count(), 2);
    assert_eq!(file(&agent, "?q=hyperlink").await.lines().count(), 2);
    let arabic = file(&agent, "?locale=ar&state=closed").await;
    assert_eq!(arabic.lines().count(), 1);
    assert!(arabic.starts_with("\u{feff}الرقم,الموضوع,الحالة"), "{arabic}");
    // Half a year has another distance from UTC where summer time is kept.
    let paris = file(&agent, "?priority=urgent&zone=Europe/Paris").await;
    assert!(paris.contains("2026-07-01T14:00:00+02:00"), "{paris}");

    for (wrong, code) in [("?state=odd", "invalid_filter"), ("?zone=Mars/Base", "invalid_zone")] {
        let answer = agent.get(&format!("{EXPORT}{wrong}")).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, code));
    }
}

#[tokio::test]
async fn customers_get_their_own_and_no_words_among_staff() {
    let world = World::new().await;
    let (agent, client) = (Person::new(&world, AGENT).await, Person::new(&world, CLIENT).await);
    let own = ticket(&client, "Mine").await;
    let foreign = agent
        .call(
            "POST",
            "/api/v1/tickets",
            json!({ "subject": "Not his", "body": "x", "requester": { "email": "o@o.dz", "name": "O" } }),
        )
        .await;
    assert_eq!(foreign.status, StatusCode::CREATED, "{:?}", foreign.body);
    world
        .db
        .execute(&format!(
            "UPDATE tickets SET tags = '{{lost-cause}}' WHERE id = '{own}'"
        ))
        .await;
    let text = file(&client, "?locale=en").await;
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("Mine") && !text.contains("Not his"), "{text}");
    assert!(
        !text.contains("lost-cause") && !text.contains("Tags") && !text.contains("Group"),
        "{text}"
    );
    assert!(file(&agent, "?locale=en").await.contains("lost-cause"));
    assert_eq!(
        client.get(&format!("{EXPORT}?due=overdue")).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn the_trail_says_what_left_and_how_much() {
    let world = World::new().await;
    let (agent, client) = (Person::new(&world, AGENT).await, Person::new(&world, CLIENT).await);
    for n in 0..3 {
        ticket(&client, &format!("Ticket {n}")).await;
    }
    file(&agent, "?state=open&assignee=none").await;
    let lines = world
        .db
        .texts("SELECT action || ' ' || (data->'filter')::text || ' ' || coalesce(data->>'rows', '-') FROM audit_log WHERE action LIKE 'ticket.export%' ORDER BY id")
        .await;
    assert_eq!(
        lines,
        [
            "ticket.export {\"state\": \"open\", \"assignee\": \"none\"} -",
            "ticket.export_end {\"state\": \"open\", \"assignee\": \"none\"} 3"
        ]
    );
}
