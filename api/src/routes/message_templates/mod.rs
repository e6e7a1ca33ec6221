//! What mails and text messages say: the words they come with, and those that an installation wrote instead.

mod custom;
mod dto;

use app::message_template as cases;
use axum::{extract::State, http::StatusCode};
use domain::{
    locale::Locale,
    message::{Message, Variable},
    permission::Permission,
    template::FILTERS,
    words::WordSet,
};
use store::message_template::TemplateVersion;
use utoipa_axum::{router::OpenApiRouter, routes};

use self::dto::{
    MessagePreview, MessageTemplateDetail, MessageTemplateInput, MessageTemplateSummary, MessageTemplateText,
    MessageTemplateVersion, MessageTrial, MessageVariable, shown, text_of,
};
use super::me::Language;
use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Versioned},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
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
        .merge(custom::routes())
}

fn message(key: &str) -> Result<Message, Problem> {
    Message::parse(key).ok_or_else(|| app::AppError::NotFound.into())
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
            description = "`sms_off`; `no_own_phone`: the caller has no confirmed phone; `sms_cap`, `sms_no_price`"),
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
