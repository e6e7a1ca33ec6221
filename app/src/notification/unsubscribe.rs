//! Links in notices that switch exactly them off. A link is signed and names a person and a topic; whoever has the mail may use it,
//! and it opens nothing else.

use aws_lc_rs::{constant_time, hmac};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    locale::Locale,
    notification::{Channel, Delivery, Preferences, Topic},
    words::WordSet,
};
use serde_json::json;
use store::{
    audit::{self, Actor, Entry},
    notification::settings,
    user::{self, User},
};
use uuid::Uuid;

use super::{of_people, surveys};
use crate::{App, AppError, Tx, mail::tokens, ticket::scheduled};

const KEY: &str = "unsubscribe";
/// What a link says in place of a topic when it is about digests, which have many.
const DIGESTS: &str = "digest";
/// What it begins with when it is about a scheduled export; its id follows.
const EXPORT: &str = "export-";

/// The addresses of a link.
pub(super) struct Addresses {
    /// The page for people.
    pub(super) page: String,
    /// Where a mail program posts (RFC 8058).
    pub(super) one_click: String,
}

impl Addresses {
    pub(super) fn of(app: &App, token: &str) -> Self {
        let home = &app.identity.public_url;
        Self {
            page: format!("{home}/unsubscribe#token={token}"),
            one_click: format!("{home}/api/v1/unsubscribe/{token}"),
        }
    }
}

/// What the mails are that a link ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Topic(Topic),
    Digests,
    Export(Uuid),
}

/// What a link is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What is told; none of a digest, which tells of many things, and of a scheduled export.
    pub topic: Option<Topic>,
    /// What the scheduled export is called that is mailed.
    pub export: Option<String>,
    /// To whom, in part: whoever forwarded the mail need not have told it.
    pub address: String,
    /// Mails of this kind are sent, now or in digests.
    pub on: bool,
}

fn signature(key: &[u8; 32], user: Uuid, about: &str) -> hmac::Tag {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, format!("{}.{about}", user.simple()).as_bytes())
}

fn signed(app: &App, user: Uuid, about: &str) -> Result<Addresses, AppError> {
    let mac = signature(&app.keys.derive(KEY)?, user, about);
    let token = format!("{}.{about}.{}", user.simple(), URL_SAFE_NO_PAD.encode(mac));
    Ok(Addresses::of(app, &token))
}

pub(super) fn url(app: &App, user: Uuid, topic: Topic) -> Result<Addresses, AppError> {
    signed(app, user, topic.as_str())
}

/// Of somebody's digests.
pub(super) fn of_digests(app: &App, user: Uuid) -> Result<Addresses, AppError> {
    signed(app, user, DIGESTS)
}

/// Of the mails of a scheduled export, for one of those who get it.
pub(crate) fn of_export(app: &App, user: Uuid, export: Uuid) -> Result<(String, String), AppError> {
    let link = signed(app, user, &format!("{EXPORT}{}", export.simple()))?;
    Ok((link.page, link.one_click))
}

fn opened(app: &App, token: &str) -> Result<(Uuid, About), AppError> {
    let mut parts = token.split('.');
    let (Some(user), Some(about), Some(mac), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(AppError::NotFound);
    };
    let user: Uuid = user.parse().map_err(|_| AppError::NotFound)?;
    let meant = match (about, about.strip_prefix(EXPORT)) {
        (DIGESTS, _) => About::Digests,
        (_, Some(id)) => About::Export(id.parse().map_err(|_| AppError::NotFound)?),
        (topic, None) => About::Topic(Topic::parse(topic).ok_or(AppError::NotFound)?),
    };
    let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| AppError::NotFound)?;
    let keys = app.keys.derive_all(KEY)?;
    let right = |key| constant_time::verify_slices_are_equal(signature(key, user, about).as_ref(), &mac).is_ok();
    if keys.iter().any(right) {
        Ok((user, meant))
    } else {
        Err(AppError::NotFound)
    }
}

/// What is told in somebody's digests.
fn digested(preferences: &Preferences) -> Vec<Topic> {
    let all = Topic::ALL.iter().copied();
    all.filter(|topic| preferences.is_ever(*topic, Channel::Mail, Delivery::Digest))
        .collect()
}

/// What a link is about.
///
/// # Errors
/// [`AppError::NotFound`] when it is none of ours, or its account is gone.
pub async fn link(app: &App, token: &str) -> Result<Link, AppError> {
    if let Some(survey) = tokens(app)?.read_survey_off(token) {
        return surveys::link(app, survey).await;
    }
    let (id, about) = opened(app, token)?;
    let mut conn = app.conn().await?;
    let person = user::by_id(&mut conn, id).await?;
    let address = hidden(&person.email);
    if let About::Export(export) = about {
        let (name, on) = scheduled::mailed(&mut conn, export, id).await?;
        return Ok(Link {
            topic: None,
            export: Some(name),
            address,
            on,
        });
    }
    let preferences = of_people(&mut conn, &[id]).await?.remove(&id).unwrap_or_default();
    let (topic, on) = match about {
        About::Topic(topic) => (Some(topic), !preferences.is_never(topic, Channel::Mail)),
        About::Digests | About::Export(_) => (None, !digested(&preferences).is_empty()),
    };
    Ok(Link {
        topic,
        export: None,
        address,
        on,
    })
}

pub(super) fn hidden(address: &str) -> String {
    match address.split_once('@') {
        Some((local, domain)) => format!("{}•••@{domain}", local.chars().take(1).collect::<String>()),
        None => "•••".to_owned(),
    }
}

/// Switches mails about the link's topic off, or those of its export, and nothing else. Twice is once.
///
/// # Errors
/// [`AppError::NotFound`] when it is none of ours.
pub async fn switch_off(app: &App, token: &str) -> Result<Link, AppError> {
    if let Some(survey) = tokens(app)?.read_survey_off(token) {
        return surveys::switch_off(app, survey).await;
    }
    let (id, about) = opened(app, token)?;
    let mut tx = app.begin().await?;
    let person = user::by_id(tx.conn()?, id).await?;
    let preferences = of_people(tx.conn()?, &[id]).await?.remove(&id).unwrap_or_default();
    let topics = match about {
        About::Topic(topic) if preferences.may_end(topic) => vec![topic],
        // What was switched off for everybody is.
        About::Topic(topic) if preferences.is_never(topic, Channel::Mail) => Vec::new(),
        About::Topic(_) => return Err(AppError::NotFound),
        About::Export(export) => {
            scheduled::leave(&mut tx, export, &person, app.now()).await?;
            Vec::new()
        }
        About::Digests => digested(&preferences),
    };
    off(app, &mut tx, &person, &topics).await?;
    tx.commit().await?;
    link(app, token).await
}

/// Switches mails about these topics off for a person; what was off stays so.
pub(super) async fn off(app: &App, tx: &mut Tx, person: &User, topics: &[Topic]) -> Result<(), AppError> {
    let (id, now) = (person.id, app.now());
    let actor = Actor {
        kind: "user",
        user_id: Some(id),
        name: person.name.clone(),
        ..Actor::default()
    };
    let mut changed = false;
    for topic in topics {
        let choice = (topic.as_str(), Channel::Mail.as_str(), Delivery::Off.as_str());
        if !settings::choose_one(tx.conn()?, id, choice).await? {
            continue;
        }
        changed = true;
        let entry = Entry {
            action: "user.notifications_unsubscribed",
            subject_type: "user",
            subject_id: Some(id),
            data: json!({ "topic": topic.as_str() }),
        };
        audit::append(tx.conn()?, &actor, now, entry).await?;
    }
    if changed {
        let preferences = of_people(tx.conn()?, &[id]).await?.remove(&id).unwrap_or_default();
        settings::touch(tx.conn()?, &super::settings::row(id, &preferences, now), now).await?;
        super::tell::changed(tx, id).await?;
    }
    Ok(())
}

/// What stands under a notice.
pub(super) fn footer(app: &App, locale: Locale, page: Option<&str>) -> String {
    let settings = format!("{}/account/notifications", app.identity.public_url);
    let choose = match locale {
        Locale::Fr => "Choisir vos notifications :",
        Locale::En => "Choose your notifications:",
        Locale::Ar => "اختر إشعاراتك:",
    };
    let mut text = format!("--\n{choose} {settings}\n");
    if let Some(page) = page {
        text.push_str(&way_out(locale, page));
    }
    text
}

/// The line with the page that switches mails off.
pub(crate) fn way_out(locale: Locale, page: &str) -> String {
    let off = match locale {
        Locale::Fr => "Ne plus recevoir ces e-mails :",
        Locale::En => "Get no more of these mails:",
        Locale::Ar => "إيقاف هذه الرسائل:",
    };
    format!("{off} {page}\n")
}
