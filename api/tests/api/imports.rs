//! Customers from files: upload, check, import, and every way in which a file can be wrong.

use std::{fmt::Write, sync::Arc, time::Instant};

use app::{AppError, customer::import};
use axum::http::StatusCode;
use futures::FutureExt;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    client::{ADMIN, AGENT, Answer, PASSWORD, World},
    customers::{Person, company},
};

const IMPORTS: &str = "/api/v1/customers/imports";

fn quiet() -> impl Fn(i16) -> futures::future::BoxFuture<'static, Result<(), AppError>> {
    |_| async { Ok(()) }.boxed()
}

/// Uploads a file and gives its answer.
async fn upload(person: &Person, name: &str, bytes: impl AsRef<[u8]>) -> Answer {
    person
        .upload(&format!("{IMPORTS}?filename={name}"), bytes.as_ref().to_vec())
        .await
}

fn place(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
    format!("{IMPORTS}/{}", answer.body["id"].as_str().unwrap())
}

fn id(place: &str) -> Uuid {
    place.rsplit('/').next().unwrap().parse().unwrap()
}

/// Uploads and checks under the proposed mapping.
async fn checked(world: &World, person: &Person, bytes: impl AsRef<[u8]>) -> String {
    let uploaded = upload(person, "list.csv", bytes).await;
    let one = place(&uploaded);
    let mapping = json!({ "mapping": uploaded.body["mapping"] });
    let answer = person.change("POST", &format!("{one}/check"), &one, mapping).await;
    assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
    assert_eq!(answer.body["state"], "checking");
    import::check(&world.state.app, id(&one), &quiet()).await.unwrap();
    one
}

async fn confirm(person: &Person, one: &str) -> Answer {
    let fingerprint = person.get(one).await.body["fingerprint"].clone();
    let body = json!({ "fingerprint": fingerprint });
    person.call("POST", &format!("{one}/confirm"), body).await
}

async fn count(world: &World, sql: &str) -> i64 {
    world.db.texts(sql).await[0].parse().unwrap()
}

const IMPORTED: &str = "SELECT count(*)::text FROM customers WHERE source = 'import'";

/// A list of companies that the check finds good.
fn companies(rows: usize) -> String {
    let mut text = "Raison sociale;E-mail;NIF;Téléphone;Adresse;Ville;Wilaya\r\n".to_owned();
    for n in 0..rows {
        writeln!(
            text,
            "SARL Numéro {n};contact{n}@example{n}.dz;{:015};0550{:06};{n}, rue Didouche;Alger;16\r",
            100_000_000_000_000 + n,
            n % 1_000_000
        )
        .unwrap();
    }
    text
}

#[tokio::test]
async fn a_file_is_mapped_checked_confirmed_and_imported() {
    let world = World::new().await;
    let admin = Person::new(&world, ADMIN).await;
    let taken = json!({ "kind": "corporate", "company_name": "EURL Ancienne", "email": "old@old.dz", "nif": "000116009999999" });
    let old = admin.create(taken).await.body["number"].as_i64().unwrap();
    // As a spreadsheet in French writes it: Windows-1252 and semicolons.
    let text = "Raison sociale;Pr\u{e9}nom;Nom;E-mail;NIF;T\u{e9}l.;RIB;NIN;Wilaya;Ville;Adresse;Remarque\r\n\
        Soci\u{e9}t\u{e9} \u{c9}toile;;;etoile@example.dz;0001 1600 1234 567;0550 12 34 56;;;16;Alger;1 rue A;x\r\n\
        ;Lina;Ben Ali;lina@example.dz;;;;109850123456789012;;;;\r\n\
        SARL B;;;nobody;12;;00799999123456789000;;99;Oran;;\r\n\
        SARL C;;;c@example.dz;000116009999999;;;;;;;\r\n\
        SARL D;;;etoile@example.dz;000116001234567;;;;;;;\r\n\
        SARL E;e@example.dz\r\n";
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let uploaded = upload(&admin, "clients.csv", &bytes).await;
    let one = place(&uploaded);
    let body = &uploaded.body;
    assert_eq!(
        (&body["encoding"], &body["delimiter"], &body["total"]),
        (&json!("windows-1252"), &json!(";"), &json!(6))
    );
    assert_eq!(body["mapping"][0], "company_name");
    assert_eq!(
        (&body["mapping"][11], &body["sample"][0][0]),
        (&Value::Null, &json!("Société Étoile"))
    );
    assert_eq!(confirm(&admin, &one).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let check = format!("{one}/check");
    let wrong = admin.change("POST", &check, &one, json!({ "mapping": [null] })).await;
    assert_eq!(wrong.body["errors"][0]["code"], "import_mapping_width");
    let unread = admin.call("POST", &check, json!({ "mapping": body["mapping"] })).await;
    assert_eq!(unread.status, StatusCode::PRECONDITION_REQUIRED);
    admin
        .change("POST", &check, &one, json!({ "mapping": body["mapping"] }))
        .await;
    import::check(&world.state.app, id(&one), &quiet()).await.unwrap();
    import::check(&world.state.app, id(&one), &quiet()).await.unwrap();
    let report = admin.get(&one).await.body;
    assert_eq!(report["state"], "checked", "{report}");
    let counts = ["valid", "duplicates", "rejected"].map(|key| report[key].as_i64().unwrap());
    assert_eq!(counts, [2, 2, 2]);
    assert_eq!(count(&world, IMPORTED).await, 0, "a check makes nobody");

    let rows = admin.get(&format!("{one}/rows?outcome=faulty&locale=en")).await.body;
    let issues: Vec<(i64, String, String)> = rows["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| {
            row["issues"].as_array().unwrap().iter().map(|issue| {
                let column = issue["column"].as_str().unwrap_or("row").to_owned();
                (
                    row["line"].as_i64().unwrap(),
                    column,
                    issue["message"].as_str().unwrap().to_owned(),
                )
            })
        })
        .collect();
    let has = |line: i64, column: &str, message: &str| {
        assert!(
            issues
                .iter()
                .any(|(l, c, m)| *l == line && c == column && m.contains(message)),
            "{line} {column} {message}: {issues:?}"
        );
    };
    has(4, "email", "no e-mail address");
    has(4, "nif", "15 or 20 digits");
    has(4, "rib", "key");
    has(4, "wilaya", "no wilaya");
    has(4, "line1", "must not be empty");
    has(5, "nif", &old.to_string());
    has(6, "nif", "line 2");
    has(7, "row", "as many cells");

    let other = json!({ "fingerprint": "0".repeat(64) });
    let answer = admin.call("POST", &format!("{one}/confirm"), other).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "import_changed"));
    assert_eq!(confirm(&admin, &one).await.body["state"], "importing");
    import::carry_out(&world.state.app, id(&one), &quiet()).await.unwrap();
    import::carry_out(&world.state.app, id(&one), &quiet()).await.unwrap();
    let done = admin.get(&one).await.body;
    assert_eq!((&done["state"], &done["imported"]), (&json!("done"), &json!(2)));
    let rows = admin.get(&format!("{one}/rows?outcome=imported")).await.body;
    let path = format!(
        "/api/v1/customers/{}",
        rows["items"][0]["customer_id"].as_str().unwrap()
    );
    let made = admin.get(&path).await.body;
    assert_eq!(
        (&made["name"], &made["nif"], &made["phone"], &made["source"]),
        (
            &json!("Société Étoile"),
            &json!("000116001234567"),
            &json!("+213550123456"),
            &json!("import")
        )
    );
    assert_eq!(admin.get(&format!("{path}/addresses")).await.body[0]["wilaya"], 16);
    let person = format!(
        "/api/v1/customers/{}",
        rows["items"][1]["customer_id"].as_str().unwrap()
    );
    assert_eq!(admin.get(&person).await.body["nin_last4"], "9012");
    let audited = "SELECT string_agg(action, ' ' ORDER BY id) FROM audit_log WHERE subject_type = 'customer_import'";
    assert_eq!(
        world.db.texts(audited).await[0],
        "customer_import.upload customer_import.check customer_import.checked customer_import.confirm customer_import.batch customer_import.done"
    );
    let stored = "SELECT count(*)::text FROM customer_import_rows WHERE errors::text LIKE '%109850123456789012%'";
    assert_eq!(count(&world, stored).await, 0);

    let again = upload(&admin, "clients.csv", &bytes).await;
    assert!(
        again.body["imported_before"].is_string(),
        "the same file twice is warned of"
    );
    let listed = admin.get(IMPORTS).await.body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_no_table_is_refused_with_its_reason() {
    let world = World::new().await;
    let admin = Person::new(&world, ADMIN).await;
    let wide = format!("{}\n1\n", "a,".repeat(10_000));
    let long = format!("a\n{}", "1\n".repeat(100_001));
    let cases: [(&[u8], &str); 9] = [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"nom;email\r\n", "import_no_rows"),
        (b"PK\x03\x04\x14\0\x06\0xl/workbook.xml", "not_csv"),
        (b"nom;email\nA\0B;a@b.dz\n", "not_csv"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not_csv"),
        (b"nom;email\nA;\"b@c.dz\nB;d@e.dz\n", "import_open_quote"),
        (wide.as_bytes(), "import_too_many_columns"),
        (long.as_bytes(), "import_too_many_rows"),
    ];
    for (bytes, code) in cases {
        let answer = upload(&admin, "list.csv", bytes).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{code}");
        assert_eq!(answer.body["errors"][0]["code"], code, "{:?}", answer.body);
    }
    let huge = upload(&admin, "list.csv", vec![b'a'; 20_000_001]).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    let announced = axum::http::Request::post(format!("{IMPORTS}?filename=list.csv"))
        .header("authorization", admin.bearer())
        .header("content-length", "200000000")
        .body(axum::body::Body::empty())
        .unwrap();
    assert_eq!(world.send(announced).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(count(&world, "SELECT count(*)::text FROM customer_imports").await, 0);
}

#[tokio::test]
async fn odd_cells_are_told_and_compute_nothing_in_the_file_that_goes_back() {
    let world = World::new().await;
    let admin = Person::new(&world, ADMIN).await;
    let huge = "x".repeat(300_000);
    let text = format!(
        "company,email,email,phone\n=HYPERLINK(\"http://e\"),@SUM(1),,+1\n\
         شركة النور\u{202e},nour@example.dz,,٠٥٥٠١٢٣٤٥٦\n{huge},h@example.dz,,\n-1+1,\tx,,\na,b,c,d,=e\n"
    );
    let one = checked(&world, &admin, &text).await;
    let shown = admin.get(&one).await.body;
    assert_eq!(
        shown["mapping"],
        json!(["company_name", "email", null, "phone"]),
        "the second of two headers stays out"
    );
    let rows = admin.get(&format!("{one}/rows?locale=ar")).await.body;
    let outcome = |at: usize| rows["items"][at]["outcome"].as_str().unwrap();
    assert_eq!([0, 1, 2, 3].map(outcome), ["rejected", "valid", "rejected", "rejected"]);
    assert_eq!(rows["items"][1]["name"], "شركة النور");
    assert_eq!(rows["items"][2]["issues"][0]["code"], "too_long");
    assert!(rows["items"][2]["issues"][0]["value"].as_str().unwrap().len() <= 120);
    let (status, headers, bytes) = admin.download(&format!("{one}/rows/export?locale=fr")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    let text = String::from_utf8(bytes).unwrap();
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    assert!(lines.next().unwrap().ends_with("Ligne,Motif"));
    assert!(
        text.contains("'=HYPERLINK") && text.contains("'@SUM(1)") && text.contains("'-1+1") && text.contains("'=e")
    );
    assert!(text.contains("n’est pas une adresse e-mail"), "{}", &text[..200]);
    let (status, ..) = admin.download(&format!("{one}/rows/export?locale=xx")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_import_is_its_owners_alone() {
    let world = World::new().await;
    let admin = Person::new(&world, ADMIN).await;
    let one = checked(&world, &admin, companies(1)).await;
    app::seed::account(
        &world.state.app,
        "second@cloudmanager.test",
        "Second",
        "admin",
        PASSWORD,
    )
    .await
    .unwrap();
    let second = Person::new(&world, "second@cloudmanager.test").await;
    for path in [one.clone(), format!("{one}/rows"), format!("{one}/rows/export")] {
        assert_eq!(second.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let etag = ("if-match", "\"1\"");
    let bearer = second.bearer();
    let steps = [
        ("check", json!({ "mapping": [] })),
        ("confirm", json!({ "fingerprint": "0".repeat(64) })),
        ("cancel", Value::Null),
    ];
    for (step, body) in steps {
        let headers = [("authorization", bearer.as_str()), etag];
        let answer = world.call("POST", &format!("{one}/{step}"), &headers, body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{step}");
    }
    assert!(second.get(IMPORTS).await.body["items"].as_array().unwrap().is_empty());
    let client = Person::new(&world, "client@cloudmanager.test").await;
    assert_eq!(
        upload(&client, "x.csv", companies(1)).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(client.get(&one).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        Person::new(&world, AGENT).await.get(&one).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn workers_that_die_or_run_twice_lose_and_double_nothing() {
    let world = World::new().await;
    let admin = Person::new(&world, ADMIN).await;
    let one = checked(&world, &admin, companies(1600)).await;
    confirm(&admin, &one).await;
    // Killed after its first batch was committed.
    let dies = |_: i16| async { Err(AppError::Stale) }.boxed();
    assert!(import::carry_out(&world.state.app, id(&one), &dies).await.is_err());
    assert_eq!(count(&world, IMPORTED).await, 500);
    // Killed in the middle of a batch: whatever it had written goes with it.
    let app = world.state.app.clone();
    let target = id(&one);
    let running = tokio::spawn(async move { import::carry_out(&app, target, &quiet()).await });
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    running.abort();
    let _ = running.await;
    // Then three at once.
    let all = (0..3).map(|_| {
        let app = world.state.app.clone();
        tokio::spawn(async move { import::carry_out(&app, target, &quiet()).await })
    });
    for one in futures::future::join_all(all).await {
        one.unwrap().unwrap();
    }
    let done = admin.get(&one).await.body;
    assert_eq!((&done["state"], &done["imported"]), (&json!("done"), &json!(1600)));
    assert_eq!(count(&world, IMPORTED).await, 1600);
    assert_eq!(
        count(
            &world,
            "SELECT count(DISTINCT email)::text FROM customers WHERE source = 'import'"
        )
        .await,
        1600
    );
    let once = "SELECT count(*)::text FROM audit_log WHERE action = 'customer_import.done'";
    assert_eq!(count(&world, once).await, 1);
}

#[tokio::test]
async fn an_import_whose_job_ended_without_it_is_given_up_though_its_owner_left() {
    let world = World::new().await;
    let admin = Person::new(&world, ADMIN).await;
    let one = checked(&world, &admin, companies(3)).await;
    confirm(&admin, &one).await;
    assert_eq!(import::give_up_abandoned(&world.state.app).await.unwrap(), 0);
    let left = "UPDATE jobs SET state = 'dead' WHERE kind = 'run_customer_import'";
    world.db.execute(left).await;
    world
        .db
        .execute(
            "UPDATE customer_imports SET created_by = (SELECT id FROM users WHERE email = 'agent@cloudmanager.test');
                  UPDATE users SET deleted_at = now() WHERE email = 'agent@cloudmanager.test'",
        )
        .await;
    assert_eq!(import::give_up_abandoned(&world.state.app).await.unwrap(), 1);
    assert_eq!(import::give_up_abandoned(&world.state.app).await.unwrap(), 0);
    let stored = world
        .db
        .texts("SELECT state || ' ' || error FROM customer_imports")
        .await;
    assert!(stored[0].starts_with("failed the job"), "{stored:?}");
    let noted = "SELECT count(*)::text FROM audit_log WHERE action = 'customer_import.fail'";
    assert_eq!(count(&world, noted).await, 1);
}

#[tokio::test]
async fn what_happens_between_check_and_import_is_seen() {
    let world = World::new().await;
    let admin = Person::new(&world, ADMIN).await;
    let one = checked(&world, &admin, companies(3)).await;
    let taken = json!({ "kind": "corporate", "company_name": "X", "email": "x@x.dz", "nif": "100000000000001" });
    admin.made(taken).await;
    confirm(&admin, &one).await;
    import::carry_out(&world.state.app, id(&one), &quiet()).await.unwrap();
    let done = admin.get(&one).await.body;
    assert_eq!((&done["imported"], &done["duplicates"]), (&json!(2), &json!(1)));
    let rows = admin.get(&format!("{one}/rows?outcome=duplicate")).await.body;
    assert_eq!(rows["items"][0]["issues"][0]["column"], "nif");
}

#[tokio::test]
async fn a_cancelled_import_stops_and_keeps_what_it_made() {
    let world = World::new().await;
    let admin = Person::new(&world, ADMIN).await;
    let one = checked(&world, &admin, companies(1200)).await;
    confirm(&admin, &one).await;
    let dies = |_: i16| async { Err(AppError::Stale) }.boxed();
    assert!(import::carry_out(&world.state.app, id(&one), &dies).await.is_err());
    let cancelled = admin.call("POST", &format!("{one}/cancel"), Value::Null).await;
    assert_eq!(cancelled.body["state"], "cancelled", "{:?}", cancelled.body);
    import::carry_out(&world.state.app, id(&one), &quiet()).await.unwrap();
    assert_eq!(count(&world, IMPORTED).await, 500);
    let again = admin.call("POST", &format!("{one}/cancel"), Value::Null).await;
    assert_eq!(again.code(), "import_state");
}

#[tokio::test]
async fn an_address_may_be_shared_when_one_says_so() {
    let world = World::new().await;
    let admin = Person::new(&world, ADMIN).await;
    admin.made(company("There already", "shared@example.dz")).await;
    let text = "company,email\nA,shared@example.dz\nB,shared@example.dz\n";
    let one = checked(&world, &admin, text).await;
    let report = admin.get(&one).await.body;
    assert_eq!((&report["valid"], &report["duplicates"]), (&json!(0), &json!(2)));
    assert_eq!(confirm(&admin, &one).await.code(), "import_nothing");
    let before = report["fingerprint"].clone();
    let mapping = json!({ "mapping": report["mapping"], "shared_emails": true });
    admin.change("POST", &format!("{one}/check"), &one, mapping).await;
    import::check(&world.state.app, id(&one), &quiet()).await.unwrap();
    let report = admin.get(&one).await.body;
    assert_eq!(report["valid"], 2);
    let stale = admin
        .call("POST", &format!("{one}/confirm"), json!({ "fingerprint": before }))
        .await;
    assert_eq!(stale.code(), "import_changed");
}

#[tokio::test]
async fn files_go_when_their_time_is_over() {
    let world = World::new().await;
    let admin = Person::new(&world, ADMIN).await;
    let one = checked(&world, &admin, companies(2)).await;
    let age = "UPDATE customer_imports SET created_at = now() - interval '31 days'; UPDATE sealed_files SET created_at = now() - interval '31 days'";
    for sql in age.split(';') {
        world.db.execute(sql).await;
    }
    app::retention::clean_up(&world.state.app).await.unwrap();
    let shown = admin.get(&one).await.body;
    assert_eq!(
        (&shown["has_file"], &shown["state"], &shown["sample"]),
        (&json!(false), &json!("cancelled"), &json!([]))
    );
    assert_eq!(count(&world, "SELECT count(*)::text FROM sealed_files").await, 0);
    assert_eq!(
        count(&world, "SELECT count(*)::text FROM customer_import_rows").await,
        0
    );
    assert_eq!(
        admin.get(&format!("{one}/rows/export")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn ten_thousand_rows_take_well_under_a_minute() {
    let world: Arc<World> = World::new().await;
    let admin = Person::new(&world, ADMIN).await;
    let began = Instant::now();
    let one = checked(&world, &admin, companies(10_000)).await;
    let checked_at = began.elapsed();
    confirm(&admin, &one).await;
    import::carry_out(&world.state.app, id(&one), &quiet()).await.unwrap();
    let all = began.elapsed();
    println!("10,000 rows: checked after {checked_at:?}, imported after {all:?}");
    assert_eq!(count(&world, IMPORTED).await, 10_000);
    assert!(all.as_secs() < 60, "{all:?}");
}
