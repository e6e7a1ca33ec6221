//! Notes, documents, timeline and saved views of customers.

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use super::{
    client::{ADMIN, AGENT, Answer, World},
    customers::{Person, company},
};

const CLIENT: &str = "client@cloudmanager.test";

impl Person {
    /// Uploads bytes.
    pub async fn upload(&self, path: &str, bytes: Vec<u8>) -> Answer {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, self.bearer())
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .body(Body::from(bytes))
            .unwrap();
        self.world().send(request).await
    }

    /// Downloads bytes with their headers.
    pub async fn download(&self, path: &str) -> (StatusCode, axum::http::HeaderMap, Vec<u8>) {
        let request = Request::get(path)
            .header(header::AUTHORIZATION, self.bearer())
            .body(Body::empty())
            .unwrap();
        let (parts, body) = self.world().raw(request).await.into_parts();
        (
            parts.status,
            parts.headers,
            to_bytes(body, 30_000_000).await.unwrap().to_vec(),
        )
    }
}

#[tokio::test]
async fn who_is_mentioned_is_told_once_and_by_mail_only_where() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    let admin = Person::new(&world, ADMIN).await;
    let path = agent.made(company("SARL A", "a@a.dz")).await;
    let agents = agent.get("/api/v1/agents").await.body;
    let id_of = |name: &str| {
        let all = agents["items"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap()["id"].clone()
    };
    let (me, other) = (agent.get("/api/v1/me").await.body, admin.get("/api/v1/me").await.body);
    let (me, other) = (me["name"].as_str().unwrap(), other["name"].as_str().unwrap());
    let told = "SELECT r.recipient || ' ' || r.body_text FROM outgoing_mails r WHERE r.event_key LIKE 'mention.%'";
    let body = format!("@{other} and @{me}: pays late");
    let note = json!({ "body": body, "mentions": [id_of(other), id_of(me)] });
    let kept = agent.call("POST", &format!("{path}/notes"), note.clone()).await.body;
    let mut named: Vec<_> = kept["mentions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["name"].as_str().unwrap())
        .collect();
    named.sort_unstable();
    let mut expected = vec![me, other];
    expected.sort_unstable();
    assert_eq!(named, expected);
    let mails = world.db.texts(told).await;
    assert_eq!(mails.len(), 1, "nobody tells himself: {mails:?}");
    assert!(
        mails[0].starts_with(ADMIN) && !mails[0].contains("pays late"),
        "{mails:?}"
    );
    let centre = "SELECT topic FROM notifications";
    assert_eq!(world.db.texts(centre).await, ["mention"]);
    let one = format!("{path}/notes/{}", kept["id"].as_str().unwrap());
    let bearer = agent.bearer();
    let again = world
        .call("PUT", &one, &[("authorization", &bearer), ("if-match", "\"1\"")], note)
        .await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(
        world.db.texts(told).await.len(),
        1,
        "a change of the text mentions nobody anew"
    );
    // Taken out and put back he is not told again, by mail or in his browsers.
    for (version, mentions) in [(2, json!([])), (3, json!([id_of(other)]))] {
        let etag = format!("\"{version}\"");
        let headers = [("authorization", bearer.as_str()), ("if-match", etag.as_str())];
        let note = json!({ "body": body, "mentions": mentions });
        let changed = world.call("PUT", &one, &headers, note).await;
        assert_eq!(changed.status, StatusCode::OK, "{:?}", changed.body);
    }
    assert_eq!(world.db.texts(told).await.len(), 1);
    let events = "SELECT user_id::text FROM events WHERE type = 'mention.made'";
    assert_eq!(world.db.texts(events).await, [id_of(other).as_str().unwrap()]);
}

#[tokio::test]
async fn notes_are_internal_pinned_ones_first_and_only_ones_own_change() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    let admin = Person::new(&world, ADMIN).await;
    let client = Person::new(&world, CLIENT).await;
    let path = client.made(company("SARL A", "a@a.dz")).await;
    let notes = format!("{path}/notes");
    assert_eq!(client.get(&notes).await.status, StatusCode::FORBIDDEN);
    let first = agent
        .call("POST", &notes, json!({ "body": "pays late", "pinned": true }))
        .await;
    assert_eq!(first.status, StatusCode::CREATED, "{:?}", first.body);
    admin.call("POST", &notes, json!({ "body": "called today" })).await;
    let all = agent.get(&notes).await.body;
    assert_eq!((&all[0]["body"], &all[0]["mine"]), (&json!("pays late"), &json!(true)));
    let one = format!("{notes}/{}", first.body["id"].as_str().unwrap());
    let headers = |person: &Person| person.bearer();
    let put = async |person: &Person, etag: &str, body: Value| {
        let bearer = headers(person);
        world
            .call("PUT", &one, &[("authorization", &bearer), ("if-match", etag)], body)
            .await
    };
    assert_eq!(
        put(&admin, "\"1\"", json!({ "body": "pays well" })).await.code(),
        "note_of_another"
    );
    assert_eq!(
        put(&admin, "\"1\"", json!({ "body": "pays late", "pinned": false }))
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(
        put(&agent, "\"1\"", json!({ "body": "x" })).await.status,
        StatusCode::PRECONDITION_FAILED
    );
    assert_eq!(admin.call("DELETE", &one, Value::Null).await.code(), "note_of_another");
    assert_eq!(
        agent.call("DELETE", &one, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    let unknown = json!({ "body": "@x", "mentions": ["01890000-0000-7000-8000-000000000000"] });
    assert_eq!(
        agent.call("POST", &notes, unknown).await.body["errors"][0]["code"],
        "unknown_agent"
    );

    // Customer's requests and staff's work in one line of time; the pages join without gap or repetition.
    let mut keys = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = agent
            .get(&format!("{path}/timeline?limit=2&cursor={cursor}"))
            .await
            .body;
        keys.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|m| m["action"].as_str().unwrap().to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(
        keys,
        [
            "customer.note_delete",
            "customer.note_edit",
            "customer.note_add",
            "customer.note_add",
            "customer.create"
        ]
    );
    assert_eq!(
        client.get(&format!("{path}/timeline")).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(agent.get(&format!("{path}/figures")).await.body["notes"], 1);
}

#[tokio::test]
async fn documents_are_kept_encrypted_and_shown_to_those_they_are_shared_with() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    let client = Person::new(&world, CLIENT).await;
    let other = Person::stranger(&world, "other@x.dz").await;
    let path = client.made(company("SARL A", "a@a.dz")).await;
    let documents = format!("{path}/documents");
    let canary = b"%PDF-1.4 canary-7c1f".to_vec();
    let name = "..%2F..%2Fetc%2Fcontrat%20%D8%B9%D9%82%D8%AF.pdf";
    let made = agent
        .upload(
            &format!("{documents}?filename={name}&category=contract"),
            canary.clone(),
        )
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    assert_eq!(
        (&made.body["name"], &made.body["content_type"]),
        (&json!("contrat عقد.pdf"), &json!("application/pdf"))
    );
    let one = format!("{documents}/{}", made.body["id"].as_str().unwrap());

    // Neither the member nor a stranger reaches what is not his.
    assert_eq!(client.get(&documents).await.body, json!([]));
    assert_eq!(client.get(&one).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        client
            .change("PUT", &one, &documents, json!({ "shared": true }))
            .await
            .status,
        StatusCode::FORBIDDEN
    );
    let unread = agent.call("PUT", &one, json!({ "shared": true })).await;
    assert_eq!(unread.status, StatusCode::PRECONDITION_REQUIRED);
    agent.change("PUT", &one, &documents, json!({ "shared": true })).await;
    let late = agent.change("PUT", &one, &documents, json!({ "shared": false })).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let (status, headers, bytes) = client.download(&one).await;
    assert_eq!((status, &bytes), (StatusCode::OK, &canary));
    assert!(
        headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(other.get(&one).await.status, StatusCode::NOT_FOUND);
    let foreign = other.made(company("SARL B", "b@b.dz")).await;
    let crossed = one.replace(&path, &foreign);
    assert_eq!(other.get(&crossed).await.status, StatusCode::NOT_FOUND);

    // Programs and pages are refused whatever they are called; so are empty files.
    for (name, bytes) in [
        ("a.pdf", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff".to_vec()),
        ("page.html", b"<script>alert(1)</script>".to_vec()),
        ("a.svg.png", b"<svg onload=alert(1)>".to_vec()),
        ("empty.pdf", Vec::new()),
    ] {
        let answer = agent
            .upload(&format!("{documents}?filename={name}&category=other"), bytes)
            .await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{name} {:?}",
            answer.body
        );
    }

    // What the blob store holds is ciphertext, and a new key takes over without touching it.
    let mut conn = world.db.pool.get().await.unwrap();
    let row = store::sealed_file::under_other_keys(&mut conn, "none", 10)
        .await
        .unwrap()
        .remove(0);
    drop(conn);
    let stored = world.state.app.blobs.get(&row.blob).await.unwrap();
    assert!(!stored.windows(canary.len()).any(|part| part == canary));
    let mut app = world.state.app.clone();
    let keys = vec![("2027".to_owned(), [3; 32])];
    app.keys = std::sync::Arc::new(app::seal::MasterKey::new(&[7; 32]).with_file_keys(keys));
    assert_eq!(app::vault::rotate(&app).await.unwrap(), 1);
    assert_eq!(app::vault::rotate(&app).await.unwrap(), 0);
    assert_eq!(app::vault::get(&app, row.id).await.unwrap().1, canary);
    assert!(
        app::vault::get(&world.state.app, row.id).await.is_err(),
        "the old key opens nothing any more"
    );
    world.db.execute("UPDATE sealed_files SET sha256 = '\\x00'").await;
    assert!(
        app::vault::get(&app, row.id).await.is_err(),
        "other content than was stored is noticed"
    );
}

#[tokio::test]
async fn views_are_ones_own() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    let admin = Person::new(&world, ADMIN).await;
    let path = "/api/v1/saved-views";
    let view = json!({ "list": "customers", "name": " Active\n", "query": "status=active" });
    let kept = agent.call("POST", path, view.clone()).await;
    assert_eq!((kept.status, &kept.body["name"]), (StatusCode::OK, &json!("Active")));
    agent
        .call(
            "POST",
            path,
            json!({ "list": "customers", "name": "Active", "query": "status=pending" }),
        )
        .await;
    let mine = agent.get(&format!("{path}?list=customers")).await.body;
    assert_eq!(
        (mine.as_array().unwrap().len(), &mine[0]["query"]),
        (1, &json!("status=pending"))
    );
    assert_eq!(admin.get(&format!("{path}?list=customers")).await.body, json!([]));
    assert_eq!(agent.get(&format!("{path}?list=tickets")).await.body, json!([]));
    let elsewhere = json!({ "list": "my_tickets", "name": "Active", "query": "state=open" });
    assert_eq!(agent.call("POST", path, elsewhere).await.status, StatusCode::OK);
    let one = format!("{path}/{}", kept.body["id"].as_str().unwrap());
    assert_eq!(
        admin.call("DELETE", &one, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        agent.call("DELETE", &one, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    let odd = json!({ "list": "customers", "name": "x", "query": "a b\n" });
    assert_eq!(
        agent.call("POST", path, odd).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}
