//! A server with TLS: who is connected to is who was meant, or nobody.

#![expect(clippy::unwrap_used, reason = "tests: what fails here is a failed test")]

use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use private::{Durability, Postgres};
use store::PgConn;

/// Makes an authority and its certificate for `localhost`, as the server's own user and in its folder, and switches TLS on.
async fn switch_on(server: &Postgres) -> Vec<u8> {
    let mut conn = PgConn::establish(&server.url("postgres")).await.unwrap();
    let make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=Authority -keyout ca.key -out ca.pem \
        && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout server.key -out server.csr \
        && echo subjectAltName=DNS:localhost > names \
        && openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -set_serial 1 -days 2 -extfile names -out server.crt \
        && chmod 600 server.key";
    for statement in [
        &format!("COPY (SELECT 1) TO PROGRAM '({make}) 2>&1'"),
        "ALTER SYSTEM SET ssl = on",
        "SELECT pg_reload_conf()",
    ] {
        conn.batch_execute(statement).await.unwrap();
    }
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let read = diesel::sql_query("SELECT pg_read_binary_file('ca.pem') AS bytes");
    let mut files: Vec<File> = read.load(&mut conn).await.unwrap();
    files.remove(0).bytes
}

#[derive(diesel::QueryableByName)]
struct File {
    #[diesel(sql_type = diesel::sql_types::Binary)]
    bytes: Vec<u8>,
}

/// Connects, and has somebody who sees all connections look whether this one is encrypted.
async fn asks(url: &str, server: &Postgres) -> Result<bool, String> {
    let pool = store::connect(url, 1).map_err(|error| error.to_string())?;
    let _held = pool.get().await.map_err(|error| error.to_string())?;
    let mut witness = PgConn::establish(&server.url("postgres")).await.unwrap();
    let seen = diesel::sql_query("SELECT ssl_is_on FROM (SELECT bool_or(ssl) AS ssl_is_on FROM pg_stat_ssl) s");
    let mut rows: Vec<Seen> = seen.load(&mut witness).await.unwrap();
    Ok(rows.remove(0).ssl_is_on)
}

#[derive(diesel::QueryableByName)]
struct Seen {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    ssl_is_on: bool,
}

fn with(url: &str, host: &str, query: &str) -> String {
    format!("{}?{query}", url.replace("127.0.0.1", host))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_the_name_from_the_authority_or_no_connection() {
    let folder = std::env::temp_dir().join(format!("cloudmanager-test-tls-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&folder).unwrap();
    let server = Postgres::start(&folder, Durability::None).await.unwrap();
    let url = server.url("postgres");
    store::migrate(&url).await.unwrap();

    let refused = asks(&with(&url, "localhost", "sslmode=verify-full"), &server)
        .await
        .unwrap_err();
    assert!(refused.contains("the server has no TLS"), "{refused}");

    let authority = folder.join("authority.pem");
    std::fs::write(&authority, switch_on(&server).await).unwrap();
    let trusting = format!("sslmode=verify-full&sslrootcert={}", authority.display());
    assert!(asks(&with(&url, "localhost", &trusting), &server).await.unwrap());
    assert!(
        !asks(&with(&url, "localhost", "sslmode=disable"), &server)
            .await
            .unwrap()
    );

    for (host, query, why) in [
        ("localhost", "sslmode=verify-full".to_owned(), "certificate"),
        ("127.0.0.1", trusting.clone(), "certificate"),
        (
            "localhost",
            "sslrootcert=/nonexistent.pem".to_owned(),
            "/nonexistent.pem",
        ),
    ] {
        let refused = asks(&with(&url, host, &query), &server).await.unwrap_err();
        assert!(refused.contains(why), "{host} {query}: {refused}");
    }
    drop(server);
    let _ = std::fs::remove_dir_all(&folder);
}
