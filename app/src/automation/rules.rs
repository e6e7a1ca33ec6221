//! Rules as people manage them. What a rule does is kept in versions: a run belongs to the version that was asked.

use chrono::{DateTime, Utc};
use domain::{
    audit::changes,
    automation::{Invalid, RuleSpec, Trigger},
    permission::Permission,
};
use store::{
    audit,
    automation::{
        rule::{self, Rule},
        run::{self, Run},
    },
    tag,
};
use uuid::Uuid;

use super::{job, spec_of, told};
use crate::{
    App, AppError, Caller, FieldError, Tx,
    named::{anew, missing_agents, missing_groups},
    ticket::category,
};

/// A rule as entered.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Name.
    pub name: String,
    /// In use.
    pub enabled: bool,
    /// What it does.
    pub spec: RuleSpec,
}

/// All rules, by name.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Rule>, AppError> {
    caller.need(Permission::AutomationView)?;
    Ok(rule::all(&mut *app.conn().await?).await?)
}

/// One rule.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<Rule, AppError> {
    caller.need(Permission::AutomationView)?;
    Ok(rule::find(&mut *app.conn().await?, id).await?)
}

/// Adds a rule.
///
/// # Errors
/// [`AppError::Invalid`].
pub async fn create(app: &App, caller: &Caller, draft: Draft) -> Result<Rule, AppError> {
    caller.need(Permission::AutomationEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let rule = Rule {
        id: Uuid::now_v7(),
        name: checked(app, &mut tx, &draft, None).await?,
        enabled: draft.enabled,
        number: 1,
        spec: json(&draft.spec)?,
        next_look_at: looks(&draft.spec).then_some(now),
        limit_since: None,
        updated_at: now,
        version: 1,
        held: 0,
        acted: 0,
    };
    rule::insert(tx.conn()?, &rule, None, Some(caller.user_id), now).await?;
    let data = serde_json::json!({ "name": rule.name, "enabled": rule.enabled, "spec": rule.spec });
    finish(app, caller, tx, rule.id, "automation_rule.create", data).await
}

/// Changes a rule; another content is another version of it, and what waits for the old one is skipped.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`] when it changed meanwhile.
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, draft: Draft) -> Result<Rule, AppError> {
    caller.need(Permission::AutomationEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let before = rule::lock(tx.conn()?, id).await?;
    let mut after = before.clone();
    after.name = checked(app, &mut tx, &draft, Some(&spec_of(&before)?)).await?;
    after.enabled = draft.enabled;
    after.spec = json(&draft.spec)?;
    after.next_look_at = looks(&draft.spec).then_some(now);
    after.version = version;
    rule::update(tx.conn()?, &after, caller.user_id, now).await?;
    let of = |rule: &Rule| serde_json::json!({ "name": rule.name, "enabled": rule.enabled, "spec": rule.spec });
    if !after.enabled {
        run::end_waiting(tx.conn()?, id, "off", now).await?;
    } else if after.spec != before.spec {
        run::end_waiting(tx.conn()?, id, "outdated", now).await?;
    }
    let data = changes(&of(&before), &of(&after));
    finish(app, caller, tx, id, "automation_rule.change", data).await
}

/// Removes a rule; what it did stays in the log.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Stale`] when it changed meanwhile.
pub async fn delete(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::AutomationEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let rule = rule::lock(tx.conn()?, id).await?;
    rule::delete(tx.conn()?, id, version, caller.user_id, now).await?;
    run::end_waiting(tx.conn()?, id, "off", now).await?;
    log(
        &mut tx,
        caller,
        id,
        "automation_rule.delete",
        serde_json::json!({ "name": rule.name }),
        now,
    )
    .await?;
    tx.commit().await
}

/// Runs of a rule before the one at `before`, newest first.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn runs(
    app: &App,
    caller: &Caller,
    id: Uuid,
    state: Option<&str>,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Run>, AppError> {
    caller.need(Permission::AutomationView)?;
    caller.need(Permission::TicketsView)?;
    let mut conn = app.conn().await?;
    rule::find(&mut conn, id).await?;
    Ok(run::list(&mut conn, id, state, before, limit).await?)
}

/// What a person says to runs that wait because a rule reached its limit: run them, and count anew from now on, or let them go. Returns
/// how many there were.
///
/// # Errors
/// [`AppError::NotFound`].
pub async fn settle(app: &App, caller: &Caller, id: Uuid, confirm: bool) -> Result<usize, AppError> {
    caller.need(Permission::AutomationEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    rule::lock(tx.conn()?, id).await?;
    let ids = run::settle(tx.conn()?, id, confirm, now).await?;
    if confirm {
        rule::confirmed(tx.conn()?, id, now).await?;
        let jobs: Vec<_> = ids.iter().map(|id| job(*id).actor(caller.user_id)).collect();
        tx.enqueue(&jobs).await?;
    }
    let action = if confirm {
        "automation_rule.confirm"
    } else {
        "automation_rule.dismiss"
    };
    log(
        &mut tx,
        caller,
        id,
        action,
        serde_json::json!({ "runs": ids.len() }),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(ids.len())
}

/// The name in its one form, once everything in the draft is right. `before` is what the rule was.
async fn checked(app: &App, tx: &mut Tx, draft: &Draft, before: Option<&RuleSpec>) -> Result<String, AppError> {
    let mut errors = Vec::new();
    let name = draft.name.trim();
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
        errors.push(FieldError::new("/name", "bad_name", "a name has 1 to 80 characters"));
    }
    errors.extend(wrong(&draft.spec));
    let (people, groups) = draft.spec.names();
    let (had_people, had_groups) = before.map(RuleSpec::names).unwrap_or_default();
    if !missing_agents(tx, people, &had_people).await?.is_empty() {
        let text = "this person cannot be given tickets";
        errors.push(FieldError::new("/spec/actions", "not_an_agent", text));
    }
    if !missing_groups(tx, groups, &had_groups).await?.is_empty() {
        let text = "there is no such group";
        errors.push(FieldError::new("/spec/actions", "unknown_group", text));
    }
    match crate::notification::group::known(tx, &draft.spec.notification_groups(), "/spec/actions").await {
        Err(AppError::Invalid(found)) => errors.extend(found),
        other => other?,
    }
    if !crate::custom_template::known(tx, &draft.spec.templates()).await? {
        let text = "there is no such template for this action";
        errors.push(FieldError::new("/spec/actions", "unknown_template", text));
    }
    let known = category::known(app, tx.conn()?).await?;
    let had_categories = before.map(RuleSpec::categories).unwrap_or_default();
    for id in anew(draft.spec.categories(), &had_categories) {
        if let Err(refusal) = known.tree.chosen(id) {
            errors.push(FieldError::new("/spec/actions", refusal.code(), refusal));
        }
    }
    let had_tags = before.map(RuleSpec::tags).unwrap_or_default();
    if tag::any_moving(tx.conn()?, &anew(draft.spec.tags(), &had_tags)).await? {
        return Err(crate::tag::moving());
    }
    if errors.is_empty() {
        Ok(name.to_owned())
    } else {
        Err(AppError::Invalid(errors))
    }
}

/// What is wrong with a rule by itself.
pub(super) fn wrong(spec: &RuleSpec) -> Vec<FieldError> {
    let wrong: Vec<Invalid> = spec.check().err().unwrap_or_default();
    wrong
        .into_iter()
        .map(|one| FieldError::new(one.pointer(), one.code(), one))
        .collect()
}

fn looks(spec: &RuleSpec) -> bool {
    matches!(spec.trigger, Trigger::Schedule { .. })
}

fn json(spec: &RuleSpec) -> Result<serde_json::Value, AppError> {
    serde_json::to_value(spec).map_err(|error| AppError::Internal(error.to_string()))
}

async fn finish(
    app: &App,
    caller: &Caller,
    mut tx: Tx,
    id: Uuid,
    action: &str,
    data: serde_json::Value,
) -> Result<Rule, AppError> {
    log(&mut tx, caller, id, action, data, app.now()).await?;
    let stored = rule::find(tx.conn()?, id).await?;
    tx.commit().await?;
    Ok(stored)
}

async fn log(
    tx: &mut Tx,
    caller: &Caller,
    id: Uuid,
    action: &str,
    data: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "automation_rule",
        subject_id: Some(id),
        data,
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    told(tx, id).await
}
