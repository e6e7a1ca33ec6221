//! Incoming mail: read on the blocking pool, filed by `app` in one transaction.

use std::{collections::HashMap, time::Duration};

use app::{
    AppError,
    mail::{self, Incoming},
};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::{
    file::FileState,
    locale::Locale,
    mail::{
        duplicate::synthetic_message_id,
        limits::MailLimits,
        note::{Code, Note},
        token::TokenKeys,
    },
};
use integrations::mail::{
    html::{self, Fallback, SanitiseOptions},
    parse::{ParseOptions, ParseWarning, ParsedAttachment, ParsedMail, parse},
    texts,
};
use jobs::{Outcome, ProcessMail, SweepMail};
use store::{
    attachment::Attachment,
    mail::Mail,
    mailbox::{self, Mailbox},
};
use uuid::Uuid;

use super::Surroundings;
use crate::JobContext;

/// Longest time one mail may take to read.
pub(super) const READING: Duration = Duration::from_secs(20);
/// Bytes of a megabyte as people are told.
pub(super) const MEGABYTE: u64 = 1 << 20;

/// Gives a mail its place. The last attempt that fails opens a ticket with the original instead.
pub async fn process(with: &Surroundings, context: JobContext, job: ProcessMail) -> Outcome {
    match attempt(with, &context, &job).await {
        Ok(()) => Outcome::Finished,
        Err(AppError::NotFound) => Outcome::Done,
        Err(error) if context.is_last_attempt() && !error.is_transient() => {
            match mail::bury(&with.app, job.mail_id, &error.to_string()).await {
                Ok(()) => Outcome::Dead(error.to_string()),
                Err(worse) => Outcome::Retry(worse.to_string()),
            }
        }
        Err(error) => Outcome::Retry(error.to_string()),
    }
}

/// Looks after mail that waits without a job.
pub async fn sweep(with: &Surroundings, _: JobContext, _: SweepMail) -> Outcome {
    match mail::sweep(&with.app).await {
        Ok(()) => Outcome::Done,
        Err(error) => super::outcome_of(&error),
    }
}

async fn attempt(with: &Surroundings, context: &JobContext, job: &ProcessMail) -> Result<(), AppError> {
    let app = &with.app;
    let mut conn = app.conn().await?;
    let stored = store::mail::find(&mut conn, job.mail_id).await?;
    let mailbox = mailbox::find(&mut conn, stored.mailbox_id).await?;
    drop(conn);
    let raw = app.blobs.get(&stored.sha256).await?;
    let keys = mail::tokens(app)?;
    let read = tokio::task::spawn_blocking(move || read(&raw, &stored, &mailbox, &keys));
    let read = tokio::time::timeout(READING, read)
        .await
        .map_err(|_| AppError::Internal(format!("reading it took more than {} s", READING.as_secs())))?
        .map_err(|error| AppError::Internal(format!("reading it failed: {error}")))?;
    for bytes in read.files {
        app.blobs.put(bytes).await?;
    }
    let attempt = (context.job_id, context.attempt);
    mail::process(app, job.mail_id, &read.incoming, job.release.as_ref(), attempt).await
}

struct Read {
    incoming: Incoming,
    files: Vec<Bytes>,
}

/// Everything that costs time and can be done without the database.
fn read(raw: &[u8], stored: &Mail, mailbox: &Mailbox, keys: &TokenKeys) -> Read {
    let options = ParseOptions {
        authserv_ids: mailbox.authserv_id.clone().into_iter().collect(),
        // A source that hands over no envelope leaves out the Return-Path; that is not the empty sender of a bounce.
        assume_envelope_sender: true,
        ..ParseOptions::default()
    };
    let mut parsed = parse(raw, &options);
    let parts = std::mem::take(&mut parsed.attachments);
    let (mut attachments, mut files) = attachments(parts, stored);
    if let Some(size) = stored.full_size {
        // A header without its body promises parts that are not there.
        (attachments, files) = (vec![header_file(stored)], Vec::new());
        parsed.html = None;
        parsed.text = too_large(mailbox, size);
    }
    let cid_urls: HashMap<String, String> = attachments
        .iter()
        .filter_map(|file| Some((file.content_id.clone()?, mail::file_url(file.id))))
        .collect();
    let options = SanitiseOptions {
        cid_urls,
        ..SanitiseOptions::default()
    };
    let safe = parsed.html.as_deref().map(|raw| html::sanitise(raw, &options));
    let mut warnings: Vec<Note> = parsed.warnings.iter().map(|warning| odd(*warning).into()).collect();
    if let Some(safe) = &safe {
        warnings.extend(safe.fallback.map(|fallback| Note::new(unsafe_html(fallback))));
        warnings.extend(safe.link_mismatches.iter().map(|link| {
            Note::new(Code::LinkMismatch)
                .with("shown", &link.shown)
                .with("actual", &link.actual)
        }));
    }
    let incoming = Incoming {
        full_text: parsed.full_text(),
        quoted_from: parsed.quoted_from(keys),
        html_policy: i32::try_from(html::POLICY_VERSION).unwrap_or(i32::MAX),
        html: safe.and_then(|safe| safe.html),
        message_id: message_id(&parsed),
        content_fp: parsed.content_fp.clone(),
        text: parsed.text,
        facts: parsed.facts,
        attachments,
        warnings,
    };
    Read { incoming, files }
}

const fn odd(warning: ParseWarning) -> Code {
    match warning {
        ParseWarning::TooLarge => Code::TooLarge,
        ParseWarning::HeaderTruncated => Code::HeaderTruncated,
        ParseWarning::TooManyParts => Code::TooManyParts,
        ParseWarning::TooDeep => Code::TooDeep,
        ParseWarning::BodyTruncated => Code::BodyTruncated,
        ParseWarning::BrokenEncoding => Code::BrokenEncoding,
        ParseWarning::CharsetMismatch => Code::CharsetMismatch,
        ParseWarning::FromCount => Code::FromNotOne,
        ParseWarning::ReaderFailed => Code::ReaderFailed,
    }
}

const fn unsafe_html(fallback: Fallback) -> Code {
    match fallback {
        Fallback::TooLarge | Fallback::TooManyTags | Fallback::TooManyLinks => Code::HtmlTooLarge,
        Fallback::Failed => Code::HtmlFailed,
    }
}

/// What stands in the ticket for a mail of which only the header section is here.
fn too_large(mailbox: &Mailbox, size: i64) -> String {
    let locale = Locale::from_tag(&mailbox.locale).unwrap_or_default();
    let size = u64::try_from(size).unwrap_or(0);
    texts::too_large_stub(
        locale,
        size.div_ceil(MEGABYTE),
        MailLimits::default().message as u64 / MEGABYTE,
    )
}

/// The mail's own Message-ID if it is one, or one made from its bytes.
fn message_id(parsed: &ParsedMail) -> String {
    own_message_id(parsed).unwrap_or_else(|| synthetic_message_id(&parsed.sha256))
}

/// The Message-ID as it is stored; `None` when there is none worth the name.
pub(super) fn own_message_id(parsed: &ParsedMail) -> Option<String> {
    let id = parsed.facts.message_id.as_deref()?.trim();
    (!id.is_empty() && id.len() <= 500).then(|| id.replace('\0', ""))
}

fn attachments(parts: Vec<ParsedAttachment>, stored: &Mail) -> (Vec<Attachment>, Vec<Bytes>) {
    let created_at: DateTime<Utc> = stored.summary.received_at;
    parts
        .into_iter()
        .map(|part| {
            let state = if part.blocked.is_some() {
                FileState::Refused
            } else {
                FileState::Clean
            };
            let row = Attachment {
                id: Uuid::now_v7(),
                message_id: None,
                raw_mail_id: Some(stored.summary.id),
                uploader_id: None,
                name: part.name,
                content_type: part.sniffed_type,
                size: i64::try_from(part.size).unwrap_or(i64::MAX),
                sha256: unhex(&part.sha256),
                content_id: part.content_id,
                inline: part.inline,
                state: state.as_str().to_owned(),
                reason: part.blocked.map(|reason| format!("{reason:?}")),
                created_at,
            };
            (row, Bytes::from(part.bytes))
        })
        .unzip()
}

/// The stored header section as a file of the ticket.
fn header_file(stored: &Mail) -> Attachment {
    Attachment {
        id: Uuid::now_v7(),
        message_id: None,
        raw_mail_id: Some(stored.summary.id),
        uploader_id: None,
        name: "headers.eml".to_owned(),
        content_type: "message/rfc822".to_owned(),
        size: stored.size,
        sha256: stored.sha256.clone(),
        content_id: None,
        inline: false,
        state: FileState::Clean.as_str().to_owned(),
        reason: None,
        created_at: stored.summary.received_at,
    }
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_back() {
        assert_eq!(unhex("00ff7a"), [0, 255, 122]);
    }
}
