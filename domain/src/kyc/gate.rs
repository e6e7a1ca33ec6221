//! What is closed to a customer whose identity is not verified, or who is not active.

use serde::Serialize;

use super::State;
use crate::customer::Status;

/// Something that may be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Order ordinary products.
    OrderStandard,
    /// Order products that can do harm: servers, mail, addresses.
    OrderSensitive,
    /// Buy on account, up to a limit in minor units.
    Credit {
        /// Wanted limit in minor units.
        minor: i64,
    },
    /// Have this many people act for him.
    Members {
        /// Wanted number.
        count: i64,
    },
}

/// What an installation closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Ordinary products need a verified identity too.
    pub standard_needs_identity: bool,
    /// Credit without a verified identity, in minor units.
    pub unverified_credit: i64,
    /// People who may act for an unverified customer.
    pub unverified_members: i64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            standard_needs_identity: false,
            unverified_credit: 0,
            unverified_members: 3,
        }
    }
}

/// Why a gate is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// The customer is suspended or inactive.
    #[error("the customer is not active")]
    NotActive,
    /// The identity must be verified first.
    #[error("the identity of the customer must be verified first")]
    NotVerified,
}

impl Closed {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotActive => "customer_not_active",
            Self::NotVerified => "kyc_needed",
        }
    }
}

/// Whether a gate is open.
///
/// # Errors
/// Why it is closed.
pub const fn pass(policy: Policy, status: Status, identity: State, gate: Gate) -> Result<(), Closed> {
    let verified = matches!(identity, State::Approved);
    let out = matches!(status, Status::Suspended | Status::Inactive);
    let open_unverified = match gate {
        Gate::OrderStandard => !policy.standard_needs_identity,
        Gate::OrderSensitive => false,
        Gate::Credit { minor } => minor <= policy.unverified_credit,
        Gate::Members { count } => count <= policy.unverified_members,
    };
    if out && !matches!(gate, Gate::Members { .. }) {
        Err(Closed::NotActive)
    } else if verified || open_unverified {
        Ok(())
    } else {
        Err(Closed::NotVerified)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_approved_identity_opens_what_can_do_harm() {
        let policy = Policy::default();
        for state in State::ALL {
            let verdict = pass(policy, Status::Active, state, Gate::OrderSensitive);
            assert_eq!(verdict.is_ok(), state == State::Approved, "{state:?}");
            assert_eq!(pass(policy, Status::Active, state, Gate::OrderStandard), Ok(()));
        }
        let fresh = State::NotStarted;
        assert_eq!(
            pass(policy, Status::Active, fresh, Gate::Credit { minor: 1 }),
            Err(Closed::NotVerified)
        );
        assert_eq!(pass(policy, Status::Active, fresh, Gate::Members { count: 3 }), Ok(()));
        assert_eq!(
            pass(policy, Status::Active, fresh, Gate::Members { count: 4 }),
            Err(Closed::NotVerified)
        );
        assert_eq!(
            pass(policy, Status::Suspended, State::Approved, Gate::OrderStandard),
            Err(Closed::NotActive)
        );
        let strict = Policy {
            standard_needs_identity: true,
            ..policy
        };
        assert_eq!(
            pass(strict, Status::Active, fresh, Gate::OrderStandard),
            Err(Closed::NotVerified)
        );
    }
}
