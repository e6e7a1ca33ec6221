//! What tickets say, for searching.

use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::ticket::search::Typed;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// Characters of one message that are read.
macro_rules! of_message {
    () => {
        "left(m.body_text, 50000)"
    };
}

/// Reads tickets anew; those that are gone are forgotten.
///
/// # Errors
/// When the database refuses.
pub async fn read(conn: &mut PgConn, tickets: &[Uuid]) -> Result<(), StoreError> {
    // A tsvector holds a megabyte at most: of a conversation of books the newest pages count.
    sql(concat!(
        "WITH r AS MATERIALIZED (SELECT t.id, concat_ws(' ', t.number::text, t.subject, t.requester_name, t.requester_email,
                 translate(t.requester_email, '@.-_+', '     ')) AS head,
                 left((SELECT string_agg(",
        of_message!(),
        ", E'\\n' ORDER BY m.created_at DESC, m.id DESC) FROM ticket_messages m WHERE m.ticket_id = t.id
                     AND m.kind <> 'note' AND NOT m.held), 300000) AS public,
                 left((SELECT string_agg(",
        of_message!(),
        ", E'\\n' ORDER BY m.created_at DESC, m.id DESC) FROM ticket_messages m WHERE m.ticket_id = t.id
                     AND (m.kind = 'note' OR m.held)), 300000) AS internal
             FROM tickets t WHERE t.id = ANY($1) AND t.deleted_at IS NULL),
         g AS (DELETE FROM ticket_words w WHERE w.ticket_id = ANY($1) AND NOT EXISTS (SELECT FROM r WHERE r.id = w.ticket_id)),
         s AS MATERIALIZED (SELECT r.id, search_words(concat_ws(E'\\n', r.head, r.public)) AS public,
                 search_words(coalesce(r.internal, '')) AS internal,
                 to_tsvector('simple', fold_text(concat_ws(E'\\n', r.head, r.public, r.internal))) AS plain
             FROM r),
         v AS (INSERT INTO search_vocabulary SELECT DISTINCT l.lexeme FROM s, unnest(s.plain) l
                   WHERE length(l.lexeme) BETWEEN 3 AND 32 AND l.lexeme ~ '^[[:alpha:]]+$'
               ORDER BY 1 ON CONFLICT DO NOTHING)
         INSERT INTO ticket_words (ticket_id, words, public) SELECT s.id, s.public || s.internal, s.public FROM s ORDER BY s.id
         ON CONFLICT (ticket_id) DO UPDATE SET words = excluded.words, public = excluded.public"
    ))
    .bind::<Array<SqlUuid>, _>(tickets)
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

/// Forgets what is known of the tickets of a person, and the words of his names; the tickets are read anew.
///
/// # Errors
/// When the database refuses.
pub async fn forget(conn: &mut PgConn, user: Uuid, names: &[String], addresses: &[String]) -> Result<(), StoreError> {
    sql("WITH mine AS (SELECT id FROM tickets WHERE requester_user_id = $1 OR requester_email = ANY($3)
             UNION SELECT ticket_id FROM ticket_participants WHERE user_id = $1 OR email = ANY($3)),
         d AS (INSERT INTO ticket_words_due SELECT id FROM mine ON CONFLICT DO NOTHING),
         w AS (DELETE FROM ticket_words WHERE ticket_id IN (SELECT id FROM mine))
         DELETE FROM search_vocabulary WHERE word IN (SELECT l.lexeme
             FROM unnest(to_tsvector('simple', fold_text(translate(array_to_string($2 || $3, ' '), '@.-_+', '     ')))) l)")
    .bind::<SqlUuid, _>(user)
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
    ($vocabulary:literal) => {
        concat!(
            "WITH ",
            $vocabulary,
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
        // Others' words would tell of others; of his own there are few. `$2` keeps to him also where the wall would let more through.
        sql(typed!(
            "v AS MATERIALIZED (SELECT DISTINCT l.lexeme COLLATE \"C\" AS word FROM (SELECT w.public FROM ticket_words w
                 WHERE w.ticket_id IN (SELECT t.id FROM tickets t WHERE t.requester_user_id = $2
                     UNION SELECT p.ticket_id FROM ticket_participants p WHERE p.user_id = $2 AND p.role <> 'cc_pending')
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
