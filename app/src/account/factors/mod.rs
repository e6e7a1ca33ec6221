//! Second factors: an authenticator app with backup codes, asked for at login and before dangerous actions.

mod backup;
mod challenge;
mod step_up;
mod totp;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    account::{factor::removable, notice::AccountNotice},
    sms::code,
};
use jobs::{NewJob, SendAccountMail};
use store::{PgConn, audit, factor, passkey};
use uuid::Uuid;

use super::text_codes::{self, PhoneFactor};
use crate::{App, AppError, Tx};

pub(super) use backup::new_codes;
pub use backup::renew as renew_backup_codes;
pub(super) use challenge::waiting;
pub(super) use step_up::{looked_at, stepped_up, take};
pub use totp::{Setup, begin as begin_totp, confirm as confirm_totp, remove as remove_totp};

/// Tries of one challenge.
pub(super) const TRIES: i32 = 5;
/// How long a challenge waits.
pub const CHALLENGE_LIFE: TimeDelta = TimeDelta::minutes(10);

/// A second factor, or the password for people without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Code of an authenticator app.
    Totp,
    /// Backup code.
    BackupCode,
    /// Code by text message.
    Sms,
    /// Password; proves nothing to a person with a second factor.
    Password,
}

impl Method {
    /// Name in the API and the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::BackupCode => "backup_code",
            Self::Sms => "sms",
            Self::Password => "password",
        }
    }

    /// Authentication method reference (RFC 8176).
    pub(super) const fn amr(self) -> &'static str {
        match self {
            Self::Totp => "otp",
            Self::BackupCode => "backup",
            Self::Sms => "sms",
            Self::Password => "pwd",
        }
    }
}

/// Whether one of these proofs is a second factor that is enough for a role of this lineage.
#[must_use]
pub fn has_second(app: &App, lineage: &[String], amr: &[String]) -> bool {
    let text_enough = code::enough_for(lineage, &app.sms.strong_roles);
    amr.iter().any(|how| match how.as_str() {
        "otp" | "backup" | "hwk" | "swk" | "mfa" => true,
        "sms" => text_enough,
        _ => false,
    })
}

/// What a person has.
#[derive(Debug, Clone)]
pub struct Factors {
    /// Authenticator app, since then.
    pub totp_since: Option<DateTime<Utc>>,
    /// Passkeys.
    pub passkeys: usize,
    /// Backup codes left.
    pub backup_codes_left: i64,
    /// Phone that gets codes by text message.
    pub phone: Option<PhoneFactor>,
}

impl Factors {
    /// What a challenge can be met with; empty when nothing is set up.
    #[must_use]
    pub fn methods(&self) -> Vec<&'static str> {
        let mut methods = Vec::new();
        if self.passkeys > 0 {
            methods.push("passkey");
        }
        if self.totp_since.is_some() {
            methods.push("totp");
        }
        // Whose role needs more is asked for it alone, except that a role he got later takes no factor away.
        if self
            .phone
            .as_ref()
            .is_some_and(|phone| phone.enough || methods.is_empty())
        {
            methods.push(Method::Sms.as_str());
        }
        if self.sufficient() > 0 && self.backup_codes_left > 0 {
            methods.push(Method::BackupCode.as_str());
        }
        methods
    }

    /// How many there are but for the phone.
    #[must_use]
    pub fn strong(&self) -> usize {
        self.passkeys + usize::from(self.totp_since.is_some())
    }

    /// How many there are that meet what any role demands; backup codes stand in for these. A phone is none where the role needs
    /// something stronger: its codes would count for more than the phone itself.
    #[must_use]
    pub fn sufficient(&self) -> usize {
        self.strong() + usize::from(self.phone.as_ref().is_some_and(|phone| phone.enough))
    }
}

/// The second factors of an account.
///
/// # Errors
/// When the database is away.
pub async fn of(app: &App, user_id: Uuid) -> Result<Factors, AppError> {
    read(app, &mut *app.conn().await?, user_id).await
}

/// As [`of`], within a transaction.
pub(super) async fn within(app: &App, tx: &mut Tx, user_id: Uuid) -> Result<Factors, AppError> {
    read(app, tx.conn()?, user_id).await
}

async fn read(app: &App, conn: &mut PgConn, user_id: Uuid) -> Result<Factors, AppError> {
    Ok(Factors {
        phone: text_codes::phone_on(app, conn, user_id).await?,
        totp_since: factor::totp(conn, user_id).await?.and_then(|totp| totp.confirmed_at),
        passkeys: passkey::count(conn, user_id).await?,
        backup_codes_left: factor::backup_codes_left(conn, user_id).await?,
    })
}

pub(super) fn wrong_code() -> AppError {
    AppError::invalid("/code", "wrong_code", "This code is wrong, or was used before.")
}

pub(super) fn challenge_over() -> AppError {
    AppError::invalid(
        "/challenge",
        "challenge_over",
        "Sign in again: this took too long, or too many tries.",
    )
}

/// Refuses to leave somebody whose role needs a second factor without one; called when the factor is gone already, within the
/// transaction that removed it and under the owner's lock.
pub(super) async fn keep_one(app: &App, tx: &mut Tx, user: Uuid, required: bool) -> Result<(), AppError> {
    if removable(required, within(app, tx, user).await?.sufficient()) {
        return Ok(());
    }
    Err(AppError::refused(
        "last_factor",
        "Your role needs a second factor. Add another one first.",
    ))
}

/// Notes a change of factors and tells the owner.
pub(super) async fn changed(
    app: &App,
    tx: &mut Tx,
    actor: &audit::Actor,
    user: Uuid,
    change: &'static str,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action: "user.factors_changed",
        subject_type: "user",
        subject_id: Some(user),
        data: serde_json::json!({ "change": change }),
    };
    audit::append(tx.conn()?, actor, app.now(), entry).await?;
    let mail = SendAccountMail::notice(user, AccountNotice::FactorsChanged).with("change", change);
    tx.enqueue(&[NewJob::of(&mail)]).await?;
    Ok(())
}
