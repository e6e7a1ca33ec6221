//! Schema migrations, embedded in the binary. An advisory lock lets only one process run them at a time.

use diesel::{
    QueryableByName,
    migration::MigrationSource,
    pg::Pg,
    sql_types::{Array, Text},
};
use diesel_async::{AsyncMigrationHarness, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{
    PgConn, StoreError, connection,
    locks::Lock,
    pool::{CUSTOMERS, STAFF},
    sql::sql,
};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

async fn harness(url: &str) -> Result<AsyncMigrationHarness<PgConn>, StoreError> {
    let mut conn = connection::establish(url)
        .await
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    // Of the session: it outlives the transactions of the migrations.
    conn.batch_execute(&format!("SELECT pg_advisory_lock({})", Lock::Migrations as i64))
        .await?;
    Ok(AsyncMigrationHarness::new(conn))
}

fn failed(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(format!("migration failed: {error}"))
}

/// Runs what is missing and returns its names. Needs a multi-threaded runtime.
///
/// # Errors
/// When the server is away or a migration fails; what ran before it stays.
pub async fn migrate(url: &str) -> Result<Vec<String>, StoreError> {
    let mut harness = harness(url).await?;
    let ran = harness.run_pending_migrations(MIGRATIONS).map_err(failed)?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

/// Names of migrations that have not run.
///
/// # Errors
/// When the server is away.
pub async fn pending(url: &str) -> Result<Vec<String>, StoreError> {
    let mut harness = harness(url).await?;
    let pending = harness.pending_migrations(MIGRATIONS).map_err(failed)?;
    Ok(pending.iter().map(|m| m.name().to_string()).collect())
}

/// Names of migrations that have not run, as somebody sees who works with the database. Unlike [`pending`] it waits for nobody
/// who migrates.
///
/// # Errors
/// When the database is away.
pub async fn outstanding(conn: &mut PgConn) -> Result<Vec<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Ran {
        #[diesel(sql_type = Text)]
        version: String,
    }
    let ran: Vec<Ran> = sql("SELECT version::text AS version FROM __diesel_schema_migrations")
        .load(conn)
        .await?;
    let known = MigrationSource::<Pg>::migrations(&MIGRATIONS).map_err(failed)?;
    let lacks = |version: &str| !ran.iter().any(|row| row.version == version);
    Ok(known
        .iter()
        .filter(|migration| lacks(&migration.name().version().to_string()))
        .map(|migration| migration.name().to_string())
        .collect())
}

/// The roles that processes work as and that this login may not take, or that are missing on the server.
///
/// # Errors
/// When the server is away.
pub async fn missing_roles(url: &str) -> Result<Vec<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Role {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let mut conn = connection::establish(url)
        .await
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let rows: Vec<Role> = sql(
        "SELECT w.name FROM unnest($1) AS w (name) WHERE NOT EXISTS (SELECT FROM pg_roles r
         WHERE r.rolname = w.name AND pg_has_role(current_user, r.oid, 'MEMBER'))",
    )
    .bind::<Array<Text>, _>(&[STAFF, CUSTOMERS][..])
    .load(&mut conn)
    .await?;
    Ok(rows.into_iter().map(|role| role.name).collect())
}

/// Creates database `name` unless it exists; `url` leads to a database on the same server. The name must be a plain word.
///
/// # Errors
/// When the server is away or refuses.
pub async fn create_database(url: &str, name: &str) -> Result<(), StoreError> {
    let mut conn = connection::establish(url)
        .await
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    match conn.batch_execute(&format!("CREATE DATABASE {name}")).await {
        Err(diesel::result::Error::DatabaseError(_, info)) if info.message().contains("already exists") => Ok(()),
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use testkit::TestDb;
    use uuid::Uuid;

    use super::*;

    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        line: String,
    }

    /// Everything a migration can make, a line each, in an order that does not depend on when it was made.
    const SCHEMA: &str = "
        SELECT line FROM (
            SELECT format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                pg_get_expr(d.adbin, d.adrelid)) AS line
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc
                WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
            UNION ALL SELECT format('type %s', typname) FROM pg_type
                WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
            UNION ALL SELECT format('extension %s', extname) FROM pg_extension
            UNION ALL SELECT format('policy %s', p) FROM pg_policies p WHERE schemaname = 'public'
            UNION ALL SELECT format('%s %s %s', relname, relrowsecurity, relforcerowsecurity) FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            UNION ALL SELECT format('%s may %s %s', grantee, privilege_type, table_name) FROM information_schema.role_table_grants
                WHERE table_schema = 'public'
            UNION ALL SELECT format('default %s', defaclacl) FROM pg_default_acl
        ) AS all_of_it WHERE line NOT LIKE '%__diesel_schema_migrations%' ORDER BY line";

    async fn schema(url: &str) -> Vec<String> {
        let mut conn = connection::establish(url).await.unwrap();
        let lines: Vec<Line> = diesel::sql_query(SCHEMA).load(&mut conn).await.unwrap();
        lines.into_iter().map(|line| line.line).collect()
    }

    /// A step up, checked against the step back; returns what the step leaves.
    async fn there_and_back(url: &str) -> Option<Vec<String>> {
        let mut harness = harness(url).await.unwrap();
        let next = harness.pending_migrations(MIGRATIONS).unwrap().into_iter().next()?;
        let before = schema(url).await;
        harness.run_migration(&next).unwrap();
        let after = schema(url).await;
        harness.revert_migration(&next).unwrap();
        assert_eq!(schema(url).await, before, "{} leaves something behind", next.name());
        harness.run_migration(&next).unwrap();
        assert_eq!(schema(url).await, after, "{} the second time", next.name());
        Some(after)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn every_migration_can_be_undone_and_done_again() {
        let db = TestDb::new().await;
        let (server, _) = db.url.rsplit_once('/').unwrap();
        create_database(&db.url, "step_by_step").await.unwrap();
        let url = format!("{server}/step_by_step");
        let empty = schema(&url).await;
        let mut last = Vec::new();
        while let Some(after) = there_and_back(&url).await {
            last = after;
        }
        assert!(
            last.len() > empty.len() + 100,
            "the comparison sees what migrations make"
        );
        assert_eq!(
            last,
            schema(&db.url).await,
            "all at once leads elsewhere than one by one"
        );

        let mut harness = harness(&url).await.unwrap();
        harness.revert_all_migrations(MIGRATIONS).unwrap();
        assert_eq!(schema(&url).await, empty);
        drop(harness);
        migrate(&url).await.unwrap();
        assert_eq!(schema(&url).await, last);
        assert!(pending(&url).await.unwrap().is_empty());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_database_at_work_says_which_migrations_it_lacks() {
        let db = TestDb::new().await;
        assert!(outstanding(&mut db.pool.get().await.unwrap()).await.unwrap().is_empty());
        let newest = "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)";
        TestDb::execute(&db, newest).await;
        let lacks = outstanding(&mut db.pool.get().await.unwrap()).await.unwrap();
        assert_eq!(lacks, pending(&db.url).await.unwrap());
        assert_eq!(lacks.len(), 1, "{lacks:?}");
    }

    /// A database that a login of its own owns, as on a server that somebody else runs.
    async fn owned(db: &TestDb, login: &str, rights: &str) -> String {
        db.execute(&format!("CREATE ROLE {login} LOGIN PASSWORD 'x' {rights}"))
            .await;
        TestDb::execute(db, &format!("CREATE DATABASE of_{login} OWNER {login}")).await;
        let server = db.url.rsplit_once('@').unwrap().1.rsplit_once('/').unwrap().0;
        format!("postgres://{login}:x@{server}/of_{login}")
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_owner_without_power_over_the_server_has_the_wall_too() {
        let db = TestDb::new().await;
        let url = owned(&db, "plain", "CREATEROLE").await;
        migrate(&url).await.unwrap();
        assert!(missing_roles(&url).await.unwrap().is_empty());
        let pool = crate::connect(&url, 2).unwrap();
        let (ana, bob) = (Uuid::now_v7(), Uuid::now_v7());
        for (id, mail) in [(ana, "a@x.test"), (bob, "b@x.test")] {
            let sql = format!(
                "INSERT INTO roles (id, key, name, permissions) VALUES ('{id}', '{id}', '{id}', '{{}}');
                 INSERT INTO users (id, email, name, role_id) VALUES ('{id}', '{mail}', 'X', '{id}');
                 INSERT INTO customers (id, kind, name, email, source, status_at, created_at, updated_at)
                     VALUES ('{id}', 'individual', 'X', '{mail}', 'staff', now(), now(), now());
                 INSERT INTO customer_members (customer_id, user_id, role, added_at) VALUES ('{id}', '{id}', 'owner', now());"
            );
            pool.get().await.unwrap().batch_execute(&sql).await.unwrap();
        }
        let scope = crate::scope::Scope::everything();
        for (person, other) in [(ana, bob), (bob, ana)] {
            let mut conn = pool.get_for(person).await.unwrap();
            assert!(crate::customer::find(&mut conn, scope, person, false).await.is_ok());
            let refused = crate::customer::find(&mut conn, scope, other, false).await.unwrap_err();
            assert!(matches!(refused, StoreError::NotFound), "{refused}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_may_not_make_the_roles_is_told_what_to_ask_for() {
        let db = TestDb::new().await;
        let url = owned(&db, "poor", "NOCREATEROLE").await;
        let refused = migrate(&url).await.unwrap_err().to_string();
        assert!(refused.contains("GRANT cloudmanager_app TO poor"), "{refused}");
        assert_eq!(missing_roles(&url).await.unwrap(), [STAFF, CUSTOMERS]);
        TestDb::execute(&db, "GRANT cloudmanager_app, cloudmanager_staff TO poor").await;
        migrate(&url).await.unwrap();
        assert!(missing_roles(&url).await.unwrap().is_empty());
    }
}
