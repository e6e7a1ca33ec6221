//! Rules of staff by which mail is let in or kept aside as spam.

use domain::{
    audit::changes,
    mail::{
        address::OwnAddresses,
        spam::{
            RuleFault, RuleField, RuleVerdict,
            rule::{MAX_NOTE, guard, value},
        },
    },
    permission::Permission,
};
use store::{
    audit, mailbox,
    spam_rule::{self, SpamRule},
};
use uuid::Uuid;

use crate::{App, AppError, Caller, FieldError, Tx};

/// Most rules that look for words: each mail is held against all of them.
const WORDS: i64 = 500;
/// Most rules that name senders.
const SENDERS: i64 = 50_000;

/// A rule as it is to be.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What it says.
    pub verdict: RuleVerdict,
    /// Where it looks.
    pub field: RuleField,
    /// What it looks for.
    pub value: String,
    /// What staff say about it.
    pub note: String,
    /// It is used.
    pub enabled: bool,
}

/// What a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Of this verdict.
    pub verdict: Option<RuleVerdict>,
    /// That look there.
    pub field: Option<RuleField>,
    /// That hold this text.
    pub text: Option<&'a str>,
}

/// Rules, newest first, before the one with the id `before`.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn list(
    app: &App,
    caller: &Caller,
    wanted: Wanted<'_>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<SpamRule>, AppError> {
    caller.need(Permission::MailManage)?;
    let verdict = wanted.verdict.map(RuleVerdict::as_str);
    let field = wanted.field.map(RuleField::as_str);
    let mut conn = app.conn().await?;
    Ok(spam_rule::list(&mut conn, verdict, field, wanted.text, before, limit).await?)
}

/// Adds a rule.
///
/// # Errors
/// [`AppError::Invalid`]; `too_many_spam_rules`.
pub async fn create(app: &App, caller: &Caller, draft: Draft) -> Result<SpamRule, AppError> {
    caller.need(Permission::MailManage)?;
    let mut tx = app.begin().await?;
    let draft = checked(&mut tx, draft).await?;
    let made = add(app, caller, &mut tx, draft, None).await?;
    tx.commit().await?;
    Ok(made)
}

/// Changes a rule; what it counted stays.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`].
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, draft: Draft) -> Result<SpamRule, AppError> {
    caller.need(Permission::MailManage)?;
    let mut tx = app.begin().await?;
    let before = spam_rule::lock(tx.conn()?, id).await?;
    let draft = checked(&mut tx, draft).await?;
    if let Some(other) = spam_rule::about(tx.conn()?, draft.field.as_str(), &draft.value).await?
        && other.id != id
    {
        return Err(exists());
    }
    let mut after = before.clone();
    after.version = version;
    put(&mut after, draft);
    spam_rule::update(tx.conn()?, &after, app.now()).await?;
    let data = changes(&shown(&before), &shown(&after));
    told(app, caller, &mut tx, id, "spam_rule.change", data).await?;
    after.version += 1;
    tx.commit().await?;
    Ok(after)
}

/// Takes a rule away; mails that it kept aside stay there until somebody decides.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Stale`].
pub async fn delete(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::MailManage)?;
    let mut tx = app.begin().await?;
    let rule = spam_rule::lock(tx.conn()?, id).await?;
    if rule.version != version {
        return Err(AppError::Stale);
    }
    spam_rule::delete(tx.conn()?, id).await?;
    told(app, caller, &mut tx, id, "spam_rule.delete", shown(&rule)).await?;
    tx.commit().await
}

/// Lets the mail of a sender in, or keeps it aside, from now on: the one rule about his address says so, whatever it said before. A rule
/// that comes with a ticket goes with its being spam. `pointer` is where the wish stands in the request.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::Invalid`] at `pointer`.
pub(crate) async fn set_sender(
    app: &App,
    caller: &Caller,
    tx: &mut Tx,
    (verdict, address): (RuleVerdict, &str),
    ticket: Option<Uuid>,
    pointer: &str,
) -> Result<(), AppError> {
    caller.need(Permission::MailManage)?;
    let draft = Draft {
        verdict,
        field: RuleField::Address,
        value: address.to_owned(),
        note: String::new(),
        enabled: true,
    };
    let wrong = |fault: RuleFault| AppError::invalid(pointer, fault.code(), fault);
    let draft = Draft {
        value: value(draft.field, &draft.value).map_err(wrong)?,
        ..draft
    };
    guard(verdict, draft.field, &draft.value, &own(tx).await?).map_err(wrong)?;
    let (field, sender) = (draft.field.as_str(), draft.value.clone());
    let mut about = spam_rule::about(tx.conn()?, field, &sender).await?;
    if about.is_none() {
        let added = add(app, caller, tx, draft, ticket).await;
        // Somebody else may have made it a moment ago: then it is there.
        about = spam_rule::about(tx.conn()?, field, &sender).await?;
        if added.is_ok() || about.is_none() {
            return added.map(drop);
        }
    }
    let Some(before) = about else {
        return Ok(());
    };
    if before.verdict == verdict.as_str() && before.enabled {
        return Ok(());
    }
    let mut after = before.clone();
    verdict.as_str().clone_into(&mut after.verdict);
    after.enabled = true;
    // What somebody set by hand before is not undone with the ticket.
    after.ticket_id = None;
    spam_rule::update(tx.conn()?, &after, app.now()).await?;
    let data = changes(&shown(&before), &shown(&after));
    told(app, caller, tx, after.id, "spam_rule.change", data).await
}

/// A ticket is no spam after all: the rule that came with it goes.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn take_back(app: &App, actor: &audit::Actor, tx: &mut Tx, ticket: Uuid) -> Result<(), AppError> {
    for rule in spam_rule::take_back(tx.conn()?, ticket).await? {
        record(app, actor, tx, rule.id, "spam_rule.delete", shown(&rule)).await?;
    }
    Ok(())
}

/// The draft in the form in which it is kept.
async fn checked(tx: &mut Tx, draft: Draft) -> Result<Draft, AppError> {
    let note = draft.note.trim().to_owned();
    let mut errors = Vec::new();
    if note.chars().count() > MAX_NOTE {
        errors.push(FieldError::new(
            "/note",
            "too_long",
            "a note has 200 characters at most",
        ));
    }
    let own = own(tx).await?;
    let kept =
        value(draft.field, &draft.value).and_then(|kept| guard(draft.verdict, draft.field, &kept, &own).map(|()| kept));
    match kept {
        Ok(value) if errors.is_empty() => Ok(Draft { value, note, ..draft }),
        Ok(_) => Err(AppError::Invalid(errors)),
        Err(fault) => {
            errors.push(FieldError::new("/value", fault.code(), fault));
            Err(AppError::Invalid(errors))
        }
    }
}

async fn own(tx: &mut Tx) -> Result<OwnAddresses, AppError> {
    let all = mailbox::all(tx.conn()?).await?;
    Ok(OwnAddresses::new(all.iter().map(|mailbox| mailbox.address.as_str())))
}

async fn add(
    app: &App,
    caller: &Caller,
    tx: &mut Tx,
    draft: Draft,
    ticket: Option<Uuid>,
) -> Result<SpamRule, AppError> {
    let mut rule = SpamRule {
        id: Uuid::now_v7(),
        verdict: String::new(),
        field: String::new(),
        value: String::new(),
        note: String::new(),
        enabled: true,
        ticket_id: ticket,
        hits: 0,
        last_hit_at: None,
        created_at: app.now(),
        version: 1,
    };
    let names_sender = matches!(draft.field, RuleField::Address | RuleField::Domain);
    put(&mut rule, draft);
    let (words, senders) = spam_rule::counts(tx.conn()?).await?;
    if (names_sender && senders >= SENDERS) || (!names_sender && words >= WORDS) {
        return Err(AppError::refused(
            "too_many_spam_rules",
            "there are as many rules of this kind as there may be; delete some first",
        ));
    }
    if !spam_rule::insert(tx.conn()?, &rule, caller.user_id).await? {
        return Err(exists());
    }
    told(app, caller, tx, rule.id, "spam_rule.create", shown(&rule)).await?;
    Ok(rule)
}

fn put(rule: &mut SpamRule, draft: Draft) {
    draft.verdict.as_str().clone_into(&mut rule.verdict);
    draft.field.as_str().clone_into(&mut rule.field);
    rule.value = draft.value;
    rule.note = draft.note;
    rule.enabled = draft.enabled;
}

fn exists() -> AppError {
    AppError::invalid("/value", "spam_rule_exists", "there is a rule about exactly this")
}

/// What the trail says of one.
fn shown(rule: &SpamRule) -> serde_json::Value {
    serde_json::json!({
        "verdict": rule.verdict, "field": rule.field, "value": rule.value, "note": rule.note, "enabled": rule.enabled,
        "ticket_id": rule.ticket_id,
    })
}

async fn told(
    app: &App,
    caller: &Caller,
    tx: &mut Tx,
    id: Uuid,
    action: &'static str,
    data: serde_json::Value,
) -> Result<(), AppError> {
    record(app, &caller.actor, tx, id, action, data).await
}

async fn record(
    app: &App,
    actor: &audit::Actor,
    tx: &mut Tx,
    id: Uuid,
    action: &'static str,
    data: serde_json::Value,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "spam_rule",
        subject_id: Some(id),
        data,
    };
    tx.record(actor, app.now(), entry, ("spam_rule.changed", Permission::MailManage))
        .await
}
