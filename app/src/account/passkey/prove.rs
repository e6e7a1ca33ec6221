//! Proving who one is with a passkey: after a password, before a dangerous action.

use store::{
    factor,
    passkey::{self, Passkey},
    user,
};
use uuid::Uuid;
use webauthn_rs::{
    Webauthn,
    prelude::{
        Credential, DiscoverableAuthentication, Passkey as Key, PublicKeyCredential, RequestChallengeResponse,
        WebauthnError,
    },
};
use webauthn_rs_proto::AllowCredentials;

use super::{
    super::{Accounts, Origin, Renewed, SignedIn, factors, suspicion, throttle},
    Answer, Request, ceremony, malformed, serial, stored,
};
use crate::{App, AppError, Caller, Tx};

/// Authentication method reference of a passkey (RFC 8176): whoever keeps it may copy it to other devices, or nobody can.
pub(super) const fn amr(copied: bool) -> &'static str {
    if copied { "swk" } else { "hwk" }
}

/// Why a passkey proves nothing.
pub(super) enum Refusal {
    /// Whatever it is, for the journal.
    Wrong(&'static str),
    /// It counted less than before.
    Copied(Box<Passkey>),
}

impl Refusal {
    pub(super) const fn reason(&self) -> &'static str {
        match self {
            Self::Wrong(reason) => reason,
            Self::Copied(_) => "passkey_copied",
        }
    }
}

pub(super) fn parsed(credential: serde_json::Value) -> Result<PublicKeyCredential, AppError> {
    serde_json::from_value(credential).map_err(|_| malformed())
}

fn wrong() -> AppError {
    AppError::invalid("/credential", "wrong_passkey", "This passkey was not accepted.")
}

/// Whether this is a passkey of this person and the answer to what was asked, `alone` or after another proof; its use is noted then.
pub(super) async fn check(
    app: &App,
    tx: &mut Tx,
    site: &Webauthn,
    user: Uuid,
    (asked, answer): (DiscoverableAuthentication, &PublicKeyCredential),
    alone: bool,
) -> Result<Result<&'static str, Refusal>, AppError> {
    if answer
        .get_user_unique_id()
        .is_some_and(|handle| handle != user.as_bytes())
    {
        return Ok(Err(Refusal::Wrong("unknown_passkey")));
    }
    let Some(mut held) = passkey::lock(tx.conn()?, user, answer.get_credential_id()).await? else {
        return Ok(Err(Refusal::Wrong("unknown_passkey")));
    };
    if alone && !held.alone {
        return Ok(Err(Refusal::Wrong("password_needed")));
    }
    let mut key: Key = stored(held.credential.clone())?;
    let proven = match site.finish_discoverable_authentication_v2(answer, asked, &key) {
        Ok(proven) => proven,
        Err(WebauthnError::CredentialPossibleCompromise) => return Ok(Err(Refusal::Copied(Box::new(held)))),
        Err(error) => {
            tracing::info!(%error, %user, "a passkey was refused");
            return Ok(Err(Refusal::Wrong("wrong_passkey")));
        }
    };
    key.update_credential(&proven);
    held.credential = serial(&key)?;
    held.sign_count = i64::from(proven.counter());
    held.backed_up = proven.backup_state();
    passkey::used(tx.conn()?, &held, app.now()).await?;
    Ok(Ok(amr(proven.backup_eligible())))
}

impl Accounts {
    pub(super) fn ask(&self) -> Result<(RequestChallengeResponse, DiscoverableAuthentication), AppError> {
        let (mut options, state) = self
            .site()?
            .start_discoverable_authentication()
            .map_err(|error| AppError::Internal(format!("passkeys: {error}")))?;
        // The browser is told by the page when to ask.
        options.mediation = None;
        options.public_key.extensions = None;
        Ok((options, state))
    }

    /// As [`Self::ask`], for one of this person's passkeys.
    async fn ask_of(
        &self,
        app: &App,
        user: Uuid,
    ) -> Result<(RequestChallengeResponse, DiscoverableAuthentication), AppError> {
        let (mut options, state) = self.ask()?;
        for held in passkey::of_user(&mut *app.conn().await?, user).await? {
            let key = Credential::from(stored::<Key>(held.credential)?);
            options.public_key.allow_credentials.push(AllowCredentials {
                type_: "public-key".to_owned(),
                id: held.credential_id,
                transports: key.transports,
            });
        }
        if options.public_key.allow_credentials.is_empty() {
            return Err(AppError::invalid("/method", "no_passkey", "You have no passkey."));
        }
        Ok((options, state))
    }

    /// Begins to meet the challenge of a login with a passkey.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `challenge_over`, `no_passkey`; [`AppError::Refused`] `passkeys_unavailable`.
    pub async fn ask_second_passkey(&self, app: &App, challenge: &str) -> Result<Request, AppError> {
        let owed = factors::waiting(app, challenge).await?;
        let asked = self.ask_of(app, owed.user_id).await?;
        ceremony::begin(app, ceremony::second_factor(owed.user_id, owed.id), asked).await
    }

    /// Meets the challenge of a login with a passkey: only now a session begins.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `wrong_passkey`, `malformed_credential`, `ceremony_over`, or `challenge_over` when one must sign in
    /// anew; [`AppError::TooMany`].
    pub async fn meet_with_passkey(
        &self,
        app: &App,
        challenge: &str,
        answer: Answer<'_>,
        origin: &Origin,
    ) -> Result<SignedIn, AppError> {
        let site = self.site()?;
        let given = parsed(answer.credential)?;
        let owed = self.owed(app, challenge, origin).await?;
        let bound = ceremony::second_factor(owed.user.id, owed.challenge.id);
        let asked = ceremony::end(app, bound, answer.ceremony).await?;
        let mut tx = app.begin().await?;
        let checked = check(app, &mut tx, site, owed.user.id, (asked, &given), false).await?;
        let checked = match checked {
            Ok(how) if factor::meet_challenge(tx.conn()?, owed.challenge.id, app.now()).await? => Ok(how),
            Ok(_) => Err(Refusal::Wrong("wrong_passkey")),
            Err(refusal) => Err(refusal),
        };
        let how = match checked {
            Ok(how) => how,
            Err(refusal) => {
                drop(tx);
                self.failed(app, &owed, ("passkey", refusal.reason()), origin).await?;
                if let Refusal::Copied(copied) = refusal {
                    suspicion::passkey_copied(app, &owed.user, &copied, origin).await?;
                }
                return Err(wrong());
            }
        };
        tx.commit().await?;
        self.met(app, owed, ("passkey", how), origin).await
    }

    /// Begins to prove anew who one is with a passkey.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `no_passkey`; [`AppError::Refused`] `passkeys_unavailable`.
    pub async fn ask_own_passkey(&self, app: &App, caller: &Caller, session: Uuid) -> Result<Request, AppError> {
        let asked = self.ask_of(app, caller.user_id).await?;
        ceremony::begin(app, ceremony::step_up(caller.user_id, session), asked).await
    }

    /// Has the caller prove anew who he is with a passkey. Returns the token by which the session goes on.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `wrong_passkey`, `malformed_credential`, `ceremony_over`; [`AppError::TooMany`].
    pub async fn step_up_with_passkey(
        &self,
        app: &App,
        caller: &Caller,
        session: Uuid,
        answer: Answer<'_>,
        origin: &Origin,
    ) -> Result<Option<Renewed>, AppError> {
        let site = self.site()?;
        let given = parsed(answer.credential)?;
        let counters = throttle::of_factor(caller.user_id, origin, None);
        throttle::count(app, &counters).await?;
        let bound = ceremony::step_up(caller.user_id, session);
        let asked = ceremony::end(app, bound, answer.ceremony).await?;
        let mut tx = app.begin().await?;
        match check(app, &mut tx, site, caller.user_id, (asked, &given), false).await? {
            Ok(how) => {
                let renewed = factors::stepped_up(app, &mut tx, caller, session, ("passkey", how)).await?;
                store::login::forgive(tx.conn()?, &counters).await?;
                tx.commit().await?;
                Ok(renewed)
            }
            Err(refusal) => {
                drop(tx);
                if let Refusal::Copied(copied) = refusal {
                    let user = user::by_id(&mut *app.conn().await?, caller.user_id).await?;
                    suspicion::passkey_copied(app, &user, &copied, origin).await?;
                }
                Err(wrong())
            }
        }
    }
}
