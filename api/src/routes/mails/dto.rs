//! Mail as the API shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use store::{
    attachment::Attachment,
    mail::{Mail, Summary},
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::routes::tickets::AttachmentDto;

/// A ticket, briefly.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketRef {
    /// Id.
    pub id: Uuid,
    /// Number.
    pub number: i64,
}

/// A mail in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailSummary {
    /// Id.
    pub id: Uuid,
    /// Address of the mailbox.
    pub mailbox: String,
    /// `received`, `processed`, `duplicate`, `quarantined`, `bounce`, `dropped` or `dead`.
    pub state: String,
    /// `human`, `auto_reply`, `ooo`, `bulk`, `dsn_failed`, …; `null` until it was read.
    pub class: Option<String>,
    /// Sender's address.
    pub from: Option<String>,
    /// Sender's name.
    pub from_name: Option<String>,
    /// Subject.
    pub subject: Option<String>,
    /// When it was taken in.
    pub received_at: DateTime<Utc>,
    /// Ticket.
    pub ticket: Option<TicketRef>,
    /// Why it is where it is.
    pub reason: Option<String>,
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
            state: row.state,
            class: row.class,
            from: row.from_address,
            from_name: row.from_name,
            subject: row.subject,
            received_at: row.received_at,
            ticket,
            reason: row.reason,
        }
    }
}

/// A mail's journey.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailJourney {
    /// What lists show.
    #[serde(flatten)]
    pub summary: MailSummary,
    /// Headers that decided the class: `[{header, value, meaning}]`.
    pub evidence: Value,
    /// Recipients: `[{name, address}]`.
    pub to: Value,
    /// Copies.
    pub cc: Value,
    /// Where answers are asked to go.
    pub reply_to: Value,
    /// Decoded text.
    pub text: Option<String>,
    /// Sanitised HTML; show it in a sandboxed frame.
    pub html: Option<String>,
    /// Byte offset in `text` where quoted text begins.
    pub quoted_from: Option<i64>,
    /// What was odd about it.
    pub warnings: Value,
    /// Files.
    pub attachments: Vec<AttachmentDto>,
    /// `{decision, reasons: [{step, evidence, outcome}], …}`.
    pub threading: Option<Value>,
    /// Ticket.
    pub ticket_id: Option<Uuid>,
    /// Message of the ticket.
    pub message_id: Option<Uuid>,
    /// Message-ID header.
    pub header_message_id: Option<String>,
    /// The mail it repeats.
    pub duplicate_of: Option<Uuid>,
    /// What it caused: `[{kind, detail, at}]`.
    pub effects: Value,
    /// Failed attempts.
    pub attempts: i32,
    /// Last failure.
    pub error: Option<String>,
    /// Size in bytes of what is stored.
    pub size: i64,
    /// Size of the whole message in bytes, when it was above the limit and only its header section is stored.
    pub full_size: Option<i64>,
    /// `release`, `reprocess`, `drop`.
    pub allowed_actions: Vec<String>,
}

impl MailJourney {
    pub(super) fn new(mail: Mail, files: Vec<Attachment>, manages: bool) -> Self {
        let parsed = mail.parsed.unwrap_or(Value::Null);
        let part = |name: &str| parsed.get(name).cloned().unwrap_or(Value::Array(Vec::new()));
        let text = |name: &str| parsed.get(name).and_then(Value::as_str).map(str::to_owned);
        let actions: &[&str] = match mail.summary.state.as_str() {
            "quarantined" => &["release", "reprocess", "drop"],
            "dropped" => &["reprocess"],
            _ => &[],
        };
        Self {
            evidence: mail.evidence,
            to: part("to"),
            cc: part("cc"),
            reply_to: part("reply_to"),
            text: text("text"),
            html: text("html"),
            quoted_from: parsed.get("quoted_from").and_then(Value::as_i64),
            warnings: part("warnings"),
            attachments: files.into_iter().map(AttachmentDto::from).collect(),
            threading: mail.threading,
            ticket_id: mail.summary.ticket_id,
            message_id: mail.message_id,
            header_message_id: mail.header_message_id,
            duplicate_of: mail.duplicate_of,
            effects: mail.effects,
            attempts: mail.attempts,
            error: mail.error,
            size: mail.size,
            full_size: mail.full_size,
            allowed_actions: actions.iter().filter(|_| manages).map(|a| (*a).to_owned()).collect(),
            summary: mail.summary.into(),
        }
    }
}
