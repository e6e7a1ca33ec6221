//! Roles: those the product is born with, what a role allows with all it inherits, and who may hand what out.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Category, Permission};

/// Longest name of a role, in characters.
pub const NAME_MAX: usize = 80;
/// Longest description of a role, in characters.
pub const DESCRIPTION_MAX: usize = 500;
/// Most roles that one role inherits directly.
pub const PARENTS_MAX: usize = 16;

/// A role that exists from the first launch.
#[derive(Debug, Clone, Copy)]
pub struct SystemRole {
    /// Stable key.
    pub key: &'static str,
    /// Allows it.
    pub allows: fn(Permission) -> bool,
}

impl SystemRole {
    /// What it allows.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(|one| (self.allows)(*one))
    }
}

/// The roles seeded at first launch. Their permissions follow the release; nobody edits them.
pub const SYSTEM_ROLES: &[SystemRole] = &[
    SystemRole {
        key: ADMIN,
        allows: admin,
    },
    SystemRole {
        key: "corporate",
        allows: corporate,
    },
    SystemRole {
        key: "client",
        allows: |one| one.is_own(),
    },
];

/// Key of the role whose last holder cannot be removed.
pub const ADMIN: &str = "admin";

/// Keys of the system roles whose holders do more than what is their own.
pub fn staff() -> impl Iterator<Item = &'static str> {
    let staff = SYSTEM_ROLES
        .iter()
        .filter(|role| role.permissions().any(|one| !one.is_own()));
    staff.map(|role| role.key)
}

/// Whether something is demanded of a role, given the keys of the role with all that it inherits, and those of the roles that it is
/// demanded of: nobody gets round a demand by inheriting what it guards.
#[must_use]
pub fn demanded(lineage: &[String], of: &[String]) -> bool {
    lineage.iter().any(|key| of.contains(key))
}

/// Everything but what only a customer has: an administrator is no customer.
fn admin(one: Permission) -> bool {
    !one.is_own() || matches!(one, Permission::ProfileOwn | Permission::TokensOwn)
}

/// What serving customers takes: no deletion, nothing of the installation, of accounts or of the audit trail.
fn corporate(one: Permission) -> bool {
    use Permission::{
        AutomationEdit, CategoriesEdit, CustomersDelete, CustomersRestore, GroupsEdit, InvoicesApprove, KycPolicy,
        MailIngest, MailboxesEdit, MailboxesView, PersonsErase, PersonsExport, ProfileOwn, ProjectsDelete,
        ServersDelete, SlaEdit, TicketsReopen, TokensOwn,
    };
    match one.category() {
        Category::Customers => !matches!(one, CustomersDelete | CustomersRestore | PersonsExport | PersonsErase),
        Category::Tickets => !matches!(
            one,
            TicketsReopen | SlaEdit | AutomationEdit | CategoriesEdit | GroupsEdit
        ),
        Category::Mail => !matches!(one, MailIngest | MailboxesView | MailboxesEdit),
        Category::Invoices => one != InvoicesApprove,
        Category::Projects => !matches!(one, ProjectsDelete | ServersDelete),
        Category::Products => one == Permission::ProductsView,
        Category::Kyc => one != KycPolicy,
        Category::Orders | Category::Reports => true,
        Category::Own => matches!(one, ProfileOwn | TokensOwn),
        Category::Users | Category::Security | Category::System => false,
    }
}

/// A role that a set of rules would not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// The key is none.
    #[error("a key is 2 to 40 small letters, digits and dashes, and begins with a letter")]
    Key,
    /// The name is empty or too long.
    #[error("a name has 1 to {NAME_MAX} characters on one line")]
    Name,
    /// The description is too long.
    #[error("a description has at most {DESCRIPTION_MAX} characters")]
    Description,
    /// It would inherit itself.
    #[error("a role cannot inherit itself, not through others either")]
    Cycle,
    /// Too many parents.
    #[error("a role inherits at most {PARENTS_MAX} others directly")]
    Parents,
    /// Something the granter does not hold himself.
    #[error("`{0}` is not yours to hand out: you do not hold it")]
    Escalation(&'static str),
}

impl RoleError {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Key => "invalid_key",
            Self::Name => "invalid_name",
            Self::Description => "invalid_description",
            Self::Cycle => "role_cycle",
            Self::Parents => "too_many_parents",
            Self::Escalation(_) => "privilege_escalation",
        }
    }
}

/// A key of a custom role.
///
/// # Errors
/// [`RoleError::Key`].
pub fn key(text: &str) -> Result<&str, RoleError> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let begins = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    if plain && begins && (2..=40).contains(&text.len()) {
        Ok(text)
    } else {
        Err(RoleError::Key)
    }
}

/// A name, trimmed.
///
/// # Errors
/// [`RoleError::Name`].
pub fn name(text: &str) -> Result<&str, RoleError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > NAME_MAX || text.chars().any(char::is_control) {
        return Err(RoleError::Name);
    }
    Ok(text)
}

/// A description, trimmed.
///
/// # Errors
/// [`RoleError::Description`].
pub fn description(text: &str) -> Result<&str, RoleError> {
    let text = text.trim();
    let wild = text.chars().any(|c| c.is_control() && c != '\n');
    if wild || text.chars().count() > DESCRIPTION_MAX {
        return Err(RoleError::Description);
    }
    Ok(text)
}

/// What each role allows by itself, and which roles it inherits.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    own: BTreeMap<Uuid, BTreeSet<Permission>>,
    parents: BTreeMap<Uuid, BTreeSet<Uuid>>,
}

impl Graph {
    /// Puts a role in, or gives it other permissions and parents.
    pub fn put(
        &mut self,
        id: Uuid,
        own: impl IntoIterator<Item = Permission>,
        parents: impl IntoIterator<Item = Uuid>,
    ) {
        self.own.insert(id, own.into_iter().collect());
        self.parents.insert(id, parents.into_iter().collect());
    }

    /// A role and all it inherits.
    fn lineage(&self, id: Uuid) -> BTreeSet<Uuid> {
        let mut seen = BTreeSet::new();
        let mut open = vec![id];
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                open.extend(self.parents.get(&next).into_iter().flatten());
            }
        }
        seen
    }

    /// Everything a role allows, inherited permissions included.
    #[must_use]
    pub fn effective(&self, id: Uuid) -> BTreeSet<Permission> {
        self.lineage(id)
            .iter()
            .filter_map(|role| self.own.get(role))
            .flatten()
            .copied()
            .collect()
    }

    /// Whether these parents may be given to a role.
    ///
    /// # Errors
    /// [`RoleError::Cycle`], [`RoleError::Parents`].
    pub fn may_inherit(&self, id: Uuid, parents: &[Uuid]) -> Result<(), RoleError> {
        if parents.len() > PARENTS_MAX {
            return Err(RoleError::Parents);
        }
        if parents.iter().any(|parent| self.lineage(*parent).contains(&id)) {
            return Err(RoleError::Cycle);
        }
        Ok(())
    }
}

/// Whether somebody who holds `held` may hand out `wanted`: nobody grants what he does not hold, what concerns only its
/// holder aside.
///
/// # Errors
/// [`RoleError::Escalation`] with the first permission that is not his.
pub fn may_grant<'a>(held: &[Permission], wanted: impl IntoIterator<Item = &'a Permission>) -> Result<(), RoleError> {
    match wanted.into_iter().find(|one| !one.is_own() && !held.contains(one)) {
        Some(missing) => Err(RoleError::Escalation(missing.as_str())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::{Dashboard, dashboards};

    fn held(key: &str) -> Vec<Permission> {
        SYSTEM_ROLES
            .iter()
            .find(|role| role.key == key)
            .unwrap()
            .permissions()
            .collect()
    }

    #[test]
    fn system_roles_see_their_own_dashboards() {
        assert_eq!(dashboards(&held("client")), [Dashboard::Client]);
        assert_eq!(dashboards(&held("corporate")), [Dashboard::Corporate]);
        assert_eq!(dashboards(&held("admin")), [Dashboard::Corporate, Dashboard::Admin]);
    }

    #[test]
    fn staff_powers_grow_with_the_role() {
        let (client, corporate, admin) = (held("client"), held("corporate"), held("admin"));
        assert!(client.iter().all(|one| one.is_own()));
        assert!(corporate.iter().all(|one| admin.contains(one)));
        for never in [
            Permission::UsersAssignRoles,
            Permission::RolesEdit,
            Permission::AuditView,
            Permission::CustomersDelete,
            Permission::KycPolicy,
        ] {
            assert!(!corporate.contains(&never), "{}", never.as_str());
        }
        assert!(
            may_grant(&admin, &client).is_ok(),
            "an administrator makes client accounts"
        );
        assert_eq!(
            may_grant(&corporate, &admin),
            Err(RoleError::Escalation("customers.delete"))
        );
    }

    #[test]
    fn a_role_allows_what_it_inherits_over_any_number_of_steps() {
        let [a, b, c, d] = [1, 2, 3, 4].map(Uuid::from_u128);
        let mut graph = Graph::default();
        graph.put(a, [Permission::TicketsView], []);
        graph.put(b, [Permission::TicketsReply], [a]);
        graph.put(c, [], [a]);
        graph.put(d, [Permission::MailView], [b, c]);
        let all = [Permission::TicketsView, Permission::TicketsReply, Permission::MailView];
        assert_eq!(graph.effective(d), all.into_iter().collect());
        assert_eq!(graph.effective(c), [Permission::TicketsView].into_iter().collect());
        assert_eq!(graph.may_inherit(a, &[d]), Err(RoleError::Cycle));
        assert_eq!(graph.may_inherit(a, &[a]), Err(RoleError::Cycle));
        assert_eq!(graph.may_inherit(b, &[c]), Ok(()));
    }

    #[test]
    fn heirs_are_held_to_what_they_inherit() {
        assert_eq!(staff().collect::<Vec<_>>(), [ADMIN, "corporate"]);
        let keys = |of: &[&str]| -> Vec<String> { of.iter().map(|key| (*key).to_owned()).collect() };
        let guarded = keys(&["admin", "corporate"]);
        assert!(demanded(&keys(&["corporate"]), &guarded));
        assert!(demanded(&keys(&["night", "desk", "corporate"]), &guarded));
        assert!(!demanded(&keys(&["client", "desk"]), &guarded));
        assert!(!demanded(&keys(&["admin"]), &[]));
    }

    #[test]
    fn names_and_keys() {
        for good in ["support", "tier-2", "a1"] {
            assert_eq!(key(good), Ok(good));
        }
        for bad in ["", "a", "Support", "2nd", "a b", "é-a", "-ab", &"a".repeat(41)] {
            assert_eq!(key(bad), Err(RoleError::Key), "{bad}");
        }
        assert_eq!(name("  دعم  "), Ok("دعم"));
        assert_eq!(name(" \t "), Err(RoleError::Name));
        assert_eq!(name("a\nb"), Err(RoleError::Name));
        assert_eq!(description("two\nlines"), Ok("two\nlines"));
        assert_eq!(description(&"x".repeat(501)), Err(RoleError::Description));
    }
}
