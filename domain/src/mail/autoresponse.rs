//! May a machine answer this mail? When in doubt, no: two machines that answer each other fill both mailboxes.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::address::{OwnAddresses, normalise_address};
use super::class::{Evidence, MailClass, hops};
use super::facts::{MailFacts, SenderTrust};
use super::note::Code;

/// Mails passed through more installations than this are never answered.
pub const MAX_HOPS: u32 = 3;

/// What the rules need beside the mail.
#[derive(Debug, Clone, Copy)]
pub struct AutoResponseContext<'a> {
    /// Class of the mail.
    pub class: MailClass,
    /// Our own addresses.
    pub own: &'a OwnAddresses,
    /// Whether the mailbox is being imported (old mail, no notifications).
    pub importing: bool,
    /// Whether the sender's address is suppressed after bounces.
    pub suppressed: bool,
}

/// Whether an automatic answer may be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum AutoResponse {
    /// Yes; `verified` tells whether the answer may repeat the customer's words.
    Allowed {
        /// DMARC passed. Otherwise the answer holds only our number and a link (anti-relay).
        verified: bool,
    },
    /// No, and why.
    Refused(Evidence),
}

/// Decides whether the mail may be answered automatically.
#[must_use]
pub fn may_auto_respond(facts: &MailFacts, context: AutoResponseContext<'_>) -> AutoResponse {
    match refusal(facts, context) {
        Some(evidence) => AutoResponse::Refused(evidence),
        None => AutoResponse::Allowed {
            verified: facts.trust().0 == SenderTrust::Verified,
        },
    }
}

fn refusal(facts: &MailFacts, context: AutoResponseContext<'_>) -> Option<Evidence> {
    let headers = &facts.headers;
    if context.class != MailClass::Human {
        return Some(Evidence::known(Code::OnlyPeople));
    }
    if context.importing {
        return Some(Evidence::known(Code::Importing));
    }
    match facts.envelope.return_path.as_deref().map(str::trim) {
        None => return Some(Evidence::known(Code::EnvelopeSenderUnknown)),
        Some("" | "<>") => return Some(Evidence::new("Return-Path", "<>", Code::NullSender)),
        Some(_) => {}
    }
    if let Some(value) = headers
        .all("Auto-Submitted")
        .find(|v| !v.trim().eq_ignore_ascii_case("no"))
    {
        return Some(Evidence::new("Auto-Submitted", value, Code::SentByMachine));
    }
    if let Some(value) = headers.all("Precedence").find(|v| {
        matches!(
            v.trim().to_ascii_lowercase().as_str(),
            "bulk" | "list" | "junk" | "auto_reply"
        )
    }) {
        return Some(Evidence::new("Precedence", value, Code::BulkOrAutomatic));
    }
    if let Some(line) = headers.with_prefix("List-").next() {
        return Some(Evidence::new(&line.name, &line.value, Code::MailingList));
    }
    if let Some(value) = headers.all("X-Auto-Response-Suppress").find(|v| {
        v.split(',')
            .any(|w| matches!(w.trim().to_ascii_lowercase().as_str(), "all" | "autoreply" | "oof"))
    }) {
        return Some(Evidence::new("X-Auto-Response-Suppress", value, Code::NoAnswerWanted));
    }
    for name in [
        "X-Autoreply",
        "X-Autorespond",
        "X-Autoresponder",
        "X-Auto-Reply-From",
        "X-Loop",
        "Feedback-ID",
        "X-Campaign",
        "X-Campaign-Id",
    ] {
        if let Some(value) = headers.get(name) {
            return Some(Evidence::new(name, value, Code::SentByMachine));
        }
    }
    if hops(facts) >= MAX_HOPS {
        return Some(Evidence::new(
            super::class::INSTANCE_HEADER,
            &hops(facts).to_string(),
            Code::TooManyHops,
        ));
    }
    sender_refusal(facts, context)
}

fn sender_refusal(facts: &MailFacts, context: AutoResponseContext<'_>) -> Option<Evidence> {
    let (trust, why) = facts.trust();
    let sender = facts
        .sender()
        .map(|a| normalise_address(&a.address))
        .unwrap_or_default();
    if trust == SenderTrust::Failed {
        return Some(Evidence::new("From", &sender, why));
    }
    let local = sender.rsplit_once('@').map_or("", |(local, _)| local);
    if is_robot_local_part(local) {
        return Some(Evidence::new("From", &sender, Code::MachineAddress));
    }
    if context.own.contains(&sender) {
        return Some(Evidence::new("From", &sender, Code::OwnAddress));
    }
    // Answers go to the return address, so that one must be safe as well.
    let back = facts
        .envelope
        .return_path
        .as_deref()
        .map(normalise_address)
        .unwrap_or_default();
    if context.own.contains(&back) || is_robot_local_part(back.rsplit_once('@').map_or("", |(l, _)| l)) {
        return Some(Evidence::new("Return-Path", &back, Code::UnsafeReturnPath));
    }
    if context.suppressed {
        return Some(Evidence::known(Code::Suppressed));
    }
    let personal = facts
        .to
        .iter()
        .chain(&facts.cc)
        .any(|a| context.own.contains(&a.address));
    (!personal).then(|| Evidence::known(Code::NotAddressedToUs))
}

/// No person reads what is sent to this address.
#[must_use]
pub fn is_robot(address: &str) -> bool {
    is_robot_local_part(
        normalise_address(address)
            .rsplit_once('@')
            .map_or("", |(local, _)| local),
    )
}

fn is_robot_local_part(local: &str) -> bool {
    let bare = local.replace(['-', '_', '.'], "");
    matches!(local, "mailer-daemon" | "postmaster")
        || matches!(bare.as_str(), "noreply" | "donotreply" | "nepasrepondre")
        || bare.starts_with("noreply")
        || local.starts_with("bounce")
        || local.starts_with("owner-")
        || local.ends_with("-request")
}

/// Rate limits of automatic mail. Counters live in the database and fail closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateBrakes {
    /// Least time between two acknowledgements to one address.
    pub ack_gap: Duration,
    /// Most acknowledgements to one address in 24 hours.
    pub acks_per_day: u32,
    /// Most automatic mails of one ticket in ten minutes.
    pub ticket_per_ten_minutes: u32,
    /// Most mails from one sender in ten minutes; more are quarantined.
    pub inbound_per_ten_minutes: u32,
    /// How long a flooding sender gets no automatic mail.
    pub flood_suppression: Duration,
}

impl Default for RateBrakes {
    fn default() -> Self {
        Self {
            ack_gap: Duration::minutes(15),
            acks_per_day: 5,
            ticket_per_ten_minutes: 10,
            inbound_per_ten_minutes: 20,
            flood_suppression: Duration::hours(1),
        }
    }
}

/// What was counted before this mail.
#[derive(Debug, Clone, Copy, Default)]
pub struct RateCounts {
    /// Time since the last acknowledgement to this address; `None` when there was none.
    pub since_last_ack: Option<Duration>,
    /// Acknowledgements to this address in the last 24 hours.
    pub acks_today: u32,
    /// Automatic mails of this ticket in the last ten minutes.
    pub ticket_ten_minutes: u32,
    /// Mails of this sender in the last ten minutes, this one included.
    pub inbound_ten_minutes: u32,
}

impl RateBrakes {
    /// The brake that forbids an automatic answer now.
    #[must_use]
    pub fn brake(&self, counts: &RateCounts) -> Option<Code> {
        if self.is_flood(counts) {
            return Some(Code::BrakeFlood);
        }
        if counts.since_last_ack.is_some_and(|since| since < self.ack_gap) {
            return Some(Code::BrakePause);
        }
        if counts.acks_today >= self.acks_per_day {
            return Some(Code::BrakeDay);
        }
        (counts.ticket_ten_minutes >= self.ticket_per_ten_minutes).then_some(Code::BrakeTicket)
    }

    /// Whether the sender floods us, so that the mail is quarantined.
    #[must_use]
    pub const fn is_flood(&self, counts: &RateCounts) -> bool {
        counts.inbound_ten_minutes > self.inbound_per_ten_minutes
    }
}

#[cfg(test)]
#[path = "autoresponse_tests.rs"]
mod tests;
