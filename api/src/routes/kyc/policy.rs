//! What is closed without a verified identity.

use std::collections::BTreeMap;

use app::kyc::{self as cases, Rules};
use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use domain::kyc::Policy;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{CurrentUser, IfMatch, Json, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(policy, change_policy))
}

/// What is closed without a verified identity, and whom it concerns now.
#[derive(Debug, Serialize, ToSchema)]
struct KycPolicy {
    /// Ordinary products need a verified identity too; those that can do harm always do.
    standard_needs_identity: bool,
    /// Credit that is left without one, in minor units of the currency.
    unverified_credit: i64,
    /// People who may act for a customer without one.
    unverified_members: i64,
    /// Days before its end from which an approval may be renewed.
    renewal_days: i64,
    /// When it was changed last.
    updated_at: DateTime<Utc>,
    /// Name of who changed it; `null` while it is as it came.
    #[schema(required = true)]
    updated_by: Option<String>,
    /// Customers by where their verification stands.
    customers: BTreeMap<String, i64>,
    /// Customers whose identity is not verified.
    unverified: i64,
    /// Of those, for whom as many people act as may, or more.
    full: i64,
    /// Customers whose approval may be renewed now.
    renewable: i64,
    /// Of those, who have handed a renewal in.
    renewing: i64,
    /// The ETag.
    version: i32,
}

impl From<Rules> for Versioned<KycPolicy> {
    fn from(rules: Rules) -> Self {
        let Policy {
            standard_needs_identity,
            unverified_credit,
            unverified_members,
            renewal_days,
        } = rules.policy;
        let version = rules.change.version;
        Self {
            version,
            body: KycPolicy {
                standard_needs_identity,
                unverified_credit,
                unverified_members,
                renewal_days,
                updated_at: rules.change.updated_at,
                updated_by: rules.change.updated_by,
                customers: rules.standings.into_iter().map(|row| (row.state, row.count)).collect(),
                unverified: rules.concerned.unverified,
                full: rules.concerned.full,
                renewable: rules.concerned.renewable,
                renewing: rules.concerned.renewing,
                version,
            },
        }
    }
}

/// What is closed without a verified identity.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KycPolicyInput {
    /// Ordinary products need a verified identity too.
    standard_needs_identity: bool,
    /// Credit that is left without one, in minor units of the currency.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    unverified_credit: i64,
    /// People who may act for a customer without one.
    #[schema(minimum = 1, maximum = 1000)]
    unverified_members: i64,
    /// Days before its end from which an approval may be renewed.
    #[schema(minimum = 1, maximum = 365)]
    renewal_days: i64,
}

/// Tell what is closed without a verified identity, and whom it concerns now
#[utoipa::path(get, path = "/api/v1/kyc/policy", operation_id = "kycPolicy", tag = "kyc", security(("bearer" = [])),
    responses(
        (status = 200, body = KycPolicy),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn policy(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Versioned<KycPolicy>> {
    Ok(cases::rules(&state.app, caller.caller()).await?.into())
}

/// Set what is closed without a verified identity
///
/// It holds at once, in every process. Needs a fresh proof of who one is.
#[utoipa::path(put, path = "/api/v1/kyc/policy", operation_id = "changeKycPolicy", tag = "kyc", security(("bearer" = [])),
    params(("If-Match" = String, Header, description = "ETag as read")),
    request_body = KycPolicyInput,
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change_policy(
    caller: CurrentUser,
    State(state): State<ApiState>,
    IfMatch(version): IfMatch,
    Json(input): Json<KycPolicyInput>,
) -> ApiResult<StatusCode> {
    let wanted = Policy {
        standard_needs_identity: input.standard_needs_identity,
        unverified_credit: input.unverified_credit,
        unverified_members: input.unverified_members,
        renewal_days: input.renewal_days,
    };
    cases::change_policy(&state.app, caller.caller(), version, wanted).await?;
    Ok(StatusCode::NO_CONTENT)
}
