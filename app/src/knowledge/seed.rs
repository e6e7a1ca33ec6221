//! First articles, to try the knowledge base with.

use domain::knowledge::State;
use store::knowledge::{self as rows, Article, Section, Text};
use uuid::Uuid;

use crate::{App, AppError, Tx};

/// A section: address, names in French, English and Arabic.
const SECTIONS: [(&str, [&str; 3]); 3] = [
    ("support", ["Support", "Support", "الدعم"]),
    ("account", ["Compte et données", "Account and data", "الحساب والبيانات"]),
    ("team", ["Pour l’équipe", "For the team", "للفريق"]),
];

/// Address, section, whom it is for; each text begins with its title and its summary.
const ARTICLES: [(&str, &str, &str, [&str; 3]); 4] = [
    (
        "open-a-ticket",
        "support",
        "public",
        [
            include_str!("seed/open-a-ticket.fr.md"),
            include_str!("seed/open-a-ticket.en.md"),
            include_str!("seed/open-a-ticket.ar.md"),
        ],
    ),
    (
        "two-factor-sign-in",
        "account",
        "public",
        [
            include_str!("seed/two-factor-sign-in.fr.md"),
            include_str!("seed/two-factor-sign-in.en.md"),
            include_str!("seed/two-factor-sign-in.ar.md"),
        ],
    ),
    (
        "request-data-export",
        "account",
        "customers",
        [
            include_str!("seed/request-data-export.fr.md"),
            include_str!("seed/request-data-export.en.md"),
            include_str!("seed/request-data-export.ar.md"),
        ],
    ),
    (
        "answer-with-an-article",
        "team",
        "staff",
        [
            include_str!("seed/answer-with-an-article.fr.md"),
            include_str!("seed/answer-with-an-article.en.md"),
            include_str!("seed/answer-with-an-article.ar.md"),
        ],
    ),
];

/// Puts them in, unless somebody has made sections of his own.
pub(crate) async fn seed(app: &App, tx: &mut Tx) -> Result<(), AppError> {
    let now = app.now();
    rows::lock_sections(tx.conn()?).await?;
    if !rows::sections(tx.conn()?, None).await?.is_empty() {
        return Ok(());
    }
    let mut made: Vec<(&str, Uuid)> = Vec::new();
    for (position, (slug, [fr, en, ar])) in (1..).zip(SECTIONS) {
        let section = Section {
            id: Uuid::now_v7(),
            parent_id: None,
            slug: slug.to_owned(),
            name_fr: fr.to_owned(),
            name_en: en.to_owned(),
            name_ar: ar.to_owned(),
            position,
            version: 1,
            articles: 0,
        };
        rows::insert_section(tx.conn()?, &section, now).await?;
        made.push((slug, section.id));
    }
    for (slug, section, visibility, texts) in ARTICLES {
        let Some((_, section_id)) = made.iter().find(|(slug, _)| *slug == section) else {
            continue;
        };
        let article = Article {
            id: Uuid::now_v7(),
            section_id: *section_id,
            slug: slug.to_owned(),
            state: State::Draft.as_str().to_owned(),
            visibility: visibility.to_owned(),
            published_at: None,
            checked_at: now,
            updated_at: now,
            version: 1,
            helpful: 0,
            unhelpful: 0,
            solved: 0,
        };
        rows::insert(tx.conn()?, &article, None, now).await?;
        for (locale, text) in ["fr", "en", "ar"].into_iter().zip(texts) {
            let mut parts = text.splitn(3, "\n\n");
            let mut next = || parts.next().unwrap_or_default().trim();
            let text = Text {
                locale: locale.to_owned(),
                title: next().trim_start_matches("# ").to_owned(),
                summary: next().to_owned(),
                body: next().to_owned(),
                updated_at: now,
            };
            rows::write_text(tx.conn()?, article.id, &text, None).await?;
        }
        rows::set_state(tx.conn()?, article.id, 1, State::Published.as_str(), None, now).await?;
    }
    Ok(())
}
