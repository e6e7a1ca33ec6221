//! How much a customer is promised.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a customer has a right to expect; staff decide it, and service levels ask for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// What everybody has.
    #[default]
    Standard,
    /// More than that.
    Business,
    /// The most there is.
    Premium,
}

/// A name that is no tier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown customer tier `{0}`")]
pub struct UnknownTier(pub String);

impl Tier {
    /// All of them, from the least to the most.
    pub const ALL: [Self; 3] = [Self::Standard, Self::Business, Self::Premium];

    /// Name used in the database and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Business => "business",
            Self::Premium => "premium",
        }
    }
}

impl FromStr for Tier {
    type Err = UnknownTier;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|tier| tier.as_str() == text)
            .ok_or_else(|| UnknownTier(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_the_one_in_json_is_the_same() {
        for tier in Tier::ALL {
            assert_eq!(tier.as_str().parse(), Ok(tier));
            assert_eq!(serde_json::to_value(tier).unwrap(), tier.as_str());
        }
        assert!("gold".parse::<Tier>().is_err());
        assert_eq!(Tier::default(), Tier::Standard);
    }
}
