//! Showing a case, and the log of who looked at its documents.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::{
    customer::{MemberAction, Status},
    kyc::{
        Gate, Paper, Policy, State, Step,
        gate::{Closed, pass},
        paper,
        renewal::{may_begin, opens_at},
        state::after,
    },
    permission::Permission,
};
use store::{
    PgConn, audit,
    customer::{self, Customer},
    kyc::{self, Case, DocumentView, KycDocument, KycEvent, Waiting},
};
use uuid::Uuid;

use super::{
    collect::{given, kind_of, may_submit},
    digest_of, policy,
    renew::standing,
    state_of,
};
use crate::{
    App, AppError, Caller,
    customer::{Access, open, reach},
    vault,
};

/// A case with what belongs to it.
#[derive(Debug)]
pub struct Paperwork {
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
    /// Steps that the caller may take now.
    pub steps: Vec<Step>,
}

/// The verification of a customer as he or staff see it.
#[derive(Debug)]
pub struct Shown {
    /// Where the customer stands.
    pub current: Paperwork,
    /// What is to take its place, while the current one is in force.
    pub renewal: Option<Paperwork>,
    /// From when on an approval may be renewed; `None` without one, or while it is.
    pub renewable_from: Option<DateTime<Utc>>,
    /// Cases whose place was taken, the last one first, each with the papers that are still kept; for reviewers alone.
    pub past: Vec<(Case, Vec<KycDocument>)>,
    /// Steps of all cases, newest first; staff only.
    pub events: Vec<KycEvent>,
    /// What is closed, and why.
    pub gates: Vec<(&'static str, Result<(), Closed>)>,
    /// What is closed without a verified identity.
    pub policy: Policy,
}

/// What a caller may do about verifications.
#[derive(Clone, Copy)]
struct Powers {
    user: Uuid,
    submits: bool,
    reviews: bool,
    approves: bool,
}

impl Powers {
    fn of(caller: &Caller, relation: Access) -> Self {
        let staff = relation == Access::Staff;
        Self {
            user: caller.user_id,
            submits: may_submit(caller, relation).is_ok(),
            reviews: staff && caller.may(Permission::KycReview),
            approves: staff && caller.may(Permission::KycApprove),
        }
    }

    /// The steps of a case that stands there. `renewable` says that it may be renewed now.
    fn steps(self, case: Option<&Case>, state: State, complete: bool, renewable: bool) -> Vec<Step> {
        let mine = case.is_some_and(|case| case.reviewer_id == Some(self.user));
        [
            (Step::Collect, self.submits),
            (Step::Submit, self.submits && complete),
            (Step::Renew, self.submits && renewable),
            (Step::Claim, self.reviews),
            (Step::Release, self.reviews && mine),
            (Step::AskMore, self.reviews && mine),
            (Step::Approve, self.approves && mine),
            (Step::Reject, self.approves && mine),
            (Step::Revoke, self.approves),
        ]
        .into_iter()
        .filter(|(step, may)| *may && after(state, *step).is_ok())
        .map(|(step, _)| step)
        .collect()
    }
}

/// Reads what belongs to a case.
async fn paperwork(
    conn: &mut PgConn,
    customer: &Customer,
    case: Option<Case>,
    state: State,
    (powers, renewable): (Powers, bool),
) -> Result<Paperwork, AppError> {
    let documents = match &case {
        Some(case) => kyc::documents(conn, customer.reached(), case).await?,
        None => Vec::new(),
    };
    let missing = paper::missing(kind_of(customer)?, &given(&documents));
    Ok(Paperwork {
        steps: powers.steps(case.as_ref(), state, missing.is_empty(), renewable),
        digest: digest_of(&documents),
        case,
        state,
        documents,
        missing,
    })
}

fn may_look(caller: &Caller, relation: Access) -> Result<(), AppError> {
    relation.need(caller, Permission::KycView, MemberAction::SubmitKyc)?;
    match relation {
        Access::Member(_) => caller.need(Permission::KycOwn),
        Access::Staff => Ok(()),
    }
}

/// Shows the verification of a customer.
///
/// # Errors
/// [`AppError::Forbidden`] for members whose role does not allow it.
pub async fn show(app: &App, caller: &Caller, id: Uuid) -> Result<Shown, AppError> {
    let mut conn = app.conn().await?;
    let (found, relation) = open(&mut conn, caller, id).await?;
    may_look(caller, relation)?;
    let reached = found.reached();
    let state = state_of(&found.summary.kyc_state)?;
    let policy = policy::in_force(&mut conn).await?;
    let cases = kyc::cases(&mut conn, reached).await?;
    let events = match relation {
        Access::Staff => kyc::events(&mut conn, reached).await?,
        Access::Member(_) => Vec::new(),
    };
    let powers = Powers::of(caller, relation);
    let mut past = Vec::new();
    if powers.reviews {
        for case in kyc::past_cases(&mut conn, reached).await? {
            let documents = kyc::documents(&mut conn, reached, &case).await?;
            past.push((case, documents));
        }
    }
    let ends = cases.current.as_ref().and_then(|case| case.expires_at);
    let under_way = cases.renewal.is_some();
    let renewable = may_begin(policy, state, ends, under_way, app.now()).is_ok();
    let renewal = match standing(cases.renewal)? {
        Some((case, state)) => Some(paperwork(&mut conn, &found, Some(case), state, (powers, false)).await?),
        None => None,
    };
    let current = paperwork(&mut conn, &found, cases.current, state, (powers, renewable)).await?;
    let status: Status = found
        .summary
        .status
        .parse()
        .map_err(|error: domain::customer::status::UnknownStatus| AppError::Internal(error.to_string()))?;
    Ok(Shown {
        current,
        renewal,
        renewable_from: ends
            .filter(|_| state == State::Approved && !under_way)
            .map(|end| opens_at(policy, end)),
        past,
        events,
        gates: gates(policy, status, state),
        policy,
    })
}

fn gates(policy: Policy, status: Status, state: State) -> Vec<(&'static str, Result<(), Closed>)> {
    [
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
    ]
    .into_iter()
    .map(|(name, gate)| (name, pass(policy, status, state, gate)))
    .collect()
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

/// Who looked at the documents of a customer's cases; staff only.
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
