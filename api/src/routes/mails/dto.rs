//! Mail as the API shows it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::mail::{
    address::{self, MailAddress},
    words::MailAction,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use store::{
    attachment::Attachment,
    mail::{Mail, Summary},
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    routes::tickets::AttachmentDto,
    words::{
        CodeWord, ConfusableWord, DecisionWord, MailActionWord, MailClassWord, MailReasonWord, MailStateWord,
        SpamVerdictWord, StepWord,
    },
};

/// A ticket, briefly.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketRef {
    /// Id.
    pub id: Uuid,
    /// Number.
    pub number: i64,
}

/// Why a sender may be mistaken for another.
pub fn confusable(name: Option<&str>, address: Option<&str>) -> Option<ConfusableWord> {
    let sender = MailAddress::new(name.unwrap_or_default(), address?);
    address::confusable(&sender).map(ConfusableWord::from)
}

/// A mail in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailSummary {
    /// Id.
    pub id: Uuid,
    /// Address of the mailbox.
    pub mailbox: String,
    /// Where it stands.
    pub state: MailStateWord,
    /// What it is; `null` until it was read.
    pub class: Option<MailClassWord>,
    /// Sender's address.
    pub from: Option<String>,
    /// Sender's name.
    pub from_name: Option<String>,
    /// Why the sender may be mistaken for another.
    pub confusable: Option<ConfusableWord>,
    /// Subject.
    pub subject: Option<String>,
    /// When it was taken in.
    pub received_at: DateTime<Utc>,
    /// Ticket.
    pub ticket: Option<TicketRef>,
    /// Why it is where it is, when that does not go without saying.
    pub reason: Option<MailReasonWord>,
}

impl From<Summary> for MailSummary {
    fn from(row: Summary) -> Self {
        let ticket = row
            .ticket_id
            .zip(row.ticket_number)
            .map(|(id, number)| TicketRef { id, number });
        Self {
            id: row.id,
            mailbox: row.mailbox,
            state: MailStateWord::stored(row.state),
            class: row.class.map(MailClassWord::stored),
            confusable: confusable(row.from_name.as_deref(), row.from_address.as_deref()),
            from: row.from_address,
            from_name: row.from_name,
            subject: row.subject,
            received_at: row.received_at,
            ticket,
            reason: row.reason.map(MailReasonWord::stored),
        }
    }
}

/// A stable code with parameters, from which a reader makes a sentence in his language.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct NoteDto {
    /// What is told.
    pub code: CodeWord,
    /// What it is told of.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
}

/// A header that decided the class.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct EvidenceDto {
    /// Field name.
    pub header: String,
    /// Its value, shortened to 200 characters.
    pub value: String,
    /// What it means.
    pub meaning: CodeWord,
}

/// A mailbox in a header.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct MailAddressDto {
    /// Name; empty when there is none.
    #[serde(default)]
    pub name: String,
    /// Address.
    pub address: String,
}

/// Where a mail goes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DecisionDto {
    /// Which way.
    pub decision: DecisionWord,
    /// Number of the ticket that it is about, when there is one.
    #[serde(alias = "related", alias = "of")]
    pub ticket: Option<i64>,
}

/// A step of threading: what it saw, and what followed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ReasonDto {
    /// The step.
    pub step: StepWord,
    /// What was seen.
    pub evidence: NoteDto,
    /// What followed from it.
    pub outcome: NoteDto,
}

/// A decision with its reasons.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ThreadingDto {
    /// Where the mail goes.
    pub decision: DecisionDto,
    /// Why, step by step.
    pub reasons: Vec<ReasonDto>,
}

/// One thing that was weighed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SpamReasonDto {
    /// What it is.
    #[serde(flatten)]
    pub note: NoteDto,
    /// Points for spam, negative against it; `null` for what decides or explains without any.
    #[schema(required = true)]
    pub points: Option<i32>,
}

/// Whether a mail is spam, and why.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SpamJudgementDto {
    /// What came of it.
    pub verdict: SpamVerdictWord,
    /// Sum of the points.
    pub points: i32,
    /// Points that would have been spam in its mailbox.
    pub threshold: i32,
    /// The rule of staff that decided.
    #[schema(required = true)]
    pub rule_id: Option<Uuid>,
    /// Everything that was weighed.
    pub reasons: Vec<SpamReasonDto>,
}

/// Something a mail caused.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct EffectDto {
    /// What.
    #[serde(flatten)]
    pub note: NoteDto,
    /// When.
    pub at: DateTime<Utc>,
}

/// A mail's journey.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailJourney {
    /// What lists show.
    #[serde(flatten)]
    pub summary: MailSummary,
    /// Headers that decided the class.
    pub evidence: Vec<EvidenceDto>,
    /// Recipients.
    pub to: Vec<MailAddressDto>,
    /// Copies.
    pub cc: Vec<MailAddressDto>,
    /// Where answers are asked to go.
    pub reply_to: Vec<MailAddressDto>,
    /// They are asked to go to another domain than the sender's.
    pub reply_to_differs: bool,
    /// Decoded text.
    pub text: Option<String>,
    /// Sanitised HTML; show it in a sandboxed frame.
    pub html: Option<String>,
    /// Byte offset in `text` where quoted text begins.
    pub quoted_from: Option<i64>,
    /// What was odd about it.
    pub warnings: Vec<NoteDto>,
    /// Files.
    pub attachments: Vec<AttachmentDto>,
    /// Which ticket it belongs to, and why.
    pub threading: Option<ThreadingDto>,
    /// Whether it is spam, and why; `null` when nobody asked, as of a report or of a mail that staff let in at once.
    #[schema(required = true)]
    pub spam: Option<SpamJudgementDto>,
    /// Ticket.
    pub ticket_id: Option<Uuid>,
    /// Message of the ticket.
    pub message_id: Option<Uuid>,
    /// Message-ID header.
    pub header_message_id: Option<String>,
    /// The mail it repeats.
    pub duplicate_of: Option<Uuid>,
    /// What it caused.
    pub effects: Vec<EffectDto>,
    /// Failed attempts.
    pub attempts: i32,
    /// Last failure.
    pub error: Option<String>,
    /// Size in bytes of what is stored.
    pub size: i64,
    /// The message as it came in is still stored.
    pub raw_kept: bool,
    /// Size of the whole message in bytes, when it was above the limit and only its header section is stored.
    pub full_size: Option<i64>,
    /// What the caller may do with it.
    pub allowed_actions: Vec<MailActionWord>,
}

/// Stored JSON in its described form.
fn read<T: DeserializeOwned + Default>(value: Value) -> T {
    serde_json::from_value(value).unwrap_or_else(|error| {
        tracing::error!(%error, "a mail's journey is stored in another form than expected");
        T::default()
    })
}

impl MailJourney {
    pub(super) fn new(mail: Mail, files: Vec<Attachment>, manages: bool) -> Self {
        let parsed = mail.parsed.unwrap_or(Value::Null);
        let part = |name: &str| parsed.get(name).cloned().unwrap_or(Value::Array(Vec::new()));
        let addresses = |name: &str| read::<Vec<MailAddressDto>>(part(name));
        let text = |name: &str| parsed.get(name).and_then(Value::as_str).map(str::to_owned);
        let actions: &[MailAction] = match mail.summary.state.as_str() {
            _ if !manages || mail.sha256.is_empty() => &[],
            "quarantined" => &[MailAction::Release, MailAction::Reprocess, MailAction::Drop],
            "dropped" => &[MailAction::Reprocess],
            _ => &[],
        };
        Self {
            evidence: read(mail.evidence),
            to: addresses("to"),
            cc: addresses("cc"),
            reply_to: addresses("reply_to"),
            reply_to_differs: parsed
                .get("reply_to_differs")
                .and_then(Value::as_bool)
                .unwrap_or_default(),
            text: text("text"),
            html: text("html"),
            quoted_from: parsed.get("quoted_from").and_then(Value::as_i64),
            warnings: read(part("warnings")),
            attachments: files.into_iter().map(AttachmentDto::from).collect(),
            threading: mail.threading.and_then(read::<Option<ThreadingDto>>),
            spam: mail.spam.and_then(read::<Option<SpamJudgementDto>>),
            ticket_id: mail.summary.ticket_id,
            message_id: mail.message_id,
            header_message_id: mail.header_message_id,
            duplicate_of: mail.duplicate_of,
            effects: read(mail.effects),
            attempts: mail.attempts,
            error: mail.error,
            size: mail.size,
            raw_kept: !mail.sha256.is_empty(),
            full_size: mail.full_size,
            allowed_actions: actions.iter().copied().map(MailActionWord::from).collect(),
            summary: mail.summary.into(),
        }
    }
}
