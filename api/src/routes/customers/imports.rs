//! Customers from files.

use app::customer::import as cases;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::customer::import::Mapping;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::import_dto::{ConfirmationDto, CustomerImportSummary, ImportDto, MappingDto, RowDto};
use crate::{
    csv,
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Query, RawBody, Versioned},
    problem::{ApiResult, ProblemBody},
    routes::{me::Language, uploads},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, upload))
        .routes(routes!(show))
        .routes(routes!(check))
        .routes(routes!(confirm))
        .routes(routes!(cancel))
        .routes(routes!(rows))
        .routes(routes!(export))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FileParams {
    /// Name of the file.
    #[param(min_length = 1, max_length = 255)]
    filename: String,
}

/// Rows to show.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CustomerImportOutcome)]
enum OutcomeDto {
    Valid,
    Imported,
    Duplicate,
    Rejected,
    /// Duplicates and rejected ones.
    Faulty,
}

impl OutcomeDto {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Imported => "imported",
            Self::Duplicate => "duplicate",
            Self::Rejected => "rejected",
            Self::Faulty => "faulty",
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RowParams {
    /// Only these.
    #[param(inline)]
    outcome: Option<OutcomeDto>,
    /// Language of the messages; French when absent.
    locale: Option<Language>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportParams {
    /// Language of the reasons; French when absent.
    locale: Option<Language>,
}

fn versioned(shown: cases::Shown) -> Versioned<ImportDto> {
    Versioned {
        version: shown.import.version,
        body: shown.into(),
    }
}

/// List one's imports of customers
#[utoipa::path(get, path = "/api/v1/customers/imports", operation_id = "customerImports", tag = "customers",
    security(("bearer" = [])),
    params(PageParams),
    responses(
        (status = 200, body = List<CustomerImportSummary>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
) -> ApiResult<Json<List<CustomerImportSummary>>> {
    let after: Option<(DateTime<Utc>, Uuid)> = page.after("imports")?;
    let rows = cases::list(&state.app, caller.caller(), after, page.fetch()).await?;
    Ok(Json(page.list(
        "imports",
        rows,
        |row| (row.created_at, row.id),
        Into::into,
    )))
}

/// Upload a file of customers
///
/// CSV with a header, of 20 MB and 100,000 rows at most. Delimiter and encoding are found out, and what each column holds is proposed.
/// Nothing is imported yet.
#[utoipa::path(post, path = "/api/v1/customers/imports", operation_id = "uploadCustomerImport", tag = "customers",
    security(("bearer" = [])),
    params(FileParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = ImportDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn upload(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(params): Query<FileParams>,
    RawBody(bytes): RawBody,
) -> ApiResult<Response> {
    let file = uploads::checked(&params.filename, bytes)?;
    let shown = cases::upload(&state.app, caller.caller(), file).await?;
    let place = format!("/api/v1/customers/imports/{}", shown.import.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], versioned(shown)).into_response())
}

/// Show an import of customers
#[utoipa::path(get, path = "/api/v1/customers/imports/{id}", operation_id = "customerImport", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the import")),
    responses(
        (status = 200, body = ImportDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn show(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<ImportDto>> {
    Ok(versioned(cases::show(&state.app, caller.caller(), id).await?))
}

/// Check every row of a file
///
/// A job holds every row against the rules of the form, the other rows, and the customers there are. Nobody is made.
#[utoipa::path(post, path = "/api/v1/customers/imports/{id}/check", operation_id = "checkCustomerImport", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the import"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = MappingDto,
    responses(
        (status = 200, body = ImportDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn check(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(wanted): Json<MappingDto>,
) -> ApiResult<Versioned<ImportDto>> {
    let mapping: Mapping = wanted
        .mapping
        .into_iter()
        .map(|column| column.and_then(|column| column.known()))
        .collect();
    let shown = cases::start_check(&state.app, caller.caller(), id, mapping, wanted.shared_emails, version).await?;
    Ok(versioned(shown))
}

/// Import the rows that the check found good
///
/// A job makes the customers in batches; rows that are not good stay out. Refused when file or mapping are not those that were checked.
#[utoipa::path(post, path = "/api/v1/customers/imports/{id}/confirm", operation_id = "confirmCustomerImport", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the import")),
    request_body = ConfirmationDto,
    responses(
        (status = 200, body = ImportDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It was not checked, was changed since, or no row is good"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn confirm(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<ConfirmationDto>,
) -> ApiResult<Versioned<ImportDto>> {
    // What is no hexadecimal text is no fingerprint of anything.
    let fingerprint = data_encoding::HEXLOWER_PERMISSIVE
        .decode(wanted.fingerprint.as_bytes())
        .unwrap_or_default();
    Ok(versioned(
        cases::confirm(&state.app, caller.caller(), id, &fingerprint).await?,
    ))
}

/// End an import
///
/// Customers that were made already stay.
#[utoipa::path(post, path = "/api/v1/customers/imports/{id}/cancel", operation_id = "cancelCustomerImport", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the import")),
    responses(
        (status = 200, body = ImportDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It is at its end already"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn cancel(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<ImportDto>> {
    Ok(versioned(cases::cancel(&state.app, caller.caller(), id).await?))
}

/// List what became of the rows of an import
#[utoipa::path(get, path = "/api/v1/customers/imports/{id}/rows", operation_id = "customerImportRows", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the import"), PageParams, RowParams),
    responses(
        (status = 200, body = List<RowDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn rows(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    page: Page,
    Query(params): Query<RowParams>,
) -> ApiResult<Json<List<RowDto>>> {
    let outcome = params.outcome.map(OutcomeDto::as_str);
    let scope = format!("import {id} {outcome:?}");
    let after: i32 = page.after(&scope)?.unwrap_or(0);
    let found = cases::rows(&state.app, caller.caller(), id, outcome, after, page.fetch()).await?;
    let locale = params.locale.map(Into::into).unwrap_or_default();
    Ok(Json(page.list(
        &scope,
        found,
        |row| row.row.line,
        |row| RowDto::new(row, locale),
    )))
}

/// Download the rows that were not good
///
/// As they stand in the file, with line and reasons behind them: to be mended and uploaded again.
#[utoipa::path(get, path = "/api/v1/customers/imports/{id}/rows/export", operation_id = "exportCustomerImportRows",
    tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the import"), ExportParams),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn export(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Query(params): Query<ExportParams>,
) -> ApiResult<Response> {
    let locale = params.locale.map(Into::into).unwrap_or_default();
    let rows = cases::export(&state.app, caller.caller(), id, locale).await?;
    let text = [domain::csv::BOM.as_bytes(), &csv::rows(rows)?].concat();
    Ok(uploads::download(
        "rows-to-mend.csv",
        "text/csv; charset=utf-8",
        text.into(),
    ))
}
