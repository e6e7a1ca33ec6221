//! What text messages cost: prices, sums of months, the cap.

use app::{
    AppError,
    sms::costs::{self as cases, Draft, Standing},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::{permission::Permission, sms::cost::decimal};
use futures::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use store::sms::{
    price::{self, Line},
    spending::{self, Month, Sum},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    csv,
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Query, Versioned, fields},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// Sums read at once for a file.
const CHUNK: i64 = 1000;
const COLUMNS: [&str; 8] = [
    "month",
    "purpose",
    "country",
    "messages",
    "segments",
    "segments_without_price",
    "amount",
    "currency",
];

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(budget, change_budget))
        .routes(routes!(prices, set_price))
        .routes(routes!(withdraw_price))
        .routes(routes!(statement))
        .routes(routes!(export))
}

/// What a month came to.
#[derive(Debug, Serialize, ToSchema)]
struct SmsMonthSum {
    /// Its first day (UTC).
    month: NaiveDate,
    /// Messages that went out, or wait to.
    messages: i64,
    /// Their segments.
    segments: i64,
    /// Segments for which no price was known.
    unpriced: i64,
    /// What they cost, in millionths of the currency's unit.
    micros: i64,
}

impl From<Month> for SmsMonthSum {
    fn from(row: Month) -> Self {
        Self {
            month: row.month,
            messages: row.messages,
            segments: row.segments,
            unpriced: row.unpriced,
            micros: row.micros,
        }
    }
}

/// What text messages may cost, and how this month stands.
#[derive(Debug, Serialize, ToSchema)]
struct SmsBudget {
    /// Currency of all prices (ISO 4217).
    currency: String,
    /// Most that a month may cost, in millionths of the currency's unit; none, and there is no cap. Codes count and are never held back.
    #[schema(required = true)]
    cap_micros: Option<i64>,
    /// First day of this month (UTC).
    month: NaiveDate,
    /// What it came to so far, in millionths.
    spent_micros: i64,
    /// Country codes that are served and have no price. While there is a cap nothing but codes goes there.
    unpriced_prefixes: Vec<String>,
    /// The latest 24 months that came to anything, newest first.
    months: Vec<SmsMonthSum>,
    /// The ETag.
    version: i32,
}

fn shown(standing: Standing) -> Versioned<SmsBudget> {
    let version = standing.budget.version;
    Versioned {
        version,
        body: SmsBudget {
            currency: standing.budget.currency,
            cap_micros: standing.budget.cap_micros,
            month: standing.month,
            spent_micros: standing.spent,
            unpriced_prefixes: standing.unpriced,
            months: standing.months.into_iter().map(SmsMonthSum::from).collect(),
            version,
        },
    }
}

/// What text messages may cost.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SmsBudgetInput {
    /// Currency of all prices (ISO 4217); it stays once there are prices.
    #[schema(min_length = 3, max_length = 3, example = "USD")]
    currency: String,
    /// Most that a month may cost, in millionths of the currency's unit; null for no cap.
    #[schema(required = true, minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    #[serde(deserialize_with = "fields::stated")]
    cap_micros: Option<i64>,
}

/// A price of text messages.
#[derive(Debug, Serialize, ToSchema)]
struct SmsPrice {
    /// Id.
    id: Uuid,
    /// First digits of numbers, without a plus; the longest that fit count.
    prefix: String,
    /// What they are.
    label: String,
    /// For each segment, in millionths of the currency's unit; none ends the price of these digits.
    #[schema(required = true)]
    micros: Option<i64>,
    /// From when on.
    valid_from: DateTime<Utc>,
    /// When the next price of these digits takes over.
    #[schema(required = true)]
    valid_until: Option<DateTime<Utc>>,
    /// When it was set.
    created_at: DateTime<Utc>,
    /// Name of who set it.
    #[schema(required = true)]
    created_by: Option<String>,
}

impl From<Line> for SmsPrice {
    fn from(row: Line) -> Self {
        Self {
            id: row.id,
            prefix: row.prefix,
            label: row.label,
            micros: row.micros,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            created_at: row.created_at,
            created_by: row.created_by,
        }
    }
}

/// A price to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSmsPrice {
    /// First digits of numbers: a country such as 213, or an operator in it such as 2136.
    #[schema(min_length = 1, max_length = 8, example = "213")]
    prefix: String,
    /// What they are.
    #[schema(min_length = 1, max_length = 60)]
    label: String,
    /// For each segment, in millionths of the currency's unit; null ends the price of these digits.
    #[schema(required = true, minimum = 0, maximum = 1_000_000_000)]
    #[serde(deserialize_with = "fields::stated")]
    micros: Option<i64>,
    /// From when on, not in the past; at once without one.
    #[serde(default)]
    valid_from: Option<DateTime<Utc>>,
}

/// Which prices are wanted.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PriceFilter {
    /// Those of the past as well.
    #[serde(default)]
    past: bool,
}

/// What a month came to for one purpose in one country.
#[derive(Debug, Serialize, ToSchema)]
struct SmsSum {
    /// Its first day (UTC).
    month: NaiveDate,
    /// `enrol`, `login`, `step_up`, `notification` or `trial`.
    purpose: String,
    /// ISO 3166-1; `ZZ` when nobody knows.
    country: String,
    /// Messages that went out, or wait to.
    messages: i64,
    /// Their segments.
    segments: i64,
    /// Segments for which no price was known.
    unpriced: i64,
    /// What they cost, in millionths of the currency's unit.
    micros: i64,
}

impl From<Sum> for SmsSum {
    fn from(row: Sum) -> Self {
        Self {
            month: row.month,
            purpose: row.purpose,
            country: row.country,
            messages: row.messages,
            segments: row.segments,
            unpriced: row.unpriced,
            micros: row.micros,
        }
    }
}

/// Which sums are wanted.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StatementFilter {
    /// Of the month that this day is in; of all without one.
    month: Option<NaiveDate>,
}

impl StatementFilter {
    fn first(self) -> Option<NaiveDate> {
        self.month.and_then(|day| day.with_day(1))
    }
}

/// Place in a list of sums.
type Place = (NaiveDate, String, String);

fn place(row: &Sum) -> Place {
    (row.month, row.purpose.clone(), row.country.clone())
}

fn borrowed(place: &Place) -> spending::Place<'_> {
    (place.0, &place.1, &place.2)
}

/// Tell what text messages may cost and how this month stands
///
/// In money, by the prices here, with what waits to go out. What each provider took is in `smsUsage`.
#[utoipa::path(get, path = "/api/v1/sms/budget", operation_id = "smsBudget", tag = "sms", security(("bearer" = [])),
    responses(
        (status = 200, body = SmsBudget),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn budget(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Versioned<SmsBudget>> {
    Ok(shown(cases::standing(&state.app, &caller).await?))
}

/// Set the currency of prices and the cap of a month
#[utoipa::path(put, path = "/api/v1/sms/budget", operation_id = "changeSmsBudget", tag = "sms", security(("bearer" = [])),
    params(("If-Match" = String, Header, description = "ETag as read")),
    request_body = SmsBudgetInput,
    responses(
        (status = 204, description = "It holds from the next message on"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
            description = "`sms_currency_fixed`: there are prices in another currency"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change_budget(
    caller: CurrentUser,
    State(state): State<ApiState>,
    IfMatch(version): IfMatch,
    Json(input): Json<SmsBudgetInput>,
) -> ApiResult<StatusCode> {
    cases::change_budget(&state.app, &caller, version, &input.currency, input.cap_micros).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List prices of text messages by the digits they are for
#[utoipa::path(get, path = "/api/v1/sms/prices", operation_id = "listSmsPrices", tag = "sms", security(("bearer" = [])),
    params(PageParams, PriceFilter),
    responses(
        (status = 200, body = List<SmsPrice>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn prices(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(filter): Query<PriceFilter>,
) -> ApiResult<Json<List<SmsPrice>>> {
    caller.need(Permission::SecurityView)?;
    let scope = format!("sms prices {}", filter.past);
    let after: Option<(String, DateTime<Utc>)> = page.after(&scope)?;
    let after = after.as_ref().map(|(prefix, from)| (prefix.as_str(), *from));
    let now = state.app.now();
    let rows = price::list(&mut *state.app.conn().await?, filter.past, now, after, page.fetch()).await?;
    Ok(Json(page.list(
        &scope,
        rows,
        |row| (row.prefix.clone(), row.valid_from),
        SmsPrice::from,
    )))
}

/// Set a price from now on, or from a moment to come
///
/// Messages keep the price they were queued at.
#[utoipa::path(post, path = "/api/v1/sms/prices", operation_id = "setSmsPrice", tag = "sms", security(("bearer" = [])),
    request_body = NewSmsPrice,
    responses(
        (status = 201, body = SmsPrice),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
            description = "`sms_price_exists`; `sms_price_none`: there is none that could end"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn set_price(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(new): Json<NewSmsPrice>,
) -> ApiResult<Response> {
    let draft = Draft {
        prefix: &new.prefix,
        label: &new.label,
        micros: new.micros,
        valid_from: new.valid_from,
    };
    let made = cases::set_price(&state.app, &caller, &draft).await?;
    Ok((StatusCode::CREATED, Json(SmsPrice::from(made))).into_response())
}

/// Take back a price whose time has not come
#[utoipa::path(delete, path = "/api/v1/sms/prices/{id}", operation_id = "withdrawSmsPrice", tag = "sms", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the price")),
    responses(
        (status = 204),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`sms_price_begun`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn withdraw_price(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    cases::withdraw_price(&state.app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List what months of text messages came to, by purpose and country, newest month first
#[utoipa::path(get, path = "/api/v1/sms/statement", operation_id = "smsStatement", tag = "sms", security(("bearer" = [])),
    params(PageParams, StatementFilter),
    responses(
        (status = 200, body = List<SmsSum>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn statement(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(filter): Query<StatementFilter>,
) -> ApiResult<Json<List<SmsSum>>> {
    caller.need(Permission::SecurityView)?;
    let scope = format!("sms statement {:?}", filter.first());
    let after: Option<Place> = page.after(&scope)?;
    let mut conn = state.app.conn().await?;
    let rows = spending::sums(&mut conn, filter.first(), after.as_ref().map(borrowed), page.fetch()).await?;
    Ok(Json(page.list(&scope, rows, place, SmsSum::from)))
}

/// Export what months of text messages came to as CSV
#[utoipa::path(get, path = "/api/v1/sms/statement/export", operation_id = "exportSmsStatement", tag = "sms", security(("bearer" = [])),
    params(StatementFilter),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn export(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(filter): Query<StatementFilter>,
) -> ApiResult<Response> {
    caller.need(Permission::SecurityView)?;
    let currency = spending::budget(&mut *state.app.conn().await?).await?.currency;
    let head = csv::head(&COLUMNS.map(str::to_owned))?;
    let lines = stream::try_unfold(Some(None), move |at: Option<Option<Place>>| {
        let (app, currency) = (state.app.clone(), currency.clone());
        async move {
            let Some(after) = at else { return Ok(None) };
            let mut conn = app.conn().await?;
            let rows = spending::sums(&mut conn, filter.first(), after.as_ref().map(borrowed), CHUNK).await?;
            drop(conn);
            let Some(last) = rows.last().map(place) else {
                return Ok(None);
            };
            let lines = csv::rows(rows.iter().map(|row| cells(row, &currency)))?;
            Ok::<_, AppError>(Some((lines, Some(Some(last)))))
        }
    });
    let first = stream::once(async move { Ok(head) });
    Ok(csv::download("text-messages.csv", first.chain(lines)))
}

fn cells(row: &Sum, currency: &str) -> [String; 8] {
    [
        row.month.format("%Y-%m").to_string(),
        row.purpose.clone(),
        row.country.clone(),
        row.messages.to_string(),
        row.segments.to_string(),
        row.unpriced.to_string(),
        decimal(row.micros),
        currency.to_owned(),
    ]
}
