//! Mail that goes out: to whom, and what became of it.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use serde::{Deserialize, Serialize};
use store::outgoing;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, Json, List, Page, PageParams, Query},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
    words::{DeliveryStateWord, OutgoingKindWord},
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// States, separated by commas.
    state: Option<String>,
    /// Kinds, separated by commas.
    kind: Option<String>,
    /// Part of the recipient's address or the subject.
    #[param(max_length = 200)]
    q: Option<String>,
}

/// A mail to one recipient. What it says is not told.
#[derive(Debug, Serialize, ToSchema)]
struct OutgoingMail {
    /// Id.
    id: Uuid,
    /// What it is.
    kind: OutgoingKindWord,
    /// Address.
    recipient: String,
    /// Subject.
    subject: String,
    /// Ticket it belongs to.
    ticket_id: Option<Uuid>,
    /// What became of it. One that is queued after an attempt was put off by the server.
    state: DeliveryStateWord,
    /// Attempts made.
    attempts: i32,
    /// What the server said.
    detail: Option<String>,
    /// An attempt ended without an answer: the recipient may have got it twice.
    maybe_duplicate: bool,
    /// When it was written.
    created_at: DateTime<Utc>,
    /// When the state changed last.
    state_at: DateTime<Utc>,
}

impl From<outgoing::Outgoing> for OutgoingMail {
    fn from(row: outgoing::Outgoing) -> Self {
        Self {
            id: row.id,
            kind: OutgoingKindWord::stored(row.kind),
            recipient: row.recipient,
            subject: row.subject,
            ticket_id: row.ticket_id,
            state: DeliveryStateWord::stored(row.state),
            attempts: row.attempts,
            detail: row.detail,
            maybe_duplicate: row.maybe_duplicate,
            created_at: row.created_at,
            state_at: row.state_at,
        }
    }
}

/// List mail that goes out, newest first
#[utoipa::path(get, path = "/api/v1/outgoing-mails", operation_id = "listOutgoingMails", tag = "mail", security(("bearer" = [])),
    params(ListParams, PageParams),
    responses(
        (status = 200, body = List<OutgoingMail>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(params): Query<ListParams>,
    page: Page,
) -> ApiResult<Json<List<OutgoingMail>>> {
    caller.need(Permission::MailView)?;
    let clean = |text: Option<String>| text.filter(|t| !t.trim().is_empty());
    let words = |text: Option<String>| -> Vec<String> {
        let text = clean(text).unwrap_or_default();
        let words = text.split(',').map(|word| word.trim().to_owned());
        words.filter(|word| !word.is_empty()).collect()
    };
    let (states, kinds, text) = (words(params.state), words(params.kind), clean(params.q));
    let scope = format!("outgoing mails {states:?} {kinds:?} {text:?}");
    let before: Option<Uuid> = page.after(&scope)?;
    let filter = outgoing::Filter {
        states: &states,
        kinds: &kinds,
        text: text.as_deref(),
    };
    let rows = outgoing::list(&mut *state.app.conn().await?, filter, before, page.fetch())
        .await
        .map_err(app::AppError::from)?;
    Ok(Json(page.list(&scope, rows, |row| row.id, OutgoingMail::from)))
}
