//! The seven states of a ticket and whose turn each one means.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody works on it yet, or the customer wrote again.
    Open,
    /// An agent works on it.
    InProgress,
    /// An agent replied and asks nothing of the customer.
    Answered,
    /// An agent needs something of the customer.
    WaitingForResponse,
    /// A third party or a date is awaited.
    OnHold,
    /// The agent considers it solved; the customer may reopen it.
    Resolved,
    /// Over. Later replies open a follow-up.
    Closed,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ball {
    /// Staff must act.
    Staff,
    /// The customer may act.
    Customer,
    /// Somebody else must act.
    ThirdParty,
    /// Nobody.
    None,
}

/// A name that is no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown ticket state `{0}`")]
pub struct UnknownState(pub String);

impl State {
    /// All states, in the order of a usual life.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::InProgress,
        Self::Answered,
        Self::WaitingForResponse,
        Self::OnHold,
        Self::Resolved,
        Self::Closed,
    ];

    /// Name used in the database and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::Answered => "answered",
            Self::WaitingForResponse => "waiting_for_response",
            Self::OnHold => "on_hold",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }

    /// Whose turn this state means.
    #[must_use]
    pub const fn ball(self) -> Ball {
        match self {
            Self::Open | Self::InProgress => Ball::Staff,
            Self::Answered | Self::WaitingForResponse | Self::Resolved => Ball::Customer,
            Self::OnHold => Ball::ThirdParty,
            Self::Closed => Ball::None,
        }
    }
}

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|s| s.as_str() == text)
            .ok_or_else(|| UnknownState(text.to_owned()))
    }
}
