//! Projects of a customer, and who of his people is assigned to which.

use domain::{
    audit::changes,
    customer::{
        MemberAction,
        project::{self as rules, MEMBERS_MAX, PEOPLE_SHOWN, PER_CUSTOMER_MAX},
    },
    permission::Permission,
    ticket::colour::Colour,
};
use serde_json::{Value, json};
use store::{
    StoreError,
    customer::{self, Member, Project, ProjectColumns, ProjectFilter},
    scope::Scope,
};
use uuid::Uuid;

use super::{
    access::{self, Access},
    record,
};
use crate::{App, AppError, Caller, FieldError, Tx};

/// A project as a person fills it in.
#[derive(Debug, Clone)]
pub struct ProjectDraft {
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Colour.
    pub colour: Option<Colour>,
}

/// A project with who is assigned to it.
#[derive(Debug)]
pub struct Shown {
    /// The project.
    pub project: Project,
    /// Who is assigned.
    pub assigned: Vec<Uuid>,
    /// The caller may change it and who is assigned.
    pub manages: bool,
    /// Who acts for the customer, those who are assigned first, for whoever assigns; nobody else needs to know.
    pub members: Vec<Member>,
    /// More people act for the customer than are here; they are found by name or address.
    pub more: bool,
}

/// Projects that the caller sees, by name; with a ticket, those that he may file it under.
///
/// # Errors
/// [`AppError::Forbidden`] when his role has nothing to do with projects, or when a customer asks what is open to another address;
/// [`AppError::NotFound`] when the ticket is not his to see.
pub async fn projects(
    app: &App,
    caller: &Caller,
    mut filter: ProjectFilter,
    ticket: Option<Uuid>,
    after: Option<&(String, Uuid)>,
    limit: i64,
) -> Result<Vec<Project>, AppError> {
    let scope = caller.project_scope()?;
    // Who belongs to which project is for staff and for those who lead it.
    if filter.takes.is_some() && !caller.is_staff() {
        return Err(AppError::Forbidden);
    }
    let mut conn = app.conn().await?;
    if let Some(ticket) = ticket {
        let Some(narrowed) = crate::ticket::places(&mut conn, caller, ticket, filter).await? else {
            return Ok(Vec::new());
        };
        filter = narrowed;
    }
    Ok(customer::projects(&mut conn, scope, &filter, after, limit).await?)
}

/// A project that the caller sees; with a text, of the people only those whose name or address has it.
///
/// # Errors
/// [`AppError::NotFound`] when it is not his to see.
pub async fn project(app: &App, caller: &Caller, id: Uuid, text: Option<&str>) -> Result<Shown, AppError> {
    let mut conn = app.conn().await?;
    let found = customer::project(&mut conn, caller.project_scope()?, id).await?;
    show(&mut conn, caller, found, text).await
}

async fn show(
    conn: &mut store::PgConn,
    caller: &Caller,
    found: Project,
    text: Option<&str>,
) -> Result<Shown, AppError> {
    let relation = access::access(conn, caller, found.customer()).await?;
    let manages = may_manage(relation, caller, Permission::ProjectsEdit).is_ok();
    let mut members = if manages {
        let limit = i64::try_from(PEOPLE_SHOWN + 1).unwrap_or(i64::MAX);
        customer::project_people(conn, &found, text, limit).await?
    } else {
        Vec::new()
    };
    let more = members.len() > PEOPLE_SHOWN;
    members.truncate(PEOPLE_SHOWN);
    Ok(Shown {
        assigned: customer::assigned(conn, &found).await?,
        members,
        more,
        project: found,
        manages,
    })
}

/// Refuses whoever neither leads the customer nor holds the permission among staff.
fn may_manage(relation: Access, caller: &Caller, staff: Permission) -> Result<(), AppError> {
    relation.need(caller, staff, MemberAction::ManageProjects)?;
    if matches!(relation, Access::Member(_)) {
        caller.need(Permission::MembersManageOwn)?;
    }
    Ok(())
}

/// Makes a project of a customer.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Forbidden`]; [`AppError::Invalid`]; [`AppError::Refused`] `too_many_projects`.
pub async fn create_project(
    app: &App,
    caller: &Caller,
    customer: Uuid,
    draft: &ProjectDraft,
) -> Result<Shown, AppError> {
    caller.project_scope()?;
    let columns = checked(draft)?;
    let mut tx = app.begin().await?;
    let (found, relation) = access::open_for_update(tx.conn()?, caller, customer).await?;
    may_manage(relation, caller, Permission::ProjectsCreate)?;
    let reached = found.reached();
    if customer::project_count(tx.conn()?, reached).await? >= PER_CUSTOMER_MAX {
        return Err(AppError::refused(
            "too_many_projects",
            format!("a customer has {PER_CUSTOMER_MAX} projects at most"),
        ));
    }
    let id = Uuid::now_v7();
    customer::insert_project(tx.conn()?, reached, id, columns, caller.user_id, app.now())
        .await
        .map_err(taken)?;
    let data =
        json!({ "project_id": id, "name": columns.name, "description": columns.description, "colour": columns.colour });
    record(app, &mut tx, caller, reached, "customer.project_add", data).await?;
    let made = customer::project(tx.conn()?, scope_of(relation, caller), id).await?;
    let shown = show(tx.conn()?, caller, made, None).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Changes a project, archives it or takes it back into use.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Forbidden`]; [`AppError::Invalid`]; [`AppError::Stale`].
pub async fn edit_project(
    app: &App,
    caller: &Caller,
    id: Uuid,
    version: i32,
    draft: &ProjectDraft,
    archived: bool,
) -> Result<Shown, AppError> {
    let columns = checked(draft)?;
    let (mut tx, before, scope) = managed(app, caller, id, version).await?;
    let now = app.now();
    let archived_at = archived.then(|| before.archived_at.unwrap_or(now));
    customer::update_project(tx.conn()?, &before, columns, archived_at, caller.user_id, now)
        .await
        .map_err(taken)?;
    let after = customer::project(tx.conn()?, scope, id).await?;
    let mut data = changes(&told(&before), &told(&after));
    if let Some(fields) = data.as_object_mut() {
        fields.insert("project_id".to_owned(), json!(id));
        fields.insert("project".to_owned(), json!(after.name));
    }
    record(app, &mut tx, caller, before.customer(), "customer.project_edit", data).await?;
    let shown = show(tx.conn()?, caller, after, None).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Says who is assigned to a project: exactly these.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Forbidden`]; [`AppError::Stale`]; [`AppError::Invalid`] `unknown_member`.
pub async fn assign_project(
    app: &App,
    caller: &Caller,
    id: Uuid,
    version: i32,
    wanted: &[Uuid],
) -> Result<Shown, AppError> {
    if wanted.len() > MEMBERS_MAX {
        return Err(AppError::invalid(
            "/user_ids",
            "too_many",
            format!("{MEMBERS_MAX} people at most"),
        ));
    }
    let (mut tx, before, scope) = managed(app, caller, id, version).await?;
    let mut people = wanted.to_vec();
    people.sort_unstable();
    people.dedup();
    let acting = customer::acting(tx.conn()?, before.customer(), &people).await?;
    if usize::try_from(acting).ok() != Some(people.len()) {
        return Err(AppError::invalid(
            "/user_ids",
            "unknown_member",
            "somebody here does not act for the customer",
        ));
    }
    let present = customer::assigned(tx.conn()?, &before).await?;
    let added: Vec<Uuid> = people.iter().filter(|id| !present.contains(id)).copied().collect();
    let removed: Vec<Uuid> = present.iter().filter(|id| !people.contains(id)).copied().collect();
    if !added.is_empty() || !removed.is_empty() {
        let now = app.now();
        customer::assign(tx.conn()?, &before, &added, &removed, caller.user_id, now).await?;
        let columns = ProjectColumns {
            name: &before.name,
            description: &before.description,
            colour: before.colour.as_deref(),
        };
        customer::update_project(tx.conn()?, &before, columns, before.archived_at, caller.user_id, now).await?;
        let data = json!({ "project_id": id, "project": before.name, "added": added, "removed": removed });
        record(
            app,
            &mut tx,
            caller,
            before.customer(),
            "customer.project_members",
            data,
        )
        .await?;
    }
    let after = customer::project(tx.conn()?, scope, id).await?;
    let shown = show(tx.conn()?, caller, after, None).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Locks the customer of a project that the caller manages, and reads the project under the lock.
async fn managed(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(Tx, Project, Scope), AppError> {
    let scope = caller.project_scope()?;
    let mut tx = app.begin().await?;
    let seen = customer::project(tx.conn()?, scope, id).await?;
    let (_, relation) = access::open_for_update(tx.conn()?, caller, seen.customer_id).await?;
    may_manage(relation, caller, Permission::ProjectsEdit)?;
    let found = customer::project(tx.conn()?, scope, id).await?;
    if found.version != version {
        return Err(AppError::Stale);
    }
    Ok((tx, found, scope))
}

/// Whoever makes a project sees it, among staff also without the permission to see all.
fn scope_of(relation: Access, caller: &Caller) -> Scope {
    match relation {
        Access::Staff => Scope::everything(),
        Access::Member(_) => Scope::member(caller.user_id),
    }
}

fn checked(draft: &ProjectDraft) -> Result<ProjectColumns<'_>, AppError> {
    let mut errors = Vec::new();
    let name = rules::name(&draft.name).unwrap_or_else(|error| {
        errors.push(FieldError::new("/name", error.code(), error));
        ""
    });
    let description = rules::description(&draft.description).unwrap_or_else(|error| {
        errors.push(FieldError::new("/description", error.code(), error));
        ""
    });
    if errors.is_empty() {
        Ok(ProjectColumns {
            name,
            description,
            colour: draft.colour.map(Colour::as_str),
        })
    } else {
        Err(AppError::Invalid(errors))
    }
}

fn told(project: &Project) -> Value {
    json!({
        "name": project.name, "description": project.description, "colour": project.colour,
        "archived": project.archived_at.is_some(),
    })
}

fn taken(error: StoreError) -> AppError {
    match error {
        StoreError::Conflict(index) if index == "customer_projects_name" => AppError::invalid(
            "/name",
            "project_name_taken",
            "the customer has a project of this name; archived ones count",
        ),
        other => other.into(),
    }
}
