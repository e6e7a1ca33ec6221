//! Roles that administrators make: created, changed and deleted under one lock, with what follows for every role below.

use std::collections::BTreeSet;

use domain::permission::{
    Permission,
    roles::{self, Graph, RoleError},
};
use serde_json::{Value, json};
use store::{
    audit,
    role::{self, Draft, Role},
};
use uuid::Uuid;

use crate::{App, AppError, Caller, FieldError, Tx};

/// A role as given; on a change, what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Keys of what it allows by itself.
    pub permissions: Option<Vec<String>>,
    /// Roles it inherits directly.
    pub parents: Option<Vec<Uuid>>,
}

/// A role about to be written.
struct Wanted {
    id: Uuid,
    key: String,
    name: String,
    description: String,
    permissions: BTreeSet<Permission>,
    parents: Vec<Uuid>,
}

/// The permissions among these names that this release knows.
#[must_use]
pub fn known(names: &[String]) -> Vec<Permission> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

fn graph(all: &[Role]) -> Graph {
    let mut graph = Graph::default();
    for role in all {
        graph.put(role.id, known(&role.permissions), role.parents.iter().copied());
    }
    graph
}

fn wrong(pointer: &str, error: &RoleError) -> FieldError {
    FieldError::new(pointer, error.code(), error)
}

pub(crate) fn escalation(error: &RoleError) -> AppError {
    AppError::Denied {
        code: error.code().to_owned(),
        message: error.to_string(),
    }
}

/// Takes the settings over, and checks them against all roles.
fn apply(wanted: &mut Wanted, new: Settings, all: &[Role]) -> Result<(), AppError> {
    let mut errors = Vec::new();
    if let Some(name) = &new.name {
        match roles::name(name) {
            Ok(name) => name.clone_into(&mut wanted.name),
            Err(error) => errors.push(wrong("/name", &error)),
        }
    }
    if let Some(text) = &new.description {
        match roles::description(text) {
            Ok(text) => text.clone_into(&mut wanted.description),
            Err(error) => errors.push(wrong("/description", &error)),
        }
    }
    if let Some(names) = new.permissions {
        wanted.permissions.clear();
        for (n, name) in names.iter().enumerate() {
            match name.parse::<Permission>() {
                Ok(permission) => {
                    wanted.permissions.insert(permission);
                }
                Err(error) => errors.push(FieldError::new(
                    &format!("/permissions/{n}"),
                    "unknown_permission",
                    error,
                )),
            }
        }
    }
    if let Some(mut parents) = new.parents {
        parents.sort_unstable();
        parents.dedup();
        if !parents.iter().all(|id| all.iter().any(|role| role.id == *id)) {
            errors.push(FieldError::new(
                "/parents",
                "unknown_role",
                "one of these roles does not exist",
            ));
        } else if let Err(error) = graph(all).may_inherit(wanted.id, &parents) {
            errors.push(wrong("/parents", &error));
        }
        wanted.parents = parents;
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(errors))
    }
}

/// What the audit line may say.
fn facts(role: &Role) -> Value {
    json!({
        "key": role.key, "name": role.name, "description": role.description, "permissions": role.permissions,
        "parents": role.parents,
    })
}

async fn finish(
    app: &App,
    caller: &Caller,
    mut tx: Tx,
    action: &str,
    before: Option<&Role>,
    after: Option<&Role>,
) -> Result<(), AppError> {
    let Some(id) = after.or(before).map(|role| role.id) else {
        return Err(AppError::Internal("a role change without a role".to_owned()));
    };
    let entry = audit::Entry {
        action,
        subject_type: "role",
        subject_id: Some(id),
        data: domain::audit::changes(
            &before.map(facts).unwrap_or_default(),
            &after.map(facts).unwrap_or_default(),
        ),
    };
    tx.record(&caller.actor, app.now(), entry, ("role.updated", Permission::RolesView))
        .await?;
    tx.commit().await
}

/// The keys of its own permissions, once it is sure that nobody hands out what he does not hold.
fn grantable(caller: &Caller, wanted: &Wanted, all: &[Role]) -> Result<Vec<&'static str>, AppError> {
    let mut after = graph(all);
    after.put(
        wanted.id,
        wanted.permissions.iter().copied(),
        wanted.parents.iter().copied(),
    );
    roles::may_grant(&caller.permissions, &after.effective(wanted.id)).map_err(|error| escalation(&error))?;
    Ok(wanted.permissions.iter().map(|one| one.as_str()).collect())
}

fn taken(error: store::StoreError) -> AppError {
    match error {
        store::StoreError::Conflict(constraint) => {
            let field = if constraint == "roles_name" { "name" } else { "key" };
            AppError::Conflict {
                code: format!("{field}_taken"),
                detail: format!("There is a role with this {field}."),
            }
        }
        other => other.into(),
    }
}

/// Creates a role.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Denied`] when it would allow more than the caller holds; [`AppError::Conflict`] when
/// key or name is taken.
pub async fn create(app: &App, caller: &Caller, key: &str, new: Settings) -> Result<Role, AppError> {
    caller.need(Permission::RolesEdit)?;
    caller.fresh_factor(app.now())?;
    let key = roles::key(key).map_err(|error| AppError::Invalid(vec![wrong("/key", &error)]))?;
    if new.name.is_none() {
        return Err(AppError::Invalid(vec![wrong("/name", &RoleError::Name)]));
    }
    let mut tx = app.begin().await?;
    role::lock(tx.conn()?).await?;
    let all = role::all(tx.conn()?).await?;
    let mut wanted = Wanted {
        id: Uuid::now_v7(),
        key: key.to_owned(),
        name: String::new(),
        description: String::new(),
        permissions: BTreeSet::new(),
        parents: Vec::new(),
    };
    apply(&mut wanted, new, &all)?;
    let permissions = grantable(caller, &wanted, &all)?;
    role::insert(tx.conn()?, &wanted.draft(&permissions), caller.user_id, app.now())
        .await
        .map_err(taken)?;
    role::refresh(tx.conn()?, wanted.id).await?;
    let stored = role::find(tx.conn()?, wanted.id).await?;
    finish(app, caller, tx, "role.create", None, Some(&stored)).await?;
    Ok(stored)
}

/// Changes a role that somebody made. Whoever holds it, or a role that inherits it, has the new permissions within a second.
///
/// # Errors
/// As [`create`]; [`AppError::Refused`] for system roles; [`AppError::Stale`] when it changed meanwhile.
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, new: Settings) -> Result<Role, AppError> {
    caller.need(Permission::RolesEdit)?;
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    let (before, all) = editable(caller, &mut tx, id, version).await?;
    let mut wanted = Wanted {
        id,
        key: before.key.clone(),
        name: before.name.clone().unwrap_or_default(),
        description: before.description.clone(),
        permissions: known(&before.permissions).into_iter().collect(),
        parents: before.parents.clone(),
    };
    apply(&mut wanted, new, &all)?;
    let permissions = grantable(caller, &wanted, &all)?;
    role::update(
        tx.conn()?,
        &wanted.draft(&permissions),
        version,
        caller.user_id,
        app.now(),
    )
    .await
    .map_err(taken)?;
    role::refresh(tx.conn()?, id).await?;
    let stored = role::find(tx.conn()?, id).await?;
    finish(app, caller, tx, "role.change", Some(&before), Some(&stored)).await?;
    Ok(stored)
}

/// Deletes a role that nobody holds and none inherits.
///
/// # Errors
/// [`AppError::Refused`]; [`AppError::Denied`]; [`AppError::Stale`].
pub async fn delete(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::RolesEdit)?;
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    let (before, all) = editable(caller, &mut tx, id, version).await?;
    if before.users > 0 {
        return Err(AppError::refused("role_held", "Give its holders another role first."));
    }
    if all.iter().any(|role| role.parents.contains(&id)) {
        return Err(AppError::refused(
            "role_inherited",
            "Other roles inherit this one. Change them first.",
        ));
    }
    role::delete(tx.conn()?, id, version).await?;
    finish(app, caller, tx, "role.delete", Some(&before), None).await
}

/// The role under the lock, if this caller may touch it at all, and all roles.
async fn editable(caller: &Caller, tx: &mut Tx, id: Uuid, version: i32) -> Result<(Role, Vec<Role>), AppError> {
    role::lock(tx.conn()?).await?;
    let all = role::all(tx.conn()?).await?;
    let before = all
        .iter()
        .find(|role| role.id == id)
        .cloned()
        .ok_or(AppError::NotFound)?;
    if before.system {
        return Err(AppError::refused(
            "system_role",
            "Roles of the system are not changed; make one that inherits it.",
        ));
    }
    if before.version != version {
        return Err(AppError::Stale);
    }
    roles::may_grant(&caller.permissions, &known(&before.effective)).map_err(|error| escalation(&error))?;
    Ok((before, all))
}

impl Wanted {
    fn draft<'a>(&'a self, permissions: &'a [&'a str]) -> Draft<'a> {
        Draft {
            id: self.id,
            key: &self.key,
            name: &self.name,
            description: &self.description,
            permissions,
            parents: &self.parents,
        }
    }
}
