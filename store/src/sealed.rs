//! Columns that hold what the master key seals, for when that key is replaced.

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Binary, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A column of seals.
#[derive(Debug)]
pub struct Column {
    /// Table and column; with the id of a row it is what the row's seal is bound to.
    pub name: &'static str,
    page: &'static str,
    set: &'static str,
    count: &'static str,
}

/// Ids of the keys in a column: empty for seals from before they named their key.
macro_rules! count {
    ($table:literal, $column:literal) => {
        concat!(
            "SELECT CASE WHEN substr(",
            $column,
            ", 1, 1) = '\\x02' THEN encode(substr(",
            $column,
            ", 2, 4), 'hex') ELSE '' END AS key_id, count(*) AS n FROM ",
            $table,
            " WHERE ",
            $column,
            " IS NOT NULL GROUP BY 1"
        )
    };
}

macro_rules! column {
    ($table:literal, $id:literal, $column:literal) => {
        Column {
            name: concat!($table, ".", $column),
            page: concat!(
                "SELECT ",
                $id,
                " AS id, ",
                $column,
                " AS seal FROM ",
                $table,
                " WHERE ",
                $id,
                " > $1 AND substr(",
                $column,
                ", 1, length($2)) <> $2 ORDER BY ",
                $id,
                " LIMIT $3 FOR UPDATE"
            ),
            set: concat!("UPDATE ", $table, " SET ", $column, " = $2 WHERE ", $id, " = $1"),
            count: count!($table, $column),
        }
    };
}

/// Every column of seals. A new one belongs here: what is left out is lost with the key that sealed it.
pub const COLUMNS: &[Column] = &[
    column!("mailboxes", "id", "imap_secret"),
    column!("mailboxes", "id", "webhook_secret"),
    column!("mailbox_tests", "id", "secret"),
    column!("totp_factors", "user_id", "secret"),
    column!("mailed_links", "id", "data"),
    column!("customers", "id", "nin_sealed"),
    column!("customer_imports", "id", "sample"),
    column!("oidc_providers", "id", "client_secret"),
    column!("oidc_flows", "id", "secret"),
    column!("sms_messages", "id", "body"),
    column!("webhook_endpoints", "id", "secret"),
    column!("webhook_endpoints", "id", "old_secret"),
    column!("personal_erasures", "id", "identity"),
];

/// Kept answers end within a day and are not sealed anew.
const ANSWERS: &str = count!("idempotency_keys", "body");

/// A seal and whose it is.
#[derive(Debug, QueryableByName)]
pub struct Seal {
    /// Row.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The seal.
    #[diesel(sql_type = Binary)]
    pub seal: Vec<u8>,
}

/// Seals under one key.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Held {
    /// The key; empty for seals from before they named their key.
    #[diesel(sql_type = Text)]
    pub key_id: String,
    /// How many there are.
    #[diesel(sql_type = BigInt)]
    pub n: i64,
}

impl Column {
    /// Seals that do not begin like this, of rows after this one, at most `limit`; locked until the transaction ends.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn page(
        &self,
        conn: &mut PgConn,
        after: Uuid,
        prefix: &[u8],
        limit: i64,
    ) -> Result<Vec<Seal>, StoreError> {
        Ok(sql(self.page)
            .bind::<SqlUuid, _>(after)
            .bind::<Binary, _>(prefix)
            .bind::<BigInt, _>(limit)
            .load(conn)
            .await?)
    }

    /// Replaces a seal.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set(&self, conn: &mut PgConn, id: Uuid, seal: &[u8]) -> Result<(), StoreError> {
        sql(self.set)
            .bind::<SqlUuid, _>(id)
            .bind::<Binary, _>(seal)
            .execute(conn)
            .await?;
        Ok(())
    }

    /// How many seals there are under which key.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn held(&self, conn: &mut PgConn) -> Result<Vec<Held>, StoreError> {
        Ok(sql(self.count).load(conn).await?)
    }
}

/// How many kept answers there are under which key.
///
/// # Errors
/// When the database is away.
pub async fn answers(conn: &mut PgConn) -> Result<Vec<Held>, StoreError> {
    Ok(sql(ANSWERS).load(conn).await?)
}

/// Data keys of files and private signing keys by the key that wraps them.
///
/// # Errors
/// When the database is away.
pub async fn wrapped(conn: &mut PgConn) -> Result<Vec<Held>, StoreError> {
    Ok(sql("SELECT key_id, count(*) AS n FROM (SELECT key_id FROM sealed_files
             UNION ALL SELECT key_id FROM signing_keys WHERE wrapped_key IS NOT NULL) k GROUP BY 1")
    .load(conn)
    .await?)
}

/// What was made before a moment and still hangs on the keys of that time.
#[derive(Debug, QueryableByName)]
pub struct Older {
    /// API tokens that are good.
    #[diesel(sql_type = BigInt)]
    pub api_tokens: i64,
    /// Lines of the audit trail.
    #[diesel(sql_type = BigInt)]
    pub audit_lines: i64,
}

/// What is older than this moment and no key can be changed of.
///
/// # Errors
/// When the database is away.
pub async fn older(
    conn: &mut PgConn,
    than: chrono::DateTime<chrono::Utc>,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Older, StoreError> {
    Ok(sql(
        "SELECT (SELECT count(*) FROM api_tokens WHERE created_at < $1 AND expires_at > $2 AND revoked_at IS NULL) AS api_tokens,
                (SELECT count(*) FROM audit_log WHERE at < $1) AS audit_lines",
    )
    .bind::<Timestamptz, _>(than)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?)
}
