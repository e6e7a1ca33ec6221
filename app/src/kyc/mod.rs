//! Verification of identity: gathering papers, handing in, reviewing, renewing, expiring.

mod clean;
mod collect;
mod expire;
mod outdate;
mod policy;
mod renew;
mod review;
mod view;

pub use collect::{add_document, delete_document, submit};
pub use expire::{expire, warn};
pub(crate) use outdate::outdate;
pub(crate) use policy::in_force;
pub use policy::{Rules, change_policy, rules};
pub use renew::renew;
pub use review::{Decision, Verdict, claim, decide, release, revoke};
pub use view::{Paperwork, Shown, queue, read_document, show, views};

use aws_lc_rs::digest;
use chrono::{DateTime, Utc};
use domain::{
    account::notice::AccountNotice,
    customer::MemberRole,
    kyc::{Refusal, State},
};
use jobs::{NewJob, SendAccountMail};
use serde_json::Value;
use store::{
    customer::{self, Customer, Reached},
    kyc::{self, Case, KycDocument},
};

use crate::{App, AppError, Caller, Tx, customer::record};

fn state_of(text: &str) -> Result<State, AppError> {
    text.parse()
        .map_err(|error: domain::kyc::state::UnknownState| AppError::Internal(error.to_string()))
}

fn refused(refusal: &Refusal) -> AppError {
    AppError::refused(refusal.code(), refusal.to_string())
}

/// What a decision is pinned to: the documents' ids with the SHA-256 of their content, in order of id.
fn digest_of(documents: &[KycDocument]) -> Vec<u8> {
    let mut sorted: Vec<&KycDocument> = documents.iter().collect();
    sorted.sort_by_key(|document| document.id);
    let mut context = digest::Context::new(&digest::SHA256);
    for document in sorted {
        context.update(document.id.as_bytes());
        context.update(&document.sha256);
    }
    context.finish().as_ref().to_vec()
}

/// A day as mails say it, the same in every language.
fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}

/// Most of those who lead a customer that are written to; they are the first of his members.
const LEADS: i64 = 500;

/// Mails those who lead a customer what became of his identity, with the change that it tells of.
async fn tell(tx: &mut Tx, found: &Customer, notice: AccountNotice, facts: &[(&str, &str)]) -> Result<(), AppError> {
    let leads = [MemberRole::Owner.as_str(), MemberRole::Admin.as_str()];
    let path = format!("/client/account/{}?tab=identity", found.summary.id);
    let mails: Vec<NewJob> = customer::members(tx.conn()?, found.reached(), None, LEADS)
        .await?
        .iter()
        .filter(|member| leads.contains(&member.role.as_str()))
        .map(|member| {
            let mail = SendAccountMail::notice(member.user_id, notice)
                .with("customer", &found.summary.name)
                .with("path", &path);
            let mail = facts.iter().fold(mail, |mail, (name, value)| mail.with(name, value));
            NewJob::of(&mail)
        })
        .collect();
    tx.enqueue(&mails).await?;
    Ok(())
}

/// Writes a step of a case, with its audit line and the news for browsers.
async fn write(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    customer: Reached,
    case: &Case,
    from: State,
    (action, data): (&str, Value),
) -> Result<(), AppError> {
    kyc::update_case(tx.conn()?, case, from.as_str(), &caller.actor, app.now()).await?;
    record(app, tx, caller, customer, action, data).await
}
