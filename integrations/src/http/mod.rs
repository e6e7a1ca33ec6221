//! The one client for addresses that somebody else chose: issuers of identities, targets of webhooks. It reaches public hosts only,
//! so nobody can have the product look into the network it stands in (server-side request forgery):
//!
//! - `https` alone; `http` for this very machine where [`Reach::Loopback`] says so, on a developer's machine or in a test, and for
//!   pictures in mail ([`picture()`]);
//! - a name is resolved once, all its addresses must be public ([`domain::outbound`]), and the connection goes to those very addresses:
//!   an answer of the DNS that changes after the look at it changes nothing;
//! - redirects are answers, not followed; proxies of the environment are not used; no cookies are kept;
//! - connecting, and the whole of it, take a bounded time; no more than so many bytes are read.
//!
//! Calls take seconds: never make one inside a transaction.

mod pictures;
mod resolve;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use domain::outbound;
use http::{Request, Response};
use reqwest::redirect::Policy;
use url::Url;

pub use pictures::picture;
use resolve::Guarded;
pub use resolve::{Lookup, SystemLookup};

/// Time to get a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Time for the whole of a call.
const TOTAL: Duration = Duration::from_secs(15);
/// Bytes of an answer's body that are read.
pub const MAX_BODY: usize = 64 * 1024;

/// How far calls reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public hosts.
    Public,
    /// This machine as well, without TLS too: for trials and tests.
    Loopback,
}

/// A call that brought no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The address is none that may be called.
    #[error("this address is not called: {0}")]
    Refused(&'static str),
    /// No connection came about.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("no answer: it took too long")]
    TimedOut,
    /// The connection broke.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// The answer is longer than what is read of one, mostly [`MAX_BODY`].
    #[error("the answer is longer than what is read of one")]
    TooLong,
}

/// The client; cheap to clone.
#[derive(Debug, Clone)]
pub struct Outbound {
    client: reqwest::Client,
    reach: Reach,
}

impl Outbound {
    /// With the resolver of the system.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(reach: Reach) -> Result<Self, CallError> {
        Self::with(reach, Arc::new(SystemLookup), CONNECT, TOTAL)
    }

    /// With a resolver and times of one's own.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with(reach: Reach, lookup: Arc<dyn Lookup>, connect: Duration, total: Duration) -> Result<Self, CallError> {
        let set_up = |error: String| CallError::NoAnswer(format!("set-up: {error}"));
        let tls = crate::mail::tls::client_config(None).map_err(|error| set_up(error.to_string()))?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(Arc::unwrap_or_clone(tls))
            .dns_resolver(Arc::new(Guarded::new(lookup, reach)))
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .user_agent("CloudManager")
            .connect_timeout(connect)
            .timeout(total)
            .build()
            .map_err(|error| set_up(error.to_string()))?;
        Ok(Self { client, reach })
    }

    /// Whether this address may be called, as far as can be told without asking the DNS.
    ///
    /// # Errors
    /// [`CallError::Refused`].
    pub fn check(&self, url: &Url) -> Result<(), CallError> {
        // The connector does not ask the resolver about literal addresses.
        outbound::check(url, self.reach == Reach::Loopback).map_err(CallError::Refused)
    }

    /// Reads what stands at an address.
    ///
    /// # Errors
    /// [`CallError`]; any status but 200 is no answer.
    pub async fn get(&self, address: &str) -> Result<Vec<u8>, CallError> {
        let request = Request::get(address)
            .body(Vec::new())
            .map_err(|_| CallError::Refused("it is not an address of the web"))?;
        let answer = self.call(request).await?;
        if answer.status() != http::StatusCode::OK {
            return Err(CallError::NoAnswer(format!("status {}", answer.status().as_u16())));
        }
        Ok(answer.into_body())
    }

    /// Makes a call. Any status is an answer.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, CallError> {
        let request =
            reqwest::Request::try_from(request).map_err(|_| CallError::Refused("it is not an address of the web"))?;
        self.check(request.url())?;
        self.execute(request, MAX_BODY).await
    }

    /// Makes a call to what is read and believed by nobody: without TLS too, though to public hosts alone. At most `most` bytes of the
    /// answer's body are read. Any status is an answer.
    async fn call_plain(&self, request: Request<Vec<u8>>, most: usize) -> Result<Response<Vec<u8>>, CallError> {
        let request =
            reqwest::Request::try_from(request).map_err(|_| CallError::Refused("it is not an address of the web"))?;
        outbound::check_plain(request.url(), self.reach == Reach::Loopback).map_err(CallError::Refused)?;
        self.execute(request, most).await
    }

    /// Makes a call whose address was looked at.
    async fn execute(&self, request: reqwest::Request, most: usize) -> Result<Response<Vec<u8>>, CallError> {
        let mut answer = self.client.execute(request).await.map_err(|error| explain(&error))?;
        if answer.content_length().is_some_and(|length| length > most as u64) {
            return Err(CallError::TooLong);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| explain(&error))? {
            if body.len() + chunk.len() > most {
                return Err(CallError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

/// What went wrong, without the address: it may carry secrets.
fn explain(error: &reqwest::Error) -> CallError {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    let mut last = String::new();
    while let Some(one) = cause {
        if let Some(refused) = one.downcast_ref::<CallError>() {
            return refused.clone();
        }
        if !one.is::<reqwest::Error>() {
            last = one.to_string();
        }
        cause = one.source();
    }
    if error.is_timeout() {
        CallError::TimedOut
    } else if error.is_connect() {
        CallError::Unreachable(last)
    } else {
        CallError::NoAnswer(last)
    }
}
