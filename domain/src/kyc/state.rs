//! Where a case stands, and the steps between.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing was given yet.
    NotStarted,
    /// The customer gathers documents.
    Collecting,
    /// Waits for a reviewer.
    Submitted,
    /// A reviewer looks at it.
    InReview,
    /// The identity is verified, for a time.
    Approved,
    /// It is not.
    Rejected,
    /// The reviewer needs more.
    MoreInfo,
    /// The time is over.
    Expired,
    /// Taken back.
    Revoked,
    /// Another approval took its place. No customer stands there, only a case of his past.
    Superseded,
}

/// A name that is no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown state of a verification `{0}`")]
pub struct UnknownState(pub String);

impl State {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::NotStarted,
        Self::Collecting,
        Self::Submitted,
        Self::InReview,
        Self::Approved,
        Self::Rejected,
        Self::MoreInfo,
        Self::Expired,
        Self::Revoked,
        Self::Superseded,
    ];

    /// Name used in the database and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::Collecting => "collecting",
            Self::Submitted => "submitted",
            Self::InReview => "in_review",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::MoreInfo => "more_info",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Superseded => "superseded",
        }
    }
}

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| UnknownState(text.to_owned()))
    }
}

/// Something that happens to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A document comes or goes.
    Collect,
    /// The customer hands the case in.
    Submit,
    /// A reviewer takes it.
    Claim,
    /// He gives it back.
    Release,
    /// He finds the identity verified.
    Approve,
    /// He does not.
    Reject,
    /// He needs more.
    AskMore,
    /// An approval is taken back.
    Revoke,
    /// The time of an approval is over.
    Expire,
    /// Data that papers prove were changed: what was found does not speak of them.
    Outdate,
    /// An approval that ends soon is renewed: a second case begins, and the approval holds meanwhile.
    Renew,
    /// What renews an approval takes its place.
    Supersede,
}

impl Step {
    /// Name used in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Submit => "submit",
            Self::Claim => "claim",
            Self::Release => "release",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::AskMore => "ask_more",
            Self::Revoke => "revoke",
            Self::Expire => "expire",
            Self::Outdate => "outdate",
            Self::Renew => "renew",
            Self::Supersede => "supersede",
        }
    }

    /// A reason must come along.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Reject | Self::AskMore | Self::Revoke)
    }
}

/// Why a step is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a case that is {} does not allow this", .0.as_str())]
    State(State),
    /// The reason is missing.
    #[error("say why")]
    ReasonNeeded,
    /// Papers are missing.
    #[error("papers are missing")]
    Incomplete,
    /// Somebody else reviews it.
    #[error("another reviewer has it")]
    NotYours,
    /// Nobody reviews what he gave himself, or what concerns his own company.
    #[error("nobody reviews his own case")]
    OwnCase,
    /// The documents are not those that were looked at.
    #[error("the documents changed since you looked at them")]
    DocumentsChanged,
    /// The approval holds for longer than it may be renewed ahead of its end.
    #[error("it is too early to renew this approval")]
    TooEarly,
    /// A renewal is under way already.
    #[error("a renewal is under way already")]
    RenewalOpen,
}

impl Refusal {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::State(_) => "kyc_state",
            Self::ReasonNeeded => "reason_needed",
            Self::Incomplete => "kyc_incomplete",
            Self::NotYours => "kyc_claimed",
            Self::OwnCase => "kyc_own_case",
            Self::DocumentsChanged => "kyc_documents_changed",
            Self::TooEarly => "kyc_renewal_early",
            Self::RenewalOpen => "kyc_renewal_open",
        }
    }
}

/// The state that a step leads to.
///
/// # Errors
/// [`Refusal::State`].
pub const fn after(from: State, step: Step) -> Result<State, Refusal> {
    use State::{
        Approved, Collecting, Expired, InReview, MoreInfo, NotStarted, Rejected, Revoked, Submitted, Superseded,
    };
    let to = match (step, from) {
        (Step::Collect, NotStarted | Collecting | Rejected | Expired | Revoked) => Collecting,
        // What was asked for stays visible while the customer gathers it.
        (Step::Collect, MoreInfo) => MoreInfo,
        (Step::Submit, Collecting | MoreInfo) => Submitted,
        (Step::Claim, Submitted) => InReview,
        (Step::Release, InReview) => Submitted,
        (Step::Approve, InReview) => Approved,
        (Step::Reject, InReview) => Rejected,
        (Step::AskMore, InReview) => MoreInfo,
        (Step::Revoke, Approved) => Revoked,
        (Step::Expire, Approved) => Expired,
        (Step::Outdate, Approved) => MoreInfo,
        // The reviewer looked at other data: whoever takes it next looks again.
        (Step::Outdate, InReview) => Submitted,
        // The approval itself stays what it is; the case that begins beside it collects.
        (Step::Renew, Approved) => Approved,
        (Step::Supersede, Approved) => Superseded,
        _ => return Err(Refusal::State(from)),
    };
    Ok(to)
}

/// What a reviewer's step is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Review {
    /// The person acts for the customer, or gave one of the documents.
    pub own_case: bool,
    /// The person has claimed the case.
    pub claimed: bool,
    /// The documents are those that the person looked at.
    pub same_documents: bool,
    /// A reason came along.
    pub reason: bool,
}

/// Whether a reviewer's step may be made, and where it leads.
///
/// # Errors
/// The first refusal, with its code.
pub const fn review(from: State, step: Step, facts: Review) -> Result<State, Refusal> {
    let to = match after(from, step) {
        Ok(to) => to,
        Err(refusal) => return Err(refusal),
    };
    if facts.own_case {
        return Err(Refusal::OwnCase);
    }
    if matches!(from, State::InReview) && !facts.claimed {
        return Err(Refusal::NotYours);
    }
    if matches!(step, Step::Approve | Step::Reject | Step::AskMore) && !facts.same_documents {
        return Err(Refusal::DocumentsChanged);
    }
    if step.needs_reason() && !facts.reason {
        return Err(Refusal::ReasonNeeded);
    }
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Review = Review {
        own_case: false,
        claimed: true,
        same_documents: true,
        reason: true,
    };

    #[test]
    fn nothing_but_a_review_leads_to_approval() {
        for from in State::ALL {
            for step in [
                Step::Collect,
                Step::Submit,
                Step::Claim,
                Step::Release,
                Step::Reject,
                Step::AskMore,
                Step::Revoke,
                Step::Expire,
                Step::Outdate,
                Step::Supersede,
            ] {
                assert_ne!(after(from, step), Ok(State::Approved), "{from:?} {step:?}");
            }
            // To renew an approval gives none: it leaves the one that is there.
            assert_eq!(after(from, Step::Renew).is_ok(), from == State::Approved, "{from:?}");
            let approved = review(from, Step::Approve, GOOD);
            assert_eq!(approved.is_ok(), from == State::InReview, "{from:?}");
            assert_eq!(from.as_str().parse::<State>().unwrap(), from);
        }
    }

    #[test]
    fn documents_stay_while_they_are_looked_at_or_approved() {
        for from in [State::Submitted, State::InReview, State::Approved] {
            assert_eq!(after(from, Step::Collect), Err(Refusal::State(from)));
        }
        assert_eq!(after(State::MoreInfo, Step::Collect), Ok(State::MoreInfo));
        assert_eq!(after(State::Revoked, Step::Collect), Ok(State::Collecting));
    }

    #[test]
    fn what_was_superseded_is_past() {
        for from in State::ALL {
            let superseded = after(from, Step::Supersede);
            assert_eq!(superseded.is_ok(), from == State::Approved, "{from:?}");
        }
        for step in [
            Step::Collect,
            Step::Submit,
            Step::Claim,
            Step::Approve,
            Step::Revoke,
            Step::Expire,
            Step::Renew,
        ] {
            let past = State::Superseded;
            assert_eq!(after(past, step), Err(Refusal::State(past)), "{step:?}");
        }
    }

    #[test]
    fn other_data_end_an_approval_and_a_review() {
        for from in State::ALL {
            let to = match from {
                State::Approved => Ok(State::MoreInfo),
                State::InReview => Ok(State::Submitted),
                other => Err(Refusal::State(other)),
            };
            assert_eq!(after(from, Step::Outdate), to);
        }
    }

    #[test]
    fn a_review_is_somebody_elses_claimed_and_of_the_same_documents() {
        let at = State::InReview;
        let refused = |facts| review(at, Step::Approve, facts).unwrap_err();
        assert_eq!(refused(Review { own_case: true, ..GOOD }), Refusal::OwnCase);
        assert_eq!(refused(Review { claimed: false, ..GOOD }), Refusal::NotYours);
        assert_eq!(
            refused(Review {
                same_documents: false,
                ..GOOD
            }),
            Refusal::DocumentsChanged
        );
        let silent = Review { reason: false, ..GOOD };
        assert_eq!(review(at, Step::Approve, silent), Ok(State::Approved));
        assert_eq!(review(at, Step::Reject, silent), Err(Refusal::ReasonNeeded));
        assert_eq!(
            review(State::Approved, Step::Revoke, silent),
            Err(Refusal::ReasonNeeded)
        );
        assert_eq!(
            review(State::Submitted, Step::Claim, Review { own_case: true, ..GOOD }),
            Err(Refusal::OwnCase)
        );
    }
}
