//! People who act for a customer, and what each of them may do.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What somebody is for a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Answers for the customer; there is always one.
    Owner,
    /// Manages everything but owners.
    Admin,
    /// Uses what was ordered.
    Technical,
    /// Looks after addresses, orders and invoices.
    Billing,
    /// Only looks.
    Viewer,
}

/// A name that is no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown member role `{0}`")]
pub struct UnknownRole(pub String);

/// Something a member may want to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberAction {
    /// See profile, contacts and addresses.
    View,
    /// Change the profile.
    EditProfile,
    /// Change contacts and addresses.
    EditContacts,
    /// Invite, change and remove members.
    ManageMembers,
    /// Give the verification of identity its data and documents.
    SubmitKyc,
    /// See the documents shared with the customer.
    ViewDocuments,
    /// Add documents.
    AddDocuments,
    /// Create and change projects, and say who sees which.
    ManageProjects,
}

impl MemberRole {
    /// All of them, most powerful first.
    pub const ALL: [Self; 5] = [Self::Owner, Self::Admin, Self::Technical, Self::Billing, Self::Viewer];

    /// Name used in the database and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Technical => "technical",
            Self::Billing => "billing",
            Self::Viewer => "viewer",
        }
    }

    /// Whether this role allows the action.
    #[must_use]
    pub const fn may(self, action: MemberAction) -> bool {
        match action {
            MemberAction::View => true,
            MemberAction::EditProfile
            | MemberAction::ManageMembers
            | MemberAction::SubmitKyc
            | MemberAction::ManageProjects => {
                matches!(self, Self::Owner | Self::Admin)
            }
            MemberAction::EditContacts | MemberAction::ViewDocuments | MemberAction::AddDocuments => {
                matches!(self, Self::Owner | Self::Admin | Self::Billing)
            }
        }
    }

    /// Whether this role may give somebody `role`, or take it from him: nobody hands out more than he has.
    #[must_use]
    pub const fn may_hand_out(self, role: Self) -> bool {
        match self {
            Self::Owner => true,
            Self::Admin => !matches!(role, Self::Owner),
            _ => false,
        }
    }
}

impl FromStr for MemberRole {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_owners_make_owners() {
        for role in MemberRole::ALL {
            assert_eq!(role.may_hand_out(MemberRole::Owner), role == MemberRole::Owner);
            assert!(role.may(MemberAction::View));
            assert_eq!(role.as_str().parse::<MemberRole>().unwrap(), role);
        }
        assert!(MemberRole::Admin.may_hand_out(MemberRole::Admin));
        assert!(!MemberRole::Billing.may_hand_out(MemberRole::Viewer));
        assert!(MemberRole::Billing.may(MemberAction::EditContacts));
        assert!(!MemberRole::Technical.may(MemberAction::ViewDocuments));
        assert!(!MemberRole::Viewer.may(MemberAction::SubmitKyc));
    }
}
