//! Trying an added template out: with examples on the screen, and as a real mail or text message to oneself.

use chrono::TimeDelta;
use domain::{
    locale::Locale,
    message::{
        Channel, Filled,
        custom::{Purpose, Words},
        html,
    },
    permission::Permission,
    sms::segments,
};
use jobs::{NewJob, SendAccountMail};
use serde_json::json;
use store::{audit, login::Counter, user};

use crate::{
    App, AppError, Caller,
    account::throttle,
    message_template::{Preview, mark, own_phone},
    sms::{self, NewSms},
};

/// Trials that one may send before each has to wait for a while.
const FREE: i32 = 10;
/// How long the trial of a text message is worth delivering.
const SMS_LIFE: TimeDelta = TimeDelta::hours(1);

/// What words would say with examples, without keeping them.
///
/// # Errors
/// [`AppError::Forbidden`].
pub fn preview(
    caller: &Caller,
    (purpose, channel): (Purpose, Channel),
    locale: Locale,
    words: &Words,
) -> Result<Preview, AppError> {
    caller.need(Permission::TemplatesEdit)?;
    let flaws = purpose.check(channel, words).err().unwrap_or_default();
    let filled = purpose.fill(channel, words, &purpose.samples()).ok();
    let text = filled.as_ref().map(|filled| filled.body.as_str());
    Ok(Preview {
        html: text.filter(|_| channel == Channel::Mail).map(|text| html(text, locale)),
        sms: text.filter(|_| channel == Channel::Sms).map(segments::count),
        filled,
        flaws,
    })
}

/// Sends words with examples to the caller's own address or phone. Returns where they go.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::TooMany`]; [`AppError::Refused`] `sms_off`, `no_own_phone`, `sms_cap` or `sms_no_price`.
pub async fn test(
    app: &App,
    caller: &Caller,
    (purpose, channel): (Purpose, Channel),
    locale: Locale,
    words: &Words,
) -> Result<String, AppError> {
    caller.need(Permission::TemplatesEdit)?;
    if let Err(flaws) = purpose.check(channel, words) {
        let errors = flaws
            .iter()
            .map(|(part, flaw)| super::wrong(&super::pointer(locale, *part), flaw));
        return Err(AppError::Invalid(errors.collect()));
    }
    let filled = purpose
        .fill(channel, words, &purpose.samples())
        .map_err(|_| AppError::Internal("words that were checked cannot be filled in".to_owned()))?;
    let phone = match channel {
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
            let Filled { subject, body } = filled;
            let mail = SendAccountMail::Written {
                user_id: caller.user_id,
                locale,
                subject: format!("{} {subject}", mark(locale)).trim().to_owned(),
                body,
            };
            tx.enqueue(&[NewJob::of(&mail)]).await?;
            user::by_id(tx.conn()?, caller.user_id).await?.email
        }
        Some(phone) => {
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
        action: "custom_template.test",
        subject_type: "custom_template",
        subject_id: None,
        data: json!({ "category": purpose.as_str(), "locale": locale.as_str(), "channel": channel.as_str() }),
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    tx.commit().await?;
    Ok(to)
}
