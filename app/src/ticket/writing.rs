//! What is written to a ticket, on its way from the writer to where it is kept.

use domain::{
    permission::Permission,
    ticket::{
        input,
        writing::{Format, Written},
    },
};

use crate::{App, AppError, Caller};

/// Longer Markdown, in bytes, is rendered apart from the threads that serve requests.
const SHORT: usize = 4_096;

/// What is kept of a message. Renders, so it is called before the transaction begins.
pub(super) async fn written(app: &App, format: Format, body: String) -> Result<Written, AppError> {
    if format == Format::Plain {
        return Ok(Written { html: None, text: body });
    }
    let (render, identity) = (app.render_message, app.identity.clone());
    if body.len() <= SHORT {
        return Ok(render(&body, &identity.public_url));
    }
    let work = move || render(&body, &identity.public_url);
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| AppError::Internal(error.to_string()))
}

/// What would be kept of a message in Markdown; nothing is. For whoever may write one.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::Invalid`] as when it is sent.
pub async fn preview(app: &App, caller: &Caller, body: &str) -> Result<Written, AppError> {
    if caller.ticket_scope()?.is_none() && !caller.may(Permission::TicketsCreate) {
        caller.need(Permission::TicketsReply)?;
    }
    let body = input::body(body).map_err(|error| AppError::invalid("/body", error.code(), error))?;
    written(app, Format::Markdown, body).await
}
