//! Giving a mail its place. Everything that follows from a mail is one transaction with the end of its job: it happens once,
//! however often the job runs.

use chrono::{DateTime, Utc};
use domain::mail::{
    address::OwnAddresses,
    autoresponse::{RateBrakes, RateCounts},
    class::{MailClass, classify},
    duplicate::{DuplicateVerdict, Seen, judge},
    facts::{MailFacts, SenderTrust},
    note::{Code, Note},
    spam::{Judgement, Verdict},
    threading::{
        Decision, Threading,
        decide::decide,
        evidence::{Evidence, collect},
    },
    words::{MailReason, MailState, SuppressionReason},
};
use jobs::process_mail::Release;
use store::{
    attachment::Attachment,
    ledger,
    mail::{self, Analysis, Mail},
    mailbox::{self, Mailbox},
    spam_rule,
    suppression::{self, NewSuppression},
    user,
};
use uuid::Uuid;

use super::{file, lookups, report, spam, tokens};
use crate::{App, AppError, Tx, upload};

/// A mail that was parsed, outside of any transaction.
#[derive(Debug)]
pub struct Incoming {
    /// Headers and envelope.
    pub facts: MailFacts,
    /// Whole text, quotes included, in which tokens are looked for.
    pub full_text: String,
    /// Text shown to people.
    pub text: String,
    /// Sanitised HTML.
    pub html: Option<String>,
    /// Version of the rules it was sanitised by.
    pub html_policy: i32,
    /// Byte offset in `text` where quoted text starts.
    pub quoted_from: Option<usize>,
    /// Files, stored already, with ids given.
    pub attachments: Vec<Attachment>,
    /// Message-ID, made up when the mail has none.
    pub message_id: String,
    /// Fingerprint of the content.
    pub content_fp: String,
    /// What was odd about it.
    pub warnings: Vec<Note>,
}

/// The pieces of one run.
pub(super) struct Run<'a> {
    pub(super) app: &'a App,
    pub(super) mail: &'a Mail,
    pub(super) mailbox: &'a Mailbox,
    /// All mailboxes; the mail's own is one of them.
    pub(super) mailboxes: &'a [Mailbox],
    /// Addresses that are ours.
    pub(super) own: &'a OwnAddresses,
    /// The sender's account; none while somebody else may have used his address.
    pub(super) account: Option<Uuid>,
    /// The language of that account.
    pub(super) account_locale: Option<&'a str>,
    /// Why the sender is not believed, unless staff vouched for the mail by releasing it.
    pub(super) doubt: Option<Code>,
    pub(super) incoming: &'a Incoming,
    pub(super) class: MailClass,
    pub(super) evidence: &'a Evidence,
    pub(super) now: DateTime<Utc>,
}

impl Run<'_> {
    /// Only the header section is here.
    pub(super) fn too_large(&self) -> bool {
        self.mail.full_size.is_some()
    }
}

/// Where a mail ended.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) state: MailState,
    pub(super) reason: Option<MailReason>,
    pub(super) ticket_id: Option<Uuid>,
    pub(super) duplicate_of: Option<Uuid>,
    pub(super) effects: Vec<Note>,
    /// What was weighed for and against spam, where anything was.
    pub(super) spam: Option<Judgement>,
}

impl Place {
    pub(super) fn new(state: MailState) -> Self {
        Self {
            state,
            reason: None,
            ticket_id: None,
            duplicate_of: None,
            effects: Vec::new(),
            spam: None,
        }
    }

    pub(super) fn because(state: MailState, reason: MailReason) -> Self {
        Self {
            reason: Some(reason),
            ..Self::new(state)
        }
    }
}

/// Effects as stored: what and when.
pub(super) fn effects_json(effects: &[Note], at: DateTime<Utc>) -> serde_json::Value {
    let line = |note: &Note| serde_json::json!({ "code": note.code, "params": note.params, "at": at });
    effects.iter().map(line).collect()
}

/// Processes a mail; `job` and `attempt` end with it. A mail that has its place already is left alone.
///
/// # Errors
/// [`AppError::Stale`] when another attempt owns the job: nothing was written.
pub async fn process(
    app: &App,
    mail_id: Uuid,
    incoming: &Incoming,
    release: Option<&Release>,
    (job, attempt): (Uuid, i32),
) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let mail = mail::find_for_update(tx.conn()?, mail_id).await?;
    if mail.summary.state != "received" {
        ledger::finish_in(tx.conn()?, job, attempt).await?;
        return tx.commit().await;
    }
    let mailboxes = mailbox::all(tx.conn()?).await?;
    let mailbox = mailboxes.iter().find(|mailbox| mailbox.id == mail.mailbox_id);
    let mailbox = mailbox.ok_or(AppError::NotFound)?;
    let own = OwnAddresses::new(mailboxes.iter().map(|mailbox| mailbox.address.as_str()));
    let classified = classify(&incoming.facts, &app.identity.instance);
    let evidence = collect(&incoming.facts, &incoming.full_text, &tokens(app)?, &own);
    // Mails of one conversation come in one batch and are read side by side: the second sees what the first became.
    let named = evidence.foreign_ids.iter().map(String::as_str);
    let named: Vec<&str> = named.chain([incoming.message_id.as_str()]).collect();
    mail::hold(tx.conn()?, &named).await?;
    let account = match incoming.facts.sender() {
        Some(sender) => user::by_email(tx.conn()?, &sender.address.to_lowercase()).await?,
        None => None,
    };
    let found = lookups::gather(tx.conn()?, &incoming.facts, &evidence, own, account.as_ref(), now).await?;
    let threading = decide(&incoming.facts, classified.class, &evidence, &found);
    upload::insert(app, &mut tx, &mut incoming.attachments.clone()).await?;
    let (trust, why) = incoming.facts.trust();
    let doubt = (trust == SenderTrust::Failed && release.is_none()).then_some(why);
    let run = Run {
        app,
        mail: &mail,
        mailbox,
        mailboxes: &mailboxes,
        own: &found.own,
        account: account.as_ref().map(|user| user.id).filter(|_| doubt.is_none()),
        account_locale: account
            .as_ref()
            .map(|user| user.locale.as_str())
            .filter(|_| doubt.is_none()),
        doubt,
        incoming,
        class: classified.class,
        evidence: &evidence,
        now,
    };
    let mut place = place(&mut tx, &run, &threading, found.sender_is_agent, release).await?;
    if run.too_large() && place.reason.is_none() {
        place.reason = Some(MailReason::MessageTooLarge);
    }
    // Last of all, as whoever blocks the sender of a ticket holds the ticket first.
    if let Some(rule) = place.spam.as_ref().and_then(|judged| judged.rule_id) {
        spam_rule::hit(tx.conn()?, rule, now).await?;
    }
    let sender = incoming.facts.sender();
    let analysis = Analysis {
        state: place.state.as_str(),
        class: Some(classified.class.as_str()),
        message_id: Some(&incoming.message_id),
        content_fp: Some(incoming.content_fp.as_bytes()),
        from_address: sender.map(|s| s.address.as_str()),
        from_name: sender.map(|s| s.name.as_str()),
        subject: Some(&incoming.facts.subject),
        parsed: Some(parsed_json(incoming)),
        html_policy: incoming.html.as_ref().map(|_| incoming.html_policy),
        evidence: to_json(&classified.evidence)?,
        threading: Some(to_json(&threading)?),
        spam: place.spam.as_ref().map(to_json).transpose()?,
        effects: effects_json(&place.effects, now),
        reason: place.reason.map(MailReason::as_str),
        error: None,
        ticket_id: place.ticket_id,
        duplicate_of: place.duplicate_of,
    };
    mail::settle(tx.conn()?, mail_id, mail.version, &analysis, now).await?;
    ledger::finish_in(tx.conn()?, job, attempt).await?;
    tx.commit().await
}

async fn place(
    tx: &mut Tx,
    run: &Run<'_>,
    threading: &Threading,
    colleague: bool,
    release: Option<&Release>,
) -> Result<Place, AppError> {
    if let Some(release) = release {
        return file::released(tx, run, release).await;
    }
    let twin = duplicate(tx, run).await?;
    if let Twin::Same(place) = twin {
        return Ok(place);
    }
    if let Decision::DropOwnLoop = threading.decision {
        return Ok(Place::because(MailState::Dropped, MailReason::OwnLoop));
    }
    if let Decision::DeliveryEvent {
        ticket,
        message,
        outgoing,
    } = &threading.decision
    {
        return report::record(tx, run, *ticket, *message, *outgoing).await;
    }
    if let Some(place) = flood(tx, run).await? {
        return Ok(place);
    }
    let (judged, meant) = spam::judge(tx, run, &threading.decision, colleague).await?;
    let aside = matches!(threading.decision, Decision::Quarantine { .. });
    if judged.verdict == Verdict::Quarantine && !aside {
        return Ok(Place {
            ticket_id: meant,
            spam: Some(judged),
            ..Place::because(MailState::Quarantined, MailReason::Spam)
        });
    }
    let mut place = file::by_decision(tx, run, &threading.decision).await?;
    place.spam = Some(judged);
    match twin {
        Twin::OtherContent => place.effects.push(Code::SameIdOtherContent.into()),
        Twin::OtherGroup(Some(other)) => file::link(tx, run, &mut place, other).await?,
        _ => {}
    }
    Ok(place)
}

/// An earlier mail that this one resembles.
enum Twin {
    None,
    /// The same mail to the same group: nothing more is done.
    Same(Place),
    /// The same Message-ID, but another mail.
    OtherContent,
    /// The same mail to another group, with its ticket there.
    OtherGroup(Option<Uuid>),
}

/// The same content to the same group is a duplicate; the same Message-ID with other content is not.
async fn duplicate(tx: &mut Tx, run: &Run<'_>) -> Result<Twin, AppError> {
    let fingerprint = run.incoming.content_fp.as_str();
    let twins = mail::find_twin(tx.conn()?, run.mail.summary.id, &run.incoming.message_id).await?;
    let prints: Vec<String> = twins
        .iter()
        .map(|t| String::from_utf8_lossy(t.content_fp.as_deref().unwrap_or_default()).into_owned())
        .collect();
    let seen: Vec<Seen<'_, Uuid>> = twins
        .iter()
        .zip(&prints)
        .map(|(twin, print)| Seen {
            id: twin.id,
            same_group: twin.group_id == run.mailbox.group_id,
            message_id: Some(&run.incoming.message_id),
            content_fp: print,
        })
        .collect();
    let ticket_of = |id| twins.iter().find(|twin| twin.id == id).and_then(|twin| twin.ticket_id);
    Ok(match judge(Some(&run.incoming.message_id), fingerprint, &seen) {
        DuplicateVerdict::Fresh => Twin::None,
        DuplicateVerdict::DuplicateOf(id) => Twin::Same(Place {
            ticket_id: ticket_of(id),
            duplicate_of: Some(id),
            ..Place::because(MailState::Duplicate, MailReason::Duplicate)
        }),
        DuplicateVerdict::SameIdOtherContent(_) => Twin::OtherContent,
        DuplicateVerdict::CrossPosted(id) => Twin::OtherGroup(ticket_of(id)),
    })
}

/// A sender who floods is quarantined, so that a loop elsewhere cannot fill the desk.
async fn flood(tx: &mut Tx, run: &Run<'_>) -> Result<Option<Place>, AppError> {
    let Some(sender) = run.incoming.facts.sender() else {
        return Ok(None);
    };
    let brakes = RateBrakes::default();
    let address = sender.address.to_lowercase();
    let since = run.now - chrono::Duration::minutes(10);
    let before = mail::recent_from(tx.conn()?, &address, since).await?;
    let counts = RateCounts {
        inbound_ten_minutes: u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1),
        ..RateCounts::default()
    };
    if !brakes.is_flood(&counts) {
        return Ok(None);
    }
    let suppression = NewSuppression {
        address: &address,
        reason: SuppressionReason::Flood,
        detail: None,
        until: Some(run.now + brakes.flood_suppression),
        at: run.now,
    };
    suppression::suppress(tx.conn()?, suppression).await?;
    Ok(Some(Place {
        effects: vec![Note::new(Code::AddressPaused).with("address", address)],
        ..Place::because(MailState::Quarantined, MailReason::Flood)
    }))
}

fn parsed_json(incoming: &Incoming) -> serde_json::Value {
    let facts = &incoming.facts;
    serde_json::json!({
        "from": facts.from, "to": facts.to, "cc": facts.cc, "reply_to": facts.reply_to,
        "reply_to_differs": facts.reply_to_differs(), "text": incoming.text, "html": incoming.html,
        "quoted_from": incoming.quoted_from, "warnings": incoming.warnings, "auth": facts.auth,
    })
}

pub(super) fn to_json(value: &impl serde::Serialize) -> Result<serde_json::Value, AppError> {
    serde_json::to_value(value).map_err(|error| AppError::Internal(error.to_string()))
}
