//! Where a customer stands, and the moves between.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a customer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Known, but nobody has checked him yet.
    Pending,
    /// May order and use what he ordered.
    Active,
    /// Kept from ordering until something is settled.
    Suspended,
    /// No longer a customer; kept for the books.
    Inactive,
}

/// A name that is no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown customer status `{0}`")]
pub struct UnknownStatus(pub String);

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Active, Self::Suspended, Self::Inactive];

    /// Name used in the database and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Inactive => "inactive",
        }
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

/// A move that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// Where it leads.
    pub to: Status,
    /// A reason must come along.
    pub needs_reason: bool,
}

/// Why a move is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such move.
    #[error("a customer cannot go from {} to {}", .0.as_str(), .1.as_str())]
    NoSuchMove(Status, Status),
    /// The reason is missing.
    #[error("say why")]
    ReasonNeeded,
}

impl Refusal {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoSuchMove(..) => "customer_status",
            Self::ReasonNeeded => "reason_needed",
        }
    }
}

/// The moves out of a status. Whatever takes rights away, or gives them back, needs a reason.
#[must_use]
pub fn moves(from: Status) -> &'static [Transition] {
    const fn plain(to: Status) -> Transition {
        Transition {
            to,
            needs_reason: false,
        }
    }
    const fn reasoned(to: Status) -> Transition {
        Transition { to, needs_reason: true }
    }
    match from {
        Status::Pending => const { &[plain(Status::Active), reasoned(Status::Inactive)] },
        Status::Active => const { &[reasoned(Status::Suspended), reasoned(Status::Inactive)] },
        Status::Suspended => const { &[reasoned(Status::Active), reasoned(Status::Inactive)] },
        Status::Inactive => const { &[reasoned(Status::Pending)] },
    }
}

/// Whether a move may be made.
///
/// # Errors
/// The refusal, with its code.
pub fn decide(from: Status, to: Status, reason: Option<&str>) -> Result<(), Refusal> {
    let found = moves(from).iter().find(|transition| transition.to == to);
    match found {
        None => Err(Refusal::NoSuchMove(from, to)),
        Some(transition) if transition.needs_reason && reason.is_none_or(|r| r.trim().is_empty()) => {
            Err(Refusal::ReasonNeeded)
        }
        Some(_) => Ok(()),
    }
}

/// Whether a customer may be deleted: not while he may still use anything.
#[must_use]
pub const fn may_delete(status: Status) -> bool {
    matches!(status, Status::Pending | Status::Inactive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_decided() {
        use Status::{Active, Inactive, Pending, Suspended};
        let free = [(Pending, Active)];
        let reasoned = [
            (Pending, Inactive),
            (Active, Suspended),
            (Active, Inactive),
            (Suspended, Active),
            (Suspended, Inactive),
            (Inactive, Pending),
        ];
        for from in Status::ALL {
            for to in Status::ALL {
                let with = decide(from, to, Some("because"));
                let without = decide(from, to, Some("  "));
                if free.contains(&(from, to)) {
                    assert_eq!((with, without), (Ok(()), Ok(())));
                } else if reasoned.contains(&(from, to)) {
                    assert_eq!((with, without), (Ok(()), Err(Refusal::ReasonNeeded)));
                } else {
                    assert_eq!(with, Err(Refusal::NoSuchMove(from, to)));
                }
            }
        }
    }

    #[test]
    fn names_round_trip() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse::<Status>().unwrap(), status);
        }
        assert!("x".parse::<Status>().is_err());
    }
}
