//! Articles as they are read, found and suggested. What is for everybody is nobody's in particular: it is read outside the wall between
//! customers, and every statement is narrowed to what the reader may see.

use aws_lc_rs::hmac;
use bytes::Bytes;
use domain::{
    knowledge::{self as rules, Reader},
    locale::Locale,
    permission::Permission,
    ticket::search::{self as typing, Correction},
};
use store::{
    PgConn, canned,
    knowledge::{self as rows, Entry, Image, Section, Shown},
    ticket::{self, words},
};
use uuid::Uuid;

use super::{order, reader, seen_by};
use crate::{App, AppError, Caller, wall};

/// Articles that the first page names, and most that a search shows.
const LATEST: i64 = 6;
const MOST: i64 = 100;
/// Characters of a ticket in the making that are looked at.
const LOOKED_AT: usize = 5_000;

/// The first page.
#[derive(Debug)]
pub struct Home {
    /// Sections in which there is something to read.
    pub sections: Vec<Section>,
    /// The latest articles.
    pub latest: Vec<Entry>,
}

/// An article with its surroundings.
#[derive(Debug)]
pub struct Article {
    /// What it says.
    pub shown: Shown,
    /// Its pictures.
    pub images: Vec<Image>,
    /// The sections it stands in, the outermost first.
    pub path: Vec<Section>,
}

/// What a search found.
#[derive(Debug)]
pub struct Results {
    /// Articles, the best first.
    pub entries: Vec<Entry>,
    /// All sections, for their names.
    pub sections: Vec<Section>,
    /// Words that were replaced.
    pub corrections: Vec<Correction>,
    /// None holds all the words; these hold some.
    pub some_words: bool,
}

async fn outside<T>(work: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    wall::scope(work).await
}

/// Sections in which there is something to read, or in whose sections there is.
async fn filled(conn: &mut PgConn, sees: &[&str]) -> Result<Vec<Section>, AppError> {
    let all = rows::sections(conn, Some(sees)).await?;
    let holds = |id: Uuid| {
        all.iter()
            .any(|inner| inner.parent_id == Some(id) && inner.articles > 0)
    };
    let kept = all.iter().filter(|section| section.articles > 0 || holds(section.id));
    Ok(kept.cloned().collect())
}

/// The first page.
///
/// # Errors
/// When the database is away.
pub async fn home(app: &App, caller: Option<&Caller>, wanted: Locale) -> Result<Home, AppError> {
    let sees = seen_by(reader(caller));
    outside(async {
        let mut conn = app.conn().await?;
        Ok(Home {
            sections: filled(&mut conn, &sees).await?,
            latest: rows::entries(&mut conn, &sees, &order(wanted), None, None, LATEST).await?,
        })
    })
    .await
}

/// What stands in a section: itself, all sections there are to read, and its articles by title, after the one with this title and id.
///
/// # Errors
/// [`AppError::NotFound`], also when there is nothing in it for this reader.
pub async fn section(
    app: &App,
    caller: Option<&Caller>,
    slug: &str,
    wanted: Locale,
    after: Option<&(String, Uuid)>,
    limit: i64,
) -> Result<(Section, Vec<Section>, Vec<Entry>), AppError> {
    let sees = seen_by(reader(caller));
    outside(async {
        let mut conn = app.conn().await?;
        let sections = filled(&mut conn, &sees).await?;
        let found = sections.iter().find(|one| one.slug == slug).cloned();
        let section = found.ok_or(AppError::NotFound)?;
        let entries = rows::entries(&mut conn, &sees, &order(wanted), Some(section.id), after, limit).await?;
        Ok((section, sections, entries))
    })
    .await
}

/// An article.
///
/// # Errors
/// [`AppError::NotFound`], also for one that is for others.
pub async fn opened(app: &App, caller: Option<&Caller>, slug: &str, wanted: Locale) -> Result<Article, AppError> {
    let sees = seen_by(reader(caller));
    outside(async {
        let mut conn = app.conn().await?;
        let shown = rows::shown(&mut conn, slug, &sees, &order(wanted)).await?;
        let images = rows::images(&mut conn, shown.entry.id).await?;
        let mut path = Vec::new();
        let all = rows::sections(&mut conn, Some(&sees)).await?;
        let mut next = Some(shown.entry.section_id);
        while let Some(section) = all.iter().find(|one| Some(one.id) == next && path.len() < 2) {
            path.insert(0, section.clone());
            next = section.parent_id;
        }
        Ok(Article { shown, images, path })
    })
    .await
}

/// A picture of an article that this reader may see, with its bytes; editors see those of drafts as well.
///
/// # Errors
/// [`AppError::NotFound`].
pub async fn picture(app: &App, caller: Option<&Caller>, id: Uuid) -> Result<(Image, Bytes), AppError> {
    let sees = seen_by(reader(caller));
    let image = outside(async {
        let mut conn = app.conn().await?;
        Ok(if caller.is_some_and(|caller| caller.may(Permission::KnowledgeEdit)) {
            rows::image(&mut conn, id).await?
        } else {
            rows::visible_image(&mut conn, id, &sees).await?
        })
    })
    .await?;
    let bytes = app.bytes_of(&image.sha256).await?;
    Ok((image, bytes))
}

/// Looks for what somebody typed, as the search of tickets understands it. Where no article holds all the words, those that hold some.
///
/// # Errors
/// When the database is away.
pub async fn search(app: &App, caller: Option<&Caller>, text: &str, wanted: Locale) -> Result<Results, AppError> {
    let sees = seen_by(reader(caller));
    let order = order(wanted);
    outside(async {
        let mut conn = app.conn().await?;
        let folded = words::folded(&mut conn, &typing::bounded(text)).await?;
        let terms = typing::terms(&folded);
        let typed = if terms.is_empty() {
            Vec::new()
        } else {
            rows::typed(&mut conn, &terms, &sees).await?
        };
        let reading = typing::reading(&folded, &typed);
        let query = words::query(&mut conn, &reading.text, reading.beginning.as_deref()).await?;
        let mut entries = rows::search(&mut conn, &sees, &order, &query, MOST).await?;
        let some_words = entries.is_empty();
        if some_words {
            let terms = rules::about(&reading.text, "");
            entries = rows::about(&mut conn, &sees, &order, &terms, LATEST).await?;
        }
        Ok(Results {
            some_words: some_words && !entries.is_empty(),
            entries,
            sections: rows::sections(&mut conn, Some(&sees)).await?,
            corrections: reading.corrections,
        })
    })
    .await
}

async fn about(
    conn: &mut PgConn,
    sees: &[&str],
    wanted: Locale,
    subject: &str,
    body: &str,
) -> Result<Vec<Entry>, AppError> {
    let cut = |text: &str| -> String { text.chars().filter(|c| *c != '\0').take(LOOKED_AT).collect() };
    let subject = words::folded(conn, &cut(subject)).await?;
    let body = words::folded(conn, &cut(body)).await?;
    let terms = rules::about(&subject, &body);
    if terms.is_empty() {
        return Ok(Vec::new());
    }
    Ok(rows::about(conn, sees, &order(wanted), &terms, rules::SUGGESTIONS).await?)
}

/// Articles that may spare somebody the ticket that he is writing.
///
/// # Errors
/// [`AppError::Forbidden`] for who opens no tickets.
pub async fn suggest(
    app: &App,
    caller: &Caller,
    subject: &str,
    body: &str,
    wanted: Locale,
) -> Result<Vec<Entry>, AppError> {
    caller.ticket_scope()?;
    let sees = seen_by(reader(Some(caller)));
    outside(async { about(&mut *app.conn().await?, &sees, wanted, subject, body).await }).await
}

/// Articles that have to do with a ticket, for whoever answers it, in the language of its requester.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn for_ticket(app: &App, caller: &Caller, id: Uuid) -> Result<Vec<Entry>, AppError> {
    caller.need(Permission::TicketsView)?;
    caller.need(Permission::TicketsReply)?;
    let mut conn = app.conn().await?;
    let ticket = ticket::find(&mut conn, id, None).await?;
    let of = canned::addressee(&mut conn, ticket.summary.requester_user_id, ticket.customer_id).await?;
    let wanted = Locale::from_tag(of.locale.as_deref().unwrap_or(&ticket.locale)).unwrap_or_default();
    let first = rows::asked(&mut conn, id).await?;
    about(
        &mut conn,
        &seen_by(Reader::Staff),
        wanted,
        &ticket.summary.subject,
        &first,
    )
    .await
}

/// A mark by which the same reader is known again at the same article and nowhere else. It leads to nobody without the key.
fn voter(app: &App, article: Uuid, who: &str) -> Result<Vec<u8>, AppError> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &app.keys.derive("knowledge-voter")?);
    let mark = hmac::sign(&key, format!("{article}/{who}").as_bytes());
    Ok(mark.as_ref().to_vec())
}

/// Notes whether an article helped. Somebody who is not signed in is known by a token that his browser made up.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Invalid`] for a visitor without a token.
pub async fn helped(
    app: &App,
    caller: Option<&Caller>,
    visitor: Option<Uuid>,
    slug: &str,
    helpful: bool,
) -> Result<(), AppError> {
    let who = match (caller, visitor) {
        (Some(caller), _) => format!("account:{}", caller.user_id),
        (None, Some(token)) => format!("visitor:{token}"),
        (None, None) => return Err(AppError::invalid("/visitor", "empty", "must not be empty")),
    };
    let sees = seen_by(reader(caller));
    outside(async {
        let mut tx = app.begin().await?;
        let article = rows::shown(tx.conn()?, slug, &sees, &order(Locale::Fr)).await?.entry.id;
        rows::vote(tx.conn()?, article, &voter(app, article, &who)?, helpful).await?;
        tx.commit().await
    })
    .await
}

/// Notes that an article spared somebody the ticket that he was writing.
///
/// # Errors
/// [`AppError::Forbidden`] for who opens no tickets; [`AppError::NotFound`].
pub async fn solved(app: &App, caller: &Caller, slug: &str) -> Result<(), AppError> {
    caller.need(Permission::TicketsOwn)?;
    let sees = seen_by(reader(Some(caller)));
    outside(async {
        let mut tx = app.begin().await?;
        let article = rows::shown(tx.conn()?, slug, &sees, &order(Locale::Fr)).await?.entry.id;
        let who = format!("account:{}", caller.user_id);
        rows::solved(tx.conn()?, article, &voter(app, article, &who)?).await?;
        tx.commit().await
    })
    .await
}
