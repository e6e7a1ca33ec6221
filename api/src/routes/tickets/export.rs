//! The list of tickets as a spreadsheet.

use app::ticket::{
    Wanted,
    export::{Export, Form},
};
use axum::{extract::State, response::Response};
use bytes::Bytes;
use domain::locale::Locale;
use futures::{StreamExt, stream};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read::ListParams;
use crate::{
    csv,
    extract::{CurrentUser, Query},
    problem::{ApiResult, ProblemBody},
    routes::me::Language,
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(export))
}

/// How the file is written.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FormParams {
    /// Language of heads and words; the account's when absent.
    locale: Option<Language>,
}

/// Export tickets as CSV
///
/// Everything that the list with this filter shows the caller, the newest opened first whatever `sort` says. UTF-8 with its byte order
/// mark; cells that a spreadsheet would compute begin with an apostrophe. Staff need `tickets.export`; customers get their own tickets.
/// The audit trail says that it began and, at its end, how many tickets it holds.
#[utoipa::path(get, path = "/api/v1/tickets/export", operation_id = "exportTickets", tag = "tickets", security(("bearer" = [])),
    params(ListParams, FormParams),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn export(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(params): Query<ListParams>,
    Query(form): Query<FormParams>,
) -> ApiResult<Response> {
    let account = || Locale::from_tag(&caller.session().user.locale).unwrap_or_default();
    let wanted = Wanted::from(&params);
    let form = Form::new(form.locale.map_or_else(account, Into::into), wanted.zone.as_deref())?;
    let export = Export::begin(&state.app, caller.caller(), wanted, form).await?;
    let head = export.head()?;
    let lines = stream::try_unfold(export, async |mut export| {
        let lines = export.next().await?;
        Ok::<_, app::AppError>(lines.map(|lines| (Bytes::from(lines), export)))
    });
    let first = stream::once(async move { Ok(Bytes::from(head)) });
    Ok(csv::download("tickets.csv", first.chain(lines)))
}
