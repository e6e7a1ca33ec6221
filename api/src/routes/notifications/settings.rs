//! What one chose about one's own notifications.

use app::notification::{self as cases, Draft, Shown};
use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::{
    notification::{Channel, Delivery},
    words::WordSet,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{CurrentUser, IfMatch, Json, Versioned},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
    words::{NotificationChannelWord, NotificationDeliveryWord, NotificationTopicWord},
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(get, change))
}

/// Hours in which nothing rings, in minutes of the local day; past midnight when the end is before the beginning.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuietHours {
    /// Beginning.
    #[schema(maximum = 1439)]
    from: u16,
    /// End.
    #[schema(maximum = 1439)]
    to: u16,
}

/// What holds for a topic on a channel, and what may be chosen.
#[derive(Debug, Serialize, ToSchema)]
struct NotificationRule {
    /// Topic.
    topic: NotificationTopicWord,
    /// Channel.
    channel: NotificationChannelWord,
    /// What holds.
    delivery: NotificationDeliveryWord,
    /// What may be chosen: one choice means that it is always so, none that news of this kind does not go that way.
    choices: Vec<NotificationDeliveryWord>,
}

/// One's own notifications.
#[derive(Debug, Serialize, ToSchema)]
struct NotificationSettings {
    /// IANA name of the zone of quiet hours and digests.
    zone: String,
    /// When nothing rings; mails and text messages wait until it ends.
    #[schema(required = true)]
    quiet: Option<QuietHours>,
    /// Day of digests, 0 = Monday; `null` = every day.
    #[schema(required = true)]
    digest_weekday: Option<u8>,
    /// Hour of digests in the zone.
    digest_hour: u8,
    /// When the next digest is due; `null` when nothing goes with digests.
    #[schema(required = true)]
    next_digest_at: Option<DateTime<Utc>>,
    /// Text messages can be sent to one's verified number.
    sms: bool,
    /// Every topic that can concern one, on every channel.
    rules: Vec<NotificationRule>,
    /// The ETag; 0 before the first change.
    version: i32,
}

impl From<Shown> for NotificationSettings {
    fn from(shown: Shown) -> Self {
        let p = &shown.preferences;
        let rules = shown.topics.iter().flat_map(|topic| {
            Channel::ALL.iter().map(|channel| NotificationRule {
                topic: (*topic).into(),
                channel: (*channel).into(),
                delivery: p.of(*topic, *channel).into(),
                choices: p
                    .triggers
                    .choices(*topic, *channel)
                    .iter()
                    .map(|choice| (*choice).into())
                    .collect(),
            })
        });
        Self {
            rules: rules.collect(),
            zone: p.zone.name().to_owned(),
            quiet: p.quiet.map(|quiet| QuietHours {
                from: quiet.from(),
                to: quiet.to(),
            }),
            digest_weekday: p
                .rhythm
                .weekday
                .and_then(|day| u8::try_from(day.num_days_from_monday()).ok()),
            digest_hour: p.rhythm.hour,
            next_digest_at: shown.next_digest_at,
            sms: shown.sms,
            version: shown.version,
        }
    }
}

/// A choice.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NotificationChoice {
    /// Topic.
    topic: NotificationTopicWord,
    /// Channel.
    channel: NotificationChannelWord,
    /// When.
    delivery: NotificationDeliveryWord,
}

/// Settings to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NotificationSettingsInput {
    /// IANA name.
    #[schema(max_length = 64)]
    zone: String,
    /// When nothing rings.
    #[schema(required = true)]
    quiet: Option<QuietHours>,
    /// Day of digests, 0 = Monday; `null` = every day.
    #[schema(required = true, maximum = 6)]
    digest_weekday: Option<u8>,
    /// Hour of digests in the zone.
    #[schema(maximum = 23)]
    digest_hour: u8,
    /// Choices; what is not among them is as it is without a choice.
    #[schema(max_items = 100)]
    choices: Vec<NotificationChoice>,
}

impl TryFrom<NotificationSettingsInput> for Draft {
    type Error = Problem;

    fn try_from(dto: NotificationSettingsInput) -> Result<Self, Problem> {
        let unknown = |n: usize| Problem::invalid(&format!("/choices/{n}"), "not_a_choice", "there is no such choice");
        if dto.choices.len() > 100 {
            return Err(Problem::invalid(
                "/choices",
                "too_many",
                "there are fewer choices than that",
            ));
        }
        let mut choices = Vec::with_capacity(dto.choices.len());
        for (n, choice) in dto.choices.into_iter().enumerate() {
            let topic = choice.topic.known().ok_or_else(|| unknown(n))?;
            let channel = choice.channel.known().ok_or_else(|| unknown(n))?;
            let delivery: Delivery = choice.delivery.known().ok_or_else(|| unknown(n))?;
            choices.push((topic, channel, delivery));
        }
        Ok(Self {
            zone: dto.zone,
            quiet: dto.quiet.map(|quiet| (quiet.from, quiet.to)),
            digest_weekday: dto.digest_weekday,
            digest_hour: dto.digest_hour,
            choices,
        })
    }
}

fn shown(shown: Shown) -> Versioned<NotificationSettings> {
    Versioned {
        version: shown.version,
        body: shown.into(),
    }
}

/// Read how one is notified
#[utoipa::path(get, path = "/api/v1/me/notifications", operation_id = "notificationSettings", tag = "notifications", security(("bearer" = [])),
    responses(
        (status = 200, body = NotificationSettings, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Versioned<NotificationSettings>> {
    Ok(shown(cases::get(&state.app, caller.caller()).await?))
}

/// Change how one is notified
///
/// Mails about the safety of one's account come always and at once.
#[utoipa::path(put, path = "/api/v1/me/notifications", operation_id = "changeNotificationSettings", tag = "notifications", security(("bearer" = [])),
    params(("If-Match" = String, Header, description = "ETag of the version that was read")),
    request_body = NotificationSettingsInput,
    responses(
        (status = 200, body = NotificationSettings, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    IfMatch(version): IfMatch,
    Json(input): Json<NotificationSettingsInput>,
) -> ApiResult<Versioned<NotificationSettings>> {
    let draft = Draft::try_from(input)?;
    Ok(shown(
        cases::change(&state.app, caller.caller(), version, &draft).await?,
    ))
}
