//! Addresses that get no more mail, and the bounces that led there.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::mail::words::SuppressionReason;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A suppressed address.
#[derive(Debug, Clone, QueryableByName)]
pub struct Suppression {
    /// Address in lower case.
    #[diesel(sql_type = Text)]
    pub address: String,
    /// Why; a word of `domain::mail::words::SuppressionReason`.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// What the other server said.
    #[diesel(sql_type = Nullable<Text>)]
    pub detail: Option<String>,
    /// Until when; `None` = until lifted.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub until: Option<DateTime<Utc>>,
    /// Since when.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

impl Suppression {
    /// Whether it holds for what a person wrote or asked for as well, not for automatic mail alone.
    #[must_use]
    pub fn holds_for_all(&self) -> bool {
        self.holds_for_accounts() || self.reason == SuppressionReason::Complaint.as_str()
    }

    /// Whether it holds even for what somebody asks for about his account, such as a link to sign in: nothing would arrive there.
    #[must_use]
    pub fn holds_for_accounts(&self) -> bool {
        self.reason == SuppressionReason::Bounce.as_str()
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// A bounce as recorded.
#[derive(Debug)]
pub struct NewBounce<'a> {
    /// Address that bounced.
    pub address: &'a str,
    /// Enhanced status code (RFC 3463).
    pub status: &'a str,
    /// Will never work (5.x.x).
    pub permanent: bool,
    /// The mail that bounced, when known.
    pub outgoing_mail_id: Option<Uuid>,
    /// The report.
    pub raw_mail_id: Option<Uuid>,
    /// What the other server said.
    pub detail: Option<&'a str>,
    /// When the report came.
    pub at: DateTime<Utc>,
}

/// An address to be suppressed.
#[derive(Debug, Clone, Copy)]
pub struct NewSuppression<'a> {
    /// Address in lower case.
    pub address: &'a str,
    /// Why.
    pub reason: SuppressionReason,
    /// What the other server said.
    pub detail: Option<&'a str>,
    /// Until when; `None` = until lifted.
    pub until: Option<DateTime<Utc>>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// The suppression of `address` at `now`; `None` = it gets mail.
///
/// # Errors
/// When the database is away.
pub async fn of(conn: &mut PgConn, address: &str, now: DateTime<Utc>) -> Result<Option<Suppression>, StoreError> {
    Ok(among(conn, &[address], now).await?.into_iter().next())
}

/// The suppressions of these addresses at `now`.
///
/// # Errors
/// When the database is away.
pub async fn among(conn: &mut PgConn, addresses: &[&str], now: DateTime<Utc>) -> Result<Vec<Suppression>, StoreError> {
    let rows = sql("SELECT address, reason, detail, until, created_at FROM suppressions
                    WHERE address = ANY($1) AND (until IS NULL OR until > $2)")
    .bind::<Array<Text>, _>(addresses)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Suppresses an address, or prolongs an earlier suppression; `false` when all stays as it was.
///
/// # Errors
/// When the database refuses.
pub async fn suppress(conn: &mut PgConn, new: NewSuppression<'_>) -> Result<bool, StoreError> {
    // One until lifted is not made shorter, nor its reason forgotten, by one for a time; nor one for bounces by one for a complaint.
    let n = sql(
        "INSERT INTO suppressions (address, reason, detail, until, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (address) DO UPDATE SET reason = excluded.reason, detail = excluded.detail,
             until = CASE WHEN excluded.until IS NULL THEN NULL ELSE greatest(suppressions.until, excluded.until) END
         WHERE suppressions.until IS NOT NULL
             OR (excluded.until IS NULL AND suppressions.reason <> excluded.reason AND suppressions.reason <> 'bounce')",
    )
    .bind::<Text, _>(new.address)
    .bind::<Text, _>(new.reason.as_str())
    .bind::<Nullable<Text>, _>(new.detail)
    .bind::<Nullable<Timestamptz>, _>(new.until)
    .bind::<Timestamptz, _>(new.at)
    .execute(conn)
    .await?;
    Ok(n > 0)
}

/// Lifts a suppression; `false` when there was none.
///
/// # Errors
/// When the database is away.
pub async fn lift(conn: &mut PgConn, address: &str) -> Result<bool, StoreError> {
    let n = sql("DELETE FROM suppressions WHERE address = $1")
        .bind::<Text, _>(address)
        .execute(conn)
        .await?;
    Ok(n > 0)
}

/// Suppressed addresses after `after`, in order.
///
/// # Errors
/// When the database is away.
pub async fn list(conn: &mut PgConn, after: &str, limit: i64) -> Result<Vec<Suppression>, StoreError> {
    let rows = sql("SELECT address, reason, detail, until, created_at FROM suppressions
                    WHERE address > $1 ORDER BY address LIMIT $2")
    .bind::<Text, _>(after)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows)
}

/// How many addresses were suppressed since then and still are.
///
/// # Errors
/// When the database is away.
pub async fn since(conn: &mut PgConn, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<i64, StoreError> {
    let row: Count =
        sql("SELECT count(*) AS n FROM suppressions WHERE created_at > $1 AND (until IS NULL OR until > $2)")
            .bind::<Timestamptz, _>(since)
            .bind::<Timestamptz, _>(now)
            .get_result(conn)
            .await?;
    Ok(row.n)
}

/// Records a bounce once, for each report or, without one, for each mail; returns how many mails of ours bounced for good from the address
/// since `since`, this one included and each once, whoever reported it. What a report says of a mail that is not ours counts for nothing.
///
/// # Errors
/// When the database refuses.
pub async fn record_bounce(conn: &mut PgConn, bounce: NewBounce<'_>, since: DateTime<Utc>) -> Result<i64, StoreError> {
    sql(
        "INSERT INTO bounces (id, address, status, permanent, outgoing_mail_id, raw_mail_id, detail, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Text, _>(bounce.address)
    .bind::<Text, _>(bounce.status)
    .bind::<Bool, _>(bounce.permanent)
    .bind::<Nullable<SqlUuid>, _>(bounce.outgoing_mail_id)
    .bind::<Nullable<SqlUuid>, _>(bounce.raw_mail_id)
    .bind::<Nullable<Text>, _>(bounce.detail)
    .bind::<Timestamptz, _>(bounce.at)
    .execute(conn)
    .await?;
    let row: Count = sql("SELECT count(DISTINCT outgoing_mail_id) AS n FROM bounces
             WHERE address = $1 AND permanent AND at > $2 AND outgoing_mail_id IS NOT NULL")
    .bind::<Text, _>(bounce.address)
    .bind::<Timestamptz, _>(since)
    .get_result(conn)
    .await?;
    Ok(row.n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_stops_all_but_what_is_asked_for_about_an_account() {
        for (reason, all, accounts) in [
            (SuppressionReason::Bounce, true, true),
            (SuppressionReason::Complaint, true, false),
            (SuppressionReason::Flood, false, false),
        ] {
            let found = Suppression {
                address: "ana@example.dz".to_owned(),
                reason: reason.as_str().to_owned(),
                detail: None,
                until: None,
                created_at: DateTime::UNIX_EPOCH,
            };
            assert_eq!(
                (found.holds_for_all(), found.holds_for_accounts()),
                (all, accounts),
                "{reason:?}"
            );
        }
    }
}
