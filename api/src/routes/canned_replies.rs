//! Canned replies: texts that agents say again and again.

use app::canned::{self as cases, Draft, Offer, Said};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::{
    canned::{Texts, VARIABLES},
    locale::Locale,
    permission::Permission,
    template::{FILTERS, Flaw},
};
use serde::{Deserialize, Serialize};
use store::canned::{Counted, Filter, Sort, UsedBy};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{me::Language, tickets::Named};
use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Path, Query, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(options))
        .routes(routes!(preview))
        .routes(routes!(get, change, delete))
        .routes(routes!(offered))
}

/// What a canned reply says in each language that has a text.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CannedTexts {
    /// French.
    #[schema(required = true, max_length = 20000)]
    fr: Option<String>,
    /// English.
    #[schema(required = true, max_length = 20000)]
    en: Option<String>,
    /// Arabic.
    #[schema(required = true, max_length = 20000)]
    ar: Option<String>,
}

impl From<CannedTexts> for Texts {
    fn from(texts: CannedTexts) -> Self {
        Self {
            fr: texts.fr,
            en: texts.en,
            ar: texts.ar,
        }
    }
}

impl From<Texts> for CannedTexts {
    fn from(texts: Texts) -> Self {
        Self {
            fr: texts.fr,
            en: texts.en,
            ar: texts.ar,
        }
    }
}

/// A canned reply as entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CannedReplyInput {
    /// Title.
    #[schema(min_length = 1, max_length = 100)]
    title: String,
    /// One word that is typed after a slash.
    #[schema(min_length = 1, max_length = 30)]
    shortcut: String,
    /// Name of its folder; empty for none.
    #[schema(max_length = 60)]
    category: String,
    /// Offered on tickets of this group alone.
    group_id: Option<Uuid>,
    /// What it says. Variables and conditions are written as in Jinja; `options` lists the variables.
    texts: CannedTexts,
    /// Offered no longer.
    #[serde(default)]
    retired: bool,
}

impl From<CannedReplyInput> for Draft {
    fn from(input: CannedReplyInput) -> Self {
        Self {
            title: input.title,
            shortcut: input.shortcut,
            category: input.category,
            group_id: input.group_id,
            texts: input.texts.into(),
            retired: input.retired,
        }
    }
}

/// A canned reply.
#[derive(Debug, Serialize, ToSchema)]
struct CannedReply {
    /// Id.
    id: Uuid,
    /// Title.
    title: String,
    /// What is typed after a slash.
    shortcut: String,
    /// Name of its folder; empty when it is in none.
    category: String,
    /// Offered on tickets of this group alone.
    #[schema(required = true)]
    group: Option<Named>,
    /// What it says.
    texts: CannedTexts,
    /// Offered no longer.
    retired: bool,
    /// Sent messages it was used in.
    uses: i64,
    /// When the last of them was sent.
    #[schema(required = true)]
    last_used_at: Option<DateTime<Utc>>,
    /// How many people sent them.
    users: i64,
    /// When it changed last.
    updated_at: DateTime<Utc>,
    /// The ETag.
    version: i32,
}

impl From<Counted> for CannedReply {
    fn from(counted: Counted) -> Self {
        let row = counted.reply;
        Self {
            texts: cases::texts_of(&row).into(),
            id: row.id,
            title: row.title,
            shortcut: row.shortcut,
            category: row.category,
            group: row.group_id.zip(row.group_name).map(|(id, name)| Named { id, name }),
            retired: row.retired,
            uses: counted.uses,
            last_used_at: counted.last_used_at,
            users: counted.users,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// Somebody who used a canned reply.
#[derive(Debug, Serialize, ToSchema)]
struct CannedReplyUser {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// Sent messages.
    uses: i64,
    /// When he sent the last of them.
    last_used_at: DateTime<Utc>,
}

impl From<UsedBy> for CannedReplyUser {
    fn from(row: UsedBy) -> Self {
        Self {
            id: row.id,
            name: row.name,
            uses: row.uses,
            last_used_at: row.last_used_at,
        }
    }
}

/// A canned reply with who used it.
#[derive(Debug, Serialize, ToSchema)]
struct CannedReplyDetail {
    /// The reply.
    reply: CannedReply,
    /// Who used it, the most diligent first; 50 at most.
    used_by: Vec<CannedReplyUser>,
}

/// Order of the list.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CannedReplySort {
    /// By category, then title.
    #[default]
    Title,
    /// The most used first.
    Uses,
    /// The one used last first.
    LastUsed,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CannedReplyFilter {
    /// Words in title, shortcut, category or texts.
    q: Option<String>,
    /// In this folder.
    category: Option<String>,
    /// Offered on tickets of this group alone.
    group_id: Option<Uuid>,
    /// Only retired ones, or only those that are offered.
    retired: Option<bool>,
    /// Order; by title unless given.
    #[param(inline)]
    sort: Option<CannedReplySort>,
}

/// A variable of canned replies.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateVariable {
    /// Name, as it stands between braces.
    name: &'static str,
    /// An example of what it says.
    sample: &'static str,
}

/// What managers of canned replies choose from.
#[derive(Debug, Serialize, ToSchema)]
struct CannedReplyOptions {
    /// Folders there are.
    categories: Vec<String>,
    /// Groups.
    groups: Vec<Named>,
    /// Variables.
    variables: Vec<TemplateVariable>,
    /// Filters.
    filters: Vec<&'static str>,
}

/// Texts to be filled in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CannedReplyPreviewInput {
    /// What is to be said.
    texts: CannedTexts,
    /// For this ticket; with examples when absent.
    ticket_id: Option<Uuid>,
}

/// Something that is wrong with a text.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateFlaw {
    /// Line, from 1.
    line: u32,
    /// `template_syntax`, `unknown_variable`, `unknown_filter`, `template_not_allowed`, `template_too_deep` or `template_failed`.
    code: &'static str,
    /// The variable, filter or word that it is about.
    name: String,
}

impl From<Flaw> for TemplateFlaw {
    fn from(flaw: Flaw) -> Self {
        Self {
            line: flaw.line,
            code: flaw.kind.code(),
            name: flaw.kind.subject().to_owned(),
        }
    }
}

/// A text, filled in.
#[derive(Debug, Serialize, ToSchema)]
struct FilledText {
    /// Its language.
    locale: Language,
    /// What it says; absent when something is wrong with it.
    #[schema(required = true)]
    text: Option<String>,
    /// The same as it is put into a message in Markdown: what the ticket says in it formats nothing.
    markdown: Option<String>,
    /// What is wrong with it.
    flaws: Vec<TemplateFlaw>,
}

impl From<Said> for FilledText {
    fn from(said: Said) -> Self {
        let (text, flaws) = match said.text {
            Ok(text) => (Some(text), Vec::new()),
            Err(flaws) => (None, flaws),
        };
        Self {
            locale: Language::of(said.locale.as_str()),
            text,
            markdown: said.markdown,
            flaws: flaws.into_iter().map(TemplateFlaw::from).collect(),
        }
    }
}

/// A canned reply on a ticket.
#[derive(Debug, Serialize, ToSchema)]
struct CannedReplyOffer {
    /// Id.
    id: Uuid,
    /// Title.
    title: String,
    /// What is typed after a slash.
    shortcut: String,
    /// Name of its folder; empty when it is in none.
    category: String,
    /// Languages it has a text in.
    locales: Vec<Language>,
    /// What it says to this requester.
    filled: FilledText,
}

impl From<Offer> for CannedReplyOffer {
    fn from(offer: Offer) -> Self {
        let locales = cases::texts_of(&offer.reply)
            .each()
            .map(|(locale, _)| Language::of(locale.as_str()))
            .collect();
        Self {
            id: offer.reply.id,
            title: offer.reply.title,
            shortcut: offer.reply.shortcut,
            category: offer.reply.category,
            locales,
            filled: offer.said.into(),
        }
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OfferParams {
    /// In this language instead of the requester's.
    locale: Option<Language>,
}

fn shown(row: Counted) -> Versioned<CannedReply> {
    Versioned {
        version: row.reply.version,
        body: row.into(),
    }
}

/// List canned replies
///
/// All that fit: there are 500 at most.
#[utoipa::path(get, path = "/api/v1/canned-replies", operation_id = "listCannedReplies", tag = "tickets", security(("bearer" = [])),
    params(CannedReplyFilter),
    responses(
        (status = 200, body = List<CannedReply>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(filter): Query<CannedReplyFilter>,
) -> ApiResult<Json<List<CannedReply>>> {
    let wanted = Filter {
        text: filter.q.as_deref().map(str::trim).filter(|text| !text.is_empty()),
        category: filter.category.as_deref(),
        group: filter.group_id,
        retired: filter.retired,
    };
    let sort = match filter.sort.unwrap_or_default() {
        CannedReplySort::Title => Sort::Title,
        CannedReplySort::Uses => Sort::Uses,
        CannedReplySort::LastUsed => Sort::LastUsed,
    };
    let rows = cases::list(&state.app, &caller, &wanted, sort).await?;
    Ok(Json(List {
        items: rows.into_iter().map(CannedReply::from).collect(),
        next_cursor: None,
    }))
}

/// Add a canned reply
#[utoipa::path(post, path = "/api/v1/canned-replies", operation_id = "createCannedReply", tag = "tickets", security(("bearer" = [])),
    request_body = CannedReplyInput,
    responses(
        (status = 201, body = CannedReply),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<CannedReplyInput>,
) -> ApiResult<Response> {
    let made = cases::create(&state.app, &caller, input.into()).await?;
    let at = format!("/api/v1/canned-replies/{}", made.reply.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, at)], shown(made)).into_response())
}

/// What canned replies may name
#[utoipa::path(get, path = "/api/v1/canned-replies/options", operation_id = "cannedReplyOptions", tag = "tickets",
    security(("bearer" = [])),
    responses(
        (status = 200, body = CannedReplyOptions),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn options(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<CannedReplyOptions>> {
    let found = cases::options(&state.app, &caller).await?;
    let groups = found.groups.into_iter().map(|group| Named {
        id: group.id,
        name: group.name,
    });
    Ok(Json(CannedReplyOptions {
        categories: found.categories,
        groups: groups.collect(),
        variables: VARIABLES
            .iter()
            .map(|(name, sample)| TemplateVariable { name, sample })
            .collect(),
        filters: FILTERS.to_vec(),
    }))
}

/// Fill in texts without keeping them
///
/// What is wrong with a text is said with its line.
#[utoipa::path(post, path = "/api/v1/canned-replies/preview", operation_id = "previewCannedReply", tag = "tickets",
    security(("bearer" = [])), request_body = CannedReplyPreviewInput,
    responses(
        (status = 200, body = Vec<FilledText>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn preview(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<CannedReplyPreviewInput>,
) -> ApiResult<Json<Vec<FilledText>>> {
    caller.need(Permission::CannedRepliesEdit)?;
    let said = cases::preview(&state.app, &caller, input.texts.into(), input.ticket_id).await?;
    Ok(Json(said.into_iter().map(FilledText::from).collect()))
}

/// Read a canned reply
#[utoipa::path(get, path = "/api/v1/canned-replies/{id}", operation_id = "getCannedReply", tag = "tickets",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the canned reply")),
    responses(
        (status = 200, body = CannedReplyDetail),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<CannedReplyDetail>> {
    let (reply, people) = cases::get(&state.app, &caller, id).await?;
    Ok(Versioned {
        version: reply.reply.version,
        body: CannedReplyDetail {
            reply: reply.into(),
            used_by: people.into_iter().map(CannedReplyUser::from).collect(),
        },
    })
}

/// Change, retire or offer again a canned reply
#[utoipa::path(put, path = "/api/v1/canned-replies/{id}", operation_id = "changeCannedReply", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the canned reply"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = CannedReplyInput,
    responses(
        (status = 200, body = CannedReply),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(input): Json<CannedReplyInput>,
) -> ApiResult<Versioned<CannedReply>> {
    Ok(shown(
        cases::change(&state.app, &caller, id, version, input.into()).await?,
    ))
}

/// Delete a retired canned reply
#[utoipa::path(delete, path = "/api/v1/canned-replies/{id}", operation_id = "deleteCannedReply", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the canned reply"), ("If-Match" = String, Header, description = "ETag as read")),
    responses(
        (status = 204),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`retire_first`: it is still offered"),
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

/// List the canned replies that are offered on a ticket, filled in
///
/// Those of everybody and of the ticket's group, the most used first, in the language of the requester's account or of the ticket; one
/// that has no text in it speaks French, else English, else Arabic.
#[utoipa::path(get, path = "/api/v1/tickets/{id}/canned-replies", operation_id = "offeredCannedReplies", tag = "tickets",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "Id of the ticket"), OfferParams),
    responses(
        (status = 200, body = Vec<CannedReplyOffer>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn offered(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Query(params): Query<OfferParams>,
) -> ApiResult<Json<Vec<CannedReplyOffer>>> {
    let offers = cases::offered(&state.app, &caller, id, params.locale.map(Locale::from)).await?;
    Ok(Json(offers.into_iter().map(CannedReplyOffer::from).collect()))
}
