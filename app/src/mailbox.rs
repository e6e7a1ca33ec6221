//! Mailboxes as configuration.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use domain::{
    locale::Locale,
    mail::{
        spam::{THRESHOLDS, TrustedFilter},
        words::{MailboxKind, StartPoint, TlsMode},
    },
    permission::Permission,
    ticket::input,
};
use jobs::{NewJob, WatchMailbox};
use store::{
    audit,
    event::{self, NewEvent},
    mailbox::{self, Mailbox},
};
use uuid::Uuid;

use crate::{App, AppError, Caller, FieldError, seed::webhook_mailbox, ticket::category};

/// Fewest bytes of a secret that signs deliveries, as Standard Webhooks asks for.
const SECRET: usize = 24;
/// How far the clocks of two mail servers may be apart.
pub(crate) const OVERLAP: TimeDelta = TimeDelta::hours(1);

/// Settings as given; on a change, what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Address.
    pub address: Option<String>,
    /// Name shown to recipients.
    pub name: Option<String>,
    /// Language of automatic mails.
    pub locale: Option<Locale>,
    /// Mail is taken from it.
    pub enabled: Option<bool>,
    /// New tickets are acknowledged.
    pub auto_ack: Option<bool>,
    /// Whose Authentication-Results are believed.
    pub authserv_id: Option<String>,
    /// Filter before it whose headers are believed.
    pub spam_filter: Option<TrustedFilter>,
    /// Points from which on a mail is spam, 1 to 100.
    pub spam_threshold: Option<i32>,
    /// IMAP server; its presence makes the mailbox an IMAP one.
    pub imap: Option<Imap>,
    /// Secret that signs webhook deliveries, `whsec_…`.
    pub webhook_secret: Option<String>,
    /// Category that its tickets begin in; `Some(None)` = the default one.
    pub category_id: Option<Option<Uuid>>,
    /// Group that its tickets enter unless their category names one; the first in use for a new mailbox that says nothing.
    pub group_id: Option<Uuid>,
    /// What the first connection takes.
    pub start_point: Option<StartPoint>,
    /// With `recent`: how many days back, 1 to 365.
    pub start_days: Option<u16>,
}

/// An IMAP server.
#[derive(Debug, Clone)]
pub struct Imap {
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: TlsMode,
    /// User.
    pub username: String,
    /// Password; `None` keeps the one there is.
    pub password: Option<String>,
    /// Folder; INBOX when absent.
    pub folder: Option<String>,
}

/// How far back a mailbox may begin.
const DAYS: std::ops::RangeInclusive<u16> = 1..=365;

/// What the password of a mailbox is sealed for.
pub(crate) fn secret_context(id: Uuid) -> String {
    format!("mailboxes.imap_secret.{id}")
}

/// Nobody finds it by trying: what signs deliveries is at least [`SECRET`] bytes, after `whsec_` in base64.
fn is_secret(secret: &str) -> bool {
    match secret.strip_prefix("whsec_") {
        Some(encoded) => STANDARD.decode(encoded).is_ok_and(|key| key.len() >= SECRET),
        None => secret.trim() == secret && secret.len() >= SECRET,
    }
}

/// Puts settings into a mailbox that is not saved yet.
pub(crate) fn apply(app: &App, mailbox: &mut Mailbox, new: Settings) -> Result<(), AppError> {
    let mut errors = Vec::new();
    if let Some(address) = &new.address {
        match input::address(address) {
            Ok(address) => mailbox.address = address,
            Err(error) => errors.push(FieldError::new("/address", error.code(), error)),
        }
    }
    if let Some(name) = &new.name {
        match input::subject(name) {
            Ok(name) => mailbox.name = name,
            Err(error) => errors.push(FieldError::new("/name", error.code(), error)),
        }
    }
    if let Some(locale) = new.locale {
        locale.as_str().clone_into(&mut mailbox.locale);
    }
    if let Some(start) = new.start_point {
        start.as_str().clone_into(&mut mailbox.start_point);
        if start == StartPoint::Recent {
            match new.start_days.filter(|days| DAYS.contains(days)) {
                Some(days) => mailbox.start_at = Some(app.now() - chrono::TimeDelta::days(days.into())),
                None => errors.push(FieldError::new("/start_days", "out_of_range", "give 1 to 365 days")),
            }
        }
    }
    mailbox.category_id = new.category_id.unwrap_or(mailbox.category_id);
    mailbox.group_id = new.group_id.unwrap_or(mailbox.group_id);
    mailbox.enabled = new.enabled.unwrap_or(mailbox.enabled);
    mailbox.auto_ack = new.auto_ack.unwrap_or(mailbox.auto_ack);
    if new.authserv_id.is_some() {
        mailbox.authserv_id = new.authserv_id.filter(|id| !id.trim().is_empty());
    }
    if let Some(filter) = new.spam_filter {
        filter.as_str().clone_into(&mut mailbox.spam_filter);
    }
    match new.spam_threshold {
        Some(points) if !THRESHOLDS.contains(&points) => {
            errors.push(FieldError::new(
                "/spam_threshold",
                "out_of_range",
                "give 1 to 100 points",
            ));
        }
        points => mailbox.spam_threshold = points.unwrap_or(mailbox.spam_threshold),
    }
    if let Some(secret) = new.webhook_secret {
        if !is_secret(&secret) {
            let detail = format!("Give `whsec_` with {SECRET} random bytes in base64, or {SECRET} characters or more.");
            errors.push(FieldError::new("/webhook_secret", "secret_too_short", detail));
        }
        mailbox.webhook_secret = Some(
            app.keys
                .seal(&format!("mailboxes.webhook_secret.{}", mailbox.id), secret.as_bytes())?,
        );
    }
    if let Some(imap) = new.imap {
        if imap.host.trim().is_empty() {
            errors.push(FieldError::new("/imap/host", "empty", "give the server's name"));
        }
        match imap.password {
            Some(password) => {
                let sealed = app.keys.seal(&secret_context(mailbox.id), password.as_bytes())?;
                mailbox.imap_secret = Some(sealed);
            }
            // The saved password goes to the server it was given for, and in the way it was meant to, not to another.
            None if mailbox.imap_secret.is_none()
                || mailbox.imap_host.as_deref() != Some(imap.host.as_str())
                || mailbox.imap_port != Some(imap.port.into())
                || mailbox.imap_username.as_deref() != Some(imap.username.as_str())
                || (imap.tls == TlsMode::None && mailbox.imap_tls.as_deref() != Some(TlsMode::None.as_str())) =>
            {
                errors.push(FieldError::new("/imap/password", "empty", "give the password"));
            }
            None => {}
        }
        mailbox.kind = MailboxKind::Imap.as_str().to_owned();
        mailbox.imap_host = Some(imap.host);
        mailbox.imap_port = Some(imap.port.into());
        mailbox.imap_tls = Some(imap.tls.as_str().to_owned());
        mailbox.imap_username = Some(imap.username);
        mailbox.imap_folder = imap.folder.unwrap_or_else(|| "INBOX".to_owned());
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(errors))
    }
}

/// Which folder is read.
fn folder(mailbox: &Mailbox) -> (Option<String>, Option<String>, String) {
    (
        mailbox.imap_host.clone(),
        mailbox.imap_username.clone(),
        mailbox.imap_folder.clone(),
    )
}

/// What the audit line may say: no secrets.
fn facts(mailbox: &Mailbox) -> serde_json::Value {
    serde_json::json!({
        "address": mailbox.address, "kind": mailbox.kind, "enabled": mailbox.enabled, "imap_host": mailbox.imap_host,
        "imap_username": mailbox.imap_username, "auto_ack": mailbox.auto_ack, "category_id": mailbox.category_id,
        "group_id": mailbox.group_id, "spam_filter": mailbox.spam_filter, "spam_threshold": mailbox.spam_threshold,
    })
}

/// Tells whoever sees mailboxes.
async fn announce(tx: &mut crate::Tx, id: Uuid) -> Result<(), AppError> {
    let news = NewEvent {
        kind: "mailbox.updated",
        subject_type: "mailbox",
        subject_id: id,
        permission: Some(Permission::MailboxesView.as_str()),
        user_id: None,
        data: serde_json::json!({}),
    };
    Ok(event::append(tx.conn()?, news).await?)
}

/// A category that is chosen anew is in use; one that was retired since may stay, and the default stands in for it.
async fn check_category(
    app: &App,
    tx: &mut crate::Tx,
    before: Option<Uuid>,
    wanted: Option<Uuid>,
) -> Result<(), AppError> {
    let Some(id) = wanted.filter(|id| Some(*id) != before) else {
        return Ok(());
    };
    let known = category::known(app, tx.conn()?).await?;
    known
        .tree
        .chosen(id)
        .map_err(|refusal| category::invalid("/category_id", refusal))?;
    Ok(())
}

/// A group that is chosen anew is in use; nothing enters one that is retired.
async fn check_group(tx: &mut crate::Tx, before: Uuid, wanted: Uuid) -> Result<(), AppError> {
    if wanted == before {
        return Ok(());
    }
    crate::ticket::group(tx, wanted, "/group_id").await.map(drop)
}

async fn finish(
    app: &App,
    caller: &Caller,
    mut tx: crate::Tx,
    mailbox: &Mailbox,
    action: &str,
) -> Result<Mailbox, AppError> {
    if mailbox.enabled && mailbox.kind == "imap" {
        tx.enqueue(&[NewJob::of(&WatchMailbox { mailbox_id: mailbox.id }).actor(caller.user_id)])
            .await?;
    }
    let entry = audit::Entry {
        action,
        subject_type: "mailbox",
        subject_id: Some(mailbox.id),
        data: facts(mailbox),
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    announce(&mut tx, mailbox.id).await?;
    let stored = mailbox::find(tx.conn()?, mailbox.id).await?;
    tx.commit().await?;
    Ok(stored)
}

/// Creates a mailbox; an IMAP one is watched at once.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Conflict`] when the address is taken.
pub async fn create(app: &App, caller: &Caller, new: Settings) -> Result<Mailbox, AppError> {
    caller.need(Permission::MailboxesEdit)?;
    let Some(address) = new.address.clone() else {
        return Err(AppError::invalid("/address", "empty", "give the mailbox's address"));
    };
    let mut mailbox = webhook_mailbox(&address.trim().to_lowercase(), new.name.as_deref().unwrap_or(&address));
    apply(app, &mut mailbox, new)?;
    let mut tx = app.begin().await?;
    check_category(app, &mut tx, None, mailbox.category_id).await?;
    check_group(&mut tx, Uuid::nil(), mailbox.group_id).await?;
    mailbox::insert(tx.conn()?, &mailbox, Some(caller.user_id), app.now()).await?;
    finish(app, caller, tx, &mailbox, "mailbox.create").await
}

/// Changes a mailbox.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`] when it changed meanwhile.
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, new: Settings) -> Result<Mailbox, AppError> {
    caller.need(Permission::MailboxesEdit)?;
    let mut tx = app.begin().await?;
    let mut mailbox = mailbox::find(tx.conn()?, id).await?;
    let (before, category, group) = (folder(&mailbox), mailbox.category_id, mailbox.group_id);
    apply(app, &mut mailbox, new)?;
    check_category(app, &mut tx, category, mailbox.category_id).await?;
    check_group(&mut tx, group, mailbox.group_id).await?;
    // UIDs of another folder may look like those of the old one.
    let other_folder = folder(&mailbox) != before && mailbox.uidvalidity.is_some();
    if other_folder && mailbox.start_point == "now" {
        // What came since the last look may lie in either folder.
        mailbox.start_at = mailbox.last_polled_at.map(|at| at - OVERLAP).or(mailbox.start_at);
    }
    mailbox.version = version;
    mailbox::update(tx.conn()?, &mailbox, other_folder, Some(caller.user_id), app.now()).await?;
    finish(app, caller, tx, &mailbox, "mailbox.change").await
}

/// Deletes a mailbox; its mail and tickets stay.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Stale`] when it changed meanwhile.
pub async fn delete(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::MailboxesEdit)?;
    let mut tx = app.begin().await?;
    mailbox::find(tx.conn()?, id).await?;
    mailbox::delete(tx.conn()?, id, version, app.now()).await?;
    let entry = audit::Entry {
        action: "mailbox.delete",
        subject_type: "mailbox",
        subject_id: Some(id),
        data: serde_json::json!({}),
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    announce(&mut tx, id).await?;
    tx.commit().await
}

/// Lets a suppressed address get mail again; `false` when it was not suppressed.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn lift_suppression(app: &App, caller: &Caller, address: &str) -> Result<bool, AppError> {
    caller.need(Permission::MailManage)?;
    let mut tx = app.begin().await?;
    let lifted = store::suppression::lift(tx.conn()?, address).await?;
    let entry = audit::Entry {
        action: "suppression.lift",
        subject_type: "suppression",
        subject_id: None,
        data: serde_json::json!({ "address": address, "lifted": lifted }),
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    tx.commit().await?;
    Ok(lifted)
}
