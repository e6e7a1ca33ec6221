//! What a person may do: the catalogue of permissions and the roles the product is born with.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! permissions {
    ($(#[$doc:meta] $name:ident = $text:literal,)*) => {
        /// One thing a role may allow.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Permission {
            $(#[$doc] #[serde(rename = $text)] $name,)*
        }

        impl Permission {
            /// All permissions.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Name used in the database, in tokens and in the API: `subject.verb`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

permissions! {
    /// See one's own tickets and answer them.
    TicketsOwn = "tickets.own",
    /// See every ticket.
    TicketsView = "tickets.view",
    /// Open a ticket on a customer's behalf.
    TicketsCreate = "tickets.create",
    /// Answer customers and write notes.
    TicketsReply = "tickets.reply",
    /// Change subject, priority and state.
    TicketsEdit = "tickets.edit",
    /// Assign tickets.
    TicketsAssign = "tickets.assign",
    /// Close a ticket without resolving it.
    TicketsClose = "tickets.close",
    /// Reopen a closed ticket.
    TicketsReopen = "tickets.reopen",
    /// Hand raw mail to the product.
    MailIngest = "mail.ingest",
    /// See incoming mail with its journey.
    MailView = "mail.view",
    /// Release, reprocess or drop incoming mail; lift suppressions.
    MailManage = "mail.manage",
    /// See mailboxes.
    MailboxesView = "mailboxes.view",
    /// Create, change and delete mailboxes.
    MailboxesEdit = "mailboxes.edit",
    /// See queues, jobs and schedules.
    JobsView = "jobs.view",
    /// Pause queues; retry, cancel and discard jobs; run schedules.
    JobsManage = "jobs.manage",
    /// See the metrics of the installation.
    MetricsView = "metrics.view",
}

/// A name that is no permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown permission `{0}`")]
pub struct UnknownPermission(pub String);

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|p| p.as_str() == text)
            .ok_or_else(|| UnknownPermission(text.to_owned()))
    }
}

/// One of the three faces of the web application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dashboard {
    /// Customers.
    Client,
    /// Staff who serve customers.
    Corporate,
    /// IT administrators.
    Admin,
}

/// The dashboards that hold at least one page for these permissions.
#[must_use]
pub fn dashboards(permissions: &[Permission]) -> Vec<Dashboard> {
    let mut open = Vec::new();
    if permissions.contains(&Permission::TicketsOwn) {
        open.push(Dashboard::Client);
    }
    if permissions.contains(&Permission::TicketsView) {
        open.push(Dashboard::Corporate);
    }
    if permissions.contains(&Permission::JobsView) {
        open.push(Dashboard::Admin);
    }
    open
}

/// A role that exists from the first launch.
#[derive(Debug, Clone, Copy)]
pub struct SystemRole {
    /// Stable key.
    pub key: &'static str,
    /// What it allows.
    pub permissions: &'static [Permission],
}

/// The roles seeded at first launch.
pub const SYSTEM_ROLES: &[SystemRole] = &[
    SystemRole {
        key: "admin",
        permissions: STAFF_ADMIN,
    },
    SystemRole {
        key: "agent",
        permissions: STAFF_AGENT,
    },
    SystemRole {
        key: "client",
        permissions: &[Permission::TicketsOwn],
    },
];

const STAFF_AGENT: &[Permission] = &[
    Permission::TicketsView,
    Permission::TicketsCreate,
    Permission::TicketsReply,
    Permission::TicketsEdit,
    Permission::TicketsAssign,
    Permission::TicketsClose,
    Permission::MailView,
    Permission::MailManage,
];

const STAFF_ADMIN: &[Permission] = &[
    Permission::TicketsView,
    Permission::TicketsCreate,
    Permission::TicketsReply,
    Permission::TicketsEdit,
    Permission::TicketsAssign,
    Permission::TicketsClose,
    Permission::TicketsReopen,
    Permission::MailIngest,
    Permission::MailView,
    Permission::MailManage,
    Permission::MailboxesView,
    Permission::MailboxesEdit,
    Permission::JobsView,
    Permission::JobsManage,
    Permission::MetricsView,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for p in Permission::ALL {
            assert_eq!(p.as_str().parse::<Permission>().unwrap(), *p);
            assert_eq!(serde_json::to_value(p).unwrap(), p.as_str());
        }
    }

    #[test]
    fn a_client_sees_only_the_client_dashboard() {
        assert_eq!(dashboards(&[Permission::TicketsOwn]), [Dashboard::Client]);
        assert_eq!(dashboards(STAFF_AGENT), [Dashboard::Corporate]);
        assert_eq!(dashboards(STAFF_ADMIN), [Dashboard::Corporate, Dashboard::Admin]);
    }
}
