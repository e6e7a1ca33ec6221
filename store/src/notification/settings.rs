//! What people chose.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// Days and hours of a person.
#[derive(Debug, Clone, QueryableByName)]
pub struct Settings {
    /// Person.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// IANA name.
    #[diesel(sql_type = Text)]
    pub zone: String,
    /// Minute of the day.
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub quiet_from: Option<i16>,
    /// Minute of the day.
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub quiet_to: Option<i16>,
    /// Hour of digests.
    #[diesel(sql_type = SmallInt)]
    pub digest_hour: i16,
    /// Day of digests, from Monday; every day without one.
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub digest_weekday: Option<i16>,
    /// When the next digest is due.
    #[diesel(sql_type = Timestamptz)]
    pub next_digest_at: DateTime<Utc>,
    /// Counts changes.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// A choice.
#[derive(Debug, Clone, QueryableByName)]
pub struct Choice {
    /// Person.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// What about.
    #[diesel(sql_type = Text)]
    pub topic: String,
    /// On which channel.
    #[diesel(sql_type = Text)]
    pub channel: String,
    /// When.
    #[diesel(sql_type = Text)]
    pub delivery: String,
}

/// A verified number.
#[derive(Debug, Clone, QueryableByName)]
pub struct Phone {
    /// Person.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// E.164.
    #[diesel(sql_type = Text)]
    pub phone: String,
}

/// Settings of these people; who chose none has none.
///
/// # Errors
/// When the database is away.
pub async fn of(conn: &mut PgConn, users: &[Uuid]) -> Result<Vec<Settings>, StoreError> {
    Ok(sql(
        "SELECT user_id, zone, quiet_from, quiet_to, digest_hour, digest_weekday, next_digest_at, version
         FROM notification_settings WHERE user_id = ANY($1)",
    )
    .bind::<Array<SqlUuid>, _>(users)
    .load(conn)
    .await?)
}

/// What these people chose.
///
/// # Errors
/// When the database is away.
pub async fn choices(conn: &mut PgConn, users: &[Uuid]) -> Result<Vec<Choice>, StoreError> {
    Ok(
        sql("SELECT user_id, topic, channel, delivery FROM notification_choices WHERE user_id = ANY($1)")
            .bind::<Array<SqlUuid>, _>(users)
            .load(conn)
            .await?,
    )
}

/// Verified numbers of these people.
///
/// # Errors
/// When the database is away.
pub async fn phones(conn: &mut PgConn, users: &[Uuid]) -> Result<Vec<Phone>, StoreError> {
    Ok(sql("SELECT user_id, phone FROM sms_factors WHERE user_id = ANY($1)")
        .bind::<Array<SqlUuid>, _>(users)
        .load(conn)
        .await?)
}

/// At most so many notices by text message to one person since then.
#[derive(Debug, Clone, Copy)]
pub struct Brake {
    /// Since when they count.
    pub since: DateTime<Utc>,
    /// How many there may be.
    pub most: i64,
}

/// Verified numbers of these people, without those who got as many notices by text message as any of the brakes lets through; what the cap of
/// the month held back is not counted. Not for
/// behind the wall, where nobody counts texts.
///
/// # Errors
/// When the database is away.
pub async fn unflooded_phones(conn: &mut PgConn, users: &[Uuid], brakes: &[Brake]) -> Result<Vec<Phone>, StoreError> {
    let (since, most): (Vec<DateTime<Utc>>, Vec<i64>) = brakes.iter().map(|brake| (brake.since, brake.most)).unzip();
    Ok(sql("SELECT f.user_id, f.phone FROM sms_factors f WHERE f.user_id = ANY($1)
             AND NOT EXISTS (SELECT FROM unnest($2, $3) AS b(since, most) WHERE b.most <= (SELECT count(*) FROM sms_messages m
                 WHERE m.user_id = f.user_id AND m.purpose = 'notification' AND m.created_at > b.since
                 AND coalesce(m.error, '') <> ALL ('{over_cap,no_price}')))")
    .bind::<Array<SqlUuid>, _>(users)
    .bind::<Array<Timestamptz>, _>(since)
    .bind::<Array<BigInt>, _>(most)
    .load(conn)
    .await?)
}

/// Writes settings. `version` is that of before, 0 when there were none; false when they changed meanwhile.
///
/// # Errors
/// When the database refuses.
pub async fn put(conn: &mut PgConn, s: &Settings, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let n = sql(
        "INSERT INTO notification_settings AS s (user_id, zone, quiet_from, quiet_to, digest_hour, digest_weekday, next_digest_at, updated_at)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE $9 = 0 OR EXISTS (SELECT FROM notification_settings WHERE user_id = $1)
         ON CONFLICT (user_id) DO UPDATE SET zone = $2, quiet_from = $3, quiet_to = $4, digest_hour = $5, digest_weekday = $6,
             next_digest_at = $7, updated_at = $8, version = s.version + 1 WHERE s.version = $9",
    )
    .bind::<SqlUuid, _>(s.user_id)
    .bind::<Text, _>(s.zone.as_str())
    .bind::<Nullable<SmallInt>, _>(s.quiet_from)
    .bind::<Nullable<SmallInt>, _>(s.quiet_to)
    .bind::<SmallInt, _>(s.digest_hour)
    .bind::<Nullable<SmallInt>, _>(s.digest_weekday)
    .bind::<Timestamptz, _>(s.next_digest_at)
    .bind::<Timestamptz, _>(at)
    .bind::<Integer, _>(s.version)
    .execute(conn)
    .await?;
    Ok(n == 1)
}

/// These are a person's choices, and no others.
///
/// # Errors
/// When the database refuses.
pub async fn choose(conn: &mut PgConn, user: Uuid, chosen: &[(&str, &str, &str)]) -> Result<(), StoreError> {
    sql("DELETE FROM notification_choices WHERE user_id = $1")
        .bind::<SqlUuid, _>(user)
        .execute(conn)
        .await?;
    for (topic, channel, delivery) in chosen {
        choose_one(conn, user, (topic, channel, delivery)).await?;
    }
    Ok(())
}

/// Settings changed by the way, such as by a link in a mail: a page that was read before is out of date. `first` are those of somebody
/// who had none.
///
/// # Errors
/// When the database refuses.
pub async fn touch(conn: &mut PgConn, first: &Settings, at: DateTime<Utc>) -> Result<(), StoreError> {
    sql("INSERT INTO notification_settings AS s (user_id, zone, quiet_from, quiet_to, digest_hour, digest_weekday, next_digest_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (user_id) DO UPDATE SET version = s.version + 1, updated_at = $8")
    .bind::<SqlUuid, _>(first.user_id)
    .bind::<Text, _>(first.zone.as_str())
    .bind::<Nullable<SmallInt>, _>(first.quiet_from)
    .bind::<Nullable<SmallInt>, _>(first.quiet_to)
    .bind::<SmallInt, _>(first.digest_hour)
    .bind::<Nullable<SmallInt>, _>(first.digest_weekday)
    .bind::<Timestamptz, _>(first.next_digest_at)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Chooses one thing; false when it was so before.
///
/// # Errors
/// When the database refuses.
pub async fn choose_one(
    conn: &mut PgConn,
    user: Uuid,
    (topic, channel, delivery): (&str, &str, &str),
) -> Result<bool, StoreError> {
    let n = sql(
        "INSERT INTO notification_choices AS c (user_id, topic, channel, delivery) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, topic, channel) DO UPDATE SET delivery = $4 WHERE c.delivery <> $4",
    )
    .bind::<SqlUuid, _>(user)
    .bind::<Text, _>(topic)
    .bind::<Text, _>(channel)
    .bind::<Text, _>(delivery)
    .execute(conn)
    .await?;
    Ok(n == 1)
}

/// People whose digest is due, held until the end of the transaction.
///
/// # Errors
/// When the database is away.
pub async fn due(conn: &mut PgConn, now: DateTime<Utc>, limit: i64) -> Result<Vec<Settings>, StoreError> {
    Ok(sql(
        "SELECT user_id, zone, quiet_from, quiet_to, digest_hour, digest_weekday, next_digest_at, version
         FROM notification_settings WHERE next_digest_at <= $1 ORDER BY next_digest_at, user_id LIMIT $2 FOR UPDATE SKIP LOCKED",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// When the next digest of a person is due.
///
/// # Errors
/// When the database refuses.
pub async fn advance(conn: &mut PgConn, user: Uuid, next: DateTime<Utc>) -> Result<(), StoreError> {
    sql("UPDATE notification_settings SET next_digest_at = $2 WHERE user_id = $1")
        .bind::<SqlUuid, _>(user)
        .bind::<Timestamptz, _>(next)
        .execute(conn)
        .await?;
    Ok(())
}
