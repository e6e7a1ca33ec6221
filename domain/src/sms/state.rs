//! What becomes of a text message.

use uuid::Uuid;

use crate::words::words;

words! {
    /// Where a text message is.
    SmsState {
        /// It waits to be handed to the provider.
        Queued = "queued",
        /// The provider took it.
        Sent = "sent",
        /// The phone has it.
        Delivered = "delivered",
        /// It was refused, or did not arrive.
        Failed = "failed",
        /// Its time was over before it could be sent or delivered.
        Expired = "expired",
    }
}

impl SmsState {
    /// Whether this news is taken over from the provider. Reports come late, twice and out of order: none takes a message back, and
    /// one that arrived has arrived.
    #[must_use]
    pub const fn follows(self, before: Self) -> bool {
        match (before, self) {
            (_, Self::Queued) => false,
            (Self::Queued, _) => true,
            (Self::Sent, next) => !matches!(next, Self::Sent),
            (Self::Failed | Self::Expired, next) => matches!(next, Self::Delivered),
            (Self::Delivered, _) => false,
        }
    }
}

/// What a provider reports about a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Our id of it.
    pub message: Uuid,
    /// The provider's id of it.
    pub provider_id: String,
    /// Where it is.
    pub state: SmsState,
    /// Segments it was charged as, when the report says so.
    pub segments: Option<i32>,
    /// Why it did not arrive.
    pub error: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::SmsState::*;

    #[test]
    fn reports_only_lead_forward() {
        let cases = [
            (Queued, Sent, true),
            (Queued, Delivered, true),
            (Queued, Failed, true),
            (Sent, Sent, false),
            (Sent, Delivered, true),
            (Sent, Failed, true),
            (Sent, Expired, true),
            (Delivered, Sent, false),
            (Delivered, Failed, false),
            (Failed, Sent, false),
            (Failed, Delivered, true),
            (Expired, Delivered, true),
            (Expired, Failed, false),
            (Sent, Queued, false),
        ];
        for (before, next, follows) in cases {
            assert_eq!(next.follows(before), follows, "{before:?} → {next:?}");
        }
    }
}
