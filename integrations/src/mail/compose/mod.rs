//! From a typed [`OutgoingMail`] to the bytes of a message. Names and subjects are words of strangers, so every value is
//! cleaned of line ends before it comes near a header. The same mail gives the same bytes: a retry repeats, it does not
//! resemble.

mod parts;

use chrono::{DateTime, Utc};
use domain::mail::address::{MailAddress, check_addr_spec};
use domain::mail::class::INSTANCE_HEADER;
use domain::mail::limits::MailLimits;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MessageBuilder};

/// Whether a machine wrote the mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Automatic {
    /// A person wrote it.
    #[default]
    No,
    /// An answer to one mail, such as an acknowledgement.
    Replied,
    /// A notice that answers nothing.
    Generated,
}

/// A file to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingAttachment {
    /// Name shown to the recipient.
    pub name: String,
    /// Media type; anything unreadable is sent as `application/octet-stream`.
    pub content_type: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// A mail to send. Ids are without angle brackets.
#[derive(Debug, Clone, Default)]
pub struct OutgoingMail {
    /// Message-ID, made and stored before the first attempt.
    pub message_id: String,
    /// Date field.
    pub date: DateTime<Utc>,
    /// From mailbox.
    pub from: MailAddress,
    /// Recipients, header and envelope.
    pub to: Vec<MailAddress>,
    /// Where answers go: the signed reply address.
    pub reply_to: Option<MailAddress>,
    /// Subject.
    pub subject: String,
    /// Plain text, markers and quoted history included.
    pub text: String,
    /// HTML alternative, already safe.
    pub html: Option<String>,
    /// The mail that this one answers.
    pub in_reply_to: Option<String>,
    /// References, oldest first; at most the first and the newest 19 are sent.
    pub references: Vec<String>,
    /// Files.
    pub attachments: Vec<OutgoingAttachment>,
    /// Address that a mail program posts to so that no more mails of this kind come (RFC 8058).
    pub unsubscribe: Option<String>,
    /// Whether a machine wrote it.
    pub automatic: Automatic,
    /// Private id of this installation.
    pub instance: String,
    /// Hops of the mail that caused this one; one is added.
    pub hops: u32,
    /// Envelope sender, usually the signed bounce address; `None` = `<>`, for pure automatic answers.
    pub envelope_from: Option<String>,
}

/// A message ready to be sent.
#[derive(Debug, Clone)]
pub struct Composed {
    /// The message, CRLF line ends.
    pub bytes: Vec<u8>,
    /// Envelope sender and recipients.
    pub envelope: Envelope,
    /// Message-ID without angle brackets.
    pub message_id: String,
}

/// Why a mail cannot be composed; none of these goes away by trying again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// An address that cannot be written into a header or envelope.
    #[error("not a valid address: {0}")]
    Address(String),
    /// Nobody to send to.
    #[error("the mail has no recipient")]
    NoRecipient,
    /// A Message-ID with characters that it cannot have.
    #[error("not a valid message id: {0}")]
    MessageId(String),
    /// Larger than servers take.
    #[error("the mail would have {size} bytes, the limit is {limit}")]
    TooLarge {
        /// Size of the message with attachments encoded.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// The library refused the message.
    #[error("the message cannot be built: {0}")]
    Build(String),
}

/// Composes a message within the default outgoing limit.
///
/// # Errors
/// When an address, id or the size cannot be sent.
pub fn compose(mail: &OutgoingMail) -> Result<Composed, ComposeError> {
    let limit = MailLimits::default().outgoing;
    let raw: usize = mail.attachments.iter().map(|a| a.bytes.len()).sum();
    // Checked before encoding, so that a refusal is cheap.
    if raw.saturating_mul(137) / 100 > limit {
        return Err(ComposeError::TooLarge {
            size: raw.saturating_mul(137) / 100,
            limit,
        });
    }
    let envelope = envelope(mail)?;
    let builder = headers(mail, envelope.clone())?;
    let bytes = parts::assemble(mail, builder)?.formatted();
    if bytes.len() > limit {
        return Err(ComposeError::TooLarge {
            size: bytes.len(),
            limit,
        });
    }
    Ok(Composed {
        bytes,
        envelope,
        message_id: mail.message_id.clone(),
    })
}

fn envelope(mail: &OutgoingMail) -> Result<Envelope, ComposeError> {
    if mail.to.is_empty() {
        return Err(ComposeError::NoRecipient);
    }
    let from = mail.envelope_from.as_deref().map(address).transpose()?;
    let to = mail
        .to
        .iter()
        .map(|to| address(&to.address))
        .collect::<Result<Vec<_>, _>>()?;
    Envelope::new(from, to).map_err(|e| ComposeError::Build(e.to_string()))
}

fn address(text: &str) -> Result<lettre::Address, ComposeError> {
    let refused = || ComposeError::Address(one_line(text, 254));
    check_addr_spec(text).map_err(|_| refused())?;
    text.parse().map_err(|_| refused())
}

fn mailbox(mailbox: &MailAddress) -> Result<Mailbox, ComposeError> {
    let name = one_line(&mailbox.name, 200);
    Ok(Mailbox::new(
        Some(name).filter(|n| !n.is_empty()),
        address(&mailbox.address)?,
    ))
}

fn headers(mail: &OutgoingMail, envelope: Envelope) -> Result<MessageBuilder, ComposeError> {
    let id = bracketed(&mail.message_id).ok_or_else(|| ComposeError::MessageId(one_line(&mail.message_id, 200)))?;
    let mut builder = Message::builder()
        .envelope(envelope)
        .date(mail.date.into())
        .from(mailbox(&mail.from)?)
        .subject(one_line(&mail.subject, 900))
        .message_id(Some(id));
    for to in &mail.to {
        builder = builder.to(mailbox(to)?);
    }
    if let Some(reply_to) = &mail.reply_to {
        builder = builder.reply_to(mailbox(reply_to)?);
    }
    if let Some(id) = mail.in_reply_to.as_deref().and_then(bracketed) {
        builder = builder.in_reply_to(id);
    }
    let references = references(mail);
    if !references.is_empty() {
        builder = builder.references(references);
    }
    if !mail.instance.is_empty() {
        let hops = mail.hops.saturating_add(1);
        builder = raw(
            builder,
            INSTANCE_HEADER,
            &format!("{}; hops={hops}", one_line(&mail.instance, 100)),
        )?;
    }
    if let Some(url) = mail.unsubscribe.as_deref().filter(|url| addressable(url)) {
        builder = raw(builder, "List-Unsubscribe", &format!("<{url}>"))?;
        builder = raw(builder, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?;
    }
    let submitted = match mail.automatic {
        Automatic::No => return Ok(builder),
        Automatic::Replied => "auto-replied",
        Automatic::Generated => "auto-generated",
    };
    builder = raw(builder, "Auto-Submitted", submitted)?;
    raw(builder, "X-Auto-Response-Suppress", "All")
}

fn raw(builder: MessageBuilder, name: &str, value: &str) -> Result<MessageBuilder, ComposeError> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|e| ComposeError::Build(e.to_string()))?;
    Ok(builder.raw_header(HeaderValue::new(name, value.to_owned())))
}

/// The first reference names the thread, the newest find the way back; long chains are cut in the middle.
fn references(mail: &OutgoingMail) -> String {
    let mut ids: Vec<String> = mail.references.iter().filter_map(|id| bracketed(id)).collect();
    if ids.len() > 20 {
        ids.drain(1..ids.len() - 19);
    }
    if let Some(answered) = mail.in_reply_to.as_deref().and_then(bracketed)
        && !ids.contains(&answered)
    {
        ids.push(answered);
    }
    ids.join(" ")
}

/// An address that may stand in a header.
fn addressable(url: &str) -> bool {
    url.len() <= 900 && url.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>'))
}

/// `<id>`, when the id holds nothing but what an id may hold.
fn bracketed(id: &str) -> Option<String> {
    let fine =
        !id.is_empty() && id.len() <= 900 && id.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>'));
    fine.then(|| format!("<{id}>"))
}

/// One line without control or direction-changing characters.
fn one_line(text: &str, limit: usize) -> String {
    let hidden = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
    let kept: String = text
        .chars()
        .filter(|c| !hidden(c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(limit)
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "../compose_tests.rs"]
mod tests;
