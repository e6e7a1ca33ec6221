//! Templates that an installation adds.

use app::custom_template::{self as cases, Draft, Offer, Template, Version};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::{
    locale::Locale,
    message::{
        Channel, Variable,
        custom::{Purpose, Texts, Words},
    },
    permission::Permission,
    template::FILTERS,
    words::WordSet,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::dto::{MessagePreview, MessageTrial, MessageVariable};
use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Query, Versioned},
    problem::{ApiResult, Problem, ProblemBody},
    routes::me::Language,
    state::ApiState,
    words::{CustomTemplateCategoryWord, MessageChannelWord},
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(options))
        .routes(routes!(get, change, delete))
        .routes(routes!(versions))
        .routes(routes!(restore))
        .routes(routes!(preview))
        .routes(routes!(test))
        .routes(routes!(offered))
}

/// The words of one language.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomTemplateWords {
    /// Subject; empty where there is none.
    #[schema(max_length = 300)]
    subject: String,
    /// Text. Variables and conditions are written as in Jinja.
    #[schema(max_length = 20000)]
    body: String,
}

/// What a template says in each language that has words.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomTemplateTexts {
    /// French.
    #[schema(required = true)]
    fr: Option<CustomTemplateWords>,
    /// English.
    #[schema(required = true)]
    en: Option<CustomTemplateWords>,
    /// Arabic.
    #[schema(required = true)]
    ar: Option<CustomTemplateWords>,
}

impl From<CustomTemplateWords> for Words {
    fn from(words: CustomTemplateWords) -> Self {
        Self {
            subject: words.subject,
            body: words.body,
        }
    }
}

impl From<Words> for CustomTemplateWords {
    fn from(words: Words) -> Self {
        Self {
            subject: words.subject,
            body: words.body,
        }
    }
}

impl From<CustomTemplateTexts> for Texts {
    fn from(texts: CustomTemplateTexts) -> Self {
        Self {
            fr: texts.fr.map(Words::from),
            en: texts.en.map(Words::from),
            ar: texts.ar.map(Words::from),
        }
    }
}

impl From<Texts> for CustomTemplateTexts {
    fn from(texts: Texts) -> Self {
        Self {
            fr: texts.fr.map(CustomTemplateWords::from),
            en: texts.en.map(CustomTemplateWords::from),
            ar: texts.ar.map(CustomTemplateWords::from),
        }
    }
}

/// A template that was added.
#[derive(Debug, Serialize, ToSchema)]
struct CustomTemplate {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// What it is for; it stays.
    category: CustomTemplateCategoryWord,
    /// How it goes out; it stays.
    channel: MessageChannelWord,
    /// What it says.
    texts: CustomTemplateTexts,
    /// When it changed last.
    updated_at: DateTime<Utc>,
    /// Name of who changed it.
    #[schema(required = true)]
    by: Option<String>,
    /// The ETag.
    version: i32,
}

impl From<Template> for CustomTemplate {
    fn from(template: Template) -> Self {
        Self {
            id: template.row.id,
            name: template.row.name,
            category: template.purpose.into(),
            channel: template.channel.into(),
            texts: template.texts.into(),
            updated_at: template.row.updated_at,
            by: template.row.by,
            version: template.row.version,
        }
    }
}

/// A template with who uses it.
#[derive(Debug, Serialize, ToSchema)]
struct CustomTemplateDetail {
    /// The template.
    template: CustomTemplate,
    /// Names of the rules that speak in it; it cannot be deleted while there are any.
    rules: Vec<String>,
}

/// A template as entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomTemplateInput {
    /// Name.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// What it is for.
    category: CustomTemplateCategoryWord,
    /// How it goes out.
    channel: MessageChannelWord,
    /// What it says, in one language at least.
    texts: CustomTemplateTexts,
    /// Why it is changed, for whoever looks at the versions later.
    #[serde(default)]
    #[schema(max_length = 200)]
    note: String,
}

/// A version of a template.
#[derive(Debug, Serialize, ToSchema)]
struct CustomTemplateVersion {
    /// Number, from 1.
    version: i32,
    /// What it was called.
    name: String,
    /// What it said.
    texts: CustomTemplateTexts,
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

impl From<Version> for CustomTemplateVersion {
    fn from(version: Version) -> Self {
        Self {
            version: version.row.version,
            name: version.row.name,
            texts: version.texts.into(),
            note: version.row.note,
            restores: version.row.restores,
            at: version.row.at,
            by: version.row.by,
        }
    }
}

fn purpose_of(word: &CustomTemplateCategoryWord) -> Result<Purpose, Problem> {
    word.known()
        .ok_or_else(|| Problem::invalid("/category", "not_a_choice", "there is no such category"))
}

fn channel_of(word: &MessageChannelWord) -> Result<Channel, Problem> {
    word.known()
        .ok_or_else(|| Problem::invalid("/channel", "not_a_choice", "there is no such channel"))
}

impl TryFrom<CustomTemplateInput> for Draft {
    type Error = Problem;

    fn try_from(input: CustomTemplateInput) -> Result<Self, Problem> {
        Ok(Self {
            purpose: purpose_of(&input.category)?,
            channel: channel_of(&input.channel)?,
            name: input.name,
            texts: input.texts.into(),
            note: input.note,
        })
    }
}

/// Words to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomTemplateTrial {
    /// What they are for.
    category: CustomTemplateCategoryWord,
    /// How they go out.
    channel: MessageChannelWord,
    /// Their language.
    locale: Language,
    /// The words.
    words: CustomTemplateWords,
}

/// What templates of a category can hold.
#[derive(Debug, Serialize, ToSchema)]
struct CustomTemplateKind {
    /// Category.
    category: CustomTemplateCategoryWord,
    /// How they can go out.
    channels: Vec<MessageChannelWord>,
    /// What may stand in them.
    variables: Vec<MessageVariable>,
}

/// What templates can be.
#[derive(Debug, Serialize, ToSchema)]
struct CustomTemplateOptions {
    /// The categories.
    categories: Vec<CustomTemplateKind>,
    /// Filters.
    filters: Vec<&'static str>,
}

/// A template on a ticket.
#[derive(Debug, Serialize, ToSchema)]
struct CustomTemplateOffer {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// Languages it has words in.
    locales: Vec<Language>,
    /// The language it speaks here.
    locale: Language,
    /// What it says; absent when it cannot be filled in.
    #[schema(required = true)]
    text: Option<String>,
    /// The same as it is put into a message in Markdown: what the ticket says in it formats nothing.
    #[schema(required = true)]
    markdown: Option<String>,
}

impl From<Offer> for CustomTemplateOffer {
    fn from(offer: Offer) -> Self {
        let language = |locale: Locale| Language::of(locale.as_str());
        Self {
            id: offer.id,
            name: offer.name,
            locales: offer.locales.into_iter().map(language).collect(),
            locale: language(offer.locale),
            text: offer.text,
            markdown: offer.markdown,
        }
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CustomOfferParams {
    /// In this language instead of the requester's.
    locale: Option<Language>,
}

fn shown(template: Template) -> Versioned<CustomTemplate> {
    Versioned {
        version: template.row.version,
        body: template.into(),
    }
}

/// List the templates that were added
#[utoipa::path(get, path = "/api/v1/custom-templates", operation_id = "listCustomTemplates", tag = "messages", security(("bearer" = [])),
    responses(
        (status = 200, body = List<CustomTemplate>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<CustomTemplate>>> {
    let rows = cases::list(&state.app, &caller).await?;
    Ok(Json(List {
        items: rows.into_iter().map(CustomTemplate::from).collect(),
        next_cursor: None,
    }))
}

/// Add a template
#[utoipa::path(post, path = "/api/v1/custom-templates", operation_id = "createCustomTemplate", tag = "messages", security(("bearer" = [])),
    request_body = CustomTemplateInput,
    responses(
        (status = 201, body = CustomTemplate, headers(
            ("ETag" = String, description = "Version, for If-Match"), ("Location" = String, description = "Where it is"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<CustomTemplateInput>,
) -> ApiResult<Response> {
    caller.need(Permission::TemplatesEdit)?;
    let made = cases::create(&state.app, &caller, Draft::try_from(input)?).await?;
    let location = format!("/api/v1/custom-templates/{}", made.row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], shown(made)).into_response())
}

/// What templates can be, and what may stand in them
#[utoipa::path(get, path = "/api/v1/custom-templates/options", operation_id = "customTemplateOptions", tag = "messages",
    security(("bearer" = [])),
    responses(
        (status = 200, body = CustomTemplateOptions),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn options(caller: CurrentUser) -> ApiResult<Json<CustomTemplateOptions>> {
    caller.need(Permission::TemplatesEdit)?;
    let variable = |each: &Variable| MessageVariable {
        name: each.name,
        kind: each.kind.into(),
        sample: each.sample,
        required: false,
        may_be_empty: each.may_be_empty,
    };
    let categories = Purpose::ALL.iter().map(|purpose| CustomTemplateKind {
        category: (*purpose).into(),
        channels: purpose.channels().iter().map(|channel| (*channel).into()).collect(),
        variables: purpose.variables().iter().map(variable).collect(),
    });
    Ok(Json(CustomTemplateOptions {
        categories: categories.collect(),
        filters: FILTERS.to_vec(),
    }))
}

/// Read a template
#[utoipa::path(get, path = "/api/v1/custom-templates/{id}", operation_id = "getCustomTemplate", tag = "messages", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the template")),
    responses(
        (status = 200, body = CustomTemplateDetail, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<CustomTemplateDetail>> {
    let (template, rules) = cases::get(&state.app, &caller, id).await?;
    Ok(Versioned {
        version: template.row.version,
        body: CustomTemplateDetail {
            template: template.into(),
            rules,
        },
    })
}

/// Change a template
///
/// Its category and its channel stay.
#[utoipa::path(put, path = "/api/v1/custom-templates/{id}", operation_id = "changeCustomTemplate", tag = "messages", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the template"), ("If-Match" = String, Header, description = "ETag of the version that was read")),
    request_body = CustomTemplateInput,
    responses(
        (status = 200, body = CustomTemplate, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<CustomTemplateInput>,
) -> ApiResult<Versioned<CustomTemplate>> {
    caller.need(Permission::TemplatesEdit)?;
    let draft = Draft::try_from(input)?;
    Ok(shown(cases::change(&state.app, &caller, id, version, draft).await?))
}

/// Delete a template in which no rule speaks
#[utoipa::path(delete, path = "/api/v1/custom-templates/{id}", operation_id = "deleteCustomTemplate", tag = "messages", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the template"), ("If-Match" = String, Header, description = "ETag of the version that was read")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`template_used`: a rule speaks in it"),
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

/// List the versions of a template
///
/// The latest first; the present one is among them.
#[utoipa::path(get, path = "/api/v1/custom-templates/{id}/versions", operation_id = "listCustomTemplateVersions", tag = "messages",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the template"), PageParams),
    responses(
        (status = 200, body = List<CustomTemplateVersion>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn versions(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    page: Page,
) -> ApiResult<Json<List<CustomTemplateVersion>>> {
    caller.need(Permission::TemplatesEdit)?;
    let scope = format!("custom template {id}");
    let part = (page.after(&scope)?, page.fetch());
    let rows = cases::versions(&state.app, &caller, id, part).await?;
    Ok(Json(page.list(
        &scope,
        rows,
        |version: &Version| version.row.version,
        CustomTemplateVersion::from,
    )))
}

/// Let a template say again what it said once
///
/// What it is called stays.
#[utoipa::path(post, path = "/api/v1/custom-templates/{id}/versions/{version}/restore", operation_id = "restoreCustomTemplate",
    tag = "messages", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the template"), ("version" = i32, Path, description = "Number of the version"),
        ("If-Match" = String, Header, description = "ETag of the version that was read")),
    responses(
        (status = 200, body = CustomTemplate, headers(("ETag" = String, description = "Version, for If-Match"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn restore(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, earlier)): Path<(Uuid, i32)>,
    IfMatch(version): IfMatch,
) -> ApiResult<Versioned<CustomTemplate>> {
    caller.need(Permission::TemplatesEdit)?;
    Ok(shown(cases::restore(&state.app, &caller, id, version, earlier).await?))
}

/// Fill in the words of a template with examples, without keeping them
#[utoipa::path(post, path = "/api/v1/custom-templates/preview", operation_id = "previewCustomTemplate", tag = "messages",
    security(("bearer" = [])),
    request_body = CustomTemplateTrial,
    responses(
        (status = 200, body = MessagePreview),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn preview(caller: CurrentUser, Json(input): Json<CustomTemplateTrial>) -> ApiResult<Json<MessagePreview>> {
    caller.need(Permission::TemplatesEdit)?;
    let kind = (purpose_of(&input.category)?, channel_of(&input.channel)?);
    let found = cases::preview(&caller, kind, input.locale.into(), &input.words.into())?;
    Ok(Json(found.into()))
}

/// Send the words of a template with examples to oneself
///
/// They go to the caller's own address, or to his own confirmed phone, marked as a trial.
#[utoipa::path(post, path = "/api/v1/custom-templates/test", operation_id = "testCustomTemplate", tag = "messages",
    security(("bearer" = [])),
    request_body = CustomTemplateTrial,
    responses(
        (status = 202, body = MessageTrial),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
            description = "`sms_off`; `no_own_phone`: the caller has no confirmed phone; `sms_cap`, `sms_no_price`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn test(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<CustomTemplateTrial>,
) -> ApiResult<(StatusCode, Json<MessageTrial>)> {
    caller.need(Permission::TemplatesEdit)?;
    let kind = (purpose_of(&input.category)?, channel_of(&input.channel)?);
    let to = cases::test(&state.app, &caller, kind, input.locale.into(), &input.words.into()).await?;
    Ok((StatusCode::ACCEPTED, Json(MessageTrial { to })))
}

/// List the templates that are offered on a ticket, filled in
///
/// Those for customers, by name, in the language of the requester's account or of the ticket; one that has no words in it speaks French,
/// else English, else Arabic.
#[utoipa::path(get, path = "/api/v1/tickets/{id}/templates", operation_id = "offeredTemplates", tag = "tickets",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the ticket"), CustomOfferParams),
    responses(
        (status = 200, body = Vec<CustomTemplateOffer>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn offered(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Query(params): Query<CustomOfferParams>,
) -> ApiResult<Json<Vec<CustomTemplateOffer>>> {
    let rows = cases::offered(&state.app, &caller, id, params.locale.map(Locale::from)).await?;
    Ok(Json(rows.into_iter().map(CustomTemplateOffer::from).collect()))
}
