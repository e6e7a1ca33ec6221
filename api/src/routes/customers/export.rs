//! The list of customers as a spreadsheet.

use app::{AppError, customer as cases};
use axum::{extract::State, response::Response};
use futures::stream;
use store::customer::{self, Listed, Position, Sort};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read::{ListParams, SEARCH_DEPTH};
use crate::{
    csv,
    extract::{CurrentUser, Query},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// Customers read at once.
const CHUNK: i64 = 1000;
const COLUMNS: [&str; 11] = [
    "number",
    "kind",
    "status",
    "identity",
    "name",
    "email",
    "phone",
    "tags",
    "account_manager",
    "tier",
    "created_at",
];

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(export))
}

fn cells(row: &Listed) -> [String; 11] {
    let row = &row.summary;
    [
        row.number.to_string(),
        row.kind.clone(),
        row.status.clone(),
        row.kyc_state.clone(),
        row.name.clone(),
        row.email.clone(),
        row.phone.clone().unwrap_or_default(),
        row.tags.join(" "),
        row.account_manager_name.clone().unwrap_or_default(),
        row.tier.clone(),
        row.created_at.to_rfc3339(),
    ]
}

/// Export customers as CSV
///
/// Everything that the filter lets through, oldest last. With words in `q` the matches that the list shows, best first, 200 at most.
/// Needs a fresh proof of identity.
#[utoipa::path(get, path = "/api/v1/customers/export", operation_id = "exportCustomers", tag = "customers",
    security(("bearer" = [])),
    params(ListParams),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn export(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(params): Query<ListParams>,
) -> ApiResult<Response> {
    let (filter, _) = params.filter(&caller)?;
    let text = params.text();
    let asked = text
        .as_ref()
        .map_or_else(|| format!("{filter:?}"), |text| format!("{text:?} {filter:?}"));
    cases::export_begins(&state.app, caller.caller(), &asked).await?;
    let scope = caller.customer_scope()?;
    let head = csv::head(&COLUMNS.map(str::to_owned))?;
    let lines = stream::try_unfold(Some(None), move |place: Option<Option<Position>>| {
        let (app, filter, text) = (state.app.clone(), filter.clone(), text.clone());
        async move {
            let Some(after) = place else { return Ok(None) };
            let mut conn = app.conn().await?;
            if let Some(text) = text {
                let rows = customer::search(&mut conn, scope, &filter, &text, 0, SEARCH_DEPTH).await?;
                return Ok(Some((csv::rows(rows.iter().map(cells))?, None)));
            }
            let rows = customer::list(&mut conn, scope, &filter, Sort::Created, after.as_ref(), CHUNK).await?;
            drop(conn);
            let Some(last) = rows.last() else { return Ok(None) };
            let next = Position::Time(last.summary.created_at, last.summary.id);
            Ok::<_, AppError>(Some((csv::rows(rows.iter().map(cells))?, Some(Some(next)))))
        }
    });
    let first = stream::once(async move { Ok(head) });
    Ok(csv::download("customers.csv", futures::StreamExt::chain(first, lines)))
}
