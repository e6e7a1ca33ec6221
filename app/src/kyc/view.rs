//! Showing a case, and the log of who looked at its documents.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::{
    customer::{MemberAction, Status},
    kyc::{
        Gate, Paper, Policy, State, Step,
        gate::{Closed, pass},
        paper,
        state::after,
    },
    permission::Permission,
};
use store::{
    audit, customer,
    kyc::{self, Case, DocumentView, KycDocument, KycEvent, Waiting},
};
use uuid::Uuid;

use super::{
    collect::{given, kind_of, may_submit},
    digest_of, state_of,
};
use crate::{
    App, AppError, Caller,
    customer::{Access, open, reach},
    vault,
};

/// A case as its customer or staff see it.
#[derive(Debug)]
pub struct Shown {
    /// The case, once something was given.
    pub case: Option<Case>,
    /// Where it stands.
    pub state: State,
    /// Its documents.
    pub documents: Vec<KycDocument>,
    /// What a decision would be pinned to.
    pub digest: Vec<u8>,
    /// Papers that are missing; of each line one.
    pub missing: Vec<&'static [Paper]>,
    /// Steps, newest first; staff only.
    pub events: Vec<KycEvent>,
    /// Steps that the caller may take now.
    pub steps: Vec<Step>,
    /// What is closed, and why.
    pub gates: Vec<(&'static str, Result<(), Closed>)>,
}

fn may_look(caller: &Caller, relation: Access) -> Result<(), AppError> {
    relation.need(caller, Permission::KycView, MemberAction::SubmitKyc)?;
    match relation {
        Access::Member(_) => caller.need(Permission::KycOwn),
        Access::Staff => Ok(()),
    }
}

/// Shows the case of a customer.
///
/// # Errors
/// [`AppError::Forbidden`] for members whose role does not allow it.
pub async fn show(app: &App, caller: &Caller, id: Uuid) -> Result<Shown, AppError> {
    let mut conn = app.conn().await?;
    let (found, relation) = open(&mut conn, caller, id).await?;
    may_look(caller, relation)?;
    let reached = found.reached();
    let state = state_of(&found.summary.kyc_state)?;
    let case = kyc::case(&mut conn, reached).await?;
    let documents = kyc::documents(&mut conn, reached).await?;
    let events = match relation {
        Access::Staff => kyc::events(&mut conn, reached).await?,
        Access::Member(_) => Vec::new(),
    };
    let missing = paper::missing(kind_of(&found)?, &given(&documents));
    let submits = may_submit(caller, relation).is_ok();
    let reviews = relation == Access::Staff && caller.may(Permission::KycReview);
    let approves = relation == Access::Staff && caller.may(Permission::KycApprove);
    let mine = case
        .as_ref()
        .is_some_and(|case| case.reviewer_id == Some(caller.user_id));
    let steps = [
        (Step::Collect, submits),
        (Step::Submit, submits && missing.is_empty()),
        (Step::Claim, reviews),
        (Step::Release, reviews && mine),
        (Step::AskMore, reviews && mine),
        (Step::Approve, approves && mine),
        (Step::Reject, approves && mine),
        (Step::Revoke, approves),
    ];
    let steps = steps
        .into_iter()
        .filter(|(step, may)| *may && after(state, *step).is_ok())
        .map(|(step, _)| step);
    let status: Status = found
        .summary
        .status
        .parse()
        .map_err(|error: domain::customer::status::UnknownStatus| AppError::Internal(error.to_string()))?;
    let policy = Policy::default();
    let gates = [
        ("order_standard", Gate::OrderStandard),
        ("order_sensitive", Gate::OrderSensitive),
        (
            "credit",
            Gate::Credit {
                minor: policy.unverified_credit + 1,
            },
        ),
        (
            "many_members",
            Gate::Members {
                count: policy.unverified_members + 1,
            },
        ),
    ];
    Ok(Shown {
        digest: digest_of(&documents),
        steps: steps.collect(),
        gates: gates
            .into_iter()
            .map(|(name, gate)| (name, pass(policy, status, state, gate)))
            .collect(),
        case,
        state,
        documents,
        missing,
        events,
    })
}

/// A document with its content. Every look is logged, and audited, before the content is given out.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Forbidden`].
pub async fn read_document(
    app: &App,
    caller: &Caller,
    id: Uuid,
    document: Uuid,
) -> Result<(KycDocument, Bytes), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let (reached, relation) = reach(tx.conn()?, caller, id).await?;
    may_look(caller, relation)?;
    let found = kyc::document(tx.conn()?, reached, document).await?;
    kyc::note_view(tx.conn()?, reached, document, &caller.actor, now).await?;
    let entry = audit::Entry {
        action: "kyc.document_read",
        subject_type: "customer",
        subject_id: Some(customer::Reached::id(reached)),
        data: serde_json::json!({ "document_id": document, "kind": found.kind }),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    tx.commit().await?;
    let (_, bytes) = vault::get(app, found.file_id).await?;
    Ok((found, bytes))
}

/// Who looked at the documents of a customer's case; staff only.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn views(app: &App, caller: &Caller, id: Uuid) -> Result<Vec<DocumentView>, AppError> {
    caller.need(Permission::KycView)?;
    let mut conn = app.conn().await?;
    let (reached, _) = reach(&mut conn, caller, id).await?;
    Ok(kyc::views(&mut conn, reached).await?)
}

/// Cases that wait; staff only.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn queue(
    app: &App,
    caller: &Caller,
    (state, mine): (Option<State>, bool),
    order: kyc::Order,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Waiting>, AppError> {
    caller.need(Permission::KycView)?;
    let which = (state.map(State::as_str), mine.then_some(caller.user_id));
    let mut conn = app.conn().await?;
    Ok(kyc::waiting(&mut conn, caller.customer_scope()?, which, order, after, limit).await?)
}
