//! Calendars and policies as people manage them. What tickets are bound to never changes: an edit makes a new version, which new
//! tickets get at once and open ones only when somebody asks for it.

use domain::{
    audit::changes,
    permission::Permission,
    sla::{Calendar as Hours, CalendarSpec, Escalation, PolicySpec, Recipient},
};
use serde_json::{Value, json};
use store::{
    audit,
    event::{self, NewEvent},
    sla::{self, Calendar, Policy},
    ticket::waiting,
};
use uuid::Uuid;

use crate::{
    App, AppError, Caller, FieldError, Tx,
    named::{missing_agents, missing_groups},
};

/// A calendar as entered.
#[derive(Debug, Clone)]
pub struct CalendarDraft {
    /// Name.
    pub name: String,
    /// Hours.
    pub spec: CalendarSpec,
}

/// A policy as entered.
#[derive(Debug, Clone)]
pub struct PolicyDraft {
    /// Name.
    pub name: String,
    /// Takes new tickets.
    pub enabled: bool,
    /// Calendar.
    pub calendar_id: Uuid,
    /// Promises.
    pub spec: PolicySpec,
}

fn name(text: &str) -> Result<&str, AppError> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 80 {
        return Err(AppError::invalid("/name", "bad_name", "a name has 1 to 80 characters"));
    }
    Ok(name)
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<Value, AppError> {
    serde_json::to_value(value).map_err(|error| AppError::Internal(error.to_string()))
}

fn hours(spec: &CalendarSpec) -> Result<Value, AppError> {
    match Hours::new(spec) {
        Ok(_) => to_json(spec),
        Err(error) => Err(AppError::Invalid(vec![FieldError::new(
            error.pointer(),
            error.code(),
            &error,
        )])),
    }
}

fn taken(error: store::StoreError) -> AppError {
    match error {
        store::StoreError::Conflict(_) => AppError::Conflict {
            code: "name_taken".to_owned(),
            detail: "This name is taken.".to_owned(),
        },
        other => other.into(),
    }
}

fn calendar_facts(calendar: &Calendar) -> Value {
    json!({ "name": calendar.name, "number": calendar.number, "spec": calendar.spec })
}

fn policy_facts(policy: &Policy) -> Value {
    json!({ "name": policy.name, "enabled": policy.enabled, "number": policy.number, "calendar": policy.calendar_name,
            "spec": policy.spec })
}

#[derive(Debug, Clone, Copy)]
enum Subject {
    Calendar,
    Policy,
}

/// The audit line and the live event; whoever holds the policies in memory reads them anew.
async fn finish(
    app: &App,
    caller: &Caller,
    mut tx: Tx,
    (action, subject, id): (&'static str, Subject, Uuid),
    (before, after): (Value, Value),
) -> Result<(), AppError> {
    sla::touch(tx.conn()?).await?;
    let (subject_id, data) = (Some(id), changes(&before, &after));
    let entry = match subject {
        Subject::Calendar => audit::Entry {
            action,
            subject_type: "sla_calendar",
            subject_id,
            data,
        },
        Subject::Policy => audit::Entry {
            action,
            subject_type: "sla_policy",
            subject_id,
            data,
        },
    };
    let subject_type = entry.subject_type;
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    let news = NewEvent {
        kind: "sla.updated",
        subject_type,
        subject_id: id,
        permission: Some(Permission::SlaView.as_str()),
        user_id: None,
        data: json!({}),
    };
    event::append(tx.conn()?, news).await?;
    tx.commit().await?;
    app.sla.forget();
    Ok(())
}

/// Creates a calendar.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Conflict`] when the name is taken.
pub async fn create_calendar(app: &App, caller: &Caller, draft: &CalendarDraft) -> Result<Calendar, AppError> {
    caller.need(Permission::SlaEdit)?;
    let (name, spec, id) = (name(&draft.name)?, hours(&draft.spec)?, Uuid::now_v7());
    let mut tx = app.begin().await?;
    sla::lock(tx.conn()?).await?;
    sla::insert_calendar(tx.conn()?, id, name, &spec, Some(caller.user_id), app.now())
        .await
        .map_err(taken)?;
    let stored = sla::calendar(tx.conn()?, id).await?;
    let facts = (Value::Null, calendar_facts(&stored));
    finish(app, caller, tx, ("sla_calendar.create", Subject::Calendar, id), facts).await?;
    Ok(stored)
}

/// Changes a calendar. Every policy that uses it gets a version with the new hours.
///
/// # Errors
/// As [`create_calendar`]; [`AppError::Stale`] when it changed meanwhile.
pub async fn change_calendar(
    app: &App,
    caller: &Caller,
    id: Uuid,
    version: i32,
    draft: &CalendarDraft,
) -> Result<Calendar, AppError> {
    caller.need(Permission::SlaEdit)?;
    let (name, spec, now) = (name(&draft.name)?, hours(&draft.spec)?, app.now());
    let mut tx = app.begin().await?;
    sla::lock(tx.conn()?).await?;
    let before = sla::calendar(tx.conn()?, id).await?;
    sla::update_calendar(tx.conn()?, (id, version), name, &spec, caller.user_id, now)
        .await
        .map_err(taken)?;
    for policy in sla::policies(tx.conn()?)
        .await?
        .iter()
        .filter(|policy| policy.calendar_id == id)
    {
        sla::insert_version(tx.conn()?, policy.id, id, &policy.spec, Some(caller.user_id), now).await?;
    }
    for group in waiting::groups_of_calendar(tx.conn()?, id).await? {
        waiting::look_again(tx.conn()?, group, now).await?;
    }
    let stored = sla::calendar(tx.conn()?, id).await?;
    let facts = (calendar_facts(&before), calendar_facts(&stored));
    finish(app, caller, tx, ("sla_calendar.change", Subject::Calendar, id), facts).await?;
    Ok(stored)
}

/// Deletes a calendar that no policy and no support group uses.
///
/// # Errors
/// [`AppError::Refused`] while one does; [`AppError::Stale`] when it changed meanwhile.
pub async fn delete_calendar(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::SlaEdit)?;
    let mut tx = app.begin().await?;
    sla::lock(tx.conn()?).await?;
    let before = sla::calendar(tx.conn()?, id).await?;
    if before.policies > 0 || !waiting::groups_of_calendar(tx.conn()?, id).await?.is_empty() {
        return Err(AppError::refused(
            "calendar_used",
            "Policies or support groups use this calendar. Give them another one first.",
        ));
    }
    sla::delete_calendar(tx.conn()?, (id, version), caller.user_id, app.now()).await?;
    let facts = (calendar_facts(&before), Value::Null);
    finish(app, caller, tx, ("sla_calendar.delete", Subject::Calendar, id), facts).await
}

/// The groups and the people that a policy names.
fn names(spec: &PolicySpec) -> (Vec<Uuid>, Vec<Uuid>) {
    let handed = spec.escalations.iter().filter_map(|link| link.group_id);
    let told = spec.escalations.iter().flat_map(|link| &link.notify);
    let people = told.filter_map(|one| match one {
        Recipient::User(id) => Some(*id),
        Recipient::Assignee | Recipient::NotificationGroup(_) => None,
    });
    (spec.groups.iter().copied().chain(handed).collect(), people.collect())
}

/// What needs other records: the calendar, groups and people. `before` is what the policy was.
async fn check(app: &App, tx: &mut Tx, draft: &PolicyDraft, before: Option<&Policy>) -> Result<(), AppError> {
    let invalid = |at: String, code: &str, text: &str| Err(AppError::invalid(&at, code, text));
    let spec = &draft.spec;
    if let Err(error) = spec.check() {
        return Err(AppError::Invalid(vec![FieldError::new(
            error.pointer(),
            error.code(),
            &error,
        )]));
    }
    if before.is_some_and(|before| before.fallback) && !(spec.takes_all() && draft.enabled) {
        return Err(AppError::refused(
            "fallback_policy",
            "The last policy takes every ticket that is left and stays on.",
        ));
    }
    match sla::calendar(tx.conn()?, draft.calendar_id).await {
        Err(store::StoreError::NotFound) => {
            return invalid(
                "/calendar_id".to_owned(),
                "unknown_calendar",
                "there is no such calendar",
            );
        }
        found => found?,
    };
    let had: Option<PolicySpec> = before
        .map(|before| serde_json::from_value(before.spec.clone()))
        .transpose()
        .map_err(|error| AppError::Internal(format!("policy: {error}")))?;
    let (groups, people) = names(spec);
    let (had_groups, had_people) = had.as_ref().map(names).unwrap_or_default();
    if !missing_groups(tx, groups, &had_groups).await?.is_empty() {
        return invalid("/groups".to_owned(), "unknown_group", "there is no such group");
    }
    let known = crate::ticket::category::known(app, tx.conn()?).await?;
    for category in &spec.categories {
        if known.tree.path(*category).is_empty() {
            return invalid(
                "/categories".to_owned(),
                "unknown_category",
                "there is no such category",
            );
        }
    }
    if let Some(gone) = missing_agents(tx, people, &had_people).await?.first() {
        let tells = |link: &Escalation| link.notify.contains(&Recipient::User(*gone));
        let n = spec.escalations.iter().position(tells).unwrap_or_default();
        let at = format!("/escalations/{n}/notify");
        return invalid(at, "not_an_agent", "this person cannot be given tickets");
    }
    for (n, link) in spec.escalations.iter().enumerate() {
        for recipient in &link.notify {
            if let Recipient::NotificationGroup(id) = recipient {
                let at = format!("/escalations/{n}/notify_groups");
                crate::notification::group::known(tx, &[*id], &at).await?;
            }
        }
    }
    Ok(())
}

/// Creates a policy, asked before all others.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Conflict`] when the name is taken.
pub async fn create_policy(app: &App, caller: &Caller, draft: &PolicyDraft) -> Result<Policy, AppError> {
    caller.need(Permission::SlaEdit)?;
    let (name, spec, id, now) = (name(&draft.name)?, to_json(&draft.spec)?, Uuid::now_v7(), app.now());
    let mut tx = app.begin().await?;
    sla::lock(tx.conn()?).await?;
    check(app, &mut tx, draft, None).await?;
    if sla::policies(tx.conn()?).await?.len() >= 100 {
        return Err(AppError::refused("too_many", "There may be 100 policies at most."));
    }
    let by = Some(caller.user_id);
    sla::insert_policy(tx.conn()?, id, (name, draft.enabled, false), by, now)
        .await
        .map_err(taken)?;
    sla::insert_version(tx.conn()?, id, draft.calendar_id, &spec, by, now).await?;
    let stored = sla::policy(tx.conn()?, id).await?;
    let facts = (Value::Null, policy_facts(&stored));
    finish(app, caller, tx, ("sla_policy.create", Subject::Policy, id), facts).await?;
    Ok(stored)
}

/// Changes a policy; other promises are a new version.
///
/// # Errors
/// As [`create_policy`]; [`AppError::Refused`] when the last policy would no longer take all; [`AppError::Stale`].
pub async fn change_policy(
    app: &App,
    caller: &Caller,
    id: Uuid,
    version: i32,
    draft: &PolicyDraft,
) -> Result<Policy, AppError> {
    caller.need(Permission::SlaEdit)?;
    let (name, spec, now) = (name(&draft.name)?, to_json(&draft.spec)?, app.now());
    let mut tx = app.begin().await?;
    sla::lock(tx.conn()?).await?;
    let before = sla::policy(tx.conn()?, id).await?;
    if before.version != version {
        return Err(AppError::Stale);
    }
    check(app, &mut tx, draft, Some(&before)).await?;
    let by = caller.user_id;
    sla::update_policy(tx.conn()?, (id, version), (name, draft.enabled), false, by, now)
        .await
        .map_err(taken)?;
    sla::insert_version(tx.conn()?, id, draft.calendar_id, &spec, Some(by), now).await?;
    let stored = sla::policy(tx.conn()?, id).await?;
    let facts = (policy_facts(&before), policy_facts(&stored));
    finish(app, caller, tx, ("sla_policy.change", Subject::Policy, id), facts).await?;
    Ok(stored)
}

/// Deletes a policy; tickets keep the version they are bound to.
///
/// # Errors
/// [`AppError::Refused`] for the one that takes what is left; [`AppError::Stale`].
pub async fn delete_policy(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::SlaEdit)?;
    let mut tx = app.begin().await?;
    sla::lock(tx.conn()?).await?;
    let before = sla::policy(tx.conn()?, id).await?;
    if before.fallback {
        return Err(AppError::refused(
            "fallback_policy",
            "The last policy takes every ticket that is left and stays on.",
        ));
    }
    let own = (before.name.as_str(), before.enabled);
    sla::update_policy(tx.conn()?, (id, version), own, true, caller.user_id, app.now()).await?;
    let facts = (policy_facts(&before), Value::Null);
    finish(app, caller, tx, ("sla_policy.delete", Subject::Policy, id), facts).await
}

/// Puts the policies into the order in which they are asked; the one that takes what is left stays the last.
///
/// # Errors
/// [`AppError::Invalid`] unless these are exactly the others; [`AppError::Conflict`] never.
pub async fn order_policies(app: &App, caller: &Caller, ids: &[Uuid]) -> Result<Vec<Policy>, AppError> {
    caller.need(Permission::SlaEdit)?;
    let mut tx = app.begin().await?;
    sla::lock(tx.conn()?).await?;
    let before = sla::policies(tx.conn()?).await?;
    let movable: Vec<&Policy> = before.iter().filter(|policy| !policy.fallback).collect();
    let known = movable.iter().all(|policy| ids.contains(&policy.id));
    if !known || movable.len() != ids.len() {
        return Err(AppError::invalid(
            "/ids",
            "not_all",
            "name every policy but the last, once",
        ));
    }
    sla::set_positions(tx.conn()?, ids, caller.user_id, app.now()).await?;
    let stored = sla::policies(tx.conn()?).await?;
    let order = |policies: &[Policy]| json!({ "order": policies.iter().map(|p| p.name.as_str()).collect::<Vec<_>>() });
    let first = stored.first().map_or(Uuid::nil(), |policy| policy.id);
    let facts = (order(&before), order(&stored));
    finish(app, caller, tx, ("sla_policy.order", Subject::Policy, first), facts).await?;
    Ok(stored)
}
