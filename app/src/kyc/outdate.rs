//! A verified identity whose data were changed: what was found does not speak of them, so it is to be looked at anew.

use domain::{
    account::notice::AccountNotice,
    kyc::{State, Step, identity, renewal::takes_place, state::after},
    locale::Locale,
};
use store::{customer::Customer, kyc};

use super::{
    renew::{end, standing},
    state_of, tell,
};
use crate::{App, AppError, Caller, Tx, customer::record};

/// Ends an approval, or sends a case under review back to those that wait, since `fields` of the locked customer changed. What renews
/// the approval takes its place, and is looked at by the data as they are now.
pub(crate) async fn outdate(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    found: &Customer,
    locale: Locale,
    fields: &[&str],
) -> Result<(), AppError> {
    let before = state_of(&found.summary.kyc_state)?;
    let Ok(mut to) = after(before, Step::Outdate) else {
        return Ok(());
    };
    let now = app.now();
    let reached = found.reached();
    let cases = kyc::locked_cases(tx.conn()?, reached).await?;
    let mut case = cases.current.ok_or(AppError::NotFound)?;
    let mut renewal = standing(cases.renewal)?;
    let reason = identity::reason(fields, locale);
    if let Some((beside, state)) = renewal.as_mut().filter(|(_, state)| takes_place(*state)) {
        to = State::Superseded;
        if *state == State::InReview {
            State::Submitted.as_str().clone_into(&mut beside.state);
            beside.reviewer_id = None;
        }
        beside.reason = Some(reason.clone());
    }
    to.as_str().clone_into(&mut case.state);
    case.reviewer_id = None;
    case.reason = Some(reason);
    if to == State::MoreInfo {
        case.decided_at = Some(now);
        case.expires_at = None;
    }
    let stands = end(tx, &caller.actor, now, (case, before), renewal).await?;
    let data = serde_json::json!({ "from": before.as_str(), "to": stands.as_str(), "fields": fields });
    record(app, tx, caller, reached, "kyc.outdate", data).await?;
    if before != State::Approved {
        return Ok(());
    }
    tell(tx, found, AccountNotice::IdentityOutdated, &[]).await
}
