//! The moment somebody has proven who he is: a session begins, its browser is remembered, and the person is told when the
//! browser is a new one.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use domain::account::{notice::AccountNotice, times};
use jobs::{NewJob, SendAccountMail};
use store::{
    account, audit, device, factor,
    login::{self, Counter, NewLine},
    session::{self, Session},
    user::User,
};
use uuid::Uuid;

use super::{Accounts, Origin, factors, origin::hash};
use crate::{App, AppError, seal};

/// A session with the token that continues it.
#[derive(Debug)]
pub struct SignedIn {
    /// The account.
    pub user: User,
    /// The session.
    pub session_id: Uuid,
    /// The refresh token.
    pub token: String,
    /// When the refresh token ends.
    pub expires_at: DateTime<Utc>,
    /// When the person of the session proved last who he is: what an access token issued now knows of.
    pub proven_at: Option<DateTime<Utc>>,
    /// Cookie by which the browser is known from now on; `None` when nothing changes about it.
    pub device: Option<String>,
}

/// Somebody who owes a second factor.
#[derive(Debug)]
pub struct Challenge {
    /// Opens nothing but [`Accounts::meet`].
    pub token: String,
    /// What it can be met with.
    pub methods: Vec<&'static str>,
    /// Seconds it waits.
    pub expires_in: i64,
}

/// What a first proof leads to.
#[derive(Debug)]
pub enum Entered {
    /// A session.
    SignedIn(Box<SignedIn>),
    /// A second factor is owed.
    Challenge(Challenge),
}

/// What was proven, and how.
#[derive(Debug, Default)]
pub struct Proof {
    /// How the person proved who he is (RFC 8176).
    pub amr: Vec<String>,
    /// The way in, for the journal.
    pub method: &'static str,
    /// Counts that are forgiven.
    pub counters: Vec<Counter>,
    /// When he did; without it now.
    pub at: Option<DateTime<Utc>>,
    /// The old hash of his password and one of today's kind to replace it.
    pub better_hash: Option<(String, String)>,
}

/// 256 random bits as text.
pub fn random_token() -> Result<String, AppError> {
    let mut bytes = [0; 32];
    seal::random(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

impl Accounts {
    /// Lets somebody in who gave a first proof, or asks for the second one when he has set one up.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] when the account is not in use.
    pub async fn enter(&self, app: &App, user: User, proof: Proof, origin: &Origin) -> Result<Entered, AppError> {
        let methods = factors::of(app, user.id).await?.methods();
        if methods.is_empty() || factors::has_second(app, &user.lineage, &proof.amr) || !user.is_active() {
            let signed_in = self.begin(app, user, proof, origin).await?;
            return Ok(Entered::SignedIn(Box::new(signed_in)));
        }
        let now = app.now();
        let token = random_token()?;
        let mut tx = app.begin().await?;
        let ends = now + factors::CHALLENGE_LIFE;
        factor::challenge(tx.conn()?, user.id, &hash(&token), &proof.amr, ends, now).await?;
        if let Some((from, to)) = &proof.better_hash {
            account::rehash(tx.conn()?, user.id, from, to).await?;
        }
        login::forgive(tx.conn()?, &proof.counters).await?;
        let line = NewLine {
            email: &user.email,
            user_id: Some(user.id),
            outcome: "challenge",
            method: proof.method,
            ip: origin.ip.as_deref(),
            user_agent: origin.user_agent.as_deref(),
            ..NewLine::default()
        };
        login::journal(tx.conn()?, &line, now).await?;
        tx.commit().await?;
        Ok(Entered::Challenge(Challenge {
            token,
            methods,
            expires_in: factors::CHALLENGE_LIFE.num_seconds(),
        }))
    }

    /// Begins a session. Its id and its tokens are new, whatever the browser brought along.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] when the account is not in use.
    pub async fn begin(&self, app: &App, user: User, proof: Proof, origin: &Origin) -> Result<SignedIn, AppError> {
        if !user.is_active() {
            return Err(AppError::Unauthenticated);
        }
        let now = app.now();
        let token = random_token()?;
        let id = Uuid::now_v7();
        let idle_expires_at = now + self.idle;
        let mut tx = app.begin().await?;
        // A cookie that we did not give out is not adopted: somebody may have planted it.
        let cookie = match &origin.device {
            Some(cookie) if device::exists(tx.conn()?, &hash(cookie)).await? => cookie.clone(),
            _ => random_token()?,
        };
        let ip = origin.ip.as_deref();
        let user_agent = origin.user_agent.as_deref();
        let browser = device::remember(tx.conn()?, user.id, &hash(&cookie), ip, user_agent, now).await?;
        let session = Session {
            id,
            user_id: user.id,
            session_version: user.session_version,
            device_id: Some(browser.id),
            created_at: now,
            last_seen_at: now,
            ip: origin.ip.clone(),
            last_ip: origin.ip.clone(),
            user_agent: origin.user_agent.clone(),
            amr: proof.amr,
            factor_at: Some(proof.at.map_or(now, |at| at.min(now))),
            idle_expires_at,
            expires_at: now + times::SESSION_ABSOLUTE,
            revoked_at: None,
        };
        session::insert(tx.conn()?, &session).await?;
        session::insert_token(tx.conn()?, id, &hash(&token), idle_expires_at, now).await?;
        if let Some((from, to)) = &proof.better_hash {
            account::rehash(tx.conn()?, user.id, from, to).await?;
        }
        let before = account::logged_in(tx.conn()?, user.id, now).await?;
        login::forgive(tx.conn()?, &proof.counters).await?;
        let line = NewLine {
            email: &user.email,
            user_id: Some(user.id),
            outcome: "success",
            method: proof.method,
            known_device: !browser.new,
            ip,
            user_agent,
            session_id: Some(id),
            ..NewLine::default()
        };
        login::journal(tx.conn()?, &line, now).await?;
        let entry = audit::Entry {
            action: "session.started",
            subject_type: "session",
            subject_id: Some(id),
            data: serde_json::json!({ "method": proof.method, "amr": session.amr }),
        };
        audit::append(tx.conn()?, &origin.actor(&user), now, entry).await?;
        if browser.new && !browser.familiar && before.is_some() {
            let mail = SendAccountMail::notice(user.id, AccountNotice::NewDevice)
                .with("ip", ip.unwrap_or_default())
                .with("device", user_agent.unwrap_or_default());
            tx.enqueue(&[NewJob::of(&mail)]).await?;
        }
        tx.commit().await?;
        Ok(SignedIn {
            user,
            session_id: id,
            token,
            expires_at: idle_expires_at,
            proven_at: session.factor_at,
            device: Some(cookie),
        })
    }
}
