//! What a person may do with a ticket now, and why not the rest: the web shows exactly this.

use serde::Serialize;

use super::{
    State,
    transition::{Actor, Facts, Needs, Refusal, Request, decide, needs},
};

/// One possible action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    /// `reply`, `note`, `assign`, `edit` or `transition`.
    pub action: &'static str,
    /// Target state of a transition.
    pub to: Option<State>,
    /// What must come along: `reply`, `reason`, `no_reply_needed`.
    pub requires: Vec<&'static str>,
    /// It would be accepted now, given what `requires` names.
    pub allowed: bool,
    /// Stable code of the refusal when it would not.
    pub why_not: Option<&'static str>,
}

/// Permissions that decide about the actions other than transitions.
#[derive(Debug, Clone, Copy)]
pub struct Rights {
    /// May write public replies.
    pub reply: bool,
    /// May write private notes.
    pub note: bool,
    /// May assign.
    pub assign: bool,
    /// May change subject, priority and state.
    pub edit: bool,
}

/// Lists every action with its verdict.
#[must_use]
pub fn list(actor: Actor, rights: Rights, facts: Facts) -> Vec<Action> {
    let closed = (facts.state == State::Closed).then_some("ticket_closed");
    let mut actions = vec![
        simple("reply", rights.reply, closed),
        simple("note", rights.note, None),
        simple("assign", rights.assign, closed),
        simple("edit", rights.edit, closed),
    ];
    if actor == Actor::Customer {
        actions.retain(|a| a.action == "reply");
    }
    let targets = State::ALL.into_iter().filter(|to| needs(facts.state, *to).is_some());
    actions.extend(targets.filter_map(|to| transition(actor, rights, facts, to)));
    actions
}

fn simple(action: &'static str, held: bool, obstacle: Option<&'static str>) -> Action {
    let why_not = if held {
        obstacle
    } else {
        Some(Refusal::NotPermitted.code())
    };
    Action {
        action,
        to: None,
        requires: Vec::new(),
        allowed: why_not.is_none(),
        why_not,
    }
}

/// Asks the real rule, with everything along that the caller can still add.
fn transition(actor: Actor, rights: Rights, facts: Facts, to: State) -> Option<Action> {
    let requires = match needs(facts.state, to)? {
        Needs::PublicReply => vec!["reply"],
        Needs::HoldReason | Needs::CloseReason => vec!["reason"],
        Needs::Answered if facts.unanswered && actor != Actor::Customer => vec!["no_reply_needed"],
        Needs::Answered | Needs::Nothing | Needs::ReopenPermission => Vec::new(),
    };
    let request = Request {
        to,
        reason: Some("given"),
        with_reply: true,
        no_reply_needed: Some("given"),
    };
    let verdict = match decide(actor, facts, request) {
        Err(Refusal::NotPermitted) if actor == Actor::Customer => return None,
        Ok(()) if actor != Actor::Customer && !rights.edit => Err(Refusal::NotPermitted),
        other => other,
    };
    Some(Action {
        action: "transition",
        to: Some(to),
        requires,
        allowed: verdict.is_ok(),
        why_not: verdict.err().map(|refusal| refusal.code()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL_RIGHTS: Rights = Rights {
        reply: true,
        note: true,
        assign: true,
        edit: true,
    };

    #[test]
    fn an_unassigned_ticket_says_why_it_cannot_be_resolved() {
        let facts = Facts {
            state: State::Open,
            has_assignee: false,
            unanswered: true,
            spam: false,
        };
        let actions = list(
            Actor::Agent {
                may_close: true,
                may_reopen: true,
            },
            ALL_RIGHTS,
            facts,
        );
        let resolve = actions.iter().find(|a| a.to == Some(State::Resolved)).unwrap();
        assert!(!resolve.allowed);
        assert_eq!(resolve.why_not, Some("assignee_needed"));
    }

    #[test]
    fn a_customer_is_offered_reply_and_resolve() {
        let facts = Facts {
            state: State::Answered,
            has_assignee: true,
            unanswered: false,
            spam: false,
        };
        let rights = Rights {
            reply: true,
            note: false,
            assign: false,
            edit: false,
        };
        let actions = list(Actor::Customer, rights, facts);
        let names: Vec<_> = actions.iter().map(|a| (a.action, a.to)).collect();
        assert_eq!(names, [("reply", None), ("transition", Some(State::Resolved))]);
        assert!(actions.iter().all(|a| a.allowed));
    }

    #[test]
    fn a_customer_is_offered_to_reopen_what_is_resolved_and_no_more_what_is_closed() {
        let facts = |state| Facts {
            state,
            has_assignee: true,
            unanswered: false,
            spam: false,
        };
        let rights = Rights {
            reply: true,
            note: false,
            assign: false,
            edit: false,
        };
        let targets = |state| -> Vec<_> {
            let actions = list(Actor::Customer, rights, facts(state));
            actions.into_iter().filter_map(|a| a.to.filter(|_| a.allowed)).collect()
        };
        assert_eq!(targets(State::Resolved), [State::Open]);
        assert!(targets(State::Closed).is_empty());
    }

    #[test]
    fn what_is_listed_as_allowed_is_accepted_by_the_rule() {
        for state in State::ALL {
            for has_assignee in [true, false] {
                let facts = Facts {
                    state,
                    has_assignee,
                    unanswered: true,
                    spam: false,
                };
                let actor = Actor::Agent {
                    may_close: true,
                    may_reopen: false,
                };
                for action in list(actor, ALL_RIGHTS, facts)
                    .into_iter()
                    .filter(|a| a.action == "transition")
                {
                    let to = action.to.unwrap();
                    let request = Request {
                        to,
                        reason: action.requires.contains(&"reason").then_some("r"),
                        with_reply: action.requires.contains(&"reply"),
                        no_reply_needed: action.requires.contains(&"no_reply_needed").then_some("r"),
                    };
                    assert_eq!(
                        decide(actor, facts, request).is_ok(),
                        action.allowed,
                        "{state:?} -> {to:?}"
                    );
                }
            }
        }
    }
}
