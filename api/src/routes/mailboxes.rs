//! Mailboxes and suppressed addresses.

use app::mailbox::{self as cases, Imap, Settings};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::{locale::Locale, mail::words::TlsMode, permission::Permission};
use serde::{Deserialize, Serialize};
use store::{mailbox, suppression};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, List, Page, PageParams, Path, Versioned, fields},
    problem::{ApiResult, Problem, ProblemBody},
    routes::me::Language,
    state::ApiState,
    words::{MailboxKindWord, SpamFilterWord, StartPointWord, SuppressionReasonWord, TlsModeWord},
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, change, delete))
        .routes(routes!(resume))
        .routes(routes!(suppressions))
        .routes(routes!(lift))
}

/// An IMAP server. The password is never shown.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImapDto {
    /// Host.
    host: String,
    /// Port.
    port: u16,
    /// How the connection is secured; `none` towards this machine only.
    tls: TlsModeWord,
    /// User.
    username: String,
    /// Password, never shown; absent on a change, the one there is stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(write_only)]
    password: Option<String>,
    /// Folder; INBOX when absent.
    folder: Option<String>,
}

/// Settings of a mailbox; on a change, what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingsDto {
    /// Address.
    address: Option<String>,
    /// Name shown to recipients.
    name: Option<String>,
    /// Language of automatic mails.
    locale: Option<Language>,
    /// Mail is taken from it.
    enabled: Option<bool>,
    /// New tickets are acknowledged.
    auto_ack: Option<bool>,
    /// Whose Authentication-Results are believed.
    authserv_id: Option<String>,
    /// Filter before it whose headers are believed; it must take away what senders write in its name.
    spam_filter: Option<SpamFilterWord>,
    /// Points from which on a mail is kept aside as spam; 10 are what a filter itself calls spam.
    #[schema(minimum = 1, maximum = 100)]
    spam_threshold: Option<i32>,
    /// IMAP server; without one, mail is posted to `/api/v1/mail/inbound`.
    imap: Option<ImapDto>,
    /// Secret that signs deliveries, `whsec_…`. Never shown again.
    #[schema(write_only)]
    webhook_secret: Option<String>,
    /// Category that its tickets begin in; `null` = the default one.
    #[serde(default, deserialize_with = "fields::said")]
    #[schema(value_type = Option<Uuid>)]
    category_id: Option<Option<Uuid>>,
    /// Group that its tickets enter unless their category names one; the first in use when a new mailbox says nothing.
    group_id: Option<Uuid>,
    /// What the first connection takes.
    start_point: Option<StartPointWord>,
    /// With `recent`: how many days back.
    #[schema(minimum = 1, maximum = 365)]
    start_days: Option<u16>,
}

impl From<SettingsDto> for Settings {
    fn from(dto: SettingsDto) -> Self {
        Self {
            address: dto.address,
            name: dto.name,
            locale: dto.locale.map(Locale::from),
            enabled: dto.enabled,
            auto_ack: dto.auto_ack,
            authserv_id: dto.authserv_id,
            spam_filter: dto.spam_filter.and_then(|word| word.known()),
            spam_threshold: dto.spam_threshold,
            imap: dto.imap.map(|imap| Imap {
                host: imap.host,
                port: imap.port,
                tls: imap.tls.known().unwrap_or(TlsMode::Tls),
                username: imap.username,
                password: imap.password,
                folder: imap.folder,
            }),
            webhook_secret: dto.webhook_secret,
            category_id: dto.category_id,
            group_id: dto.group_id,
            start_point: dto.start_point.and_then(|word| word.known()),
            start_days: dto.start_days,
        }
    }
}

/// A mailbox.
#[derive(Debug, Serialize, ToSchema)]
struct MailboxDto {
    /// Id.
    id: Uuid,
    /// Address.
    address: String,
    /// Name.
    name: String,
    /// How mail comes to it.
    kind: MailboxKindWord,
    /// Language of automatic mails.
    locale: Language,
    /// Mail is taken from it.
    enabled: bool,
    /// New tickets are acknowledged.
    auto_ack: bool,
    /// Whose Authentication-Results are believed.
    authserv_id: Option<String>,
    /// Filter before it whose headers are believed.
    spam_filter: SpamFilterWord,
    /// Points from which on a mail is kept aside as spam.
    spam_threshold: i32,
    /// Category that its tickets begin in.
    #[schema(required = true)]
    category_id: Option<Uuid>,
    /// Group that its tickets enter unless their category names one.
    group_id: Uuid,
    /// IMAP server.
    imap: Option<ImapDto>,
    /// Deliveries can be signed.
    has_webhook_secret: bool,
    /// Last successful look.
    last_polled_at: Option<DateTime<Utc>>,
    /// What went wrong at the last look.
    last_error: Option<String>,
    /// Mails of a normal hour; `null` while that is not known.
    hourly_normal: Option<i32>,
    /// Since when its automatic mail waits because of far more mail than usual.
    automation_paused_at: Option<DateTime<Utc>>,
    /// The ETag.
    version: i32,
}

impl From<mailbox::Mailbox> for MailboxDto {
    fn from(row: mailbox::Mailbox) -> Self {
        let imap = row.imap_host.map(|host| ImapDto {
            host,
            port: row
                .imap_port
                .and_then(|port| u16::try_from(port).ok())
                .unwrap_or_default(),
            tls: TlsModeWord::stored(row.imap_tls.unwrap_or_default()),
            username: row.imap_username.unwrap_or_default(),
            password: None,
            folder: Some(row.imap_folder),
        });
        Self {
            id: row.id,
            address: row.address,
            name: row.name,
            kind: MailboxKindWord::stored(row.kind),
            locale: Language::of(&row.locale),
            enabled: row.enabled,
            auto_ack: row.auto_ack,
            authserv_id: row.authserv_id,
            spam_filter: SpamFilterWord::stored(row.spam_filter),
            spam_threshold: row.spam_threshold,
            category_id: row.category_id,
            group_id: row.group_id,
            imap,
            has_webhook_secret: row.webhook_secret.is_some(),
            last_polled_at: row.last_polled_at,
            last_error: row.last_error,
            hourly_normal: row.hourly_normal,
            automation_paused_at: row.automation_paused_at,
            version: row.version,
        }
    }
}

fn versioned(row: mailbox::Mailbox) -> Versioned<MailboxDto> {
    Versioned {
        version: row.version,
        body: row.into(),
    }
}

/// List mailboxes
#[utoipa::path(get, path = "/api/v1/mailboxes", operation_id = "listMailboxes", tag = "mail", security(("bearer" = [])),
    responses(
        (status = 200, body = List<MailboxDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<List<MailboxDto>>> {
    caller.need(Permission::MailboxesView)?;
    let rows = mailbox::all(&mut *state.app.conn().await?)
        .await
        .map_err(app::AppError::from)?;
    Ok(Json(List {
        items: rows.into_iter().map(MailboxDto::from).collect(),
        next_cursor: None,
    }))
}

/// Create a mailbox
#[utoipa::path(post, path = "/api/v1/mailboxes", operation_id = "createMailbox", tag = "mail", security(("bearer" = [])),
    request_body = SettingsDto,
    responses(
        (status = 201, body = MailboxDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Json(settings): Json<SettingsDto>,
) -> ApiResult<Response> {
    let row = cases::create(&state.app, caller.caller(), settings.into()).await?;
    Ok((StatusCode::CREATED, versioned(row)).into_response())
}

/// Read a mailbox
#[utoipa::path(get, path = "/api/v1/mailboxes/{id}", operation_id = "getMailbox", tag = "mail", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the mailbox")),
    responses(
        (status = 200, body = MailboxDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn get(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<MailboxDto>> {
    caller.need(Permission::MailboxesView)?;
    Ok(versioned(
        mailbox::find(&mut *state.app.conn().await?, id)
            .await
            .map_err(app::AppError::from)?,
    ))
}

/// Change a mailbox
#[utoipa::path(patch, path = "/api/v1/mailboxes/{id}", operation_id = "changeMailbox", tag = "mail", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the mailbox"), ("If-Match" = String, Header, description = "ETag as read")),
    request_body = SettingsDto,
    responses(
        (status = 200, body = MailboxDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(settings): Json<SettingsDto>,
) -> ApiResult<Versioned<MailboxDto>> {
    Ok(versioned(
        cases::change(&state.app, caller.caller(), id, version, settings.into()).await?,
    ))
}

/// Delete a mailbox; its mail and tickets stay
#[utoipa::path(delete, path = "/api/v1/mailboxes/{id}", operation_id = "deleteMailbox", tag = "mail", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the mailbox"), ("If-Match" = String, Header, description = "ETag as read")),
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
    cases::delete(&state.app, caller.caller(), id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let the automatic mail of a mailbox go on
///
/// It was paused because of far more mail than usual. What comes from now on is counted anew; a mailbox that is not paused stays as it is.
#[utoipa::path(post, path = "/api/v1/mailboxes/{id}/resume", operation_id = "resumeMailbox", tag = "mail", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the mailbox")),
    responses(
        (status = 200, body = MailboxDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn resume(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Versioned<MailboxDto>> {
    Ok(versioned(
        app::mail::resume_automation(&state.app, caller.caller(), id).await?,
    ))
}

/// An address that gets no mail.
#[derive(Debug, Serialize, ToSchema)]
struct SuppressionDto {
    /// Address.
    address: String,
    /// Why.
    reason: SuppressionReasonWord,
    /// What the other server said.
    detail: Option<String>,
    /// Until when; `null` = until lifted.
    until: Option<DateTime<Utc>>,
    /// Since when.
    created_at: DateTime<Utc>,
}

/// List suppressed addresses
#[utoipa::path(get, path = "/api/v1/suppressions", operation_id = "listSuppressions", tag = "mail", security(("bearer" = [])),
    params(PageParams),
    responses(
        (status = 200, body = List<SuppressionDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn suppressions(
    caller: CurrentUser,
    State(state): State<ApiState>,
    page: Page,
) -> ApiResult<Json<List<SuppressionDto>>> {
    caller.need(Permission::MailView)?;
    let after: Option<String> = page.after("suppressions")?;
    let mut conn = state.app.conn().await?;
    let rows = suppression::list(&mut conn, after.as_deref().unwrap_or_default(), page.fetch())
        .await
        .map_err(app::AppError::from)?;
    let dto = |row: suppression::Suppression| SuppressionDto {
        address: row.address,
        reason: SuppressionReasonWord::stored(row.reason),
        detail: row.detail,
        until: row.until,
        created_at: row.created_at,
    };
    Ok(Json(page.list("suppressions", rows, |row| row.address.clone(), dto)))
}

/// Let an address get mail again
#[utoipa::path(delete, path = "/api/v1/suppressions/{address}", operation_id = "liftSuppression", tag = "mail",
    security(("bearer" = [])),
    params(("address" = String, Path, description = "Address")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn lift(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(address): Path<String>,
) -> ApiResult<StatusCode> {
    if !cases::lift_suppression(&state.app, caller.caller(), &address.to_lowercase()).await? {
        return Err(Problem::not_found());
    }
    Ok(StatusCode::NO_CONTENT)
}
