//! The papers of a case.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::customer::Kind;

/// Most documents of one case.
pub const MOST: usize = 20;
/// Largest document, in bytes.
pub const MAX_SIZE: usize = 10 * 1024 * 1024;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// National identity card.
    IdentityCard,
    /// Passport.
    Passport,
    /// Driving licence.
    DrivingLicence,
    /// Picture of the person with his document.
    Selfie,
    /// Proof of address.
    ProofOfAddress,
    /// Extract of the trade register.
    TradeRegister,
    /// Tax card (NIF).
    TaxCard,
    /// Statutes of the company.
    Statutes,
}

/// A name that is no paper.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of document `{0}`")]
pub struct UnknownPaper(pub String);

impl Paper {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::IdentityCard,
        Self::Passport,
        Self::DrivingLicence,
        Self::Selfie,
        Self::ProofOfAddress,
        Self::TradeRegister,
        Self::TaxCard,
        Self::Statutes,
    ];

    /// Name used in the database and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdentityCard => "identity_card",
            Self::Passport => "passport",
            Self::DrivingLicence => "driving_licence",
            Self::Selfie => "selfie",
            Self::ProofOfAddress => "proof_of_address",
            Self::TradeRegister => "trade_register",
            Self::TaxCard => "tax_card",
            Self::Statutes => "statutes",
        }
    }
}

impl FromStr for Paper {
    type Err = UnknownPaper;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|paper| paper.as_str() == text)
            .ok_or_else(|| UnknownPaper(text.to_owned()))
    }
}

/// What must be there: of each line one paper.
#[must_use]
pub const fn required(kind: Kind) -> &'static [&'static [Paper]] {
    const PERSON: &[Paper] = &[Paper::IdentityCard, Paper::Passport, Paper::DrivingLicence];
    match kind {
        Kind::Individual => &[PERSON],
        Kind::Corporate => &[PERSON, &[Paper::TradeRegister], &[Paper::TaxCard]],
    }
}

/// The lines of which no paper is there.
#[must_use]
pub fn missing(kind: Kind, given: &[Paper]) -> Vec<&'static [Paper]> {
    required(kind)
        .iter()
        .copied()
        .filter(|line| !line.iter().any(|paper| given.contains(paper)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_needs_its_papers_and_a_persons() {
        assert_eq!(missing(Kind::Individual, &[]).len(), 1);
        assert!(missing(Kind::Individual, &[Paper::Passport]).is_empty());
        let given = [Paper::Passport, Paper::TradeRegister];
        assert_eq!(missing(Kind::Corporate, &given), [&[Paper::TaxCard] as &[Paper]]);
        for paper in Paper::ALL {
            assert_eq!(paper.as_str().parse::<Paper>().unwrap(), paper);
        }
    }
}
