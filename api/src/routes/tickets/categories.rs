//! Categories of tickets.

use app::ticket::category::{self as cases, Draft, Place};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::permission::Permission;
use serde::{Deserialize, Serialize};
use store::ticket::category::{self, Category, Words};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::words::PriorityDto;
use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Path, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(usage))
        .routes(routes!(get, change))
        .routes(routes!(move_to))
}

/// A text in the languages of the product.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LocalText {
    /// French.
    fr: String,
    /// English.
    en: String,
    /// Arabic.
    ar: String,
}

/// A category as entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketCategoryInput {
    /// What it is called, up to 80 characters each.
    names: LocalText,
    /// What belongs to it, up to 500 characters each; may be empty.
    descriptions: LocalText,
    /// New tickets may have it; otherwise it is retired.
    active: bool,
    /// Tickets that name none have it. Another default takes its place; the default itself stays one.
    is_default: bool,
    /// Where its tickets go; `null` = as the category above it.
    group_id: Option<Uuid>,
    /// How urgent its tickets begin; `null` = as the category above it.
    priority: Option<PriorityDto>,
    /// What whoever gets them should know; none = as the category above it.
    #[serde(default)]
    skills: Vec<String>,
}

/// A category to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTicketCategory {
    /// The category above it; `null` = the top.
    parent_id: Option<Uuid>,
    /// What it says.
    category: TicketCategoryInput,
}

/// A place in the tree.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketCategoryPlace {
    /// The category above it; `null` = the top.
    parent_id: Option<Uuid>,
    /// How many siblings come before it.
    position: usize,
}

/// Where a category sends its tickets.
#[derive(Debug, Serialize, ToSchema)]
struct TicketRouting {
    /// Group.
    #[schema(required = true)]
    group_id: Option<Uuid>,
    /// Priority.
    #[schema(required = true)]
    priority: Option<String>,
    /// Skills.
    skills: Vec<String>,
}

/// A category.
#[derive(Debug, Serialize, ToSchema)]
struct TicketCategory {
    /// Id.
    id: Uuid,
    /// The category above it.
    #[schema(required = true)]
    parent_id: Option<Uuid>,
    /// Place among its siblings.
    position: i32,
    /// What it is called.
    names: LocalText,
    /// What belongs to it.
    descriptions: LocalText,
    /// New tickets may have it.
    active: bool,
    /// Tickets that name none have it.
    is_default: bool,
    /// Where it sends its tickets by itself; staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    routing: Option<TicketRouting>,
    /// The ETag.
    version: i32,
}

impl TicketCategory {
    fn of(row: Category, staff: bool) -> Self {
        let words = row.words;
        Self {
            id: row.id,
            parent_id: row.parent_id,
            position: row.position,
            names: LocalText {
                fr: words.name_fr,
                en: words.name_en,
                ar: words.name_ar,
            },
            descriptions: LocalText {
                fr: words.description_fr,
                en: words.description_en,
                ar: words.description_ar,
            },
            active: row.active,
            is_default: row.is_default,
            routing: staff.then_some(TicketRouting {
                group_id: row.group_id,
                priority: row.priority,
                skills: row.skills,
            }),
            version: row.version,
        }
    }
}

impl From<TicketCategoryInput> for Draft {
    fn from(dto: TicketCategoryInput) -> Self {
        Self {
            words: Words {
                name_fr: dto.names.fr,
                name_en: dto.names.en,
                name_ar: dto.names.ar,
                description_fr: dto.descriptions.fr,
                description_en: dto.descriptions.en,
                description_ar: dto.descriptions.ar,
            },
            active: dto.active,
            is_default: dto.is_default,
            group_id: dto.group_id,
            priority: dto.priority.map(Into::into),
            skills: dto.skills,
        }
    }
}

fn shown(row: Category) -> Versioned<TicketCategory> {
    Versioned {
        version: row.version,
        body: TicketCategory::of(row, true),
    }
}

/// List categories
///
/// Retired ones as well, since tickets keep theirs; siblings are in their order.
#[utoipa::path(get, path = "/api/v1/ticket-categories", operation_id = "listTicketCategories", tag = "tickets",
    security(("bearer" = [])),
    responses(
        (status = 200, body = List<TicketCategory>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<TicketCategory>>> {
    let rows = cases::list(&state.app, caller.caller()).await?;
    let staff = caller.is_staff();
    Ok(Json(List {
        items: rows.into_iter().map(|row| TicketCategory::of(row, staff)).collect(),
        next_cursor: None,
    }))
}

/// Add a category
///
/// It comes after those that are below the same one.
#[utoipa::path(post, path = "/api/v1/ticket-categories", operation_id = "createTicketCategory", tag = "tickets",
    security(("bearer" = [])), request_body = NewTicketCategory,
    responses(
        (status = 201, body = TicketCategory, headers(
            ("ETag" = String, description = "Version, for If-Match"), ("Location" = String, description = "Where it is"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(new): Json<NewTicketCategory>,
) -> ApiResult<Response> {
    let row = cases::create(&state.app, caller.caller(), new.parent_id, new.category.into()).await?;
    let location = format!("/api/v1/ticket-categories/{}", row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], shown(row)).into_response())
}

/// How many tickets that are not over a category has, without those below it; counted up to 10,000.
#[derive(Debug, Serialize, ToSchema)]
struct TicketCategoryUsage {
    /// Category.
    id: Uuid,
    /// Tickets.
    open_tickets: i64,
}

/// Count the tickets of each category
#[utoipa::path(get, path = "/api/v1/ticket-categories/usage", operation_id = "ticketCategoryUsage", tag = "tickets",
    security(("bearer" = [])),
    responses(
        (status = 200, body = List<TicketCategoryUsage>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn usage(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<TicketCategoryUsage>>> {
    caller.need(Permission::CategoriesEdit)?;
    let rows = category::open_tickets(&mut *state.app.conn().await?)
        .await
        .map_err(app::AppError::from)?;
    Ok(Json(List {
        items: rows
            .into_iter()
            .map(|(id, open_tickets)| TicketCategoryUsage { id, open_tickets })
            .collect(),
        next_cursor: None,
    }))
}

/// Read a category
#[utoipa::path(get, path = "/api/v1/ticket-categories/{id}", operation_id = "getTicketCategory", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the category")),
    responses(
        (status = 200, body = TicketCategory, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<TicketCategory>> {
    caller.need(Permission::CategoriesEdit)?;
    let row = category::find(&mut *state.app.conn().await?, id)
        .await
        .map_err(app::AppError::from)?;
    Ok(shown(row))
}

/// Change a category, retire it, or take it into use again
///
/// The default one stays in use, and so does one with categories in use below it.
#[utoipa::path(put, path = "/api/v1/ticket-categories/{id}", operation_id = "changeTicketCategory", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the category"), ("If-Match" = String, Header, description = "ETag of the version that was read")),
    request_body = TicketCategoryInput,
    responses(
        (status = 200, body = TicketCategory, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<TicketCategoryInput>,
) -> ApiResult<Versioned<TicketCategory>> {
    Ok(shown(
        cases::change(&state.app, caller.caller(), id, version, input.into()).await?,
    ))
}

/// Put a category to another place, with all below it
#[utoipa::path(put, path = "/api/v1/ticket-categories/{id}/place", operation_id = "moveTicketCategory", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the category"), ("If-Match" = String, Header, description = "ETag of the version that was read")),
    request_body = TicketCategoryPlace,
    responses(
        (status = 200, body = TicketCategory, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn move_to(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(to): Json<TicketCategoryPlace>,
) -> ApiResult<Versioned<TicketCategory>> {
    let place = Place {
        parent_id: to.parent_id,
        position: to.position,
    };
    Ok(shown(
        cases::move_to(&state.app, caller.caller(), id, version, place).await?,
    ))
}
