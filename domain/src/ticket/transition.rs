//! Which state may follow which, who may do it and what it needs: the table of docs/TICKETS.md as code.

use serde::Serialize;

use super::State;

/// What a transition needs besides being in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing more.
    Nothing,
    /// Only together with a public reply of an agent.
    PublicReply,
    /// A reason (vendor, internal or scheduled).
    HoldReason,
    /// An assignee, and no unanswered customer message unless a reply or a reason why none is needed comes along.
    Answered,
    /// The permission to close and a reason.
    CloseReason,
    /// The permission to reopen.
    ReopenPermission,
}

/// The table: `None` = never.
#[must_use]
pub const fn needs(from: State, to: State) -> Option<Needs> {
    use State::{Answered, Closed, InProgress, OnHold, Open, Resolved, WaitingForResponse};
    match (from, to) {
        (Open, InProgress) | (InProgress, Open) => Some(Needs::Nothing),
        (Answered | WaitingForResponse | OnHold, Open | InProgress) => Some(Needs::Nothing),
        (Resolved, Open | InProgress) => Some(Needs::Nothing),
        (Open | InProgress | WaitingForResponse | OnHold, Answered) => Some(Needs::PublicReply),
        (Open | InProgress | Answered | OnHold, WaitingForResponse) => Some(Needs::PublicReply),
        (Open | InProgress | Answered | WaitingForResponse, OnHold) => Some(Needs::HoldReason),
        (Open | InProgress | Answered | WaitingForResponse | OnHold, Resolved) => Some(Needs::Answered),
        (Open | InProgress | Answered | WaitingForResponse | OnHold | Resolved, Closed) => Some(Needs::CloseReason),
        (Closed, Open) => Some(Needs::ReopenPermission),
        _ => None,
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Staff, with the two permissions that matter here.
    Agent {
        /// Holds `tickets.close`.
        may_close: bool,
        /// Holds `tickets.reopen`.
        may_reopen: bool,
    },
    /// The requester or another participant.
    Customer,
}

/// What is known of the ticket.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// Present state.
    pub state: State,
    /// Somebody is assigned.
    pub has_assignee: bool,
    /// The last public message is the customer's.
    pub unanswered: bool,
    /// It was closed as spam.
    pub spam: bool,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Wanted state.
    pub to: State,
    /// Why; needed for on_hold and closed.
    pub reason: Option<&'a str>,
    /// The same request carries a public reply.
    pub with_reply: bool,
    /// Why an unanswered customer message needs no reply.
    pub no_reply_needed: Option<&'a str>,
}

/// Why a transition is refused; the code is stable, the sentence is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// It is not in the table.
    #[error("this state cannot follow the present one")]
    NotInTable,
    /// It goes together with a public reply only.
    #[error("send a reply together with this change")]
    ReplyNeeded,
    /// A reason is missing.
    #[error("give a reason")]
    ReasonNeeded,
    /// Nobody is assigned.
    #[error("assign the ticket first")]
    AssigneeNeeded,
    /// A customer message is unanswered.
    #[error("answer the customer's last message, or say why no reply is needed")]
    Unanswered,
    /// The permission is missing.
    #[error("your role does not allow this")]
    NotPermitted,
}

impl Refusal {
    /// Stable code for the API and the web's texts.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInTable => "not_in_table",
            Self::ReplyNeeded => "reply_needed",
            Self::ReasonNeeded => "reason_needed",
            Self::AssigneeNeeded => "assignee_needed",
            Self::Unanswered => "unanswered",
            Self::NotPermitted => "not_permitted",
        }
    }
}

/// Decides one transition.
///
/// # Errors
/// The [`Refusal`] says what is missing.
pub fn decide(actor: Actor, facts: Facts, request: Request<'_>) -> Result<(), Refusal> {
    let needs = needs(facts.state, request.to).ok_or(Refusal::NotInTable)?;
    let (may_close, may_reopen) = match actor {
        Actor::Customer => return customer(facts.state, request.to),
        Actor::Agent { may_close, may_reopen } => (may_close, may_reopen),
    };
    let given = |text: Option<&str>| text.is_some_and(|t| !t.trim().is_empty());
    match needs {
        Needs::Nothing => Ok(()),
        Needs::PublicReply if request.with_reply => Ok(()),
        Needs::PublicReply => Err(Refusal::ReplyNeeded),
        Needs::HoldReason if given(request.reason) => Ok(()),
        Needs::HoldReason => Err(Refusal::ReasonNeeded),
        Needs::Answered if !facts.has_assignee => Err(Refusal::AssigneeNeeded),
        Needs::Answered if facts.unanswered && !request.with_reply && !given(request.no_reply_needed) => {
            Err(Refusal::Unanswered)
        }
        Needs::Answered => Ok(()),
        Needs::CloseReason if !may_close => Err(Refusal::NotPermitted),
        Needs::CloseReason if given(request.reason) => Ok(()),
        Needs::CloseReason => Err(Refusal::ReasonNeeded),
        // That something is spam is a judgement and no end of the work: whoever may make it may take it back.
        Needs::ReopenPermission if may_reopen || (facts.spam && may_close) => Ok(()),
        Needs::ReopenPermission => Err(Refusal::NotPermitted),
    }
}

/// A customer may mark his ticket resolved and reopen a resolved one; everything else he does by writing.
const fn customer(from: State, to: State) -> Result<(), Refusal> {
    match (from, to) {
        (State::Resolved, State::Open) => Ok(()),
        (State::Closed, _) => Err(Refusal::NotPermitted),
        (_, State::Resolved) => Ok(()),
        _ => Err(Refusal::NotPermitted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use State::*;

    const AGENT: Actor = Actor::Agent {
        may_close: true,
        may_reopen: false,
    };

    fn ask(from: State, to: State) -> (Facts, Request<'static>) {
        (
            Facts {
                state: from,
                has_assignee: true,
                unanswered: false,
                spam: false,
            },
            Request {
                to,
                reason: None,
                with_reply: false,
                no_reply_needed: None,
            },
        )
    }

    #[test]
    fn the_table_has_exactly_these_gaps() {
        let refused: Vec<(State, State)> = State::ALL
            .into_iter()
            .flat_map(|from| State::ALL.into_iter().map(move |to| (from, to)))
            .filter(|(from, to)| from != to && needs(*from, *to).is_none())
            .collect();
        let expected = [
            (Resolved, Answered),
            (Resolved, WaitingForResponse),
            (Resolved, OnHold),
            (Closed, InProgress),
            (Closed, Answered),
            (Closed, WaitingForResponse),
            (Closed, OnHold),
            (Closed, Resolved),
        ];
        assert_eq!(refused, expected);
    }

    #[test]
    fn answered_only_with_a_reply() {
        let (facts, mut request) = ask(Open, Answered);
        assert_eq!(decide(AGENT, facts, request), Err(Refusal::ReplyNeeded));
        request.with_reply = true;
        assert_eq!(decide(AGENT, facts, request), Ok(()));
    }

    #[test]
    fn resolving_needs_an_assignee_and_an_answer_or_a_reason() {
        let (mut facts, mut request) = ask(Open, Resolved);
        facts.has_assignee = false;
        assert_eq!(decide(AGENT, facts, request), Err(Refusal::AssigneeNeeded));
        facts.has_assignee = true;
        facts.unanswered = true;
        assert_eq!(decide(AGENT, facts, request), Err(Refusal::Unanswered));
        request.no_reply_needed = Some("  ");
        assert_eq!(
            decide(AGENT, facts, request),
            Err(Refusal::Unanswered),
            "blanks are no reason"
        );
        request.no_reply_needed = Some("thank-you mail");
        assert_eq!(decide(AGENT, facts, request), Ok(()));
    }

    #[test]
    fn closing_needs_permission_and_reason() {
        let (facts, mut request) = ask(InProgress, Closed);
        assert_eq!(decide(AGENT, facts, request), Err(Refusal::ReasonNeeded));
        request.reason = Some("spam");
        assert_eq!(decide(AGENT, facts, request), Ok(()));
        let without = Actor::Agent {
            may_close: false,
            may_reopen: false,
        };
        assert_eq!(decide(without, facts, request), Err(Refusal::NotPermitted));
    }

    #[test]
    fn whoever_may_close_takes_back_that_it_is_spam() {
        let (mut facts, request) = ask(Closed, Open);
        assert_eq!(decide(AGENT, facts, request), Err(Refusal::NotPermitted));
        facts.spam = true;
        assert_eq!(decide(AGENT, facts, request), Ok(()));
        let reader = Actor::Agent {
            may_close: false,
            may_reopen: false,
        };
        assert_eq!(decide(reader, facts, request), Err(Refusal::NotPermitted));
        assert_eq!(decide(Actor::Customer, facts, request), Err(Refusal::NotPermitted));
    }

    #[test]
    fn a_customer_resolves_and_reopens_only() {
        for from in State::ALL {
            for to in State::ALL {
                let (facts, mut request) = ask(from, to);
                request.with_reply = true;
                request.reason = Some("x");
                let allowed = decide(Actor::Customer, facts, request).is_ok();
                let expected =
                    matches!((from, to), (Resolved, Open)) || (to == Resolved && !matches!(from, Resolved | Closed));
                assert_eq!(allowed, expected, "{from:?} -> {to:?}");
            }
        }
    }
}
