//! How to reach a mailbox.

use std::time::Duration;

use app::AppError;
use domain::{mail::words::TlsMode, words::WordSet};
use integrations::mail::imap::{ImapConfig, Tls};
use store::mailbox::Mailbox;

use super::Surroundings;

/// How a connection is secured; in the strictest way when that is not known.
pub(super) const fn tls(mode: Option<TlsMode>) -> Tls {
    match mode {
        Some(TlsMode::StartTls) => Tls::StartTls,
        Some(TlsMode::None) => Tls::None,
        Some(TlsMode::Tls) | None => Tls::Implicit,
    }
}

/// Connection settings of an IMAP mailbox, its password opened.
pub(super) fn settings(with: &Surroundings, mailbox: &Mailbox) -> Result<ImapConfig, AppError> {
    let missing = || AppError::Internal("the mailbox has no complete IMAP settings".to_owned());
    let context = format!("mailboxes.imap_secret.{}", mailbox.id);
    let secret = with
        .app
        .keys
        .open(&context, mailbox.imap_secret.as_deref().ok_or_else(missing)?)?;
    Ok(ImapConfig {
        host: mailbox.imap_host.clone().ok_or_else(missing)?,
        port: mailbox
            .imap_port
            .and_then(|port| u16::try_from(port).ok())
            .ok_or_else(missing)?,
        tls: tls(mailbox.imap_tls.as_deref().and_then(TlsMode::parse)),
        ca_file: with.imap_ca.clone(),
        user: mailbox.imap_username.clone().ok_or_else(missing)?,
        password: String::from_utf8_lossy(&secret).into_owned(),
        folder: mailbox.imap_folder.clone(),
        timeout: Duration::from_secs(60),
    })
}
