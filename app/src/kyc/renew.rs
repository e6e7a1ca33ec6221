//! Renewing an approval ahead of its end, and what becomes of a renewal when the approval ends first.

use chrono::{DateTime, Utc};
use domain::kyc::{
    Refusal, State, Step,
    renewal::{may_begin, takes_place},
    state::after,
};
use store::{
    audit::Actor,
    customer::Reached,
    kyc::{self, CURRENT, Case, PAST},
};
use uuid::Uuid;

use super::{collect::opened, policy, refused, state_of, write};
use crate::{App, AppError, Caller, Tx};

/// Begins a second case beside the approval in force, which stays what it is until the second one is approved or its own time is over.
///
/// # Errors
/// [`AppError::Refused`] when nothing is in force, a renewal is under way, or it is too early.
pub async fn renew(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    let now = app.now();
    let (mut tx, found, reached) = opened(app, caller, id).await?;
    let cases = kyc::locked_cases(tx.conn()?, reached).await?;
    let Some(current) = cases.current else {
        return Err(refused(&Refusal::State(state_of(&found.summary.kyc_state)?)));
    };
    let policy = policy::in_force(tx.conn()?).await?;
    let state = state_of(&current.state)?;
    may_begin(policy, state, current.expires_at, cases.renewal.is_some(), now).map_err(|refusal| refused(&refusal))?;
    let renewal = kyc::open_renewal(tx.conn()?, reached, &current, now).await?;
    let data = serde_json::json!({ "expires_at": current.expires_at });
    let step = ("kyc.renew", data);
    write(app, &mut tx, caller, reached, &renewal, State::NotStarted, step).await?;
    tx.commit().await
}

/// Takes a case's place.
pub(super) fn promote(case: &mut Case) {
    CURRENT.clone_into(&mut case.part);
}

fn close(case: &mut Case, now: DateTime<Utc>) {
    PAST.clone_into(&mut case.part);
    case.closed_at = Some(now);
}

/// Writes that an approval gives way to what renews it.
pub(super) async fn supersede(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    customer: Reached,
    mut current: Case,
) -> Result<(), AppError> {
    let before = state_of(&current.state)?;
    let to = after(before, Step::Supersede).map_err(|refusal| refused(&refusal))?;
    to.as_str().clone_into(&mut current.state);
    close(&mut current, app.now());
    let data = serde_json::json!({ "expires_at": current.expires_at });
    write(app, tx, caller, customer, &current, before, ("kyc.supersede", data)).await
}

/// A case with where it stands.
pub(super) fn standing(case: Option<Case>) -> Result<Option<(Case, State)>, AppError> {
    let Some(case) = case else { return Ok(None) };
    let state = state_of(&case.state)?;
    Ok(Some((case, state)))
}

/// Writes that an approval ended, at the state that it has now and did not have `before`. A renewal that is under way takes its place; one
/// that was refused is past. Returns where the customer stands.
pub(super) async fn end(
    tx: &mut Tx,
    actor: &Actor,
    now: DateTime<Utc>,
    (mut current, before): (Case, State),
    renewal: Option<(Case, State)>,
) -> Result<State, AppError> {
    let Some((mut renewal, was)) = renewal else {
        kyc::update_case(tx.conn()?, &current, before.as_str(), actor, now).await?;
        return state_of(&current.state);
    };
    let takes = takes_place(state_of(&renewal.state)?);
    if takes {
        close(&mut current, now);
        promote(&mut renewal);
    } else {
        close(&mut renewal, now);
    }
    // In this order: there is one current case, one open and one in force at most.
    kyc::update_case(tx.conn()?, &current, before.as_str(), actor, now).await?;
    kyc::update_case(tx.conn()?, &renewal, was.as_str(), actor, now).await?;
    state_of(if takes { &renewal.state } else { &current.state })
}
