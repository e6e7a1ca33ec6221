//! Links in notices that switch exactly them off. A link is signed and names a person and a topic; whoever has the mail may use it,
//! and it opens nothing else.

use aws_lc_rs::{constant_time, hmac};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    locale::Locale,
    notification::{Channel, Delivery, Topic},
    words::WordSet,
};
use serde_json::json;
use store::{
    audit::{self, Actor, Entry},
    notification::settings,
    user,
};
use uuid::Uuid;

use super::of_people;
use crate::{App, AppError};

const KEY: &str = "unsubscribe";

/// The addresses of a link.
pub(super) struct Addresses {
    /// The page for people.
    pub(super) page: String,
    /// Where a mail program posts (RFC 8058).
    pub(super) one_click: String,
}

/// What a link is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What is told.
    pub topic: Topic,
    /// To whom, in part: whoever forwarded the mail need not have told it.
    pub address: String,
    /// Mails of this kind are sent, now or in digests.
    pub on: bool,
}

fn signature(key: &[u8; 32], user: Uuid, topic: Topic) -> hmac::Tag {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, format!("{}.{}", user.simple(), topic.as_str()).as_bytes())
}

pub(super) fn url(app: &App, user: Uuid, topic: Topic) -> Result<Addresses, AppError> {
    let mac = signature(&app.keys.derive(KEY)?, user, topic);
    let token = format!("{}.{}.{}", user.simple(), topic.as_str(), URL_SAFE_NO_PAD.encode(mac));
    let home = &app.identity.public_url;
    Ok(Addresses {
        page: format!("{home}/unsubscribe#token={token}"),
        one_click: format!("{home}/api/v1/unsubscribe/{token}"),
    })
}

fn opened(app: &App, token: &str) -> Result<(Uuid, Topic), AppError> {
    let mut parts = token.split('.');
    let (Some(user), Some(topic), Some(mac), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(AppError::NotFound);
    };
    let user: Uuid = user.parse().map_err(|_| AppError::NotFound)?;
    let topic = Topic::parse(topic).ok_or(AppError::NotFound)?;
    let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| AppError::NotFound)?;
    let keys = app.keys.derive_all(KEY)?;
    let right = |key| constant_time::verify_slices_are_equal(signature(key, user, topic).as_ref(), &mac).is_ok();
    if keys.iter().any(right) {
        Ok((user, topic))
    } else {
        Err(AppError::NotFound)
    }
}

/// What a link is about.
///
/// # Errors
/// [`AppError::NotFound`] when it is none of ours, or its account is gone.
pub async fn link(app: &App, token: &str) -> Result<Link, AppError> {
    let (id, topic) = opened(app, token)?;
    let mut conn = app.conn().await?;
    let person = user::by_id(&mut conn, id).await?;
    let preferences = of_people(&mut conn, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Link {
        topic,
        address: hidden(&person.email),
        on: preferences.of(topic, Channel::Mail) != Delivery::Off,
    })
}

fn hidden(address: &str) -> String {
    match address.split_once('@') {
        Some((local, domain)) => format!("{}•••@{domain}", local.chars().take(1).collect::<String>()),
        None => "•••".to_owned(),
    }
}

/// Switches mails about the link's topic off, and nothing else. Twice is once.
///
/// # Errors
/// [`AppError::NotFound`] when it is none of ours.
pub async fn switch_off(app: &App, token: &str) -> Result<Link, AppError> {
    let (id, topic) = opened(app, token)?;
    if !topic.choices(Channel::Mail).contains(&Delivery::Off) {
        return Err(AppError::NotFound);
    }
    let mut tx = app.begin().await?;
    let person = user::by_id(tx.conn()?, id).await?;
    let off = (topic.as_str(), Channel::Mail.as_str(), Delivery::Off.as_str());
    if settings::choose_one(tx.conn()?, id, off).await? {
        let actor = Actor {
            kind: "user",
            user_id: Some(id),
            name: person.name,
            ..Actor::default()
        };
        let entry = Entry {
            action: "user.notifications_unsubscribed",
            subject_type: "user",
            subject_id: Some(id),
            data: json!({ "topic": topic.as_str() }),
        };
        let now = app.now();
        audit::append(tx.conn()?, &actor, now, entry).await?;
        let preferences = of_people(tx.conn()?, &[id]).await?.remove(&id).unwrap_or_default();
        settings::touch(tx.conn()?, &super::settings::row(id, &preferences, now), now).await?;
        super::tell::changed(&mut tx, id).await?;
        tx.commit().await?;
    }
    link(app, token).await
}

/// What stands under a notice.
pub(super) fn footer(app: &App, locale: Locale, page: Option<&str>) -> String {
    let settings = format!("{}/account/notifications", app.identity.public_url);
    let (choose, off) = match locale {
        Locale::Fr => ("Choisir vos notifications :", "Ne plus recevoir ces e-mails :"),
        Locale::En => ("Choose your notifications:", "Get no more of these mails:"),
        Locale::Ar => ("اختر إشعاراتك:", "إيقاف هذه الرسائل:"),
    };
    let mut text = format!("--\n{choose} {settings}\n");
    if let Some(page) = page {
        text.push_str(&format!("{off} {page}\n"));
    }
    text
}
