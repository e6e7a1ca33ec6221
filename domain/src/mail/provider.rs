//! What providers of outgoing mail report by themselves: SendGrid's Event Webhook, and Amazon SES through SNS. Here their words become ours;
//! whether they are theirs is looked at before.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::report::DeliveryOutcome;

/// Longest id of an event, in characters.
const ID_MAX: usize = 200;
/// Longest explanation that is kept, in characters.
const DETAIL_MAX: usize = 500;

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The server of its reader took it.
    Delivered,
    /// It came back, and its address is to blame.
    Bounced,
    /// It was given up, and its address is not to blame: a list of the provider's, a server that refuses for now.
    Dropped,
    /// It is still being tried.
    Deferred,
    /// Its reader wants no such mail.
    Complained,
}

impl Kind {
    /// The word as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Dropped => "dropped",
            Self::Deferred => "deferred",
            Self::Complained => "complained",
        }
    }
}

/// A report about one mail.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderEvent {
    /// The provider's id of it; the same one again is a repetition.
    pub id: String,
    /// What became of the mail.
    pub kind: Kind,
    /// The Message-ID that we gave the mail, without angle brackets.
    pub message_id: Option<String>,
    /// The envelope sender that we gave it.
    pub envelope: Option<String>,
    /// What the provider calls the mail.
    pub provider_id: Option<String>,
    /// Enhanced status code (RFC 3463); empty when there is none.
    pub status: String,
    /// What the other server said.
    pub detail: String,
    /// As it came.
    pub raw: Value,
}

impl ProviderEvent {
    /// How a failure counts against the address.
    #[must_use]
    pub fn outcome(&self) -> DeliveryOutcome {
        match self.kind {
            Kind::Delivered => DeliveryOutcome::Delivered,
            Kind::Deferred => DeliveryOutcome::Delayed,
            Kind::Bounced => match DeliveryOutcome::of("failed", &self.status) {
                // The provider has given it up, whatever the code says.
                DeliveryOutcome::Temporary => DeliveryOutcome::Permanent,
                other => other,
            },
            Kind::Dropped | Kind::Complained => DeliveryOutcome::Temporary,
        }
    }
}

fn bare(id: &str) -> Option<String> {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    (!id.is_empty()).then(|| id.to_owned())
}

fn short(text: &str, most: usize) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().chars().take(most).collect()
}

#[derive(Deserialize)]
struct SendGrid {
    event: String,
    sg_event_id: String,
    #[serde(default)]
    sg_message_id: Option<String>,
    #[serde(default, rename = "smtp-id")]
    smtp_id: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    response: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default, rename = "type")]
    how: Option<String>,
}

/// Reads a batch of SendGrid's Event Webhook. What is of no consequence (opened, clicked, handed over) is left out, as is what has no id.
///
/// # Errors
/// When it is no list of JSON objects.
pub fn sendgrid(body: &[u8]) -> Result<Vec<ProviderEvent>, serde_json::Error> {
    let all: Vec<Value> = serde_json::from_slice(body)?;
    let all = all.into_iter().map(storable);
    let read = |raw: Value| {
        let one: SendGrid = serde_json::from_value(raw.clone()).ok()?;
        let reason = one.reason.as_deref().unwrap_or_default();
        let kind = match (one.event.as_str(), one.how.as_deref()) {
            ("delivered", _) => Kind::Delivered,
            ("deferred", _) => Kind::Deferred,
            ("spamreport", _) => Kind::Complained,
            // A block is a refusal of the moment.
            ("bounce", Some("blocked")) => Kind::Dropped,
            ("bounce", _) => Kind::Bounced,
            ("dropped", _) if matches!(reason, "Invalid" | "Bounced Address") => Kind::Bounced,
            ("dropped", _) => Kind::Dropped,
            _ => return None,
        };
        // Its mail is named by what stands before the first point; what follows names the recipient.
        let provider_id = one.sg_message_id.as_deref().and_then(|id| id.split('.').next());
        Some(ProviderEvent {
            id: short(&one.sg_event_id, ID_MAX),
            kind,
            message_id: one.smtp_id.as_deref().and_then(bare),
            envelope: None,
            provider_id: provider_id.map(|id| short(id, ID_MAX)),
            status: short(one.status.as_deref().unwrap_or_default(), 20),
            detail: short(one.response.as_deref().unwrap_or(reason), DETAIL_MAX),
            raw,
        })
    };
    let events = all.filter_map(read);
    Ok(events.filter(|event| !event.id.is_empty()).collect())
}

/// The same without the NUL, which PostgreSQL keeps nowhere: a server that said one hides the report of nobody.
fn storable(value: Value) -> Value {
    let clean = |text: String| {
        if text.contains('\0') {
            text.replace('\0', "")
        } else {
            text
        }
    };
    match value {
        Value::String(text) => Value::String(clean(text)),
        Value::Array(all) => all.into_iter().map(storable).collect(),
        Value::Object(all) => all.into_iter().map(|(key, one)| (clean(key), storable(one))).collect(),
        other => other,
    }
}

/// A report is taken for so long after the moment that is signed with it. Both providers give up within a day; whoever posts one again
/// later replays it, and by then its first coming may be forgotten: reports are kept for longer than this.
const TAKEN_FOR: TimeDelta = TimeDelta::days(3);

/// Whether a report that was signed at this moment is taken at `now`.
#[must_use]
pub fn is_present(signed: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (now - signed).abs() <= TAKEN_FOR
}

/// The moment that SendGrid signs with a batch: seconds since 1970.
#[must_use]
pub fn sendgrid_moment(text: &str) -> Option<DateTime<Utc>> {
    let seconds = text.parse().ok()?;
    DateTime::from_timestamp(seconds, 0)
}

/// Reads what SES tells about a mail, as the message of a notification with this id. Nothing of what is of no consequence.
#[must_use]
pub fn ses(notification: &str, message: &str) -> Option<ProviderEvent> {
    let raw = storable(serde_json::from_str(message).ok()?);
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    // Of an identity's feedback it is a notification, of a configuration set an event.
    let what = raw["notificationType"].as_str().or(raw["eventType"].as_str())?;
    let bounced = &raw["bounce"]["bouncedRecipients"][0];
    let (kind, status, detail) = match what {
        "Delivery" => (Kind::Delivered, String::new(), word(&raw["delivery"]["smtpResponse"])),
        "DeliveryDelay" => (Kind::Deferred, String::new(), word(&raw["deliveryDelay"]["delayType"])),
        "Reject" => (Kind::Dropped, String::new(), word(&raw["reject"]["reason"])),
        "Bounce" => {
            let kind = match raw["bounce"]["bounceType"].as_str() {
                Some("Permanent") => Kind::Bounced,
                // That is how an automatic answer is told as well: nothing says that the mail did not arrive.
                Some("Transient") if raw["bounce"]["bounceSubType"] == "General" => Kind::Deferred,
                _ => Kind::Dropped,
            };
            (kind, word(&bounced["status"]), word(&bounced["diagnosticCode"]))
        }
        "Complaint" if raw["complaint"]["complaintFeedbackType"] != "not-spam" => {
            let about = word(&raw["complaint"]["complaintFeedbackType"]);
            (Kind::Complained, String::new(), about)
        }
        _ => return None,
    };
    let mail = &raw["mail"];
    let headers = mail["headers"].as_array();
    let named = headers.and_then(|all| {
        let own = |one: &&Value| {
            one["name"]
                .as_str()
                .is_some_and(|name| name.eq_ignore_ascii_case("message-id"))
        };
        all.iter().find(own).and_then(|one| one["value"].as_str())
    });
    let message_id = named.or(mail["commonHeaders"]["messageId"].as_str()).and_then(bare);
    let event = ProviderEvent {
        id: short(notification, ID_MAX),
        kind,
        message_id,
        envelope: mail["source"].as_str().map(|source| short(source, 320)),
        provider_id: mail["messageId"].as_str().map(|id| short(id, ID_MAX)),
        status: short(&status, 20),
        detail: short(&detail, DETAIL_MAX),
        raw: raw.clone(),
    };
    (!event.id.is_empty()).then_some(event)
}

/// What Amazon SNS posts.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Envelope {
    /// `Notification`, `SubscriptionConfirmation` or `UnsubscribeConfirmation`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// Id; the same one again is a repetition.
    pub message_id: String,
    /// Topic.
    pub topic_arn: String,
    /// Subject.
    #[serde(default)]
    pub subject: Option<String>,
    /// What is said.
    pub message: String,
    /// When, as text.
    pub timestamp: String,
    /// `1` (SHA-1) or `2` (SHA-256).
    pub signature_version: String,
    /// In base64.
    pub signature: String,
    /// Where the certificate is.
    #[serde(rename = "SigningCertURL")]
    pub signing_cert_url: String,
    /// Where a subscription is confirmed.
    #[serde(default, rename = "SubscribeURL")]
    pub subscribe_url: Option<String>,
    /// What confirms it.
    #[serde(default)]
    pub token: Option<String>,
}

impl Envelope {
    /// The moment that is signed.
    #[must_use]
    pub fn moment(&self) -> Option<DateTime<Utc>> {
        self.timestamp.parse().ok()
    }

    /// What is signed: names and values in the order of Amazon's documentation, each on a line.
    #[must_use]
    pub fn signed(&self) -> String {
        let told = self.kind == "Notification";
        let confirms = |value: &Option<String>| value.clone().filter(|_| !told);
        let parts = [
            ("Message", Some(self.message.clone())),
            ("MessageId", Some(self.message_id.clone())),
            ("Subject", self.subject.clone().filter(|_| told)),
            ("SubscribeURL", confirms(&self.subscribe_url)),
            ("Timestamp", Some(self.timestamp.clone())),
            ("Token", confirms(&self.token)),
            ("TopicArn", Some(self.topic_arn.clone())),
            ("Type", Some(self.kind.clone())),
        ];
        let mut text = String::new();
        for (name, value) in parts {
            if let Some(value) = value {
                text.push_str(name);
                text.push('\n');
                text.push_str(&value);
                text.push('\n');
            }
        }
        text
    }
}

/// Whether this is where SNS in the region of a topic keeps a certificate it signs with: a file of that name and nothing else, because other
/// addresses of the same host answer with what anybody had SNS keep.
#[must_use]
pub fn is_sns_certificate(address: &str, topic: &str) -> bool {
    let Some(url) = sns(address, topic) else {
        return false;
    };
    let name = url.path().strip_prefix("/SimpleNotificationService-");
    let id = name.and_then(|name| name.strip_suffix(".pem")).unwrap_or_default();
    (16..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_hexdigit())
        && url.query().is_none()
        && url.fragment().is_none()
}

/// Whether this is where SNS is told that we want the notifications of this topic.
#[must_use]
pub fn is_sns_confirmation(address: &str, topic: &str) -> bool {
    let Some(url) = sns(address, topic) else {
        return false;
    };
    let says = |name: &str, wanted: &str| {
        let mut said = url.query_pairs().filter(|(key, _)| key == name);
        said.next().is_some_and(|(_, value)| value == wanted) && said.next().is_none()
    };
    url.path() == "/" && says("Action", "ConfirmSubscription") && says("TopicArn", topic)
}

/// An address of SNS itself in the region of a topic: `https`, a host `sns.REGION.amazonaws.com`. Nobody else is asked for anything,
/// whatever somebody posts.
fn sns(address: &str, topic: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let region = url.host_str().and_then(|host| {
        let rest = host.strip_prefix("sns.")?;
        rest.strip_suffix(".amazonaws.com")
            .or_else(|| rest.strip_suffix(".amazonaws.com.cn"))
    });
    // arn:aws:sns:REGION:ACCOUNT:NAME
    let own = topic.split(':').nth(3).filter(|own| !own.is_empty());
    let right = url.scheme() == "https"
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && region.is_some()
        && region == own;
    right.then_some(url)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::privacy::Timer;

    #[test]
    fn sendgrids_words_become_ours() {
        let one = |extra: Value| {
            let mut event = json!({ "email": "ana@example.dz", "timestamp": 1, "smtp-id": "<m.1@cm.test>", "sg_event_id": "e1",
                "sg_message_id": "abc.filter1.2" });
            for (name, value) in extra.as_object().unwrap() {
                event[name] = value.clone();
            }
            event
        };
        let body = json!([
            one(json!({ "event": "delivered", "response": "250 OK\r\n" })),
            one(json!({ "event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 no such user" })),
            one(json!({ "event": "bounce", "type": "blocked", "status": "4.0.0", "reason": "later" })),
            one(json!({ "event": "dropped", "reason": "Bounced Address" })),
            one(json!({ "event": "dropped", "reason": "Spam Reporting Address" })),
            one(json!({ "event": "spamreport" })),
            one(json!({ "event": "open" })),
            { "event": "delivered" },
        ]);
        let events = sendgrid(body.to_string().as_bytes()).unwrap();
        let kinds: Vec<Kind> = events.iter().map(|event| event.kind).collect();
        assert_eq!(
            kinds,
            [
                Kind::Delivered,
                Kind::Bounced,
                Kind::Dropped,
                Kind::Bounced,
                Kind::Dropped,
                Kind::Complained
            ]
        );
        assert_eq!(events[0].message_id.as_deref(), Some("m.1@cm.test"));
        assert_eq!(
            (events[0].provider_id.as_deref(), events[0].detail.as_str()),
            (Some("abc"), "250 OK")
        );
        assert_eq!(events[1].outcome(), DeliveryOutcome::UnknownAddress);
        assert_eq!(events[2].outcome(), DeliveryOutcome::Temporary);
        assert_eq!(events[3].outcome(), DeliveryOutcome::Permanent);
        assert!(sendgrid(b"{}").is_err());
    }

    #[test]
    fn what_ses_says_is_read_with_the_address_that_names_our_mail() {
        let mail = json!({ "messageId": "0102", "source": "bounce+x@desk.test",
            "headers": [{ "name": "message-id", "value": "<m.1@cm.test>" }], "commonHeaders": { "messageId": "<other@ses>" } });
        let of = |extra: Value| {
            let mut message = extra;
            message["mail"] = mail.clone();
            ses("n1", &message.to_string())
        };
        let bounce = of(json!({ "notificationType": "Bounce", "bounce": { "bounceType": "Permanent",
            "bouncedRecipients": [{ "emailAddress": "a@b.c", "status": "5.1.1", "diagnosticCode": "smtp; 550 gone" }] } }))
        .unwrap();
        assert_eq!(
            (bounce.kind, bounce.outcome()),
            (Kind::Bounced, DeliveryOutcome::UnknownAddress)
        );
        assert_eq!(bounce.envelope.as_deref(), Some("bounce+x@desk.test"));
        assert_eq!(bounce.message_id.as_deref(), Some("m.1@cm.test"));
        let soft =
            of(json!({ "eventType": "Bounce", "bounce": { "bounceType": "Transient", "bouncedRecipients": [] } }));
        assert_eq!(soft.unwrap().kind, Kind::Dropped);
        let complaint = json!({ "eventType": "Complaint", "complaint": { "complaintFeedbackType": "abuse" } });
        assert_eq!(of(complaint).unwrap().kind, Kind::Complained);
        let praise = json!({ "eventType": "Complaint", "complaint": { "complaintFeedbackType": "not-spam" } });
        assert_eq!(of(praise), None);
        assert_eq!(of(json!({ "eventType": "Open" })), None);
        assert_eq!(ses("n1", "Successfully validated SNS topic"), None);
    }

    #[test]
    fn what_was_signed_days_ago_is_not_taken() {
        let now = sendgrid_moment("1790000000").unwrap();
        for (hours, taken) in [(0, true), (1, true), (72, true), (73, false), (-72, true), (-73, false)] {
            assert_eq!(is_present(now - TimeDelta::hours(hours), now), taken, "{hours}");
        }
        for bad in ["", "x", "1790000000.5", "99999999999999999"] {
            assert_eq!(sendgrid_moment(bad), None, "{bad}");
        }
        // What is replayed within that time is still known.
        assert!(Timer::RawMails.period() > TAKEN_FOR);
    }

    #[test]
    fn only_sns_of_the_topics_region_is_asked() {
        let topic = "arn:aws:sns:eu-west-3:123456789012:ses";
        let file = "SimpleNotificationService-01d088a6f77103d0fe307c0069e40ed6.pem";
        let good = format!("https://sns.eu-west-3.amazonaws.com/{file}");
        assert!(is_sns_certificate(&good, topic));
        assert!(!is_sns_certificate(&good, "not an arn"));
        for bad in [
            "http://sns.eu-west-3.amazonaws.com/FILE",
            "https://sns.us-east-1.amazonaws.com/FILE",
            "https://sns.eu-west-3.amazonaws.com.evil.test/FILE",
            "https://evil.test/sns.eu-west-3.amazonaws.com/FILE",
            "https://sns.evil.test.amazonaws.com/FILE",
            "https://s3.amazonaws.com/FILE",
            "https://user@sns.eu-west-3.amazonaws.com/FILE",
            "https://sns.eu-west-3.amazonaws.com:8443/FILE",
            "https://sns.eu-west-3.amazonaws.com/FILE?Action=GetEndpointAttributes",
            "https://sns.eu-west-3.amazonaws.com/?Action=GetEndpointAttributes&x=/FILE",
            "https://sns.eu-west-3.amazonaws.com/x/FILE",
            "https://sns.eu-west-3.amazonaws.com/SimpleNotificationService-1.pem",
            "x",
        ] {
            let bad = bad.replace("FILE", file);
            assert!(!is_sns_certificate(&bad, topic), "{bad}");
        }
    }

    #[test]
    fn a_subscription_is_confirmed_for_the_topic_alone() {
        let topic = "arn:aws:sns:eu-west-3:123456789012:ses";
        let at = |rest: &str| format!("https://sns.eu-west-3.amazonaws.com/{rest}");
        assert!(is_sns_confirmation(
            &at(&format!("?Action=ConfirmSubscription&TopicArn={topic}&Token=2336")),
            topic
        ));
        for bad in [
            "?Action=ConfirmSubscription".to_owned(),
            format!("?Action=DeleteTopic&TopicArn={topic}"),
            format!("?Action=ConfirmSubscription&TopicArn={topic}x"),
            format!("?Action=ConfirmSubscription&Action=DeleteTopic&TopicArn={topic}"),
            format!("x?Action=ConfirmSubscription&TopicArn={topic}"),
        ] {
            assert!(!is_sns_confirmation(&at(&bad), topic), "{bad}");
        }
    }

    #[test]
    fn what_is_signed_stands_in_amazons_order() {
        let envelope: Envelope = serde_json::from_value(
            json!({ "Type": "Notification", "MessageId": "1", "TopicArn": "arn", "Message": "hi",
            "Timestamp": "t", "SignatureVersion": "2", "Signature": "", "SigningCertURL": "https://x" }),
        )
        .unwrap();
        assert_eq!(
            envelope.signed(),
            "Message\nhi\nMessageId\n1\nTimestamp\nt\nTopicArn\narn\nType\nNotification\n"
        );
        let asked = Envelope {
            kind: "SubscriptionConfirmation".to_owned(),
            subscribe_url: Some("https://s".to_owned()),
            token: Some("tok".to_owned()),
            ..envelope
        };
        assert_eq!(
            asked.signed(),
            "Message\nhi\nMessageId\n1\nSubscribeURL\nhttps://s\nTimestamp\nt\nToken\ntok\nTopicArn\narn\nType\nSubscriptionConfirmation\n"
        );
    }
}
