//! Filters that a person keeps under a name.

use axum::{extract::State, http::StatusCode};
use domain::customer::profile::line;
use serde::{Deserialize, Serialize};
use store::saved_view::{self, SavedView};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, Path, Query},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list, put)).routes(routes!(delete))
}

/// A list that views are kept for.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ViewedList {
    Alerts,
    Audit,
    Customers,
    Jobs,
    KycReviews,
    Logins,
    Mails,
    MyTickets,
    Tickets,
    Users,
}

impl ViewedList {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Alerts => "alerts",
            Self::Audit => "audit",
            Self::Customers => "customers",
            Self::Jobs => "jobs",
            Self::KycReviews => "kyc_reviews",
            Self::Logins => "logins",
            Self::Mails => "mails",
            Self::MyTickets => "my_tickets",
            Self::Tickets => "tickets",
            Self::Users => "users",
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ViewParams {
    /// The list.
    list: ViewedList,
}

/// A filter to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewView {
    /// The list.
    list: ViewedList,
    /// Name; a view of the same name is replaced.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Query string of the list, such as `status=active&sort=name`.
    #[schema(max_length = 2000)]
    query: String,
}

/// A filter under a name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedView)]
struct ViewDto {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// Query string of the list.
    query: String,
}

impl From<SavedView> for ViewDto {
    fn from(row: SavedView) -> Self {
        Self {
            id: row.id,
            name: row.name,
            query: row.query,
        }
    }
}

/// List one's own views of a list
#[utoipa::path(get, path = "/api/v1/saved-views", operation_id = "savedViews", tag = "me", security(("bearer" = [])),
    params(ViewParams),
    responses(
        (status = 200, body = Vec<ViewDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(params): Query<ViewParams>,
) -> ApiResult<Json<Vec<ViewDto>>> {
    let mut conn = state.app.conn().await?;
    let rows = saved_view::of_user(&mut conn, caller.user_id, params.list.as_str()).await?;
    Ok(Json(rows.into_iter().map(Into::into).collect()))
}

/// Keep a view
#[utoipa::path(post, path = "/api/v1/saved-views", operation_id = "saveView", tag = "me", security(("bearer" = [])),
    request_body = NewView,
    responses(
        (status = 200, body = ViewDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn put(caller: CurrentUser, State(state): State<ApiState>, Json(new): Json<NewView>) -> ApiResult<Json<ViewDto>> {
    let name: String = line(&new.name).chars().take(60).collect();
    if name.is_empty() {
        return Err(Problem::invalid("/name", "empty", "must not be empty"));
    }
    let printable = new.query.bytes().all(|b| b.is_ascii_graphic());
    if new.query.len() > 2000 || !printable {
        return Err(Problem::invalid("/query", "invalid_value", "is no query string"));
    }
    let view = app::saved_view::keep(&state.app, caller.caller(), new.list.as_str(), &name, &new.query).await?;
    Ok(Json(view.into()))
}

/// Forget a view
#[utoipa::path(delete, path = "/api/v1/saved-views/{id}", operation_id = "deleteView", tag = "me", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the view")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delete(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    app::saved_view::forget(&state.app, caller.caller(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
