//! HTML that an earlier policy let through.

use std::collections::HashMap;

use bytes::Bytes;
use store::{
    attachment,
    mail::{self, Outdated},
};

use crate::{App, AppError};

/// A mail whose HTML is to be made anew.
#[derive(Debug)]
pub struct Source {
    /// The mail.
    pub mail: Outdated,
    /// Its bytes; `None` when they are gone.
    pub raw: Option<Bytes>,
    /// Address of each file inside it, by Content-ID.
    pub cid_urls: HashMap<String, String>,
}

/// Where a file inside a mail is served.
#[must_use]
pub fn file_url(id: uuid::Uuid) -> String {
    format!("/api/v1/attachments/{id}")
}

/// Some mails whose HTML was made by another policy than `policy`, oldest first, with what they are made anew from.
///
/// # Errors
/// When the database or the file storage is away.
pub async fn outdated(app: &App, policy: i32, limit: i64) -> Result<Vec<Source>, AppError> {
    let mut conn = app.conn().await?;
    let mut found = Vec::new();
    for mail in mail::outdated_html(&mut conn, policy, limit).await? {
        let files = attachment::of_mail(&mut conn, mail.id).await?;
        let cid_urls = files
            .into_iter()
            .filter_map(|file| Some((file.content_id?, file_url(file.id))))
            .collect();
        found.push((mail, cid_urls));
    }
    drop(conn);
    let mut sources = Vec::with_capacity(found.len());
    for (mail, cid_urls) in found {
        let raw = match app.blobs.get(&mail.sha256).await {
            Ok(raw) => Some(raw),
            Err(AppError::NotFound) => None,
            Err(other) => return Err(other),
        };
        sources.push(Source { mail, raw, cid_urls });
    }
    Ok(sources)
}

/// Stores HTML that `policy` made, in the mail's journey and in its message; `None` leaves the text alone to be shown.
///
/// # Errors
/// When the database is away.
pub async fn renew(app: &App, id: uuid::Uuid, html: Option<&str>, policy: i32) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    mail::renew_html(tx.conn()?, id, html, policy).await?;
    tx.commit().await
}
