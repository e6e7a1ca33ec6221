//! Signing in with a password.

use std::time::Duration;

use store::{
    account,
    alert::NewAlert,
    device,
    login::{self, NewLine},
    user::{self, User},
};
use tokio::time::Instant;
use uuid::Uuid;

use super::{Accounts, Entered, Origin, alerts, enter::Proof, throttle};
use crate::{App, AppError};

/// No refusal comes sooner: whichever kind of hash was checked, or none, it looks the same.
const FLOOR: Duration = Duration::from_millis(400);
/// Failed tries of one account from everywhere that somebody should know of.
const ALERT_AT: i64 = 15;

impl Accounts {
    /// Signs in with address (in lower case) and password.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for an unknown address, a wrong password and an account not in use alike;
    /// [`AppError::TooMany`] with the seconds to wait.
    pub async fn sign_in(
        &self,
        app: &App,
        email: &str,
        password: String,
        origin: &Origin,
    ) -> Result<Entered, AppError> {
        let began = Instant::now();
        let (device, found, phc) = {
            let mut conn = app.conn().await?;
            let device = match origin.device_hash() {
                Some(hash) => device::known(&mut conn, email, &hash).await?,
                None => None,
            };
            let found = user::by_email(&mut conn, email).await?;
            // Asked for nobody as well: an unknown address costs as many round trips.
            let whose = found.as_ref().map_or(Uuid::nil(), |user| user.id);
            (device, found, account::password(&mut conn, whose).await?)
        };
        let counters = throttle::of_login(email, origin, device);
        let place = throttle::admit(app, &self.line, &self.passwords, &counters).await?;
        let phc = phc.filter(|_| found.as_ref().is_some_and(User::is_active));
        let checked = place.check(password, phc.clone()).await?;
        let (true, Some(user)) = (checked.good, &found) else {
            let reason = if found.is_some() { "wrong_password" } else { "unknown" };
            refused(
                app,
                email,
                found.as_ref(),
                ("password", reason),
                device.is_some(),
                origin,
            )
            .await?;
            tokio::time::sleep_until(began + FLOOR).await;
            return Err(AppError::Unauthenticated);
        };
        let better_hash = phc.zip(checked.better);
        let proof = Proof {
            amr: vec!["pwd".to_owned()],
            method: "password",
            counters,
            better_hash,
            at: None,
        };
        self.enter(app, user.clone(), proof, origin).await
    }
}

/// Notes a try that failed, by its method and reason; many on one account are an alert.
pub async fn refused(
    app: &App,
    email: &str,
    user: Option<&User>,
    (method, reason): (&'static str, &'static str),
    known_device: bool,
    origin: &Origin,
) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let line = NewLine {
        email,
        user_id: user.map(|user| user.id),
        outcome: "failure",
        method,
        reason: Some(reason),
        known_device,
        ip: origin.ip.as_deref(),
        user_agent: origin.user_agent.as_deref(),
        session_id: None,
    };
    login::journal(tx.conn()?, &line, now).await?;
    let failures = login::failures_of(tx.conn()?, email).await?;
    if failures >= ALERT_AT {
        let alert = NewAlert {
            kind: "password_guessing",
            severity: "warning",
            user_id: user.map(|user| user.id),
            ip: origin.ip.as_deref(),
            data: serde_json::json!({ "email": email, "failures": failures }),
            once_key: Some(format!("password_guessing:{email}:{}", now.date_naive())),
        };
        alerts::raise(&mut tx, alert, now).await?;
    }
    tx.commit().await
}
