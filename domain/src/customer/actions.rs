//! What a person may do with a customer now, and why not the rest: the web shows exactly this.

use serde::Serialize;

use super::{
    Status,
    member::{MemberAction, MemberRole},
    status,
};

/// One possible action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    /// `edit`, `edit_contacts`, `handle`, `manage_members`, `delete`, `restore` or `transition`.
    pub action: &'static str,
    /// Target of a transition.
    pub to: Option<Status>,
    /// What must come along: `reason`.
    pub requires: Vec<&'static str>,
    /// It would be accepted now, given what `requires` names.
    pub allowed: bool,
    /// Stable code of the refusal when it would not.
    pub why_not: Option<&'static str>,
}

/// Who looks at a customer.
#[derive(Debug, Clone, Copy)]
pub enum Viewer {
    /// Staff with these permissions.
    Staff {
        /// `customers.edit`.
        edit: bool,
        /// `customers.delete`.
        delete: bool,
        /// `customers.restore`.
        restore: bool,
    },
    /// Somebody who acts for him.
    Member(MemberRole),
}

/// Lists every action with its verdict.
#[must_use]
pub fn list(viewer: Viewer, at: Status, deleted: bool) -> Vec<Action> {
    let gone = deleted.then_some("customer_deleted");
    match viewer {
        Viewer::Member(role) => [
            ("edit", MemberAction::EditProfile),
            ("edit_contacts", MemberAction::EditContacts),
            ("manage_members", MemberAction::ManageMembers),
        ]
        .into_iter()
        .map(|(name, action)| verdict(name, role.may(action), gone))
        .collect(),
        Viewer::Staff { edit, delete, restore } => {
            let live = (!deleted).then_some("customer_not_deleted");
            let in_use = (!status::may_delete(at)).then_some("customer_in_use");
            let mut actions: Vec<Action> = ["edit", "edit_contacts", "handle", "manage_members"]
                .into_iter()
                .map(|name| verdict(name, edit, gone))
                .collect();
            actions.push(verdict("delete", delete, gone.or(in_use)));
            actions.push(verdict("restore", restore, live));
            actions.extend(status::moves(at).iter().map(|transition| Action {
                to: Some(transition.to),
                requires: if transition.needs_reason {
                    vec!["reason"]
                } else {
                    Vec::new()
                },
                ..verdict("transition", edit, gone)
            }));
            actions
        }
    }
}

fn verdict(action: &'static str, held: bool, obstacle: Option<&'static str>) -> Action {
    let why_not = if held { obstacle } else { Some("not_permitted") };
    Action {
        action,
        to: None,
        requires: Vec::new(),
        allowed: why_not.is_none(),
        why_not,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find<'a>(actions: &'a [Action], name: &str) -> &'a Action {
        actions.iter().find(|a| a.action == name).unwrap()
    }

    #[test]
    fn the_verdicts_follow_the_rules() {
        let staff = Viewer::Staff {
            edit: true,
            delete: true,
            restore: true,
        };
        let active = list(staff, Status::Active, false);
        assert_eq!(find(&active, "delete").why_not, Some("customer_in_use"));
        assert_eq!(find(&active, "restore").why_not, Some("customer_not_deleted"));
        assert_eq!(find(&active, "transition").requires, ["reason"]);
        let deleted = list(staff, Status::Inactive, true);
        assert!(find(&deleted, "restore").allowed);
        assert_eq!(deleted.iter().filter(|a| a.allowed).count(), 1);
        let member = list(Viewer::Member(MemberRole::Billing), Status::Active, false);
        assert_eq!(find(&member, "edit").why_not, Some("not_permitted"));
        assert!(find(&member, "edit_contacts").allowed);
        assert!(member.iter().all(|a| a.action != "transition"));
    }
}
