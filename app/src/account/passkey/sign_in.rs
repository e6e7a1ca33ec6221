//! Signing in with a passkey alone.

use store::{StoreError, device, user};
use uuid::Uuid;

use super::{
    super::{Accounts, Origin, SignedIn, enter::Proof, sign_in, suspicion, throttle},
    Answer, Request, ceremony,
    prove::{Refusal, check, parsed},
};
use crate::{App, AppError};

impl Accounts {
    /// Begins to sign in. Nothing is asked of the person, so nothing is told about anybody.
    ///
    /// # Errors
    /// [`AppError::Refused`] `passkeys_unavailable`.
    pub async fn ask_passkey(&self, app: &App) -> Result<Request, AppError> {
        ceremony::begin(app, ceremony::LOGIN, self.ask()?).await
    }

    /// Signs in with a passkey alone: the device has it, and has recognised its owner.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for a passkey that is unknown, wrong, or of an account not in use alike;
    /// [`AppError::TooMany`]; [`AppError::Invalid`] `malformed_credential`, `ceremony_over`.
    pub async fn sign_in_with_passkey(
        &self,
        app: &App,
        answer: Answer<'_>,
        origin: &Origin,
    ) -> Result<SignedIn, AppError> {
        let site = self.site()?;
        let given = parsed(answer.credential)?;
        let handle = given
            .get_user_unique_id()
            .and_then(|handle| Uuid::from_slice(handle).ok());
        let (found, device) = {
            let mut conn = app.conn().await?;
            let found = match handle {
                Some(id) => match user::by_id(&mut conn, id).await {
                    Ok(user) => Some(user),
                    Err(StoreError::NotFound) => None,
                    Err(error) => return Err(error.into()),
                },
                None => None,
            };
            let device = match (origin.device_hash(), &found) {
                (Some(hash), Some(user)) => device::known(&mut conn, &user.email, &hash).await?,
                _ => None,
            };
            (found, device)
        };
        let counters = match &found {
            Some(user) => throttle::of_login(&user.email, origin, device),
            None => throttle::of_source(origin),
        };
        throttle::count(app, &counters).await?;
        let asked = ceremony::end(app, ceremony::LOGIN, answer.ceremony).await?;
        let Some(user) = found else {
            return Err(AppError::Unauthenticated);
        };
        let mut tx = app.begin().await?;
        let checked = if user.is_active() {
            check(app, &mut tx, site, user.id, (asked, &given), true).await?
        } else {
            Err(Refusal::Wrong("inactive"))
        };
        let how = match checked {
            Ok(how) => how,
            Err(refusal) => {
                drop(tx);
                let why = ("passkey", refusal.reason());
                sign_in::refused(app, &user.email, Some(&user), why, device.is_some(), origin).await?;
                if let Refusal::Copied(copied) = refusal {
                    suspicion::passkey_copied(app, &user, &copied, origin).await?;
                }
                return Err(AppError::Unauthenticated);
            }
        };
        tx.commit().await?;
        let proof = Proof {
            amr: vec![how.to_owned(), "mfa".to_owned()],
            method: "passkey",
            counters,
            better_hash: None,
            at: None,
        };
        self.begin(app, user, proof, origin).await
    }
}
