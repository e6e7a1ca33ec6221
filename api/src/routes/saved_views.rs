//! Filters that a person keeps under a name, for himself or for colleagues.

use app::saved_view::{self as cases, Change};
use axum::{extract::State, http::StatusCode};
use domain::{customer::profile::line, view::Audience};
use serde::{Deserialize, Serialize};
use store::saved_view::SavedView;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::tickets::Named;
use crate::{
    extract::{CurrentUser, IfMatch, Json, Path, Query, Versioned},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, put))
        .routes(routes!(arrange))
        .routes(routes!(change, delete))
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

/// Who sees a view besides its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ViewAudience {
    /// Nobody.
    Own,
    /// The members of a support group.
    Group,
    /// All staff who see the list.
    Staff,
}

impl ViewAudience {
    fn parse(stored: &str) -> Self {
        match stored {
            "group" => Self::Group,
            "staff" => Self::Staff,
            _ => Self::Own,
        }
    }
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
    /// Who sees it besides its owner.
    audience: ViewAudience,
    /// The group that sees it.
    #[schema(required = true)]
    group: Option<Named>,
    /// Whose it is.
    owner: Named,
    /// It is the caller's own: he alone changes it.
    own: bool,
    /// The caller's list opens with it.
    opening: bool,
    /// Version.
    version: i32,
}

impl ViewDto {
    fn of(row: SavedView, caller: &CurrentUser) -> Self {
        Self {
            id: row.id,
            name: row.name,
            query: row.query,
            audience: ViewAudience::parse(&row.audience),
            group: row.group_id.map(|id| Named {
                id,
                name: row.group_name.unwrap_or_default(),
            }),
            own: row.owner_id == caller.user_id,
            owner: Named {
                id: row.owner_id,
                name: row.owner_name,
            },
            opening: row.opening,
            version: row.version,
        }
    }
}

/// A name as it is kept.
fn named(name: &str) -> Result<String, Problem> {
    let name: String = line(name).chars().take(60).collect();
    if name.is_empty() {
        return Err(Problem::invalid("/name", "empty", "must not be empty"));
    }
    Ok(name)
}

/// A query string, or none.
fn asked(query: String) -> Result<String, Problem> {
    let printable = query.bytes().all(|b| b.is_ascii_graphic());
    if query.len() > 2000 || !printable {
        return Err(Problem::invalid("/query", "invalid_value", "is no query string"));
    }
    Ok(query)
}

/// List the views of a list
///
/// One's own, and, on lists of tickets, customers and mails, those that colleagues show to all staff or to a group that one is in. They stand as the
/// caller arranged them, new ones behind: his own before others', by name.
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
    let rows = cases::views(&state.app, caller.caller(), params.list.as_str()).await?;
    Ok(Json(rows.into_iter().map(|row| ViewDto::of(row, &caller)).collect()))
}

/// Keep a view
///
/// A new one is seen by its owner alone; one that is replaced is still shown to whom it was.
#[utoipa::path(post, path = "/api/v1/saved-views", operation_id = "saveView", tag = "me", security(("bearer" = [])),
    request_body = NewView,
    responses(
        (status = 200, body = ViewDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn put(caller: CurrentUser, State(state): State<ApiState>, Json(new): Json<NewView>) -> ApiResult<Json<ViewDto>> {
    let (name, query) = (named(&new.name)?, asked(new.query)?);
    let view = cases::keep(&state.app, caller.caller(), new.list.as_str(), &name, &query).await?;
    Ok(Json(ViewDto::of(view, &caller)))
}

/// What to change of a view; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewChange {
    /// Name.
    #[schema(min_length = 1, max_length = 60)]
    name: Option<String>,
    /// Query string of the list.
    #[schema(max_length = 2000)]
    query: Option<String>,
    /// Who sees it besides its owner.
    audience: Option<ViewAudience>,
    /// The group that is meant by `audience` `group`.
    group_id: Option<Uuid>,
}

/// Change a view of one's own, or show it to others
///
/// To a group its members show one, and those who manage groups; to all staff those who manage groups. Only views of tickets, customers and mails are
/// shown, to those who see the list.
#[utoipa::path(patch, path = "/api/v1/saved-views/{id}", operation_id = "changeView", tag = "me", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the view"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = ViewChange,
    responses(
        (status = 200, body = ViewDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
            description = "`view_not_shared`, `view_not_your_group`, `view_not_to_all`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(change): Json<ViewChange>,
) -> ApiResult<Versioned<ViewDto>> {
    let audience = match (change.audience, change.group_id) {
        (None, None) => None,
        (Some(ViewAudience::Own), None) => Some(Audience::Own),
        (Some(ViewAudience::Staff), None) => Some(Audience::Staff),
        (Some(ViewAudience::Group), Some(group)) => Some(Audience::Group(group)),
        (Some(ViewAudience::Group), None) => return Err(Problem::invalid("/group_id", "empty", "name the group")),
        (_, Some(_)) => {
            return Err(Problem::invalid(
                "/group_id",
                "invalid_value",
                "only for the audience `group`",
            ));
        }
    };
    let wanted = Change {
        name: change.name.as_deref().map(named).transpose()?,
        query: change.query.map(asked).transpose()?,
        audience,
    };
    let view = cases::change(&state.app, caller.caller(), id, version, wanted).await?;
    Ok(Versioned {
        version: view.version,
        body: ViewDto::of(view, &caller),
    })
}

/// How one has the views of a list stand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewArrangement {
    /// The list.
    list: ViewedList,
    /// Ids of views in their order, 200 at most; those that are not named come behind.
    places: Vec<Uuid>,
    /// The view that the list opens with; all rows when absent.
    opening: Option<Uuid>,
}

/// Arrange the views of a list, for oneself alone
#[utoipa::path(put, path = "/api/v1/saved-views/arrangement", operation_id = "arrangeViews", tag = "me", security(("bearer" = [])),
    request_body = ViewArrangement,
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn arrange(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(wanted): Json<ViewArrangement>,
) -> ApiResult<StatusCode> {
    let ViewArrangement { list, places, opening } = wanted;
    cases::arrange(&state.app, caller.caller(), list.as_str(), places, opening).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forget a view
///
/// Whoever manages groups forgets those as well that others show.
#[utoipa::path(delete, path = "/api/v1/saved-views/{id}", operation_id = "deleteView", tag = "me", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the view")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delete(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    cases::forget(&state.app, caller.caller(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
