//! A login that owes a second factor.

use domain::account::notice::AccountNotice;
use jobs::{NewJob, SendAccountMail};
use store::{
    device, factor,
    login::Counter,
    user::{self, User},
};

use super::{Method, TRIES, challenge_over, changed, looked_at, take, wrong_code};
use crate::{
    App, AppError,
    account::{Accounts, Origin, SignedIn, enter::Proof, origin::hash, sign_in, text_codes::Place, throttle},
};

/// A login that owes a second factor, with the counts that a try costs.
pub(in crate::account) struct Owed {
    pub challenge: factor::Challenge,
    pub user: User,
    pub counters: Vec<Counter>,
}

/// The challenge with this token; no try is counted.
pub(in crate::account) async fn waiting(app: &App, token: &str) -> Result<factor::Challenge, AppError> {
    let mut conn = app.conn().await?;
    let waiting = factor::waiting_challenge(&mut conn, &hash(token), TRIES, app.now()).await?;
    waiting.ok_or_else(challenge_over)
}

impl Accounts {
    /// Meets the challenge of a login with a second factor: only now a session begins.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `wrong_code`, or `challenge_over` when one must sign in anew; [`AppError::TooMany`].
    pub async fn meet(
        &self,
        app: &App,
        token: &str,
        (method, code): (Method, &str),
        origin: &Origin,
    ) -> Result<SignedIn, AppError> {
        let owed = self.owed(app, token, origin).await?;
        let proof = (method, code);
        let text = looked_at(app, owed.user.id, proof, Place::Login(owed.challenge.id)).await?;
        let mut tx = app.begin().await?;
        // The code is spent together with the challenge, or neither is.
        let good = take(app, &mut tx, owed.user.id, proof, text).await?
            && factor::meet_challenge(tx.conn()?, owed.challenge.id, app.now()).await?;
        if !good {
            drop(tx);
            self.failed(app, &owed, (method.as_str(), "wrong_code"), origin).await?;
            return Err(wrong_code());
        }
        if method == Method::BackupCode {
            changed(
                app,
                &mut tx,
                &origin.actor(&owed.user),
                owed.user.id,
                "backup_code_used",
            )
            .await?;
        }
        tx.commit().await?;
        self.met(app, owed, (method.as_str(), method.amr()), origin).await
    }

    /// The challenge with this token; a try is counted before anything is looked at.
    pub(in crate::account) async fn owed(&self, app: &App, token: &str, origin: &Origin) -> Result<Owed, AppError> {
        let challenge = factor::try_challenge(&mut *app.conn().await?, &hash(token), TRIES, app.now()).await?;
        let challenge = challenge.ok_or_else(challenge_over)?;
        let (user, device) = {
            let mut conn = app.conn().await?;
            let user = user::by_id(&mut conn, challenge.user_id).await?;
            let device = match origin.device_hash() {
                Some(hash) => device::known(&mut conn, &user.email, &hash).await?,
                None => None,
            };
            (user, device)
        };
        let counters = throttle::of_factor(user.id, origin, device);
        throttle::count(app, &counters).await?;
        Ok(Owed {
            challenge,
            user,
            counters,
        })
    }

    /// Begins the session of somebody who met his challenge by this method, which proves this.
    pub(in crate::account) async fn met(
        &self,
        app: &App,
        owed: Owed,
        (method, amr): (&'static str, &str),
        origin: &Origin,
    ) -> Result<SignedIn, AppError> {
        let mut proven = owed.challenge.amr;
        proven.push(amr.to_owned());
        let proof = Proof {
            amr: proven,
            method,
            counters: owed.counters,
            ..Proof::default()
        };
        self.begin(app, owed.user, proof, origin).await
    }

    /// Notes a failed try by its method and reason.
    pub(in crate::account) async fn failed(
        &self,
        app: &App,
        owed: &Owed,
        why: (&'static str, &'static str),
        origin: &Origin,
    ) -> Result<(), AppError> {
        let user = &owed.user;
        sign_in::refused(app, &user.email, Some(user), why, false, origin).await?;
        if owed.challenge.attempts >= TRIES {
            // Somebody knows the password.
            let mut tx = app.begin().await?;
            let mail = SendAccountMail::notice(user.id, AccountNotice::FactorFailed)
                .with("ip", origin.ip.as_deref().unwrap_or_default());
            tx.enqueue(&[NewJob::of(&mail)]).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
