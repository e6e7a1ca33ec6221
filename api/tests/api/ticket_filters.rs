//! Lists of tickets narrowed to a group, a customer, who asked, how they came, whom notes mention, what they are about and when: the same in
//! everything that takes a list's filter.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    client::{ADMIN, AGENT, World},
    customers::{CLIENT, Person, company},
    projects::{opened, subjects},
};

const LIST: &str = "/api/v1/tickets";
const GROUP: &str = "01890000-0000-7000-8000-0000000000b7";
/// An id of nothing.
const NOTHING: &str = "01890000-0000-7000-8000-0000000000ff";

struct Place {
    world: Arc<World>,
    agent: Person,
    admin: Person,
    client: Person,
    /// Id of a customer.
    customer: String,
}

impl Place {
    /// Four tickets: *Old* came by mail to another group, for a customer, years ago; *Mine* and *Other* were opened by customers on the
    /// web; *Phoned* by an agent.
    async fn new() -> Self {
        let world = World::new().await;
        let (agent, admin, client) = (
            Person::new(&world, AGENT).await,
            Person::new(&world, ADMIN).await,
            Person::new(&world, CLIENT).await,
        );
        let path = admin.made(company("SARL Atlas", "atlas@atlas.dz")).await;
        let customer = path.rsplit('/').next().unwrap().to_owned();
        let phoned = json!({ "subject": "Phoned", "body": "x", "requester": { "email": "o@o.dz", "name": "O" } });
        let made = agent.call("POST", LIST, phoned.clone()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        let mut old = phoned;
        old["subject"] = json!("Old");
        let old = agent.call("POST", LIST, old).await.body["id"]
            .as_str()
            .unwrap()
            .to_owned();
        opened(&client, "Mine", None).await;
        opened(&Person::stranger(&world, "other@x.test").await, "Other", None).await;
        // In Algiers it is the second of March already.
        world
            .db
            .execute(&format!(
                "INSERT INTO support_groups (id, name) VALUES ('{GROUP}', 'Network');
                 UPDATE tickets SET group_id = '{GROUP}', customer_id = '{customer}', source = 'mail',
                     created_at = '2020-03-01 23:30:00+00', updated_at = '2020-05-31 12:00:00+00' WHERE id = '{old}'"
            ))
            .await;
        Self {
            world,
            agent,
            admin,
            client,
            customer,
        }
    }

    /// What a list shows an agent; the count, the file and a bulk change mean the same.
    async fn found(&self, query: &str) -> Vec<String> {
        let listed = subjects(&self.agent, &format!("?{query}")).await;
        let counted = self.agent.get(&format!("{LIST}/matching?{query}")).await;
        assert_eq!(counted.body["count"], listed.len(), "{query} {:?}", counted.body);
        let file = file(&self.agent, query).await;
        assert_eq!(file.lines().count(), listed.len() + 1, "{query} {file}");
        assert!(listed.iter().all(|subject| file.contains(subject)), "{query} {file}");
        let filter: Value = query
            .split('&')
            .filter_map(|part| part.split_once('='))
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let body = json!({ "filter": filter, "change": { "add_tags": ["seen"] } });
        let bulk = self.agent.call("POST", "/api/v1/ticket-bulks", body).await;
        match listed.len() {
            0 => assert_eq!(bulk.body["errors"][0]["code"], "empty", "{query} {:?}", bulk.body),
            n => assert_eq!(bulk.body["total"], n, "{query} {:?}", bulk.body),
        }
        listed
    }
}

async fn file(person: &Person, query: &str) -> String {
    let (status, _, bytes) = person.download(&format!("{LIST}/export?{query}")).await;
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(status, StatusCode::OK, "{query} {text}");
    text
}

#[tokio::test]
async fn each_filter_lets_its_tickets_through_alone_and_together() {
    let place = Place::new().await;
    let customer = &place.customer;
    let asker = place.client.get("/api/v1/me").await.body["id"].clone();
    let asker = asker.as_str().unwrap();
    for (query, expected) in [
        (format!("group={GROUP}"), "Old"),
        (format!("group={NOTHING}"), ""),
        (format!("customer={customer}"), "Old"),
        (format!("customer={NOTHING}"), ""),
        ("requester=o@o.dz".to_owned(), "Old Phoned"),
        ("requester=O@O.dz".to_owned(), "Old Phoned"),
        (format!("requester={asker}"), "Mine"),
        (format!("requester={CLIENT}"), "Mine"),
        ("requester=me".to_owned(), ""),
        ("source=client".to_owned(), "Mine Other"),
        ("source=agent".to_owned(), "Phoned"),
        ("source=mail".to_owned(), "Old"),
        ("source=api".to_owned(), ""),
        ("created_to=2020-03-01".to_owned(), "Old"),
        ("created_to=2020-03-01&zone=Africa/Algiers".to_owned(), ""),
        (
            "created_from=2020-03-02&created_to=2020-03-02&zone=Africa/Algiers".to_owned(),
            "Old",
        ),
        ("created_from=2020-03-02".to_owned(), "Mine Other Phoned"),
        ("created_from=2020-03-01T23:30:00Z".to_owned(), "Mine Old Other Phoned"),
        ("created_to=2020-03-01T23:30:00Z".to_owned(), ""),
        ("updated_from=2020-05-31&updated_to=2020-05-31".to_owned(), "Old"),
        ("updated_to=2020-05-30".to_owned(), ""),
        ("updated_from=2020-06-01".to_owned(), "Mine Other Phoned"),
        // Blank fields of a form ask nothing.
        (
            "group=&customer=&requester=&source=&mentioned=&created_from=&created_to=&zone=".to_owned(),
            "Mine Old Other Phoned",
        ),
        // Together, and with what there was before.
        (
            format!(
                "group={GROUP}&customer={customer}&requester=o@o.dz&source=mail&created_to=2020-12-31&updated_to=2020-12-31"
            ),
            "Old",
        ),
        (format!("group={GROUP}&source=client"), ""),
        ("requester=o@o.dz&source=agent&state=open".to_owned(), "Phoned"),
        ("source=client&state=closed".to_owned(), ""),
        ("q=phoned&source=agent&created_from=2020-03-02".to_owned(), "Phoned"),
        ("q=phoned&source=mail".to_owned(), ""),
    ] {
        assert_eq!(place.found(&query).await.join(" "), expected, "{query}");
    }
}

#[tokio::test]
async fn what_others_there_are_about_the_same_is_found() {
    let place = Place::new().await;
    let ids: [Uuid; 3] = std::array::from_fn(|_| Uuid::now_v7());
    let [order, service, invoice] = ids;
    for (subject, related) in [
        ("Late", json!({ "order_id": order })),
        ("Broken", json!({ "order_id": order, "service_id": service })),
        ("Dear", json!({ "service_id": service, "invoice_id": invoice })),
    ] {
        let new = json!({
            "subject": subject, "body": "x", "requester": { "email": "o@o.dz", "name": "O" }, "related": related
        });
        let made = place.agent.call("POST", LIST, new).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    }
    for (query, expected) in [
        (format!("order={order}"), "Broken Late"),
        (format!("service={service}"), "Broken Dear"),
        (format!("invoice={invoice}"), "Dear"),
        (format!("order={order}&service={service}"), "Broken"),
        (format!("order={order}&invoice={invoice}"), ""),
        // An id of another kind is none of this one.
        (format!("order={invoice}"), ""),
        (format!("order={order}&source=agent&state=open"), "Broken Late"),
        (format!("invoice={NOTHING}"), ""),
    ] {
        assert_eq!(place.found(&query).await.join(" "), expected, "{query}");
    }
    for query in ["sort=-created_at", "sort=due_at"] {
        let listed = subjects(&place.agent, &format!("?order={order}&{query}")).await;
        assert_eq!(listed.len(), 2, "{query} {listed:?}");
    }
    let all = subjects(&place.agent, "?order=&service=&invoice=").await;
    assert_eq!(all.len(), 7, "{all:?}");
}

#[tokio::test]
async fn spam_is_shown_alone_left_out_or_among_the_rest_and_never_said_to_customers() {
    let place = Place::new().await;
    let spam = "UPDATE tickets SET state = 'closed', spam = true WHERE subject IN ('Mine', 'Old')";
    place.world.db.execute(spam).await;
    for (query, expected) in [
        ("spam=yes", "Mine Old"),
        ("spam=no", "Other Phoned"),
        ("spam=all", "Mine Old Other Phoned"),
        ("spam=", "Mine Old Other Phoned"),
        ("spam=yes&state=closed&source=mail", "Old"),
        ("spam=no&state=closed", ""),
        ("spam=yes&q=mine", "Mine"),
    ] {
        assert_eq!(place.found(query).await.join(" "), expected, "{query}");
    }
    for (query, spam) in [("?spam=yes", true), ("?spam=no", false), ("?state=closed", true)] {
        let listed = place.agent.get(&format!("{LIST}{query}")).await.body;
        let items = listed["items"].as_array().unwrap();
        assert!(
            !items.is_empty() && items.iter().all(|one| one["spam"] == spam),
            "{query} {listed}"
        );
    }
    // What is his stays there for a customer, whatever staff take it for.
    for query in ["", "?spam=no", "?spam=all"] {
        let listed = place.client.get(&format!("{LIST}{query}")).await.body;
        let items = listed["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["spam"]), (1, &json!(false)), "{query} {listed}");
        let path = format!("{LIST}/{}", items[0]["id"].as_str().unwrap());
        assert_eq!(place.client.get(&path).await.body["spam"], false);
        assert_eq!(place.agent.get(&path).await.body["spam"], true);
    }
}

#[tokio::test]
async fn whoever_is_mentioned_finds_where() {
    let place = Place::new().await;
    let ticket = opened(&place.client, "Look at this", None).await;
    let other = place.admin.get("/api/v1/me").await.body["id"].clone();
    let note = json!({ "kind": "note", "body": "@Amel look", "mentions": [other] });
    // Twice in one ticket, which is listed once.
    for _ in 0..2 {
        let path = format!("{LIST}/{ticket}/messages");
        let sent = place.agent.call("POST", &path, note.clone()).await;
        assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    }
    for query in [
        "?mentioned=me",
        "?mentioned=me&sort=-created_at",
        "?mentioned=me&sort=due_at",
        "?mentioned=me&state=open",
        "?mentioned=me&q=look",
    ] {
        assert_eq!(subjects(&place.admin, query).await, ["Look at this"], "{query}");
        assert!(subjects(&place.agent, query).await.is_empty(), "{query}");
    }
    assert!(subjects(&place.admin, "?mentioned=me&source=mail").await.is_empty());
    let counted = place.admin.get(&format!("{LIST}/matching?mentioned=me")).await;
    assert_eq!(counted.body["count"], 1);
    // Where the note is now, not where it was written.
    let into = opened(&place.client, "Another one", None).await;
    place
        .world
        .db
        .execute(&format!(
            "UPDATE ticket_messages SET ticket_id = '{into}' WHERE ticket_id = '{ticket}' AND kind = 'note'"
        ))
        .await;
    assert_eq!(subjects(&place.admin, "?mentioned=me").await, ["Another one"]);
}

#[tokio::test]
async fn pages_of_a_narrowed_list_follow_each_other() {
    let place = Place::new().await;
    let path = format!("{LIST}?requester=o@o.dz&created_from=2019-01-01&zone=Africa/Algiers&limit=1");
    let first = place.agent.get(&path).await.body;
    assert_eq!(first["items"][0]["subject"], "Phoned");
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = place.agent.get(&format!("{path}&cursor={cursor}")).await.body;
    assert_eq!(second["items"][0]["subject"], "Old");
    assert_eq!(second["next_cursor"], Value::Null);
    // A page of one filter does not go on in another one.
    let other = path.replace("2019", "2018");
    let refused = place.agent.get(&format!("{other}&cursor={cursor}")).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::BAD_REQUEST, "invalid_cursor")
    );
}

#[tokio::test]
async fn what_says_nothing_is_refused_and_told_why() {
    let place = Place::new().await;
    for (query, code, word) in [
        ("group=none", "invalid_filter", "group"),
        ("customer=atlas", "invalid_filter", "customer"),
        ("requester=somebody", "invalid_filter", "requester"),
        ("source=fax", "invalid_filter", "source"),
        ("mentioned=you", "invalid_filter", "mentioned"),
        ("order=17", "invalid_filter", "order"),
        ("service=none", "invalid_filter", "service"),
        ("invoice=F-2026", "invalid_filter", "invoice"),
        ("spam=maybe", "invalid_filter", "spam"),
        ("created_from=soon", "invalid_filter", "created_from"),
        ("created_to=2026-02-30", "invalid_filter", "created_to"),
        ("updated_from=2026-05-31T08:00", "invalid_filter", "updated_from"),
        ("updated_to=26-05-31", "invalid_filter", "updated_to"),
        ("zone=Mars/Base", "invalid_zone", "zone"),
        (
            "created_from=2026-06-01&created_to=2026-05-31",
            "invalid_period",
            "created",
        ),
        (
            "updated_from=2026-06-01&updated_to=2026-05-31",
            "invalid_period",
            "updated",
        ),
    ] {
        for path in ["", "/matching", "/export"] {
            let answer = place.agent.get(&format!("{LIST}{path}?{query}")).await;
            assert_eq!(
                (answer.status, answer.code()),
                (StatusCode::BAD_REQUEST, code),
                "{path}?{query} {:?}",
                answer.body
            );
            let detail = answer.body["detail"].as_str().unwrap();
            assert!(detail.contains(word), "{query} {detail}");
        }
    }
}

#[tokio::test]
async fn customers_ask_when_and_who_and_see_nobody_elses() {
    let place = Place::new().await;
    let client = &place.client;
    for (query, expected) in [
        ("?requester=me", "Mine"),
        ("?created_from=2020-01-01", "Mine"),
        ("?updated_from=2020-01-01&zone=Africa/Algiers", "Mine"),
        ("?created_to=2020-12-31", ""),
        // What others asked is not there for him, whatever he asks.
        ("?requester=o@o.dz", ""),
        ("?requester=other@x.test", ""),
    ] {
        assert_eq!(subjects(client, query).await.join(" "), expected, "{query}");
        let file = file(client, &query[1..]).await;
        assert_eq!(
            file.lines().count(),
            1 + usize::from(!expected.is_empty()),
            "{query} {file}"
        );
    }
    let other = place
        .world
        .db
        .texts("SELECT id::text FROM users WHERE email = 'other@x.test'")
        .await
        .remove(0);
    assert!(subjects(client, &format!("?requester={other}")).await.is_empty());
    // What is among staff.
    for query in [
        format!("group={GROUP}"),
        format!("customer={}", place.customer),
        "source=client".to_owned(),
        "mentioned=me".to_owned(),
        format!("order={NOTHING}"),
        format!("service={NOTHING}"),
        format!("invoice={NOTHING}"),
        "spam=yes".to_owned(),
    ] {
        for path in ["", "/matching", "/export"] {
            let answer = client.get(&format!("{LIST}{path}?{query}")).await;
            assert_eq!(
                (answer.status, answer.code()),
                (StatusCode::BAD_REQUEST, "invalid_filter"),
                "{path}?{query}"
            );
        }
    }
}

#[tokio::test]
async fn a_scheduled_export_keeps_them_and_stops_when_one_is_no_more() {
    let place = Place::new().await;
    let me = place.agent.get("/api/v1/me").await.body["id"].clone();
    let filter = json!({
        "group": GROUP, "customer": place.customer, "requester": "o@o.dz", "source": "mail", "order": NOTHING,
        "created_from": "2020-03-02", "created_to": "2020-03-02", "zone": "Africa/Algiers"
    });
    place
        .world
        .db
        .execute(&format!(
            "UPDATE tickets SET order_id = '{NOTHING}' WHERE subject = 'Old'"
        ))
        .await;
    let input = |filter: &Value| {
        json!({
            "name": "Atlas", "filter": filter, "locale": "fr", "every": "day", "minute": 450, "zone": "Africa/Algiers",
            "recipient_ids": [me]
        })
    };
    let made = place.agent.call("POST", "/api/v1/ticket-exports", input(&filter)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    for (name, value) in filter.as_object().unwrap() {
        assert_eq!(made.body["filter"][name], *value, "{name}");
    }
    let mut backwards = filter.clone();
    backwards["created_from"] = json!("2020-03-03");
    let refused = place
        .agent
        .call("POST", "/api/v1/ticket-exports", input(&backwards))
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::BAD_REQUEST, "invalid_period"),
        "{:?}",
        refused.body
    );

    let app = &place.world.state.app;
    let make = async || {
        let path = format!("/api/v1/ticket-exports/{}", made.body["id"].as_str().unwrap());
        let run = place.agent.call("POST", &format!("{path}/runs"), Value::Null).await;
        assert_eq!(run.status, StatusCode::ACCEPTED, "{:?}", run.body);
        let id = run.body["id"].as_str().unwrap().parse().unwrap();
        app::ticket::scheduled::make(app, id).await.unwrap();
        place.agent.get(&path).await.body
    };
    let after = make().await;
    assert_eq!(
        (&after["last_run"]["state"], &after["last_run"]["rows"]),
        (&json!("sent"), &json!(1)),
        "{after}"
    );
    let gone = format!(
        "UPDATE customers SET deleted_at = now() WHERE id = '{}'",
        place.customer
    );
    place.world.db.execute(&gone).await;
    let after = make().await;
    assert_eq!(
        (&after["paused"], &after["last_run"]["state"]),
        (&json!("filter"), &json!("skipped")),
        "{after}"
    );
}

#[tokio::test]
async fn a_page_of_one_of_them_is_the_beginning_of_an_index() {
    let place = Place::new().await;
    let customer = &place.customer;
    place
        .world
        .db
        .execute(&format!(
            "INSERT INTO tickets (id, subject, source, requester_email, requester_name, group_id, customer_id, order_id, service_id, invoice_id,
                 last_message_at, created_at, updated_at)
             SELECT gen_random_uuid(), 'Many ' || n, CASE n % 2 WHEN 0 THEN 'api' ELSE 'mail' END, 'x' || n % 2 || '@x.test', 'X',
                 CASE n % 2 WHEN 0 THEN '{GROUP}' ELSE (SELECT id FROM support_groups WHERE id <> '{GROUP}' ORDER BY id LIMIT 1) END,
                 CASE n % 2 WHEN 0 THEN '{customer}'::uuid END, CASE n % 9 WHEN 0 THEN '{NOTHING}'::uuid END,
                 CASE n % 9 WHEN 1 THEN '{NOTHING}'::uuid END, CASE n % 9 WHEN 2 THEN '{NOTHING}'::uuid END, now(), now(), now() - n * interval '1 minute' FROM generate_series(1, 2000) n"
        ))
        .await;
    place.world.db.execute("ANALYZE tickets").await;
    for (asked, index) in [
        (format!("group_id = '{GROUP}'"), "tickets_group_updated"),
        (format!("customer_id = '{customer}'"), "tickets_customer_updated"),
        (
            "requester_email = 'x0@x.test'".to_owned(),
            "tickets_requester_email_updated",
        ),
        ("source = 'api'".to_owned(), "tickets_source_updated"),
        ("spam".to_owned(), "tickets_spam_updated"),
        (format!("order_id = '{NOTHING}'"), "tickets_order_updated"),
        (format!("service_id = '{NOTHING}'"), "tickets_service_updated"),
        (format!("invoice_id = '{NOTHING}'"), "tickets_invoice_updated"),
    ] {
        let plan = format!(
            "SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off;
             EXPLAIN SELECT id FROM tickets t WHERE t.deleted_at IS NULL AND {asked} ORDER BY t.updated_at DESC, t.id DESC LIMIT 50"
        );
        let plan = place.world.db.texts(&plan).await.join("\n");
        assert!(plan.contains(index), "{asked} {plan}");
    }
}
