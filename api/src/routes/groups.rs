//! Support groups, their members, and how much agents take.

use app::group::{self as cases, Detail, Draft};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::ticket::deal::Strategy;
use serde::{Deserialize, Serialize};
use store::group::{Conduct, Member, Profile, SupportGroup};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Path, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, change))
        .routes(routes!(members))
        .routes(routes!(workload))
        .routes(routes!(own, set_away))
}

/// How a group's tickets are dealt out.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DealStrategy {
    /// They wait until somebody takes them.
    Off,
    /// One agent after the other.
    RoundRobin,
    /// Whoever has least to do.
    LeastLoaded,
    /// Whoever has most of the skills that the category wants, then whoever has least to do.
    Skills,
}

impl From<DealStrategy> for Strategy {
    fn from(strategy: DealStrategy) -> Self {
        match strategy {
            DealStrategy::Off => Self::Off,
            DealStrategy::RoundRobin => Self::RoundRobin,
            DealStrategy::LeastLoaded => Self::LeastLoaded,
            DealStrategy::Skills => Self::Skills,
        }
    }
}

impl DealStrategy {
    fn of(text: &str) -> Self {
        match text {
            "round_robin" => Self::RoundRobin,
            "least_loaded" => Self::LeastLoaded,
            "skills" => Self::Skills,
            _ => Self::Off,
        }
    }
}

/// How a group treats customers who do not answer, or write when nobody expects them to.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupConduct {
    /// Customers whose answer is waited for are reminded.
    remind: bool,
    /// So many days after the question: 1 to 365, ascending, five at most.
    remind_days: Vec<i32>,
    /// Days after which what waits is resolved, more than those of the last reminder; `null` = never.
    #[schema(required = true, minimum = 1, maximum = 365)]
    resolve_after_days: Option<i32>,
    /// Calendar whose working days these are; `null` = days of 24 hours.
    #[schema(required = true)]
    calendar_id: Option<Uuid>,
    /// What a customer writes ends a hold.
    reply_ends_hold: bool,
    /// Hours in which a reply opens a closed ticket again; 0 = it opens a follow-up at once.
    #[schema(minimum = 0, maximum = 720)]
    reopen_window_hours: i32,
}

impl From<GroupConduct> for Conduct {
    fn from(dto: GroupConduct) -> Self {
        Self {
            remind: dto.remind,
            remind_days: dto.remind_days,
            resolve_after_days: dto.resolve_after_days,
            calendar_id: dto.calendar_id,
            reply_ends_hold: dto.reply_ends_hold,
            reopen_window_hours: dto.reopen_window_hours,
        }
    }
}

impl From<Conduct> for GroupConduct {
    fn from(row: Conduct) -> Self {
        Self {
            remind: row.remind,
            remind_days: row.remind_days,
            resolve_after_days: row.resolve_after_days,
            calendar_id: row.calendar_id,
            reply_ends_hold: row.reply_ends_hold,
            reopen_window_hours: row.reopen_window_hours,
        }
    }
}

/// A group as entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SupportGroupInput {
    /// Name.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// What it is for.
    #[schema(max_length = 500)]
    description: String,
    /// How its tickets are dealt out. When this begins, those that wait there already are too.
    strategy: DealStrategy,
    /// Only its members are given its tickets.
    members_only: bool,
    /// Only they answer and change its tickets, and only they are given any; others read them and write notes.
    #[serde(default)]
    members_handle: bool,
    /// Customers are asked how satisfied they are once a ticket is resolved.
    survey: bool,
    /// So many hours after that.
    #[schema(minimum = 0, maximum = 72)]
    survey_delay_hours: i32,
    /// How it treats customers who do not answer; absent = as before, and as usual for a new group.
    conduct: Option<GroupConduct>,
    /// In use; otherwise retired.
    active: bool,
}

impl From<SupportGroupInput> for Draft {
    fn from(dto: SupportGroupInput) -> Self {
        Self {
            name: dto.name,
            description: dto.description,
            strategy: dto.strategy.into(),
            members_only: dto.members_only,
            members_handle: dto.members_handle,
            survey: dto.survey,
            survey_delay_hours: dto.survey_delay_hours,
            conduct: dto.conduct.map(Conduct::from),
            active: dto.active,
        }
    }
}

/// A group. Under way is what is neither resolved nor closed.
#[derive(Debug, Serialize, ToSchema)]
struct SupportGroupDto {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// What it is for.
    description: String,
    /// How its tickets are dealt out.
    strategy: DealStrategy,
    /// Only its members are given its tickets.
    members_only: bool,
    /// Only they answer and change its tickets.
    members_handle: bool,
    /// Customers are asked how satisfied they are once a ticket is resolved.
    survey: bool,
    /// So many hours after that.
    survey_delay_hours: i32,
    /// How it treats customers who do not answer, or write when nobody expects them to.
    conduct: GroupConduct,
    /// In use; otherwise retired.
    active: bool,
    /// Members.
    members: i64,
    /// Tickets under way.
    open: i64,
    /// Those of them that nobody has.
    unassigned: i64,
    /// Those of them of which a promise was broken.
    breached: i64,
    /// The ETag.
    version: i32,
}

impl From<SupportGroup> for SupportGroupDto {
    fn from(row: SupportGroup) -> Self {
        Self {
            id: row.id,
            name: row.name,
            description: row.description,
            strategy: DealStrategy::of(&row.strategy),
            members_only: row.members_only,
            members_handle: row.members_handle,
            survey: row.survey,
            survey_delay_hours: row.survey_delay_hours,
            conduct: row.conduct.into(),
            active: row.retired_at.is_none(),
            members: row.members,
            open: row.open,
            unassigned: row.unassigned,
            breached: row.breached,
            version: row.version,
        }
    }
}

/// A member with what he has to do.
#[derive(Debug, Serialize, ToSchema)]
struct GroupMember {
    /// Agent.
    id: Uuid,
    /// Name.
    name: String,
    /// He may change the group and who is in it.
    lead: bool,
    /// He can be given tickets.
    active: bool,
    /// He is not there: he is dealt nothing.
    away: bool,
    /// Tickets under way at which he is dealt no more; `null` = any number.
    #[schema(required = true)]
    capacity: Option<i32>,
    /// What he knows.
    skills: Vec<String>,
    /// Tickets of this group that he has under way.
    open_here: i64,
    /// Tickets that he has under way in all groups.
    open: i64,
}

impl From<Member> for GroupMember {
    fn from(row: Member) -> Self {
        Self {
            lead: row.role == "lead",
            id: row.id,
            name: row.name,
            active: row.active,
            away: row.away,
            capacity: row.capacity,
            skills: row.skills,
            open_here: row.open_here,
            open: row.open,
        }
    }
}

/// A group with its members, and how fast it answers.
#[derive(Debug, Serialize, ToSchema)]
struct SupportGroupDetail {
    /// The group.
    #[serde(flatten)]
    group: SupportGroupDto,
    /// Who is in it.
    people: Vec<GroupMember>,
    /// Median time from the opening of a ticket to the first public answer of a person, in seconds on the clock, business hours or not.
    #[schema(required = true)]
    first_response_seconds: Option<f64>,
    /// Of how many tickets: those opened within 30 days that were answered, 5,000 at most.
    first_response_tickets: i64,
    /// The caller may change it.
    may_change: bool,
}

impl From<Detail> for SupportGroupDetail {
    fn from(detail: Detail) -> Self {
        Self {
            group: detail.group.into(),
            people: detail.members.into_iter().map(GroupMember::from).collect(),
            first_response_seconds: detail.first_response,
            first_response_tickets: detail.answered,
            may_change: detail.may_change,
        }
    }
}

/// Who is in a group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupMembersInput {
    /// All of them.
    members: Vec<GroupMemberInput>,
}

/// A member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupMemberInput {
    /// Agent.
    id: Uuid,
    /// He may change the group and who is in it.
    lead: bool,
}

/// How much an agent takes, and what he knows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WorkloadInput {
    /// He is not there: he is dealt nothing. When absent, what he said himself stands.
    away: Option<bool>,
    /// Tickets under way at which he is dealt no more, 1 to 1000; `null` = any number.
    #[schema(required = true)]
    capacity: Option<i32>,
    /// What he knows, ten words at most.
    skills: Vec<String>,
}

/// What dealing out asks about an agent.
#[derive(Debug, Serialize, ToSchema)]
struct Workload {
    /// He is not there: he is dealt nothing.
    away: bool,
    /// Tickets under way at which he is dealt no more, 1 to 1000; `null` = any number.
    #[schema(required = true)]
    capacity: Option<i32>,
    /// What he knows, ten words at most.
    skills: Vec<String>,
}

impl From<Profile> for Workload {
    fn from(row: Profile) -> Self {
        Self {
            away: row.away,
            capacity: row.capacity,
            skills: row.skills,
        }
    }
}

/// Whether one is there.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Availability {
    /// Away: dealt nothing until one is back.
    away: bool,
}

fn shown(detail: Detail) -> Versioned<SupportGroupDetail> {
    Versioned {
        version: detail.group.version,
        body: detail.into(),
    }
}

/// List support groups with what they have to do
#[utoipa::path(get, path = "/api/v1/support-groups", operation_id = "listSupportGroups", tag = "groups", security(("bearer" = [])),
    responses(
        (status = 200, body = List<SupportGroupDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<SupportGroupDto>>> {
    let rows = cases::list(&state.app, caller.caller()).await?;
    Ok(Json(List {
        items: rows.into_iter().map(SupportGroupDto::from).collect(),
        next_cursor: None,
    }))
}

/// Add a support group
#[utoipa::path(post, path = "/api/v1/support-groups", operation_id = "createSupportGroup", tag = "groups", security(("bearer" = [])),
    request_body = SupportGroupInput,
    responses(
        (status = 201, body = SupportGroupDetail, headers(
            ("ETag" = String, description = "Version, for If-Match"), ("Location" = String, description = "Where it is"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<SupportGroupInput>,
) -> ApiResult<Response> {
    let made = cases::create(&state.app, caller.caller(), input.into()).await?;
    let location = format!("/api/v1/support-groups/{}", made.id);
    let detail = Detail {
        group: made,
        members: Vec::new(),
        first_response: None,
        answered: 0,
        may_change: true,
    };
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], shown(detail)).into_response())
}

/// Read a support group with its members and statistics
#[utoipa::path(get, path = "/api/v1/support-groups/{id}", operation_id = "getSupportGroup", tag = "groups", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the group")),
    responses(
        (status = 200, body = SupportGroupDetail, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<SupportGroupDetail>> {
    Ok(shown(cases::detail(&state.app, caller.caller(), id).await?))
}

/// Change a support group, retire it, or take it into use again
///
/// Its leads may as well. A group to which mailboxes or categories send tickets, or with tickets under way, stays in use.
#[utoipa::path(put, path = "/api/v1/support-groups/{id}", operation_id = "changeSupportGroup", tag = "groups", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the group"), ("If-Match" = String, Header, description = "ETag of the version that was read")),
    request_body = SupportGroupInput,
    responses(
        (status = 200, body = SupportGroupDetail, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<SupportGroupInput>,
) -> ApiResult<Versioned<SupportGroupDetail>> {
    cases::change(&state.app, caller.caller(), id, version, input.into()).await?;
    Ok(shown(cases::detail(&state.app, caller.caller(), id).await?))
}

/// Say who is in a support group
///
/// Its leads say who leads and who leaves; whoever manages groups puts people into it.
#[utoipa::path(put, path = "/api/v1/support-groups/{id}/members", operation_id = "setGroupMembers", tag = "groups",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the group"), ("If-Match" = String, Header, description = "ETag of the version that was read")),
    request_body = GroupMembersInput,
    responses(
        (status = 200, body = SupportGroupDetail, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn members(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<GroupMembersInput>,
) -> ApiResult<Versioned<SupportGroupDetail>> {
    let wanted: Vec<(Uuid, bool)> = input.members.into_iter().map(|one| (one.id, one.lead)).collect();
    cases::set_members(&state.app, caller.caller(), id, version, &wanted).await?;
    Ok(shown(cases::detail(&state.app, caller.caller(), id).await?))
}

/// Say how much an agent takes and what he knows
///
/// The leads of a group that he is in may as well.
#[utoipa::path(put, path = "/api/v1/agents/{id}/workload", operation_id = "setWorkload", tag = "groups", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the agent")),
    request_body = WorkloadInput,
    responses(
        (status = 200, body = Workload),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn workload(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(input): Json<WorkloadInput>,
) -> ApiResult<Json<Workload>> {
    let wanted = cases::Workload {
        away: input.away,
        capacity: input.capacity,
        skills: input.skills,
    };
    Ok(Json(
        cases::set_profile(&state.app, caller.caller(), id, &wanted)
            .await?
            .into(),
    ))
}

/// Read one's own availability
#[utoipa::path(get, path = "/api/v1/me/availability", operation_id = "myAvailability", tag = "groups", security(("bearer" = [])),
    responses(
        (status = 200, body = Workload),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn own(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<Workload>> {
    Ok(Json(cases::own_profile(&state.app, caller.caller()).await?.into()))
}

/// Go away, or come back
///
/// Whoever is away is dealt nothing; what waited is dealt out within seconds of his return.
#[utoipa::path(put, path = "/api/v1/me/availability", operation_id = "setAvailability", tag = "groups", security(("bearer" = [])),
    request_body = Availability,
    responses(
        (status = 200, body = Workload),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn set_away(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<Availability>,
) -> ApiResult<Json<Workload>> {
    Ok(Json(
        cases::set_away(&state.app, caller.caller(), input.away).await?.into(),
    ))
}
