//! Infobip: the SMS API, version 3, and its delivery reports.
//!
//! Every text carries our id as its message id: a second one with the same id is refused as a duplicate, so a retry after a lost
//! answer sends nothing twice. Reports are posted without a signature; each brings back the data that was sent along with its text,
//! which is a code of the message that nobody else can make.

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use domain::sms::{Report, SmsState};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Client;
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;
use uuid::Uuid;

use super::{
    Accepted, Delivery, Forged, OutgoingText, Refusal, RefusalKind, SmsGateway,
    client::{Answer, call, client},
};

/// An account at Infobip.
#[derive(Clone)]
pub struct InfobipConfig {
    /// Address of the account's API, without a slash at its end.
    pub base_url: String,
    /// API key.
    pub key: String,
    /// Number or alphanumeric sender.
    pub sender: String,
    /// Where reports are to be posted; none, and there are none.
    pub reports_url: Option<String>,
    /// Key of the codes that reports bring back.
    pub reports_key: [u8; 32],
    /// Keys of texts that were sent before: their reports are believed as well.
    pub former_reports_keys: Vec<[u8; 32]>,
    /// Longest wait for an answer; the usual one without it.
    pub timeout: Option<std::time::Duration>,
}

impl std::fmt::Debug for InfobipConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InfobipConfig")
            .field("base_url", &self.base_url)
            .field("sender", &self.sender)
            .finish_non_exhaustive()
    }
}

/// Sends through Infobip.
#[derive(Debug)]
pub struct Infobip {
    config: InfobipConfig,
    client: Client,
}

#[derive(Deserialize)]
struct Response {
    messages: Vec<Taken>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Taken {
    message_id: Option<String>,
    status: Status,
    details: Option<Details>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    message_count: Option<i32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    group_id: i64,
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
}

/// Both shapes of errors: the present one and the one from before.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Problem {
    error_code: Option<String>,
    description: Option<String>,
    request_error: Option<RequestError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestError {
    service_exception: ServiceException,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServiceException {
    message_id: String,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Posted {
    #[serde(default)]
    results: Vec<Posting>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Posting {
    message_id: String,
    status: Status,
    error: Option<PostedError>,
    message_count: Option<i32>,
    callback_data: Option<String>,
}

#[derive(Deserialize)]
struct PostedError {
    #[serde(default)]
    id: i64,
    #[serde(default)]
    name: String,
}

impl Infobip {
    /// Over this account.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(config: InfobipConfig) -> Result<Self, Refusal> {
        let client = client(config.timeout)?;
        Ok(Self { config, client })
    }

    /// What a genuine report about this message brings back.
    fn code(&self, message: Uuid) -> Result<Hmac<Sha256>, Forged> {
        Self::code_under(&self.config.reports_key, message)
    }

    fn is_code(&self, message: Uuid, code: &[u8]) -> bool {
        let mut keys = std::iter::once(&self.config.reports_key).chain(&self.config.former_reports_keys);
        keys.any(|key| Self::code_under(key, message).is_ok_and(|mac| mac.verify_slice(code).is_ok()))
    }

    fn code_under(key: &[u8; 32], message: Uuid) -> Result<Hmac<Sha256>, Forged> {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| Forged)?;
        mac.update(message.as_bytes());
        Ok(mac)
    }

    fn refusal(answer: &Answer) -> Refusal {
        let Ok(problem) = serde_json::from_slice::<Problem>(&answer.body) else {
            return answer.strange();
        };
        let kind = answer.kind();
        match (problem.request_error, problem.error_code) {
            (Some(error), _) => {
                let exception = error.service_exception;
                Refusal::new(kind, exception.message_id, &exception.text.unwrap_or_default())
            }
            (None, Some(code)) => Refusal::new(kind, code, &problem.description.unwrap_or_default()),
            (None, None) => answer.strange(),
        }
    }

    /// What became of a message that was answered with a status.
    fn taken(answer: &Answer, message: Uuid, taken: Taken) -> Result<Accepted, Refusal> {
        let Status {
            group_id,
            name,
            description,
        } = taken.status;
        let kind = match (group_id, name.as_str()) {
            // An attempt before this one was taken, though its answer got lost.
            (0 | 1 | 3, _) | (_, "REJECTED_DUPLICATE_MESSAGE_ID") => {
                return Ok(Accepted {
                    provider_id: taken.message_id.unwrap_or_else(|| message.to_string()),
                    segments: taken.details.and_then(|details| details.message_count),
                });
            }
            (_, "REJECTED_SYSTEM_ERROR") => RefusalKind::Temporary,
            (_, "REJECTED_FLOODING_FILTER") => RefusalKind::RateLimited(answer.pause),
            (
                _,
                "REJECTED_NOT_ENOUGH_CREDITS"
                | "REJECTED_PREPAID_PACKAGE_EXPIRED"
                | "REJECTED_SENDER"
                | "REJECTED_SOURCE"
                | "REJECTED_ROUTE_NOT_AVAILABLE"
                | "REJECTED_DESTINATION_NOT_REGISTERED",
            ) => RefusalKind::Configuration,
            _ => RefusalKind::Permanent,
        };
        Err(Refusal::new(kind, name, &description))
    }
}

#[async_trait]
impl SmsGateway for Infobip {
    fn name(&self) -> &'static str {
        "infobip"
    }

    async fn send(&self, text: OutgoingText<'_>) -> Result<Accepted, Refusal> {
        let Self { config, client } = self;
        let minutes = text.valid_for.as_secs().div_ceil(60).clamp(1, 2880);
        let mut message = json!({
            "sender": config.sender,
            "destinations": [{ "to": text.to.trim_start_matches('+'), "messageId": text.id }],
            "content": { "text": text.body },
            "options": { "validityPeriod": { "amount": minutes, "timeUnit": "MINUTES" } },
        });
        if let Some(reports) = &config.reports_url {
            let code = self
                .code(text.id)
                .map(|mac| HEXLOWER.encode(&mac.finalize().into_bytes()));
            message["webhooks"] = json!({
                "delivery": { "url": reports },
                "contentType": "application/json",
                "callbackData": code.unwrap_or_default(),
            });
        }
        let request = client
            .post(format!("{}/sms/3/messages", config.base_url))
            .header("Authorization", format!("App {}", config.key))
            .json(&json!({ "messages": [message] }));
        let answer = call(request).await?;
        if !answer.status.is_success() {
            return Err(Self::refusal(&answer));
        }
        let response: Response = serde_json::from_slice(&answer.body).map_err(|_| answer.strange())?;
        let taken = response.messages.into_iter().next().ok_or_else(|| answer.strange())?;
        Self::taken(&answer, text.id, taken)
    }

    fn reports(&self, delivery: Delivery<'_>) -> Result<Vec<Report>, Forged> {
        let posted: Posted = serde_json::from_slice(delivery.body).map_err(|_| Forged)?;
        let mut reports = Vec::new();
        for posting in posted.results {
            let message = Uuid::try_parse(&posting.message_id).map_err(|_| Forged)?;
            let code = posting
                .callback_data
                .as_deref()
                .and_then(|code| HEXLOWER.decode(code.as_bytes()).ok());
            let code = code.ok_or(Forged)?;
            if !self.is_code(message, &code) {
                return Err(Forged);
            }
            let state = match posting.status.group_id {
                1 => SmsState::Sent,
                3 => SmsState::Delivered,
                4 => SmsState::Expired,
                2 | 5 => SmsState::Failed,
                _ => continue,
            };
            let error = posting.error.filter(|error| error.id != 0).map(|error| error.name);
            let error = error.or_else(|| (state == SmsState::Failed).then_some(posting.status.name));
            reports.push(Report {
                message,
                provider_id: posting.message_id,
                state,
                segments: posting.message_count,
                error: error.map(|name| Refusal::new(RefusalKind::Permanent, "", &name).text),
            });
        }
        Ok(reports)
    }
}
