//! Checks of mailbox settings: asked for here, made by a worker, since servers may be slow.

use domain::{
    mail::{check::Checks, words::MailboxKind},
    permission::Permission,
};
use jobs::{NewJob, TestMailbox};
use serde::{Deserialize, Serialize};
use store::{
    audit,
    mailbox::{self, Mailbox},
    mailbox_test::{self, MailboxTest},
};
use uuid::Uuid;

use crate::{
    App, AppError, Caller,
    mailbox::{Settings, apply, secret_context},
    seed::webhook_mailbox,
};

/// Server that mail is fetched from, as a check keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Connection {
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// A word of `domain::mail::words::TlsMode`.
    pub tls: String,
    /// User.
    pub username: String,
    /// Folder.
    pub folder: String,
}

/// What a check that is to be made needs.
#[derive(Debug)]
pub struct Pending {
    /// Server that mail is fetched from, with the password; `None` when mail is posted to us.
    pub connection: Option<(Connection, String)>,
    /// Nothing of it is done.
    pub checks: Checks,
}

fn context(id: Uuid) -> String {
    format!("mailbox_tests.secret.{id}")
}

/// Has settings checked: those of a mailbox with `new` in place of what is saved, or those of one that is not saved yet.
/// Nothing is saved.
///
/// # Errors
/// [`AppError::Invalid`] as when they were saved; [`AppError::NotFound`].
pub async fn start(app: &App, caller: &Caller, id: Option<Uuid>, new: Settings) -> Result<MailboxTest, AppError> {
    caller.need(Permission::MailboxesEdit)?;
    let mut mailbox = match id {
        Some(id) => mailbox::find(&mut *app.conn().await?, id).await?,
        None => webhook_mailbox("unsaved@mailbox.invalid", ""),
    };
    apply(app, &mut mailbox, new)?;
    let test_id = Uuid::now_v7();
    let (connection, secret) = connection(app, &mailbox, test_id)?.unzip();
    let test = MailboxTest {
        id: test_id,
        mailbox_id: id,
        user_id: caller.user_id,
        steps: json(&Checks::new(connection.is_some()))?,
        connection,
        secret,
        state: Checks::new(true).result().as_str().to_owned(),
        created_at: app.now(),
        finished_at: None,
    };
    let mut tx = app.begin().await?;
    mailbox_test::insert(tx.conn()?, &test).await?;
    tx.enqueue(&[NewJob::of(&TestMailbox { test_id }).actor(caller.user_id)])
        .await?;
    let entry = audit::Entry {
        action: "mailbox.test",
        subject_type: "mailbox",
        subject_id: id,
        data: serde_json::json!({ "imap_host": mailbox.imap_host, "imap_username": mailbox.imap_username }),
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    tx.commit().await?;
    Ok(test)
}

fn json(value: &impl Serialize) -> Result<serde_json::Value, AppError> {
    serde_json::to_value(value).map_err(|error| AppError::Internal(error.to_string()))
}

/// Where an IMAP mailbox is fetched from, and its password sealed for this check.
fn connection(app: &App, mailbox: &Mailbox, test: Uuid) -> Result<Option<(serde_json::Value, Vec<u8>)>, AppError> {
    if mailbox.kind != MailboxKind::Imap.as_str() {
        return Ok(None);
    }
    let missing = || AppError::Internal("an IMAP mailbox without complete settings".to_owned());
    let sealed = mailbox.imap_secret.as_deref().ok_or_else(missing)?;
    let password = app.keys.open(&secret_context(mailbox.id), sealed)?;
    let port = mailbox.imap_port.and_then(|port| u16::try_from(port).ok());
    let connection = Connection {
        host: mailbox.imap_host.clone().ok_or_else(missing)?,
        port: port.ok_or_else(missing)?,
        tls: mailbox.imap_tls.clone().ok_or_else(missing)?,
        username: mailbox.imap_username.clone().ok_or_else(missing)?,
        folder: mailbox.imap_folder.clone(),
    };
    Ok(Some((json(&connection)?, app.keys.seal(&context(test), &password)?)))
}

/// A check as its asker, or who may edit mailboxes, sees it.
///
/// # Errors
/// [`AppError::NotFound`], also for others.
pub async fn find(app: &App, caller: &Caller, id: Uuid) -> Result<MailboxTest, AppError> {
    caller.need(Permission::MailboxesEdit)?;
    Ok(mailbox_test::find(&mut *app.conn().await?, id).await?)
}

/// What is to be checked; `None` when the check is at its end.
///
/// # Errors
/// [`AppError::NotFound`].
pub async fn pending(app: &App, id: Uuid) -> Result<Option<Pending>, AppError> {
    let test = mailbox_test::find(&mut *app.conn().await?, id).await?;
    let checks = Checks::new(test.connection.is_some());
    if test.state != checks.result().as_str() {
        return Ok(None);
    }
    let connection = match test.connection.zip(test.secret) {
        None => None,
        Some((connection, secret)) => {
            let connection =
                serde_json::from_value(connection).map_err(|error| AppError::Internal(error.to_string()))?;
            let password = app.keys.open(&context(id), &secret)?;
            Some((connection, String::from_utf8_lossy(&password).into_owned()))
        }
    };
    Ok(Some(Pending { connection, checks }))
}

/// Notes how far a check is; who asked for it sees it live.
///
/// # Errors
/// When the database is away.
pub async fn record(app: &App, id: Uuid, checks: &Checks) -> Result<(), AppError> {
    let state = checks.result().as_str();
    Ok(mailbox_test::record(&mut *app.conn().await?, id, &json(checks)?, state, app.now()).await?)
}
