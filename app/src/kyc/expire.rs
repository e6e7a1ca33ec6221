//! Approvals whose time is over. A reconciler: a missed run is made up by the next.

use domain::kyc::{State, Step, state::after};
use store::{
    audit::{self, Actor, Entry},
    customer, kyc,
    scope::Scope,
};

use super::state_of;
use crate::{App, AppError};

/// Cases of one round.
const BATCH: i64 = 100;

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
            let mut case = kyc::locked_case(tx.conn()?, found.reached()).await?;
            let before = state_of(&case.state)?;
            // Another run, or a reviewer, was quicker.
            let Ok(State::Expired) = after(before, Step::Expire) else {
                continue;
            };
            State::Expired.as_str().clone_into(&mut case.state);
            kyc::update_case(tx.conn()?, &case, before.as_str(), &actor, now).await?;
            let entry = Entry {
                action: "kyc.expire",
                subject_type: "customer",
                subject_id: Some(id),
                data: serde_json::json!({ "expires_at": case.expires_at }),
            };
            audit::append(tx.conn()?, &actor, now, entry).await?;
            let what = serde_json::json!({ "action": "kyc.expire" });
            customer::tell(tx.conn()?, found.reached(), "customer.updated", what).await?;
            tx.commit().await?;
            done += 1;
        }
    }
}
