//! Errors as `application/problem+json` (RFC 9457), the one shape of every refused or failed request.

use std::{borrow::Cow, collections::BTreeMap};

use app::{AppError, FieldError};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use crate::middleware::request_id;

/// What a handler returns.
pub type ApiResult<T> = Result<T, Problem>;

/// One wrong field of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemField {
    /// JSON pointer to the field (RFC 6901).
    pub pointer: String,
    /// Stable code.
    pub code: String,
    /// A sentence.
    pub detail: String,
    /// What a text in the reader's language names, such as a `line`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<&'static str, String>,
}

impl From<FieldError> for ProblemField {
    fn from(error: FieldError) -> Self {
        Self {
            pointer: error.pointer,
            code: error.code,
            detail: error.detail,
            params: error.params,
        }
    }
}

/// The body of an error answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// URI of the kind of problem: `urn:cloudmanager:error:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short name of the status.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What went wrong here.
    pub detail: String,
    /// Stable code for programs.
    pub code: String,
    /// Id of the request, as in the `X-Request-Id` header and in the log.
    pub request_id: String,
    /// Wrong fields; empty when the problem is not about fields.
    pub errors: Vec<ProblemField>,
    /// What would be accepted instead, when the present state refuses the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
}

/// A request that is refused or failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    errors: Vec<ProblemField>,
    allowed: Vec<String>,
    retry_after: Option<u32>,
}

impl Problem {
    /// A problem with this status, stable code and sentence.
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code: code.into(),
            detail: detail.into(),
            errors: Vec::new(),
            allowed: Vec::new(),
            retry_after: None,
        }
    }

    /// 400: the request cannot be understood.
    pub fn bad_request(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: not signed in, or no longer.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in to use this.")
    }

    /// 403: the caller's role does not allow it.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Your role does not allow this.")
    }

    /// 404: no such thing, or not for this caller.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "There is nothing here, or nothing that you may see.",
        )
    }

    /// 422 about one field.
    pub fn invalid(pointer: &str, code: &str, detail: impl ToString) -> Self {
        AppError::invalid(pointer, code, detail).into()
    }

    /// 500: a defect; what happened goes to the log only.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on our side. Quote the request id when you report it.",
        )
    }

    /// Says after how many seconds a new try makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound => Self::not_found(),
            AppError::Stale => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "version_mismatch",
                "It changed since you read it. Read it again and repeat the change.",
            ),
            AppError::Forbidden => Self::forbidden(),
            AppError::Denied { code, message } => Self::new(StatusCode::FORBIDDEN, code, message),
            AppError::StepUp => Self::new(
                StatusCode::FORBIDDEN,
                "step_up_required",
                "Prove again who you are, then repeat this.",
            ),
            AppError::Unauthenticated => Self::unauthenticated(),
            AppError::Refused { code, message, allowed } => Self {
                allowed,
                ..Self::new(StatusCode::CONFLICT, code, message)
            },
            AppError::Invalid(errors) => {
                let mut problem = Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "invalid",
                    "Some fields are not as they should be.",
                );
                problem.errors = errors.into_iter().map(ProblemField::from).collect();
                problem
            }
            AppError::Unclear { code, detail } => Self::bad_request(code, detail),
            AppError::Conflict { code, detail } => Self::new(StatusCode::CONFLICT, code, detail),
            AppError::TooMany { retry_after } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_requests",
                "Too many tries. Wait as many seconds as `Retry-After` says.",
            )
            .retry_after(retry_after),
            AppError::Busy { retry_after } => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "overloaded",
                "Too many people do this at once. Try again in a moment.",
            )
            .retry_after(retry_after),
            AppError::Unavailable(why) => {
                tracing::warn!(error = %why, "a service this request needs is away");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "This is not available now. Try again soon.",
                )
                .retry_after(2)
            }
            AppError::Full(why) => {
                tracing::warn!(error = %why, "there is no room to keep what was sent");
                Self::new(
                    StatusCode::INSUFFICIENT_STORAGE,
                    "storage_full",
                    "There is no room to keep this; nothing was changed. Tell whoever runs the installation, and try again later.",
                )
                .retry_after(60)
            }
            AppError::Internal(why) => {
                tracing::error!(error = %why, "request failed");
                Self::internal()
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        AppError::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            kind: format!("urn:cloudmanager:error:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.into_owned(),
            code: self.code.into_owned(),
            request_id: request_id::current(),
            errors: self.errors,
            allowed: self.allowed,
        };
        let json = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (self.status, json).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
