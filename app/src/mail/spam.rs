//! Whether a mail is spam: who its sender is to us, what the mailbox says, and the rules that staff set.

use domain::{
    mail::{
        note::Code,
        spam::{self, DEFAULT_THRESHOLD, Judgement, Question, Rule, RuleField, RuleVerdict, Standing, TrustedFilter},
        threading::Decision,
    },
    words::WordSet,
};
use store::{
    mailbox::Mailbox,
    spam_rule::{self, SpamRule},
    ticket,
};
use uuid::Uuid;

use super::{lookups::known, process::Run};
use crate::{AppError, Tx};

/// Judges a mail that is about to be filed; the ticket that it would go to comes along. `colleague`: its sender is an agent.
pub(super) async fn judge(
    tx: &mut Tx,
    run: &Run<'_>,
    decision: &Decision,
    colleague: bool,
) -> Result<(Judgement, Option<Uuid>), AppError> {
    let facts = &run.incoming.facts;
    let (standing, ticket) = standing(tx, run, decision, colleague).await?;
    let senders = spam::senders(facts);
    let rows = spam_rule::candidates(tx.conn()?, &senders, &spam::domains(&senders)).await?;
    let rules = rows.into_iter().map(rule).collect::<Result<Vec<_>, _>>()?;
    let question = Question {
        facts,
        class: run.class,
        // What stands for a mail that was not read is ours.
        text: if run.too_large() { "" } else { &run.incoming.text },
        misleading_links: run.incoming.warnings.iter().any(|note| note.code == Code::LinkMismatch),
        standing,
    };
    Ok((spam::judge(&question, settings(run.mailbox), &rules), ticket))
}

/// What the mailbox says; the database keeps it to what there is.
fn settings(mailbox: &Mailbox) -> spam::Settings {
    spam::Settings {
        filter: TrustedFilter::parse(&mailbox.spam_filter).unwrap_or(TrustedFilter::None),
        threshold: if spam::THRESHOLDS.contains(&mailbox.spam_threshold) {
            mailbox.spam_threshold
        } else {
            DEFAULT_THRESHOLD
        },
    }
}

fn rule(row: SpamRule) -> Result<Rule, AppError> {
    let unknown = || AppError::Internal(format!("spam rule {} is of no known kind", row.id));
    Ok(Rule {
        id: row.id,
        verdict: RuleVerdict::parse(&row.verdict).ok_or_else(unknown)?,
        field: RuleField::parse(&row.field).ok_or_else(unknown)?,
        value: row.value,
    })
}

/// Who the sender is to us. A mark of a ticket that was spam speaks for nobody.
async fn standing(
    tx: &mut Tx,
    run: &Run<'_>,
    decision: &Decision,
    colleague: bool,
) -> Result<(Standing, Option<Uuid>), AppError> {
    let meant = match decision {
        Decision::Append { ticket, .. }
        | Decision::AppendUnverifiedNote { ticket }
        | Decision::HoldThirdParty { ticket }
        | Decision::FollowUp { of: ticket } => Some(*ticket),
        _ => None,
    };
    let marked = run.evidence.tokens.iter().map(|token| token.ticket);
    let mut home = None;
    for number in meant.into_iter().chain(marked) {
        if let Some(found) = known(ticket::find_by_number(tx.conn()?, number).await)? {
            if meant == Some(number) {
                home = Some(found.summary.id);
            }
            if !found.summary.spam {
                return Ok((Standing::Answers, home));
            }
        }
    }
    if run.doubt.is_some() {
        return Ok((Standing::Stranger, home));
    }
    let known = match run.incoming.facts.sender() {
        Some(_) if colleague => true,
        Some(sender) => spam_rule::is_correspondent(tx.conn()?, &sender.address.to_lowercase()).await?,
        None => false,
    };
    let standing = if known { Standing::Known } else { Standing::Stranger };
    Ok((standing, home))
}
