//! Where mails lie at their source: the UIDs of an IMAP folder, and what is known from its earlier numberings.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Binary, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// The place of a mail in an IMAP folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceUid {
    /// Numbering of the mailbox, see `Mailbox::generation`.
    pub generation: i32,
    /// UIDVALIDITY (RFC 3501 §2.3.1.1).
    pub uidvalidity: i64,
    /// UID.
    pub uid: i64,
}

/// What tells whether a mail is one of an earlier numbering.
#[derive(Debug, Clone, Copy)]
pub enum Fingerprint<'a> {
    /// Message-ID header and the server's own date, to the second.
    Header {
        /// Message-ID.
        message_id: &'a str,
        /// INTERNALDATE.
        internal_date: DateTime<Utc>,
    },
    /// SHA-256 of what is stored.
    Content(&'a [u8]),
}

#[derive(QueryableByName)]
struct Uid {
    #[diesel(sql_type = BigInt)]
    uid: i64,
}

#[derive(QueryableByName)]
struct Size {
    #[diesel(sql_type = BigInt)]
    size: i64,
}

/// UIDs from `since` on that are stored.
///
/// # Errors
/// When the database is away.
pub async fn known_uids(
    conn: &mut PgConn,
    mailbox: Uuid,
    generation: i32,
    uidvalidity: i64,
    since: i64,
) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<Uid> = sql("SELECT uid FROM raw_mails
         WHERE mailbox_id = $1 AND generation = $2 AND uidvalidity = $3 AND uid >= $4")
    .bind::<SqlUuid, _>(mailbox)
    .bind::<Integer, _>(generation)
    .bind::<BigInt, _>(uidvalidity)
    .bind::<BigInt, _>(since)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.uid).collect())
}

/// Those of `sizes` that a mail of an earlier numbering has at its source, so that a closer look is worth it.
///
/// # Errors
/// When the database is away.
pub async fn known_sizes(
    conn: &mut PgConn,
    mailbox: Uuid,
    generation: i32,
    sizes: &[i64],
) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<Size> = sql("SELECT n.size FROM unnest($2) AS n(size) WHERE EXISTS (SELECT 1 FROM raw_mails m
             WHERE m.mailbox_id = $1 AND m.uid IS NOT NULL AND coalesce(m.full_size, m.size) = n.size AND m.generation < $3)")
    .bind::<SqlUuid, _>(mailbox)
    .bind::<Array<BigInt>, _>(sizes)
    .bind::<Integer, _>(generation)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.size).collect())
}

/// Gives the oldest mail of an earlier numbering with this size and fingerprint its new place; `false` when there is none,
/// or the place is taken already. One record moves for one mail, so that of two alike neither is lost.
///
/// # Errors
/// [`StoreError::Conflict`] when somebody takes the place at this very moment; the mail is known then.
pub async fn move_known(
    conn: &mut PgConn,
    mailbox: Uuid,
    to: SourceUid,
    size: i64,
    fingerprint: Fingerprint<'_>,
) -> Result<bool, StoreError> {
    let (message_id, date, sha256) = match fingerprint {
        Fingerprint::Header {
            message_id,
            internal_date,
        } => (Some(message_id), Some(internal_date), None),
        Fingerprint::Content(sha256) => (None, None, Some(sha256)),
    };
    let n = sql(
        "UPDATE raw_mails SET generation = $2, uidvalidity = $3, uid = $4
         WHERE id = (SELECT id FROM raw_mails
             WHERE mailbox_id = $1 AND uid IS NOT NULL AND coalesce(full_size, size) = $5 AND generation < $2
               AND (($6::text IS NOT NULL AND message_id = $6 AND date_trunc('second', internal_date) = date_trunc('second', $7))
                    OR sha256 = $8)
             ORDER BY id LIMIT 1 FOR UPDATE)
           AND NOT EXISTS (SELECT 1 FROM raw_mails
             WHERE mailbox_id = $1 AND generation = $2 AND uidvalidity = $3 AND uid = $4)",
    )
    .bind::<SqlUuid, _>(mailbox)
    .bind::<Integer, _>(to.generation)
    .bind::<BigInt, _>(to.uidvalidity)
    .bind::<BigInt, _>(to.uid)
    .bind::<BigInt, _>(size)
    .bind::<Nullable<Text>, _>(message_id)
    .bind::<Nullable<Timestamptz>, _>(date)
    .bind::<Nullable<Binary>, _>(sha256)
    .execute(conn)
    .await?;
    Ok(n > 0)
}
