//! Rules by which mail is let in or kept aside as spam.

use app::spam_rule::{self as cases, Draft, Wanted};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::mail::spam::{RuleField, RuleVerdict};
use serde::{Deserialize, Serialize};
use store::spam_rule::SpamRule as Row;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Query, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
    words::{SpamRuleFieldWord, SpamRuleVerdictWord},
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change, delete))
}

/// A rule of staff about incoming mail.
#[derive(Debug, Serialize, ToSchema)]
struct SpamRule {
    /// Id.
    id: Uuid,
    /// Such mail is let in, or kept aside.
    verdict: SpamRuleVerdictWord,
    /// Where it looks.
    field: SpamRuleFieldWord,
    /// What it looks for, in the form in which it is compared: in lower case.
    value: String,
    /// What staff say about it.
    note: String,
    /// It is used.
    enabled: bool,
    /// Ticket with which its sender was blocked; the rule goes when that is no spam after all.
    #[schema(required = true)]
    ticket_id: Option<Uuid>,
    /// How many mails it decided about.
    hits: i64,
    /// When it did so last.
    #[schema(required = true)]
    last_hit_at: Option<DateTime<Utc>>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// The ETag.
    version: i32,
}

impl From<Row> for SpamRule {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            verdict: SpamRuleVerdictWord::stored(row.verdict),
            field: SpamRuleFieldWord::stored(row.field),
            value: row.value,
            note: row.note,
            enabled: row.enabled,
            ticket_id: row.ticket_id,
            hits: row.hits,
            last_hit_at: row.last_hit_at,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// A rule as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SpamRuleInput {
    /// Such mail is let in, or kept aside.
    verdict: SpamRuleVerdictWord,
    /// Where it looks.
    field: SpamRuleFieldWord,
    /// What it looks for: a whole address; a domain, which means those below it, too; words that are contained, whatever their case; or
    /// `Name: words` of a header field. No patterns.
    #[schema(min_length = 1, max_length = 200)]
    value: String,
    /// What staff say about it.
    #[schema(max_length = 200)]
    note: String,
    /// It is used.
    enabled: bool,
}

impl From<SpamRuleInput> for Draft {
    fn from(input: SpamRuleInput) -> Self {
        Self {
            verdict: input.verdict.known().unwrap_or(RuleVerdict::Block),
            field: input.field.known().unwrap_or(RuleField::Address),
            value: input.value,
            note: input.note,
            enabled: input.enabled,
        }
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SpamRuleFilter {
    /// Verdict.
    verdict: Option<SpamRuleVerdictWord>,
    /// Where they look.
    field: Option<SpamRuleFieldWord>,
    /// Part of what they look for, or of their note.
    #[param(max_length = 200)]
    q: Option<String>,
}

fn shown(row: Row) -> Versioned<SpamRule> {
    Versioned {
        version: row.version,
        body: row.into(),
    }
}

/// List rules about spam, newest first
#[utoipa::path(get, path = "/api/v1/spam-rules", operation_id = "listSpamRules", tag = "mail", security(("bearer" = [])),
    params(SpamRuleFilter, PageParams),
    responses(
        (status = 200, body = List<SpamRule>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(filter): Query<SpamRuleFilter>,
    page: Page,
) -> ApiResult<Json<List<SpamRule>>> {
    let wanted = Wanted {
        verdict: filter.verdict.and_then(|word| word.known()),
        field: filter.field.and_then(|word| word.known()),
        text: filter.q.as_deref().map(str::trim).filter(|text| !text.is_empty()),
    };
    let scope = format!("spam-rules {wanted:?}");
    let before: Option<Uuid> = page.after(&scope)?;
    let rows = cases::list(&state.app, &caller, wanted, before, page.fetch()).await?;
    Ok(Json(page.list(&scope, rows, |row| row.id, SpamRule::from)))
}

/// Add a rule about spam
///
/// An allowed sender is let in whatever his mail's points, unless DMARC says that he is somebody else; what is blocked is kept aside, whoever
/// sends it. Of several rules the one decides that names the sender most exactly.
#[utoipa::path(post, path = "/api/v1/spam-rules", operation_id = "createSpamRule", tag = "mail", security(("bearer" = [])),
    request_body = SpamRuleInput,
    responses(
        (status = 201, body = SpamRule),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`too_many_spam_rules`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<SpamRuleInput>,
) -> ApiResult<Response> {
    let made = cases::create(&state.app, &caller, input.into()).await?;
    let at = format!("/api/v1/spam-rules/{}", made.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, at)], shown(made)).into_response())
}

/// Change a rule about spam; what it counted stays
#[utoipa::path(put, path = "/api/v1/spam-rules/{id}", operation_id = "changeSpamRule", tag = "mail", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the rule"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = SpamRuleInput,
    responses(
        (status = 200, body = SpamRule),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<SpamRuleInput>,
) -> ApiResult<Versioned<SpamRule>> {
    Ok(shown(
        cases::change(&state.app, &caller, id, version, input.into()).await?,
    ))
}

/// Delete a rule about spam; mail that it kept aside stays there
#[utoipa::path(delete, path = "/api/v1/spam-rules/{id}", operation_id = "deleteSpamRule", tag = "mail", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the rule"), ("If-Match" = String, Header, description = "ETag as read")),
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
    cases::delete(&state.app, &caller, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
