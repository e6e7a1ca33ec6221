//! Outgoing webhooks: endpoints, and what each was sent.

use app::webhook::{self as cases, Listed, Settings, WithSecret};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::webhook::{DeliveryState, EventType};
use serde::{Deserialize, Serialize};
use store::webhook::delivery::{Delivery, Try};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Query, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
    words::{WebhookDeliveryStateWord, WebhookFaultWord, Word},
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(types))
        .routes(routes!(list, create))
        .routes(routes!(get, change, delete))
        .routes(routes!(rotate))
        .routes(routes!(test))
        .routes(routes!(deliveries))
        .routes(routes!(replay_failed))
        .routes(routes!(delivery))
        .routes(routes!(replay))
}

/// Settings of an endpoint; on a change, what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookSettings)]
struct SettingsDto {
    /// Where deliveries go: a public host over https.
    #[schema(max_length = 500)]
    url: Option<String>,
    /// What it is for.
    #[schema(max_length = 200)]
    description: Option<String>,
    /// Kinds of events that are sent to it.
    types: Option<Vec<String>>,
    /// In use.
    enabled: Option<bool>,
}

impl From<SettingsDto> for Settings {
    fn from(dto: SettingsDto) -> Self {
        Self {
            url: dto.url,
            description: dto.description,
            types: dto.types,
            enabled: dto.enabled,
        }
    }
}

/// An endpoint. Its secret is shown when it is made, and never again.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookEndpoint {
    /// Id.
    id: Uuid,
    /// Where deliveries go.
    url: String,
    /// What it is for.
    description: String,
    /// Kinds of events that are sent to it.
    types: Vec<String>,
    /// In use.
    enabled: bool,
    /// Why the product switched it off: `failing` or `gone`.
    #[schema(required = true)]
    disabled_reason: Option<String>,
    /// Until when the secret before the present one signs as well; none when it does not.
    #[schema(required = true)]
    old_secret_until: Option<DateTime<Utc>>,
    /// Since when nothing but failures came back.
    #[schema(required = true)]
    failing_since: Option<DateTime<Utc>>,
    /// When it took a delivery last.
    #[schema(required = true)]
    last_delivered_at: Option<DateTime<Utc>>,
    /// Deliveries of the last 24 hours that wait.
    queued: i64,
    /// Deliveries of the last 24 hours that arrived.
    delivered: i64,
    /// Deliveries of the last 24 hours that were given up.
    failed: i64,
    /// Since when it is there.
    created_at: DateTime<Utc>,
    /// The ETag.
    version: i32,
}

impl From<Listed> for WebhookEndpoint {
    fn from(listed: Listed) -> Self {
        let Listed {
            endpoint,
            queued,
            delivered,
            failed,
        } = listed;
        Self {
            id: endpoint.id,
            url: endpoint.url,
            description: endpoint.description,
            types: endpoint.types,
            enabled: endpoint.enabled,
            disabled_reason: endpoint.disabled_reason,
            old_secret_until: endpoint.old_secret_until,
            failing_since: endpoint.failing_since,
            last_delivered_at: endpoint.last_delivered_at,
            queued,
            delivered,
            failed,
            created_at: endpoint.created_at,
            version: endpoint.version,
        }
    }
}

/// An endpoint with its new secret, shown this once.
#[derive(Serialize, ToSchema)]
struct WebhookEndpointSecret {
    /// The endpoint.
    endpoint: WebhookEndpoint,
    /// The secret, `whsec_` and base64.
    secret: String,
}

impl std::fmt::Debug for WebhookEndpointSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookEndpointSecret").finish_non_exhaustive()
    }
}

/// A delivery.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookDelivery {
    /// Id; the receiver reads `msg_` and this without dashes.
    id: Uuid,
    /// Endpoint.
    endpoint_id: Uuid,
    /// Kind of event.
    r#type: String,
    /// Where it is.
    state: WebhookDeliveryStateWord,
    /// Tries since it was queued or asked for again.
    tries: i32,
    /// When it is tried again.
    #[schema(required = true)]
    next_try_at: Option<DateTime<Utc>>,
    /// Status of the last answer.
    #[schema(required = true)]
    last_status: Option<i32>,
    /// Why there was no answer, or why it is not sent.
    #[schema(required = true)]
    last_error: Option<WebhookFaultWord>,
    /// When the event was made ready.
    created_at: DateTime<Utc>,
    /// Since when it is in this state.
    state_at: DateTime<Utc>,
}

impl From<Delivery> for WebhookDelivery {
    fn from(row: Delivery) -> Self {
        Self {
            id: row.id,
            endpoint_id: row.endpoint_id,
            state: Word::stored(row.state),
            r#type: row.kind,
            tries: row.tries,
            next_try_at: row.next_try_at,
            last_status: row.last_status,
            last_error: row.last_error.map(Word::stored),
            created_at: row.created_at,
            state_at: row.state_at,
        }
    }
}

/// One try of a delivery.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookTry {
    /// Counts from 1.
    number: i32,
    /// When it began.
    at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    duration_ms: i32,
    /// Status of the answer.
    #[schema(required = true)]
    status: Option<i32>,
    /// The beginning of what was answered.
    #[schema(required = true)]
    excerpt: Option<String>,
    /// Why there was no answer.
    #[schema(required = true)]
    error: Option<WebhookFaultWord>,
    /// What the machine said about it, in English.
    #[schema(required = true)]
    detail: Option<String>,
}

impl From<Try> for WebhookTry {
    fn from(row: Try) -> Self {
        Self {
            number: row.number,
            at: row.at,
            duration_ms: row.duration_ms,
            status: row.status,
            excerpt: row.excerpt,
            error: row.error.map(Word::stored),
            detail: row.detail,
        }
    }
}

/// A delivery with what is sent and every try.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookDeliveryDetail {
    /// The delivery.
    delivery: WebhookDelivery,
    /// The bytes that are sent.
    body: String,
    /// Tries, newest first.
    attempts: Vec<WebhookTry>,
}

impl From<(Delivery, Vec<Try>)> for WebhookDeliveryDetail {
    fn from((row, tries): (Delivery, Vec<Try>)) -> Self {
        Self {
            body: row.body.clone(),
            delivery: row.into(),
            attempts: tries.into_iter().map(WebhookTry::from).collect(),
        }
    }
}

/// Which deliveries are wanted.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DeliveryFilter {
    /// In this state.
    state: Option<WebhookDeliveryStateWord>,
}

/// Since when what failed is sent again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookReplay)]
struct ReplayDto {
    /// Deliveries made ready at this moment or later.
    since: DateTime<Utc>,
}

/// What is sent again.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookReplayed {
    /// Deliveries; a thousand at most, ask again for more.
    deliveries: usize,
}

/// List the kinds of events that endpoints choose from
#[utoipa::path(get, path = "/api/v1/webhook-event-types", operation_id = "listWebhookEventTypes", tag = "webhooks",
    security(("bearer" = [])),
    responses(
        (status = 200, body = List<String>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn types(caller: CurrentUser) -> ApiResult<Json<List<String>>> {
    caller.need(domain::permission::Permission::WebhooksView)?;
    let chosen = EventType::ALL.iter().filter(|one| one.is_chosen());
    Ok(Json(List {
        items: chosen.map(|one| one.as_str().to_owned()).collect(),
        next_cursor: None,
    }))
}

/// List endpoints of webhooks
#[utoipa::path(get, path = "/api/v1/webhook-endpoints", operation_id = "listWebhookEndpoints", tag = "webhooks",
    security(("bearer" = [])),
    responses(
        (status = 200, body = List<WebhookEndpoint>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<WebhookEndpoint>>> {
    let all = cases::list(&state.app, &caller).await?;
    Ok(Json(List {
        items: all.into_iter().map(WebhookEndpoint::from).collect(),
        next_cursor: None,
    }))
}

/// Add an endpoint of webhooks
///
/// The answer holds its secret, which is shown this once.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints", operation_id = "createWebhookEndpoint", tag = "webhooks",
    security(("bearer" = [])), request_body = SettingsDto,
    responses(
        (status = 201, body = WebhookEndpointSecret),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(settings): Json<SettingsDto>,
) -> ApiResult<Response> {
    caller.in_person()?;
    let made = cases::create(&state.app, &caller, settings.into()).await?;
    let at = format!("/api/v1/webhook-endpoints/{}", made.listed.endpoint.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, at)], with_secret(made)).into_response())
}

/// Read an endpoint of webhooks
#[utoipa::path(get, path = "/api/v1/webhook-endpoints/{id}", operation_id = "getWebhookEndpoint", tag = "webhooks",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the endpoint")),
    responses(
        (status = 200, body = WebhookEndpoint),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<WebhookEndpoint>> {
    Ok(versioned(cases::get(&state.app, &caller, id).await?))
}

/// Change an endpoint of webhooks
#[utoipa::path(patch, path = "/api/v1/webhook-endpoints/{id}", operation_id = "changeWebhookEndpoint", tag = "webhooks",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the endpoint"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = SettingsDto,
    responses(
        (status = 200, body = WebhookEndpoint),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(settings): Json<SettingsDto>,
) -> ApiResult<Versioned<WebhookEndpoint>> {
    caller.in_person()?;
    Ok(versioned(
        cases::change(&state.app, &caller, id, version, settings.into()).await?,
    ))
}

/// Remove an endpoint of webhooks, with its deliveries
#[utoipa::path(delete, path = "/api/v1/webhook-endpoints/{id}", operation_id = "deleteWebhookEndpoint", tag = "webhooks",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the endpoint"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delete(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> ApiResult<StatusCode> {
    caller.in_person()?;
    cases::delete(&state.app, &caller, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give an endpoint another secret
///
/// The answer holds it, this once. For 24 hours deliveries carry a signature of the one before as well.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/secret", operation_id = "rotateWebhookSecret", tag = "webhooks",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the endpoint"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 200, body = WebhookEndpointSecret),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn rotate(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> ApiResult<Versioned<WebhookEndpointSecret>> {
    caller.in_person()?;
    Ok(with_secret(cases::rotate(&state.app, &caller, id, version).await?))
}

/// Send an endpoint a test
///
/// The answer is the delivery, which a job sends; an endpoint that is off gets it too.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/test", operation_id = "testWebhookEndpoint", tag = "webhooks",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the endpoint")),
    responses(
        (status = 202, body = WebhookDeliveryDetail),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn test(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Response> {
    let made = cases::test(&state.app, &caller, id).await?;
    let found = cases::delivery(&state.app, &caller, made).await?;
    Ok((StatusCode::ACCEPTED, Json(WebhookDeliveryDetail::from(found))).into_response())
}

/// List an endpoint's deliveries, newest first
#[utoipa::path(get, path = "/api/v1/webhook-endpoints/{id}/deliveries", operation_id = "listWebhookDeliveries", tag = "webhooks",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the endpoint"), PageParams, DeliveryFilter),
    responses(
        (status = 200, body = List<WebhookDelivery>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn deliveries(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    page: Page,
    Query(filter): Query<DeliveryFilter>,
) -> ApiResult<Json<List<WebhookDelivery>>> {
    let scope = format!("{id} {}", serde_json::to_string(&filter).unwrap_or_default());
    let before: Option<(DateTime<Utc>, Uuid)> = page.after(&scope)?;
    let wanted = filter.state.as_ref().and_then(Word::known).map(DeliveryState::as_str);
    let rows = cases::deliveries(&state.app, &caller, id, wanted, before, page.fetch()).await?;
    Ok(Json(page.list(
        &scope,
        rows,
        |row| (row.created_at, row.id),
        WebhookDelivery::from,
    )))
}

/// Send again what failed of an endpoint
///
/// The oldest first, under the same ids and with the same bytes.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/replay", operation_id = "replayFailedWebhooks", tag = "webhooks",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the endpoint")), request_body = ReplayDto,
    responses(
        (status = 202, body = WebhookReplayed),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn replay_failed(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<ReplayDto>,
) -> ApiResult<Response> {
    let deliveries = cases::replay_failed(&state.app, &caller, id, wanted.since).await?;
    Ok((StatusCode::ACCEPTED, Json(WebhookReplayed { deliveries })).into_response())
}

/// Read a delivery with its tries
#[utoipa::path(get, path = "/api/v1/webhook-deliveries/{id}", operation_id = "getWebhookDelivery", tag = "webhooks",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the delivery")),
    responses(
        (status = 200, body = WebhookDeliveryDetail),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delivery(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<WebhookDeliveryDetail>> {
    Ok(Json(cases::delivery(&state.app, &caller, id).await?.into()))
}

/// Send a delivery again
///
/// Under the same id and with the same bytes.
#[utoipa::path(post, path = "/api/v1/webhook-deliveries/{id}/replay", operation_id = "replayWebhookDelivery", tag = "webhooks",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the delivery")),
    responses(
        (status = 202, body = WebhookDeliveryDetail),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn replay(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Response> {
    let queued = cases::replay(&state.app, &caller, id).await?;
    Ok((StatusCode::ACCEPTED, Json(WebhookDeliveryDetail::from(queued))).into_response())
}

fn versioned(listed: Listed) -> Versioned<WebhookEndpoint> {
    Versioned {
        version: listed.endpoint.version,
        body: listed.into(),
    }
}

fn with_secret(made: WithSecret) -> Versioned<WebhookEndpointSecret> {
    Versioned {
        version: made.listed.endpoint.version,
        body: WebhookEndpointSecret {
            endpoint: made.listed.into(),
            secret: made.secret,
        },
    }
}
