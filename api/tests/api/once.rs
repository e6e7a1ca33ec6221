//! Idempotency keys on the product's own routes: the work and the note that its key is spent are one transaction.

use std::sync::Arc;

use serde_json::{Value, json};

use super::client::{AGENT, Answer, PASSWORD, World};

const TICKETS: &str = "/api/v1/tickets";

/// Somebody who sends keyed requests.
struct Sender {
    world: Arc<World>,
    bearer: String,
}

impl Sender {
    async fn new(world: &Arc<World>, email: &str) -> Self {
        let login = world.try_login(email, PASSWORD).await;
        Self {
            world: world.clone(),
            bearer: format!("Bearer {}", login.token()),
        }
    }

    async fn post(&self, path: &str, key: &str, body: Value) -> Answer {
        let headers = [("authorization", self.bearer.as_str()), ("idempotency-key", key)];
        self.world.call("POST", path, &headers, body).await
    }

    async fn ticket(&self, key: &str, subject: &str) -> Answer {
        let requester = json!({ "email": "someone@example.test" });
        let body = json!({ "subject": subject, "body": "B", "requester": requester });
        self.post(TICKETS, key, body).await
    }

    /// Subjects of the tickets there are.
    async fn subjects(&self) -> Vec<String> {
        let headers = [("authorization", self.bearer.as_str())];
        let list = self.world.call("GET", TICKETS, &headers, Value::Null).await;
        assert_eq!(list.status, 200, "{:?}", list.body);
        let subject = |ticket: &Value| ticket["subject"].as_str().unwrap().to_owned();
        list.body["items"].as_array().unwrap().iter().map(subject).collect()
    }
}

async fn jobs(world: &World) -> usize {
    let mut conn = world.db.pool.get().await.unwrap();
    let listed = store::ledger::list(&mut conn, None, None, None, None, 100).await;
    listed.unwrap().len()
}

/// Makes every write of this column of the key's row fail, as a connection lost at that moment would.
async fn fail_on(world: &World, column: &str) {
    let statements = format!(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             RAISE EXCEPTION 'gone' USING ERRCODE = '57P01'; END $$;
         CREATE TRIGGER refuse BEFORE UPDATE OF {column} ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION refuse()"
    );
    world.db.execute(&statements).await;
}

async fn heal(world: &World) {
    world.db.execute("DROP FUNCTION refuse CASCADE").await;
}

/// The time for which a dead process's claim holds is over.
async fn outlive_claims(world: &World) {
    world
        .db
        .execute("UPDATE idempotency_keys SET locked_until = now() - interval '1 second'")
        .await;
}

#[tokio::test]
async fn many_at_once_make_one_ticket_and_every_repeat_gets_its_answer() {
    let world = World::new().await;
    let agent = Arc::new(Sender::new(&world, AGENT).await);
    let calls: Vec<_> = (0..12)
        .map(|_| {
            let agent = agent.clone();
            tokio::spawn(async move { agent.ticket("k", "Once").await })
        })
        .collect();
    let mut created = Vec::new();
    for call in calls {
        let answer = call.await.unwrap();
        match answer.status.as_u16() {
            201 => created.push(answer.body["id"].clone()),
            409 => assert_eq!(answer.code(), "idempotency_key_in_flight"),
            other => panic!("{other} {:?}", answer.body),
        }
    }
    assert!(!created.is_empty());
    let repeat = agent.ticket("k", "Once").await;
    assert_eq!(repeat.status, 201);
    assert_eq!(repeat.headers["idempotent-replayed"], "true");
    created.push(repeat.body["id"].clone());
    created.dedup();
    assert_eq!(created.len(), 1);
    assert_eq!(agent.subjects().await, ["Once"]);

    let other_body = agent.ticket("k", "Another").await;
    assert_eq!(
        (other_body.status.as_u16(), other_body.code()),
        (422, "idempotency_key_reused")
    );
    assert_eq!(agent.subjects().await, ["Once"]);
}

#[tokio::test]
async fn everybody_has_keys_of_his_own() {
    let world = World::new().await;
    let agent = Sender::new(&world, AGENT).await;
    let admin = Sender::new(&world, "admin@cloudmanager.test").await;
    let (first, second) = (agent.ticket("k", "S").await, admin.ticket("k", "S").await);
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
    assert_ne!(first.body["id"], second.body["id"]);
    assert!(!second.headers.contains_key("idempotent-replayed"));
    assert_eq!(agent.subjects().await.len(), 2);
}

#[tokio::test]
async fn without_the_note_there_is_no_work() {
    let world = World::new().await;
    let agent = Sender::new(&world, AGENT).await;
    fail_on(&world, "committed").await;
    let failed = agent.ticket("k", "S").await;
    assert!(failed.status.is_server_error(), "{:?}", failed.body);
    assert!(agent.subjects().await.is_empty());
    assert_eq!(jobs(&world).await, 0);

    heal(&world).await;
    testkit::wait_for("the key's return", std::time::Duration::from_secs(5), async || {
        agent.ticket("k", "S").await.status == 201
    })
    .await;
    assert_eq!(agent.subjects().await, ["S"]);
}

#[tokio::test]
async fn work_whose_answer_was_lost_is_not_done_again() {
    let world = World::new().await;
    let agent = Sender::new(&world, AGENT).await;
    // As if the process died between its commit and the keeping of its answer.
    fail_on(&world, "status").await;
    assert_eq!(agent.ticket("k", "S").await.status, 201);
    let upload = "/api/v1/uploads?filename=note.txt";
    assert_eq!(agent.post(upload, "u", json!("text")).await.status, 201);
    heal(&world).await;
    let jobs_then = jobs(&world).await;

    let early = agent.ticket("k", "S").await;
    assert_eq!(
        (early.status.as_u16(), early.code()),
        (409, "idempotency_key_in_flight")
    );
    outlive_claims(&world).await;
    for _ in 0..2 {
        let repeat = agent.ticket("k", "S").await;
        assert_eq!(
            (repeat.status.as_u16(), repeat.code()),
            (409, "idempotency_answer_lost")
        );
    }
    assert_eq!(agent.ticket("k", "Another").await.code(), "idempotency_key_reused");
    assert_eq!(
        agent.post(upload, "u", json!("text")).await.code(),
        "idempotency_answer_lost"
    );
    assert_eq!(agent.subjects().await, ["S"]);
    assert_eq!(jobs(&world).await, jobs_then);
}

#[tokio::test]
async fn tickets_opened_at_the_same_moment_are_each_whole_and_fail_alone() {
    let world = World::new().await;
    // One key is taken over by another process while its ticket is on the way; one ticket is refused by the database.
    world
        .db
        .execute(
            "CREATE FUNCTION taken_over() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
             CREATE TRIGGER taken_over BEFORE UPDATE OF committed ON idempotency_keys FOR EACH ROW
                 WHEN (OLD.key = 'k7') EXECUTE FUNCTION taken_over();
             ALTER TABLE tickets ADD CHECK (subject <> 'S13')",
        )
        .await;
    let agent = Arc::new(Sender::new(&world, AGENT).await);
    let calls = (0..40).map(|n| {
        let agent = agent.clone();
        tokio::spawn(async move {
            let requester = json!({ "email": format!("p{n}@example.test"), "name": format!("P{n}") });
            let body = json!({ "subject": format!("S{n}"), "body": format!("B{n}"), "requester": requester });
            (n, agent.post(TICKETS, &format!("k{n}"), body).await)
        })
    });
    for call in calls.collect::<Vec<_>>() {
        let (n, answer) = call.await.unwrap();
        let status = answer.status.as_u16();
        match n {
            7 => assert_eq!((status, answer.code()), (409, "idempotency_key_in_flight")),
            13 => assert_eq!(status, 500, "{:?}", answer.body),
            _ => assert_eq!((status, answer.body["subject"].clone()), (201, json!(format!("S{n}")))),
        }
    }
    let whole = world
        .db
        .texts(
            "SELECT count(*)::text FROM tickets t JOIN ticket_messages m ON m.ticket_id = t.id AND substr(m.body_text, 2) = substr(t.subject, 2)
                 JOIN ticket_participants p ON p.ticket_id = t.id AND p.name = 'P' || substr(t.subject, 2)
                 JOIN ticket_events e ON e.ticket_id = t.id JOIN events v ON v.subject_id = t.id AND v.data = jsonb_build_object('number', t.number)
                 JOIN audit_log l ON l.subject_id = t.id AND l.data ->> 'subject' = t.subject
                 JOIN jobs j ON j.payload ->> 'ticket_id' = t.id::text
                 JOIN idempotency_keys k ON k.key = 'k' || substr(t.subject, 2) AND k.committed",
        )
        .await;
    assert_eq!(whole, ["38"]);
    for table in ["tickets", "ticket_messages", "ticket_participants"] {
        let rows = world.db.texts(&format!("SELECT count(*)::text FROM {table}")).await;
        assert_eq!(rows, ["38"], "{table}");
    }
}
