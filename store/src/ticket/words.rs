//! What tickets say, for searching.

use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::ticket::search::Typed;
use uuid::Uuid;

use crate::{
    PgConn, StoreError,
    locks::{self, Lock},
    sql::sql,
};

/// Reads tickets anew; those that are gone are forgotten. Of a message 50,000 characters are read, of a conversation the newest pages.
///
/// # Errors
/// When the database refuses.
pub async fn read(conn: &mut PgConn, tickets: &[Uuid]) -> Result<(), StoreError> {
    sql(
        "WITH r AS MATERIALIZED (SELECT t.id, concat_ws(' ', t.number::text, t.subject, t.requester_name, t.requester_email,
                 translate(t.requester_email, '@.-_+', '     ')) AS head, x.public, x.internal
             FROM tickets t CROSS JOIN LATERAL (SELECT
                     left(string_agg(m.said, E'\\n' ORDER BY m.created_at DESC, m.id DESC) FILTER (WHERE m.seen), 300000) AS public,
                     left(string_agg(m.said, E'\\n' ORDER BY m.created_at DESC, m.id DESC) FILTER (WHERE NOT m.seen), 300000) AS internal
                 FROM (SELECT id, created_at, left(body_text, 50000) AS said, kind <> 'note' AND NOT held AS seen
                     FROM ticket_messages WHERE ticket_id = t.id) m) x
             WHERE t.id = ANY($1) AND t.deleted_at IS NULL),
         g AS (DELETE FROM ticket_words w WHERE w.ticket_id = ANY($1) AND NOT EXISTS (SELECT FROM r WHERE r.id = w.ticket_id)),
         s AS MATERIALIZED (SELECT r.id, v.words, v.seen, v.plain
             FROM r CROSS JOIN LATERAL ticket_vectors(concat_ws(E'\\n', r.head, r.public), r.internal) v),
         v AS (INSERT INTO search_vocabulary SELECT DISTINCT l.lexeme FROM s, unnest(s.plain) l
                   WHERE length(l.lexeme) BETWEEN 3 AND 32 AND l.lexeme ~ '^[[:alpha:]]+$'
               ORDER BY 1 ON CONFLICT DO NOTHING)
         INSERT INTO ticket_words (ticket_id, words, public) SELECT s.id, s.words, s.seen FROM s ORDER BY s.id
         ON CONFLICT (ticket_id) DO UPDATE SET words = excluded.words, public = excluded.public",
    )
    .bind::<Array<SqlUuid>, _>(tickets)
    .execute(conn)
    .await?;
    Ok(())
}

/// Nobody else reads until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn alone(conn: &mut PgConn) -> Result<bool, StoreError> {
    locks::try_take(conn, Lock::Search).await
}

/// Tickets to be read beside what the log names, one after the other.
///
/// # Errors
/// When the database refuses.
pub async fn owe(conn: &mut PgConn, tickets: &[Uuid]) -> Result<(), StoreError> {
    sql("INSERT INTO ticket_words_due SELECT id FROM tickets WHERE id = ANY($1) ON CONFLICT DO NOTHING")
        .bind::<Array<SqlUuid>, _>(tickets)
        .execute(conn)
        .await?;
    Ok(())
}

/// One that is owed is no longer.
///
/// # Errors
/// When the database refuses.
pub async fn settle(conn: &mut PgConn, ticket: Uuid) -> Result<(), StoreError> {
    sql("DELETE FROM ticket_words_due WHERE ticket_id = $1")
        .bind::<SqlUuid, _>(ticket)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Takes tickets that are to be read beside what the log names, at most `limit`; they are read with the commit.
///
/// # Errors
/// When the database refuses.
pub async fn take_due(conn: &mut PgConn, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<Id> = sql("DELETE FROM ticket_words_due WHERE ticket_id IN
             (SELECT ticket_id FROM ticket_words_due ORDER BY ticket_id DESC LIMIT $1 FOR UPDATE SKIP LOCKED)
         RETURNING ticket_id AS id")
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Forgets what is known of the tickets of a person and of those that name an address of his, and the words of his names that no
/// other ticket holds; the tickets are read anew. `pattern` finds his addresses, as a regular expression.
///
/// # Errors
/// When the database refuses.
pub async fn forget(
    conn: &mut PgConn,
    user: Uuid,
    names: &[String],
    addresses: &[String],
    pattern: &str,
) -> Result<(), StoreError> {
    sql("WITH mine AS (SELECT id FROM tickets WHERE requester_user_id = $1 OR requester_email = ANY($2) OR subject ~* $3
             UNION SELECT ticket_id FROM ticket_participants WHERE user_id = $1 OR email = ANY($2)
             UNION SELECT ticket_id FROM ticket_messages WHERE body_text ~* $3),
         d AS (INSERT INTO ticket_words_due SELECT id FROM mine ON CONFLICT DO NOTHING)
         DELETE FROM ticket_words WHERE ticket_id IN (SELECT id FROM mine)")
    .bind::<SqlUuid, _>(user)
    .bind::<Array<Text>, _>(addresses)
    .bind::<Text, _>(pattern)
    .execute(conn)
    .await?;
    // Somebody else may be called so, and a search for him must still know that there is such a word.
    sql("DELETE FROM search_vocabulary v WHERE v.word IN (SELECT l.lexeme
             FROM unnest(to_tsvector('simple', fold_text(translate(array_to_string($1 || $2, ' '), '@.-_+', '     ')))) l)
             AND NOT EXISTS (SELECT FROM ticket_words w WHERE w.words @@ to_tsquery('simple', quote_literal(v.word)))")
    .bind::<Array<Text>, _>(names)
    .bind::<Array<Text>, _>(addresses)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Text)]
    word: String,
    #[diesel(sql_type = Bool)]
    known: bool,
    #[diesel(sql_type = Bool)]
    begins: bool,
    #[diesel(sql_type = Nullable<Text>)]
    like: Option<String>,
}

macro_rules! typed {
    ($($vocabulary:expr),+) => {
        concat!(
            "WITH ",
            $($vocabulary),+,
            " SELECT w.word, EXISTS (SELECT FROM v WHERE v.word = w.word) AS known,
                 EXISTS (SELECT FROM v WHERE v.word >= w.word AND v.word < w.word || U&'\\+10FFFF') AS begins,
                 (SELECT v.word FROM v WHERE v.word % w.word AND similarity(v.word, w.word) >= 0.4
                  ORDER BY similarity(v.word, w.word) DESC, v.word LIMIT 1) AS like
             FROM unnest($1::text[]) AS w(word)"
        )
    };
}

/// What is known of the words that were typed; of a customer, in what his tickets say.
///
/// # Errors
/// When the database is away.
pub async fn typed(conn: &mut PgConn, words: &[String], customer: Option<Uuid>) -> Result<Vec<Typed>, StoreError> {
    let statement = if customer.is_some() {
        // Others' words would tell of others; of what he sees the newest 500 are read. `$2` keeps to him also where the wall would let more through.
        sql(typed!(
            "v AS MATERIALIZED (SELECT DISTINCT l.lexeme COLLATE \"C\" AS word FROM (SELECT w.public FROM ticket_words w
                 WHERE w.ticket_id IN (SELECT t.id FROM tickets t WHERE t.requester_user_id = $2 AND t.project_id IS NULL
                     UNION SELECT p.ticket_id FROM ticket_participants p JOIN tickets t ON t.id = p.ticket_id AND t.project_id IS NULL
                         WHERE p.user_id = $2 AND p.role <> 'cc_pending'
                     UNION SELECT t.id FROM tickets t WHERE t.project_id IN (",
            seen_projects!("$2"),
            "))
                 ORDER BY w.ticket_id DESC LIMIT 500) o, unnest(o.public) l)"
        ))
    } else {
        sql(typed!(
            "v AS NOT MATERIALIZED (SELECT word FROM search_vocabulary WHERE $2::uuid IS NULL)"
        ))
    };
    let rows: Vec<Known> = statement
        .bind::<Array<Text>, _>(words)
        .bind::<Nullable<SqlUuid>, _>(customer)
        .load(conn)
        .await?;
    let typed = rows.into_iter().map(|row| Typed {
        word: row.word,
        known: row.known,
        begins: row.begins,
        like: row.like,
    });
    Ok(typed.collect())
}

#[derive(QueryableByName)]
struct Read {
    #[diesel(sql_type = Text)]
    text: String,
}

/// Text as searches see it: lower case, without accents, of Arabic one form of each letter.
///
/// # Errors
/// When the database is away.
pub async fn folded(conn: &mut PgConn, text: &str) -> Result<String, StoreError> {
    let row: Read = sql("SELECT fold_text($1) AS text")
        .bind::<Text, _>(text)
        .get_result(conn)
        .await?;
    Ok(row.text)
}

/// The query that stands for `text`, whose last word may go on when `beginning` is it. Empty when nothing is left to look for.
///
/// # Errors
/// When the database is away.
pub async fn query(conn: &mut PgConn, text: &str, beginning: Option<&str>) -> Result<String, StoreError> {
    let row: Read = sql(
        "SELECT (CASE WHEN $2 IS NULL THEN search_query($1) WHEN numnode(search_query($1)) = 0 THEN b
                 ELSE search_query($1) && b END)::text AS text
             FROM (SELECT to_tsquery('simple', quote_literal($2) || ':*') AS b) x",
    )
    .bind::<Text, _>(text)
    .bind::<Nullable<Text>, _>(beginning)
    .get_result(conn)
    .await?;
    Ok(row.text)
}

/// Do more than `many` tickets hold it? Then it is quicker to go through them in their order than to gather all of them.
///
/// # Errors
/// When the database is away.
pub async fn frequent(conn: &mut PgConn, query: &str, many: i64) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        more: bool,
    }
    let row: Found = sql("SELECT search_is_frequent($1::tsquery, $2) AS more")
        .bind::<Text, _>(query)
        .bind::<BigInt, _>(many)
        .get_result(conn)
        .await?;
    Ok(row.more)
}
