//! Triggers as an installation sets them: whom each kind of event tells, over which channels, and whether that is everybody's own choice.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use domain::{
    audit::changes,
    canned::line,
    notification::{Channel, Delivery, Occasion, Party, Topic, Trigger, Way},
    permission::Permission,
    words::WordSet,
};
use serde_json::{Value, json};
use store::{
    audit::{self, Entry},
    login::Counter,
    mailbox,
    notification::{
        group::{self, NotificationGroup},
        settings,
        trigger::{self as rows, Named, NewTrigger, StoredTrigger, TicketPeople, TriggerVersion},
    },
    role::{self, Role},
    user,
};
use uuid::Uuid;

use super::{
    audience::{Concerned, Whom, chosen, triggers},
    of_people,
    tell::{News, tell},
};
use crate::{App, AppError, Caller, Tx, account::throttle, mail::sender, named::anew};

/// Longest note on a version, in characters.
const NOTE_MAX: usize = 200;
/// Most names of events that have a trigger of their own.
const NAMES_MAX: usize = 200;
/// Trials that one may send before each has to wait for a while.
const FREE: i32 = 10;

/// A trigger as entered.
#[derive(Debug, Clone)]
pub struct Draft {
    /// It tells at all.
    pub on: bool,
    /// Whom.
    pub parties: Vec<Party>,
    /// Notification groups besides.
    pub groups: Vec<Uuid>,
    /// Holders of roles besides.
    pub roles: Vec<Uuid>,
    /// How; what is left out is as in the catalogue.
    pub ways: BTreeMap<Channel, Way>,
    /// Why.
    pub note: String,
}

/// A trigger as it is.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What its events are about.
    pub topic: Topic,
    /// Name of its events, where it is not for all of its topic.
    pub event: Option<String>,
    /// What follows from them.
    pub trigger: Trigger,
    /// What would follow if it were not set: that of the catalogue, or for events of one name that of their topic.
    pub usual: Trigger,
    /// It is not the usual one.
    pub changed: bool,
    /// Counts changes; 0 before the first.
    pub version: i32,
    /// When it changed last.
    pub updated_at: Option<DateTime<Utc>>,
    /// Name of who changed it.
    pub by: Option<String>,
}

/// What a trigger can name.
#[derive(Debug)]
pub struct Options {
    /// Notification groups.
    pub groups: Vec<NotificationGroup>,
    /// Roles.
    pub roles: Vec<Role>,
}

/// Somebody who would be told.
#[derive(Debug)]
pub struct Reader {
    /// Account.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// How each channel would tell him.
    pub ways: Vec<(Channel, Delivery)>,
}

/// Who would be told.
#[derive(Debug)]
pub struct Readers {
    /// They, each as he chose.
    pub people: Vec<Reader>,
    /// Whom the trigger means and who cannot be told, because they may not see it or are not in use.
    pub left_out: Vec<Named>,
    /// Whom the event itself names comes on top.
    pub names_others: bool,
}

fn shown(on: &Occasion, row: Option<StoredTrigger>, usual: Trigger) -> Shown {
    let (topic, event) = (on.topic(), on.event().map(str::to_owned));
    let Some(row) = row else {
        return Shown {
            topic,
            event,
            trigger: usual.clone(),
            usual,
            changed: false,
            version: 0,
            updated_at: None,
            by: None,
        };
    };
    // What another release wrote and this one cannot read is not in use either.
    let set = row.spec.and_then(|spec| serde_json::from_value::<Trigger>(spec).ok());
    Shown {
        topic,
        event,
        changed: set.is_some(),
        trigger: set.unwrap_or_else(|| usual.clone()),
        usual,
        version: row.version,
        updated_at: Some(row.updated_at),
        by: row.by,
    }
}

/// What follows from an occasion for which nothing is set.
async fn usual(tx: &mut Tx, on: &Occasion) -> Result<Trigger, AppError> {
    match on.event() {
        None => Ok(Trigger::usual_of(on.topic())),
        Some(_) => Ok(triggers(tx.conn()?).await?.of(on.topic())),
    }
}

/// The triggers of all topics, in the order of the catalogue, each with those that events of its own have by their name.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Shown>, AppError> {
    caller.need(Permission::NotificationsEdit)?;
    let mut all = rows::all(&mut *app.conn().await?).await?;
    let mut listed = Vec::with_capacity(all.len() + Topic::ALL.len());
    for topic in Topic::ALL {
        let at = all.iter().position(|row| row.topic == topic.as_str());
        let row = at.map(|at| all.remove(at));
        let general = shown(&Occasion::from(*topic), row, Trigger::usual_of(*topic));
        let usual = general.trigger.clone();
        listed.push(general);
        let named = all.iter().filter_map(|row| {
            let on = Occasion::parse(&row.topic).filter(|on| on.topic() == *topic && on.event().is_some())?;
            Some(shown(&on, Some(row.clone()), usual.clone()))
        });
        listed.extend(named);
    }
    Ok(listed)
}

/// What a trigger can name.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn options(app: &App, caller: &Caller) -> Result<Options, AppError> {
    caller.need(Permission::NotificationsEdit)?;
    let mut conn = app.conn().await?;
    Ok(Options {
        groups: group::all(&mut conn).await?,
        roles: role::all(&mut conn).await?,
    })
}

/// The versions of a trigger before `before`, the latest first.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn versions(
    app: &App,
    caller: &Caller,
    on: &Occasion,
    (before, limit): (Option<i32>, i64),
) -> Result<Vec<TriggerVersion>, AppError> {
    caller.need(Permission::NotificationsEdit)?;
    let mut conn = app.conn().await?;
    Ok(rows::versions(&mut conn, &on.key(), before, limit).await?)
}

fn drafted(topic: Topic, draft: &Draft) -> Result<Trigger, AppError> {
    let trigger = Trigger {
        on: draft.on,
        parties: draft.parties.iter().copied().collect(),
        groups: draft.groups.iter().copied().collect(),
        roles: draft.roles.iter().copied().collect(),
        ways: draft.ways.clone(),
    };
    trigger
        .check(topic)
        .map_err(|fault| AppError::invalid(fault.pointer(), fault.code(), fault))
}

/// What is named anew has to be there.
async fn known(tx: &mut Tx, trigger: &Trigger, before: &Trigger) -> Result<(), AppError> {
    let old: Vec<Uuid> = before.groups.iter().copied().collect();
    let new = anew(trigger.groups.iter().copied(), &old);
    if !new.is_empty() {
        super::group::known(tx, &new, "/notification_group_ids").await?;
    }
    let old: Vec<Uuid> = before.roles.iter().copied().collect();
    let new = anew(trigger.roles.iter().copied(), &old);
    if new.is_empty() {
        return Ok(());
    }
    let there = role::all(tx.conn()?).await?;
    if new.iter().all(|id| there.iter().any(|role| role.id == *id)) {
        return Ok(());
    }
    Err(AppError::invalid("/role_ids", "unknown_role", "there is no such role"))
}

fn facts(trigger: &Trigger) -> Value {
    let way = |way: &Way| json!({ "delivery": way.delivery, "mandatory": way.mandatory });
    let ways: BTreeMap<&str, Value> = trigger
        .ways
        .iter()
        .map(|(channel, each)| (channel.as_str(), way(each)))
        .collect();
    json!({ "on": trigger.on, "parties": trigger.parties, "notification_groups": trigger.groups, "roles": trigger.roles,
            "channels": ways })
}

/// What the trail says of a trigger, with which one it is.
fn named(on: &Occasion, mut data: Value) -> Value {
    if let Some(data) = data.as_object_mut() {
        data.insert("topic".to_owned(), json!(on.topic().as_str()));
        if let Some(name) = on.event() {
            data.insert("name".to_owned(), json!(name));
        }
    }
    data
}

/// There is room for one more name, unless this one is there.
async fn room(tx: &mut Tx, on: &Occasion) -> Result<(), AppError> {
    if on.event().is_none() {
        return Ok(());
    }
    let (all, key) = (rows::all(tx.conn()?).await?, on.key());
    // Those that were put back count no more.
    let names = all
        .iter()
        .filter(|row| row.topic.contains(':') && row.spec.is_some())
        .count();
    if names >= NAMES_MAX && !all.iter().any(|row| row.topic == key && row.spec.is_some()) {
        return Err(AppError::refused(
            "too_many",
            "200 names of events at most have triggers of their own",
        ));
    }
    Ok(())
}

/// Sets who is told of events of a topic, or of those of one name, and how.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`] when it changed meanwhile; [`AppError::Refused`] `too_many` names.
pub async fn change(app: &App, caller: &Caller, on: &Occasion, version: i32, draft: &Draft) -> Result<Shown, AppError> {
    may_set(app, caller, on.topic())?;
    let note = line(&draft.note, NOTE_MAX).map_err(|error| AppError::invalid("/note", error.code(), error))?;
    let trigger = drafted(on.topic(), draft)?;
    let mut tx = app.begin().await?;
    room(&mut tx, on).await?;
    let before = held(app, &mut tx, on).await?;
    known(&mut tx, &trigger, &before.trigger).await?;
    put(app, caller, tx, on, &before, version, (Some(&trigger), &note)).await
}

/// The one of an occasion, which stays as it is until the transaction ends.
async fn held(app: &App, tx: &mut Tx, on: &Occasion) -> Result<Shown, AppError> {
    let usual = usual(tx, on).await?;
    let row = rows::lock(tx.conn()?, &on.key(), app.now()).await?;
    Ok(shown(on, Some(row), usual))
}

/// Sets what the catalogue has again, or for events of one name what their topic has. That is a version as well.
///
/// # Errors
/// [`AppError::Refused`] `is_default` when it is so; [`AppError::Stale`].
pub async fn reset(app: &App, caller: &Caller, on: &Occasion, version: i32) -> Result<Shown, AppError> {
    may_set(app, caller, on.topic())?;
    let mut tx = app.begin().await?;
    let before = held(app, &mut tx, on).await?;
    if before.version != version {
        return Err(AppError::Stale);
    }
    if !before.changed {
        return Err(AppError::refused("is_default", "It is as it comes already."));
    }
    put(app, caller, tx, on, &before, version, (None, "")).await
}

/// What watches over the product is set by those who keep it: nobody else silences it. Alerts want a fresh proof as well.
fn may_set(app: &App, caller: &Caller, topic: Topic) -> Result<(), AppError> {
    caller.need(Permission::NotificationsEdit)?;
    if let Some(keeps) = topic.keepers() {
        caller.need(keeps)?;
    }
    if topic == Topic::SystemAlert {
        caller.fresh_factor(app.now())?;
    }
    Ok(())
}

async fn put(
    app: &App,
    caller: &Caller,
    mut tx: Tx,
    on: &Occasion,
    before: &Shown,
    version: i32,
    (trigger, note): (Option<&Trigger>, &str),
) -> Result<Shown, AppError> {
    let now = app.now();
    let spec = trigger
        .map(serde_json::to_value)
        .transpose()
        .map_err(|error| AppError::Internal(error.to_string()))?;
    let new = NewTrigger {
        spec: spec.as_ref(),
        note,
        by: caller.user_id,
    };
    rows::change(tx.conn()?, &on.key(), version, &new, now).await?;
    let data = changes(&facts(&before.trigger), &facts(trigger.unwrap_or(&before.usual)));
    let entry = Entry {
        action: match trigger {
            Some(_) => "notification_trigger.change",
            None => "notification_trigger.reset",
        },
        subject_type: "notification_trigger",
        subject_id: None,
        data: named(on, data),
    };
    tx.record(
        &caller.actor,
        now,
        entry,
        ("notification_trigger.changed", Permission::NotificationsEdit),
    )
    .await?;
    let after = held(app, &mut tx, on).await?;
    tx.commit().await?;
    Ok(after)
}

/// Whom an event of this topic at a ticket would concern; what the event itself names is not known beforehand.
fn at(topic: Topic, ticket: Option<TicketPeople>) -> Concerned {
    let Some(ticket) = ticket else {
        return Concerned {
            keepers: true,
            ..Concerned::default()
        };
    };
    Concerned {
        assignee: ticket.assignee_id,
        requester: ticket.requester_id,
        participants: ticket.participants,
        keepers: topic.keepers().is_some() && ticket.assignee_id.is_none(),
        ticket: Some(ticket.id),
        ..Concerned::default()
    }
}

/// Who would be told of an event at the ticket with this number, by a trigger that is kept nowhere yet.
///
/// # Errors
/// [`AppError::Invalid`], also `unknown_ticket` at `/ticket_number`; [`AppError::Forbidden`] for a ticket without `tickets.view`.
pub async fn preview(
    app: &App,
    caller: &Caller,
    on: &Occasion,
    draft: &Draft,
    number: Option<i64>,
) -> Result<Readers, AppError> {
    caller.need(Permission::NotificationsEdit)?;
    let topic = on.topic();
    let trigger = drafted(topic, draft)?;
    let mut conn = app.conn().await?;
    let ticket = match number {
        Some(number) => {
            caller.need(Permission::TicketsView)?;
            let found = rows::people_of_number(&mut conn, number).await;
            Some(found.map_err(|error| match error {
                store::StoreError::NotFound => {
                    AppError::invalid("/ticket_number", "unknown_ticket", "there is no such ticket")
                }
                other => other.into(),
            })?)
        }
        None => None,
    };
    let whom = chosen(&mut conn, topic, &trigger, at(topic, ticket)).await?;
    let ids = whom.ids();
    let set = Arc::new((*triggers(&mut conn).await?).clone().with(topic, trigger.clone()));
    let mut preferences = of_people(&mut conn, &ids).await?;
    let phones = match app.sms.provider {
        Some(_) => settings::phones(&mut conn, &ids).await?,
        None => Vec::new(),
    };
    let people = whom.people.into_iter().map(|person| {
        let mut own = preferences.remove(&person.id).unwrap_or_default();
        own.triggers = Arc::clone(&set);
        let phone = phones.iter().any(|phone| phone.user_id == person.id);
        let way = |channel: &Channel| {
            let silent = *channel == Channel::Sms && !phone;
            let delivery = if silent { Delivery::Off } else { own.of(topic, *channel) };
            (*channel, delivery)
        };
        Reader {
            id: person.id,
            ways: Channel::ALL.iter().map(way).collect(),
            name: person.name,
        }
    });
    Ok(Readers {
        people: people.collect(),
        left_out: rows::names(&mut conn, &whom.left_out).await?,
        names_others: trigger.on && trigger.parties.contains(&Party::Named),
    })
}

/// Tells the caller himself an example, over the channels over which he would be told. Returns how.
///
/// # Errors
/// [`AppError::Refused`] `not_told_so` for what comes as a mail of its own kind; `nothing_told` when it is off, or he is told of it on no
/// channel; [`AppError::TooMany`].
pub async fn test(app: &App, caller: &Caller, on: &Occasion) -> Result<Vec<(Channel, Delivery)>, AppError> {
    caller.need(Permission::NotificationsEdit)?;
    let topic = on.topic();
    let Some(message) = topic.message() else {
        return Err(AppError::refused(
            "not_told_so",
            "This comes as a mail of its own: try its message template instead.",
        ));
    };
    let counter = Counter {
        account: format!("trigger_test:{}", caller.user_id),
        source: "*".to_owned(),
        free: FREE,
    };
    throttle::count(app, &[counter]).await?;
    let mut tx = app.begin().await?;
    let person = user::by_id(tx.conn()?, caller.user_id).await?;
    let mut own = of_people(tx.conn()?, &[person.id])
        .await?
        .remove(&person.id)
        .unwrap_or_default();
    if let Some(trigger) = own.triggers.own(on).cloned() {
        own.triggers = Arc::new((*own.triggers).clone().with(topic, trigger));
    }
    let nothing = || AppError::refused("nothing_told", "You are told of this on no channel.");
    if !own.triggers.is_on(topic) {
        return Err(nothing());
    }
    let mailboxes = mailbox::all(tx.conn()?).await?;
    let (key, path) = (
        format!("trial.{}", Uuid::now_v7()),
        format!("/admin/notification-triggers/{}", on.key()),
    );
    let news = News {
        topic,
        message,
        key: &key,
        path: &path,
        from: sender(&mailboxes, None).map(|mailbox| mailbox.id),
    };
    let whom = Whom {
        set: Some(Arc::clone(&own.triggers)),
        ..Whom::only(person)
    };
    let told = tell(app, &mut tx, &news, whom, |_| message.spec().samples()).await?;
    if told.people == 0 {
        return Err(nothing());
    }
    let entry = Entry {
        action: "notification_trigger.test",
        subject_type: "notification_trigger",
        subject_id: None,
        data: named(on, json!({})),
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    tx.commit().await?;
    let ways = Channel::ALL.iter().map(|channel| (*channel, own.of(topic, *channel)));
    Ok(ways.collect())
}
