//! From where staff may work.

use app::network::{self as cases, NewRule};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::network::Surface;
use serde::{Deserialize, Serialize};
use store::network::NetworkRule;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, Path, Source},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(remove))
}

/// A part of the product that can be closed to strangers' networks.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SurfaceKey {
    /// Staff who serve customers.
    Corporate,
    /// IT administrators.
    Admin,
}

/// A network to be let in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNetwork {
    /// Whom it is for.
    surface: SurfaceKey,
    /// In CIDR notation, or one address.
    #[schema(example = "10.20.0.0/16", max_length = 60)]
    network: String,
    /// What it is.
    #[serde(default)]
    #[schema(max_length = 200)]
    note: String,
}

/// A network that a surface answers to.
#[derive(Debug, Serialize, ToSchema)]
struct Network {
    /// Id.
    id: Uuid,
    /// Whom it is for.
    surface: SurfaceKey,
    /// In CIDR notation.
    network: String,
    /// What it is.
    note: String,
    /// Since when.
    created_at: DateTime<Utc>,
    /// Name of who added it.
    created_by: Option<String>,
}

impl From<NetworkRule> for Network {
    fn from(row: NetworkRule) -> Self {
        Self {
            id: row.id,
            surface: match row.surface.parse() {
                Ok(Surface::Admin) => SurfaceKey::Admin,
                _ => SurfaceKey::Corporate,
            },
            network: row.network,
            note: row.note,
            created_at: row.created_at,
            created_by: row.created_by,
        }
    }
}

/// The networks, and how this request is seen.
#[derive(Debug, Serialize, ToSchema)]
struct Networks {
    /// The networks; a surface without any is open to all.
    items: Vec<Network>,
    /// The address you come from.
    your_address: Option<String>,
}

/// List the networks from which staff may work
#[utoipa::path(get, path = "/api/v1/networks", operation_id = "listNetworks", tag = "access", security(("bearer" = [])),
    responses(
        (status = 200, body = Networks),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, source: Source, State(state): State<ApiState>) -> ApiResult<Json<Networks>> {
    let rows = cases::list(&state.app, &caller).await?;
    Ok(Json(Networks {
        items: rows.into_iter().map(Network::from).collect(),
        your_address: source.ip.map(|ip| ip.to_string()),
    }))
}

/// Let a network in
///
/// The first network of a surface closes it to all others. What would shut you out yourself is refused.
#[utoipa::path(post, path = "/api/v1/networks", operation_id = "addNetwork", tag = "access", security(("bearer" = [])),
    request_body = NewNetwork,
    responses(
        (status = 201, body = Network),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn add(
    caller: CurrentUser,
    source: Source,
    State(state): State<ApiState>,
    Json(new): Json<NewNetwork>,
) -> ApiResult<Response> {
    caller.in_person()?;
    let new = NewRule {
        surface: match new.surface {
            SurfaceKey::Corporate => Surface::Corporate,
            SurfaceKey::Admin => Surface::Admin,
        },
        network: new.network,
        note: new.note,
    };
    let row = cases::add(&state.app, &caller, source.ip, &new).await?;
    state.networks.forget().await;
    Ok((StatusCode::CREATED, Json(Network::from(row))).into_response())
}

/// Shut a network out
///
/// What would shut you out yourself is refused.
#[utoipa::path(delete, path = "/api/v1/networks/{id}", operation_id = "removeNetwork", tag = "access",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the network")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn remove(
    caller: CurrentUser,
    source: Source,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<StatusCode> {
    caller.in_person()?;
    cases::remove(&state.app, &caller, source.ip, id).await?;
    state.networks.forget().await;
    Ok(StatusCode::NO_CONTENT)
}
