//! What is closed to a customer whose identity is not verified, or who is not active.

use std::ops::RangeInclusive;

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

/// Credit that may be left without a verified identity, in minor units: up to ten million of a currency with two decimals.
pub const CREDIT: RangeInclusive<i64> = 0..=1_000_000_000;
/// People who may be let act for an unverified customer: his owner at least.
pub const MEMBERS: RangeInclusive<i64> = 1..=1000;
/// Days before its end from which an approval may be renewed.
pub const RENEWAL_DAYS: RangeInclusive<i64> = 1..=365;

/// What an installation closes, and how long before its end an approval may be renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Ordinary products need a verified identity too.
    pub standard_needs_identity: bool,
    /// Credit without a verified identity, in minor units.
    pub unverified_credit: i64,
    /// People who may act for an unverified customer.
    pub unverified_members: i64,
    /// Days before its end from which an approval may be renewed.
    pub renewal_days: i64,
}

impl Policy {
    /// Names of the values that are out of their range.
    #[must_use]
    pub fn wrong(&self) -> Vec<(&'static str, RangeInclusive<i64>)> {
        [
            ("unverified_credit", self.unverified_credit, CREDIT),
            ("unverified_members", self.unverified_members, MEMBERS),
            ("renewal_days", self.renewal_days, RENEWAL_DAYS),
        ]
        .into_iter()
        .filter(|(_, value, range)| !range.contains(value))
        .map(|(name, _, range)| (name, range))
        .collect()
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            standard_needs_identity: false,
            unverified_credit: 0,
            unverified_members: 3,
            renewal_days: 60,
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
        let generous = Policy {
            unverified_credit: 1,
            unverified_members: 4,
            ..policy
        };
        assert_eq!(pass(generous, Status::Active, fresh, Gate::Credit { minor: 1 }), Ok(()));
        assert_eq!(
            pass(generous, Status::Active, fresh, Gate::Members { count: 4 }),
            Ok(())
        );
        assert_eq!(
            pass(generous, Status::Active, fresh, Gate::Members { count: 5 }),
            Err(Closed::NotVerified)
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

    #[test]
    fn a_policy_keeps_to_its_ranges() {
        assert!(Policy::default().wrong().is_empty());
        let names = |policy: Policy| -> Vec<&'static str> { policy.wrong().iter().map(|(name, _)| *name).collect() };
        let wild = Policy {
            standard_needs_identity: true,
            unverified_credit: -1,
            unverified_members: 0,
            renewal_days: 366,
        };
        assert_eq!(names(wild), ["unverified_credit", "unverified_members", "renewal_days"]);
        let edges = Policy {
            unverified_credit: *CREDIT.end(),
            unverified_members: *MEMBERS.end(),
            renewal_days: *RENEWAL_DAYS.start(),
            ..wild
        };
        assert!(names(edges).is_empty());
    }
}
