//! One's passkeys.

use app::account::passkey::{self, Answer};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::Response,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::super::auth::PasskeyCeremony;
use crate::{
    extract::{CurrentUser, Json, Path},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// A passkey.
#[derive(Debug, Serialize, ToSchema)]
pub struct Passkey {
    /// Id.
    pub id: Uuid,
    /// Name its owner gave it.
    pub name: String,
    /// How a browser gets at it: `usb`, `nfc`, `ble`, `internal`, `hybrid`.
    pub transports: Vec<String>,
    /// Signs in without a password; false for one that is a second factor only, null when the browser did not tell.
    pub discoverable: Option<bool>,
    /// Copied to its owner's other devices by whoever keeps it.
    pub backed_up: bool,
    /// When it counted less than at its use before: there may be a copy of it.
    pub clone_warned_at: Option<DateTime<Utc>>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was used last.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl From<store::passkey::Passkey> for Passkey {
    fn from(row: store::passkey::Passkey) -> Self {
        Self {
            id: row.id,
            name: row.name,
            transports: row.transports,
            discoverable: row.discoverable,
            backed_up: row.backed_up,
            clone_warned_at: row.clone_warned_at,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        }
    }
}

/// A passkey that a device has made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// What was asked.
    #[schema(max_length = 200)]
    pub ceremony: String,
    /// Name by which its owner knows it.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// WebAuthn's `RegistrationResponseJSON`.
    #[schema(value_type = Object)]
    pub credential: Value,
}

impl std::fmt::Debug for NewPasskey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPasskey")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A passkey that was added.
#[derive(Serialize, ToSchema)]
pub struct AddedPasskey {
    /// The passkey.
    pub passkey: Passkey,
    /// Backup codes, shown this once, when it is one's first second factor; else none.
    pub backup_codes: Vec<String>,
}

impl std::fmt::Debug for AddedPasskey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AddedPasskey")
            .field("passkey", &self.passkey)
            .finish_non_exhaustive()
    }
}

/// Another name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyName {
    /// Name by which its owner knows it.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(begin))
        .routes(routes!(rename, remove))
}

/// One's passkeys, oldest first
#[utoipa::path(get, path = "/api/v1/me/factors/passkeys", operation_id = "myPasskeys", tag = "account",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Vec<Passkey>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(user: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<Vec<Passkey>>> {
    user.in_person()?;
    let rows = passkey::list(&state.app, user.caller()).await?;
    Ok(Json(rows.into_iter().map(Into::into).collect()))
}

/// Begin to add a passkey
#[utoipa::path(post, path = "/api/v1/me/factors/passkeys/options", operation_id = "beginPasskey", tag = "account",
    security(("bearer" = [])),
    responses(
        (status = 200, body = PasskeyCeremony),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn begin(user: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<PasskeyCeremony>> {
    user.in_person()?;
    let session = user.session().session_id;
    let asked = state.accounts.begin_passkey(&state.app, user.caller(), session).await?;
    Ok(Json(PasskeyCeremony::of(&asked, |options| &options.public_key)?))
}

/// Add the passkey that a device has made
///
/// It signs in from now on, and is asked for after the password.
#[utoipa::path(post, path = "/api/v1/me/factors/passkeys", operation_id = "addPasskey", tag = "account",
    security(("bearer" = [])), request_body = NewPasskey,
    responses(
        (status = 201, body = AddedPasskey, headers(("Location" = String, description = "The passkey"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn add(user: CurrentUser, State(state): State<ApiState>, Json(new): Json<NewPasskey>) -> ApiResult<Response> {
    user.in_person()?;
    let session = user.session().session_id;
    let answer = Answer {
        ceremony: &new.ceremony,
        credential: new.credential,
    };
    let added = state
        .accounts
        .add_passkey(&state.app, user.caller(), session, &new.name, answer)
        .await?;
    state.sessions.forget(session);
    let at = [(
        header::LOCATION,
        format!("/api/v1/me/factors/passkeys/{}", added.passkey.id),
    )];
    let renewed = added.renewed;
    let added = AddedPasskey {
        passkey: added.passkey.into(),
        backup_codes: added.backup_codes,
    };
    super::with_renewed(&state, renewed.as_ref(), (StatusCode::CREATED, at, Json(added)))
}

/// Give a passkey another name
#[utoipa::path(patch, path = "/api/v1/me/factors/passkeys/{id}", operation_id = "renamePasskey", tag = "account",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the passkey")), request_body = PasskeyName,
    responses(
        (status = 200, body = Passkey),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn rename(
    user: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(new): Json<PasskeyName>,
) -> ApiResult<Json<Passkey>> {
    user.in_person()?;
    let renamed = passkey::rename(&state.app, user.caller(), id, &new.name).await?;
    Ok(Json(renamed.into()))
}

/// Remove a passkey
///
/// The device that keeps it is not told: remove it there too.
#[utoipa::path(delete, path = "/api/v1/me/factors/passkeys/{id}", operation_id = "removePasskey", tag = "account",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the passkey")),
    responses(
        (status = 204, description = "It opens nothing any more"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn remove(user: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    user.in_person()?;
    passkey::remove(&state.app, user.caller(), id, super::required(&state, &user)).await?;
    Ok(StatusCode::NO_CONTENT)
}
