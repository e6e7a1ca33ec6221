//! Filling an archive with all that is kept about a person.

use bytes::Bytes;
use domain::{locale::Locale, privacy::Section};
use serde_json::Value;
use store::{
    privacy::gather::{self, File},
    user::User,
};
use uuid::Uuid;

use super::{
    archive::Archive,
    export::Progress,
    pages::{self, Listed},
};
use crate::{App, AppError, customer::opened_nin, vault};

/// Rows that are read at once.
const ROWS: i64 = 500;
/// Files that are looked up at once.
const FILES: i64 = 100;
/// Share of the sections in the whole, in percent.
const SECTIONS: usize = 70;
/// Most percent before the archive is finished.
const ALMOST: i16 = 95;
/// Longest name of a file, in characters.
const NAME: usize = 120;

/// Writes everything about `user`.
pub(super) async fn fill(
    app: &App,
    archive: &mut Archive<'_>,
    user: &User,
    progress: &Progress<'_>,
) -> Result<(), AppError> {
    let locale = Locale::from_tag(&user.locale).unwrap_or_default();
    let mut counts = Vec::new();
    for (n, section) in Section::ALL.iter().copied().enumerate() {
        let rows = json(app, archive, user.id, section).await?;
        html(app, archive, (user.id, locale), section).await?;
        counts.push((section, rows));
        let percent = (n + 1) * SECTIONS / Section::ALL.len();
        progress(i16::try_from(percent).unwrap_or(ALMOST)).await?;
    }
    let files = attach(app, archive, user.id, progress).await?;
    let when = app.now().format("%Y-%m-%d %H:%M UTC").to_string();
    let index = pages::index(
        locale,
        &format!("{} <{}>", user.name, user.email),
        &when,
        &counts,
        &files,
    );
    archive.begin("index.html", true).await?;
    archive.write(index.into()).await?;
    archive.finish().await
}

/// A page of a section, with what only the keys can read opened.
async fn page(app: &App, section: Section, user: Uuid, after: &str) -> Result<Vec<gather::Row>, AppError> {
    let mut rows = gather::rows(&mut *app.conn().await?, section, user, after, ROWS).await?;
    if section == Section::Customers {
        for row in &mut rows {
            open_nin(app, row)?;
        }
    }
    Ok(rows)
}

fn open_nin(app: &App, row: &mut gather::Row) -> Result<(), AppError> {
    let id = row
        .k
        .parse()
        .map_err(|_| AppError::Internal("the id of a customer".to_owned()))?;
    let Some(fields) = row.data.as_object_mut() else {
        return Ok(());
    };
    if let Some(Value::String(sealed)) = fields.remove("nin_sealed") {
        let sealed = data_encoding::HEXLOWER
            .decode(sealed.as_bytes())
            .map_err(|error| AppError::Internal(error.to_string()))?;
        fields.insert("nin".to_owned(), opened_nin(app, id, &sealed)?.into());
    }
    Ok(())
}

async fn json(app: &App, archive: &mut Archive<'_>, user: Uuid, section: Section) -> Result<usize, AppError> {
    archive.begin(&format!("data/{}.json", section.key()), true).await?;
    let (mut after, mut count) = (String::new(), 0);
    let mut text = "[".to_owned();
    loop {
        let rows = page(app, section, user, &after).await?;
        let Some(last) = rows.last() else { break };
        after.clone_from(&last.k);
        for row in &rows {
            text.push_str(if count == 0 { "\n" } else { ",\n" });
            text.push_str(&row.data.to_string());
            count += 1;
        }
        archive.write(std::mem::take(&mut text).into()).await?;
    }
    text.push_str("\n]\n");
    archive.write(text.into()).await?;
    Ok(count)
}

async fn html(
    app: &App,
    archive: &mut Archive<'_>,
    (user, locale): (Uuid, Locale),
    section: Section,
) -> Result<(), AppError> {
    archive.begin(&format!("data/{}.html", section.key()), true).await?;
    archive.write(pages::section(locale, section).into()).await?;
    let mut after = String::new();
    loop {
        let rows = page(app, section, user, &after).await?;
        let Some(last) = rows.last() else { break };
        after.clone_from(&last.k);
        let text: String = rows.iter().map(|row| pages::entry(&row.data)).collect();
        archive.write(text.into()).await?;
    }
    if after.is_empty() {
        archive.write(pages::nothing(locale).into()).await?;
    }
    archive.write(Bytes::from_static(pages::END.as_bytes())).await
}

/// A name that leads nowhere but into its folder.
fn plain(name: &str) -> String {
    let kept: String = name
        .chars()
        .map(|c| {
            if c.is_control() || "/\\:*?\"<>|".contains(c) {
                '_'
            } else {
                c
            }
        })
        .collect();
    let kept = kept.trim_matches(['.', ' ']);
    if kept.is_empty() {
        return "file".to_owned();
    }
    // The end says what it is.
    let from = kept.chars().count().saturating_sub(NAME);
    kept.chars().skip(from).collect()
}

async fn content(app: &App, file: &File) -> Result<Option<Bytes>, AppError> {
    let read = match (&file.sha256, file.sealed) {
        (Some(sha256), _) => app.blobs.get(sha256).await,
        (None, Some(id)) => vault::get(app, id).await.map(|(_, bytes)| bytes),
        (None, None) => Err(AppError::NotFound),
    };
    match read {
        Ok(bytes) => Ok(Some(bytes)),
        Err(AppError::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}

async fn attach(
    app: &App,
    archive: &mut Archive<'_>,
    user: Uuid,
    progress: &Progress<'_>,
) -> Result<Vec<Listed>, AppError> {
    let (mut after, mut listed) = (String::new(), Vec::new());
    let mut percent = i16::try_from(SECTIONS).unwrap_or(ALMOST);
    loop {
        let files = gather::files(&mut *app.conn().await?, user, &after, FILES).await?;
        let Some(last) = files.last() else { return Ok(listed) };
        after.clone_from(&last.k);
        for file in &files {
            let path = format!("files/{}/{}", file.k, plain(&file.name));
            let bytes = content(app, file).await?;
            listed.push(Listed {
                path: path.clone(),
                missing: bytes.is_none(),
            });
            if let Some(bytes) = bytes {
                archive.begin(&path, false).await?;
                archive.write(bytes).await?;
            }
        }
        percent = (percent + 1).min(ALMOST);
        progress(percent).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_name_stays_in_its_folder_and_keeps_its_end() {
        assert_eq!(plain("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(plain("facture é.pdf"), "facture é.pdf");
        assert_eq!(plain("فاتورة.pdf"), "فاتورة.pdf");
        assert_eq!(plain(".."), "file");
        assert!(plain(&format!("{}.pdf", "a".repeat(300))).ends_with("a.pdf"));
    }
}
