//! One piece of news to several people: to each as he chose. All of it is written in the transaction of what is told.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    locale::Locale,
    mail::words::DeliveryState,
    message::{Filled, Message, Values},
    notification::{Channel, Course, Preferences, Topic},
};
use jobs::{NewJob, SendMail};
use store::{
    event::{self, NewEvent},
    notification::{
        inbox::{self, NewNotification},
        settings::{self, Brake},
    },
    outgoing::{self, Outgoing},
    user::User,
};
use uuid::Uuid;

use super::{audience::Whom, of_people, settings::of_people_within, unsubscribe};
use crate::{
    App, AppError, Tx,
    custom_template::Own,
    message_template::{self, Words},
    sms::{self, NewSms},
};

/// Most notices mailed to one address in ten minutes: a long silence or a rule gone wild must not end in a flood of mail. What is left
/// out is in the centre.
const NOTICES: i64 = 20;
const NOTICES_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// Most notices by text message to one person: each costs money.
fn text_brakes(now: DateTime<Utc>) -> [Brake; 2] {
    let brake = |within, most| Brake {
        since: now - within,
        most,
    };
    [brake(TimeDelta::minutes(10), 5), brake(TimeDelta::days(1), 30)]
}

/// How long a text message is worth delivering.
const SMS_LIFE: TimeDelta = TimeDelta::hours(12);

/// What is told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct News<'a> {
    /// What about.
    pub(crate) topic: Topic,
    /// Its words.
    pub(crate) message: Message,
    /// What caused it; nobody is told of it twice.
    pub(crate) key: &'a str,
    /// Page of the web application that shows it.
    pub(crate) path: &'a str,
    /// Mailbox its mails are sent for; without one there are none.
    pub(crate) from: Option<Uuid>,
}

/// Who learnt something by it.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// So many, on some channel.
    pub(crate) people: usize,
    /// These in the web application.
    pub(crate) in_app: Vec<Uuid>,
}

/// Tells those whom the trigger of the topic chose; whoever was told of the same event before learns nothing. Whether an address may get
/// mail is asked when it is sent.
pub(crate) async fn tell(
    app: &App,
    tx: &mut Tx,
    news: &News<'_>,
    whom: Whom,
    values: impl Fn(Locale) -> Values,
) -> Result<Told, AppError> {
    tell_in(app, tx, news, whom, &Own::default(), values).await
}

/// As [`tell`], in words of its own where it has some.
pub(crate) async fn tell_in(
    app: &App,
    tx: &mut Tx,
    news: &News<'_>,
    whom: Whom,
    own: &Own,
    values: impl Fn(Locale) -> Values,
) -> Result<Told, AppError> {
    let Whom { people, trial, set, .. } = whom;
    if people.is_empty() {
        return Ok(Told::default());
    }
    let now = app.now();
    let ids: Vec<Uuid> = people.iter().map(|person| person.id).collect();
    let addresses: Vec<&str> = people.iter().map(|person| person.email.as_str()).collect();
    let mut chosen = match set {
        Some(set) => of_people_within(tx.conn()?, &ids, &set).await?,
        None => of_people(tx.conn()?, &ids).await?,
    };
    let phones = match app.sms.provider {
        Some(_) => settings::unflooded_phones(tx.conn()?, &ids, &text_brakes(now)).await?,
        None => Vec::new(),
    };
    let words = Words::of(tx.conn()?, news.message).await?;
    let flooded = outgoing::flooded(tx.conn()?, &addresses, now - NOTICES_WITHIN, NOTICES).await?;
    let mut told = Told::default();
    for person in &people {
        let preferences = chosen.remove(&person.id).unwrap_or_default();
        let phone = phones
            .iter()
            .find(|phone| phone.user_id == person.id)
            .map(|phone| phone.phone.as_str());
        let one = One {
            app,
            news,
            words: &words,
            own,
            person,
            preferences: &preferences,
            trial,
            mailed: news.from.filter(|_| !flooded.contains(&person.email)),
            phone,
            now,
        };
        let locale = Locale::from_tag(&person.locale).unwrap_or_default();
        if one.tell(tx, locale, &values(locale)).await? {
            told.people += 1;
            if one.course(Channel::InApp) != Course::Silent {
                told.in_app.push(person.id);
            }
        }
    }
    Ok(told)
}

struct One<'a> {
    app: &'a App,
    news: &'a News<'a>,
    words: &'a Words,
    own: &'a Own,
    person: &'a User,
    preferences: &'a Preferences,
    trial: bool,
    mailed: Option<Uuid>,
    phone: Option<&'a str>,
    now: DateTime<Utc>,
}

impl One<'_> {
    fn course(&self, channel: Channel) -> Course {
        self.preferences.course(self.news.topic, channel, self.now)
    }

    async fn tell(&self, tx: &mut Tx, locale: Locale, values: &Values) -> Result<bool, AppError> {
        let (in_app, mail, sms) = (
            self.course(Channel::InApp) != Course::Silent,
            self.course(Channel::Mail),
            self.course(Channel::Sms),
        );
        // The answer to a ticket is mailed as itself.
        let mail = match mail {
            Course::At(at) if self.news.topic != Topic::TicketAnswered => self.mailed.map(|from| (from, at)),
            _ => None,
        };
        let sms = match sms {
            Course::At(at) => self.phone.map(|phone| (phone, at)),
            _ => None,
        };
        let in_digest = self.course(Channel::Mail) == Course::Digest;
        if !in_app && !in_digest && mail.is_none() && sms.is_none() {
            return Ok(false);
        }
        let mut filled = match self.own.mail(locale) {
            Some(filled) => filled,
            None => self.words.fill(self.app, tx.conn()?, locale, values).await?,
        };
        if self.trial {
            filled.subject = format!("{} {}", message_template::mark(locale), filled.subject);
        }
        let id = Uuid::now_v7();
        let row = NewNotification {
            id,
            user_id: self.person.id,
            topic: self.news.topic.as_str(),
            event_key: self.news.key,
            title: &filled.subject,
            path: self.news.path,
            in_app,
            in_digest,
        };
        if !inbox::insert(tx.conn()?, &row, self.now).await? {
            return Ok(false);
        }
        if in_app {
            changed(tx, self.person.id).await?;
        }
        if let Some((from, at)) = mail {
            self.mail(tx, locale, &filled, from, at).await?;
        }
        if let Some((phone, at)) = sms {
            self.sms(tx, locale, &filled, phone, at).await?;
        }
        Ok(true)
    }

    async fn mail(
        &self,
        tx: &mut Tx,
        locale: Locale,
        filled: &Filled,
        from: Uuid,
        at: DateTime<Utc>,
    ) -> Result<(), AppError> {
        // What everybody gets has no way out.
        let ends = self.preferences.may_end(self.news.topic);
        let link = ends
            .then(|| unsubscribe::url(self.app, self.person.id, self.news.topic))
            .transpose()?;
        let page = link.as_ref().map(|link| link.page.as_str());
        let body = format!("{}\n\n{}", filled.body, unsubscribe::footer(self.app, locale, page));
        let notice = Notice {
            event_key: self.news.key,
            from,
            subject: filled.subject.clone(),
            body,
            unsubscribe_url: link.map(|link| link.one_click),
        };
        write(self.app, tx, self.person, locale, notice, Some(at)).await
    }

    async fn sms(
        &self,
        tx: &mut Tx,
        locale: Locale,
        filled: &Filled,
        phone: &str,
        at: DateTime<Utc>,
    ) -> Result<(), AppError> {
        let values = Values::from([
            ("notice.line", filled.subject.clone()),
            (
                "notice.url",
                format!("{}{}", self.app.identity.public_url, self.news.path),
            ),
        ]);
        let text = match self.own.sms(locale) {
            Some(text) => text,
            None => {
                message_template::fill(self.app, tx.conn()?, Message::NoticeSms, locale, &values)
                    .await?
                    .body
            }
        };
        let sms = NewSms {
            user_id: Some(self.person.id),
            phone,
            purpose: "notification",
            body: &text,
            network: "",
            not_before: Some(at),
            expires_at: at + SMS_LIFE,
        };
        sms::queue(self.app, tx, &sms).await?;
        Ok(())
    }
}

/// A mail to somebody who looks after something: outside every conversation, so an answer to one is none to a customer.
pub(crate) struct Notice<'a> {
    pub(crate) event_key: &'a str,
    pub(crate) from: Uuid,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) unsubscribe_url: Option<String>,
}

/// Writes a notice with the job that sends it. The same event is told to an address once.
pub(crate) async fn write(
    app: &App,
    tx: &mut Tx,
    person: &User,
    locale: Locale,
    notice: Notice<'_>,
    at: Option<DateTime<Utc>>,
) -> Result<(), AppError> {
    let (id, now) = (Uuid::now_v7(), app.now());
    let row = Outgoing {
        id,
        kind: "notification".to_owned(),
        event_key: notice.event_key.to_owned(),
        recipient: person.email.clone(),
        recipient_name: person.name.clone(),
        ticket_id: None,
        message_id: None,
        mailbox_id: Some(notice.from),
        mail_message_id: format!("n.{}@{}", id.simple(), app.identity.mail_domain),
        in_reply_to: None,
        mail_references: Vec::new(),
        subject: notice.subject,
        body_text: notice.body,
        locale: locale.as_str().to_owned(),
        unsubscribe_url: notice.unsubscribe_url,
        hops: 1,
        state: DeliveryState::Queued.as_str().to_owned(),
        attempts: 0,
        maybe_duplicate: false,
        detail: None,
        created_at: now,
        state_at: now,
    };
    if outgoing::insert(tx.conn()?, &row).await? {
        let job = NewJob::of(&SendMail { outgoing_mail_id: id });
        // What need not wait goes by the database's clock, like every other job.
        let job = match at.filter(|at| *at > now) {
            Some(at) => job.run_at(at),
            None => job,
        };
        tx.enqueue(&[job]).await?;
    }
    Ok(())
}

/// Tells a person's browsers that his centre or his settings changed.
pub(super) async fn changed(tx: &mut Tx, user: Uuid) -> Result<(), AppError> {
    let news = NewEvent {
        kind: "notification.changed",
        subject_type: "user",
        subject_id: user,
        permission: None,
        user_id: Some(user),
        data: serde_json::json!({}),
    };
    Ok(event::append(tx.conn()?, news).await?)
}
