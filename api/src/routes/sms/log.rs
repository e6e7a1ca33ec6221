//! What was sent, what became of it and what it cost.

use axum::extract::State;
use chrono::{DateTime, Months, Utc};
use domain::permission::Permission;
use serde::{Deserialize, Serialize};
use store::sms::{
    message::{self, Filter, Line, Month},
    spending,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Query},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
    words::SmsStateWord,
};

/// Months that are summed up.
const MONTHS: u32 = 12;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(usage))
}

/// Which messages are wanted.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SmsFilter {
    /// In this state.
    state: Option<SmsStateWord>,
    /// To a number with these digits in it.
    #[param(max_length = 20)]
    phone: Option<String>,
}

/// A text message. What it says is shown to nobody.
#[derive(Debug, Serialize, ToSchema)]
struct SmsMessage {
    /// Id.
    id: Uuid,
    /// Who gets it.
    #[schema(required = true)]
    user_id: Option<Uuid>,
    /// His name.
    #[schema(required = true)]
    user_name: Option<String>,
    /// Number (E.164).
    phone: String,
    /// `enrol`, `login`, `step_up`, `notification` or `trial`.
    purpose: String,
    /// Where it is.
    state: SmsStateWord,
    /// Provider it was handed to.
    #[schema(required = true)]
    provider: Option<String>,
    /// Its id there.
    #[schema(required = true)]
    provider_id: Option<String>,
    /// Segments: each costs one credit. As counted, then as the provider charged.
    #[schema(required = true)]
    credits: Option<i32>,
    /// Price of a segment when it was queued, in millionths of the currency's unit.
    #[schema(required = true)]
    price_micros: Option<i64>,
    /// What it costs, in millionths; nothing when it never went out.
    #[schema(required = true)]
    cost_micros: Option<i64>,
    /// Why it did not arrive, or not yet.
    #[schema(required = true)]
    error: Option<String>,
    /// Attempts to hand it over.
    attempts: i32,
    /// When it was asked for.
    created_at: DateTime<Utc>,
    /// When the provider took it.
    #[schema(required = true)]
    sent_at: Option<DateTime<Utc>>,
    /// When the phone had it.
    #[schema(required = true)]
    delivered_at: Option<DateTime<Utc>>,
}

impl From<Line> for SmsMessage {
    fn from(row: Line) -> Self {
        Self {
            id: row.id,
            user_id: row.user_id,
            user_name: row.user_name,
            phone: row.phone,
            purpose: row.purpose,
            state: SmsStateWord::stored(row.state),
            provider: row.provider,
            provider_id: row.provider_id,
            credits: row.segments,
            price_micros: row.price_micros,
            cost_micros: row.cost_micros,
            error: row.error,
            attempts: row.attempts,
            created_at: row.created_at,
            sent_at: row.sent_at,
            delivered_at: row.delivered_at,
        }
    }
}

/// What a provider took in a month.
#[derive(Debug, Serialize, ToSchema)]
struct SmsMonth {
    /// Its first moment (UTC).
    month: DateTime<Utc>,
    /// Provider.
    provider: String,
    /// Messages that it took.
    messages: i64,
    /// Credits they cost.
    credits: i64,
}

impl From<Month> for SmsMonth {
    fn from(row: Month) -> Self {
        Self {
            month: row.month,
            provider: row.provider,
            messages: row.messages,
            credits: row.credits,
        }
    }
}

/// How text messages are set up, and what each provider took.
#[derive(Debug, Serialize, ToSchema)]
struct SmsUsage {
    /// Provider; none, and nothing is sent.
    #[schema(required = true)]
    provider: Option<String>,
    /// Currency of what messages cost (ISO 4217).
    currency: String,
    /// Codes that are sent in an hour at most.
    hourly: u64,
    /// Months with messages, newest first.
    months: Vec<SmsMonth>,
}

/// List text messages, newest first
#[utoipa::path(get, path = "/api/v1/sms/messages", operation_id = "listSmsMessages", tag = "sms", security(("bearer" = [])),
    params(PageParams, SmsFilter),
    responses(
        (status = 200, body = List<SmsMessage>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
    Query(filter): Query<SmsFilter>,
) -> ApiResult<Json<List<SmsMessage>>> {
    caller.need(Permission::SecurityView)?;
    let scope = serde_json::to_string(&filter).unwrap_or_default();
    let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let wanted = Filter {
        state: filter
            .state
            .and_then(|state| state.known())
            .map(|state| state.as_str().to_owned()),
        phone: filter.phone.map(digits).filter(|digits| !digits.is_empty()),
    };
    let before: Option<(DateTime<Utc>, Uuid)> = page.after(&scope)?;
    let rows = message::list(&mut *state.app.conn().await?, &wanted, before, page.fetch()).await?;
    Ok(Json(page.list(
        &scope,
        rows,
        |row| (row.created_at, row.id),
        SmsMessage::from,
    )))
}

/// Tell how text messages are set up and what each provider took
///
/// Credits as the providers count them, to hold against their invoices. What that came to in money, by the prices here, is in `smsBudget`.
#[utoipa::path(get, path = "/api/v1/sms/usage", operation_id = "smsUsage", tag = "sms", security(("bearer" = [])),
    responses(
        (status = 200, body = SmsUsage),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn usage(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<SmsUsage>> {
    caller.need(Permission::SecurityView)?;
    let now = state.app.now();
    let since = now.checked_sub_months(Months::new(MONTHS)).unwrap_or(now);
    let mut conn = state.app.conn().await?;
    let months = message::months(&mut conn, since).await?;
    let currency = spending::budget(&mut conn).await?.currency;
    Ok(Json(SmsUsage {
        provider: state.app.sms.provider.map(str::to_owned),
        currency,
        hourly: state.app.sms.hourly.into(),
        months: months.into_iter().map(SmsMonth::from).collect(),
    }))
}
