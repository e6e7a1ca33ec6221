//! Mailboxes that receive mail, and how far each has been read.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, mail::SourceUid, sql::sql};

/// A mailbox as stored. Secrets are sealed (see `app::seal`).
#[derive(Debug, Clone, QueryableByName)]
pub struct Mailbox {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Address in lower case.
    #[diesel(sql_type = Text)]
    pub address: String,
    /// Name shown to recipients.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// `imap` or `webhook`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Support group of its tickets.
    #[diesel(sql_type = SqlUuid)]
    pub group_id: Uuid,
    /// Category that its tickets begin in.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub category_id: Option<Uuid>,
    /// Language of its automatic mails.
    #[diesel(sql_type = Text)]
    pub locale: String,
    /// Mail is taken from it.
    #[diesel(sql_type = Bool)]
    pub enabled: bool,
    /// New tickets are acknowledged.
    #[diesel(sql_type = Bool)]
    pub auto_ack: bool,
    /// Whose Authentication-Results headers are believed (RFC 8601).
    #[diesel(sql_type = Nullable<Text>)]
    pub authserv_id: Option<String>,
    /// Filter whose headers are believed, see `domain::mail::spam`.
    #[diesel(sql_type = Text)]
    pub spam_filter: String,
    /// Points from which on a mail is kept aside as spam.
    #[diesel(sql_type = Integer)]
    pub spam_threshold: i32,
    /// IMAP host.
    #[diesel(sql_type = Nullable<Text>)]
    pub imap_host: Option<String>,
    /// IMAP port.
    #[diesel(sql_type = Nullable<Integer>)]
    pub imap_port: Option<i32>,
    /// `tls`, `starttls` or `none`.
    #[diesel(sql_type = Nullable<Text>)]
    pub imap_tls: Option<String>,
    /// IMAP user.
    #[diesel(sql_type = Nullable<Text>)]
    pub imap_username: Option<String>,
    /// Folder that is read.
    #[diesel(sql_type = Text)]
    pub imap_folder: String,
    /// Sealed IMAP password.
    #[diesel(sql_type = Nullable<Binary>)]
    pub imap_secret: Option<Vec<u8>>,
    /// Sealed webhook signing secret.
    #[diesel(sql_type = Nullable<Binary>)]
    pub webhook_secret: Option<Vec<u8>>,
    /// `now`, `recent` or `all`: what the first connection takes.
    #[diesel(sql_type = Text)]
    pub start_point: String,
    /// Mails up to this UID were there before a mailbox that starts `now` was first read; they are not taken.
    #[diesel(sql_type = BigInt)]
    pub start_uid: i64,
    /// When a mailbox that starts `now` was first read; since when one that starts with recent mail takes it.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub start_at: Option<DateTime<Utc>>,
    /// Counts the numberings of its mails: a new one begins when the server gives new UIDs and when another folder is read.
    #[diesel(sql_type = Integer)]
    pub generation: i32,
    /// UIDVALIDITY of the last session (RFC 3501 §2.3.1.1); `None` before the first one of a folder.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub uidvalidity: Option<i64>,
    /// Highest UID committed.
    #[diesel(sql_type = BigInt)]
    pub last_uid: i64,
    /// Last successful look.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_polled_at: Option<DateTime<Utc>>,
    /// What went wrong at the last look.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_error: Option<String>,
    /// Median of its mails in an hour; `None` = not known yet.
    #[diesel(sql_type = Nullable<Integer>)]
    pub hourly_normal: Option<i32>,
    /// Since when its automatic mail waits because of far more mail than usual.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub automation_paused_at: Option<DateTime<Utc>>,
    /// When a person let it go on; what was too much before that counts no longer.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub automation_resumed_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Integer)]
    version: i32,
}

macro_rules! select_mailbox {
    ($rest:literal) => {
        concat!(
            "SELECT id, address, name, kind, group_id, category_id, locale, enabled, auto_ack, authserv_id, spam_filter, spam_threshold, imap_host, imap_port,
                imap_tls, imap_username, imap_folder, imap_secret, webhook_secret, start_point, start_uid, start_at,
                generation, uidvalidity, last_uid, last_polled_at,
                last_error, hourly_normal, automation_paused_at, automation_resumed_at, created_at, version FROM mailboxes WHERE deleted_at IS NULL ",
            $rest
        )
    };
}

/// All mailboxes, by address.
///
/// # Errors
/// When the database is away.
pub async fn all(conn: &mut PgConn) -> Result<Vec<Mailbox>, StoreError> {
    Ok(sql(select_mailbox!("ORDER BY address")).load(conn).await?)
}

/// One mailbox.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn find(conn: &mut PgConn, id: Uuid) -> Result<Mailbox, StoreError> {
    Ok(sql(select_mailbox!("AND id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await?)
}

/// Version of a mailbox; `None` when it was deleted.
///
/// # Errors
/// When the database is away.
pub async fn version(conn: &mut PgConn, id: Uuid) -> Result<Option<i32>, StoreError> {
    let rows: Vec<Version> = sql("SELECT version FROM mailboxes WHERE id = $1 AND deleted_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .load(conn)
        .await?;
    Ok(rows.into_iter().next().map(|row| row.version))
}

/// The first mailbox with this address.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn by_address(conn: &mut PgConn, address: &str) -> Result<Mailbox, StoreError> {
    Ok(sql(select_mailbox!("AND address = $1"))
        .bind::<Text, _>(address)
        .get_result(conn)
        .await?)
}

/// Stores a new mailbox; group `None` = the first one.
///
/// # Errors
/// [`StoreError::Conflict`] when the address is taken.
pub async fn insert(
    conn: &mut PgConn,
    m: &Mailbox,
    created_by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql("INSERT INTO mailboxes (id, address, name, kind, group_id, locale, enabled, auto_ack, authserv_id, imap_host, imap_port,
             imap_tls, imap_username, imap_folder, imap_secret, webhook_secret, start_point, start_at, created_at, updated_at, created_by, category_id,
             spam_filter, spam_threshold)
         VALUES ($1, $2, $3, $4, coalesce(nullif($5, '00000000-0000-0000-0000-000000000000'::uuid),
             (SELECT id FROM support_groups WHERE retired_at IS NULL ORDER BY id LIMIT 1)),
             $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19, $20, $21, $22, $23)")
        .bind::<SqlUuid, _>(m.id)
        .bind::<Text, _>(m.address.as_str())
        .bind::<Text, _>(m.name.as_str())
        .bind::<Text, _>(m.kind.as_str())
        .bind::<SqlUuid, _>(m.group_id)
        .bind::<Text, _>(m.locale.as_str())
        .bind::<Bool, _>(m.enabled)
        .bind::<Bool, _>(m.auto_ack)
        .bind::<Nullable<Text>, _>(m.authserv_id.as_deref())
        .bind::<Nullable<Text>, _>(m.imap_host.as_deref())
        .bind::<Nullable<Integer>, _>(m.imap_port)
        .bind::<Nullable<Text>, _>(m.imap_tls.as_deref())
        .bind::<Nullable<Text>, _>(m.imap_username.as_deref())
        .bind::<Text, _>(m.imap_folder.as_str())
        .bind::<Nullable<Binary>, _>(m.imap_secret.as_deref())
        .bind::<Nullable<Binary>, _>(m.webhook_secret.as_deref())
        .bind::<Text, _>(m.start_point.as_str())
        .bind::<Nullable<Timestamptz>, _>(m.start_at)
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<SqlUuid>, _>(created_by)
        .bind::<Nullable<SqlUuid>, _>(m.category_id)
        .bind::<Text, _>(m.spam_filter.as_str())
        .bind::<Integer, _>(m.spam_threshold)
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes the settings of a mailbox if it still has `m.version`. With `other_folder` a new numbering begins, which takes
/// what came after `m.start_at`.
///
/// # Errors
/// [`StoreError::Stale`] when it changed meanwhile.
pub async fn update(
    conn: &mut PgConn,
    m: &Mailbox,
    other_folder: bool,
    updated_by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE mailboxes SET address = $3, name = $4, locale = $5, enabled = $6, auto_ack = $7, authserv_id = $8,
             imap_host = $9, imap_port = $10, imap_tls = $11, imap_username = $12, imap_folder = $13, imap_secret = $14,
             webhook_secret = $15, updated_at = $16, updated_by = $17, version = version + 1, last_error = NULL,
             generation = generation + $18::int, uidvalidity = CASE WHEN $18 THEN NULL ELSE uidvalidity END,
             last_uid = CASE WHEN $18 THEN 0 ELSE last_uid END, start_uid = CASE WHEN $18 THEN 0 ELSE start_uid END,
             start_at = CASE WHEN $18 THEN $19 ELSE start_at END, category_id = $20, group_id = $21,
             spam_filter = $22, spam_threshold = $23
         WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(m.id)
    .bind::<Integer, _>(m.version)
    .bind::<Text, _>(m.address.as_str())
    .bind::<Text, _>(m.name.as_str())
    .bind::<Text, _>(m.locale.as_str())
    .bind::<Bool, _>(m.enabled)
    .bind::<Bool, _>(m.auto_ack)
    .bind::<Nullable<Text>, _>(m.authserv_id.as_deref())
    .bind::<Nullable<Text>, _>(m.imap_host.as_deref())
    .bind::<Nullable<Integer>, _>(m.imap_port)
    .bind::<Nullable<Text>, _>(m.imap_tls.as_deref())
    .bind::<Nullable<Text>, _>(m.imap_username.as_deref())
    .bind::<Text, _>(m.imap_folder.as_str())
    .bind::<Nullable<Binary>, _>(m.imap_secret.as_deref())
    .bind::<Nullable<Binary>, _>(m.webhook_secret.as_deref())
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<SqlUuid>, _>(updated_by)
    .bind::<Bool, _>(other_folder)
    .bind::<Nullable<Timestamptz>, _>(m.start_at)
    .bind::<Nullable<SqlUuid>, _>(m.category_id)
    .bind::<SqlUuid, _>(m.group_id)
    .bind::<Text, _>(m.spam_filter.as_str())
    .bind::<Integer, _>(m.spam_threshold)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Marks a mailbox deleted; its mail stays.
///
/// # Errors
/// [`StoreError::Stale`] when it changed or went meanwhile.
pub async fn delete(conn: &mut PgConn, id: Uuid, version: i32, now: DateTime<Utc>) -> Result<(), StoreError> {
    let n = sql(
        "UPDATE mailboxes SET deleted_at = $3, enabled = false, version = version + 1
             WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(version)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    if n == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Notes that a mailbox is read for the first time, and what it begins with: mails after UID `last_uid`.
///
/// # Errors
/// When the database refuses.
pub async fn begin(
    conn: &mut PgConn,
    id: Uuid,
    uidvalidity: i64,
    last_uid: i64,
    start_at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    sql(
        "UPDATE mailboxes SET uidvalidity = $2, last_uid = $3, start_uid = $3, start_at = $4
         WHERE id = $1 AND generation = 0 AND uidvalidity IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<BigInt, _>(uidvalidity)
    .bind::<BigInt, _>(last_uid)
    .bind::<Nullable<Timestamptz>, _>(start_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Begins a new numbering with this UIDVALIDITY, unless somebody else did; the folder is read from its start.
///
/// # Errors
/// When the database refuses.
pub async fn renumber(conn: &mut PgConn, id: Uuid, generation: i32, uidvalidity: i64) -> Result<(), StoreError> {
    sql(
        "UPDATE mailboxes SET generation = generation + 1, uidvalidity = $3, last_uid = 0, start_uid = 0
         WHERE id = $1 AND generation = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(generation)
    .bind::<BigInt, _>(uidvalidity)
    .execute(conn)
    .await?;
    Ok(())
}

/// Records how far a mailbox has been read. Never goes back within one numbering, and says nothing about another one.
///
/// # Errors
/// When the database refuses.
pub async fn advance(conn: &mut PgConn, id: Uuid, read: SourceUid) -> Result<(), StoreError> {
    sql(
        "UPDATE mailboxes SET last_uid = greatest(last_uid, $4) WHERE id = $1 AND generation = $2 AND uidvalidity = $3",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(read.generation)
    .bind::<BigInt, _>(read.uidvalidity)
    .bind::<BigInt, _>(read.uid)
    .execute(conn)
    .await?;
    Ok(())
}

/// Records the result of a look at the mailbox. Whoever sees mailboxes is told when it is another than before.
///
/// # Errors
/// When the database refuses.
pub async fn polled(conn: &mut PgConn, id: Uuid, error: Option<&str>, now: DateTime<Utc>) -> Result<(), StoreError> {
    sql(
        "WITH before AS (SELECT last_error, last_polled_at FROM mailboxes WHERE id = $1),
        m AS (UPDATE mailboxes SET last_error = $2,
                last_polled_at = CASE WHEN $2::text IS NULL THEN $3 ELSE last_polled_at END
            WHERE id = $1 RETURNING id)
        INSERT INTO events (type, subject_type, subject_id, permission, data)
        SELECT 'mailbox.updated', 'mailbox', m.id, 'mailboxes.view', '{}'
        FROM m, before
        WHERE before.last_error IS DISTINCT FROM $2 OR before.last_polled_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<Text>, _>(error)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}
