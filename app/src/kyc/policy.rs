//! What is closed without a verified identity. A setting that is read each time something hangs on it, so that a change holds at once in
//! every process.

use domain::{audit::changes, kyc::Policy, permission::Permission};
use serde_json::{Value, json};
use store::{
    PgConn, audit,
    kyc::policy::{self, Change, Concerned, Gates, Standing},
};

use crate::{App, AppError, Caller, FieldError};

/// The policy, and whom it concerns.
#[derive(Debug)]
pub struct Rules {
    /// What is closed.
    pub policy: Policy,
    /// When it was changed last.
    pub change: Change,
    /// Customers by where their verification stands.
    pub standings: Vec<Standing>,
    /// Whom it concerns now.
    pub concerned: Concerned,
}

const fn policy_of(gates: &Gates) -> Policy {
    Policy {
        standard_needs_identity: gates.standard_needs_identity,
        unverified_credit: gates.unverified_credit,
        unverified_members: gates.unverified_members,
        renewal_days: gates.renewal_days,
    }
}

/// The policy as it is now.
pub(crate) async fn in_force(conn: &mut PgConn) -> Result<Policy, AppError> {
    Ok(policy_of(&policy::gates(conn).await?))
}

/// The policy, and whom it concerns now.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn rules(app: &App, caller: &Caller) -> Result<Rules, AppError> {
    caller.need(Permission::KycView)?;
    let mut conn = app.conn().await?;
    // The version before the values: what is changed in between is refused afterwards, and not overwritten.
    let change = policy::changed(&mut conn).await?;
    let gates = policy::gates(&mut conn).await?;
    Ok(Rules {
        policy: policy_of(&gates),
        change,
        standings: policy::standings(&mut conn).await?,
        concerned: policy::concerned(&mut conn, &gates, app.now()).await?,
    })
}

/// Changes the policy; needs a fresh factor.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::Invalid`]; [`AppError::Stale`].
pub async fn change_policy(app: &App, caller: &Caller, version: i32, wanted: Policy) -> Result<(), AppError> {
    caller.need(Permission::KycPolicy)?;
    caller.fresh_factor(app.now())?;
    let errors: Vec<FieldError> = wanted
        .wrong()
        .into_iter()
        .map(|(name, range)| {
            let detail = format!("{} to {}", range.start(), range.end());
            FieldError::new(&format!("/{name}"), "out_of_range", detail)
        })
        .collect();
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let mut tx = app.begin().await?;
    let before = policy::lock_gates(tx.conn()?).await?;
    let after = Gates {
        standard_needs_identity: wanted.standard_needs_identity,
        unverified_credit: wanted.unverified_credit,
        unverified_members: wanted.unverified_members,
        renewal_days: wanted.renewal_days,
    };
    policy::change(tx.conn()?, &after, version, caller.user_id, app.now()).await?;
    let entry = audit::Entry {
        action: "kyc_policy.change",
        subject_type: "kyc_policy",
        subject_id: None,
        data: changes(&shown(&before), &shown(&after)),
    };
    let news = ("kyc_policy.changed", Permission::KycView);
    tx.record(&caller.actor, app.now(), entry, news).await?;
    tx.commit().await
}

fn shown(gates: &Gates) -> Value {
    json!({
        "standard_needs_identity": gates.standard_needs_identity,
        "unverified_credit": gates.unverified_credit,
        "unverified_members": gates.unverified_members,
        "renewal_days": gates.renewal_days,
    })
}
