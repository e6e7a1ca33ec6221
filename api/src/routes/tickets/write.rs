//! Opening, editing and writing.

use app::ticket::{self as cases, Edit, NewMessage, NewTicket, Requester, TimelineItem};
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::ticket::writing::Format;
use serde::{Deserialize, Serialize};
use store::ticket::Participant;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::words::{PriorityDto, StateDto};
use super::{
    dto::{TicketDto, TicketRelated},
    read::{present, show},
    timeline::TimelineDto,
};
use crate::{
    extract::{CurrentUser, IfMatch, Json, Path, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(edit))
        .routes(routes!(file))
        .routes(routes!(send))
        .routes(routes!(preview))
}

/// Somebody a ticket is opened for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequesterDto {
    /// Address.
    #[schema(max_length = 254)]
    email: String,
    /// Name.
    name: Option<String>,
}

/// A ticket to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTicketDto {
    /// Subject, up to 250 characters.
    #[schema(min_length = 1, max_length = 250)]
    subject: String,
    /// First message.
    #[schema(min_length = 1)]
    body: String,
    /// How the message is to be read; `plain` when absent.
    #[serde(default)]
    format: MessageFormat,
    /// When absent, what the category says, or medium.
    priority: Option<PriorityDto>,
    /// Category; the default one when absent.
    category_id: Option<Uuid>,
    /// Project to file it under; the requester must see it.
    project_id: Option<Uuid>,
    /// What it is about besides its customer; staff only.
    related: Option<TicketRelated>,
    /// On whose behalf; staff only.
    requester: Option<RequesterDto>,
    /// Uploads that go with the message.
    #[serde(default)]
    attachment_ids: Vec<Uuid>,
}

/// Open a ticket
#[utoipa::path(post, path = "/api/v1/tickets", operation_id = "createTicket", tag = "tickets", security(("bearer" = [])),
    request_body = NewTicketDto,
    responses(
        (status = 201, body = TicketDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(new): Json<NewTicketDto>,
) -> ApiResult<Response> {
    let new = NewTicket {
        subject: new.subject,
        body: new.body,
        format: new.format.into(),
        priority: new.priority.map(Into::into),
        category_id: new.category_id,
        project_id: new.project_id,
        related: new.related.map(Into::into).unwrap_or_default(),
        requester: new.requester.map(|r| Requester {
            email: r.email,
            name: r.name,
        }),
        attachment_ids: new.attachment_ids,
    };
    let ticket = cases::create(&state.app, caller.caller(), new).await?;
    let location = format!("/api/v1/tickets/{}", ticket.summary.id);
    // Nobody but the requester takes part in a new one.
    let participants = if caller.is_staff() {
        vec![Participant::requester_of(&ticket)]
    } else {
        Vec::new()
    };
    let mut response = present(&caller, &state, ticket, participants).await?.into_response();
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EditDto {
    /// Subject.
    #[schema(min_length = 1, max_length = 250)]
    subject: Option<String>,
    /// Priority.
    priority: Option<PriorityDto>,
    /// Support group.
    group_id: Option<Uuid>,
    /// Category; what it decides gives way to what else is said here.
    category_id: Option<Uuid>,
    /// All its tags.
    tags: Option<Vec<String>>,
    /// All that it is about besides its customer: what is absent in it is taken away.
    related: Option<TicketRelated>,
}

/// Change subject, category, priority, group, tags or what it is about
///
/// Another category sends the ticket to its group and raises its priority to the one it begins with; it lowers none.
#[utoipa::path(patch, path = "/api/v1/tickets/{id}", operation_id = "editTicket", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = EditDto,
    responses(
        (status = 200, body = TicketDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn edit(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(change): Json<EditDto>,
) -> ApiResult<Versioned<TicketDto>> {
    let edit = Edit {
        subject: change.subject,
        priority: change.priority.map(Into::into),
        group_id: change.group_id,
        category_id: change.category_id,
        tags: change.tags,
        related: change.related.map(Into::into),
        version,
    };
    let ticket = cases::edit(&state.app, caller.caller(), id, edit).await?;
    show(&caller, &state, ticket).await
}

/// Where a ticket is filed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketFile {
    /// Project of the ticket's customer; none when absent.
    project_id: Option<Uuid>,
}

/// File a ticket under a project, or under none
///
/// For staff who change tickets, and for the customer's people who see both. From then on it is seen by whoever sees the project.
#[utoipa::path(put, path = "/api/v1/tickets/{id}/project", operation_id = "fileTicket", tag = "tickets", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = TicketFile,
    responses(
        (status = 200, body = TicketDto),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "`not_yours_to_take_out`, `ticket_closed`, `ticket_merged`"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn file(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(place): Json<TicketFile>,
) -> ApiResult<Versioned<TicketDto>> {
    let ticket = cases::file_under(&state.app, caller.caller(), id, place.project_id, version).await?;
    show(&caller, &state, ticket).await
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MessageKind {
    /// A public reply.
    Reply,
    /// A private note.
    Note,
}

/// How a text is to be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MessageFormat {
    /// As it stands there.
    #[default]
    Plain,
    /// As Markdown (CommonMark and strikethrough): a line end is a line end, HTML is text, a picture is a link to it. `body_html` of the
    /// message is what it looks like, `body_text` what it says without the signs that format it.
    Markdown,
}

impl From<MessageFormat> for Format {
    fn from(format: MessageFormat) -> Self {
        match format {
            MessageFormat::Plain => Self::Plain,
            MessageFormat::Markdown => Self::Markdown,
        }
    }
}

/// A message to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMessageDto {
    /// `reply` or `note`.
    kind: MessageKind,
    /// Text.
    #[schema(min_length = 1)]
    body: String,
    /// How the text is to be read; `plain` when absent.
    #[serde(default)]
    format: MessageFormat,
    /// Uploads that go with it.
    #[serde(default)]
    attachment_ids: Vec<Uuid>,
    /// State to set with an agent's reply; `answered` when absent.
    next_state: Option<StateDto>,
    /// Canned replies it was made of, 20 at most; staff only. Each is counted once for a public reply.
    #[serde(default)]
    canned_reply_ids: Vec<Uuid>,
    /// Agents whom a note mentions, 20 at most: each is told once, as he chose.
    #[serde(default)]
    mentions: Vec<Uuid>,
    /// Those it mentions watch the ticket from now on; wants `tickets.edit`.
    #[serde(default)]
    mentioned_watch: bool,
    /// Refuse with `ticket_changed` when the ticket has another version by now.
    expected_version: Option<i32>,
    /// Refuse with `draft_changed` when one's draft of this kind, which ends with the message, has another version by now; 0 for none.
    draft_version: Option<i32>,
}

/// Reply or note
#[utoipa::path(post, path = "/api/v1/tickets/{id}/messages", operation_id = "sendMessage", tag = "tickets",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the ticket")),
    request_body = NewMessageDto,
    responses(
        (status = 201, body = TimelineDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn send(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(new): Json<NewMessageDto>,
) -> ApiResult<Response> {
    let new = NewMessage {
        note: new.kind == MessageKind::Note,
        body: new.body,
        format: new.format.into(),
        attachment_ids: new.attachment_ids,
        next_state: new.next_state.map(Into::into),
        canned_reply_ids: new.canned_reply_ids,
        mentions: new.mentions,
        watch: new.mentioned_watch,
        ends_draft: caller.in_person().is_ok(),
        expected_version: new.expected_version,
        draft_version: new.draft_version,
    };
    let sent = cases::send(&state.app, caller.caller(), id, new).await?;
    let mut conn = state.app.conn().await?;
    let attachments = store::attachment::of_messages(&mut conn, &[sent.message.id])
        .await
        .map_err(app::AppError::from)?;
    let item = TimelineItem::Message {
        message: Box::new(sent.message),
        attachments,
        deliveries: Vec::new(),
        origin: None,
        mentions: sent.mentions,
        views: Vec::new(),
        unseen: false,
        pictures: None,
    };
    let body = TimelineDto::new(item, caller.is_staff());
    let mut response = Versioned {
        version: sent.version,
        body,
    }
    .into_response();
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// Markdown to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MessageMarkdown {
    /// Markdown, as it would be sent.
    #[schema(min_length = 1)]
    body: String,
}

/// What would be kept of a message.
#[derive(Debug, Serialize, ToSchema)]
struct RenderedMessage {
    /// Sanitised HTML, to be shown in a sandboxed frame; absent where nothing is formatted.
    #[schema(required = true)]
    html: Option<String>,
    /// What it says as plain text.
    text: String,
}

/// Look at a message in Markdown without sending it
///
/// For whoever may write one. It is sent with `format` `markdown`; what others see of it then is what this answers.
#[utoipa::path(post, path = "/api/v1/messages/preview", operation_id = "previewMessage", tag = "tickets", security(("bearer" = [])),
    request_body = MessageMarkdown,
    responses(
        (status = 200, body = RenderedMessage),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn preview(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(input): Json<MessageMarkdown>,
) -> ApiResult<Json<RenderedMessage>> {
    let written = cases::preview(&state.app, caller.caller(), &input.body).await?;
    Ok(Json(RenderedMessage {
        html: written.html,
        text: written.text,
    }))
}
