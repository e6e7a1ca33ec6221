//! Copies of all that is kept about a person: who may ask for them, what is in them, and that a broken try leaves nothing behind.

use std::{
    io::{Cursor, Read},
    sync::Arc,
};

use app::{AppError, privacy::export};
use axum::{
    body::to_bytes,
    http::{Request, StatusCode, header},
};
use chrono::TimeDelta;
use futures::FutureExt;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    client::{ADMIN, AGENT, Hands, URL, World},
    customers::{CLIENT, Person, company},
};

const MINE: &str = "/api/v1/me/exports";

async fn make(world: &World, id: Uuid) -> Result<(), AppError> {
    export::make(&world.state.app, id, &|_| async { Ok(()) }.boxed()).await
}

fn id_of(body: &Value) -> Uuid {
    body["id"].as_str().unwrap().parse().unwrap()
}

/// A ticket of the client's with a file that fills more than one part of an archive; returns the file's bytes.
async fn ticket(world: &World, client: &Person) -> bytes::Bytes {
    let opened = client
        .call(
            "POST",
            "/api/v1/tickets",
            json!({ "subject": "Ma facture", "body": "<b>Bonjour</b> & merci", "priority": "low" }),
        )
        .await;
    assert_eq!(opened.status, StatusCode::CREATED, "{:?}", opened.body);
    let noise: Vec<u8> = (0u32..2_500_000)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    let sha256 = world.state.app.blobs.put(noise.clone().into()).await.unwrap();
    world
        .db
        .execute(&format!(
            "INSERT INTO attachments (id, message_id, uploader_id, name, content_type, size, sha256, created_at)
             SELECT gen_random_uuid(), m.id, m.author_user_id, '../فاتورة.bin', 'application/octet-stream', 1, '\\x{}', now()
             FROM ticket_messages m WHERE m.ticket_id = '{}' LIMIT 1",
            data_encoding::HEXLOWER.encode(&sha256),
            opened.body["id"].as_str().unwrap()
        ))
        .await;
    noise.into()
}

/// The archive behind this path.
async fn archive(person: &Person, path: &str) -> zip::ZipArchive<Cursor<Vec<u8>>> {
    let request = Request::get(path).header(header::AUTHORIZATION, person.bearer());
    let answer = person
        .world()
        .raw(request.body(axum::body::Body::empty()).unwrap())
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let disposition = answer.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(disposition.starts_with("attachment"), "{disposition}");
    let said: usize = answer.headers()[header::CONTENT_LENGTH]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    let bytes = to_bytes(answer.into_body(), 50_000_000).await.unwrap();
    assert_eq!(bytes.len(), said);
    zip::ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap()
}

fn text(archive: &mut zip::ZipArchive<Cursor<Vec<u8>>>, name: &str) -> String {
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn somebody_gets_all_that_is_kept_about_him_and_nothing_secret() {
    let world = World::new().await;
    let client = Person::new(&world, CLIENT).await;
    let customer = client.made(company("SARL Copie", "copie@a.dz")).await;
    let customer = customer.rsplit('/').next().unwrap().to_owned();
    let file = ticket(&world, &client).await;
    world
        .db
        .execute(&format!(
            "INSERT INTO customer_notes (id, customer_id, author_id, body, created_at, updated_at)
             SELECT gen_random_uuid(), '{customer}', id, 'pays late', now(), now() FROM users WHERE email = '{AGENT}'"
        ))
        .await;
    let asked = client.call("POST", MINE, Value::Null).await;
    assert_eq!(
        (asked.status, &asked.body["state"]),
        (StatusCode::ACCEPTED, &json!("queued"))
    );
    let again = client.call("POST", MINE, Value::Null).await;
    assert_eq!(
        (again.status, again.code()),
        (StatusCode::CONFLICT, "export_in_progress")
    );
    let id = id_of(&asked.body);
    let path = format!("{MINE}/{id}/archive");
    assert_eq!(
        client.get(&path).await.status,
        StatusCode::NOT_FOUND,
        "it is not made yet"
    );
    make(&world, id).await.unwrap();
    let letters = world.mails().await;
    assert!(letters.iter().any(|mail| mail.to == CLIENT), "{letters:?}");

    let mut zip = archive(&client, &path).await;
    let index = text(&mut zip, "index.html");
    assert!(
        index.contains(CLIENT) && index.contains("data/messages.html"),
        "{index}"
    );
    let account: Value = serde_json::from_str(&text(&mut zip, "data/account.json")).unwrap();
    assert_eq!(account[0]["email"], CLIENT);
    let messages: Value = serde_json::from_str(&text(&mut zip, "data/messages.json")).unwrap();
    assert!(
        messages[0]["body_text"].as_str().unwrap().contains("Bonjour"),
        "{messages}"
    );
    assert!(text(&mut zip, "data/customers.json").contains("SARL Copie"));
    assert!(text(&mut zip, "data/logins.json").contains("success"));
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let name = names.iter().find(|name| name.starts_with("files/")).unwrap();
    assert!(name.ends_with("_فاتورة.bin") && !name.contains(".."), "{name}");
    let mut content = Vec::new();
    zip.by_name(name).unwrap().read_to_end(&mut content).unwrap();
    assert!(content == file, "the file is another one");
    for name in names.iter().filter(|name| name.starts_with("data/")) {
        let text = text(&mut zip, name);
        for secret in ["$argon2", "pays late", "nin_sealed", "secret"] {
            assert!(
                !text.contains(secret) || name.contains("second_factors"),
                "{name} tells {secret}"
            );
        }
    }
    let listed = client.get(MINE).await.body;
    assert_eq!(
        (&listed["items"][0]["state"], &listed["items"][0]["downloads"]),
        (&json!("ready"), &json!(1))
    );
    let trail = "SELECT action FROM audit_log WHERE action LIKE 'user.export%' ORDER BY id";
    assert_eq!(
        world.db.texts(trail).await,
        ["user.export_asked", "user.export_made", "user.export_opened"]
    );
}

#[tokio::test]
async fn a_try_that_was_killed_leaves_nothing_and_one_that_was_overtaken_writes_nothing() {
    let world = World::new().await;
    let client = Person::new(&world, CLIENT).await;
    ticket(&world, &client).await;
    let id = id_of(&client.call("POST", MINE, Value::Null).await.body);
    let parts = "SELECT count(*)::text FROM personal_export_parts";
    // It dies after the files, before the end.
    let killed = |percent| {
        async move {
            if percent > 70 {
                return Err(AppError::Unavailable("killed".to_owned()));
            }
            Ok(())
        }
        .boxed()
    };
    assert!(export::make(&world.state.app, id, &killed).await.is_err());
    assert_ne!(world.db.texts(parts).await, ["0"], "something was stored");
    let before = world.db.texts("SELECT encode(blob, 'hex') FROM sealed_files").await;

    // A worker that was taken for dead goes on beside the next one.
    let app = &world.state.app;
    let overtaken = |percent| {
        async move {
            if percent > 70 {
                export::make(app, id, &|_| async { Ok(()) }.boxed()).await?;
            }
            Ok(())
        }
        .boxed()
    };
    let overtaken = export::make(app, id, &overtaken).await;
    assert!(matches!(overtaken, Err(AppError::Stale)), "{overtaken:?}");
    let mut zip = archive(&client, &format!("{MINE}/{id}/archive")).await;
    assert!(text(&mut zip, "data/account.json").contains(CLIENT));
    assert_eq!(
        world.db.texts(parts).await,
        world.db.texts("SELECT count(*)::text FROM sealed_files").await,
        "no part of an earlier try is left"
    );
    // Once it is made, another run of the job changes nothing.
    make(&world, id).await.unwrap();
    assert_eq!(world.mails().await.len(), 1);
    // The bytes of broken tries go as well.
    app::retention::clean_up(app).await.unwrap();
    for blob in before {
        let sha256 = data_encoding::HEXLOWER.decode(blob.as_bytes()).unwrap();
        assert!(matches!(app.blobs.get(&sha256).await, Err(AppError::NotFound)));
    }
}

#[tokio::test]
async fn it_needs_a_fresh_proof_is_paced_and_goes_when_its_time_is_over() {
    let hands = Hands::new();
    let world = World::at(super::client::quiet(URL), hands.clone()).await;
    let client = Person::new(&world, CLIENT).await;
    let id = id_of(&client.call("POST", MINE, Value::Null).await.body);
    make(&world, id).await.unwrap();
    let path = format!("{MINE}/{id}/archive");
    for _ in 0..2 {
        let id = id_of(&client.call("POST", MINE, Value::Null).await.body);
        make(&world, id).await.unwrap();
    }
    let fourth = client.call("POST", MINE, Value::Null).await;
    assert_eq!(fourth.status, StatusCode::TOO_MANY_REQUESTS, "{:?}", fourth.body);
    hands.forward(TimeDelta::minutes(6));
    for (method, path) in [("POST", MINE), ("GET", path.as_str())] {
        assert_eq!(
            client.call(method, path, Value::Null).await.code(),
            "step_up_required",
            "{method}"
        );
    }
    // Others do not learn that there is one.
    let other = Person::stranger(&world, "other@x.test").await;
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.get(MINE).await.body["items"], json!([]));

    hands.forward(TimeDelta::days(7));
    let client = Person::new(&world, CLIENT).await;
    assert_eq!(
        client.get(&path).await.status,
        StatusCode::NOT_FOUND,
        "its time is over"
    );
    app::retention::clean_up(&world.state.app).await.unwrap();
    let left = "SELECT (SELECT count(*) FROM sealed_files) || ' ' || (SELECT count(*) FROM doomed_blobs)";
    assert_eq!(world.db.texts(left).await, ["0 0"]);
    assert_eq!(client.get(MINE).await.body["items"][0]["state"], "expired");
}

#[tokio::test]
async fn staff_need_the_permission_and_see_only_the_person_they_asked_about() {
    let world = World::new().await;
    let client = Person::new(&world, CLIENT).await;
    let me = client.get("/api/v1/me").await.body["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/users/{me}/exports");
    let agent = Person::new(&world, AGENT).await;
    assert_eq!(
        agent.call("POST", &path, Value::Null).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(agent.get(&path).await.status, StatusCode::FORBIDDEN);
    let admin: Arc<Person> = Arc::new(Person::new(&world, ADMIN).await);
    let nobody = format!("/api/v1/users/{}/exports", Uuid::now_v7());
    assert_eq!(
        admin.call("POST", &nobody, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    let asked = admin.call("POST", &path, Value::Null).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{:?}", asked.body);
    let id = id_of(&asked.body);
    make(&world, id).await.unwrap();
    let mut zip = archive(&admin, &format!("{path}/{id}/archive")).await;
    assert!(text(&mut zip, "data/account.json").contains(CLIENT));
    // It is staff's copy; and under another person's name it does not exist.
    assert_eq!(client.get(MINE).await.body["items"], json!([]));
    assert_eq!(
        client.get(&format!("{MINE}/{id}/archive")).await.status,
        StatusCode::NOT_FOUND
    );
    let other = admin.get("/api/v1/me").await.body["id"].as_str().unwrap().to_owned();
    let wrong = admin.get(&format!("/api/v1/users/{other}/exports/{id}/archive")).await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
}
