//! Shapes of messages in the API.

use app::message_template::{Draft, Found, Listed, Preview};
use chrono::{DateTime, Utc};
use domain::{
    message::{Message, Part},
    sms::segments::{Count, Encoding},
    template::Flaw,
};
use serde::{Deserialize, Serialize};
use store::message_template::TemplateVersion;
use utoipa::ToSchema;

use crate::{
    extract::Versioned,
    routes::me::Language,
    words::{MessageCategoryWord, MessageChannelWord, MessageKeyWord, MessageVariableKindWord},
};

/// A language in which a message says something else than it comes with, or did once.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageTemplateChange {
    /// Language.
    pub(super) locale: Language,
    /// It says something else now.
    pub(super) overridden: bool,
    /// When that changed last.
    pub(super) updated_at: DateTime<Utc>,
    /// Name of who changed it.
    #[schema(required = true)]
    pub(super) by: Option<String>,
    /// It could not be filled in; what it comes with was sent instead.
    pub(super) failed: bool,
}

/// A message in the list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageTemplateSummary {
    /// Key.
    pub(super) key: MessageKeyWord,
    /// What it is for.
    pub(super) category: MessageCategoryWord,
    /// How it goes out.
    pub(super) channel: MessageChannelWord,
    /// Languages that were ever changed.
    pub(super) changes: Vec<MessageTemplateChange>,
}

impl From<Listed> for MessageTemplateSummary {
    fn from(listed: Listed) -> Self {
        let spec = listed.message.spec();
        let changes = listed.changed.into_iter().map(|row| MessageTemplateChange {
            locale: Language::of(&row.locale),
            overridden: row.body.is_some(),
            updated_at: row.updated_at,
            by: row.by,
            failed: row.failure.is_some(),
        });
        Self {
            key: listed.message.into(),
            category: spec.category.into(),
            channel: spec.channel.into(),
            changes: changes.collect(),
        }
    }
}

/// Something that may stand in a message.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageVariable {
    /// Name, as it stands between braces.
    pub(super) name: &'static str,
    /// What it holds.
    pub(super) kind: MessageVariableKindWord,
    /// An example of what it says.
    pub(super) sample: &'static str,
    /// The text is of no use without it.
    pub(super) required: bool,
    /// There may be nothing to say.
    pub(super) may_be_empty: bool,
}

/// Words of a message.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageWords {
    /// Subject; empty for text messages.
    pub(super) subject: String,
    /// Text.
    pub(super) body: String,
}

/// A message in one language.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageTemplateText {
    /// Language.
    pub(super) locale: Language,
    /// The ETag; 0 when it was never changed.
    pub(super) version: i32,
    /// What it says.
    pub(super) words: MessageWords,
    /// What it comes with.
    pub(super) default_words: MessageWords,
    /// It says something else than it comes with.
    pub(super) overridden: bool,
    /// When it changed last.
    #[schema(required = true)]
    pub(super) updated_at: Option<DateTime<Utc>>,
    /// Name of who changed it.
    #[schema(required = true)]
    pub(super) by: Option<String>,
    /// Why it could not be filled in; what it comes with was sent instead.
    #[schema(required = true)]
    pub(super) failure: Option<String>,
    /// When that happened first.
    #[schema(required = true)]
    pub(super) failed_at: Option<DateTime<Utc>>,
}

pub(super) fn text_of(message: Message, found: Found) -> MessageTemplateText {
    let usual = message.spec().source(found.locale);
    let default = || MessageWords {
        subject: usual.subject.to_owned(),
        body: usual.body.to_owned(),
    };
    let locale = Language::of(found.locale.as_str());
    let Some(row) = found.row else {
        return MessageTemplateText {
            locale,
            version: 0,
            words: default(),
            default_words: default(),
            overridden: false,
            updated_at: None,
            by: None,
            failure: None,
            failed_at: None,
        };
    };
    let own = row.subject.zip(row.body);
    MessageTemplateText {
        locale,
        version: row.version,
        overridden: own.is_some(),
        words: own.map_or_else(default, |(subject, body)| MessageWords { subject, body }),
        default_words: default(),
        updated_at: Some(row.updated_at),
        by: row.by,
        failure: row.failure,
        failed_at: row.failed_at,
    }
}

pub(super) fn shown(message: Message, found: Found) -> Versioned<MessageTemplateText> {
    let body = text_of(message, found);
    Versioned {
        version: body.version,
        body,
    }
}

/// A message with all that belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageTemplateDetail {
    /// Key.
    pub(super) key: MessageKeyWord,
    /// What it is for.
    pub(super) category: MessageCategoryWord,
    /// How it goes out.
    pub(super) channel: MessageChannelWord,
    /// What may stand in it.
    pub(super) variables: Vec<MessageVariable>,
    /// Filters.
    pub(super) filters: Vec<&'static str>,
    /// What it says in each language.
    pub(super) texts: Vec<MessageTemplateText>,
}

/// Words as entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MessageTemplateInput {
    /// Subject on one line; text messages have none.
    #[schema(max_length = 300)]
    pub(super) subject: String,
    /// Text. Variables and conditions are written as in Jinja.
    #[schema(max_length = 20000)]
    pub(super) body: String,
    /// Why it is changed, for whoever looks at the versions later.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub(super) note: String,
}

impl From<MessageTemplateInput> for Draft {
    fn from(input: MessageTemplateInput) -> Self {
        Self {
            subject: input.subject,
            body: input.body,
            note: input.note,
        }
    }
}

/// A version of the words of a message.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageTemplateVersion {
    /// Number, from 1.
    pub(super) version: i32,
    /// What it said; none when it was put back to what it comes with.
    #[schema(required = true)]
    pub(super) words: Option<MessageWords>,
    /// Why, as its author says.
    pub(super) note: String,
    /// The version whose words were taken again.
    #[schema(required = true)]
    pub(super) restores: Option<i32>,
    /// When.
    pub(super) at: DateTime<Utc>,
    /// Name of its author.
    #[schema(required = true)]
    pub(super) by: Option<String>,
}

impl From<TemplateVersion> for MessageTemplateVersion {
    fn from(row: TemplateVersion) -> Self {
        Self {
            version: row.version,
            words: row
                .subject
                .zip(row.body)
                .map(|(subject, body)| MessageWords { subject, body }),
            note: row.note,
            restores: row.restores,
            at: row.at,
            by: row.by,
        }
    }
}

/// What a text message is sent as.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SmsCount {
    /// `gsm7`, or `ucs2` when a sign is not in the GSM alphabet.
    pub(super) encoding: SmsEncoding,
    /// Septets or UCS-2 units.
    pub(super) units: usize,
    /// Units that one segment holds alone.
    pub(super) alone: usize,
    /// Units that each of several segments holds.
    pub(super) each: usize,
    /// Segments: each is charged.
    pub(super) segments: usize,
}

/// How a text message is sent.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SmsEncoding {
    /// Seven bits for each sign.
    Gsm7,
    /// Sixteen bits for each unit.
    Ucs2,
}

impl From<Count> for SmsCount {
    fn from(count: Count) -> Self {
        let (alone, each) = count.encoding.room();
        Self {
            encoding: match count.encoding {
                Encoding::Gsm7 => SmsEncoding::Gsm7,
                Encoding::Ucs2 => SmsEncoding::Ucs2,
            },
            units: count.units,
            alone,
            each,
            segments: count.segments,
        }
    }
}

/// Something that is wrong with words.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageFlaw {
    /// `subject` or `body`.
    pub(super) part: MessagePart,
    /// Line, from 1.
    pub(super) line: u32,
    /// `template_syntax`, `unknown_variable`, `unknown_filter`, `template_not_allowed`, `template_too_deep`, `variable_missing`,
    /// `empty`, `too_long`, `one_line`, `too_many_segments` or `template_failed`.
    pub(super) code: &'static str,
    /// The variable, filter or word that it is about.
    pub(super) name: String,
    /// How much there may be, where there is too much.
    #[schema(required = true)]
    pub(super) most: Option<usize>,
}

/// Where in a message something is wrong.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MessagePart {
    /// The subject.
    Subject,
    /// The text.
    Body,
}

impl From<(Part, Flaw)> for MessageFlaw {
    fn from((part, flaw): (Part, Flaw)) -> Self {
        Self {
            part: match part {
                Part::Subject => MessagePart::Subject,
                Part::Body => MessagePart::Body,
            },
            line: flaw.line,
            code: flaw.kind.code(),
            name: flaw.kind.subject().to_owned(),
            most: flaw.kind.most(),
        }
    }
}

/// What words say with examples.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessagePreview {
    /// Subject; absent when something is wrong.
    #[schema(required = true)]
    pub(super) subject: Option<String>,
    /// Plain text.
    #[schema(required = true)]
    pub(super) text: Option<String>,
    /// The HTML of a mail; to be shown where nothing of it can run.
    #[schema(required = true)]
    pub(super) html: Option<String>,
    /// What a text message is sent as.
    #[schema(required = true)]
    pub(super) sms: Option<SmsCount>,
    /// What is wrong.
    pub(super) flaws: Vec<MessageFlaw>,
}

impl From<Preview> for MessagePreview {
    fn from(preview: Preview) -> Self {
        let (subject, text) = preview.filled.map(|filled| (filled.subject, filled.body)).unzip();
        Self {
            subject,
            text,
            html: preview.html,
            sms: preview.sms.map(SmsCount::from),
            flaws: preview.flaws.into_iter().map(MessageFlaw::from).collect(),
        }
    }
}

/// A trial on its way.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageTrial {
    /// The address or, most of it hidden, the number it goes to.
    pub(super) to: String,
}
