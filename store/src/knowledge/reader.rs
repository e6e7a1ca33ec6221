//! Articles as they are read and found. Every statement keeps to what is published for those who ask: `sees` holds the visibilities they
//! may see, `order` the languages, the wanted one first.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::ticket::search::Typed;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// An article in a list.
#[derive(Debug, Clone, QueryableByName)]
pub struct Entry {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its address.
    #[diesel(sql_type = Text)]
    pub slug: String,
    /// Its section.
    #[diesel(sql_type = SqlUuid)]
    pub section_id: Uuid,
    /// Whom it is for.
    #[diesel(sql_type = Text)]
    pub visibility: String,
    /// Language of what follows.
    #[diesel(sql_type = Text)]
    pub locale: String,
    /// Title.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// What it is about.
    #[diesel(sql_type = Text)]
    pub summary: String,
    /// When this text changed last.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// An article as it is read.
#[derive(Debug, Clone, QueryableByName)]
pub struct Shown {
    /// What lists say of it.
    #[diesel(embed)]
    pub entry: Entry,
    /// Markdown.
    #[diesel(sql_type = Text)]
    pub body: String,
    /// Languages it is there in.
    #[diesel(sql_type = Array<Text>)]
    pub locales: Vec<String>,
}

macro_rules! entry {
    ($before:literal, $more:literal, $rest:literal) => {
        concat!(
            $before,
            "SELECT a.id, a.slug, a.section_id, a.visibility, t.locale, t.title, t.summary, t.updated_at",
            $more,
            " FROM knowledge_articles a ",
            $rest
        )
    };
}

/// The latest ones of all, or those of one section by title, after the one with this title and id.
///
/// # Errors
/// When the database is away.
pub async fn entries(
    conn: &mut PgConn,
    sees: &[&str],
    order: &[&str],
    section: Option<Uuid>,
    after: Option<&(String, Uuid)>,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    Ok(sql(entry!(
        "",
        "",
        "JOIN LATERAL (SELECT * FROM knowledge_texts x WHERE x.article_id = a.id
             ORDER BY array_position($2::text[], x.locale) LIMIT 1) t ON true
         WHERE a.state = 'published' AND a.visibility = ANY($1) AND ($3::uuid IS NULL OR a.section_id = $3)
             AND ($5::text IS NULL OR (fold_text(t.title), a.id) > (fold_text($5), $6::uuid))
         ORDER BY CASE WHEN $3 IS NULL THEN t.updated_at END DESC, fold_text(t.title), a.id LIMIT $4"
    ))
    .bind::<Array<Text>, _>(sees)
    .bind::<Array<Text>, _>(order)
    .bind::<Nullable<SqlUuid>, _>(section)
    .bind::<BigInt, _>(limit)
    .bind::<Nullable<Text>, _>(after.map(|(title, _)| title.as_str()))
    .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| *id))
    .load(conn)
    .await?)
}

/// One.
///
/// # Errors
/// [`StoreError::NotFound`], also for one that is for others.
pub async fn shown(conn: &mut PgConn, slug: &str, sees: &[&str], order: &[&str]) -> Result<Shown, StoreError> {
    Ok(sql(entry!(
        "",
        ", t.body, ARRAY(SELECT x.locale FROM knowledge_texts x WHERE x.article_id = a.id ORDER BY 1) AS locales",
        "JOIN LATERAL (SELECT * FROM knowledge_texts x WHERE x.article_id = a.id
             ORDER BY array_position($3::text[], x.locale) LIMIT 1) t ON true
         WHERE a.slug = $1 AND a.state = 'published' AND a.visibility = ANY($2)"
    ))
    .bind::<Text, _>(slug)
    .bind::<Array<Text>, _>(sees)
    .bind::<Array<Text>, _>(order)
    .get_result(conn)
    .await?)
}

/// Those that hold all that is looked for, in whichever language they say it; those that say it in title or summary come first.
///
/// # Errors
/// When the database is away.
pub async fn search(
    conn: &mut PgConn,
    sees: &[&str],
    order: &[&str],
    query: &str,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    Ok(sql(entry!(
        "WITH m AS (SELECT t.article_id, t.locale, (t.head @@ $3::tsquery) AS head, ts_rank(t.words, $3::tsquery) AS rank,
                 array_position($2::text[], t.locale) AS place
             FROM knowledge_texts t JOIN knowledge_articles a ON a.id = t.article_id
             WHERE a.state = 'published' AND a.visibility = ANY($1) AND t.words @@ $3::tsquery),
         b AS (SELECT article_id, (array_agg(locale ORDER BY place))[1] AS locale, bool_or(head) AS head, max(rank) AS rank
             FROM m GROUP BY article_id) ",
        "",
        "JOIN b ON b.article_id = a.id JOIN knowledge_texts t ON t.article_id = a.id AND t.locale = b.locale
         ORDER BY b.head DESC, b.rank DESC, fold_text(t.title), a.id LIMIT $4"
    ))
    .bind::<Array<Text>, _>(sees)
    .bind::<Array<Text>, _>(order)
    .bind::<Text, _>(query)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// Those that have most to do with these words. A word that few articles hold tells more, and so does one that stands in the title or
/// the summary; words that say nothing in one of the languages, or whose stem says nothing,
/// count for nothing. One word in a text alone is no reason.
///
/// # Errors
/// When the database is away.
pub async fn about(
    conn: &mut PgConn,
    sees: &[&str],
    order: &[&str],
    terms: &[String],
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    Ok(sql(entry!(
        "WITH q AS MATERIALIZED (SELECT w.term, search_query(w.term) AS query FROM unnest($3::text[]) AS w(term)
                 WHERE length(to_tsvector('pg_catalog.french', array_to_string(tsvector_to_array(to_tsvector('pg_catalog.french', w.term)), ' '))) > 0
                     AND length(to_tsvector('pg_catalog.english', w.term)) > 0
                     AND length(to_tsvector('pg_catalog.arabic', w.term)) > 0),
         v AS MATERIALIZED (SELECT t.article_id, t.locale, t.head, t.words
             FROM knowledge_texts t JOIN knowledge_articles a ON a.id = t.article_id
             WHERE a.state = 'published' AND a.visibility = ANY($1)),
         m AS MATERIALIZED (SELECT v.article_id, v.locale, q.term, v.head @@ q.query AS head FROM q JOIN v ON v.words @@ q.query),
         f AS (SELECT term, ln((1 + (SELECT count(DISTINCT article_id) FROM v)) / count(DISTINCT article_id)::float8) AS weight
             FROM m GROUP BY term),
         s AS (SELECT m.article_id, m.locale, sum(f.weight * CASE WHEN m.head THEN 3 ELSE 1 END) AS score
             FROM m JOIN f USING (term) GROUP BY m.article_id, m.locale HAVING bool_or(m.head) OR count(*) > 1),
         b AS (SELECT article_id, max(score) AS score,
                 (array_agg(locale ORDER BY array_position($2::text[], locale)))[1] AS locale
             FROM s GROUP BY article_id) ",
        "",
        "JOIN b ON b.article_id = a.id
         JOIN LATERAL (SELECT * FROM knowledge_texts x WHERE x.article_id = a.id
             ORDER BY x.locale = ($2::text[])[1] DESC, x.locale = b.locale DESC LIMIT 1) t ON true
         ORDER BY b.score DESC, a.id LIMIT $4"
    ))
    .bind::<Array<Text>, _>(sees)
    .bind::<Array<Text>, _>(order)
    .bind::<Array<Text>, _>(terms)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// What is known of the words that were typed (as they stand in a text: those have places, their stems have none), in what these people may read and nowhere else: a word of a draft tells of it.
///
/// # Errors
/// When the database is away.
pub async fn typed(conn: &mut PgConn, words: &[String], sees: &[&str]) -> Result<Vec<Typed>, StoreError> {
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
    let rows: Vec<Known> = sql(
        "WITH w AS MATERIALIZED (SELECT word, EXISTS (SELECT FROM knowledge_texts t JOIN knowledge_articles a ON a.id = t.article_id
                 WHERE a.state = 'published' AND a.visibility = ANY($2) AND t.words @@ search_query(word)) AS known
             FROM unnest($1::text[]) AS x(word)),
         v AS MATERIALIZED (SELECT DISTINCT l.lexeme AS word FROM knowledge_texts t JOIN knowledge_articles a ON a.id = t.article_id,
                 unnest(t.words) l
             WHERE a.state = 'published' AND a.visibility = ANY($2) AND EXISTS (SELECT FROM w WHERE NOT known)
                 AND l.positions IS NOT NULL
                 AND length(l.lexeme) BETWEEN 3 AND 32)
         SELECT w.word, w.known,
             NOT w.known AND EXISTS (SELECT FROM v WHERE starts_with(v.word, w.word)) AS begins,
             CASE WHEN NOT w.known THEN (SELECT v.word FROM v WHERE similarity(v.word, w.word) >= 0.4
                 ORDER BY similarity(v.word, w.word) DESC, v.word LIMIT 1) END AS like
         FROM w",
    )
    .bind::<Array<Text>, _>(words)
    .bind::<Array<Text>, _>(sees)
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

/// What the customer wrote last on a ticket; empty when nothing can be shown to him.
///
/// # Errors
/// When the database is away.
pub async fn asked(conn: &mut PgConn, ticket: Uuid) -> Result<String, StoreError> {
    #[derive(QueryableByName)]
    struct Asked {
        #[diesel(sql_type = Text)]
        text: String,
    }
    let rows: Vec<Asked> = sql(
        "SELECT left(body_text, 5000) AS text FROM ticket_messages WHERE ticket_id = $1 AND kind <> 'note' AND NOT held AND NOT is_staff
         ORDER BY created_at DESC, id DESC LIMIT 1",
    )
    .bind::<SqlUuid, _>(ticket)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().map(|row| row.text).unwrap_or_default())
}
