//! Twilio: the Messages API and its status callbacks.
//!
//! The API has no idempotency key. When an answer gets lost, the next attempt sends the same text once more; it carries the same
//! code, which still works once.

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::sms::{Report, SmsState};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, Url};
use serde::Deserialize;
use sha1::Sha1;
use uuid::Uuid;

use super::{
    Accepted, Delivery, Forged, OutgoingText, Refusal, RefusalKind, SmsGateway,
    client::{Answer, call, client},
};

/// An account at Twilio.
#[derive(Clone)]
pub struct TwilioConfig {
    /// Address of the API, without a slash at its end.
    pub base_url: String,
    /// Account SID.
    pub account: String,
    /// Auth token; it also signs the callbacks.
    pub token: String,
    /// Number or alphanumeric sender, or the SID of a messaging service (`MG…`).
    pub sender: String,
    /// Where reports are to be posted; none, and there are none.
    pub reports_url: Option<String>,
    /// Longest wait for an answer; the usual one without it.
    pub timeout: Option<std::time::Duration>,
}

impl std::fmt::Debug for TwilioConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TwilioConfig")
            .field("base_url", &self.base_url)
            .field("sender", &self.sender)
            .finish_non_exhaustive()
    }
}

/// Sends through Twilio.
#[derive(Debug)]
pub struct Twilio {
    config: TwilioConfig,
    client: Client,
}

#[derive(Deserialize)]
struct Message {
    sid: String,
    status: String,
    num_segments: Option<String>,
    error_code: Option<i64>,
    error_message: Option<String>,
}

#[derive(Deserialize)]
struct Problem {
    code: Option<i64>,
    message: Option<String>,
}

impl Twilio {
    /// Over this account.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(config: TwilioConfig) -> Result<Self, Refusal> {
        let client = client(config.timeout)?;
        Ok(Self { config, client })
    }

    fn refusal(answer: &Answer) -> Refusal {
        let Ok(Problem {
            code: Some(code),
            message,
        }) = serde_json::from_slice(&answer.body)
        else {
            return answer.strange();
        };
        let kind = match code {
            20429 | 14107 => RefusalKind::RateLimited(answer.pause),
            // The account, the sender, the region, the callback: nothing that another number would change.
            10001 | 20003 | 20005 | 21212 | 21408 | 21603 | 21606 | 21608 | 21609 | 21659 | 21660 | 21705 | 30002 => {
                RefusalKind::Configuration
            }
            _ => answer.kind(),
        };
        Refusal::new(kind, code.to_string(), &message.unwrap_or_default())
    }
}

#[async_trait]
impl SmsGateway for Twilio {
    fn name(&self) -> &'static str {
        "twilio"
    }

    async fn send(&self, text: OutgoingText<'_>) -> Result<Accepted, Refusal> {
        let Self { config, client } = self;
        let url = format!(
            "{}/2010-04-01/Accounts/{}/Messages.json",
            config.base_url, config.account
        );
        let valid_for = text.valid_for.as_secs().clamp(1, 14_400).to_string();
        let service = config.sender.starts_with("MG") && config.sender.len() == 34;
        let sender = if service { "MessagingServiceSid" } else { "From" };
        let mut form = vec![
            ("To", text.to.to_owned()),
            (sender, config.sender.clone()),
            ("Body", text.body.to_owned()),
            ("ValidityPeriod", valid_for),
        ];
        if let Some(reports) = &config.reports_url {
            form.push(("StatusCallback", format!("{reports}?message={}", text.id)));
        }
        let request = client
            .post(url)
            .basic_auth(&config.account, Some(&config.token))
            .form(&form);
        let answer = call(request).await?;
        if !answer.status.is_success() {
            return Err(Self::refusal(&answer));
        }
        let message: Message = serde_json::from_slice(&answer.body).map_err(|_| answer.strange())?;
        if matches!(message.status.as_str(), "failed" | "undelivered" | "canceled") {
            let code = message.error_code.map_or(message.status, |code| code.to_string());
            let text = message.error_message.unwrap_or_default();
            return Err(Refusal::new(RefusalKind::Permanent, code, &text));
        }
        Ok(Accepted {
            provider_id: message.sid,
            // A messaging service says 0 until it has chosen a sender.
            segments: message.num_segments.and_then(|n| n.parse().ok()).filter(|n| *n > 0),
        })
    }

    fn reports(&self, delivery: Delivery<'_>) -> Result<Vec<Report>, Forged> {
        let reports_url = self.config.reports_url.as_deref().ok_or(Forged)?;
        let fields: Vec<(String, String)> = form_fields(delivery.body).ok_or(Forged)?;
        let given = delivery
            .signature
            .and_then(|text| STANDARD.decode(text).ok())
            .ok_or(Forged)?;
        let url = format!("{reports_url}?{}", delivery.query);
        let signed = ports(&url)
            .iter()
            .any(|url| signature(&self.config.token, url, &fields).is_ok_and(|mac| mac.verify_slice(&given).is_ok()));
        if !signed {
            return Err(Forged);
        }
        let field = |name: &str| {
            fields
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.as_str())
        };
        let message = form_fields(delivery.query.as_bytes())
            .and_then(|query| query.into_iter().find(|(name, _)| name == "message"))
            .and_then(|(_, id)| Uuid::try_parse(&id).ok());
        let (Some(message), Some(sid), Some(status)) = (message, field("MessageSid"), field("MessageStatus")) else {
            return Ok(Vec::new());
        };
        let state = match status {
            "sent" => SmsState::Sent,
            "delivered" | "read" => SmsState::Delivered,
            "failed" | "undelivered" | "canceled" => SmsState::Failed,
            _ => return Ok(Vec::new()),
        };
        let error = field("ErrorCode").filter(|code| !code.is_empty() && state == SmsState::Failed);
        Ok(vec![Report {
            message,
            provider_id: sid.to_owned(),
            state,
            segments: None,
            error: error.map(|code| Refusal::new(RefusalKind::Permanent, code, "").code),
        }])
    }
}

fn form_fields(body: &[u8]) -> Option<Vec<(String, String)>> {
    std::str::from_utf8(body).ok()?;
    // The same rules for forms that browsers and Twilio follow.
    let fields = form_urlencoded::parse(body).into_owned();
    Some(fields.collect())
}

/// The address without and with its port: Twilio signs either.
fn ports(url: &str) -> Vec<String> {
    let mut both = vec![url.to_owned()];
    if let Ok(parsed) = Url::parse(url)
        && let (Some(host), Some(port)) = (parsed.host_str(), parsed.port_or_known_default())
    {
        let rest = url.splitn(4, '/').nth(3).unwrap_or_default();
        both.push(format!("{}://{host}:{port}/{rest}", parsed.scheme()));
        both.push(format!("{}://{host}/{rest}", parsed.scheme()));
    }
    both
}

/// HMAC-SHA1 over the address and the sorted fields, as Twilio computes it.
fn signature(token: &str, url: &str, fields: &[(String, String)]) -> Result<Hmac<Sha1>, Forged> {
    let mut sorted: Vec<&(String, String)> = fields.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).map_err(|_| Forged)?;
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    Ok(mac)
}

#[cfg(test)]
mod unit {
    use super::*;

    fn sign(token: &str, url: &str, fields: &[(&str, &str)]) -> String {
        let fields: Vec<_> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        STANDARD.encode(signature(token, url, &fields).unwrap().finalize().into_bytes())
    }

    #[test]
    fn the_provider_s_own_examples_verify() {
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        let fields = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
            ("Caller", "+14158675309"),
        ];
        assert_eq!(sign("12345", url, &fields), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
        let doubled = [
            ("Sid", "CA123"),
            ("SidAccount", "AC123"),
            ("Digits", "5678"),
            ("Digits", "1234"),
            ("Digits", "1234"),
        ];
        assert_eq!(sign("12345", url, &doubled), "IK+Dwps556ElfBT0I3Rgjkr1wJU=");
    }

    #[test]
    fn an_address_is_tried_with_and_without_its_port() {
        let both = ports("https://cm.test/a?b=1");
        assert!(both.contains(&"https://cm.test:443/a?b=1".to_owned()));
        let both = ports("http://cm.test:8080/a?b=1");
        assert!(both.contains(&"http://cm.test/a?b=1".to_owned()));
    }
}
