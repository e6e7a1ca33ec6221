//! Finding and showing customers.

use std::collections::BTreeMap;

use app::customer::{self as cases, Access};
use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::{
    customer::{Kind, Status, Tier},
    permission::Permission,
};
use serde::{Deserialize, Serialize};
use store::customer::{self, Customer, Filter, Listed, Position, Sort};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::dto::{CustomerDto, CustomerSummary, StatusChangeDto};
use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Path, Query, Versioned},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// Most rows that a search leads to: who has not found it by then needs other words.
pub(super) const SEARCH_DEPTH: i64 = 200;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(statistics))
        .routes(routes!(get))
        .routes(routes!(history))
}

/// What a list is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParams {
    /// Statuses, separated by commas.
    status: Option<String>,
    /// Kinds, separated by commas.
    kind: Option<String>,
    /// States of the verification of identity, separated by commas.
    kyc: Option<String>,
    /// Tiers, separated by commas; staff only.
    tier: Option<String>,
    /// Tags, separated by commas; all of them must be there.
    tag: Option<String>,
    /// `me`, `none` or the id of an agent.
    manager: Option<String>,
    /// Stored at or after this moment.
    created_from: Option<DateTime<Utc>>,
    /// Stored before this moment.
    created_until: Option<DateTime<Utc>>,
    /// Deleted customers instead of the others; needs `customers.restore`.
    deleted: Option<bool>,
    /// Name, address, telephone, number or identifier; small mistakes do not matter. Best matches come first.
    #[param(max_length = 200)]
    q: Option<String>,
    /// `-created_at` (default), `-updated_at` or `name`; not used with `q`.
    sort: Option<String>,
}

fn words(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

fn known<T: std::str::FromStr>(text: Option<&str>, field: &str) -> ApiResult<Vec<String>> {
    let words = words(text);
    match words.iter().find(|word| word.parse::<T>().is_err()) {
        Some(word) => Err(Problem::bad_request(
            "invalid_filter",
            format!("`{word}` is no {field}."),
        )),
        None => Ok(words),
    }
}

impl ListParams {
    pub(super) fn filter(&self, caller: &CurrentUser) -> ApiResult<(Filter, Sort)> {
        let inside = caller.may(Permission::CustomersView);
        let manager = match self.manager.as_deref() {
            None | Some("" | "none") => None,
            Some("me") => Some(caller.user_id),
            Some(id) => Some(id.parse().map_err(|_| {
                Problem::bad_request("invalid_filter", "`manager` is `me`, `none` or the id of an agent.")
            })?),
        };
        let deleted = self.deleted == Some(true);
        if deleted {
            caller.need(Permission::CustomersRestore)?;
        }
        let tags = words(self.tag.as_deref());
        if !inside && (manager.is_some() || self.manager.is_some() || self.tier.is_some() || !tags.is_empty()) {
            return Err(Problem::forbidden());
        }
        let sort = match self.sort.as_deref() {
            None | Some("" | "-created_at") => Sort::Created,
            Some("-updated_at") => Sort::Updated,
            Some("name") => Sort::Name,
            Some(_) => {
                return Err(Problem::bad_request(
                    "invalid_sort",
                    "`sort` is `-created_at`, `-updated_at` or `name`.",
                ));
            }
        };
        let filter = Filter {
            statuses: known::<Status>(self.status.as_deref(), "status")?,
            kinds: known::<Kind>(self.kind.as_deref(), "kind")?,
            kyc_states: known::<domain::kyc::State>(self.kyc.as_deref(), "state of a verification")?,
            tiers: known::<Tier>(self.tier.as_deref(), "tier")?,
            tags: tags.iter().map(|tag| tag.to_lowercase()).collect(),
            manager,
            unmanaged: self.manager.as_deref() == Some("none"),
            from: self.created_from,
            until: self.created_until,
            deleted,
        };
        Ok((filter, sort))
    }

    /// The words that are searched for.
    pub(super) fn text(&self) -> Option<String> {
        let text: String = self.q.as_deref()?.chars().take(200).collect();
        (!text.trim().is_empty()).then_some(text)
    }
}

/// The key of a row in a cursor.
#[derive(Debug, Serialize, Deserialize)]
enum Key {
    /// By a time.
    Time(DateTime<Utc>, Uuid),
    /// By name.
    Name(String, Uuid),
    /// By place among the matches.
    Place(i64),
}

/// List and search customers
///
/// Staff see every customer, others those they act for.
#[utoipa::path(get, path = "/api/v1/customers", operation_id = "listCustomers", tag = "customers", security(("bearer" = [])),
    params(ListParams, PageParams),
    responses(
        (status = 200, body = List<CustomerSummary>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(params): Query<ListParams>,
    page: Page,
) -> ApiResult<Json<List<CustomerSummary>>> {
    let (filter, sort) = params.filter(&caller)?;
    let scope = caller.customer_scope()?;
    let inside = scope.user().is_none();
    let text = params.text();
    let list = format!("customers {sort:?} {filter:?} {text:?}");
    let after: Option<Key> = page.after(&list)?;
    let mut conn = state.app.conn().await?;
    let item = |row: Listed| CustomerSummary::new(row.summary, inside);
    if let Some(text) = text {
        let offset = match after {
            Some(Key::Place(place)) => place.clamp(0, SEARCH_DEPTH),
            _ => 0,
        };
        let fetch = page.fetch().min(SEARCH_DEPTH - offset);
        let rows = customer::search(&mut conn, scope, &filter, &text, offset, fetch).await?;
        let end = offset + page.limit;
        return Ok(Json(page.list(&list, rows, |_| Key::Place(end), item)));
    }
    let position = match after {
        Some(Key::Time(at, id)) => Some(Position::Time(at, id)),
        Some(Key::Name(name, id)) => Some(Position::Name(name, id)),
        _ => None,
    };
    let rows = customer::list(&mut conn, scope, &filter, sort, position.as_ref(), page.fetch()).await?;
    let key = |row: &Listed| match sort {
        Sort::Created => Key::Time(row.summary.created_at, row.summary.id),
        Sort::Updated => Key::Time(row.summary.updated_at, row.summary.id),
        Sort::Name => Key::Name(row.sort_name.clone(), row.summary.id),
    };
    Ok(Json(page.list(&list, rows, key, item)))
}

/// How many customers there are.
#[derive(Debug, Serialize, ToSchema)]
struct CustomerStatistics {
    /// All of them, without deleted ones.
    total: i64,
    /// Stored within thirty days.
    recent: i64,
    /// By status.
    by_status: BTreeMap<String, i64>,
    /// By kind.
    by_kind: BTreeMap<String, i64>,
    /// By verification of identity.
    by_kyc_state: BTreeMap<String, i64>,
    /// By tag; the hundred that most have.
    by_tag: BTreeMap<String, i64>,
}

/// Count customers
#[utoipa::path(get, path = "/api/v1/customers/statistics", operation_id = "customerStatistics", tag = "customers",
    security(("bearer" = [])),
    responses(
        (status = 200, body = CustomerStatistics),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn statistics(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<CustomerStatistics>> {
    caller.need(Permission::CustomersView)?;
    let mut conn = state.app.conn().await?;
    let found = customer::statistics(&mut conn, caller.customer_scope()?, state.app.now()).await?;
    Ok(Json(CustomerStatistics {
        total: found.total,
        recent: found.recent,
        by_status: found.by_status.into_iter().collect(),
        by_kind: found.by_kind.into_iter().collect(),
        by_kyc_state: found.by_kyc_state.into_iter().collect(),
        by_tag: found.by_tag.into_iter().collect(),
    }))
}

/// Show a customer
#[utoipa::path(get, path = "/api/v1/customers/{id}", operation_id = "customer", tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = CustomerDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<CustomerDto>> {
    let (found, access) = cases::show(&state.app, caller.caller(), id).await?;
    dto(&caller, found, access)
}

/// The answer that shows one customer.
pub(super) fn dto(caller: &CurrentUser, found: Customer, access: Access) -> ApiResult<Versioned<CustomerDto>> {
    let actions = cases::actions(caller.caller(), access, &found)?;
    Ok(Versioned {
        version: found.summary.version,
        body: CustomerDto::new(found, access, actions),
    })
}

/// Show a customer again, after a change.
pub(super) async fn show(caller: &CurrentUser, state: &ApiState, id: Uuid) -> ApiResult<Versioned<CustomerDto>> {
    let (found, access) = cases::show(&state.app, caller.caller(), id).await?;
    dto(caller, found, access)
}

/// List the moves of a customer between statuses
#[utoipa::path(get, path = "/api/v1/customers/{id}/status", operation_id = "customerStatusHistory", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = Vec<StatusChangeDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn history(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Vec<StatusChangeDto>>> {
    let rows = cases::history(&state.app, caller.caller(), id).await?;
    Ok(Json(rows.into_iter().map(Into::into).collect()))
}
