//! Projects of customers, and who of their people sees which.

use app::customer::{self as cases, ProjectDraft, ShownProject};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::customer::{Member, Project as Row, ProjectFilter};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Query, Versioned},
    problem::{ApiResult, ProblemBody},
    routes::tickets::Named,
    state::ApiState,
    words::TagColourWord,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(create))
        .routes(routes!(get, change))
        .routes(routes!(assign))
}

/// A project.
#[derive(Debug, Serialize, ToSchema)]
struct Project {
    /// Id.
    id: Uuid,
    /// Whose it is.
    customer: Named,
    /// Name, one of its kind with this customer.
    name: String,
    /// What it is about.
    description: String,
    /// Its colour.
    #[schema(required = true)]
    colour: Option<TagColourWord>,
    /// Since when it takes nothing new.
    #[schema(required = true)]
    archived_at: Option<DateTime<Utc>>,
    /// Number of people who are assigned to it.
    assigned: i64,
    /// When it was changed last.
    updated_at: DateTime<Utc>,
    /// The ETag.
    version: i32,
}

impl From<Row> for Project {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            customer: Named {
                id: row.customer_id,
                name: row.customer_name,
            },
            name: row.name,
            description: row.description,
            colour: row.colour.map(TagColourWord::stored),
            archived_at: row.archived_at,
            assigned: row.assigned,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// Somebody who acts for the customer.
#[derive(Debug, Serialize, ToSchema)]
struct ProjectPerson {
    /// Account.
    user_id: Uuid,
    /// Name.
    name: String,
    /// Address.
    email: String,
    /// `owner` and `admin` see every project of the customer, assigned or not.
    role: String,
    /// Assigned to the project.
    assigned: bool,
}

/// A project with who is assigned to it.
#[derive(Debug, Serialize, ToSchema)]
struct ProjectDetail {
    /// The project.
    #[serde(flatten)]
    project: Project,
    /// The caller may change it, and who is assigned.
    manages: bool,
    /// Who acts for the customer, those who are assigned first, for whoever says who is assigned; for others nobody.
    people: Vec<ProjectPerson>,
    /// More people act for the customer than are here: `q` finds them.
    more_people: bool,
}

fn shown(found: ShownProject) -> Versioned<ProjectDetail> {
    let assigned = found.assigned;
    let person = |one: Member| ProjectPerson {
        assigned: assigned.contains(&one.user_id),
        user_id: one.user_id,
        name: one.name,
        email: one.email,
        role: one.role,
    };
    Versioned {
        version: found.project.version,
        body: ProjectDetail {
            manages: found.manages,
            more_people: found.more,
            people: found.members.into_iter().map(person).collect(),
            project: found.project.into(),
        },
    }
}

/// A project to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProject {
    /// Name.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// What it is about.
    #[serde(default)]
    #[schema(max_length = 500)]
    description: String,
    /// Its colour.
    colour: Option<TagColourWord>,
}

/// A project as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProjectInput {
    /// Name.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// What it is about.
    #[schema(max_length = 500)]
    description: String,
    /// Its colour; none when absent.
    colour: Option<TagColourWord>,
    /// It takes nothing new.
    archived: bool,
}

/// Who is assigned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProjectPeople {
    /// Exactly these people, who act for the customer.
    #[schema(max_items = 500)]
    user_ids: Vec<Uuid>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ProjectParams {
    /// Of this customer.
    customer_id: Option<Uuid>,
    /// Letters of the name.
    #[param(max_length = 80)]
    q: Option<String>,
    /// Archived ones, or those in use; all when absent.
    archived: Option<bool>,
    /// Those that a ticket of this address can be opened in; for staff.
    #[param(max_length = 254)]
    requester: Option<String>,
    /// Those that the caller may file this ticket under.
    ticket_id: Option<Uuid>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PeopleParams {
    /// Of the people only those whose name or address has these letters.
    #[param(max_length = 80)]
    q: Option<String>,
}

/// List projects by name
///
/// Staff see all of them. Owners and administrators of a customer see all of his, other members those that they are assigned to.
#[utoipa::path(get, path = "/api/v1/projects", operation_id = "listProjects", tag = "customers", security(("bearer" = [])),
    params(ProjectParams, PageParams),
    responses(
        (status = 200, body = List<Project>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(params): Query<ProjectParams>,
) -> ApiResult<Json<List<Project>>> {
    let scope = format!("projects {} {params:?}", caller.user_id);
    let text = params.q.map(|text| text.trim().to_owned());
    let filter = ProjectFilter {
        customer: params.customer_id,
        text: text.filter(|text| !text.is_empty()),
        archived: params.archived,
        takes: params.requester.map(|email| email.trim().to_lowercase()),
    };
    let after: Option<(String, Uuid)> = page.after(&scope)?;
    let rows = cases::projects(
        &state.app,
        &caller,
        filter,
        params.ticket_id,
        after.as_ref(),
        page.fetch(),
    )
    .await?;
    Ok(Json(page.list(
        &scope,
        rows,
        |row| (row.name.clone(), row.id),
        Project::from,
    )))
}

/// Make a project of a customer
///
/// For staff, and for the customer's owners and administrators.
#[utoipa::path(post, path = "/api/v1/customers/{id}/projects", operation_id = "createProject", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    request_body = NewProject,
    responses(
        (status = 201, body = ProjectDetail),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`too_many_projects`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(new): Json<NewProject>,
) -> ApiResult<Response> {
    let draft = ProjectDraft {
        name: new.name,
        description: new.description,
        colour: new.colour.and_then(|word| word.known()),
    };
    let made = cases::create_project(&state.app, &caller, id, &draft).await?;
    let at = format!("/api/v1/projects/{}", made.project.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, at)], shown(made)).into_response())
}

/// Read a project
#[utoipa::path(get, path = "/api/v1/projects/{id}", operation_id = "getProject", tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the project"), PeopleParams),
    responses(
        (status = 200, body = ProjectDetail, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Query(params): Query<PeopleParams>,
) -> ApiResult<Versioned<ProjectDetail>> {
    let text = params.q.as_deref().map(str::trim).filter(|text| !text.is_empty());
    Ok(shown(cases::project(&state.app, &caller, id, text).await?))
}

/// Change a project, archive it or take it back into use
#[utoipa::path(put, path = "/api/v1/projects/{id}", operation_id = "changeProject", tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the project"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = ProjectInput,
    responses(
        (status = 200, body = ProjectDetail),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<ProjectInput>,
) -> ApiResult<Versioned<ProjectDetail>> {
    let draft = ProjectDraft {
        name: input.name,
        description: input.description,
        colour: input.colour.and_then(|word| word.known()),
    };
    Ok(shown(
        cases::edit_project(&state.app, &caller, id, version, &draft, input.archived).await?,
    ))
}

/// Say who is assigned to a project
///
/// Members who are neither owner nor administrator see the projects that they are assigned to, and the tickets in them.
#[utoipa::path(put, path = "/api/v1/projects/{id}/members", operation_id = "assignProject", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the project"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = ProjectPeople,
    responses(
        (status = 200, body = ProjectDetail),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn assign(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(people): Json<ProjectPeople>,
) -> ApiResult<Versioned<ProjectDetail>> {
    Ok(shown(
        cases::assign_project(&state.app, &caller, id, version, &people.user_ids).await?,
    ))
}
