//! Closed sets of words in the API's description: each set is listed once, under its own name.

use std::{borrow::Cow, fmt, marker::PhantomData};

use domain::{
    automation,
    customer::import::{Column, ImportState},
    mail::{address, check, class::MailClass, note::Code, spam, threading, words},
    message, notification,
    sms::SmsState,
    ticket::{bulk, colour::Colour, link::LinkKind, presence::Doing, scheduled},
    webhook,
    words::WordSet,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

/// A word of the set `T`. What comes in is checked; what goes out is as stored, where the database has checked it.
pub struct Word<T> {
    text: Cow<'static, str>,
    set: PhantomData<T>,
}

/// What the codes tell is in `domain::mail::note`.
pub type CodeWord = Word<Code>;
/// Class of a mail.
pub type MailClassWord = Word<MailClass>;
/// Why a sender may be mistaken for another.
pub type ConfusableWord = Word<address::Confusable>;
/// State of a mail.
pub type MailStateWord = Word<words::MailState>;
/// Why a mail is where it is.
pub type MailReasonWord = Word<words::MailReason>;
/// What staff may do with a mail.
pub type MailActionWord = Word<words::MailAction>;
/// Where a mail goes.
pub type DecisionWord = Word<threading::DecisionKind>;
/// Step of threading.
pub type StepWord = Word<threading::Step>;
/// What an outgoing mail is.
pub type OutgoingKindWord = Word<words::OutgoingKind>;
/// What became of an outgoing mail.
pub type DeliveryStateWord = Word<words::DeliveryState>;
/// Why an address gets no mail.
pub type SuppressionReasonWord = Word<words::SuppressionReason>;
/// How mail comes to a mailbox.
pub type MailboxKindWord = Word<words::MailboxKind>;
/// How a connection is secured.
pub type TlsModeWord = Word<words::TlsMode>;
/// Filter before a mailbox whose headers are believed.
pub type SpamFilterWord = Word<spam::TrustedFilter>;
/// What a rule about spam says.
pub type SpamRuleVerdictWord = Word<spam::RuleVerdict>;
/// Where a rule about spam looks.
pub type SpamRuleFieldWord = Word<spam::RuleField>;
/// What came of the question whether a mail is spam.
pub type SpamVerdictWord = Word<spam::Verdict>;
/// What the first connection takes.
pub type StartPointWord = Word<words::StartPoint>;
/// Step of a check of settings.
pub type CheckStepWord = Word<check::CheckStep>;
/// How far a step is.
pub type CheckStateWord = Word<check::CheckState>;
/// Why a step failed.
pub type CheckFaultWord = Word<check::CheckFault>;
/// How far a check is.
pub type CheckResultWord = Word<check::CheckResult>;
/// What another ticket is to one.
pub type LinkKindWord = Word<LinkKind>;
/// What somebody does at a ticket.
pub type DoingWord = Word<Doing>;
/// Colour of a tag.
pub type TagColourWord = Word<Colour>;
/// How far a change of many tickets is.
pub type BulkStateWord = Word<bulk::BulkState>;
/// What became of one of them.
pub type BulkOutcomeWord = Word<bulk::BulkOutcome>;
/// How often a scheduled export is made.
pub type TicketExportCadenceWord = Word<scheduled::Cadence>;
/// Why a scheduled export is paused.
pub type TicketExportPauseWord = Word<scheduled::Pause>;
/// Where a run of a scheduled export stands.
pub type TicketExportRunStateWord = Word<scheduled::RunState>;
/// Why a run of a scheduled export failed.
pub type TicketExportTroubleWord = Word<scheduled::Trouble>;
/// What a column of a file of customers holds.
pub type CustomerImportColumnWord = Word<Column>;
/// Where an import of customers stands.
pub type CustomerImportStateWord = Word<ImportState>;
/// Where a run of a rule is.
pub type AutomationRunStateWord = Word<automation::RunState>;
/// Where a webhook's delivery is.
pub type WebhookDeliveryStateWord = Word<webhook::DeliveryState>;
/// Why a webhook's delivery brought no answer.
pub type WebhookFaultWord = Word<webhook::Fault>;
/// What a notification is about.
pub type NotificationTopicWord = Word<notification::Topic>;
/// The way it takes.
pub type NotificationChannelWord = Word<notification::Channel>;
/// Whom an event tells.
pub type NotificationPartyWord = Word<notification::Party>;
/// When it is told.
pub type NotificationDeliveryWord = Word<notification::Delivery>;
/// A message that the product sends by itself.
pub type MessageKeyWord = Word<message::Message>;
/// What a message is for.
pub type MessageCategoryWord = Word<message::Category>;
/// How a message goes out.
pub type MessageChannelWord = Word<message::Channel>;
/// What a template that was added is for.
pub type CustomTemplateCategoryWord = Word<message::custom::Purpose>;
/// What a variable of a message holds.
pub type MessageVariableKindWord = Word<message::Kind>;
/// Where a text message is.
pub type SmsStateWord = Word<SmsState>;

impl<T: WordSet> Word<T> {
    /// A word as the database has it.
    pub fn stored(text: String) -> Self {
        Self {
            text: Cow::Owned(text),
            set: PhantomData,
        }
    }

    /// The member of the set; always there for what came in.
    pub fn known(&self) -> Option<T> {
        T::parse(&self.text)
    }

    /// The word.
    #[cfg(test)]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<T: WordSet> From<T> for Word<T> {
    fn from(word: T) -> Self {
        Self {
            text: Cow::Borrowed(word.as_str()),
            set: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Word<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl<T> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, T: WordSet> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        T::parse(&text).map(Self::from).ok_or_else(|| {
            let known: Vec<&str> = T::ALL.iter().map(|word| word.as_str()).collect();
            D::Error::custom(format_args!("use one of {}", known.join(", ")))
        })
    }
}

impl<T: WordSet> PartialSchema for Word<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(T::ALL.iter().map(|word| word.as_str())))
            .into()
    }
}

impl<T: WordSet> ToSchema for Word<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_another_set_is_refused() {
        let word: MailClassWord = serde_json::from_str("\"ooo\"").unwrap();
        assert_eq!(word.as_str(), "ooo");
        let error = serde_json::from_str::<TlsModeWord>("\"ssl\"").unwrap_err();
        assert!(error.to_string().contains("tls, starttls, none"), "{error}");
    }
}
