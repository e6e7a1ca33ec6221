//! Notification groups: named sets of staff that rules and escalations tell.

use domain::{
    audit::changes,
    notification::{GROUP_NAME_MAX, GROUPS_MAX, MEMBERS_MAX},
    permission::Permission,
};
use serde_json::{Value, json};
use store::{
    StoreError,
    audit::Entry,
    notification::group::{self, NotificationGroup},
    user::{self, User},
};
use uuid::Uuid;

use crate::{App, AppError, Caller, FieldError, Tx, named::missing_agents};

/// A group as entered.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Name.
    pub name: String,
    /// Members.
    pub members: Vec<Uuid>,
}

/// All groups.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<NotificationGroup>, AppError> {
    caller.need(Permission::TicketsView)?;
    Ok(group::all(&mut *app.conn().await?).await?)
}

fn taken(error: StoreError) -> AppError {
    match error {
        StoreError::Conflict(_) => AppError::Conflict {
            code: "name_taken".to_owned(),
            detail: "This name is taken.".to_owned(),
        },
        other => other.into(),
    }
}

async fn checked(tx: &mut Tx, draft: &Draft, before: &[Uuid]) -> Result<(String, Vec<Uuid>), AppError> {
    let mut wrong = Vec::new();
    let name = domain::canned::line(&draft.name, GROUP_NAME_MAX)
        .ok()
        .filter(|name| !name.is_empty());
    if name.is_none() {
        wrong.push(FieldError::new("/name", "bad_name", "a name has 1 to 80 characters"));
    }
    let mut members = draft.members.clone();
    members.sort_unstable();
    members.dedup();
    if members.len() > MEMBERS_MAX {
        wrong.push(FieldError::new(
            "/members",
            "too_many",
            "a group has 50 members at most",
        ));
    } else if !missing_agents(tx, members.iter().copied(), before).await?.is_empty() {
        wrong.push(FieldError::new(
            "/members",
            "not_an_agent",
            "one of these people cannot be given tickets",
        ));
    }
    match name {
        Some(name) if wrong.is_empty() => Ok((name, members)),
        _ => Err(AppError::Invalid(wrong)),
    }
}

fn members_of(group: &NotificationGroup) -> Vec<Uuid> {
    let members = group.members.as_array().into_iter().flatten();
    members
        .filter_map(|member| member["id"].as_str()?.parse().ok())
        .collect()
}

fn facts(group: &NotificationGroup) -> Value {
    let name = |member: &Value| member["name"].clone();
    let members: Vec<Value> = group
        .members
        .as_array()
        .map(|all| all.iter().map(name).collect())
        .unwrap_or_default();
    json!({ "name": group.name, "members": members })
}

async fn finish(app: &App, caller: &Caller, mut tx: Tx, action: &str, id: Uuid, data: Value) -> Result<(), AppError> {
    let entry = Entry {
        action,
        subject_type: "notification_group",
        subject_id: Some(id),
        data,
    };
    tx.record(
        &caller.actor,
        app.now(),
        entry,
        ("notification_group.changed", Permission::TicketsView),
    )
    .await?;
    tx.commit().await
}

/// Adds one.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Conflict`] when the name is taken; [`AppError::Refused`] when there are too many.
pub async fn create(app: &App, caller: &Caller, draft: &Draft) -> Result<NotificationGroup, AppError> {
    caller.need(Permission::GroupsEdit)?;
    let mut tx = app.begin().await?;
    if group::count(tx.conn()?).await? >= GROUPS_MAX {
        return Err(AppError::refused(
            "too_many",
            "there may be 100 notification groups at most",
        ));
    }
    let (name, members) = checked(&mut tx, draft, &[]).await?;
    let id = Uuid::now_v7();
    group::insert(tx.conn()?, id, &name, caller.user_id, app.now())
        .await
        .map_err(taken)?;
    group::set_members(tx.conn()?, id, &members).await?;
    let stored = group::find(tx.conn()?, id).await?;
    let data = facts(&stored);
    finish(app, caller, tx, "notification_group.create", id, data).await?;
    Ok(stored)
}

/// Changes one.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`] when it changed meanwhile; [`AppError::Conflict`] when the name is taken.
pub async fn change(
    app: &App,
    caller: &Caller,
    id: Uuid,
    version: i32,
    draft: &Draft,
) -> Result<NotificationGroup, AppError> {
    caller.need(Permission::GroupsEdit)?;
    let mut tx = app.begin().await?;
    let before = group::lock(tx.conn()?, id).await?;
    let (name, members) = checked(&mut tx, draft, &members_of(&before)).await?;
    group::rename(tx.conn()?, (id, version), &name, caller.user_id, app.now())
        .await
        .map_err(taken)?;
    group::set_members(tx.conn()?, id, &members).await?;
    let stored = group::find(tx.conn()?, id).await?;
    let data = changes(&facts(&before), &facts(&stored));
    finish(app, caller, tx, "notification_group.change", id, data).await?;
    Ok(stored)
}

/// Deletes one that nothing tells.
///
/// # Errors
/// [`AppError::Refused`] while a rule or a service level tells it; [`AppError::Stale`].
pub async fn delete(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::GroupsEdit)?;
    let mut tx = app.begin().await?;
    let before = group::lock(tx.conn()?, id).await?;
    if before.version != version {
        return Err(AppError::Stale);
    }
    if group::in_use(tx.conn()?, id).await? {
        return Err(AppError::refused(
            "notification_group_used",
            "a rule or a service level tells this group; change it first",
        ));
    }
    group::delete(tx.conn()?, id).await?;
    let data = facts(&before);
    finish(app, caller, tx, "notification_group.delete", id, data).await
}

/// Groups that have to exist.
pub(crate) async fn known(tx: &mut Tx, ids: &[Uuid], pointer: &str) -> Result<(), AppError> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if group::known(tx.conn()?, &ids).await? == i64::try_from(ids.len()).unwrap_or(i64::MAX) {
        return Ok(());
    }
    Err(AppError::invalid(
        pointer,
        "unknown_notification_group",
        "there is no such notification group",
    ))
}

/// The people of these groups who can be given tickets.
pub(crate) async fn people(tx: &mut Tx, groups: &[Uuid]) -> Result<Vec<User>, AppError> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let ids = group::members(tx.conn()?, groups).await?;
    Ok(user::agents_among(tx.conn()?, &ids).await?)
}
