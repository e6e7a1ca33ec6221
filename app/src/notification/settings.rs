//! What a person chose about his notifications.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chrono::{DateTime, Utc, Weekday};
use chrono_tz::Tz;
use domain::{
    audit::changes,
    notification::{Channel, Delivery, Preferences, QuietHours, Rhythm, Topic, Triggers},
    words::WordSet,
};
use serde_json::{Value, json};
use store::{
    PgConn, StoreError,
    audit::{self, Entry},
    notification::settings::{self, Choice, Settings},
    user,
};
use uuid::Uuid;

use super::audience::triggers;
use crate::{App, AppError, Caller, FieldError, Tx};

/// What a person sees of his notifications.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What he chose.
    pub preferences: Preferences,
    /// When his next digest is due, if something waits for digests.
    pub next_digest_at: Option<DateTime<Utc>>,
    /// Text messages can be sent, and he has a verified number.
    pub sms: bool,
    /// What can concern him.
    pub topics: Vec<Topic>,
    /// Counts changes; 0 before the first.
    pub version: i32,
}

/// Settings as entered.
#[derive(Debug, Clone)]
pub struct Draft {
    /// IANA name.
    pub zone: String,
    /// Minutes of the day at which the quiet begins and ends.
    pub quiet: Option<(u16, u16)>,
    /// Day of digests, from Monday; every day without one.
    pub digest_weekday: Option<u8>,
    /// Hour of digests.
    pub digest_hour: u8,
    /// Choices.
    pub choices: Vec<(Topic, Channel, Delivery)>,
}

fn corrupt(what: &str) -> AppError {
    StoreError::Corrupt(format!("notification settings: {what}")).into()
}

/// What was chosen, as the rules know it, within what was set for everybody. A topic of another release is left out.
fn preferences(row: Option<&Settings>, chosen: &[Choice], set: &Arc<Triggers>) -> Result<Preferences, AppError> {
    let mut all = Preferences {
        triggers: Arc::clone(set),
        ..Preferences::default()
    };
    if let Some(row) = row {
        all.zone = row.zone.parse().map_err(|_| corrupt(&row.zone))?;
        let minute = |minute: i16| u16::try_from(minute).map_err(|_| corrupt("minute"));
        if let (Some(from), Some(to)) = (row.quiet_from, row.quiet_to) {
            all.quiet = Some(QuietHours::new(minute(from)?, minute(to)?).map_err(|error| corrupt(&error.to_string()))?);
        }
        all.rhythm = Rhythm {
            weekday: row
                .digest_weekday
                .map(|day| u8::try_from(day).ok().and_then(|day| Weekday::try_from(day).ok()))
                .map(|day| day.ok_or_else(|| corrupt("day")))
                .transpose()?,
            hour: u8::try_from(row.digest_hour).map_err(|_| corrupt("hour"))?,
        };
    }
    for choice in chosen {
        if let (Some(topic), Some(channel), Some(delivery)) = (
            Topic::parse(&choice.topic),
            Channel::parse(&choice.channel),
            Delivery::parse(&choice.delivery),
        ) {
            all.chosen.insert((topic, channel), delivery);
        }
    }
    Ok(all)
}

/// What these people chose.
pub(crate) async fn of_people(conn: &mut PgConn, users: &[Uuid]) -> Result<HashMap<Uuid, Preferences>, AppError> {
    let set = triggers(conn).await?;
    of_people_within(conn, users, &set).await
}

/// The same, within triggers that were read already.
pub(super) async fn of_people_within(
    conn: &mut PgConn,
    users: &[Uuid],
    set: &Arc<Triggers>,
) -> Result<HashMap<Uuid, Preferences>, AppError> {
    let rows = settings::of(conn, users).await?;
    let choices = settings::choices(conn, users).await?;
    let mut all = HashMap::with_capacity(users.len());
    for user in users {
        let row = rows.iter().find(|row| row.user_id == *user);
        let chosen: Vec<Choice> = choices
            .iter()
            .filter(|choice| choice.user_id == *user)
            .cloned()
            .collect();
        all.insert(*user, preferences(row, &chosen, set)?);
    }
    Ok(all)
}

/// Whether whoever has this address wants no mail about a topic, or nobody is to get any.
pub(crate) async fn silenced(tx: &mut Tx, address: &str, topic: Topic) -> Result<bool, AppError> {
    let set = triggers(tx.conn()?).await?;
    let Some(person) = user::by_email(tx.conn()?, address).await? else {
        return Ok(set.usual(topic, Channel::Mail) == Delivery::Off);
    };
    let chosen = settings::choices(tx.conn()?, &[person.id]).await?;
    Ok(preferences(None, &chosen, &set)?.of(topic, Channel::Mail) == Delivery::Off)
}

/// A topic can concern him: of staff some look after what others do not.
fn concerns(caller: &Caller, topic: Topic) -> bool {
    let works = topic.needs().is_none_or(|needed| caller.may(needed));
    let keeps = topic.keepers().is_some_and(|needed| caller.may(needed));
    topic.concerns(caller.is_staff()) && (works || keeps)
}

/// One's own settings.
///
/// # Errors
/// When the database is away.
pub async fn get(app: &App, caller: &Caller) -> Result<Shown, AppError> {
    let mut conn = app.conn().await?;
    let rows = settings::of(&mut conn, &[caller.user_id]).await?;
    let choices = settings::choices(&mut conn, &[caller.user_id]).await?;
    let phone = !settings::phones(&mut conn, &[caller.user_id]).await?.is_empty();
    let set = triggers(&mut conn).await?;
    let preferences = preferences(rows.first(), &choices, &set)?;
    let topics: Vec<Topic> = Topic::ALL
        .iter()
        .copied()
        .filter(|topic| concerns(caller, *topic))
        // What is switched off for everybody is nothing to choose about.
        .filter(|topic| {
            Channel::ALL
                .iter()
                .any(|channel| !set.choices(*topic, *channel).is_empty())
        })
        .collect();
    let waits = topics
        .iter()
        .any(|topic| preferences.is_ever(*topic, Channel::Mail, Delivery::Digest));
    Ok(Shown {
        next_digest_at: rows.first().map(|row| row.next_digest_at).filter(|_| waits),
        preferences,
        sms: phone && app.sms.provider.is_some(),
        topics,
        version: rows.first().map_or(0, |row| row.version),
    })
}

fn checked(caller: &Caller, draft: &Draft, set: Arc<Triggers>) -> Result<Preferences, AppError> {
    let mut wrong = Vec::new();
    let mut wanted = Preferences {
        triggers: Arc::clone(&set),
        ..Preferences::default()
    };
    match draft.zone.parse::<Tz>() {
        Ok(zone) => wanted.zone = zone,
        Err(_) => wrong.push(FieldError::new("/zone", "unknown_zone", "there is no such time zone")),
    }
    match draft.quiet.map(|(from, to)| QuietHours::new(from, to)).transpose() {
        Ok(quiet) => wanted.quiet = quiet,
        Err(error) => wrong.push(FieldError::new("/quiet", "bad_quiet_hours", error.to_string())),
    }
    let weekday = draft.digest_weekday.map(Weekday::try_from).transpose();
    match weekday {
        Ok(weekday) if draft.digest_hour < 24 => {
            wanted.rhythm = Rhythm {
                weekday,
                hour: draft.digest_hour,
            };
        }
        _ => wrong.push(FieldError::new(
            "/digest_hour",
            "bad_digest_time",
            "an hour from 0 to 23, a day from 0 to 6",
        )),
    }
    for (n, (topic, channel, delivery)) in draft.choices.iter().enumerate() {
        if concerns(caller, *topic) && set.choices(*topic, *channel).contains(delivery) {
            wanted.chosen.insert((*topic, *channel), *delivery);
        } else {
            let text = "this may not be chosen for this topic and channel";
            wrong.push(FieldError::new(&format!("/choices/{n}"), "not_a_choice", text));
        }
    }
    wanted
        .chosen
        .retain(|(topic, channel), delivery| !set.is_usual(*topic, *channel, *delivery));
    if wrong.is_empty() {
        Ok(wanted)
    } else {
        Err(AppError::Invalid(wrong))
    }
}

fn facts(p: &Preferences) -> Value {
    let choices: BTreeMap<String, &str> = p
        .chosen
        .iter()
        .map(|((topic, channel), delivery)| (format!("{}.{}", topic.as_str(), channel.as_str()), delivery.as_str()))
        .collect();
    json!({ "zone": p.zone.name(), "quiet_hours": p.quiet.map(|quiet| json!([quiet.from(), quiet.to()])),
            "digest_weekday": p.rhythm.weekday.map(|day| day.num_days_from_monday()), "digest_hour": p.rhythm.hour,
            "choices": choices })
}

/// How a person's preferences are kept, apart from what he chose for each topic.
pub(super) fn row(user_id: Uuid, p: &Preferences, now: DateTime<Utc>) -> Settings {
    let minute = |minute: u16| i16::try_from(minute).unwrap_or_default();
    let weekday = |day: Weekday| i16::try_from(day.num_days_from_monday()).unwrap_or_default();
    Settings {
        user_id,
        zone: p.zone.name().to_owned(),
        quiet_from: p.quiet.map(|quiet| minute(quiet.from())),
        quiet_to: p.quiet.map(|quiet| minute(quiet.to())),
        digest_hour: i16::from(p.rhythm.hour),
        digest_weekday: p.rhythm.weekday.map(weekday),
        next_digest_at: p.next_digest(now),
        version: 0,
    }
}

/// Changes one's own settings. What already waits for a digest comes with the next one.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`] when they changed meanwhile.
pub async fn change(app: &App, caller: &Caller, version: i32, draft: &Draft) -> Result<Shown, AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let wanted = checked(caller, draft, triggers(tx.conn()?).await?)?;
    let before = of_people(tx.conn()?, &[caller.user_id])
        .await?
        .remove(&caller.user_id)
        .unwrap_or_default();
    let row = Settings {
        version,
        ..row(caller.user_id, &wanted, now)
    };
    if !settings::put(tx.conn()?, &row, now).await? {
        return Err(AppError::Stale);
    }
    let chosen: Vec<(&str, &str, &str)> = wanted
        .chosen
        .iter()
        .map(|((topic, channel), delivery)| (topic.as_str(), channel.as_str(), delivery.as_str()))
        .collect();
    settings::choose(tx.conn()?, caller.user_id, &chosen).await?;
    let entry = Entry {
        action: "user.notifications_changed",
        subject_type: "user",
        subject_id: Some(caller.user_id),
        data: changes(&facts(&before), &facts(&wanted)),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    super::tell::changed(&mut tx, caller.user_id).await?;
    tx.commit().await?;
    get(app, caller).await
}
