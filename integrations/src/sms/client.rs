//! The HTTP client for providers.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode, header::RETRY_AFTER, redirect::Policy};

use super::{Refusal, RefusalKind};

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Longest wait for a whole answer.
const ANSWER: Duration = Duration::from_secs(15);
/// Largest answer that is read.
const MAX_ANSWER: usize = 64 * 1024;
/// Pause when a provider limits the rate without saying for how long.
const PAUSE: Duration = Duration::from_secs(5);
/// Longest pause that is believed.
const MAX_PAUSE: Duration = Duration::from_secs(600);

/// An answer, read in full.
pub(super) struct Answer {
    pub status: StatusCode,
    pub pause: Duration,
    pub body: Vec<u8>,
}

/// A client without redirects: nobody but the provider gets the credentials.
pub(super) fn client(answer: Option<Duration>) -> Result<Client, Refusal> {
    Client::builder()
        .connect_timeout(CONNECT)
        .timeout(answer.unwrap_or(ANSWER))
        .redirect(Policy::none())
        .user_agent("CloudManager")
        .build()
        .map_err(|error| no_answer(&error))
}

/// Sends and reads the answer, up to a limit.
pub(super) async fn call(request: RequestBuilder) -> Result<Answer, Refusal> {
    let mut response = request.send().await.map_err(|error| no_answer(&error))?;
    let status = response.status();
    let pause = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map_or(PAUSE, Duration::from_secs)
        .clamp(Duration::from_secs(1), MAX_PAUSE);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| no_answer(&error))? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(Refusal::new(RefusalKind::Temporary, "answer", "the answer is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, pause, body })
}

/// What went wrong, without the address, which may hold credentials.
fn no_answer(error: &reqwest::Error) -> Refusal {
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    Refusal::new(RefusalKind::Temporary, "network", what)
}

impl Answer {
    /// The meaning of the status for answers that say nothing better.
    pub fn kind(&self) -> RefusalKind {
        match self.status.as_u16() {
            429 => RefusalKind::RateLimited(self.pause),
            // Redirects are not followed: the address in the settings is wrong.
            300..=399 | 401 | 403 | 404 | 405 => RefusalKind::Configuration,
            400..=499 => RefusalKind::Permanent,
            _ => RefusalKind::Temporary,
        }
    }

    /// An answer that is none of the provider's own.
    pub fn strange(&self) -> Refusal {
        let kind = if self.status.is_success() {
            RefusalKind::Temporary
        } else {
            self.kind()
        };
        Refusal::new(kind, self.status.as_str(), "the answer is not understood")
    }
}
