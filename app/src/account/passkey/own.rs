//! One's own passkeys: adding, naming, removing.

use domain::account::{
    notice::AccountNotice,
    passkey::{self as rules, MAX, MAX_NAME},
};
use jobs::{NewJob, SendAccountMail};
use store::{
    audit, event, factor,
    passkey::{self, Passkey},
};
use uuid::Uuid;
use webauthn_rs::prelude::{Credential, PasskeyRegistration, RegisterPublicKeyCredential};
use webauthn_rs_proto::{AuthenticatorTransport, ResidentKeyRequirement};

use super::{
    super::{Accounts, Renewed, factors, renew},
    Answer, Creation, ceremony, malformed, prove, serial,
};
use crate::{App, AppError, Caller, Tx};

/// A passkey that was added.
#[derive(Debug)]
pub struct Added {
    /// The passkey.
    pub passkey: Passkey,
    /// Backup codes, shown this once: it is the first of its owner that is stronger than a phone.
    pub backup_codes: Vec<String>,
    /// The token by which the session goes on.
    pub renewed: Option<Renewed>,
}

/// The caller's passkeys, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Passkey>, AppError> {
    Ok(passkey::of_user(&mut *app.conn().await?, caller.user_id).await?)
}

/// Gives one of the caller's passkeys another name.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::NotFound`] when it is not his.
pub async fn rename(app: &App, caller: &Caller, id: Uuid, text: &str) -> Result<Passkey, AppError> {
    let name = name(text)?;
    let mut tx = app.begin().await?;
    let passkey = passkey::rename(tx.conn()?, caller.user_id, id, name).await?;
    note(app, &mut tx, caller, "passkey.renamed", &passkey).await?;
    tx.commit().await?;
    Ok(passkey)
}

/// Removes one of the caller's passkeys; `required` says that his role needs a second factor.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::NotFound`] when it is not his; [`AppError::Refused`] `last_factor`.
pub async fn remove(app: &App, caller: &Caller, id: Uuid, required: bool) -> Result<(), AppError> {
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    passkey::lock_owner(tx.conn()?, caller.user_id).await?;
    let passkey = passkey::remove(tx.conn()?, caller.user_id, id).await?;
    factors::keep_one(app, &mut tx, caller.user_id, required).await?;
    factor::end_backup_codes(tx.conn()?, caller.user_id).await?;
    note(app, &mut tx, caller, "passkey.removed", &passkey).await?;
    tell(&mut tx, caller.user_id, "passkey_removed").await?;
    tx.commit().await
}

impl Accounts {
    /// Begins to add a passkey.
    ///
    /// # Errors
    /// [`AppError::StepUp`]; [`AppError::Refused`] `too_many_passkeys` or `passkeys_unavailable`.
    pub async fn begin_passkey(&self, app: &App, caller: &Caller, session: Uuid) -> Result<Creation, AppError> {
        caller.fresh_factor(app.now())?;
        let site = self.site()?;
        let held = list(app, caller).await?;
        room(held.len())?;
        let held = held.into_iter().map(|passkey| passkey.credential_id).collect();
        let (mut options, state) = site
            .start_passkey_registration(caller.user_id, &caller.email, &caller.actor.name, Some(held))
            .map_err(|error| AppError::Internal(format!("passkeys: {error}")))?;
        // Wherever the device has room for it, it signs in without an address; a security key that has none is a second factor.
        if let Some(wanted) = &mut options.public_key.authenticator_selection {
            wanted.resident_key = Some(ResidentKeyRequirement::Preferred);
        }
        ceremony::begin(app, ceremony::register(caller.user_id, session), (options, state)).await
    }

    /// Adds the passkey that a device has made.
    ///
    /// # Errors
    /// [`AppError::StepUp`]; [`AppError::Invalid`] `malformed_credential`, `passkey_name`, `ceremony_over`, `passkey_refused`;
    /// [`AppError::Conflict`] `passkey_known`; [`AppError::Refused`] as [`Self::begin_passkey`].
    pub async fn add_passkey(
        &self,
        app: &App,
        caller: &Caller,
        session: Uuid,
        text: &str,
        answer: Answer<'_>,
    ) -> Result<Added, AppError> {
        caller.fresh_factor(app.now())?;
        let site = self.site()?;
        let name = name(text)?;
        let made: RegisterPublicKeyCredential = serde_json::from_value(answer.credential).map_err(|_| malformed())?;
        let bound = ceremony::register(caller.user_id, session);
        let state: PasskeyRegistration = ceremony::end(app, bound, answer.ceremony).await?;
        let credential = site.finish_passkey_registration(&made, &state).map_err(|error| {
            tracing::info!(%error, user = %caller.user_id, "a new passkey was refused");
            AppError::invalid("/credential", "passkey_refused", "This passkey cannot be added.")
        })?;
        let stored = serial(&credential)?;
        let properties = Credential::from(credential);
        let transports = properties.transports.iter().flatten();
        let passkey = Passkey {
            id: Uuid::now_v7(),
            credential_id: properties.cred_id.to_vec(),
            credential: stored,
            name: name.to_owned(),
            transports: transports
                .filter(|transport| **transport != AuthenticatorTransport::Unknown)
                .map(ToString::to_string)
                .collect(),
            discoverable: made.extensions.cred_props.as_ref().and_then(|properties| properties.rk),
            backed_up: properties.backup_state,
            sign_count: i64::from(properties.counter),
            clone_warned_at: None,
            created_at: app.now(),
            last_used_at: None,
            alone: true,
        };
        let mut tx = app.begin().await?;
        passkey::lock_owner(tx.conn()?, caller.user_id).await?;
        let before = factors::within(app, &mut tx, caller.user_id).await?;
        room(before.passkeys)?;
        if !passkey::insert(tx.conn()?, caller.user_id, &passkey).await? {
            return Err(AppError::Conflict {
                code: "passkey_known".to_owned(),
                detail: "This passkey was added before.".to_owned(),
            });
        }
        let backup_codes = if before.strong() == 0 {
            factors::new_codes(app, &mut tx, caller.user_id).await?
        } else {
            Vec::new()
        };
        let amr = prove::amr(properties.backup_eligible);
        let renewed = renew::proven(app, &mut tx, session, amr).await?;
        note(app, &mut tx, caller, "passkey.added", &passkey).await?;
        tell(&mut tx, caller.user_id, "passkey_added").await?;
        tx.commit().await?;
        Ok(Added {
            passkey,
            backup_codes,
            renewed,
        })
    }
}

fn name(text: &str) -> Result<&str, AppError> {
    rules::name(text).ok_or_else(|| {
        let detail = format!("A name has 1 to {MAX_NAME} characters on one line.");
        AppError::invalid("/name", "passkey_name", detail)
    })
}

fn room(held: usize) -> Result<(), AppError> {
    if held < MAX {
        return Ok(());
    }
    Err(AppError::refused(
        "too_many_passkeys",
        format!("You have {MAX} passkeys. Remove those you do not use."),
    ))
}

/// Notes a change; the list in another window follows.
async fn note(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    action: &'static str,
    passkey: &Passkey,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "passkey",
        subject_id: Some(passkey.id),
        data: serde_json::json!({ "name": passkey.name }),
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    let news = event::NewEvent {
        kind: "passkey.changed",
        subject_type: "passkey",
        subject_id: passkey.id,
        permission: None,
        user_id: Some(caller.user_id),
        data: serde_json::json!({}),
    };
    Ok(event::append(tx.conn()?, news).await?)
}

async fn tell(tx: &mut Tx, user: Uuid, change: &'static str) -> Result<(), AppError> {
    let mail = SendAccountMail::notice(user, AccountNotice::FactorsChanged).with("change", change);
    tx.enqueue(&[NewJob::of(&mail)]).await?;
    Ok(())
}
