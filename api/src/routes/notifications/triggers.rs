//! Triggers: whom each kind of event tells, over which channels, and whether that is everybody's own choice.

use std::collections::BTreeMap;

use app::notification::trigger::{self as cases, Draft, Readers, Shown};
use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use domain::{
    notification::{Channel, Delivery, Occasion, Topic, Trigger, Way},
    permission::Permission,
};
use serde::{Deserialize, Serialize};
use store::notification::trigger::TriggerVersion;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Versioned},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
    words::{NotificationChannelWord, NotificationDeliveryWord, NotificationPartyWord, NotificationTopicWord},
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(options))
        .routes(routes!(change, reset))
        .routes(routes!(versions))
        .routes(routes!(preview))
        .routes(routes!(test))
}

/// How an event uses a channel.
#[derive(Debug, Serialize, ToSchema)]
struct NotificationTriggerWay {
    /// Channel.
    channel: NotificationChannelWord,
    /// What holds for whoever chose nothing.
    delivery: NotificationDeliveryWord,
    /// It holds for everybody, whatever he chose.
    mandatory: bool,
    /// What may be set.
    choices: Vec<NotificationDeliveryWord>,
}

/// What a trigger does.
#[derive(Debug, Serialize, ToSchema)]
struct NotificationTriggerRule {
    /// It tells at all.
    on: bool,
    /// Whom.
    parties: Vec<NotificationPartyWord>,
    /// Notification groups besides.
    notification_group_ids: Vec<Uuid>,
    /// Roles whose holders are told besides.
    role_ids: Vec<Uuid>,
    /// How; a channel that it does not go, or cannot be set for, is not among them.
    ways: Vec<NotificationTriggerWay>,
}

fn rule_of(topic: Topic, trigger: &Trigger) -> NotificationTriggerRule {
    let way = |(channel, way): (&Channel, &Way)| NotificationTriggerWay {
        channel: (*channel).into(),
        delivery: way.delivery.into(),
        mandatory: way.mandatory,
        choices: topic.choices(*channel).iter().map(|choice| (*choice).into()).collect(),
    };
    NotificationTriggerRule {
        on: trigger.on,
        parties: trigger.parties.iter().map(|party| (*party).into()).collect(),
        notification_group_ids: trigger.groups.iter().copied().collect(),
        role_ids: trigger.roles.iter().copied().collect(),
        ways: trigger.ways.iter().map(way).collect(),
    }
}

/// What follows from events of a topic.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationTrigger)]
struct TriggerDto {
    /// Topic.
    topic: NotificationTopicWord,
    /// Name of events that programs raise, where it is for those alone; its address is then `custom_event:` and the name.
    #[schema(required = true)]
    event: Option<String>,
    /// Nothing about it can be set: it protects accounts.
    fixed: bool,
    /// Whom its events can tell.
    party_choices: Vec<NotificationPartyWord>,
    /// Notification groups and roles can be told besides.
    takes_others: bool,
    /// An example of it can be sent.
    testable: bool,
    /// What it does.
    rule: NotificationTriggerRule,
    /// What it comes with; events of one name come with what their topic does.
    default_rule: NotificationTriggerRule,
    /// It was set to something else.
    changed: bool,
    /// The ETag; 0 when it was never changed.
    version: i32,
    /// When it changed last.
    #[schema(required = true)]
    updated_at: Option<DateTime<Utc>>,
    /// Name of who changed it.
    #[schema(required = true)]
    by: Option<String>,
}

impl From<Shown> for TriggerDto {
    fn from(shown: Shown) -> Self {
        let topic = shown.topic;
        Self {
            topic: topic.into(),
            event: shown.event,
            fixed: topic.is_fixed(),
            party_choices: topic.parties().iter().map(|party| (*party).into()).collect(),
            takes_others: topic.takes_others(),
            testable: topic.message().is_some(),
            rule: rule_of(topic, &shown.trigger),
            default_rule: rule_of(topic, &shown.usual),
            changed: shown.changed,
            version: shown.version,
            updated_at: shown.updated_at,
            by: shown.by,
        }
    }
}

fn answer(shown: Shown) -> Versioned<TriggerDto> {
    Versioned {
        version: shown.version,
        body: shown.into(),
    }
}

/// Something a trigger can name.
#[derive(Debug, Serialize, ToSchema)]
struct NotificationTriggerName {
    /// Id.
    id: Uuid,
    /// Key of a role of the product, whose name is translated.
    #[schema(required = true)]
    key: Option<String>,
    /// Name.
    name: String,
}

/// What triggers can name.
#[derive(Debug, Serialize, ToSchema)]
struct NotificationTriggerOptions {
    /// Notification groups.
    notification_groups: Vec<NotificationTriggerName>,
    /// Roles.
    roles: Vec<NotificationTriggerName>,
}

/// A way as entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NotificationTriggerWayInput {
    /// Channel.
    channel: NotificationChannelWord,
    /// What holds for whoever chose nothing.
    delivery: NotificationDeliveryWord,
    /// It holds for everybody, whatever he chose.
    mandatory: bool,
}

/// A trigger as entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NotificationTriggerInput {
    /// It tells at all.
    on: bool,
    /// Whom.
    #[schema(max_items = 20)]
    parties: Vec<NotificationPartyWord>,
    /// Notification groups besides.
    #[schema(max_items = 20)]
    notification_group_ids: Vec<Uuid>,
    /// Roles whose holders are told besides.
    #[schema(max_items = 20)]
    role_ids: Vec<Uuid>,
    /// How; a channel that is left out is as it comes.
    #[schema(max_items = 10)]
    ways: Vec<NotificationTriggerWayInput>,
    /// Why it is changed, for whoever looks at the versions later.
    #[serde(default)]
    #[schema(max_length = 200)]
    note: String,
}

impl TryFrom<NotificationTriggerInput> for Draft {
    type Error = Problem;

    fn try_from(input: NotificationTriggerInput) -> Result<Self, Problem> {
        let unknown = || Problem::invalid("/ways", "not_a_choice", "there is no such way");
        let mut ways = BTreeMap::new();
        for way in &input.ways {
            let channel = way.channel.known().ok_or_else(unknown)?;
            let delivery = way.delivery.known().ok_or_else(unknown)?;
            let mandatory = way.mandatory;
            ways.insert(channel, Way { delivery, mandatory });
        }
        let parties = input.parties.iter().filter_map(NotificationPartyWord::known);
        Ok(Self {
            on: input.on,
            parties: parties.collect(),
            groups: input.notification_group_ids,
            roles: input.role_ids,
            ways,
            note: input.note,
        })
    }
}

/// A question who would be told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NotificationTriggerQuestion {
    /// The trigger, kept or not.
    rule: NotificationTriggerInput,
    /// Number of a ticket that something happens to; asking for one takes `tickets.view`.
    #[serde(default)]
    #[schema(minimum = 1)]
    ticket_number: Option<i64>,
}

/// What one channel does.
#[derive(Debug, Serialize, ToSchema)]
struct NotificationTriggerDelivery {
    /// Channel.
    channel: NotificationChannelWord,
    /// When it tells.
    delivery: NotificationDeliveryWord,
}

fn delivered(ways: Vec<(Channel, Delivery)>) -> Vec<NotificationTriggerDelivery> {
    let each = ways.into_iter().map(|(channel, delivery)| NotificationTriggerDelivery {
        channel: channel.into(),
        delivery: delivery.into(),
    });
    each.collect()
}

/// Somebody who would be told.
#[derive(Debug, Serialize, ToSchema)]
struct NotificationTriggerReader {
    /// Account.
    id: Uuid,
    /// Name.
    name: String,
    /// How each channel would tell him, as he chose.
    ways: Vec<NotificationTriggerDelivery>,
}

/// Who would be told.
#[derive(Debug, Serialize, ToSchema)]
struct NotificationTriggerReaders {
    /// They.
    people: Vec<NotificationTriggerReader>,
    /// Whom the trigger means and who cannot be told, because they may not see it or are not in use.
    left_out: Vec<NotificationTriggerName>,
    /// Whom the event itself names comes on top.
    names_others: bool,
}

impl From<Readers> for NotificationTriggerReaders {
    fn from(readers: Readers) -> Self {
        let people = readers.people.into_iter().map(|person| NotificationTriggerReader {
            id: person.id,
            name: person.name,
            ways: delivered(person.ways),
        });
        let left_out = readers.left_out.into_iter().map(|person| NotificationTriggerName {
            id: person.id,
            key: None,
            name: person.name,
        });
        Self {
            people: people.collect(),
            left_out: left_out.collect(),
            names_others: readers.names_others,
        }
    }
}

/// An example on its way.
#[derive(Debug, Serialize, ToSchema)]
struct NotificationTriggerTrial {
    /// How each channel tells it.
    ways: Vec<NotificationTriggerDelivery>,
}

/// A version of a trigger.
#[derive(Debug, Serialize, ToSchema)]
struct NotificationTriggerVersion {
    /// Number, from 1.
    version: i32,
    /// What it did; none when it was put back to what it comes with.
    #[schema(required = true)]
    rule: Option<NotificationTriggerRule>,
    /// Why, as its author says.
    note: String,
    /// When.
    at: DateTime<Utc>,
    /// Name of its author.
    #[schema(required = true)]
    by: Option<String>,
}

fn version_of(topic: Topic, row: TriggerVersion) -> NotificationTriggerVersion {
    let set = row.spec.and_then(|spec| serde_json::from_value::<Trigger>(spec).ok());
    NotificationTriggerVersion {
        version: row.version,
        rule: set.map(|trigger| rule_of(topic, &trigger)),
        note: row.note,
        at: row.at,
        by: row.by,
    }
}

fn occasion(key: &str) -> Result<Occasion, Problem> {
    Occasion::parse(key).ok_or_else(|| app::AppError::NotFound.into())
}

/// List the triggers of notifications
///
/// One for each kind of event there is, and for each name of events that programs raise for which one was set: whom it tells, how, and whether that is everybody's own choice.
#[utoipa::path(get, path = "/api/v1/notification-triggers", operation_id = "listNotificationTriggers", tag = "notifications",
    security(("bearer" = [])),
    responses(
        (status = 200, body = List<TriggerDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<TriggerDto>>> {
    let rows = cases::list(&state.app, caller.caller()).await?;
    Ok(Json(List {
        items: rows.into_iter().map(TriggerDto::from).collect(),
        next_cursor: None,
    }))
}

/// Read what triggers can name
#[utoipa::path(get, path = "/api/v1/notification-trigger-options", operation_id = "notificationTriggerOptions", tag = "notifications",
    security(("bearer" = [])),
    responses(
        (status = 200, body = NotificationTriggerOptions),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn options(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<NotificationTriggerOptions>> {
    let found = cases::options(&state.app, caller.caller()).await?;
    let groups = found.groups.into_iter().map(|group| NotificationTriggerName {
        id: group.id,
        key: None,
        name: group.name,
    });
    let roles = found.roles.into_iter().map(|role| NotificationTriggerName {
        id: role.id,
        name: role.name.unwrap_or_else(|| role.key.clone()),
        key: role.system.then_some(role.key),
    });
    Ok(Json(NotificationTriggerOptions {
        notification_groups: groups.collect(),
        roles: roles.collect(),
    }))
}

/// Set whom a kind of event tells
#[utoipa::path(put, path = "/api/v1/notification-triggers/{topic}", operation_id = "changeNotificationTrigger", tag = "notifications",
    security(("bearer" = [])),
    params(("topic" = String, Path, description = "Topic, or `custom_event:` and the name of events that programs raise"),
        ("If-Match" = String, Header, description = "ETag as read; \"0\" when it was never changed")),
    request_body = NotificationTriggerInput,
    responses(
        (status = 200, body = TriggerDto, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(topic): Path<String>,
    IfMatch(version): IfMatch,
    Json(input): Json<NotificationTriggerInput>,
) -> ApiResult<Versioned<TriggerDto>> {
    caller.need(Permission::NotificationsEdit)?;
    let on = occasion(&topic)?;
    let draft = Draft::try_from(input)?;
    Ok(answer(
        cases::change(&state.app, caller.caller(), &on, version, &draft).await?,
    ))
}

/// Let a kind of event tell whom it comes with
///
/// What was set stays among its versions.
#[utoipa::path(delete, path = "/api/v1/notification-triggers/{topic}", operation_id = "resetNotificationTrigger", tag = "notifications",
    security(("bearer" = [])),
    params(("topic" = String, Path, description = "Topic, or `custom_event:` and the name of events that programs raise"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 200, body = TriggerDto, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`is_default`: it does already"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn reset(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(topic): Path<String>,
    IfMatch(version): IfMatch,
) -> ApiResult<Versioned<TriggerDto>> {
    caller.need(Permission::NotificationsEdit)?;
    let on = occasion(&topic)?;
    Ok(answer(cases::reset(&state.app, caller.caller(), &on, version).await?))
}

/// List the versions of a trigger
///
/// The latest first; each time it was put back to what it comes with is one.
#[utoipa::path(get, path = "/api/v1/notification-triggers/{topic}/versions", operation_id = "listNotificationTriggerVersions",
    tag = "notifications", security(("bearer" = [])),
    params(("topic" = String, Path, description = "Topic, or `custom_event:` and the name of events that programs raise"), PageParams),
    responses(
        (status = 200, body = List<NotificationTriggerVersion>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn versions(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(word): Path<String>,
    page: Page,
) -> ApiResult<Json<List<NotificationTriggerVersion>>> {
    caller.need(Permission::NotificationsEdit)?;
    let on = occasion(&word)?;
    let part = (page.after(&word)?, page.fetch());
    let rows = cases::versions(&state.app, caller.caller(), &on, part).await?;
    Ok(Json(page.list(
        &word,
        rows,
        |row: &TriggerVersion| row.version,
        |row| version_of(on.topic(), row),
    )))
}

/// Ask who would be told
///
/// By a trigger that need not be kept, of an event at a ticket or at none; each person as he chose.
#[utoipa::path(post, path = "/api/v1/notification-triggers/{topic}/preview", operation_id = "previewNotificationTrigger",
    tag = "notifications", security(("bearer" = [])),
    params(("topic" = String, Path, description = "Topic, or `custom_event:` and the name of events that programs raise")),
    request_body = NotificationTriggerQuestion,
    responses(
        (status = 200, body = NotificationTriggerReaders),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn preview(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(topic): Path<String>,
    Json(asked): Json<NotificationTriggerQuestion>,
) -> ApiResult<Json<NotificationTriggerReaders>> {
    caller.need(Permission::NotificationsEdit)?;
    let on = occasion(&topic)?;
    let draft = Draft::try_from(asked.rule)?;
    let found = cases::preview(&state.app, caller.caller(), &on, &draft, asked.ticket_number).await?;
    Ok(Json(found.into()))
}

/// Tell oneself an example
///
/// Over the channels over which one would be told of such an event, marked as a trial.
#[utoipa::path(post, path = "/api/v1/notification-triggers/{topic}/test", operation_id = "testNotificationTrigger",
    tag = "notifications", security(("bearer" = [])),
    params(("topic" = String, Path, description = "Topic, or `custom_event:` and the name of events that programs raise")),
    responses(
        (status = 202, body = NotificationTriggerTrial),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
            description = "`not_told_so`: it comes as a mail of its own kind; `nothing_told`: one is told of it on no channel"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn test(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(topic): Path<String>,
) -> ApiResult<(StatusCode, Json<NotificationTriggerTrial>)> {
    caller.need(Permission::NotificationsEdit)?;
    let ways = cases::test(&state.app, caller.caller(), &occasion(&topic)?).await?;
    Ok((
        StatusCode::ACCEPTED,
        Json(NotificationTriggerTrial { ways: delivered(ways) }),
    ))
}
