//! Lists of tickets: filters, sorts, keyset pages, counters.

use chrono::{DateTime, Duration, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::ticket::{Source, Span};
use uuid::Uuid;

use super::{Related, Summary};
use crate::{
    PgConn, StoreError,
    sql::{Statement, sql},
};

/// Order of a list; newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// By last change.
    #[default]
    Updated,
    /// By opening.
    Created,
    /// By when a clock is due, the next first; what is not due at all comes last.
    Due,
}

/// How a ticket stands to its promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// A running clock is over its time.
    Overdue,
    /// One will be within four hours.
    Soon,
    /// A promise was broken at some time, and the ticket is not closed.
    Breached,
}

/// Sort value and id of the last row of a page; no value stands for what is never due.
pub type After = (Option<DateTime<Utc>>, Uuid);

/// What somebody looks for, as `words::query` reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// A tsquery.
    pub query: String,
    /// So many tickets hold it that they are gone through in the list's order.
    pub frequent: bool,
}

/// What a list is narrowed to; an empty list or `None` does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// States.
    pub states: Vec<String>,
    /// Priorities.
    pub priorities: Vec<String>,
    /// Assigned to this agent.
    pub assignee: Option<Uuid>,
    /// Assigned to nobody.
    pub unassigned: bool,
    /// Only tickets that this customer's account sees.
    pub customer: Option<Uuid>,
    /// Words of subject, requester, number and messages.
    pub search: Option<Search>,
    /// How they stand to their promises.
    pub due: Option<Due>,
    /// These categories and all below them.
    pub categories: Vec<Uuid>,
    /// Without a category.
    pub uncategorised: bool,
    /// With this tag.
    pub tag: Option<String>,
    /// Escalated, not over, and nobody has taken note.
    pub escalated: bool,
    /// Of this project.
    pub project: Option<Uuid>,
    /// Of no project.
    pub unfiled: bool,
    /// What this agent has put aside: that alone, or all but that.
    pub aside: Option<(Uuid, bool)>,
    /// Of this support group.
    pub group: Option<Uuid>,
    /// Of this customer, whoever looks.
    pub of_customer: Option<Uuid>,
    /// This account asked.
    pub requester: Option<Uuid>,
    /// Whoever has this address asked, in small letters.
    pub requester_email: Option<String>,
    /// It came this way.
    pub source: Option<Source>,
    /// A note mentions this agent. Not for customers.
    pub mentioned: Option<Uuid>,
    /// About all of these that are named.
    pub related: Related,
    /// Closed as spam: that alone, or all but that.
    pub spam: Option<bool>,
    /// When it was opened.
    pub created: Span,
    /// When it changed last.
    pub updated: Span,
}

/// A note on the ticket `t` mentions the agent in this placeholder. Gathered first, by the index, and then looked up: there are few of them.
macro_rules! mentioned {
    ($agent:literal) => {
        concat!(
            "t.id = ANY(ARRAY(SELECT m.ticket_id FROM message_mentions x JOIN ticket_messages m ON m.id = x.message_id WHERE x.user_id = ",
            $agent,
            "))"
        )
    };
}

/// Behind the wall nobody reads whom notes mention, so no statement of customers may name them.
macro_rules! never_mentioned {
    ($agent:literal) => {
        "false"
    };
}

/// What a filter lets through; [`narrow`] binds its 31 values. `$found` says how the words of `$6` are looked for and `$mentions` how
/// mentions are, see [`searching`].
macro_rules! matching {
    ($found:expr, $mentions:ident) => {
        concat!(
            "t.deleted_at IS NULL
               AND (cardinality($1::text[]) = 0 OR t.state = ANY($1))
               AND (cardinality($2::text[]) = 0 OR t.priority = ANY($2))
               AND ($3::uuid IS NULL OR t.assignee_id = $3)
               AND (NOT $4 OR t.assignee_id IS NULL)
               AND ($5::uuid IS NULL OR ",
            seen_ticket!("$5"),
            ")
               AND ($6::text IS NULL OR ",
            $found,
            ")
               AND ($7::timestamptz IS NULL OR coalesce(t.sla_due_at, 'infinity') <= $7)
               AND ($8::timestamptz IS NULL OR coalesce(t.sla_due_at, 'infinity') > $8)
               AND (NOT $9 OR (t.sla_breached AND t.state <> 'closed'))
               AND (cardinality($10::uuid[]) = 0 OR t.category_id = ANY(ARRAY(WITH RECURSIVE d AS (SELECT unnest($10::uuid[]) AS id
                    UNION SELECT c.id FROM ticket_categories c JOIN d ON c.parent_id = d.id) SELECT id FROM d)))
               AND (NOT $11 OR t.category_id IS NULL)
               AND ($12::text IS NULL OR (t.tags <> '{}' AND t.tags @> ARRAY[$12]))
               AND (NOT $13 OR (t.escalated AND t.state NOT IN ('resolved', 'closed')))
               AND ($14::uuid IS NULL OR t.project_id = $14)
               AND (NOT $15 OR t.project_id IS NULL)
               AND ($16::uuid IS NULL OR ",
            not_aside!("$16"),
            " <> $17)
               AND ($18::uuid IS NULL OR t.group_id = $18)
               AND ($19::uuid IS NULL OR t.customer_id = $19)
               AND ($20::uuid IS NULL OR t.requester_user_id = $20)
               AND ($21::text IS NULL OR t.requester_email = $21)
               AND ($22::text IS NULL OR t.source = $22)
               AND ($23::uuid IS NULL OR ",
            $mentions!("$23"),
            ")
               AND ($24::timestamptz IS NULL OR t.created_at >= $24)
               AND ($25::timestamptz IS NULL OR t.created_at < $25)
               AND ($26::timestamptz IS NULL OR t.updated_at >= $26)
               AND ($27::timestamptz IS NULL OR t.updated_at < $27)
               AND ($28::uuid IS NULL OR t.order_id = $28)
               AND ($29::uuid IS NULL OR t.service_id = $29)
               AND ($30::uuid IS NULL OR t.invoice_id = $30)
               AND ($31::bool IS NULL OR t.spam = $31)"
        )
    };
}

/// A statement for each way of looking for words: by the index where few tickets hold them, one ticket after the other where many
/// do, and for customers in what they may see, which is one customer's at most. What was written a moment ago is not read yet, but a
/// ticket's own words are always there. `OFFSET 0` keeps PostgreSQL from gathering all that match before it looks at the first ticket.
macro_rules! searching {
    ($filter:expr, $statement:ident!($($rest:tt)*)) => {
        match ($filter.customer, &$filter.search) {
            (Some(_), None) => sql($statement!("true", never_mentioned $($rest)*)),
            (None, None) => sql($statement!("true", mentioned $($rest)*)),
            (Some(_), Some(_)) => sql($statement!(
                "(t.search @@ $6::tsquery OR EXISTS (SELECT FROM ticket_words w WHERE w.ticket_id = t.id AND w.public @@ $6::tsquery OFFSET 0))",
                never_mentioned
                $($rest)*
            )),
            (None, Some(Search { frequent: true, .. })) => sql($statement!(
                "(t.search @@ $6::tsquery OR EXISTS (SELECT FROM ticket_words w WHERE w.ticket_id = t.id AND w.words @@ $6::tsquery OFFSET 0))",
                mentioned
                $($rest)*
            )),
            (None, Some(_)) => sql($statement!(
                "t.id IN (SELECT s.id FROM tickets s WHERE s.search @@ $6::tsquery
                     UNION SELECT w.ticket_id FROM ticket_words w WHERE w.words @@ $6::tsquery)",
                mentioned
                $($rest)*
            )),
        }
    };
}

macro_rules! page {
    ($found:literal, $mentions:ident, $sort:literal, $beyond:literal, $direction:literal) => {
        concat!(
            "SELECT t.id, t.number, t.subject, t.state, t.priority, t.requester_user_id, t.requester_email,
                t.requester_name, t.assignee_id, a.name AS assignee_name, t.group_id, g.name AS group_name,
                t.message_count, t.last_message_at, t.created_at, t.updated_at, t.version, t.delivery_failed,
                t.sla_due_at, t.sla_breached, t.escalated, t.category_id, t.tags, t.spam
             FROM tickets t JOIN support_groups g ON g.id = t.group_id LEFT JOIN users a ON a.id = t.assignee_id
             WHERE ",
            matching!($found, $mentions),
            "
               AND ($33::uuid IS NULL OR (",
            $sort,
            ", t.id) ",
            $beyond,
            " (coalesce($32::timestamptz, 'infinity'), $33::uuid))
             ORDER BY ",
            $sort,
            " ",
            $direction,
            ", t.id ",
            $direction,
            " LIMIT $34"
        )
    };
}

macro_rules! counted {
    ($found:literal, $mentions:ident) => {
        concat!(
            "SELECT count(*) AS n FROM (SELECT FROM tickets t WHERE ",
            matching!($found, $mentions),
            " LIMIT $32) c"
        )
    };
}

macro_rules! chosen {
    ($found:literal, $mentions:ident) => {
        concat!(
            "INSERT INTO ticket_bulk_rows (bulk_id, position, ticket_id)
             SELECT $32, row_number() OVER (ORDER BY c.id), c.id FROM (SELECT t.id FROM tickets t WHERE ",
            matching!($found, $mentions),
            " LIMIT $33) c"
        )
    };
}

/// The limit inside is above any page's. It tells PostgreSQL that few rows come, so that it keeps one plan instead of making a new
/// one each time, which costs as much as running it.
/// Both are without values that may be nothing: see [`super::find`].
macro_rules! state_page {
    ($sort:literal, $aside:expr) => {
        concat!(
            "SELECT t.id, t.number, t.subject, t.state, t.priority, t.requester_user_id, t.requester_email,
                t.requester_name, t.assignee_id, a.name AS assignee_name, t.group_id, g.name AS group_name,
                t.message_count, t.last_message_at, t.created_at, t.updated_at, t.version, t.delivery_failed,
                t.sla_due_at, t.sla_breached, t.escalated, t.category_id, t.tags, t.spam
             FROM (SELECT * FROM tickets t WHERE deleted_at IS NULL AND state = $1 AND (",
            $sort,
            ", id) < ($2, $3)",
            $aside,
            "
                   ORDER BY ",
            $sort,
            " DESC, id DESC LIMIT 200) t
                 JOIN support_groups g ON g.id = t.group_id LEFT JOIN users a ON a.id = t.assignee_id
             ORDER BY t.",
            $sort,
            " DESC, t.id DESC LIMIT $4"
        )
    };
}

/// Tickets after the row `after` (its sort value and id), at most `limit`.
///
/// The list of one state, be it without what the reader has put aside, is by far the most frequent and has a statement of its own, which
/// the index answers in order.
///
/// # Errors
/// When the database is away.
pub async fn list(
    conn: &mut PgConn,
    filter: &Filter,
    sort: Sort,
    after: Option<After>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Summary>, StoreError> {
    // Compared as a whole, so that no part of a filter can be forgotten here.
    let others = Filter {
        states: Vec::new(),
        aside: None,
        ..filter.clone()
    };
    let only_state =
        filter.states.len() == 1 && others == Filter::default() && filter.aside.is_none_or(|(_, only)| !only);
    if only_state && sort == Sort::Updated {
        let (at, id) = after.unwrap_or((None, Uuid::max()));
        let at = at.unwrap_or_else(far_future);
        let statement = match filter.aside {
            None => sql(state_page!("updated_at", "")),
            Some(_) => sql(state_page!("updated_at", concat!(" AND ", not_aside!("$5")))),
        };
        let statement = statement
            .bind::<Text, _>(filter.states[0].as_str())
            .bind::<Timestamptz, _>(at)
            .bind::<SqlUuid, _>(id)
            .bind::<BigInt, _>(limit);
        let statement = match filter.aside {
            None => statement,
            Some((agent, _)) => statement.bind::<SqlUuid, _>(agent),
        };
        return Ok(statement.load(conn).await?);
    }
    let statement = match sort {
        Sort::Updated => searching!(filter, page!(, "t.updated_at", "<", "DESC")),
        Sort::Created => searching!(filter, page!(, "t.created_at", "<", "DESC")),
        Sort::Due => searching!(filter, page!(, "coalesce(t.sla_due_at, 'infinity')", ">", "ASC")),
    };
    let rows = narrow(statement, filter, now)
        .bind::<Nullable<Timestamptz>, _>(after.and_then(|a| a.0))
        .bind::<Nullable<SqlUuid>, _>(after.map(|a| a.1))
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    Ok(rows)
}

/// Gives [`matching`] its values.
fn narrow<'a>(statement: Statement<'a>, filter: &'a Filter, now: DateTime<Utc>) -> Statement<'a> {
    let (until, from) = match filter.due {
        Some(Due::Overdue) => (Some(now), None),
        Some(Due::Soon) => (Some(now + Duration::hours(4)), Some(now)),
        Some(Due::Breached) | None => (None, None),
    };
    statement
        .bind::<Array<Text>, _>(&filter.states)
        .bind::<Array<Text>, _>(&filter.priorities)
        .bind::<Nullable<SqlUuid>, _>(filter.assignee)
        .bind::<Bool, _>(filter.unassigned)
        .bind::<Nullable<SqlUuid>, _>(filter.customer)
        .bind::<Nullable<Text>, _>(filter.search.as_ref().map(|search| search.query.as_str()))
        .bind::<Nullable<Timestamptz>, _>(until)
        .bind::<Nullable<Timestamptz>, _>(from)
        .bind::<Bool, _>(filter.due == Some(Due::Breached))
        .bind::<Array<SqlUuid>, _>(&filter.categories)
        .bind::<Bool, _>(filter.uncategorised)
        .bind::<Nullable<Text>, _>(filter.tag.as_deref())
        .bind::<Bool, _>(filter.escalated)
        .bind::<Nullable<SqlUuid>, _>(filter.project)
        .bind::<Bool, _>(filter.unfiled)
        .bind::<Nullable<SqlUuid>, _>(filter.aside.map(|(agent, _)| agent))
        .bind::<Bool, _>(filter.aside.is_some_and(|(_, only)| only))
        .bind::<Nullable<SqlUuid>, _>(filter.group)
        .bind::<Nullable<SqlUuid>, _>(filter.of_customer)
        .bind::<Nullable<SqlUuid>, _>(filter.requester)
        .bind::<Nullable<Text>, _>(filter.requester_email.as_deref())
        .bind::<Nullable<Text>, _>(filter.source.map(Source::as_str))
        .bind::<Nullable<SqlUuid>, _>(filter.mentioned)
        .bind::<Nullable<Timestamptz>, _>(filter.created.from)
        .bind::<Nullable<Timestamptz>, _>(filter.created.until)
        .bind::<Nullable<Timestamptz>, _>(filter.updated.from)
        .bind::<Nullable<Timestamptz>, _>(filter.updated.until)
        .bind::<Nullable<SqlUuid>, _>(filter.related.order_id)
        .bind::<Nullable<SqlUuid>, _>(filter.related.service_id)
        .bind::<Nullable<SqlUuid>, _>(filter.related.invoice_id)
        .bind::<Nullable<Bool>, _>(filter.spam)
}

/// How many tickets a filter lets through, counted up to `limit`.
///
/// # Errors
/// When the database is away.
pub async fn count(conn: &mut PgConn, filter: &Filter, limit: i64, now: DateTime<Utc>) -> Result<i64, StoreError> {
    let statement = searching!(filter, counted!());
    let row: Total = narrow(statement, filter, now)
        .bind::<BigInt, _>(limit)
        .get_result(conn)
        .await?;
    Ok(row.n)
}

/// Puts the tickets that a filter lets through under a bulk change, `limit` at most. Returns how many.
///
/// # Errors
/// When the database refuses.
pub async fn choose(
    conn: &mut PgConn,
    bulk: Uuid,
    filter: &Filter,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let statement = searching!(filter, chosen!());
    let n = narrow(statement, filter, now)
        .bind::<SqlUuid, _>(bulk)
        .bind::<BigInt, _>(limit)
        .execute(conn)
        .await?;
    Ok(n)
}

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// A moment after every row, within PostgreSQL's range.
fn far_future() -> DateTime<Utc> {
    DateTime::from_timestamp(253_402_300_799, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// How many tickets there are, each counted up to a cap so that the answer stays fast.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Tickets by state, but for those that the asker has put aside; so it is with all that follow.
    pub by_state: Vec<(String, i64)>,
    /// Assigned to the asker and not over.
    pub mine: i64,
    /// Assigned to nobody and not over.
    pub unassigned: i64,
    /// Escalated, not over, and nobody has taken note; none for a customer.
    pub escalated: i64,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Integer)]
    n: i32,
}

/// Counts as staff (`customer` = `None`) or as a customer sees them; no number exceeds 10,000.
///
/// # Errors
/// When the database is away.
pub async fn counts(conn: &mut PgConn, asker: Uuid, customer: Option<Uuid>) -> Result<Counts, StoreError> {
    let rows: Vec<CountRow> = sql(concat!(
        "SELECT s.key, (SELECT count(*) FROM (SELECT 1 FROM tickets t WHERE t.deleted_at IS NULL AND t.state = s.key AND ",
        not_aside!("$1"),
        " AND ($2::uuid IS NULL OR ",
        seen_ticket!("$2"),
        ") LIMIT 10000) c)::int AS n
         FROM unnest(ARRAY['open','in_progress','answered','waiting_for_response','on_hold','resolved','closed']) s(key)
         UNION ALL SELECT ':mine', (SELECT count(*) FROM (SELECT 1 FROM tickets t WHERE t.deleted_at IS NULL
                AND t.assignee_id = $1 AND t.state NOT IN ('resolved', 'closed') AND ",
        not_aside!("$1"),
        " LIMIT 10000) c)::int
         UNION ALL SELECT ':unassigned', (SELECT count(*) FROM (SELECT 1 FROM tickets t WHERE t.deleted_at IS NULL
                AND t.assignee_id IS NULL AND t.state IN ('open', 'in_progress', 'answered', 'waiting_for_response', 'on_hold') AND ",
        not_aside!("$1"),
        " AND ($2::uuid IS NULL OR ",
        seen_ticket!("$2"),
        ") LIMIT 10000) c)::int
         UNION ALL SELECT ':escalated', (SELECT count(*) FROM (SELECT 1 FROM tickets t WHERE t.deleted_at IS NULL AND t.escalated
                AND t.state NOT IN ('resolved', 'closed') AND ",
        not_aside!("$1"),
        " AND $2::uuid IS NULL LIMIT 10000) c)::int"
    ))
    .bind::<SqlUuid, _>(asker)
    .bind::<Nullable<SqlUuid>, _>(customer)
    .load(conn)
    .await?;
    let mut counts = Counts::default();
    for row in rows {
        match row.key.as_str() {
            ":mine" => counts.mine = row.n.into(),
            ":escalated" => counts.escalated = row.n.into(),
            ":unassigned" => counts.unassigned = row.n.into(),
            _ => counts.by_state.push((row.key, row.n.into())),
        }
    }
    Ok(counts)
}
