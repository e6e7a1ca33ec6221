//! Verification of identity.

mod policy;
mod queue;
mod review;

use std::collections::BTreeMap;

use app::kyc::{self as cases, Paperwork, Shown};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::{kyc::Paper, permission::Permission};
use serde::{Deserialize, Serialize};
use store::kyc::{Case, DocumentView, KycDocument, KycEvent};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::uploads::{download, safe_name};
use crate::{
    extract::{CurrentUser, Json, Path, Query, RawBody},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(policy::routes())
        .merge(queue::routes())
        .merge(review::routes())
        .routes(routes!(show))
        .routes(routes!(add_document))
        .routes(routes!(read_document, delete_document))
        .routes(routes!(views))
        .routes(routes!(submit))
        .routes(routes!(renew))
}

/// What a paper is.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = KycPaper)]
enum PaperDto {
    IdentityCard,
    Passport,
    DrivingLicence,
    Selfie,
    ProofOfAddress,
    TradeRegister,
    TaxCard,
    Statutes,
}

impl From<PaperDto> for Paper {
    fn from(paper: PaperDto) -> Self {
        match paper {
            PaperDto::IdentityCard => Self::IdentityCard,
            PaperDto::Passport => Self::Passport,
            PaperDto::DrivingLicence => Self::DrivingLicence,
            PaperDto::Selfie => Self::Selfie,
            PaperDto::ProofOfAddress => Self::ProofOfAddress,
            PaperDto::TradeRegister => Self::TradeRegister,
            PaperDto::TaxCard => Self::TaxCard,
            PaperDto::Statutes => Self::Statutes,
        }
    }
}

/// A document of a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KycDocument)]
struct DocumentDto {
    /// Id.
    id: Uuid,
    /// What it is.
    kind: String,
    /// File name.
    name: String,
    /// `image/jpeg` or `application/pdf`.
    content_type: String,
    /// Size in bytes.
    size: i64,
    /// SHA-256 of what is kept, in hexadecimal.
    sha256: String,
    /// When it was uploaded.
    created_at: DateTime<Utc>,
}

impl From<KycDocument> for DocumentDto {
    fn from(row: KycDocument) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            name: row.name,
            content_type: row.content_type,
            size: row.size,
            sha256: hex(&row.sha256),
            created_at: row.created_at,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    (0..32)
        .map(|n| u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok())
        .collect()
}

/// A step of a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KycEvent)]
struct EventDto {
    /// Id.
    id: Uuid,
    /// State before.
    from: String,
    /// State after.
    to: String,
    /// Why.
    reason: Option<String>,
    /// Who did it.
    by: String,
    /// When.
    at: DateTime<Utc>,
    /// Of a case that renewed another one.
    renewal: bool,
}

impl From<KycEvent> for EventDto {
    fn from(row: KycEvent) -> Self {
        Self {
            id: row.id,
            from: row.from_state,
            to: row.to_state,
            reason: row.reason,
            by: row.actor_name,
            at: row.at,
            renewal: row.renewal,
        }
    }
}

fn lines(missing: &[&[Paper]]) -> Vec<Vec<String>> {
    let names = |line: &&[Paper]| line.iter().map(|paper| paper.as_str().to_owned()).collect();
    missing.iter().map(names).collect()
}

/// What is to take the place of an approval that is still in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KycRenewal)]
struct RenewalDto {
    /// `collecting`, `submitted`, `in_review`, `more_info` or `rejected`.
    state: String,
    /// Its documents, oldest first.
    documents: Vec<DocumentDto>,
    /// What a decision is pinned to: send it back with the decision.
    documents_digest: String,
    /// Papers that are missing; of each line one.
    missing: Vec<Vec<String>>,
    /// Steps that the caller may take now: `collect`, `submit`, `claim`, `release`, `ask_more`, `approve`, `reject`.
    steps: Vec<String>,
    /// What the reviewer told the customer.
    #[schema(required = true)]
    reason: Option<String>,
    /// When it was handed in.
    #[schema(required = true)]
    submitted_at: Option<DateTime<Utc>>,
    /// When it was decided.
    #[schema(required = true)]
    decided_at: Option<DateTime<Utc>>,
    /// Who reviews it; `null` for members.
    #[schema(required = true)]
    reviewer: Option<String>,
}

impl RenewalDto {
    fn new(shown: Paperwork, staff: bool) -> Self {
        let case = shown.case;
        Self {
            state: shown.state.as_str().to_owned(),
            documents: shown.documents.into_iter().map(Into::into).collect(),
            documents_digest: hex(&shown.digest),
            missing: lines(&shown.missing),
            steps: shown.steps.into_iter().map(|step| step.as_str().to_owned()).collect(),
            reason: case.as_ref().and_then(|case| case.reason.clone()),
            submitted_at: case.as_ref().and_then(|case| case.submitted_at),
            decided_at: case.as_ref().and_then(|case| case.decided_at),
            reviewer: case.and_then(|case| case.reviewer_name).filter(|_| staff),
        }
    }
}

/// A case whose place was taken by another one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KycPastCase)]
struct PastDto {
    /// Id.
    id: Uuid,
    /// `superseded`, `expired`, `revoked` or `rejected`.
    state: String,
    /// Papers that are still kept, oldest first.
    documents: Vec<DocumentDto>,
    /// What the reviewer told the customer.
    #[schema(required = true)]
    reason: Option<String>,
    /// When it was decided.
    #[schema(required = true)]
    decided_at: Option<DateTime<Utc>>,
    /// Until when its approval was to hold.
    #[schema(required = true)]
    expires_at: Option<DateTime<Utc>>,
    /// When it became past.
    #[schema(required = true)]
    closed_at: Option<DateTime<Utc>>,
    /// Who reviewed it.
    #[schema(required = true)]
    reviewer: Option<String>,
}

impl From<(Case, Vec<KycDocument>)> for PastDto {
    fn from((case, documents): (Case, Vec<KycDocument>)) -> Self {
        Self {
            id: case.id,
            state: case.state,
            documents: documents.into_iter().map(Into::into).collect(),
            reason: case.reason,
            decided_at: case.decided_at,
            expires_at: case.expires_at,
            closed_at: case.closed_at,
            reviewer: case.reviewer_name,
        }
    }
}

/// A case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KycCase)]
struct CaseDto {
    /// `not_started`, `collecting`, `submitted`, `in_review`, `approved`, `rejected`, `more_info`, `expired` or `revoked`.
    state: String,
    /// Documents, oldest first.
    documents: Vec<DocumentDto>,
    /// What a decision is pinned to: send it back with the decision.
    documents_digest: String,
    /// Papers that are missing; of each line one.
    missing: Vec<Vec<String>>,
    /// Steps that the caller may take now: `collect`, `submit`, `renew`, `claim`, `release`, `ask_more`, `approve`, `reject`, `revoke`.
    steps: Vec<String>,
    /// What the reviewer told the customer.
    reason: Option<String>,
    /// When it was handed in.
    submitted_at: Option<DateTime<Utc>>,
    /// When it was decided.
    decided_at: Option<DateTime<Utc>>,
    /// Until when an approval holds.
    expires_at: Option<DateTime<Utc>>,
    /// Who reviews it; `null` for members.
    reviewer: Option<String>,
    /// Steps so far, newest first; empty for members.
    events: Vec<EventDto>,
    /// What is open (`null`) or closed to the customer (code of the reason): `order_standard`, `order_sensitive`, `credit`,
    /// `many_members`.
    gates: BTreeMap<String, Option<String>>,
    /// People who may act for the customer while his identity is not verified.
    unverified_members: i64,
    /// From when on the approval may be renewed; `null` without one, and while it is.
    #[schema(required = true)]
    renewable_from: Option<DateTime<Utc>>,
    /// What is to take the place of the approval, which stays in force meanwhile.
    #[schema(required = true)]
    renewal: Option<RenewalDto>,
    /// Cases whose place was taken, the last one first; for reviewers alone.
    past: Vec<PastDto>,
}

impl CaseDto {
    fn new(shown: Shown, staff: bool) -> Self {
        let current = shown.current;
        let case = current.case;
        Self {
            state: current.state.as_str().to_owned(),
            documents: current.documents.into_iter().map(Into::into).collect(),
            documents_digest: hex(&current.digest),
            missing: lines(&current.missing),
            steps: current.steps.into_iter().map(|step| step.as_str().to_owned()).collect(),
            reason: case.as_ref().and_then(|case| case.reason.clone()),
            submitted_at: case.as_ref().and_then(|case| case.submitted_at),
            decided_at: case.as_ref().and_then(|case| case.decided_at),
            expires_at: case.as_ref().and_then(|case| case.expires_at),
            reviewer: case.and_then(|case| case.reviewer_name).filter(|_| staff),
            events: shown.events.into_iter().map(Into::into).collect(),
            gates: shown
                .gates
                .into_iter()
                .map(|(gate, verdict)| (gate.to_owned(), verdict.err().map(|closed| closed.code().to_owned())))
                .collect(),
            unverified_members: shown.policy.unverified_members,
            renewable_from: shown.renewable_from,
            renewal: shown.renewal.map(|renewal| RenewalDto::new(renewal, staff)),
            past: shown.past.into_iter().map(Into::into).collect(),
        }
    }
}

async fn shown(caller: &CurrentUser, state: &ApiState, id: Uuid) -> ApiResult<Json<CaseDto>> {
    let shown = cases::show(&state.app, caller.caller(), id).await?;
    Ok(Json(CaseDto::new(shown, caller.may(Permission::CustomersView))))
}

/// Show the verification of a customer's identity
#[utoipa::path(get, path = "/api/v1/customers/{id}/kyc", operation_id = "kycCase", tag = "kyc", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = CaseDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn show(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Json<CaseDto>> {
    shown(&caller, &state, id).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PaperParams {
    /// Name of the file.
    #[param(min_length = 1, max_length = 255)]
    filename: String,
    /// What it is.
    #[param(inline)]
    kind: PaperDto,
}

/// Add a paper to the verification
///
/// PDF, PNG, JPEG or WebP up to 10 MB. Pictures are written anew; PDF files with programs or other files in them are refused.
#[utoipa::path(post, path = "/api/v1/customers/{id}/kyc/documents", operation_id = "addKycDocument", tag = "kyc",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), PaperParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = DocumentDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn add_document(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Query(params): Query<PaperParams>,
    RawBody(bytes): RawBody,
) -> ApiResult<Response> {
    let name = safe_name(&params.filename);
    let row = cases::add_document(&state.app, caller.caller(), id, params.kind.into(), &name, bytes).await?;
    Ok((StatusCode::CREATED, Json(DocumentDto::from(row))).into_response())
}

/// Open a paper
///
/// Every look is logged.
#[utoipa::path(get, path = "/api/v1/customers/{id}/kyc/documents/{document_id}", operation_id = "readKycDocument", tag = "kyc",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("document_id" = Uuid, Path, description = "Id of the paper")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn read_document(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, document)): Path<(Uuid, Uuid)>,
) -> ApiResult<Response> {
    let (row, bytes) = cases::read_document(&state.app, caller.caller(), id, document).await?;
    Ok(download(&row.name, &row.content_type, bytes))
}

/// Take a paper out of the verification
#[utoipa::path(delete, path = "/api/v1/customers/{id}/kyc/documents/{document_id}", operation_id = "deleteKycDocument",
    tag = "kyc", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("document_id" = Uuid, Path, description = "Id of the paper")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delete_document(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, document)): Path<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    cases::delete_document(&state.app, caller.caller(), id, document).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody who opened a paper.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KycDocumentView)]
struct ViewDto {
    /// Id.
    id: Uuid,
    /// Paper.
    document_id: Uuid,
    /// What it is.
    document_kind: String,
    /// Who opened it.
    viewer: String,
    /// From where.
    ip: Option<String>,
    /// When.
    at: DateTime<Utc>,
}

impl From<DocumentView> for ViewDto {
    fn from(row: DocumentView) -> Self {
        Self {
            id: row.id,
            document_id: row.document_id,
            document_kind: row.document_kind,
            viewer: row.viewer_name,
            ip: row.ip,
            at: row.at,
        }
    }
}

/// List who opened the papers of a customer
#[utoipa::path(get, path = "/api/v1/customers/{id}/kyc/views", operation_id = "kycViews", tag = "kyc",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = Vec<ViewDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn views(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Vec<ViewDto>>> {
    let rows = cases::views(&state.app, caller.caller(), id).await?;
    Ok(Json(rows.into_iter().map(Into::into).collect()))
}

/// Renew a verification that ends soon
///
/// A second case begins beside the approval, which stays in force until the second one is approved or its own time is over. From then on
/// papers, handing in and reviewing are about the second one.
#[utoipa::path(post, path = "/api/v1/customers/{id}/kyc/renewal", operation_id = "renewKyc", tag = "kyc",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = CaseDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
            description = "`kyc_state`: nothing is in force; `kyc_renewal_early`; `kyc_renewal_open`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn renew(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Json<CaseDto>> {
    cases::renew(&state.app, caller.caller(), id).await?;
    shown(&caller, &state, id).await
}

/// Hand the verification in
#[utoipa::path(post, path = "/api/v1/customers/{id}/kyc/submit", operation_id = "submitKyc", tag = "kyc",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = CaseDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Papers are missing (`allowed` lists them) or it is handed in already"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn submit(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Json<CaseDto>> {
    cases::submit(&state.app, caller.caller(), id).await?;
    shown(&caller, &state, id).await
}
