//! The reviewer's part: claiming, deciding on the documents he looked at, taking back. Nobody reviews his own case.

use chrono::{DateTime, Months, Utc};
use domain::{
    account::notice::AccountNotice,
    customer::profile,
    kyc::{
        State, Step,
        state::{Review, review},
    },
    permission::Permission,
};
use store::{
    customer,
    kyc::{self, Case, KycDocument, RENEWAL},
};
use uuid::Uuid;

use super::{
    day, digest_of, refused,
    renew::{end, promote, standing, supersede},
    state_of, tell, write,
};
use crate::{
    App, AppError, Caller,
    customer::{open_for_update, record},
};

/// Months that an approval holds when the document's own end is not given.
const VALID_MONTHS: u32 = 24;

/// What a reviewer finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Verified.
    Approve,
    /// Not verified.
    Reject,
    /// More is needed.
    AskMore,
}

impl Verdict {
    const fn step(self) -> Step {
        match self {
            Self::Approve => Step::Approve,
            Self::Reject => Step::Reject,
            Self::AskMore => Step::AskMore,
        }
    }
}

/// A decision.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What the reviewer finds.
    pub verdict: Verdict,
    /// Why; told to the customer.
    pub reason: Option<String>,
    /// Digest of the documents that he looked at.
    pub documents_digest: Vec<u8>,
    /// Until when an approval holds.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What a step needs besides its name.
struct Asked<'a> {
    step: Step,
    reason: Option<&'a str>,
    digest: Option<&'a [u8]>,
    expires_at: Option<DateTime<Utc>>,
    action: &'a str,
}

async fn step(app: &App, caller: &Caller, id: Uuid, asked: Asked<'_>) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let (found, _) = open_for_update(tx.conn()?, caller, id).await?;
    let reached = found.reached();
    let cases = kyc::locked_cases(tx.conn()?, reached).await?;
    // What is in force is taken back; all else is about the case that is open, which is the renewal when there is one.
    let (mut case, beside) = match (asked.step, cases.current, cases.renewal) {
        (Step::Revoke, Some(current), renewal) => (current, renewal),
        (_, current, Some(renewal)) => (renewal, current),
        (_, Some(current), None) => (current, None),
        (_, None, None) => return Err(AppError::NotFound),
    };
    let before = state_of(&case.state)?;
    let documents = kyc::documents(tx.conn()?, reached, &case).await?;
    let member = customer::member_role(tx.conn()?, reached, caller.user_id)
        .await?
        .is_some();
    let present = digest_of(&documents);
    let reason = asked
        .reason
        .map(|text| profile::line(text).chars().take(1000).collect::<String>())
        .filter(|text| !text.is_empty());
    let facts = Review {
        own_case: member || gave(&case, &documents, caller.user_id),
        claimed: case.reviewer_id == Some(caller.user_id),
        same_documents: asked.digest.is_none_or(|digest| digest == present),
        reason: reason.is_some(),
    };
    let to = review(before, asked.step, facts).map_err(|refusal| refused(&refusal))?;
    to.as_str().clone_into(&mut case.state);
    apply(&mut case, to, caller, now);
    case.reason = reason;
    if to == State::Approved {
        let expires_at = asked
            .expires_at
            .or_else(|| now.checked_add_months(Months::new(VALID_MONTHS)));
        if expires_at.is_none_or(|at| at <= now) {
            return Err(AppError::invalid("/expires_at", "in_the_past", "must be in the future"));
        }
        case.expires_at = expires_at;
    }
    if asked.digest.is_some() {
        case.documents_digest = Some(present);
    }
    let data = serde_json::json!({ "from": before.as_str(), "to": to.as_str(), "reason": case.reason });
    let renews = case.part == RENEWAL;
    // Until when an identity is verified: what was refused leaves the approval that it was to renew.
    let holds = match &beside {
        Some(current) if renews && to != State::Approved => current.expires_at,
        _ => case.expires_at,
    };
    let (until, reason) = (
        holds.map(day).unwrap_or_default(),
        case.reason.clone().unwrap_or_default(),
    );
    if asked.step == Step::Revoke {
        end(&mut tx, &caller.actor, now, (case, before), standing(beside)?).await?;
        record(app, &mut tx, caller, reached, asked.action, data).await?;
    } else {
        if let Some(current) = beside.filter(|_| renews && to == State::Approved) {
            supersede(app, &mut tx, caller, reached, current).await?;
            promote(&mut case);
        }
        write(app, &mut tx, caller, reached, &case, before, (asked.action, data)).await?;
    }
    if let Some(notice) = notice_of(to, renews) {
        let facts = match notice {
            AccountNotice::IdentityApproved => vec![("until", until.as_str())],
            AccountNotice::IdentityRenewalRejected => vec![("reason", reason.as_str()), ("until", until.as_str())],
            _ => vec![("reason", reason.as_str())],
        };
        tell(&mut tx, &found, notice, &facts).await?;
    }
    tx.commit().await
}

/// What those who lead a customer are told when his case gets there.
const fn notice_of(to: State, renews: bool) -> Option<AccountNotice> {
    match to {
        State::Approved => Some(AccountNotice::IdentityApproved),
        State::Rejected if renews => Some(AccountNotice::IdentityRenewalRejected),
        State::Rejected => Some(AccountNotice::IdentityRejected),
        State::MoreInfo => Some(AccountNotice::IdentityMoreAsked),
        State::Revoked => Some(AccountNotice::IdentityRevoked),
        State::NotStarted
        | State::Collecting
        | State::Submitted
        | State::InReview
        | State::Expired
        | State::Superseded => None,
    }
}

/// Whether the person handed the case in or gave one of its documents.
fn gave(case: &Case, documents: &[KycDocument], user: Uuid) -> bool {
    case.submitted_by == Some(user) || documents.iter().any(|document| document.uploaded_by == user)
}

fn apply(case: &mut Case, to: State, caller: &Caller, now: DateTime<Utc>) {
    match to {
        State::InReview => case.reviewer_id = Some(caller.user_id),
        State::Submitted => case.reviewer_id = None,
        _ => case.decided_at = Some(now),
    }
}

fn plain<'a>(step: Step, action: &'a str) -> Asked<'a> {
    Asked {
        step,
        reason: None,
        digest: None,
        expires_at: None,
        action,
    }
}

/// Takes a case that waits. Of two who claim it at once, one gets it.
///
/// # Errors
/// [`AppError::Refused`] when it does not wait, or is the caller's own.
pub async fn claim(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    caller.need(Permission::KycReview)?;
    step(app, caller, id, plain(Step::Claim, "kyc.claim")).await
}

/// Gives a claimed case back.
///
/// # Errors
/// [`AppError::Refused`] when another reviewer has it.
pub async fn release(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    caller.need(Permission::KycReview)?;
    step(app, caller, id, plain(Step::Release, "kyc.release")).await
}

/// Decides a claimed case.
///
/// # Errors
/// [`AppError::Refused`] when the documents changed since they were looked at, among others.
pub async fn decide(app: &App, caller: &Caller, id: Uuid, decision: Decision) -> Result<(), AppError> {
    caller.need(match decision.verdict {
        Verdict::AskMore => Permission::KycReview,
        Verdict::Approve | Verdict::Reject => Permission::KycApprove,
    })?;
    let asked = Asked {
        step: decision.verdict.step(),
        reason: decision.reason.as_deref(),
        digest: Some(&decision.documents_digest),
        expires_at: decision.expires_at,
        action: "kyc.decide",
    };
    step(app, caller, id, asked).await
}

/// Takes an approval back.
///
/// # Errors
/// [`AppError::Refused`] without a reason, or when nothing is approved.
pub async fn revoke(app: &App, caller: &Caller, id: Uuid, reason: &str) -> Result<(), AppError> {
    caller.need(Permission::KycApprove)?;
    let asked = Asked {
        reason: Some(reason),
        ..plain(Step::Revoke, "kyc.revoke")
    };
    step(app, caller, id, asked).await
}
