//! Lists of customers: filters, sorts, search, statistics.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Summary;
use crate::{
    PgConn, StoreError,
    scope::Scope,
    sql::{like, sql},
};

/// Candidates that a search looks at before it ranks them.
const CANDIDATES: i64 = 300;

/// Order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Newest first.
    #[default]
    Created,
    /// Last changed first.
    Updated,
    /// By name.
    Name,
}

/// What a list is narrowed to; an empty list or `None` does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Statuses.
    pub statuses: Vec<String>,
    /// Kinds.
    pub kinds: Vec<String>,
    /// States of the verification of identity.
    pub kyc_states: Vec<String>,
    /// Tiers.
    pub tiers: Vec<String>,
    /// All of these tags.
    pub tags: Vec<String>,
    /// Looked after by this member of staff.
    pub manager: Option<Uuid>,
    /// Looked after by nobody.
    pub unmanaged: bool,
    /// Stored at or after.
    pub from: Option<DateTime<Utc>>,
    /// Stored before.
    pub until: Option<DateTime<Utc>>,
    /// Deleted ones instead of the others.
    pub deleted: bool,
}

/// Place of a row in a sorted list.
#[derive(Debug, Clone)]
pub enum Position {
    /// By a time.
    Time(DateTime<Utc>, Uuid),
    /// By name.
    Name(String, Uuid),
}

/// A row with the text it is sorted by.
#[derive(Debug, Clone, QueryableByName)]
pub struct Listed {
    /// The customer.
    #[diesel(embed)]
    pub summary: Summary,
    /// Beginning of the folded name.
    #[diesel(sql_type = Text)]
    pub sort_name: String,
}

macro_rules! columns {
    () => {
        "SELECT c.id, c.number, c.kind, c.status, c.kyc_state, c.name, c.email, c.phone, c.tags, c.account_manager_id,
            a.name AS account_manager_name, c.tier, c.created_at, c.updated_at, c.deleted_at, c.version, left(c.sort_name, 60) AS sort_name
         FROM customers c LEFT JOIN users a ON a.id = c.account_manager_id "
    };
}

/// Said in plain words, not through `$1` alone: only so may the planner use the indexes of customers who are not deleted.
macro_rules! narrowed {
    (live) => {
        concat!("c.deleted_at IS NULL AND NOT $1 ", narrowed!())
    };
    (deleted) => {
        concat!("c.deleted_at IS NOT NULL AND $1 ", narrowed!())
    };
    () => {
        "AND ($2::uuid IS NULL OR c.id IN (SELECT m.customer_id FROM customer_members m WHERE m.user_id = $2))
         AND (cardinality($3::text[]) = 0 OR c.status = ANY($3))
         AND (cardinality($4::text[]) = 0 OR c.kind = ANY($4))
         AND (cardinality($5::text[]) = 0 OR c.tags @> $5)
         AND ($6::uuid IS NULL OR c.account_manager_id = $6)
         AND (NOT $7 OR c.account_manager_id IS NULL)
         AND ($8::timestamptz IS NULL OR c.created_at >= $8)
         AND ($9::timestamptz IS NULL OR c.created_at < $9)
         AND (cardinality($10::text[]) = 0 OR c.kyc_state = ANY($10))
         AND (cardinality($11::text[]) = 0 OR c.tier = ANY($11)) "
    };
}

macro_rules! page {
    ($filter:ident, $rest:literal) => {
        if $filter.deleted {
            concat!(columns!(), "WHERE ", narrowed!(deleted), $rest)
        } else {
            concat!(columns!(), "WHERE ", narrowed!(live), $rest)
        }
    };
}

/// The same conditions bound to every statement, in the order of `narrowed!`.
fn narrow<'a>(statement: crate::sql::Statement<'a>, scope: Scope, filter: &'a Filter) -> crate::sql::Statement<'a> {
    statement
        .bind::<Bool, _>(filter.deleted)
        .bind::<Nullable<SqlUuid>, _>(scope.user())
        .bind::<Array<Text>, _>(&filter.statuses)
        .bind::<Array<Text>, _>(&filter.kinds)
        .bind::<Array<Text>, _>(&filter.tags)
        .bind::<Nullable<SqlUuid>, _>(filter.manager)
        .bind::<Bool, _>(filter.unmanaged)
        .bind::<Nullable<Timestamptz>, _>(filter.from)
        .bind::<Nullable<Timestamptz>, _>(filter.until)
        .bind::<Array<Text>, _>(&filter.kyc_states)
        .bind::<Array<Text>, _>(&filter.tiers)
}

/// Customers after the row `after`, at most `limit`.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    scope: Scope,
    filter: &Filter,
    sort: Sort,
    after: Option<&Position>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let text = match sort {
        Sort::Created => page!(
            filter,
            "AND ($12::timestamptz IS NULL OR (c.created_at, c.id) < ($12, $14::uuid)) AND ($13::text IS NULL OR true)
             ORDER BY c.created_at DESC, c.id DESC LIMIT $15"
        ),
        Sort::Updated => page!(
            filter,
            "AND ($12::timestamptz IS NULL OR (c.updated_at, c.id) < ($12, $14::uuid)) AND ($13::text IS NULL OR true)
             ORDER BY c.updated_at DESC, c.id DESC LIMIT $15"
        ),
        Sort::Name => page!(
            filter,
            "AND ($12::timestamptz IS NULL OR true) AND ($13::text IS NULL OR (left(c.sort_name, 60), c.id) > ($13, $14::uuid))
             ORDER BY left(c.sort_name, 60), c.id LIMIT $15"
        ),
    };
    let (time, name, id) = match after {
        None => (None, None, None),
        Some(Position::Time(at, id)) => (Some(*at), None, Some(*id)),
        Some(Position::Name(name, id)) => (None, Some(name.as_str()), Some(*id)),
    };
    let rows = narrow(sql(text), scope, filter)
        .bind::<Nullable<Timestamptz>, _>(time)
        .bind::<Nullable<Text>, _>(name)
        .bind::<Nullable<SqlUuid>, _>(id)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    Ok(rows)
}

macro_rules! search {
    ($which:ident) => {
        concat!(
            "WITH strict AS (
                (SELECT c.id, 0 AS rank, 1::real AS score FROM customers c WHERE ",
            narrowed!($which),
            " AND c.id IN (SELECT x.id FROM customers x WHERE x.number = $21
                    UNION ALL SELECT x.id FROM customers x WHERE x.email = lower($12)
                    UNION ALL SELECT x.id FROM customers x WHERE x.nif = $12 AND x.nif IS NOT NULL AND x.deleted_at IS NULL
                    UNION ALL SELECT x.id FROM customers x WHERE x.external_id = $12 AND x.external_id IS NOT NULL
                        AND x.deleted_at IS NULL) LIMIT 20)
                UNION ALL
                (SELECT c.id, 1, 1 FROM customers c WHERE ",
            narrowed!($which),
            " AND c.search @@ to_tsquery('simple', fold_text($13)) LIMIT $16)
                UNION ALL
                (SELECT c.id, 2, 1 FROM customers c WHERE ",
            narrowed!($which),
            " AND c.haystack LIKE fold_text($14) LIMIT $16)),
             fuzzy AS (
                SELECT c.id, 3 AS rank,
                    word_similarity(fold_text($17), c.sort_name) + word_similarity(fold_text($18), c.sort_name)
                    + word_similarity(fold_text($19), c.sort_name) AS score
                FROM customers c WHERE ",
            narrowed!($which),
            " AND fold_text($17) <% c.sort_name AND fold_text($18) <% c.sort_name AND fold_text($19) <% c.sort_name
                AND (SELECT count(*) FROM strict) < 20 LIMIT $16),
             ranked AS (SELECT DISTINCT ON (id) id, rank, score FROM (SELECT * FROM strict UNION ALL SELECT * FROM fuzzy) f
                ORDER BY id, rank, score DESC) ",
            columns!(),
            "JOIN ranked r ON r.id = c.id ORDER BY r.rank, r.score DESC, left(c.sort_name, 60), c.id OFFSET $15 LIMIT $20"
        )
    };
}

/// Customers that fit `text` best, best first: exact identifiers, then beginnings of words, then parts of words, and, when
/// these are few, names that merely resemble it. Looks at a bounded number of candidates, so a common word stays fast.
///
/// # Errors
/// When the database is away.
pub async fn search(
    conn: &mut PgConn,
    scope: Scope,
    filter: &Filter,
    text: &str,
    offset: i64,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let words = words(text);
    let prefixes = words
        .iter()
        .map(|word| format!("{word}:*"))
        .collect::<Vec<_>>()
        .join(" & ");
    // The longest words tell most; a missing one is replaced by the first, which changes nothing.
    let mut telling: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|w| w.chars().count() >= 3)
        .collect();
    telling.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let fuzzy = |n: usize| {
        telling
            .get(n)
            .or(telling.as_slice().first())
            .map(|word| (*word).to_owned())
    };
    let part = (text.trim().chars().count() >= 3).then(|| format!("%{}%", like(text.trim())));
    let statement = if filter.deleted {
        sql(search!(deleted))
    } else {
        sql(search!(live))
    };
    let rows = narrow(statement, scope, filter)
        .bind::<Text, _>(text.trim().to_owned())
        .bind::<Text, _>(prefixes)
        .bind::<Nullable<Text>, _>(part)
        .bind::<BigInt, _>(offset)
        .bind::<BigInt, _>(CANDIDATES)
        .bind::<Nullable<Text>, _>(fuzzy(0))
        .bind::<Nullable<Text>, _>(fuzzy(1))
        .bind::<Nullable<Text>, _>(fuzzy(2))
        .bind::<BigInt, _>(limit)
        .bind::<Nullable<BigInt>, _>(text.trim().parse::<i64>().ok())
        .load(conn)
        .await?;
    Ok(rows)
}

/// Runs of letters and digits, eight at most: whatever else people type has no meaning for the index.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(8)
        .map(|word| word.chars().take(40).collect())
        .collect()
}

/// How many customers there are.
#[derive(Debug, Clone, Default)]
pub struct Statistics {
    /// All of them.
    pub total: i64,
    /// By status.
    pub by_status: Vec<(String, i64)>,
    /// By kind.
    pub by_kind: Vec<(String, i64)>,
    /// By verification of identity.
    pub by_kyc_state: Vec<(String, i64)>,
    /// By tag; the hundred that most have.
    pub by_tag: Vec<(String, i64)>,
    /// Stored within thirty days.
    pub recent: i64,
}

#[derive(QueryableByName)]
struct TagRow {
    #[diesel(sql_type = Text)]
    tag: String,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct StatRow {
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    kyc_state: String,
    #[diesel(sql_type = Integer)]
    n: i32,
    #[diesel(sql_type = Integer)]
    recent: i32,
}

/// Counts the customers in scope.
///
/// # Errors
/// When the database is away.
pub async fn statistics(conn: &mut PgConn, scope: Scope, now: DateTime<Utc>) -> Result<Statistics, StoreError> {
    let rows: Vec<StatRow> = sql("SELECT c.status, c.kind, c.kyc_state, count(*)::int AS n,
            (count(*) FILTER (WHERE c.created_at > $2::timestamptz - interval '30 days'))::int AS recent
         FROM customers c WHERE c.deleted_at IS NULL
            AND ($1::uuid IS NULL OR c.id IN (SELECT m.customer_id FROM customer_members m WHERE m.user_id = $1))
         GROUP BY c.status, c.kind, c.kyc_state ORDER BY c.status, c.kind, c.kyc_state")
    .bind::<Nullable<SqlUuid>, _>(scope.user())
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    let mut found = Statistics::default();
    for row in rows {
        let n = i64::from(row.n);
        found.total += n;
        found.recent += i64::from(row.recent);
        add(&mut found.by_status, row.status, n);
        add(&mut found.by_kind, row.kind, n);
        add(&mut found.by_kyc_state, row.kyc_state, n);
    }
    let tags: Vec<TagRow> = sql(
        "SELECT tag, count(*) AS n FROM customers c CROSS JOIN unnest(c.tags) AS tag
         WHERE c.deleted_at IS NULL AND c.tags <> '{}'
            AND ($1::uuid IS NULL OR c.id IN (SELECT m.customer_id FROM customer_members m WHERE m.user_id = $1))
         GROUP BY tag ORDER BY n DESC, tag LIMIT 100",
    )
    .bind::<Nullable<SqlUuid>, _>(scope.user())
    .load(conn)
    .await?;
    found.by_tag = tags.into_iter().map(|row| (row.tag, row.n)).collect();
    Ok(found)
}

fn add(counts: &mut Vec<(String, i64)>, key: String, n: i64) {
    match counts.iter_mut().find(|(known, _)| *known == key) {
        Some((_, count)) => *count += n,
        None => counts.push((key, n)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_letters_and_digits_reach_the_index() {
        assert_eq!(words("Étienne & (بن علي) | !x:*"), ["Étienne", "بن", "علي", "x"]);
        assert_eq!(words(&"a ".repeat(50)).len(), 8);
        assert_eq!(like("50%_\\"), "50\\%\\_\\\\");
    }
}
