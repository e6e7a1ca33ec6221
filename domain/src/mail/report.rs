//! Reports by machines about mail: delivery (DSN), disposition (MDN) and abuse (ARF).

use serde::{Deserialize, Serialize};

/// The kind of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// Delivery status notification (RFC 3464), or a bounce that only resembles one.
    Dsn,
    /// Message disposition notification, a read receipt (RFC 8098).
    Mdn,
    /// Abuse report of a feedback loop (RFC 5965).
    Arf,
}

/// What a report says about one recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRecipient {
    /// Final-Recipient address.
    pub final_recipient: Option<String>,
    /// Original-Recipient address.
    pub original_recipient: Option<String>,
    /// Action, lower case: failed, delayed, delivered, relayed, expanded.
    pub action: String,
    /// Enhanced status code such as `5.1.1`; empty when there is none.
    pub status: String,
    /// Diagnostic-Code text of the remote server.
    pub diagnostic: String,
}

/// A report found in a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its kind.
    pub kind: ReportKind,
    /// The recipients it speaks about.
    pub recipients: Vec<ReportRecipient>,
    /// Message-ID of the mail reported on, without angle brackets.
    pub original_message_id: Option<String>,
    /// Envelope sender of the mail reported on, as an abuse report or the mail it returns names it.
    #[serde(default)]
    pub original_sender: Option<String>,
    /// Feedback-Type of an abuse report (RFC 5965 §3.1), lower case; empty in other reports.
    #[serde(default)]
    pub feedback: String,
    /// False when the report was recognised by its looks rather than by its media type.
    pub standard: bool,
}

/// How a failed delivery counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryOutcome {
    /// Delivered or relayed.
    Delivered,
    /// Still being tried.
    Delayed,
    /// The mailbox does not exist: suppress after one.
    UnknownAddress,
    /// Another permanent failure: suppress after three in seven days.
    Permanent,
    /// A temporary failure that was given up.
    Temporary,
}

impl DeliveryOutcome {
    /// Reads an action and an enhanced status code; the action says whether, the code says why.
    #[must_use]
    pub fn of(action: &str, status: &str) -> Self {
        match action {
            "delivered" | "relayed" | "expanded" => return Self::Delivered,
            "delayed" => return Self::Delayed,
            _ => {}
        }
        let mut codes = status.split('.');
        match (codes.next(), codes.next(), codes.next()) {
            // Both are about the sender (RFC 3463 §3.2): no word against the recipient's address.
            (Some("5"), Some("1"), Some("7" | "8")) => Self::Permanent,
            (Some("5"), Some("1"), _) | (Some("5"), Some("4"), Some("1")) => Self::UnknownAddress,
            (Some("4"), ..) => Self::Temporary,
            (Some("2"), ..) if action.is_empty() => Self::Delivered,
            _ => Self::Permanent,
        }
    }

    /// How many failures of this kind within seven days suppress the address; `None` = never.
    #[must_use]
    pub const fn suppress_after(self) -> Option<u8> {
        match self {
            Self::UnknownAddress => Some(1),
            Self::Permanent => Some(3),
            Self::Delivered | Self::Delayed | Self::Temporary => None,
        }
    }
}

impl Report {
    /// Whether somebody does not want such mail. That it is no spam after all, carries a virus or fails authentication (RFC 6591)
    /// is no complaint of whoever got it, and a type that nobody registered is one of "other".
    #[must_use]
    pub fn is_complaint(&self) -> bool {
        self.kind == ReportKind::Arf && matches!(self.feedback.as_str(), "abuse" | "fraud" | "opt-out" | "opt-out-list")
    }

    /// The worst outcome reported; a delivery report without recipients is a permanent failure.
    #[must_use]
    pub fn outcome(&self) -> DeliveryOutcome {
        let rank = |outcome: &DeliveryOutcome| match outcome {
            DeliveryOutcome::Delivered => 0,
            DeliveryOutcome::Delayed => 1,
            DeliveryOutcome::Temporary => 2,
            DeliveryOutcome::Permanent => 3,
            DeliveryOutcome::UnknownAddress => 4,
        };
        let outcomes = self
            .recipients
            .iter()
            .map(|r| DeliveryOutcome::of(&r.action, &r.status));
        outcomes.max_by_key(rank).unwrap_or(DeliveryOutcome::Permanent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_follow_action_and_status() {
        for (action, status, expected) in [
            ("failed", "5.1.1", DeliveryOutcome::UnknownAddress),
            ("failed", "5.1.10", DeliveryOutcome::UnknownAddress),
            ("failed", "5.4.1", DeliveryOutcome::UnknownAddress),
            ("failed", "5.1.8", DeliveryOutcome::Permanent),
            ("failed", "5.2.2", DeliveryOutcome::Permanent),
            ("failed", "4.4.7", DeliveryOutcome::Temporary),
            ("failed", "", DeliveryOutcome::Permanent),
            ("", "2.0.0", DeliveryOutcome::Delivered),
            ("delayed", "4.0.0", DeliveryOutcome::Delayed),
            ("relayed", "2.0.0", DeliveryOutcome::Delivered),
        ] {
            assert_eq!(DeliveryOutcome::of(action, status), expected, "{action} {status}");
        }
    }

    #[test]
    fn only_what_somebody_does_not_want_is_a_complaint() {
        let report = |kind, feedback: &str| Report {
            kind,
            recipients: Vec::new(),
            original_message_id: None,
            original_sender: None,
            feedback: feedback.to_owned(),
            standard: true,
        };
        for (feedback, complains) in [
            ("abuse", true),
            ("fraud", true),
            ("opt-out", true),
            ("not-spam", false),
            ("virus", false),
            ("auth-failure", false),
            ("other", false),
            ("", false),
        ] {
            assert_eq!(
                report(ReportKind::Arf, feedback).is_complaint(),
                complains,
                "{feedback}"
            );
        }
        assert!(!report(ReportKind::Dsn, "abuse").is_complaint());
    }

    #[test]
    fn only_permanent_failures_suppress() {
        assert_eq!(DeliveryOutcome::UnknownAddress.suppress_after(), Some(1));
        assert_eq!(DeliveryOutcome::Permanent.suppress_after(), Some(3));
        assert_eq!(DeliveryOutcome::Temporary.suppress_after(), None);
    }
}
