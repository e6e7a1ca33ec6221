//! Exports of tickets that are mailed again and again: whose they are, when they are made, who gets them, and why they stop.

use std::sync::Arc;

use app::{
    AppError,
    mail::{Letter, letterhead},
    ticket::scheduled as cases,
};
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use domain::account::notice::AccountNotice;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    client::{AGENT, Answer, Hands, PASSWORD, URL, World, quiet},
    customers::{CLIENT, Person},
};

const LIST: &str = "/api/v1/ticket-exports";
const RUNS: &str = "/api/v1/ticket-export-runs";
const RIMA: &str = "rima@cloudmanager.test";

struct Place {
    world: Arc<World>,
    clock: Arc<Hands>,
    agent: Person,
    rima: Person,
    rima_id: String,
}

impl Place {
    async fn new() -> Self {
        let clock = Hands::new();
        let world = World::at(quiet(URL), clock.clone()).await;
        let id = app::seed::account(&world.state.app, RIMA, "Rima", "corporate", PASSWORD).await;
        let client = Person::new(&world, CLIENT).await;
        for (subject, body) in [("Serveur arrêté", "a"), ("=1+1", "b")] {
            let made = client
                .call("POST", "/api/v1/tickets", json!({ "subject": subject, "body": body }))
                .await;
            assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        }
        Self {
            agent: Person::new(&world, AGENT).await,
            rima: Person::new(&world, RIMA).await,
            rima_id: id.unwrap().to_string(),
            world,
            clock,
        }
    }

    fn input(&self) -> Value {
        json!({
            "name": "  Every  morning ", "filter": { "state": "open", "sort": "due_at" }, "locale": "fr", "every": "day", "minute": 450,
            "zone": "Africa/Algiers", "recipient_ids": [self.rima_id, self.rima_id]
        })
    }

    async fn made(&self) -> Value {
        let made = self.agent.call("POST", LIST, self.input()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        made.body
    }

    async fn put(&self, path: &str, change: Value) -> Answer {
        let mut input = self.input();
        input
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        self.agent.change("PUT", path, path, input).await
    }

    /// Time goes on; whoever was signed in is so anew.
    async fn later(&mut self, by: TimeDelta) {
        self.clock.forward(by);
        self.agent = Person::new(&self.world, AGENT).await;
        self.rima = Person::new(&self.world, RIMA).await;
    }

    async fn due(&self) -> usize {
        cases::due(&self.world.state.app).await.unwrap()
    }

    /// Makes what is queued, as its job does.
    async fn make(&self) {
        for id in self
            .world
            .db
            .texts("SELECT id::text FROM ticket_export_runs WHERE state = 'queued'")
            .await
        {
            cases::make(&self.world.state.app, id.parse().unwrap()).await.unwrap();
        }
    }

    async fn text(&self, sql: &str) -> Vec<String> {
        self.world.db.texts(sql).await
    }

    async fn set(&self, sql: &str) {
        self.world.db.execute(sql).await;
    }

    async fn told(&self) -> Vec<String> {
        let mails = self.world.mails().await.into_iter();
        mails
            .filter_map(|mail| match mail.content {
                app::account::letter::Content::Notice {
                    notice: AccountNotice::TicketExportStopped,
                    facts,
                } => Some(format!("{} {}", mail.to, facts["reason"])),
                _ => None,
            })
            .collect()
    }
}

fn path_of(export: &Value) -> String {
    format!("{LIST}/{}", export["id"].as_str().unwrap())
}

#[tokio::test]
async fn one_is_made_changed_and_deleted_by_its_owner_alone() {
    let place = Place::new().await;
    let export = place.made().await;
    assert_eq!(export["name"], "Every morning");
    assert_eq!(
        (&export["filter"]["state"], &export["filter"]["sort"]),
        (&json!("open"), &Value::Null)
    );
    let rima = json!({ "id": place.rima_id, "name": "Rima", "email": "rima@cloudmanager.test" });
    assert_eq!(export["recipients"], json!([rima]));
    let next: DateTime<Utc> = export["next_at"].as_str().unwrap().parse().unwrap();
    assert!(
        next > Utc::now() - TimeDelta::minutes(1) && next.format("%H:%M:%S").to_string() == "06:30:00",
        "{next}"
    );
    let path = path_of(&export);

    // Whoever gets it has none of his own, and others' do not exist for him.
    assert_eq!(place.rima.get(LIST).await.body["items"], json!([]));
    for (method, path) in [
        ("GET", path.clone()),
        ("GET", format!("{path}/runs")),
        ("POST", format!("{path}/runs")),
    ] {
        assert_eq!(
            place.rima.call(method, &path, Value::Null).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let foreign = place.rima.change("PUT", &path, LIST, place.input()).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);

    // A name changes nothing about when; another hour does, and so does a pause.
    let named = place.put(&path, json!({ "name": "Anew" })).await;
    assert_eq!(
        (named.status, &named.body["next_at"]),
        (StatusCode::OK, &export["next_at"]),
        "{:?}",
        named.body
    );
    let weekly = place
        .put(&path, json!({ "every": "week", "day": 7, "minute": 0 }))
        .await
        .body;
    assert_ne!(weekly["next_at"], export["next_at"]);
    let paused = place.put(&path, json!({ "paused": true })).await.body;
    assert_eq!((&paused["paused"], &paused["next_at"]), (&json!("owner"), &Value::Null));
    assert_eq!(place.due().await, 0);
    let resumed = place.put(&path, json!({})).await.body;
    assert_eq!(
        (&resumed["paused"], &resumed["next_at"]),
        (&Value::Null, &export["next_at"])
    );

    let stale = place
        .world
        .act(&place.agent.bearer()[7..], "DELETE", &path, Some(1), Value::Null)
        .await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(
        place.agent.change("DELETE", &path, &path, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(place.agent.get(&path).await.status, StatusCode::NOT_FOUND);
    let trail = place
        .text("SELECT action FROM audit_log WHERE action LIKE 'ticket_export.%' ORDER BY id")
        .await;
    let change = "ticket_export.change";
    assert_eq!(
        trail,
        [
            "ticket_export.create",
            change,
            change,
            change,
            change,
            "ticket_export.delete"
        ]
    );
}

#[tokio::test]
async fn what_is_no_schedule_is_refused() {
    let place = Place::new().await;
    let client = Person::new(&place.world, CLIENT).await;
    let lina = client.get("/api/v1/me").await.body["id"].clone();
    for (change, pointer, code) in [
        (json!({ "name": " " }), "/name", "empty"),
        (json!({ "every": "week" }), "/day", "invalid_day"),
        (json!({ "every": "month", "day": 32 }), "/day", "invalid_day"),
        (json!({ "minute": 1440 }), "/minute", "invalid_minute"),
        (json!({ "zone": "Mars/Base" }), "/zone", "invalid_zone"),
        (json!({ "recipient_ids": [] }), "/recipient_ids", "empty"),
        (json!({ "recipient_ids": [lina] }), "/recipient_ids", "may_not_export"),
        (
            json!({ "recipient_ids": [Uuid::now_v7()] }),
            "/recipient_ids",
            "may_not_export",
        ),
    ] {
        let mut input = place.input();
        input
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let answer = place.agent.call("POST", LIST, input).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{change} {:?}",
            answer.body
        );
        let error = &answer.body["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)));
    }
    let mut input = place.input();
    input["filter"] = json!({ "states": "open" });
    let unknown = place.agent.call("POST", LIST, input).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY, "{:?}", unknown.body);
    assert!(unknown.body.to_string().contains("states"), "{:?}", unknown.body);
    // A tag is kept as tickets carry it, so that it is found when it is renamed.
    let mut input = place.input();
    input["filter"] = json!({ "tag": " VIP " });
    let tagged = place.agent.call("POST", LIST, input).await;
    assert_eq!(tagged.body["filter"]["tag"], "vip", "{:?}", tagged.body);
    let unclear = json!({ "filter": { "state": "odd" } });
    let mut input = place.input();
    input
        .as_object_mut()
        .unwrap()
        .extend(unclear.as_object().unwrap().clone());
    let answer = place.agent.call("POST", LIST, input).await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::BAD_REQUEST, "invalid_filter")
    );
    assert_eq!(
        client.call("POST", LIST, place.input()).await.status,
        StatusCode::FORBIDDEN
    );
    // Those who could make it themselves, and nobody else.
    let offered = place.agent.get(&format!("{LIST}/recipients")).await.body;
    let names: Vec<&str> = offered["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Amel Admin", "Karim Agent", "Rima"]);

    place.made().await;
    // The database knows no other days either.
    for (every, day) in [
        ("week", "0"),
        ("week", "8"),
        ("week", "NULL"),
        ("month", "32"),
        ("month", "0"),
        ("day", "1"),
    ] {
        let sql = format!("UPDATE ticket_exports SET every = '{every}', day = {day}");
        let refused = place.world.db.try_execute(&sql).await.unwrap_err();
        assert!(refused.contains("check constraint"), "{every} {day}: {refused}");
    }
    for (every, day) in [("week", "7"), ("month", "31"), ("day", "NULL")] {
        place
            .set(&format!("UPDATE ticket_exports SET every = '{every}', day = {day}"))
            .await;
    }
    place
        .set(
            "INSERT INTO ticket_exports (id, owner_id, name, filter, locale, every, minute, zone, paused, created_at, updated_at)
             SELECT gen_random_uuid(), owner_id, 'x', '{}', 'fr', 'day', 0, 'UTC', 'owner', now(), now()
             FROM ticket_exports, generate_series(1, 48)",
        )
        .await;
    // The last one there is room for is made in another tab meanwhile.
    let other_tab = "SELECT pg_advisory_xact_lock(hashtextextended('scheduled exports of ' || owner_id::text, 0))
            FROM (SELECT DISTINCT owner_id FROM ticket_exports) x;
        INSERT INTO ticket_exports (id, owner_id, name, filter, locale, every, minute, zone, paused, created_at, updated_at)
        SELECT gen_random_uuid(), owner_id, 'x', '{}', 'fr', 'day', 0, 'UTC', 'owner', now(), now() FROM ticket_exports LIMIT 1";
    let asked = place.agent.call("POST", LIST, place.input());
    let more = place.world.db.until_waited_for(other_tab, asked).await;
    assert_eq!(
        (more.status, more.code()),
        (StatusCode::CONFLICT, "too_many_exports"),
        "{:?}",
        more.body
    );
    let more = place.agent.call("POST", LIST, place.input()).await;
    assert_eq!(
        (more.status, more.code()),
        (StatusCode::CONFLICT, "too_many_exports"),
        "{:?}",
        more.body
    );
}

#[tokio::test]
async fn a_due_moment_is_made_once_and_its_file_is_for_those_who_get_it() {
    let mut place = Place::new().await;
    let export = place.made().await;
    assert_eq!(place.due().await, 0);
    // Nobody looked for three days; then two look at the same time.
    place.later(TimeDelta::days(3)).await;
    let (one, two) = tokio::join!(place.due(), place.due());
    assert_eq!((one + two, place.due().await), (1, 0));
    let run: Uuid = place.text("SELECT id::text FROM ticket_export_runs").await[0]
        .parse()
        .unwrap();
    assert_eq!(
        place
            .text("SELECT payload->>'run_id' FROM jobs WHERE kind = 'make_ticket_export'")
            .await,
        [run.to_string()]
    );

    // Two workers have it; then it runs once more.
    let app = &place.world.state.app;
    let (one, two) = tokio::join!(cases::make(app, run), cases::make(app, run));
    assert!(one.is_ok() || two.is_ok(), "{one:?} {two:?}");
    assert!(
        [one, two]
            .into_iter()
            .all(|end| matches!(end, Ok(()) | Err(AppError::Stale)))
    );
    cases::make(app, run).await.unwrap();
    let sent = "SELECT recipient || ' ' || subject FROM outgoing_mails WHERE event_key LIKE 'ticket_export.%'";
    assert_eq!(place.text(sent).await, [format!("{RIMA} CloudManager : Every morning")]);
    assert_eq!(place.text("SELECT count(*)::text FROM sealed_files").await, ["1"]);

    // With what its owner sees: both tickets, in his language, harmless.
    let found = place.agent.get(&path_of(&export)).await.body;
    let last = &found["last_run"];
    assert_eq!(
        (&last["state"], &last["rows"], &last["attached"], &last["mails"]),
        (&json!("sent"), &json!(2), &json!(true), &json!(1))
    );
    let next: DateTime<Utc> = found["next_at"].as_str().unwrap().parse().unwrap();
    assert!(
        next > Utc::now() + TimeDelta::days(2),
        "what was missed is made up for once: {next}"
    );
    let file = format!("{RUNS}/{run}/file");
    for person in [&place.agent, &place.rima] {
        let (status, headers, bytes) = person.download(&file).await;
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(
            (status, headers["cache-control"].to_str().unwrap()),
            (StatusCode::OK, "no-store"),
            "{text}"
        );
        assert!(
            text.starts_with("\u{feff}Numéro,Objet,État") && text.contains(",'=1+1,") && text.contains("+01:00"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 3);
        assert_eq!(person.get(&format!("{RUNS}/{run}")).await.body["available"], true);
    }
    let admin = Person::new(&place.world, "admin@cloudmanager.test").await;
    assert_eq!(
        admin.get(&file).await.status,
        StatusCode::NOT_FOUND,
        "he does not get it"
    );
    let client = Person::new(&place.world, CLIENT).await;
    assert_eq!(client.get(&file).await.status, StatusCode::FORBIDDEN);

    // Whoever may export no more neither opens it nor gets a mail that is still on its way.
    let mail: Uuid = place
        .text("SELECT id::text FROM outgoing_mails WHERE event_key LIKE 'ticket_export.%'")
        .await[0]
        .parse()
        .unwrap();
    let letter = letterhead(app, mail).await.unwrap();
    let Letter::Ready(letter) = letter else {
        panic!("{letter:?}")
    };
    let (name, bytes) = letter.table.unwrap();
    assert!(
        name.starts_with("tickets-20") && bytes.starts_with("\u{feff}".as_bytes()),
        "{name}"
    );
    place
        .set(&format!(
            "UPDATE users SET role_id = (SELECT id FROM roles WHERE key = 'client') WHERE email = '{RIMA}'"
        ))
        .await;
    place.rima = Person::new(&place.world, RIMA).await;
    assert_eq!(place.rima.get(&file).await.status, StatusCode::FORBIDDEN);
    assert!(matches!(letterhead(app, mail).await.unwrap(), Letter::Over));
    assert_eq!(
        place
            .text("SELECT state FROM outgoing_mails WHERE event_key LIKE 'ticket_export.%'")
            .await,
        ["suppressed"]
    );
    let opened = place.text("SELECT u.name FROM audit_log a JOIN users u ON u.id = a.actor_id WHERE a.action = 'ticket_export.open' ORDER BY a.id").await;
    assert_eq!(opened, ["Karim Agent", "Rima"]);
}

#[tokio::test]
async fn one_is_made_out_of_turn_one_at_a_time_and_goes_in_time() {
    let mut place = Place::new().await;
    let export = place.made().await;
    let path = path_of(&export);
    let runs = format!("{path}/runs");
    place.put(&path, json!({ "paused": true })).await;
    let run = place.agent.call("POST", &runs, Value::Null).await;
    assert_eq!(
        (run.status, &run.body["manual"]),
        (StatusCode::ACCEPTED, &json!(true)),
        "{:?}",
        run.body
    );
    let again = place.agent.call("POST", &runs, Value::Null).await;
    assert_eq!(
        (again.status, again.code()),
        (StatusCode::CONFLICT, "export_under_way"),
        "{:?}",
        again.body
    );
    place.make().await;
    assert_eq!(place.agent.get(&runs).await.body["items"][0]["state"], "sent");
    assert_eq!(place.agent.get(&path).await.body["paused"], "owner");

    // The file goes after its time; what became of the last one is still said.
    place.later(TimeDelta::days(31)).await;
    app::retention::clean_up(&place.world.state.app).await.unwrap();
    let left = "SELECT (SELECT count(*) FROM sealed_files) || ' ' || (SELECT count(*) FROM ticket_export_runs)";
    assert_eq!(place.text(left).await, ["0 1"]);
    let id = run.body["id"].as_str().unwrap();
    assert_eq!(place.rima.get(&format!("{RUNS}/{id}")).await.body["available"], false);
    assert_eq!(
        place.rima.get(&format!("{RUNS}/{id}/file")).await.status,
        StatusCode::NOT_FOUND
    );
    // Another one follows: then it goes as well.
    place.agent.call("POST", &runs, Value::Null).await;
    place.make().await;
    app::retention::clean_up(&place.world.state.app).await.unwrap();
    assert_eq!(place.text(left).await, ["1 1"]);
    assert_eq!(
        place.agent.change("DELETE", &path, &path, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(place.text(left).await, ["0 0"]);
}

#[tokio::test]
async fn it_stops_by_itself_and_says_why() {
    let mut place = Place::new().await;
    let export = place.made().await;
    let path = path_of(&export);
    let role = |email: &str, role: &str| {
        format!("UPDATE users SET role_id = (SELECT id FROM roles WHERE key = '{role}') WHERE email = '{email}'")
    };

    // Those who get it may no more.
    place.set(&role(RIMA, "client")).await;
    place.later(TimeDelta::days(1)).await;
    assert_eq!(place.due().await, 1);
    place.make().await;
    let found = place.agent.get(&path).await.body;
    assert_eq!(
        (&found["paused"], &found["last_run"]["state"]),
        (&json!("no_recipients"), &json!("skipped"))
    );
    assert_eq!(place.told().await, [format!("{AGENT} no_recipients")]);
    place.set(&role(RIMA, "corporate")).await;

    // Its owner may no more; then he may not even sign in, and is not written to.
    for (sql, back, why, told) in [
        (role(AGENT, "client"), role(AGENT, "corporate"), "not_permitted", 1),
        (
            format!("UPDATE users SET status = 'suspended' WHERE email = '{AGENT}'"),
            format!("UPDATE users SET status = 'active' WHERE email = '{AGENT}'"),
            "owner_inactive",
            0,
        ),
    ] {
        let resumed = place.put(&path, json!({})).await;
        assert_eq!(resumed.body["paused"], Value::Null, "{:?}", resumed.body);
        place.clock.forward(TimeDelta::days(1));
        place.set(&sql).await;
        assert_eq!(place.due().await, 1);
        place.make().await;
        assert_eq!(place.text("SELECT paused FROM ticket_exports").await, [why]);
        assert_eq!(place.told().await.len(), told, "{why}");
        assert_eq!(place.due().await, 0);
        place.set(&back).await;
        place.later(TimeDelta::zero()).await;
    }
    assert_eq!(place.text("SELECT count(*)::text FROM outgoing_mails").await, ["0"]);
}

#[tokio::test]
async fn three_failures_in_a_row_stop_it_and_a_success_between_does_not() {
    let mut place = Place::new().await;
    let export = place.made().await;
    let path = path_of(&export);
    place.set("UPDATE mailboxes SET enabled = false").await;
    for n in 1..=2 {
        place.later(TimeDelta::days(1)).await;
        assert_eq!(place.due().await, 1);
        place.make().await;
        let found = place.agent.get(&path).await.body;
        assert_eq!(
            (&found["last_run"]["state"], &found["last_run"]["error"]),
            (&json!("failed"), &json!("no_mailbox"))
        );
        assert_eq!(found["paused"], Value::Null, "{n}");
    }
    place.set("UPDATE mailboxes SET enabled = true").await;
    place.later(TimeDelta::days(1)).await;
    place.due().await;
    place.make().await;
    assert_eq!(place.text("SELECT failures::text FROM ticket_exports").await, ["0"]);
    // Now jobs that are given up.
    for n in 1..=3 {
        place.later(TimeDelta::days(1)).await;
        place.due().await;
        let run = place
            .text("SELECT id::text FROM ticket_export_runs WHERE state = 'queued'")
            .await;
        cases::give_up(&place.world.state.app, run[0].parse().unwrap())
            .await
            .unwrap();
        cases::give_up(&place.world.state.app, run[0].parse().unwrap())
            .await
            .unwrap();
        assert_eq!(
            place.text("SELECT failures::text FROM ticket_exports").await,
            [n.to_string()]
        );
    }
    let found = place.agent.get(&path).await.body;
    assert_eq!(
        (&found["paused"], &found["last_run"]["error"]),
        (&json!("failing"), &json!("broken_off"))
    );
    assert_eq!(place.told().await, [format!("{AGENT} failing")]);
    let files = "SELECT count(*)::text FROM sealed_files";
    assert_eq!(place.text(files).await, ["1"], "those that failed left none");
    // Resumed, it counts anew.
    assert_eq!(place.put(&path, json!({})).await.body["paused"], Value::Null);
    assert_eq!(place.text("SELECT failures::text FROM ticket_exports").await, ["0"]);
}
