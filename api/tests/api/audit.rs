//! The audit trail finds out what was done to it, whoever did it.

use app::audit::{Finding, Report, link, verify};
use serde_json::json;

use super::client::{AGENT, World};

/// A world whose trail has a few lines, linked.
async fn linked() -> (std::sync::Arc<World>, Vec<i64>) {
    let world = World::new().await;
    let token = world.token_of(AGENT).await;
    for name in ["Karim", "كريم \"x\"", "Karim Agent"] {
        let answer = world.change_me(&token, json!({ "name": name })).await;
        assert_eq!(answer.status, 200);
    }
    let ticket =
        json!({ "subject": "Chain", "body": "Text", "requester": { "email": "ana@example.dz", "name": "Ana" } });
    let answer = world.act(&token, "POST", "/api/v1/tickets", None, ticket).await;
    assert_eq!(answer.status, 201, "{:?}", answer.body);
    let waiting = verify(&world.state.app, None).await.unwrap();
    assert_eq!((waiting.good, waiting.findings.len()), (0, 0), "{waiting:?}");
    let lines = link(&world.state.app).await.unwrap();
    assert!(lines >= 5 && waiting.waiting == lines as u64, "{lines}");
    assert_eq!(
        link(&world.state.app).await.unwrap(),
        0,
        "a second run finds nothing to do"
    );
    let report = verify(&world.state.app, None).await.unwrap();
    assert_eq!(
        (report.good, report.waiting, report.findings.len()),
        (lines as u64, 0, 0),
        "{report:?}"
    );
    let mut conn = world.db.pool.get().await.unwrap();
    let ids = store::audit::chain::batches(&mut conn, 0, 10)
        .await
        .unwrap()
        .remove(0)
        .ids;
    (world, ids)
}

async fn look(world: &World) -> Report {
    verify(&world.state.app, None).await.unwrap()
}

/// As a superuser with everything switched off that stands in the way.
async fn tamper(world: &World, sql: &str) {
    world
        .db
        .execute(&format!("SET session_replication_role = replica; {sql}"))
        .await;
}

#[tokio::test]
async fn an_edited_line_is_named() {
    let (world, ids) = linked().await;
    let id = ids[2];
    for edit in [
        "at = at + interval '1 microsecond'",
        "actor_id = NULL",
        "data = data || '{\"x\": 1}'",
        "ip = '192.0.2.1'",
    ] {
        let (world, id) = (&world, ids[2]);
        tamper(
            world,
            &format!("CREATE TABLE IF NOT EXISTS kept AS SELECT * FROM audit_log WHERE id = {id}"),
        )
        .await;
        tamper(world, &format!("UPDATE audit_log SET {edit} WHERE id = {id}")).await;
        assert_eq!(look(world).await.findings, [Finding::Edited(id)], "{edit}");
        tamper(world, &format!("UPDATE audit_log l SET at = k.at, actor_id = k.actor_id, data = k.data, ip = k.ip FROM kept k WHERE l.id = {id}")).await;
        assert!(look(world).await.findings.is_empty());
    }
    // Taking over another line's mark does not help, nor does a mark of one's own.
    tamper(
        &world,
        &format!("UPDATE audit_log SET action = 'x', mark = sha256('x') WHERE id = {id}"),
    )
    .await;
    assert_eq!(look(&world).await.findings, [Finding::Edited(id)]);
}

#[tokio::test]
async fn a_removed_line_is_named() {
    let (world, ids) = linked().await;
    tamper(&world, &format!("DELETE FROM audit_log WHERE id = {}", ids[1])).await;
    assert_eq!(look(&world).await.findings, [Finding::Removed(ids[1])]);
    // Whoever is in charge is told, once for the same thing.
    let alerts = "SELECT severity || ' ' || (data ->> 'first') FROM security_alerts WHERE kind = 'audit_tampered'";
    for _ in 0..2 {
        app::audit::watch(&world.state.app).await.unwrap();
        let first = format!("critical [\"line {} was removed\"]", ids[1]);
        assert_eq!(world.db.texts(alerts).await, [first]);
    }
    let told = "SELECT permission FROM events WHERE type = 'security_alert.raised'";
    assert_eq!(world.db.texts(told).await, ["security.view"]);
    tamper(
        &world,
        &format!("UPDATE audit_seals SET ids = array_remove(ids, {})", ids[1]),
    )
    .await;
    assert_eq!(
        look(&world).await.findings,
        [Finding::Broken(1)],
        "a batch that hides it is wrong itself"
    );
}

#[tokio::test]
async fn an_inserted_line_is_named_and_never_linked() {
    let (world, ids) = linked().await;
    let copy = "INSERT INTO audit_log (at, actor_kind, action, subject_type, data, uid, mark)
         SELECT at, actor_kind, 'user.promoted', subject_type, data, gen_random_uuid(), mark FROM audit_log LIMIT 1";
    // With its triggers on, the forged line waits like any other; with them off it does not even wait.
    world.db.execute(copy).await;
    tamper(&world, copy).await;
    let forged = |findings: &[Finding]| findings.iter().filter(|f| matches!(f, Finding::Inserted(_))).count();
    assert_eq!(forged(&look(&world).await.findings), 2);
    assert_eq!(link(&world.state.app).await.unwrap(), 0);
    let findings = look(&world).await.findings;
    assert_eq!((forged(&findings), findings.len()), (2, 2));
    let last = ids.last().unwrap() + 2;
    tamper(&world, &format!("UPDATE audit_seals SET ids = ids || {last}::bigint")).await;
    let findings = look(&world).await.findings;
    assert!(
        findings.contains(&Finding::Edited(last)),
        "putting it into a batch does not help: {findings:?}"
    );
}

#[tokio::test]
async fn a_day_that_is_over_is_sealed_and_the_next_begins_with_its_seal() {
    let (world, ids) = linked().await;
    // Yesterday's chain is made by a clock that says so.
    let app = &world.state.app;
    let tomorrow = app::App {
        clock: std::sync::Arc::new(Tomorrow),
        ..app.clone()
    };
    let token = world.token_of(AGENT).await;
    world.change_me(&token, json!({ "name": "Later" })).await;
    assert!(link(&tomorrow).await.unwrap() > 0);
    let report = verify(&tomorrow, None).await.unwrap();
    assert!(report.findings.is_empty(), "{report:?}");
    let (day, seal) = report.seal.expect("the first day is sealed");
    assert_eq!(day, chrono::Utc::now().date_naive());
    assert!(verify(&tomorrow, Some(&seal)).await.unwrap().findings.is_empty());
    let other = verify(&tomorrow, Some("00ff")).await.unwrap().findings;
    assert_eq!(other, [Finding::Rewritten("00ff".to_owned())]);
    tamper(&world, "UPDATE audit_days SET lines = lines - 1").await;
    assert_eq!(verify(&tomorrow, None).await.unwrap().findings, [Finding::Day(day)]);
    tamper(
        &world,
        "DELETE FROM audit_seals WHERE seq = 1; UPDATE audit_days SET lines = lines + 1",
    )
    .await;
    let findings = verify(&tomorrow, None).await.unwrap().findings;
    assert!(
        findings.contains(&Finding::Missing(1)) && findings.contains(&Finding::Inserted(ids[0])),
        "{findings:?}"
    );
}

#[tokio::test]
async fn the_trail_refuses_changes_without_tampering() {
    let (world, _) = linked().await;
    for sql in [
        "UPDATE audit_log SET action = 'x'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log CASCADE",
        "UPDATE audit_seals SET head = ''",
        "DELETE FROM audit_seals",
        "DELETE FROM audit_days",
        "INSERT INTO audit_log (at, actor_kind, action, subject_type, uid) VALUES (now(), 'user', 'x', 'y', gen_random_uuid())",
    ] {
        let refused = world.db.try_execute(sql).await.unwrap_err();
        assert!(
            refused.contains("append-only") || refused.contains("audit_log_marked"),
            "{sql}: {refused}"
        );
    }
    assert!(look(&world).await.findings.is_empty());
}

#[derive(Debug)]
struct Tomorrow;

impl domain::clock::Clock for Tomorrow {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        chrono::Utc::now() + chrono::Duration::days(1)
    }
}

#[tokio::test]
async fn the_trail_is_read_with_filters_page_by_page_and_exported() {
    let (world, _) = linked().await;
    let admin = world.token_of("admin@cloudmanager.test").await;
    let agent = world.token_of(AGENT).await;
    let get = async |token: &str, path: &str| world.act(token, "GET", path, None, serde_json::Value::Null).await;
    for path in ["/api/v1/audit", "/api/v1/audit/export"] {
        assert_eq!(get(&agent, path).await.code(), "forbidden", "{path}");
    }
    let changed = get(&admin, "/api/v1/audit?action=user.&limit=2").await;
    assert_eq!(changed.body["items"].as_array().unwrap().len(), 2);
    let first = &changed.body["items"][0];
    assert_eq!(
        first["data"]["name"],
        json!({ "from": "كريم \"x\"", "to": "Karim Agent" })
    );
    assert_eq!(
        (&first["actor"]["email"], first["session_id"].is_string()),
        (&json!(AGENT), true)
    );
    let cursor = changed.body["next_cursor"].as_str().unwrap();
    let rest = get(&admin, &format!("/api/v1/audit?action=user.&limit=2&cursor={cursor}")).await;
    assert_eq!(
        (rest.body["items"].as_array().unwrap().len(), &rest.body["next_cursor"]),
        (1, &json!(null))
    );
    let other = get(&admin, &format!("/api/v1/audit?action=ticket.&limit=2&cursor={cursor}")).await;
    assert_eq!(other.code(), "invalid_cursor");
    let none = get(&admin, "/api/v1/audit?action=user%25&ip=%00&to=2020-01-01T00:00:00Z").await;
    assert_eq!(none.body["items"], json!([]), "{:?}", none.body);

    let own = get(&agent, "/api/v1/me/activity").await;
    let own = own.body["items"].as_array().unwrap().clone();
    assert!(own.len() > 4 && own.iter().all(|line| line["actor"]["email"] == AGENT));
    let renamed = get(&agent, "/api/v1/me/activity?action=user.changed&limit=1").await;
    assert_eq!(
        renamed.body["items"][0]["data"]["name"]["to"], "Karim Agent",
        "what is about oneself is whole"
    );
    let cursor = renamed.body["next_cursor"].as_str().unwrap();
    let rest = get(
        &agent,
        &format!("/api/v1/me/activity?action=user.changed&cursor={cursor}"),
    )
    .await;
    assert_eq!(rest.body["items"].as_array().unwrap().len(), 2);
    let made = get(&agent, "/api/v1/me/activity?subject_type=ticket").await;
    assert!(
        made.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|line| line["subject_type"] == "ticket")
    );
    assert!(!made.body["items"].as_array().unwrap().is_empty());
    let past = get(&agent, "/api/v1/me/activity?to=2020-01-01T00:00:00Z").await;
    assert_eq!(past.body["items"], json!([]));

    let export = get(&admin, "/api/v1/audit/export?action=user.").await;
    let text = export.body.as_str().unwrap().trim_start_matches('\u{feff}').to_owned();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("id,at,actor_kind") && lines.len() == 4, "{text}");
    assert!(text.contains("كريم") && export.headers["content-type"] == "text/csv; charset=utf-8");
    let noted = get(&admin, "/api/v1/audit?action=audit.export").await;
    assert_eq!(
        noted.body["items"][0]["data"]["action"], "user.",
        "an export leaves its own line"
    );
}

#[tokio::test]
async fn ones_own_activity_names_nobody_else() {
    let world = World::new().await;
    let admin = world.token_of("admin@cloudmanager.test").await;
    let get = async |path: &str| world.act(&admin, "GET", path, None, serde_json::Value::Null).await;
    let agent = get("/api/v1/users?q=agent%40").await.body["items"][0].clone();
    let path = format!("/api/v1/users/{}/suspend", agent["id"].as_str().unwrap());
    let version = agent["version"].as_i64();
    let suspended = world.act(&admin, "POST", &path, version, serde_json::Value::Null).await;
    assert_eq!(suspended.status, 200, "{:?}", suspended.body);
    let role = agent["role"]["id"].clone();
    let new = json!({ "email": "nora@example.dz", "name": "Nora", "role_id": role });
    let invited = world.act(&admin, "POST", "/api/v1/users", None, new).await;
    assert_eq!(invited.status, 201, "{:?}", invited.body);
    // The trail says whom it was about; what is read as one's own activity says what was done.
    let line = get("/api/v1/audit?action=user.invite").await.body["items"][0].clone();
    assert_eq!(line["data"]["email"]["to"], "nora@example.dz", "{line}");
    let line = get("/api/v1/me/activity?action=user.invite").await.body["items"][0].clone();
    assert_eq!(
        (&line["action"], line["data"].get("email"), line["data"].get("name")),
        (&json!("user.invite"), None, None),
        "{line}"
    );
    let line = get("/api/v1/me/activity?action=user.suspend").await.body["items"][0].clone();
    assert_eq!(
        line["data"],
        json!({ "status": { "from": "active", "to": "suspended" } })
    );
}
