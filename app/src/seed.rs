//! What exists from the first launch: roles, one support group, first rules, and, if wanted, people and a mailbox to try things with.
//! Running it again changes nothing that people changed.

use domain::{
    mail::spam::{DEFAULT_THRESHOLD, TrustedFilter},
    permission::{Permission, SYSTEM_ROLES},
};
use store::{
    mailbox::{self, Mailbox},
    role,
    user::{self, NewUser},
};
use uuid::Uuid;

use crate::{App, AppError, password};

/// Address of the demo mailbox.
pub const DEMO_MAILBOX: &str = "support@cloudmanager.test";

/// Roles, the first support group, the first categories and the first service levels.
///
/// # Errors
/// When the database is away.
pub async fn base(app: &App) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    role::lock(tx.conn()?).await?;
    for born in SYSTEM_ROLES {
        let permissions: Vec<&str> = born.permissions().map(Permission::as_str).collect();
        role::upsert_system(tx.conn()?, born.key, &permissions, app.now()).await?;
    }
    user::ensure_group(tx.conn()?, "Support").await?;
    crate::ticket::category::seed(tx.conn()?, app.now()).await?;
    crate::sla::seed(tx.conn()?, app.now()).await?;
    crate::automation::seed(tx.conn()?, app.now()).await?;
    tx.commit().await
}

/// Creates an account, or gives an existing one this password and role; its sessions end.
///
/// # Errors
/// When the role is unknown or the database is away.
pub async fn account(app: &App, email: &str, name: &str, role: &str, secret: &str) -> Result<Uuid, AppError> {
    let email =
        domain::ticket::input::address(email).map_err(|error| AppError::invalid("/email", error.code(), error))?;
    let secret = secret.to_owned();
    let phc = tokio::task::spawn_blocking(move || password::hash(&secret))
        .await
        .map_err(|error| AppError::Internal(error.to_string()))??;
    let new = NewUser {
        email: &email,
        name,
        password_hash: &phc,
        role,
        locale: "fr",
    };
    let mut tx = app.begin().await?;
    let id = user::upsert(tx.conn()?, &new, app.now()).await?;
    tx.commit().await?;
    Ok(id)
}

/// An account that must exist; one that does keeps its password.
///
/// # Errors
/// When the database is away.
pub async fn ensure_account(app: &App, email: &str, name: &str, role: &str, secret: &str) -> Result<(), AppError> {
    let known = user::by_email(&mut *app.conn().await?, email).await?;
    if known.is_none() {
        account(app, email, name, role, secret).await?;
    }
    Ok(())
}

/// People, a mailbox and some articles to try things with.
///
/// # Errors
/// When the database is away.
pub async fn demo(app: &App, secret: &str) -> Result<(), AppError> {
    ensure_account(app, "admin@cloudmanager.test", "Amel Admin", "admin", secret).await?;
    ensure_account(app, "agent@cloudmanager.test", "Karim Agent", "corporate", secret).await?;
    ensure_account(app, "client@cloudmanager.test", "Lina Client", "client", secret).await?;
    let mut tx = app.begin().await?;
    if mailbox::by_address(tx.conn()?, DEMO_MAILBOX).await.is_err() {
        mailbox::insert(
            tx.conn()?,
            &webhook_mailbox(DEMO_MAILBOX, "CloudManager Support"),
            None,
            app.now(),
        )
        .await?;
    }
    crate::knowledge::seed(app, &mut tx).await?;
    tx.commit().await
}

/// A mailbox that is fed through the webhook, with the defaults.
#[must_use]
pub fn webhook_mailbox(address: &str, name: &str) -> Mailbox {
    Mailbox {
        id: Uuid::now_v7(),
        address: address.to_owned(),
        name: name.to_owned(),
        kind: "webhook".to_owned(),
        group_id: Uuid::nil(),
        category_id: None,
        locale: "fr".to_owned(),
        enabled: true,
        auto_ack: true,
        authserv_id: address.split_once('@').map(|(_, domain)| domain.to_owned()),
        spam_filter: TrustedFilter::None.as_str().to_owned(),
        spam_threshold: DEFAULT_THRESHOLD,
        imap_host: None,
        imap_port: None,
        imap_tls: None,
        imap_username: None,
        imap_folder: "INBOX".to_owned(),
        imap_secret: None,
        webhook_secret: None,
        start_point: "all".to_owned(),
        start_uid: 0,
        start_at: None,
        generation: 0,
        uidvalidity: None,
        last_uid: 0,
        last_polled_at: None,
        last_error: None,
        hourly_normal: None,
        automation_paused_at: None,
        automation_resumed_at: None,
        created_at: chrono::DateTime::UNIX_EPOCH,
        version: 1,
    }
}
