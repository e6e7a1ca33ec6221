//! Trying words out: with examples on the screen, and as a real mail or text message to oneself.

use chrono::TimeDelta;
use domain::{
    locale::Locale,
    message::{Channel, Filled, Message, Part, Source, html},
    permission::Permission,
    sms::segments::{self, Count},
    template::Flaw,
};
use jobs::{NewJob, SendAccountMail};
use serde_json::json;
use store::{audit, login::Counter, sms::code, user};

use super::edit::{Draft, checked, tidy};
use crate::{
    App, AppError, Caller,
    account::throttle,
    sms::{self, NewSms},
};

/// Trials that one may send before each has to wait for a while.
const FREE: i32 = 10;
/// How long the trial of a text message is worth delivering.
const SMS_LIFE: TimeDelta = TimeDelta::hours(1);

/// What words say with examples.
#[derive(Debug)]
pub struct Preview {
    /// Subject and text; none when something is wrong.
    pub filled: Option<Filled>,
    /// The HTML of a mail.
    pub html: Option<String>,
    /// What a text message is sent as.
    pub sms: Option<Count>,
    /// What is wrong, with where.
    pub flaws: Vec<(Part, Flaw)>,
}

/// What words would say, without keeping them.
///
/// # Errors
/// [`AppError::Forbidden`].
pub fn preview(caller: &Caller, (message, locale): (Message, Locale), draft: &Draft) -> Result<Preview, AppError> {
    caller.need(Permission::TemplatesEdit)?;
    let spec = message.spec();
    let (subject, body) = tidy(message, draft);
    let source = Source {
        subject: &subject,
        body: &body,
    };
    let flaws = spec.check(source).err().unwrap_or_default();
    // What only misses something can be looked at all the same.
    let filled = spec.fill(source, &spec.samples()).ok();
    let text = filled.as_ref().map(|filled| filled.body.as_str());
    Ok(Preview {
        html: text
            .filter(|_| spec.channel == Channel::Mail)
            .map(|text| html(text, locale)),
        sms: text.filter(|_| spec.channel == Channel::Sms).map(segments::count),
        filled,
        flaws,
    })
}

/// The mark of a trial.
pub(crate) const fn mark(locale: Locale) -> &'static str {
    match locale {
        Locale::Fr | Locale::En => "[Test]",
        Locale::Ar => "[تجربة]",
    }
}

/// Sends words with examples to the caller's own address or phone. Returns where they go.
///
/// # Errors
/// [`AppError::Invalid`] with every flaw; [`AppError::TooMany`]; [`AppError::Refused`] `sms_off`, `no_own_phone`, `sms_cap` or
/// `sms_no_price`.
pub async fn test(
    app: &App,
    caller: &Caller,
    (message, locale): (Message, Locale),
    draft: &Draft,
) -> Result<String, AppError> {
    caller.need(Permission::TemplatesEdit)?;
    let (subject, body) = checked(message, draft)?;
    let spec = message.spec();
    let phone = match spec.channel {
        Channel::Mail => None,
        Channel::Sms => Some(own_phone(app, caller).await?),
    };
    let counter = Counter {
        account: format!("template_test:{}", caller.user_id),
        source: "*".to_owned(),
        free: FREE,
    };
    throttle::count(app, &[counter]).await?;
    let mut tx = app.begin().await?;
    let to = match &phone {
        None => {
            let mail = SendAccountMail::Trial {
                user_id: caller.user_id,
                message,
                locale,
                subject,
                body,
            };
            tx.enqueue(&[NewJob::of(&mail)]).await?;
            user::by_id(tx.conn()?, caller.user_id).await?.email
        }
        Some(phone) => {
            let source = Source {
                subject: "",
                body: &body,
            };
            let filled = spec
                .fill(source, &spec.samples())
                .map_err(|_| AppError::Internal("words that were checked cannot be filled in".to_owned()))?;
            let sms = NewSms {
                user_id: Some(caller.user_id),
                phone,
                purpose: "trial",
                body: &format!("{} {}", mark(locale), filled.body),
                network: "",
                not_before: None,
                expires_at: app.now() + SMS_LIFE,
            };
            if let Err(refused) = sms::queue(app, &mut tx, &sms).await?.going() {
                // It stands among the others as one that failed, and whoever watches over the cap hears of it.
                tx.commit().await?;
                return Err(refused);
            }
            domain::sms::masked(phone)
        }
    };
    let entry = audit::Entry {
        action: "message_template.test",
        subject_type: "message_template",
        subject_id: None,
        data: json!({ "key": message.as_str(), "locale": locale.as_str(), "channel": spec.channel.as_str() }),
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    tx.commit().await?;
    Ok(to)
}

/// The caller's own confirmed number.
pub(crate) async fn own_phone(app: &App, caller: &Caller) -> Result<String, AppError> {
    if app.sms.provider.is_none() {
        return Err(AppError::refused("sms_off", "Text messages are not set up here."));
    }
    match code::phone(&mut *app.conn().await?, caller.user_id).await? {
        Some(phone) => Ok(phone.phone),
        None => Err(AppError::refused(
            "no_own_phone",
            "You have no confirmed phone: add one to your account's second factors first.",
        )),
    }
}
