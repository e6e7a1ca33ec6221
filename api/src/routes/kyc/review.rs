//! What a reviewer does about a verification.

use app::kyc::{self as cases, Decision, Verdict};
use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{CaseDto, shown, unhex};
use crate::{
    extract::{CurrentUser, Json, Path},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(claim))
        .routes(routes!(release))
        .routes(routes!(decide))
        .routes(routes!(revoke))
}

/// Claim a verification for review
#[utoipa::path(post, path = "/api/v1/customers/{id}/kyc/claim", operation_id = "claimKyc", tag = "kyc",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = CaseDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It does not wait, or is one's own"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn claim(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Json<CaseDto>> {
    cases::claim(&state.app, caller.caller(), id).await?;
    shown(&caller, &state, id).await
}

/// Give a claimed verification back
#[utoipa::path(post, path = "/api/v1/customers/{id}/kyc/release", operation_id = "releaseKyc", tag = "kyc",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = CaseDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn release(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Json<CaseDto>> {
    cases::release(&state.app, caller.caller(), id).await?;
    shown(&caller, &state, id).await
}

/// What a reviewer finds.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = KycVerdict)]
enum VerdictDto {
    /// Verified.
    Approve,
    /// Not verified.
    Reject,
    /// More is needed.
    AskMore,
}

/// A decision about a verification.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KycDecision)]
struct DecisionDto {
    /// What the reviewer finds.
    verdict: VerdictDto,
    /// Why; told to the customer, and needed unless it is approved.
    #[schema(max_length = 1000)]
    reason: Option<String>,
    /// `documents_digest` of the case as the reviewer saw it.
    documents_digest: String,
    /// Until when an approval holds; two years when absent.
    expires_at: Option<DateTime<Utc>>,
}

/// Decide a claimed verification
///
/// The decision holds for the documents that the digest names: when they changed since, it is refused.
#[utoipa::path(post, path = "/api/v1/customers/{id}/kyc/decision", operation_id = "decideKyc", tag = "kyc",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    request_body = DecisionDto,
    responses(
        (status = 200, body = CaseDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Not claimed by the caller, one's own, or other documents"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn decide(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<DecisionDto>,
) -> ApiResult<Json<CaseDto>> {
    caller.need(match wanted.verdict {
        VerdictDto::AskMore => Permission::KycReview,
        VerdictDto::Approve | VerdictDto::Reject => Permission::KycApprove,
    })?;
    let digest = unhex(&wanted.documents_digest)
        .ok_or_else(|| Problem::invalid("/documents_digest", "invalid_value", "is no SHA-256 in hexadecimal"))?;
    let decision = Decision {
        verdict: match wanted.verdict {
            VerdictDto::Approve => Verdict::Approve,
            VerdictDto::Reject => Verdict::Reject,
            VerdictDto::AskMore => Verdict::AskMore,
        },
        reason: wanted.reason,
        documents_digest: digest,
        expires_at: wanted.expires_at,
    };
    cases::decide(&state.app, caller.caller(), id, decision).await?;
    shown(&caller, &state, id).await
}

/// Why an approval is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KycRevocation)]
struct RevocationDto {
    /// Why; told to the customer.
    #[schema(min_length = 1, max_length = 1000)]
    reason: String,
}

/// Take an approval back
#[utoipa::path(post, path = "/api/v1/customers/{id}/kyc/revoke", operation_id = "revokeKyc", tag = "kyc",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    request_body = RevocationDto,
    responses(
        (status = 200, body = CaseDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn revoke(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<RevocationDto>,
) -> ApiResult<Json<CaseDto>> {
    cases::revoke(&state.app, caller.caller(), id, &wanted.reason).await?;
    shown(&caller, &state, id).await
}
