//! Whether a mail is spam, and why: signs with points, and rules of staff that decide whatever the points say.
//!
//! Ten points are what a mail server's own filter calls spam, whichever filter it is. A mail of [`Settings::threshold`] points or more is
//! kept aside, unless its sender is somebody we correspond with; nothing is deleted, and everything that was weighed is told.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    address::{confusable, normalise_address},
    class::MailClass,
    facts::{AuthResult, MailFacts, SenderTrust},
    note::{Code, Note},
};
use crate::words::words;

mod filters;
pub mod rule;

pub use rule::{Rule, RuleFault};

words! {
    /// The filter before a mailbox whose headers are believed. Anybody can write such a header, so none is unless the mailbox names it.
    TrustedFilter as "SpamFilter" {
        /// No filter.
        None = "none",
        /// SpamAssassin: `X-Spam-Status`, `X-Spam-Flag`, `X-Spam-Score`.
        SpamAssassin = "spamassassin",
        /// Rspamd: `X-Rspamd-Score`, `X-Rspamd-Action`, `X-Spamd-Result`.
        Rspamd = "rspamd",
        /// Microsoft 365 and Exchange: `X-Forefront-Antispam-Report`, `X-MS-Exchange-Organization-SCL`.
        Microsoft = "microsoft",
    }
}

words! {
    /// What a rule of staff says.
    RuleVerdict as "SpamRuleVerdict" {
        /// Such mail is let in, whatever its points.
        Allow = "allow",
        /// Such mail is kept aside, whoever sends it.
        Block = "block",
    }
}

words! {
    /// Where a rule of staff looks.
    RuleField as "SpamRuleField" {
        /// The sender's whole address.
        Address = "address",
        /// The domain of the sender's address, and the domains below it.
        Domain = "domain",
        /// Words in the subject.
        Subject = "subject",
        /// Words in the text.
        Text = "text",
        /// Words in a header field, as `Name: words`.
        Header = "header",
    }
}

words! {
    /// What comes of it.
    Verdict as "SpamVerdict" {
        /// It goes on.
        Pass = "pass",
        /// It is kept aside for staff.
        Quarantine = "quarantine",
    }
}

/// Points from which on a mailbox calls a mail spam, unless it says otherwise.
pub const DEFAULT_THRESHOLD: i32 = 10;
/// What a mailbox may choose.
pub const THRESHOLDS: std::ops::RangeInclusive<i32> = 1..=100;
/// Characters of a text that are looked at.
const TEXT: usize = 100_000;

/// What the mailbox says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Whose headers are believed.
    pub filter: TrustedFilter,
    /// Points that make spam.
    pub threshold: i32,
}

/// Who the sender is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody we know.
    Stranger,
    /// A customer, somebody of his, a contact, or a colleague; believed.
    Known,
    /// Whoever answers a mail of ours, as a mark that we signed shows, or writes in a ticket that he takes part in.
    Answers,
}

/// A mail as it is judged.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Headers and authentication.
    pub facts: &'a MailFacts,
    /// What it was taken for.
    pub class: MailClass,
    /// Its text; empty when it was not read.
    pub text: &'a str,
    /// A link leads elsewhere than it says.
    pub misleading_links: bool,
    /// Who sends it.
    pub standing: Standing,
}

/// One thing that was weighed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What it is.
    #[serde(flatten)]
    pub note: Note,
    /// Points for spam, negative against it; `None` for what decides or explains without any.
    pub points: Option<i32>,
}

impl Reason {
    fn told(note: Note) -> Self {
        Self { note, points: None }
    }
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What comes of it.
    pub verdict: Verdict,
    /// Sum of the points, never below zero.
    pub points: i32,
    /// Points that would have been spam.
    pub threshold: i32,
    /// The rule that decided.
    pub rule_id: Option<Uuid>,
    /// Everything that was weighed, and what decided.
    pub reasons: Vec<Reason>,
}

/// A text as rules compare it: lower case, without invisible characters, each run of blanks one.
#[must_use]
pub fn fold(text: &str) -> String {
    let invisible = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let lower: String = text
        .chars()
        .take(TEXT)
        .filter(|c| !invisible(*c))
        .flat_map(char::to_lowercase)
        .collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Judges a mail. Points never keep aside what somebody writes whom we know; a rule that blocks him does.
#[must_use]
pub fn judge(mail: &Question<'_>, settings: Settings, rules: &[Rule]) -> Judgement {
    let mut reasons = signs(mail);
    reasons.extend(filters::read(settings.filter, &mail.facts.headers));
    let points = reasons.iter().filter_map(|reason| reason.points).sum::<i32>().max(0);
    let decisive = decisive(mail, rules, &mut reasons);
    let verdict = match decisive.map(|rule| rule.verdict) {
        Some(RuleVerdict::Block) => Verdict::Quarantine,
        Some(RuleVerdict::Allow) => Verdict::Pass,
        None if points < settings.threshold => Verdict::Pass,
        None => match mail.standing {
            Standing::Stranger => Verdict::Quarantine,
            Standing::Known => {
                reasons.push(Reason::told(Code::KnownSender.into()));
                Verdict::Pass
            }
            Standing::Answers => {
                reasons.push(Reason::told(Code::AnswersOurMail.into()));
                Verdict::Pass
            }
        },
    };
    Judgement {
        verdict,
        points,
        threshold: settings.threshold,
        rule_id: decisive.map(|rule| rule.id),
        reasons,
    }
}

/// What the mail itself shows. Failed authentication alone stays below the usual threshold: forwarded mail fails it, too.
fn signs(mail: &Question<'_>) -> Vec<Reason> {
    let facts = mail.facts;
    let auth = &facts.auth;
    let mut found: Vec<(Code, i32)> = Vec::new();
    if facts.sender().is_none() {
        found.push((Code::FromNotOne, 3));
    }
    match auth.dmarc {
        AuthResult::Fail => found.push((Code::DmarcFailed, 5)),
        AuthResult::None if auth.authserv_id.is_some() => found.push((Code::DmarcNone, 1)),
        _ => {}
    }
    if auth.spf == AuthResult::Fail {
        found.push((Code::SpfFailed, 2));
    }
    if auth.dkim == AuthResult::Fail {
        found.push((Code::DkimFailed, 2));
    }
    if facts.from.iter().any(|from| confusable(from).is_some()) {
        found.push((Code::LookAlikeSender, 2));
    }
    if mail.misleading_links {
        found.push((Code::MisleadingLinks, 2));
    }
    if mail.class == MailClass::Bulk {
        found.push((Code::BulkMail, 2));
    }
    let reason = |(code, points): (Code, i32)| Reason {
        note: code.into(),
        points: Some(points),
    };
    found.into_iter().map(reason).collect()
}

/// The rule that decides: an address says more than a domain, a longer domain more than a shorter one, and either more than words. Of
/// rules that say as much, the one that lets in: what is let in by mistake is seen, what is kept aside may not be.
fn decisive<'a>(mail: &Question<'_>, rules: &'a [Rule], reasons: &mut Vec<Reason>) -> Option<&'a Rule> {
    let seen = rule::Seen::of(mail, rules);
    // Whoever only claims to be somebody who is let in is not let in.
    let forged = mail.facts.trust().0 == SenderTrust::Failed;
    let (unbelieved, held): (Vec<&Rule>, Vec<&Rule>) = rules
        .iter()
        .filter(|rule| seen.meets(rule))
        .partition(|rule| forged && rule.verdict == RuleVerdict::Allow && rule.names_sender());
    let chosen = held
        .iter()
        .copied()
        .max_by_key(|rule| (rule.rank(), rule.verdict == RuleVerdict::Allow));
    if let Some(rule) = chosen {
        let code = match rule.verdict {
            RuleVerdict::Allow => Code::RuleAllows,
            RuleVerdict::Block => Code::RuleBlocks,
        };
        reasons.push(Reason::told(rule.named(code)));
        let outweighed = held.iter().filter(|other| other.verdict != rule.verdict);
        reasons.extend(outweighed.map(|other| Reason::told(other.named(Code::RuleOutweighed))));
    }
    reasons.extend(
        unbelieved
            .iter()
            .map(|rule| Reason::told(rule.named(Code::RuleNotBelieved))),
    );
    chosen
}

/// The addresses that rules of address and domain are looked up by: those of From, as they are compared.
#[must_use]
pub fn senders(facts: &MailFacts) -> Vec<String> {
    facts.from.iter().map(|from| normalise_address(&from.address)).collect()
}

/// The domains that a rule may name to mean these addresses: each one and those above it, down to two labels.
#[must_use]
pub fn domains(senders: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for sender in senders {
        let Some((_, mut domain)) = sender.rsplit_once('@') else {
            continue;
        };
        while domain.contains('.') && found.len() < 100 {
            found.push(domain.to_owned());
            domain = domain.split_once('.').map_or("", |(_, above)| above);
        }
    }
    found
}

#[cfg(test)]
mod tests;
