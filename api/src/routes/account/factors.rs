//! One's second factors, and proving anew who one is.

use app::account::{
    Origin,
    factors::{self, Method},
    text_codes,
};
use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use domain::sms::masked;
use qrcode::{QrCode, render::svg};
use serde::{Deserialize, Serialize};
use store::account;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::auth::bounded;
use crate::{
    extract::{CurrentUser, Json},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// One's second factors.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnFactors {
    /// Since when an authenticator app is in use.
    pub totp_since: Option<DateTime<Utc>>,
    /// Passkeys.
    pub passkeys: usize,
    /// How many of one's factors meet what a role may demand; backup codes stand in for these.
    pub sufficient: usize,
    /// Backup codes left.
    pub backup_codes_left: i64,
    /// One's role must have a second factor.
    pub required: bool,
    /// Phone that gets codes by text message, most of its number hidden.
    #[schema(required = true)]
    pub phone: Option<String>,
    /// Since when.
    #[schema(required = true)]
    pub phone_since: Option<DateTime<Utc>>,
    /// One may get codes by text message.
    pub phone_offered: bool,
    /// With what one proves anew who one is; empty, and it is the password.
    pub methods: Vec<String>,
    /// One has a password; without one, signing in anew is the proof.
    pub has_password: bool,
}

/// An authenticator app about to be set up.
#[derive(Serialize, ToSchema)]
pub struct TotpSetup {
    /// Secret in base32, for typing.
    pub secret: String,
    /// `otpauth://` address.
    pub url: String,
    /// The address as a QR code, an SVG image.
    pub qr_svg: String,
}

impl std::fmt::Debug for TotpSetup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TotpSetup").finish_non_exhaustive()
    }
}

/// A code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpCode {
    /// Six digits.
    #[schema(max_length = 64)]
    pub code: String,
}

impl std::fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TotpCode").finish_non_exhaustive()
    }
}

/// Backup codes, shown this once.
#[derive(Serialize, ToSchema)]
pub struct BackupCodes {
    /// Each good once.
    pub codes: Vec<String>,
}

impl std::fmt::Debug for BackupCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BackupCodes").finish_non_exhaustive()
    }
}

/// With what one proves anew who one is.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepUpMethod {
    /// Code of an authenticator app.
    Totp,
    /// Backup code.
    BackupCode,
    /// Code by text message.
    Sms,
    /// Password, for people without a second factor.
    Password,
}

/// A fresh proof.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepUpRequest {
    /// Which proof it is.
    pub method: StepUpMethod,
    /// The code, or the password.
    #[schema(format = "password", max_length = 1024)]
    pub code: String,
}

impl std::fmt::Debug for StepUpRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StepUpRequest")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(own_factors))
        .routes(routes!(begin_totp, remove_totp))
        .routes(routes!(confirm_totp))
        .routes(routes!(renew_backup_codes))
        .routes(routes!(step_up))
}

/// One's second factors
#[utoipa::path(get, path = "/api/v1/me/factors", operation_id = "myFactors", tag = "account", security(("bearer" = [])),
    responses(
        (status = 200, body = OwnFactors),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn own_factors(user: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<OwnFactors>> {
    user.in_person()?;
    let own = factors::of(&state.app, user.user_id).await?;
    Ok(Json(OwnFactors {
        totp_since: own.totp_since,
        passkeys: own.passkeys,
        sufficient: own.sufficient(),
        backup_codes_left: own.backup_codes_left,
        required: super::required(&state, &user),
        phone_offered: text_codes::offered(&state.app, &user.session().user.lineage),
        methods: own.methods().into_iter().map(str::to_owned).collect(),
        phone_since: own.phone.as_ref().map(|phone| phone.since),
        phone: own.phone.map(|phone| masked(&phone.phone)),
        has_password: account::password(&mut *state.app.conn().await?, user.user_id)
            .await?
            .is_some(),
    }))
}

/// Begin to set up an authenticator app
///
/// It counts from its first code on.
#[utoipa::path(post, path = "/api/v1/me/factors/totp", operation_id = "beginTotp", tag = "account", security(("bearer" = [])),
    responses(
        (status = 200, body = TotpSetup),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn begin_totp(user: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<TotpSetup>> {
    user.in_person()?;
    let setup = factors::begin_totp(&state.app, user.caller()).await?;
    let code = QrCode::new(&setup.url).map_err(|_| Problem::internal())?;
    let qr_svg = code.render::<svg::Color>().min_dimensions(220, 220).build();
    Ok(Json(TotpSetup {
        secret: setup.secret,
        url: setup.url,
        qr_svg,
    }))
}

/// Put an authenticator app to use with its first code
#[utoipa::path(post, path = "/api/v1/me/factors/totp/confirm", operation_id = "confirmTotp", tag = "account",
    security(("bearer" = [])), request_body = TotpCode,
    responses(
        (status = 200, body = BackupCodes, headers(("Set-Cookie" = String, description = "The next refresh token"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn confirm_totp(
    user: CurrentUser,
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<TotpCode>,
) -> ApiResult<Response> {
    user.in_person()?;
    let session = user.session().session_id;
    let (codes, renewed) = factors::confirm_totp(&state.app, user.caller(), session, &request.code, &origin).await?;
    state.sessions.forget(session);
    super::with_renewed(&state, renewed.as_ref(), Json(BackupCodes { codes }))
}

/// Remove the authenticator app
///
/// With the last factor the backup codes go. Whoever's role needs one keeps it: 409 `last_factor`.
#[utoipa::path(delete, path = "/api/v1/me/factors/totp", operation_id = "removeTotp", tag = "account",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "It is asked for no more"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn remove_totp(user: CurrentUser, State(state): State<ApiState>) -> ApiResult<StatusCode> {
    user.in_person()?;
    factors::remove_totp(&state.app, user.caller(), super::required(&state, &user)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Get new backup codes
///
/// The old ones are worth nothing any more.
#[utoipa::path(post, path = "/api/v1/me/factors/backup-codes", operation_id = "renewBackupCodes", tag = "account",
    security(("bearer" = [])),
    responses(
        (status = 200, body = BackupCodes),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn renew_backup_codes(user: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<BackupCodes>> {
    user.in_person()?;
    let codes = factors::renew_backup_codes(&state.app, user.caller()).await?;
    Ok(Json(BackupCodes { codes }))
}

/// Prove anew who one is
///
/// Dangerous actions answer 403 `step_up_required` without a proof of the last five minutes.
#[utoipa::path(post, path = "/api/v1/auth/step-up", operation_id = "stepUp", tag = "account", security(("bearer" = [])),
    request_body = StepUpRequest,
    responses(
        (status = 204, description = "Good for five minutes", headers(("Set-Cookie" = String, description = "The next refresh token"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn step_up(
    user: CurrentUser,
    State(state): State<ApiState>,
    origin: Origin,
    Json(request): Json<StepUpRequest>,
) -> ApiResult<Response> {
    user.in_person()?;
    bounded("/code", &request.code)?;
    let method = match request.method {
        StepUpMethod::Totp => Method::Totp,
        StepUpMethod::BackupCode => Method::BackupCode,
        StepUpMethod::Sms => Method::Sms,
        StepUpMethod::Password => Method::Password,
    };
    let session = user.session().session_id;
    let renewed = state
        .accounts
        .step_up(&state.app, user.caller(), session, (method, request.code), &origin)
        .await?;
    state.sessions.forget(session);
    super::with_renewed(&state, renewed.as_ref(), StatusCode::NO_CONTENT)
}
