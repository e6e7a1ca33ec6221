//! Approvals whose time is over, or will be soon. Reconcilers: a missed run is made up by the next, and what was told is not told again.

use chrono::TimeDelta;
use domain::{
    account::notice::AccountNotice,
    kyc::{State, Step, state::after},
};
use store::{
    audit::{self, Actor, Entry},
    customer, kyc,
    scope::Scope,
};

use super::{
    day, policy,
    renew::{end, standing},
    state_of, tell,
};
use crate::{App, AppError};

/// Cases of one round.
const BATCH: i64 = 100;
/// How long before its end an approval is spoken of; not before it may be renewed.
const WARNING: TimeDelta = TimeDelta::days(30);

/// Ends approvals whose time is over; returns how many.
///
/// # Errors
/// When the database is away; what was done before stays.
pub async fn expire(app: &App) -> Result<usize, AppError> {
    let actor = Actor::system("kyc expiry");
    let mut done = 0;
    loop {
        let customers = kyc::over(&mut *app.conn().await?, app.now(), BATCH).await?;
        if customers.is_empty() {
            return Ok(done);
        }
        for id in customers {
            let now = app.now();
            let mut tx = app.begin().await?;
            let found = customer::find_for_update(tx.conn()?, Scope::everything(), id, true).await?;
            let cases = kyc::locked_cases(tx.conn()?, found.reached()).await?;
            // Another run, or a reviewer, was quicker.
            let Some(mut case) = cases
                .current
                .filter(|case| case.expires_at.is_some_and(|end| end <= now))
            else {
                continue;
            };
            let before = state_of(&case.state)?;
            let Ok(State::Expired) = after(before, Step::Expire) else {
                continue;
            };
            State::Expired.as_str().clone_into(&mut case.state);
            let expires_at = case.expires_at;
            end(&mut tx, &actor, now, (case, before), standing(cases.renewal)?).await?;
            let entry = Entry {
                action: "kyc.expire",
                subject_type: "customer",
                subject_id: Some(id),
                data: serde_json::json!({ "expires_at": expires_at }),
            };
            audit::append(tx.conn()?, &actor, now, entry).await?;
            let what = serde_json::json!({ "action": "kyc.expire" });
            customer::tell(tx.conn()?, found.reached(), "customer.updated", what).await?;
            if found.summary.deleted_at.is_none() {
                tell(&mut tx, &found, AccountNotice::IdentityExpired, &[]).await?;
            }
            tx.commit().await?;
            done += 1;
        }
    }
}

/// Tells those who lead a customer that his approval ends within thirty days and may be renewed, once for each end; returns how many
/// customers. Who has handed a renewal in is not told.
///
/// # Errors
/// When the database is away; what was done before stays.
pub async fn warn(app: &App) -> Result<usize, AppError> {
    let actor = Actor::system("kyc expiry");
    let renewable = policy::in_force(&mut *app.conn().await?).await?.renewal_days;
    let ahead = WARNING.min(TimeDelta::try_days(renewable).unwrap_or(WARNING));
    let mut done = 0;
    loop {
        let now = app.now();
        let span = (now, now + ahead);
        let customers = kyc::ending(&mut *app.conn().await?, span, BATCH).await?;
        if customers.is_empty() {
            return Ok(done);
        }
        for id in customers {
            let mut tx = app.begin().await?;
            let found = customer::find_for_update(tx.conn()?, Scope::everything(), id, true).await?;
            // Another run, or a reviewer, was quicker.
            let Some(ends) = kyc::warned(tx.conn()?, found.reached(), span).await? else {
                continue;
            };
            let entry = Entry {
                action: "kyc.warn",
                subject_type: "customer",
                subject_id: Some(id),
                data: serde_json::json!({ "expires_at": ends }),
            };
            audit::append(tx.conn()?, &actor, now, entry).await?;
            tell(
                &mut tx,
                &found,
                AccountNotice::IdentityExpiring,
                &[("until", &day(ends))],
            )
            .await?;
            tx.commit().await?;
            done += 1;
        }
    }
}
