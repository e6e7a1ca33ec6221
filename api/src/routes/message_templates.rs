//! What mails and text messages say: the words they come with, and those that an installation wrote instead.

use app::message_template::{self as cases, Draft, Found, Listed, Preview};
use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use domain::{
    locale::Locale,
    message::{Message, Part, Variable},
    permission::Permission,
    sms::segments::{Count, Encoding},
    template::{FILTERS, Flaw},
    words::WordSet,
};
use serde::{Deserialize, Serialize};
use store::message_template::TemplateVersion;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::me::Language;
use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Versioned},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
    words::{MessageCategoryWord, MessageChannelWord, MessageKeyWord, MessageVariableKindWord},
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(change, reset))
        .routes(routes!(versions))
        .routes(routes!(restore))
        .routes(routes!(preview))
        .routes(routes!(test))
}

fn message(key: &str) -> Result<Message, Problem> {
    Message::parse(key).ok_or_else(|| app::AppError::NotFound.into())
}

/// A language in which a message says something else than it comes with, or did once.
#[derive(Debug, Serialize, ToSchema)]
struct MessageTemplateChange {
    /// Language.
    locale: Language,
    /// It says something else now.
    overridden: bool,
    /// When that changed last.
    updated_at: DateTime<Utc>,
    /// Name of who changed it.
    #[schema(required = true)]
    by: Option<String>,
    /// It could not be filled in; what it comes with was sent instead.
    failed: bool,
}

/// A message in the list.
#[derive(Debug, Serialize, ToSchema)]
struct MessageTemplateSummary {
    /// Key.
    key: MessageKeyWord,
    /// What it is for.
    category: MessageCategoryWord,
    /// How it goes out.
    channel: MessageChannelWord,
    /// Languages that were ever changed.
    changes: Vec<MessageTemplateChange>,
}

impl From<Listed> for MessageTemplateSummary {
    fn from(listed: Listed) -> Self {
        let spec = listed.message.spec();
        let changes = listed.changed.into_iter().map(|row| MessageTemplateChange {
            locale: Language::of(&row.locale),
            overridden: row.body.is_some(),
            updated_at: row.updated_at,
            by: row.by,
            failed: row.failure.is_some(),
        });
        Self {
            key: listed.message.into(),
            category: spec.category.into(),
            channel: spec.channel.into(),
            changes: changes.collect(),
        }
    }
}

/// Something that may stand in a message.
#[derive(Debug, Serialize, ToSchema)]
struct MessageVariable {
    /// Name, as it stands between braces.
    name: &'static str,
    /// What it holds.
    kind: MessageVariableKindWord,
    /// An example of what it says.
    sample: &'static str,
    /// The text is of no use without it.
    required: bool,
    /// There may be nothing to say.
    may_be_empty: bool,
}

/// Words of a message.
#[derive(Debug, Serialize, ToSchema)]
struct MessageWords {
    /// Subject; empty for text messages.
    subject: String,
    /// Text.
    body: String,
}

/// A message in one language.
#[derive(Debug, Serialize, ToSchema)]
struct MessageTemplateText {
    /// Language.
    locale: Language,
    /// The ETag; 0 when it was never changed.
    version: i32,
    /// What it says.
    words: MessageWords,
    /// What it comes with.
    default_words: MessageWords,
    /// It says something else than it comes with.
    overridden: bool,
    /// When it changed last.
    #[schema(required = true)]
    updated_at: Option<DateTime<Utc>>,
    /// Name of who changed it.
    #[schema(required = true)]
    by: Option<String>,
    /// Why it could not be filled in; what it comes with was sent instead.
    #[schema(required = true)]
    failure: Option<String>,
    /// When that happened first.
    #[schema(required = true)]
    failed_at: Option<DateTime<Utc>>,
}

fn text_of(message: Message, found: Found) -> MessageTemplateText {
    let usual = message.spec().source(found.locale);
    let default = || MessageWords {
        subject: usual.subject.to_owned(),
        body: usual.body.to_owned(),
    };
    let locale = Language::of(found.locale.as_str());
    let Some(row) = found.row else {
        return MessageTemplateText {
            locale,
            version: 0,
            words: default(),
            default_words: default(),
            overridden: false,
            updated_at: None,
            by: None,
            failure: None,
            failed_at: None,
        };
    };
    let own = row.subject.zip(row.body);
    MessageTemplateText {
        locale,
        version: row.version,
        overridden: own.is_some(),
        words: own.map_or_else(default, |(subject, body)| MessageWords { subject, body }),
        default_words: default(),
        updated_at: Some(row.updated_at),
        by: row.by,
        failure: row.failure,
        failed_at: row.failed_at,
    }
}

fn shown(message: Message, found: Found) -> Versioned<MessageTemplateText> {
    let body = text_of(message, found);
    Versioned {
        version: body.version,
        body,
    }
}

/// A message with all that belongs to it.
#[derive(Debug, Serialize, ToSchema)]
struct MessageTemplateDetail {
    /// Key.
    key: MessageKeyWord,
    /// What it is for.
    category: MessageCategoryWord,
    /// How it goes out.
    channel: MessageChannelWord,
    /// What may stand in it.
    variables: Vec<MessageVariable>,
    /// Filters.
    filters: Vec<&'static str>,
    /// What it says in each language.
    texts: Vec<MessageTemplateText>,
}

/// Words as entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MessageTemplateInput {
    /// Subject on one line; text messages have none.
    #[schema(max_length = 300)]
    subject: String,
    /// Text. Variables and conditions are written as in Jinja.
    #[schema(max_length = 20000)]
    body: String,
    /// Why it is changed, for whoever looks at the versions later.
    #[serde(default)]
    #[schema(max_length = 200)]
    note: String,
}

impl From<MessageTemplateInput> for Draft {
    fn from(input: MessageTemplateInput) -> Self {
        Self {
            subject: input.subject,
            body: input.body,
            note: input.note,
        }
    }
}

/// A version of the words of a message.
#[derive(Debug, Serialize, ToSchema)]
struct MessageTemplateVersion {
    /// Number, from 1.
    version: i32,
    /// What it said; none when it was put back to what it comes with.
    #[schema(required = true)]
    words: Option<MessageWords>,
    /// Why, as its author says.
    note: String,
    /// The version whose words were taken again.
    #[schema(required = true)]
    restores: Option<i32>,
    /// When.
    at: DateTime<Utc>,
    /// Name of its author.
    #[schema(required = true)]
    by: Option<String>,
}

impl From<TemplateVersion> for MessageTemplateVersion {
    fn from(row: TemplateVersion) -> Self {
        Self {
            version: row.version,
            words: row
                .subject
                .zip(row.body)
                .map(|(subject, body)| MessageWords { subject, body }),
            note: row.note,
            restores: row.restores,
            at: row.at,
            by: row.by,
        }
    }
}

/// What a text message is sent as.
#[derive(Debug, Serialize, ToSchema)]
struct SmsCount {
    /// `gsm7`, or `ucs2` when a sign is not in the GSM alphabet.
    encoding: SmsEncoding,
    /// Septets or UCS-2 units.
    units: usize,
    /// Units that one segment holds alone.
    alone: usize,
    /// Units that each of several segments holds.
    each: usize,
    /// Segments: each is charged.
    segments: usize,
}

/// How a text message is sent.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SmsEncoding {
    /// Seven bits for each sign.
    Gsm7,
    /// Sixteen bits for each unit.
    Ucs2,
}

impl From<Count> for SmsCount {
    fn from(count: Count) -> Self {
        let (alone, each) = count.encoding.room();
        Self {
            encoding: match count.encoding {
                Encoding::Gsm7 => SmsEncoding::Gsm7,
                Encoding::Ucs2 => SmsEncoding::Ucs2,
            },
            units: count.units,
            alone,
            each,
            segments: count.segments,
        }
    }
}

/// Something that is wrong with words.
#[derive(Debug, Serialize, ToSchema)]
struct MessageFlaw {
    /// `subject` or `body`.
    part: MessagePart,
    /// Line, from 1.
    line: u32,
    /// `template_syntax`, `unknown_variable`, `unknown_filter`, `template_not_allowed`, `template_too_deep`, `variable_missing`,
    /// `empty`, `too_long`, `one_line`, `too_many_segments` or `template_failed`.
    code: &'static str,
    /// The variable, filter or word that it is about.
    name: String,
    /// How much there may be, where there is too much.
    #[schema(required = true)]
    most: Option<usize>,
}

/// Where in a message something is wrong.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MessagePart {
    /// The subject.
    Subject,
    /// The text.
    Body,
}

impl From<(Part, Flaw)> for MessageFlaw {
    fn from((part, flaw): (Part, Flaw)) -> Self {
        Self {
            part: match part {
                Part::Subject => MessagePart::Subject,
                Part::Body => MessagePart::Body,
            },
            line: flaw.line,
            code: flaw.kind.code(),
            name: flaw.kind.subject().to_owned(),
            most: flaw.kind.most(),
        }
    }
}

/// What words say with examples.
#[derive(Debug, Serialize, ToSchema)]
struct MessagePreview {
    /// Subject; absent when something is wrong.
    #[schema(required = true)]
    subject: Option<String>,
    /// Plain text.
    #[schema(required = true)]
    text: Option<String>,
    /// The HTML of a mail; to be shown where nothing of it can run.
    #[schema(required = true)]
    html: Option<String>,
    /// What a text message is sent as.
    #[schema(required = true)]
    sms: Option<SmsCount>,
    /// What is wrong.
    flaws: Vec<MessageFlaw>,
}

impl From<Preview> for MessagePreview {
    fn from(preview: Preview) -> Self {
        let (subject, text) = preview.filled.map(|filled| (filled.subject, filled.body)).unzip();
        Self {
            subject,
            text,
            html: preview.html,
            sms: preview.sms.map(SmsCount::from),
            flaws: preview.flaws.into_iter().map(MessageFlaw::from).collect(),
        }
    }
}

/// A trial on its way.
#[derive(Debug, Serialize, ToSchema)]
struct MessageTrial {
    /// The address or, most of it hidden, the number it goes to.
    to: String,
}

/// List what mails and text messages say
///
/// Every message there is, and in which languages it says something else than it comes with.
#[utoipa::path(get, path = "/api/v1/message-templates", operation_id = "listMessageTemplates", tag = "messages",
    security(("bearer" = [])),
    responses(
        (status = 200, body = List<MessageTemplateSummary>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<MessageTemplateSummary>>> {
    let found = cases::list(&state.app, &caller).await?;
    Ok(Json(List {
        items: found.into_iter().map(MessageTemplateSummary::from).collect(),
        next_cursor: None,
    }))
}

/// Read what a message says
#[utoipa::path(get, path = "/api/v1/message-templates/{key}", operation_id = "getMessageTemplate", tag = "messages",
    security(("bearer" = [])), params(("key" = String, Path, description = "Key of the message")),
    responses(
        (status = 200, body = MessageTemplateDetail),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(key): Path<String>,
) -> ApiResult<Json<MessageTemplateDetail>> {
    caller.need(Permission::TemplatesEdit)?;
    let message = message(&key)?;
    let found = cases::find(&state.app, &caller, message).await?;
    let spec = message.spec();
    let variable = |each: &Variable| MessageVariable {
        name: each.name,
        kind: each.kind.into(),
        sample: each.sample,
        required: spec.required.contains(&each.name),
        may_be_empty: each.may_be_empty,
    };
    Ok(Json(MessageTemplateDetail {
        key: message.into(),
        category: spec.category.into(),
        channel: spec.channel.into(),
        variables: spec.variables.iter().map(variable).collect(),
        filters: FILTERS.to_vec(),
        texts: found.into_iter().map(|each| text_of(message, each)).collect(),
    }))
}

/// Change what a message says in a language
///
/// The words are read and filled in with examples before they are kept; every flaw is told with its line.
#[utoipa::path(put, path = "/api/v1/message-templates/{key}/{locale}", operation_id = "changeMessageTemplate", tag = "messages",
    security(("bearer" = [])),
    params(("key" = String, Path, description = "Key of the message"), ("locale" = Language, Path, description = "Language"),
        ("If-Match" = String, Header, description = "ETag as read; \"0\" when it was never changed")),
    request_body = MessageTemplateInput,
    responses(
        (status = 200, body = MessageTemplateText),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((key, locale)): Path<(String, Language)>,
    IfMatch(version): IfMatch,
    Json(input): Json<MessageTemplateInput>,
) -> ApiResult<Versioned<MessageTemplateText>> {
    caller.need(Permission::TemplatesEdit)?;
    let message = message(&key)?;
    let at = (message, Locale::from(locale));
    let found = cases::change(&state.app, &caller, at, version, &input.into()).await?;
    Ok(shown(message, found))
}

/// Let a message say what it comes with
///
/// What it said stays among its versions.
#[utoipa::path(delete, path = "/api/v1/message-templates/{key}/{locale}", operation_id = "resetMessageTemplate", tag = "messages",
    security(("bearer" = [])),
    params(("key" = String, Path, description = "Key of the message"), ("locale" = Language, Path, description = "Language"),
        ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 200, body = MessageTemplateText),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`is_default`: it does already"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn reset(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((key, locale)): Path<(String, Language)>,
    IfMatch(version): IfMatch,
) -> ApiResult<Versioned<MessageTemplateText>> {
    caller.need(Permission::TemplatesEdit)?;
    let message = message(&key)?;
    let found = cases::back_to_default(&state.app, &caller, (message, locale.into()), version).await?;
    Ok(shown(message, found))
}

/// List the versions of what a message says
///
/// The latest first; the present one is among them, and each time it was put back to what it comes with is one.
#[utoipa::path(get, path = "/api/v1/message-templates/{key}/{locale}/versions", operation_id = "listMessageTemplateVersions",
    tag = "messages", security(("bearer" = [])),
    params(("key" = String, Path, description = "Key of the message"), ("locale" = Language, Path, description = "Language"), PageParams),
    responses(
        (status = 200, body = List<MessageTemplateVersion>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn versions(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((key, locale)): Path<(String, Language)>,
    page: Page,
) -> ApiResult<Json<List<MessageTemplateVersion>>> {
    caller.need(Permission::TemplatesEdit)?;
    let message = message(&key)?;
    let locale = Locale::from(locale);
    let scope = format!("{key} {}", locale.as_str());
    let part = (page.after(&scope)?, page.fetch());
    let rows = cases::versions(&state.app, &caller, (message, locale), part).await?;
    Ok(Json(page.list(
        &scope,
        rows,
        |row: &TemplateVersion| row.version,
        MessageTemplateVersion::from,
    )))
}

/// Let a message say again what it said once
#[utoipa::path(post, path = "/api/v1/message-templates/{key}/{locale}/versions/{version}/restore",
    operation_id = "restoreMessageTemplate", tag = "messages", security(("bearer" = [])),
    params(("key" = String, Path, description = "Key of the message"), ("locale" = Language, Path, description = "Language"),
        ("version" = i32, Path, description = "Number of the version"),
        ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 200, body = MessageTemplateText),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn restore(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((key, locale, earlier)): Path<(String, Language, i32)>,
    IfMatch(version): IfMatch,
) -> ApiResult<Versioned<MessageTemplateText>> {
    caller.need(Permission::TemplatesEdit)?;
    let message = message(&key)?;
    let found = cases::restore(&state.app, &caller, (message, locale.into()), version, earlier).await?;
    Ok(shown(message, found))
}

/// Fill in words with examples, without keeping them
///
/// What is wrong with them is said with its line.
#[utoipa::path(post, path = "/api/v1/message-templates/{key}/{locale}/preview", operation_id = "previewMessageTemplate",
    tag = "messages", security(("bearer" = [])),
    params(("key" = String, Path, description = "Key of the message"), ("locale" = Language, Path, description = "Language")),
    request_body = MessageTemplateInput,
    responses(
        (status = 200, body = MessagePreview),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn preview(
    caller: CurrentUser,
    Path((key, locale)): Path<(String, Language)>,
    Json(input): Json<MessageTemplateInput>,
) -> ApiResult<Json<MessagePreview>> {
    caller.need(Permission::TemplatesEdit)?;
    let found = cases::preview(&caller, (message(&key)?, locale.into()), &input.into())?;
    Ok(Json(found.into()))
}

/// Send words with examples to oneself
///
/// They go to the caller's own address, or to his own confirmed phone, marked as a trial.
#[utoipa::path(post, path = "/api/v1/message-templates/{key}/{locale}/test", operation_id = "testMessageTemplate",
    tag = "messages", security(("bearer" = [])),
    params(("key" = String, Path, description = "Key of the message"), ("locale" = Language, Path, description = "Language")),
    request_body = MessageTemplateInput,
    responses(
        (status = 202, body = MessageTrial),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
            description = "`sms_off`, or `no_own_phone`: the caller has no confirmed phone"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn test(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((key, locale)): Path<(String, Language)>,
    Json(input): Json<MessageTemplateInput>,
) -> ApiResult<(StatusCode, Json<MessageTrial>)> {
    caller.need(Permission::TemplatesEdit)?;
    let at = (message(&key)?, Locale::from(locale));
    let to = cases::test(&state.app, &caller, at, &input.into()).await?;
    Ok((StatusCode::ACCEPTED, Json(MessageTrial { to })))
}
