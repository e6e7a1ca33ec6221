//! What a rule's actions would come to on a ticket, without doing any: for trying a rule.

use super::{Action, Facts};
use crate::ticket::{
    Priority, State, tags,
    transition::{Actor, Facts as TransitionFacts, Request, decide},
};

/// What one action would come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreseen {
    /// Name of the action.
    pub action: &'static str,
    /// `would`, `unchanged`, `until` (the rest comes after a wait), `nobody`, or the code of what is against it.
    pub result: &'static str,
}

const WOULD: &str = "would";
const UNCHANGED: &str = "unchanged";

/// What the actions would come to, one after the other, each on what the one before it leaves; up to the first wait. What depends on more than
/// the ticket, such as the brakes of automatic mail or who is a member of a group, is taken to be in order.
#[must_use]
pub fn foresee(actions: &[Action], mut facts: Facts) -> Vec<Foreseen> {
    let mut seen = Vec::with_capacity(actions.len());
    for action in actions {
        let result = step(action, &mut facts);
        seen.push(Foreseen {
            action: action.as_str(),
            result,
        });
        if matches!(action, Action::Wait { .. }) {
            break;
        }
    }
    seen
}

fn step(action: &Action, facts: &mut Facts) -> &'static str {
    match action {
        Action::Wait { .. } => "until",
        // These touch no field of the ticket, closed or not.
        Action::Note { .. } | Action::Webhook {} => WOULD,
        Action::Notify {
            assignee,
            user_ids,
            notification_group_ids,
            ..
        } => {
            let nobody = user_ids.is_empty() && notification_group_ids.is_empty();
            if nobody && !(*assignee && facts.assignee.is_some()) {
                "nobody"
            } else {
                WOULD
            }
        }
        Action::State { to, reason } => state(*to, reason.as_deref(), facts),
        _ if facts.state == State::Closed => "ticket_closed",
        Action::Reply { .. } => WOULD,
        Action::Assign { user_id } => set(&mut facts.assignee, *user_id),
        // Whose turn it will be is not known: what comes next finds nobody yet, as in a run.
        Action::Deal {} => {
            if facts.assignee.is_some() {
                UNCHANGED
            } else {
                WOULD
            }
        }
        Action::Group { group_id } => set(&mut facts.group, *group_id),
        Action::Category { category_id } => {
            if facts.categories.first() == Some(category_id) {
                return UNCHANGED;
            }
            facts.categories = vec![*category_id];
            WOULD
        }
        Action::Priority { to } => set(&mut facts.priority, *to),
        Action::Escalate {} => {
            let raised = match facts.priority {
                Priority::Low => Priority::Medium,
                Priority::Medium => Priority::High,
                Priority::High | Priority::Urgent => Priority::Urgent,
            };
            set(&mut facts.priority, raised);
            // Those in charge are told in any case.
            WOULD
        }
        Action::AddTag { tag } => {
            if facts.tags.contains(tag) {
                return UNCHANGED;
            }
            if facts.tags.len() >= tags::COUNT_MAX {
                return "too_many";
            }
            facts.tags.push(tag.clone());
            WOULD
        }
        Action::RemoveTag { tag } => {
            let before = facts.tags.len();
            facts.tags.retain(|one| one != tag);
            if facts.tags.len() == before { UNCHANGED } else { WOULD }
        }
    }
}

fn set<T: PartialEq>(field: &mut T, to: T) -> &'static str {
    if *field == to {
        return UNCHANGED;
    }
    *field = to;
    WOULD
}

fn state(to: State, reason: Option<&str>, facts: &mut Facts) -> &'static str {
    if facts.state == to {
        return UNCHANGED;
    }
    let actor = Actor::Agent {
        may_close: true,
        may_reopen: true,
    };
    let present = TransitionFacts {
        state: facts.state,
        has_assignee: facts.assignee.is_some(),
        unanswered: facts.unanswered,
        spam: false,
    };
    let request = Request {
        to,
        reason,
        with_reply: false,
        no_reply_needed: None,
    };
    match decide(actor, present, request) {
        Ok(()) => {
            facts.state = to;
            WOULD
        }
        Err(refusal) => refusal.code(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    fn ticket() -> Facts {
        let at = DateTime::from_timestamp(0, 0).unwrap();
        Facts {
            state: State::Open,
            priority: Priority::Medium,
            group: Uuid::nil(),
            categories: vec![Uuid::from_u128(1), Uuid::from_u128(2)],
            assignee: None,
            unanswered: false,
            sla_breached: false,
            rating: None,
            tags: vec!["hot".to_owned()],
            subject: "x".to_owned(),
            source: "mail".to_owned(),
            created_at: at,
            last_message_at: at,
            state_since: at,
        }
    }

    fn results(actions: &[Action], facts: Facts) -> Vec<&'static str> {
        foresee(actions, facts).into_iter().map(|one| one.result).collect()
    }

    #[test]
    fn each_action_sees_what_the_one_before_it_leaves() {
        let tag = |tag: &str| Action::AddTag { tag: tag.to_owned() };
        let resolve = Action::State {
            to: State::Resolved,
            reason: None,
        };
        let assign = Action::Assign {
            user_id: Some(Uuid::from_u128(9)),
        };
        let told = Action::Notify {
            assignee: true,
            user_ids: Vec::new(),
            notification_group_ids: Vec::new(),
            template_id: None,
            sms_template_id: None,
        };
        let actions = [
            tag("hot"),
            tag("new"),
            resolve.clone(),
            told.clone(),
            assign,
            told,
            resolve.clone(),
            resolve,
        ];
        let expected = [
            "unchanged",
            "would",
            "assignee_needed",
            "nobody",
            "would",
            "would",
            "would",
            "unchanged",
        ];
        assert_eq!(results(&actions, ticket()), expected);
    }

    #[test]
    fn a_closed_ticket_is_opened_or_left_alone() {
        let closed = Facts {
            state: State::Closed,
            ..ticket()
        };
        let up = Action::Priority { to: Priority::High };
        let open = Action::State {
            to: State::Open,
            reason: None,
        };
        assert_eq!(
            results(&[up.clone(), open, up], closed),
            ["ticket_closed", "would", "would"]
        );
    }

    #[test]
    fn what_somebody_has_is_not_dealt_out() {
        let user_id = Some(Uuid::from_u128(7));
        let actions = [Action::Deal {}, Action::Assign { user_id }, Action::Deal {}];
        assert_eq!(results(&actions, ticket()), ["would", "would", "unchanged"]);
    }

    #[test]
    fn what_comes_after_a_wait_is_not_foreseen() {
        let own = Action::Category {
            category_id: Uuid::from_u128(1),
        };
        let above = Action::Category {
            category_id: Uuid::from_u128(2),
        };
        let wait = Action::Wait {
            minutes: 5,
            only_if: None,
        };
        assert_eq!(
            results(&[own, above, wait, Action::Escalate {}], ticket()),
            ["unchanged", "would", "until"]
        );
    }
}
