//! HTML that an earlier policy let through.

use std::collections::HashMap;

use bytes::Bytes;
use store::{
    attachment,
    audit::{self, Actor},
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

/// Some mails whose HTML was made by another policy than `policy`, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn outdated(app: &App, policy: i32, limit: i64) -> Result<Vec<Outdated>, AppError> {
    Ok(mail::outdated_html(&mut *app.conn().await?, policy, limit).await?)
}

/// What the HTML of a mail is made anew from. One mail may have 40 MB.
///
/// # Errors
/// When the database or the file storage is away.
pub async fn html_source(app: &App, mail: Outdated) -> Result<Source, AppError> {
    let files = attachment::of_mail(&mut *app.conn().await?, mail.id).await?;
    let cid_urls = files
        .into_iter()
        .filter_map(|file| Some((file.content_id?, file_url(file.id))))
        .collect();
    let raw = match app.blobs.get(&mail.sha256).await {
        Ok(raw) => Some(raw),
        Err(AppError::NotFound) => None,
        Err(other) => return Err(other),
    };
    Ok(Source { mail, raw, cid_urls })
}

/// Stores HTML that `policy` made, in the mail's journey and in its message; `None` leaves the text alone to be shown. A line of the audit
/// trail tells of each mail that is shown differently from now on.
///
/// # Errors
/// When the database is away.
pub async fn renew(app: &App, id: uuid::Uuid, html: Option<&str>, policy: i32) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    if let Some(before) = mail::renew_html(tx.conn()?, id, html, policy).await? {
        let entry = audit::Entry {
            action: "mail.renew",
            subject_type: "mail",
            subject_id: Some(id),
            data: serde_json::json!({ "policy": { "from": before, "to": policy }, "html": html.is_some() }),
        };
        audit::append(tx.conn()?, &Actor::product(), app.now(), entry).await?;
    }
    tx.commit().await
}
