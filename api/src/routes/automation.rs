//! Rules that act on tickets by themselves.

use app::automation::{self as cases, Draft, Preview, Seen};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::{
    automation::{RuleSpec, RunState},
    permission::Permission,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::automation::{rule::Rule, run::Run};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Query, Versioned},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
    words::{AutomationRunStateWord, Word},
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(dry_run))
        .routes(routes!(get, change, delete))
        .routes(routes!(runs))
        .routes(routes!(settle))
}

/// A rule as entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AutomationRuleInput {
    /// Name.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// In use.
    enabled: bool,
    /// Trigger, condition, actions and limit; docs/AUTOMATION.md has them all.
    #[schema(value_type = Object)]
    spec: Value,
}

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
struct AutomationRule {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// In use.
    enabled: bool,
    /// Counts versions of what it does.
    number: i32,
    /// Trigger, condition, actions and limit.
    #[schema(value_type = Object)]
    spec: Value,
    /// When it looks next, if it does by the clock.
    #[schema(required = true)]
    next_look_at: Option<DateTime<Utc>>,
    /// Runs that wait for a person, because the rule reached its limit.
    held: i64,
    /// Runs that acted within seven days.
    acted: i64,
    /// When it changed last.
    updated_at: DateTime<Utc>,
    /// The ETag.
    version: i32,
}

impl From<Rule> for AutomationRule {
    fn from(rule: Rule) -> Self {
        Self {
            id: rule.id,
            name: rule.name,
            enabled: rule.enabled,
            number: rule.number,
            spec: rule.spec,
            next_look_at: rule.next_look_at,
            held: rule.held,
            acted: rule.acted,
            updated_at: rule.updated_at,
            version: rule.version,
        }
    }
}

/// A run of a rule on a ticket.
#[derive(Debug, Serialize, ToSchema)]
struct AutomationRun {
    /// Id.
    id: Uuid,
    /// Version of the rule.
    number: i32,
    /// Ticket.
    ticket_id: Uuid,
    /// Its number.
    ticket_number: i64,
    /// Where it is.
    state: AutomationRunStateWord,
    /// Why it was skipped or held.
    #[schema(required = true)]
    reason: Option<String>,
    /// Which condition held or not, down the tree: `test`, `holds`, `found`, `of`.
    #[schema(required = true, value_type = Option<Object>)]
    finding: Option<Value>,
    /// What was done: `do` and `result` of each action; of a wait also `until`.
    #[schema(required = true, value_type = Option<Vec<Object>>)]
    actions: Option<Value>,
    /// When it goes on, where it is what comes after a wait.
    #[schema(required = true)]
    due_at: Option<DateTime<Utc>>,
    /// When it was caused.
    created_at: DateTime<Utc>,
    /// When it ended.
    #[schema(required = true)]
    ended_at: Option<DateTime<Utc>>,
}

impl From<Run> for AutomationRun {
    fn from(run: Run) -> Self {
        Self {
            id: run.id,
            number: run.number,
            ticket_id: run.ticket_id,
            ticket_number: run.ticket_number,
            state: Word::stored(run.state),
            reason: run.reason,
            finding: run.finding,
            actions: run.actions,
            due_at: run.due_at,
            created_at: run.created_at,
            ended_at: run.ended_at,
        }
    }
}

/// Which runs are wanted.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RunFilter {
    /// In this state.
    state: Option<AutomationRunStateWord>,
}

/// A rule to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AutomationDryRunInput {
    /// Trigger, condition, actions and limit.
    #[schema(value_type = Object)]
    spec: Value,
}

/// A ticket that a rule would have been asked about.
#[derive(Debug, Serialize, ToSchema)]
struct AutomationSeen {
    /// Ticket.
    ticket_id: Uuid,
    /// Its number.
    ticket_number: i64,
    /// When.
    at: DateTime<Utc>,
    /// Which condition held or not.
    #[schema(value_type = Object)]
    finding: Value,
    /// What the actions would have come to, up to the first wait; none where the condition did not hold.
    actions: Vec<AutomationForeseen>,
}

/// What an action would have come to.
#[derive(Debug, Serialize, ToSchema)]
struct AutomationForeseen {
    /// The action.
    r#do: &'static str,
    /// `would`, `unchanged`, `until`, `nobody`, or why not.
    result: &'static str,
}

impl From<Seen> for AutomationSeen {
    fn from(seen: Seen) -> Self {
        Self {
            ticket_id: seen.ticket_id,
            ticket_number: seen.number,
            at: seen.at,
            finding: serde_json::to_value(seen.finding).unwrap_or_default(),
            actions: seen
                .actions
                .into_iter()
                .map(|one| AutomationForeseen {
                    r#do: one.action,
                    result: one.result,
                })
                .collect(),
        }
    }
}

/// What a rule would do.
#[derive(Debug, Serialize, ToSchema)]
struct AutomationPreview {
    /// How often it would have been asked.
    asked: usize,
    /// How often it would have acted.
    acted: usize,
    /// On how many tickets.
    tickets: usize,
    /// There was more than it looked at; the newest were.
    truncated: bool,
    /// Examples of what it would have acted on, newest first.
    would: Vec<AutomationSeen>,
    /// Examples of what it would have left alone, newest first.
    would_not: Vec<AutomationSeen>,
}

impl From<Preview> for AutomationPreview {
    fn from(preview: Preview) -> Self {
        Self {
            asked: preview.asked,
            acted: preview.acted,
            tickets: preview.tickets,
            truncated: preview.truncated,
            would: preview.would.into_iter().map(AutomationSeen::from).collect(),
            would_not: preview.would_not.into_iter().map(AutomationSeen::from).collect(),
        }
    }
}

/// What a person says to runs that wait for him.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AutomationVerdict {
    /// Run them, and count anew from now on; or let them go.
    confirm: bool,
}

/// What became of them.
#[derive(Debug, Serialize, ToSchema)]
struct AutomationSettled {
    /// Runs.
    runs: usize,
}

fn spec(value: Value) -> Result<RuleSpec, Problem> {
    serde_json::from_value(value).map_err(|error| Problem::invalid("/spec", "invalid_rule", error.to_string()))
}

fn shown(rule: Rule) -> Versioned<AutomationRule> {
    Versioned {
        version: rule.version,
        body: rule.into(),
    }
}

/// List rules
#[utoipa::path(get, path = "/api/v1/automation-rules", operation_id = "listAutomationRules", tag = "automation", security(("bearer" = [])),
    responses(
        (status = 200, body = List<AutomationRule>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<AutomationRule>>> {
    let all = cases::list(&state.app, &caller).await?;
    Ok(Json(List {
        items: all.into_iter().map(AutomationRule::from).collect(),
        next_cursor: None,
    }))
}

/// Add a rule
#[utoipa::path(post, path = "/api/v1/automation-rules", operation_id = "createAutomationRule", tag = "automation",
    security(("bearer" = [])), request_body = AutomationRuleInput,
    responses(
        (status = 201, body = AutomationRule),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<AutomationRuleInput>,
) -> ApiResult<Response> {
    caller.in_person()?;
    caller.need(Permission::AutomationEdit)?;
    let made = cases::create(&state.app, &caller, draft(input)?).await?;
    let at = format!("/api/v1/automation-rules/{}", made.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, at)], shown(made)).into_response())
}

/// Try a rule without doing anything
///
/// By the clock on the tickets there are, of an event on those of the last 30 days; at most 5000, the newest.
#[utoipa::path(post, path = "/api/v1/automation-rules/dry-run", operation_id = "dryRunAutomationRule", tag = "automation",
    security(("bearer" = [])), request_body = AutomationDryRunInput,
    responses(
        (status = 200, body = AutomationPreview),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn dry_run(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<AutomationDryRunInput>,
) -> ApiResult<Json<AutomationPreview>> {
    caller.need(Permission::AutomationView)?;
    caller.need(Permission::TicketsView)?;
    Ok(Json(
        cases::dry_run(&state.app, &caller, &spec(input.spec)?).await?.into(),
    ))
}

/// Read a rule
#[utoipa::path(get, path = "/api/v1/automation-rules/{id}", operation_id = "getAutomationRule", tag = "automation",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the rule")),
    responses(
        (status = 200, body = AutomationRule),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<AutomationRule>> {
    Ok(shown(cases::get(&state.app, &caller, id).await?))
}

/// Change a rule
///
/// Another content is another version of it; runs that wait for the one before are skipped. `enabled` stops it at once.
#[utoipa::path(put, path = "/api/v1/automation-rules/{id}", operation_id = "changeAutomationRule", tag = "automation",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the rule"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = AutomationRuleInput,
    responses(
        (status = 200, body = AutomationRule),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<AutomationRuleInput>,
) -> ApiResult<Versioned<AutomationRule>> {
    caller.in_person()?;
    caller.need(Permission::AutomationEdit)?;
    Ok(shown(
        cases::change(&state.app, &caller, id, version, draft(input)?).await?,
    ))
}

/// Remove a rule
#[utoipa::path(delete, path = "/api/v1/automation-rules/{id}", operation_id = "deleteAutomationRule", tag = "automation",
    security(("bearer" = [])),
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
    caller.in_person()?;
    cases::delete(&state.app, &caller, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List a rule's runs, newest first
#[utoipa::path(get, path = "/api/v1/automation-rules/{id}/runs", operation_id = "listAutomationRuns", tag = "automation",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the rule"), PageParams, RunFilter),
    responses(
        (status = 200, body = List<AutomationRun>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn runs(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    page: Page,
    Query(filter): Query<RunFilter>,
) -> ApiResult<Json<List<AutomationRun>>> {
    let scope = format!("{id} {}", serde_json::to_string(&filter).unwrap_or_default());
    let before: Option<(DateTime<Utc>, Uuid)> = page.after(&scope)?;
    let wanted = filter.state.as_ref().and_then(Word::known).map(RunState::as_str);
    let rows = cases::runs(&state.app, &caller, id, wanted, before, page.fetch()).await?;
    Ok(Json(page.list(
        &scope,
        rows,
        |row| (row.created_at, row.id),
        AutomationRun::from,
    )))
}

/// Say what becomes of runs that wait for a person
#[utoipa::path(post, path = "/api/v1/automation-rules/{id}/held", operation_id = "settleAutomationRuns", tag = "automation",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the rule")), request_body = AutomationVerdict,
    responses(
        (status = 200, body = AutomationSettled),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn settle(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(verdict): Json<AutomationVerdict>,
) -> ApiResult<Json<AutomationSettled>> {
    caller.in_person()?;
    let runs = cases::settle(&state.app, &caller, id, verdict.confirm).await?;
    Ok(Json(AutomationSettled { runs }))
}

fn draft(input: AutomationRuleInput) -> ApiResult<Draft> {
    Ok(Draft {
        spec: spec(input.spec)?,
        name: input.name,
        enabled: input.enabled,
    })
}
