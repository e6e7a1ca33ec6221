//! A verified identity whose data were changed: what was found does not speak of them, so it is to be looked at anew.

use domain::{
    account::notice::AccountNotice,
    kyc::{State, Step, identity, state::after},
    locale::Locale,
};
use store::{customer::Customer, kyc};

use super::{state_of, tell, write};
use crate::{App, AppError, Caller, Tx};

/// Ends an approval, or sends a case under review back to those that wait, since `fields` of the locked customer changed.
pub(crate) async fn outdate(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    found: &Customer,
    locale: Locale,
    fields: &[&str],
) -> Result<(), AppError> {
    let before = state_of(&found.summary.kyc_state)?;
    let Ok(to) = after(before, Step::Outdate) else {
        return Ok(());
    };
    let reached = found.reached();
    let mut case = kyc::locked_case(tx.conn()?, reached).await?;
    to.as_str().clone_into(&mut case.state);
    case.reviewer_id = None;
    case.reason = Some(identity::reason(fields, locale));
    if to == State::MoreInfo {
        case.decided_at = Some(app.now());
        case.expires_at = None;
    }
    let data = serde_json::json!({ "from": before.as_str(), "to": to.as_str(), "fields": fields });
    write(app, tx, caller, reached, &case, before, ("kyc.outdate", data)).await?;
    if to != State::MoreInfo {
        return Ok(());
    }
    tell(tx, found, AccountNotice::IdentityOutdated, &[]).await
}
