//! Erasing a person: what stands against it, what is left of him, and that the audit trail stays whole.

use std::sync::Arc;

use app::{AppError, privacy::erasure};
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    client::{ADMIN, AGENT, Hands, PASSWORD, URL, World},
    customers::{CLIENT, Person, company},
};

const MINE: &str = "/api/v1/me/erasure";
const NAME: &str = "Zahia O'Benkhelifa";
const EMAIL: &str = "zahia.b@personne.test";
const OLD: &str = "zahia.old@personne.test";

/// Somebody with something in every corner, whom nothing keeps from being erased.
async fn zahia(world: &Arc<World>) -> (Person, Uuid) {
    let app = &world.state.app;
    let user = app::seed::account(app, EMAIL, NAME, "client", PASSWORD).await.unwrap();
    let person = Person::new(world, EMAIL).await;
    let own = json!({ "kind": "individual", "first_name": "Zahia", "last_name": "O'Benkhelifa", "email": EMAIL,
        "phone": "+213550998877", "nin": "100019901234567890" });
    let path = person.made(own).await;
    let mut png = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(8, 8)
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let paper = format!("{path}/kyc/documents?kind=passport&filename=zahia.png");
    assert_eq!(
        person.upload(&paper, png.into_inner()).await.status,
        StatusCode::CREATED
    );
    // What others call like her stays: "somebody.zahia.b@…" is another address.
    let body = format!("Je suis {NAME}, <b>{EMAIL}</b>. Pas x{EMAIL}.");
    let ticket = person
        .call(
            "POST",
            "/api/v1/tickets",
            json!({ "subject": format!("Demande de {NAME}"), "body": body }),
        )
        .await;
    assert_eq!(ticket.status, StatusCode::CREATED, "{:?}", ticket.body);
    let ticket = ticket.body["id"].as_str().unwrap().to_owned();
    let agent = Person::new(world, AGENT).await;
    let reply = json!({ "kind": "reply", "body": format!("Bonjour zahia  o'benkhelifa, nous écrivons à {EMAIL}.") });
    let sent = agent
        .call("POST", &format!("/api/v1/tickets/{ticket}/messages"), reply)
        .await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    let customer = path.rsplit('/').next().unwrap().to_owned();
    let other = Person::new(world, CLIENT)
        .await
        .made(company("SARL Autre", "autre@a.dz"))
        .await;
    let other = other.rsplit('/').next().unwrap().to_owned();
    // Somebody else's ticket speaks of her, and a tag is her address.
    let named = Person::new(world, CLIENT).await;
    let body = json!({ "subject": "Autre chose", "body": format!("Écrivez à {EMAIL}, collègue de Zahia Autre") });
    let named = named.call("POST", "/api/v1/tickets", body).await;
    assert_eq!(named.status, StatusCode::CREATED, "{:?}", named.body);
    let namesake = json!({ "subject": "Une autre", "body": "Zahia Autre appelle" });
    let namesake = Person::new(world, CLIENT)
        .await
        .call("POST", "/api/v1/tickets", namesake)
        .await;
    assert_eq!(namesake.status, StatusCode::CREATED, "{:?}", namesake.body);
    let fill = [
        "UPDATE tickets SET tags = '{panne,$email}' WHERE id = '$named'",
        "UPDATE tickets SET state = 'closed' WHERE id = '$ticket'",
        "UPDATE customers SET status = 'inactive' WHERE id = '$customer'",
        "INSERT INTO customer_notes (id, customer_id, author_id, body, created_at, updated_at)
            SELECT gen_random_uuid(), '$other', id, 'ask $email', now(), now() FROM users WHERE email = 'agent@cloudmanager.test'",
        "INSERT INTO customer_contacts (id, customer_id, name, email, phone, purpose, created_at, updated_at)
            VALUES (gen_random_uuid(), '$other', '$name', '$email', '+213550998877', 'billing', now(), now())",
        "INSERT INTO customer_invitations (id, customer_id, email, role, token_hash, secret_id, created_at, sent_at, expires_at)
            VALUES (gen_random_uuid(), '$other', '$email', 'viewer', 'h', gen_random_uuid(), now(), now(), now())",
        "INSERT INTO user_identities (id, user_id, issuer, subject, email, created_at)
            VALUES (gen_random_uuid(), '$user', 'https://x.test', 's', '$old', now())",
        "INSERT INTO raw_mails (id, mailbox_id, sha256, size, received_at, state, ticket_id, from_address, from_name, subject, parsed, evidence)
            SELECT gen_random_uuid(), id, 'bytes', 1, now(), 'quarantined', '$ticket', '$email', '$name', 'de $name',
                '{\"from\": \"$name <$email>\"}', '[\"$email\"]' FROM mailboxes LIMIT 1",
        "INSERT INTO raw_mails (id, mailbox_id, sha256, size, received_at, state, ticket_id, from_address, parsed)
            SELECT gen_random_uuid(), id, 'other', 1, now(), 'processed', '$ticket', 'friend@x.test', '{\"text\": \"cc $name\"}'
            FROM mailboxes LIMIT 1",
        "INSERT INTO ticket_surveys (id, ticket_id, cycle, email, group_id, asked_at, expires_at, rating, comment, channel, answered_at, created_at)
            SELECT gen_random_uuid(), '$ticket', 1, '$email', group_id, now(), now(), 1, 'Pas content, $name', 'mail', now(), now()
            FROM tickets WHERE id = '$ticket'",
        "INSERT INTO ticket_events (ticket_id, seq, kind, actor_name, at) VALUES ('$ticket', 99, 'rated', '$name', now())",
        "INSERT INTO ticket_drafts (user_id, ticket_id, kind, body, canned, updated_at)
            SELECT id, '$ticket', 'reply', 'Chère ' || repeat('$name ', 10000), '[{\"text\": \"Bonjour $name\"}]', now()
            FROM users WHERE email IN ('agent@cloudmanager.test', '$email')",
        "INSERT INTO bounces (id, address, status, permanent, at) VALUES (gen_random_uuid(), '$email', '5.1.1', true, now())",
        "INSERT INTO suppressions (address, reason, created_at) VALUES ('$email', 'bounce', now())",
        "INSERT INTO spam_rules (id, verdict, field, value, created_at, updated_at)
            VALUES (gen_random_uuid(), 'allow', 'address', '$email', now(), now())",
        "INSERT INTO survey_refusals (address, created_at) VALUES ('$email', now())",
        "INSERT INTO login_failures (account, source, failures, last_at) VALUES ('$email', 'elsewhere', 1, now())",
        "INSERT INTO saved_views (id, user_id, list, name, query, created_at)
            SELECT gen_random_uuid(), id, 'tickets', 'x', 'q=$email&requester=' || replace('$email', '@', '%40'), now()
            FROM users WHERE email = 'agent@cloudmanager.test'",
        "INSERT INTO security_alerts (id, at, kind, severity, user_id, data, once_key)
            VALUES (gen_random_uuid(), now(), 'password_guessing', 'warning', '$user', '{\"email\": \"$email\", \"by\": \"$name\"}', 'g:$email')",
        "INSERT INTO sms_messages (id, user_id, phone, purpose, network, created_at, expires_at)
            VALUES (gen_random_uuid(), '$user', '+213550998877', 'login', '10.0.0.0/24', now(), now())",
        "INSERT INTO message_ids (message_id, ticket_id, seen_at) VALUES ('1.$email', '$ticket', now())",
        "INSERT INTO ticket_participants (ticket_id, email, name, role, user_id, added_at)
            VALUES ('$ticket', '$old', '$name', 'watcher', '$user', now())",
        "INSERT INTO automation_runs (id, rule_id, number, ticket_id, key, state, finding, created_at)
            SELECT gen_random_uuid(), id, number, '$ticket', 'event:0', 'not_met',
                '{\"test\": \"subject\", \"holds\": false, \"found\": \"de $name\"}', now() FROM automation_rules LIMIT 1",
        "WITH e AS (INSERT INTO webhook_endpoints (id, url, description, types, enabled, secret, since, created_at, updated_at)
                VALUES (gen_random_uuid(), 'https://x.test/hook', '', '{ticket.created}', true, '', now(), now(), now()) RETURNING id)
            INSERT INTO webhook_deliveries (id, endpoint_id, type, body, created_at, state_at)
            SELECT gen_random_uuid(), id, 'ticket.created', '{\"subject\": \"de $name\"}', now(), now() FROM e",
    ];
    for sql in fill {
        let sql = sql
            .replace("$ticket", &ticket)
            .replace("$named", named.body["id"].as_str().unwrap())
            .replace("$customer", &customer)
            .replace("$other", &other)
            .replace("$user", &user.to_string())
            .replace("$name", &NAME.replace('\'', "''"))
            .replace("$email", EMAIL)
            .replace("$old", OLD);
        world.db.execute(&sql).await;
    }
    super::ticket_search::read_all(world).await;
    (person, user)
}

/// Every column of text or JSON in which something of her is, in any table.
async fn left(world: &World) -> Vec<String> {
    let columns = world
        .db
        .texts(
            "SELECT format('SELECT %L AS place, count(*) AS n FROM %I WHERE %I::text ~* %L', c.relname || '.' || a.attname, c.relname,
                 a.attname, 'benkhelifa|(^|[^x])zahia\\.(b|old)@personne|550998877')
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
               AND format_type(a.atttypid, NULL) IN ('text', 'character varying', 'json', 'jsonb', 'text[]', 'tsvector')",
        )
        .await;
    assert!(columns.len() > 200, "{}", columns.len());
    let all = format!(
        "SELECT place FROM ({}) x WHERE n > 0 ORDER BY 1",
        columns.join(" UNION ALL ")
    );
    world.db.texts(&all).await
}

async fn order(staff: &Person, user: Uuid) -> super::client::Answer {
    let path = format!("/api/v1/users/{user}/erasure");
    staff
        .call("POST", &path, json!({ "reason": format!("Demande écrite de {NAME}") }))
        .await
}

fn id_of(body: &Value) -> Uuid {
    body["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn nothing_is_left_of_somebody_and_the_trail_stays_whole() {
    let world = World::new().await;
    let app = &world.state.app;
    let (person, user) = zahia(&world).await;
    app::audit::link(app).await.unwrap();
    // Whoever searches finds her, until she is gone.
    let known = "INSERT INTO ticket_words_due SELECT id FROM tickets ON CONFLICT DO NOTHING";
    world.db.execute(known).await;
    app::ticket::search::read(app).await.unwrap();
    let before = left(&world).await;
    let searched = ["search_vocabulary.word", "ticket_words.public", "ticket_words.words"];
    assert!(
        searched.iter().all(|place| before.iter().any(|b| b == place)),
        "{before:?}"
    );
    assert!(before.len() > 25, "the test makes her known everywhere: {before:?}");
    for place in ["automation_runs.finding", "webhook_deliveries.body"] {
        assert!(before.iter().any(|one| one == place), "{place}: {before:?}");
    }
    let admin = Person::new(&world, ADMIN).await;
    let preview = admin.get(&format!("/api/v1/users/{user}/erasure")).await.body;
    assert_eq!(preview["obstacles"], json!([]), "{preview}");
    let of = |key: &str| {
        preview["erased"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["key"] == key)
            .unwrap()["count"]
            .clone()
    };
    assert_eq!(
        [of("messages"), of("customers"), of("papers"), of("mails")],
        [json!(1), json!(1), json!(1), json!(1)]
    );
    assert!(
        preview["kept"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["law"].as_str().unwrap().contains("18-0") || one["law"].as_str().unwrap().contains("09-04")),
        "{preview}"
    );

    let begun = order(&admin, user).await;
    assert_eq!(
        (begun.status, &begun.body["state"]),
        (StatusCode::ACCEPTED, &json!("running")),
        "{:?}",
        begun.body
    );
    assert_eq!(
        person.get("/api/v1/me").await.status,
        StatusCode::UNAUTHORIZED,
        "at once"
    );
    assert_eq!(order(&admin, user).await.code(), "erasure_in_progress");
    let id = id_of(&begun.body);
    // It stops halfway: a job about her runs right now. What was done stays done.
    let busy = format!(
        "INSERT INTO jobs (id, kind, queue, payload, state, max_attempts, subject_type, subject_id)
         VALUES (gen_random_uuid(), 'noop', 'maintenance', '{{\"to\": \"{EMAIL}\"}}', 'running', 1, 'user', '{user}')"
    );
    world.db.execute(&busy).await;
    assert!(matches!(erasure::erase(app, id).await, Err(AppError::Unavailable(_))));
    let steps = "SELECT array_to_string(steps, ' ') FROM personal_erasures";
    assert_eq!(world.db.texts(steps).await, ["access words names trail customers"]);
    world
        .db
        .execute("UPDATE jobs SET state = 'succeeded' WHERE state = 'running'")
        .await;
    erasure::erase(app, id).await.unwrap();
    let rows = "SELECT erased::text || done_at FROM personal_erasures";
    let report = world.db.texts(rows).await;
    erasure::erase(app, id).await.unwrap();
    assert_eq!(world.db.texts(rows).await, report, "once more changes nothing");

    let still = "SELECT word FROM search_vocabulary WHERE word IN ('zahia', 'benkhelifa')";
    assert_eq!(
        world.db.texts(still).await,
        ["zahia"],
        "another one's name is still a word"
    );
    super::ticket_search::read_all(&world).await;
    assert_eq!(left(&world).await, Vec::<String>::new());
    let tags = "SELECT array_to_string(tags, ' ') FROM tickets WHERE tags <> '{}'";
    assert!(world.db.texts(tags).await[0].starts_with("panne erased-"));
    let views = world.db.texts("SELECT query FROM saved_views").await;
    assert!(
        views[0].contains("&requester=erased-") && !views[0].contains("zahia"),
        "{views:?}"
    );
    let others = "SELECT (SELECT count(*) FROM saved_views) || ' ' || (SELECT count(*) FROM customer_notes) || ' '
        || (SELECT count(*) FROM ticket_messages WHERE body_text LIKE 'Bonjour [erased%')";
    assert_eq!(world.db.texts(others).await, ["1 1 1"], "what others keep stays");
    // Her mail's bytes and her papers are gone from the storage's books.
    assert_eq!(world.db.texts("SELECT count(*)::text FROM sealed_files").await, ["0"]);
    assert_eq!(
        world
            .db
            .texts("SELECT state FROM raw_mails WHERE sha256 = '' ORDER BY 1")
            .await,
        ["dropped", "processed"]
    );

    app::audit::link(app).await.unwrap();
    let whole = app::audit::verify(app, None).await.unwrap();
    assert_eq!(
        (whole.findings.len(), whole.redacted > 0),
        (0, true),
        "{:?}",
        whole.findings
    );
    // With another master key the lines are vouched for anew; later the former one vouches for nothing.
    let later = Hands::new();
    later.forward(TimeDelta::hours(2));
    let both = app::App {
        keys: Arc::new(app::seal::MasterKey::new(&[9; 32]).with_former(&[[7; 32]])),
        ..app.clone()
    };
    app::master_key::rotate(&both).await.unwrap();
    app::audit::link(&both).await.unwrap();
    let whole = app::audit::verify(&app::App { clock: later, ..both }, None)
        .await
        .unwrap();
    assert_eq!(
        (whole.findings.len(), whole.redacted > 0),
        (0, true),
        "{:?}",
        whole.findings
    );
    let done = admin.get("/api/v1/personal-data/erasures").await.body;
    assert_eq!(done["items"][0]["state"], "done");
    assert!(
        !done["items"][0]["reason"].as_str().unwrap().contains("Benkhelifa"),
        "{done}"
    );

    // Her address is free; whoever comes with it is somebody else.
    let again = app::seed::account(app, EMAIL, "Somebody New", "client", PASSWORD)
        .await
        .unwrap();
    assert_ne!(again, user);
    assert_eq!(
        Person::new(&world, EMAIL).await.get("/api/v1/tickets").await.body["items"],
        json!([])
    );
}

#[tokio::test]
async fn a_line_is_rewritten_by_the_product_alone() {
    let world = World::new().await;
    let app = &world.state.app;
    zahia(&world).await;
    app::audit::link(app).await.unwrap();
    let id = &world.db.texts("SELECT min(id)::text FROM audit_log").await[0];
    for forged in [
        "action = 'x', redaction = 'x'",
        "at = now(), redaction = 'x'",
        "mark = 'x', redaction = 'x'",
        "ip = '1.2.3.4', redaction = 'x'",
        "data = '{}'",
    ] {
        let refused = world
            .db
            .try_execute(&format!("UPDATE audit_log SET {forged} WHERE id = {id}"))
            .await;
        assert!(refused.unwrap_err().contains("append-only"), "{forged}");
    }
    world
        .db
        .execute(&format!(
            "UPDATE audit_log SET data = '{{}}', redaction = 'x' WHERE id = {id}"
        ))
        .await;
    let report = app::audit::verify(app, None).await.unwrap();
    let findings: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!(findings, [format!("line {id} was edited")]);
}

#[tokio::test]
async fn fiscal_documents_keep_the_name_that_they_bear_and_papers_of_a_decision_their_time() {
    let world = World::new().await;
    let app = &world.state.app;
    let (_, user) = zahia(&world).await;
    for sql in [
        "INSERT INTO customer_documents (id, customer_id, file_id, name, category, created_at)
            SELECT gen_random_uuid(), c.id, d.file_id, 'facture.pdf', 'fiscal', now()
            FROM customers c JOIN kyc_cases k ON k.customer_id = c.id JOIN kyc_documents d ON d.case_id = k.id",
        "UPDATE kyc_cases SET documents_digest = 'd', state = 'revoked'",
    ] {
        world.db.execute(sql).await;
    }
    let admin = Person::new(&world, ADMIN).await;
    let preview = admin.get(&format!("/api/v1/users/{user}/erasure")).await.body;
    let kept: Vec<&str> = preview["kept"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["count"] != 0)
        .map(|one| one["key"].as_str().unwrap())
        .collect();
    assert!(kept.contains(&"papers") && kept.contains(&"fiscal"), "{preview}");
    erasure::erase(app, id_of(&order(&admin, user).await.body))
        .await
        .unwrap();
    let stays = [
        "customers.haystack",
        "customers.last_name",
        "customers.name",
        "customers.search",
        "customers.sort_name",
    ];
    assert_eq!(left(&world).await, stays, "and nothing else");
    assert_eq!(world.db.texts("SELECT count(*)::text FROM sealed_files").await, ["1"]);
}

#[tokio::test]
async fn somebody_asks_for_it_thinks_it_over_and_staff_wait_for_that() {
    let hands = Hands::new();
    let world = World::at(super::client::quiet(URL), hands.clone()).await;
    let (person, user) = zahia(&world).await;
    assert_eq!(person.get(MINE).await.body["state"], "none");
    let asked = person.call("POST", MINE, Value::Null).await;
    assert_eq!(
        (asked.status, &asked.body["state"]),
        (StatusCode::ACCEPTED, &json!("asked"))
    );
    assert_eq!(
        person.call("POST", MINE, Value::Null).await.code(),
        "erasure_in_progress"
    );
    let admin = Person::new(&world, ADMIN).await;
    let early = order(&admin, user).await;
    assert_eq!(
        (early.code(), &early.body["allowed"]),
        ("erasure_cooling_off", &json!(["cooling_off"]))
    );
    assert_eq!(
        person.call("DELETE", MINE, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        person.call("DELETE", MINE, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    person.call("POST", MINE, Value::Null).await;
    hands.forward(TimeDelta::minutes(6));
    let stale = Person::new(&world, CLIENT).await;
    hands.forward(TimeDelta::minutes(6));
    assert_eq!(stale.call("POST", MINE, Value::Null).await.code(), "step_up_required");
    assert_eq!(order(&admin, user).await.code(), "step_up_required");
    hands.forward(TimeDelta::days(14));
    let admin = Person::new(&world, ADMIN).await;
    assert_eq!(order(&admin, user).await.status, StatusCode::ACCEPTED);
    let states = "SELECT string_agg(state, ' ' ORDER BY created_at) FROM personal_erasures";
    assert_eq!(
        world.db.texts(states).await,
        ["withdrawn running"],
        "the request itself is carried out"
    );
}

#[tokio::test]
async fn what_is_not_settled_stands_against_it() {
    let world = World::new().await;
    let (person, user) = zahia(&world).await;
    let admin = Person::new(&world, ADMIN).await;
    let silent = admin
        .call(
            "POST",
            &format!("/api/v1/users/{user}/erasure"),
            json!({ "reason": "x" }),
        )
        .await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let own = admin.get("/api/v1/me").await.body["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(order(&admin, own).await.code(), "own_account");
    assert_eq!(
        order(&Person::new(&world, AGENT).await, user).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(order(&person, user).await.status, StatusCode::FORBIDDEN);
    for (undo, code) in [
        (
            "UPDATE customers SET status = 'active' WHERE email = '$email'",
            "last_owner",
        ),
        (
            "UPDATE customers SET email = '$email' WHERE email = 'autre@a.dz'",
            "customer_address",
        ),
        (
            "UPDATE tickets SET state = 'open' WHERE requester_email = '$email'",
            "open_tickets",
        ),
        (
            "UPDATE tickets SET assignee_id = '$user', state = 'open'",
            "assigned_tickets",
        ),
    ] {
        world
            .db
            .execute(&undo.replace("$email", EMAIL).replace("$user", &user.to_string()))
            .await;
        let refused = order(&admin, user).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{code}: {:?}", refused.body);
        let all = refused.body["allowed"].as_array().unwrap();
        assert!(all.contains(&json!(code)), "{code}: {all:?}");
    }
    let trail = "SELECT count(*)::text FROM audit_log WHERE action = 'user.erasure_begun'";
    assert_eq!(world.db.texts(trail).await, ["0"]);
}

#[tokio::test]
async fn a_long_trail_is_gone_through_in_pieces() {
    let world = World::new().await;
    let app = &world.state.app;
    let (_, user) = zahia(&world).await;
    let mut tx = app.begin().await.unwrap();
    for _ in 0..1100 {
        let entry = store::audit::Entry {
            action: "user.change",
            subject_type: "user",
            subject_id: Some(user),
            data: json!({ "name": { "to": NAME } }),
        };
        store::audit::append(tx.conn().unwrap(), &store::audit::Actor::product(), app.now(), entry)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    app::audit::link(app).await.unwrap();
    let admin = Person::new(&world, ADMIN).await;
    let begun = order(&admin, user).await;
    erasure::erase(app, id_of(&begun.body)).await.unwrap();
    let pieces = "SELECT count(DISTINCT xmin::text)::text FROM audit_log WHERE redaction IS NOT NULL";
    assert_eq!(world.db.texts(pieces).await, ["3"]);
    let report =
        "SELECT ((erased ->> 'trail')::int = (SELECT count(*) FROM audit_log WHERE redaction IS NOT NULL))::text
        FROM personal_erasures";
    assert_eq!(world.db.texts(report).await, ["true"]);
    assert_eq!(left(&world).await, Vec::<String>::new());
}
