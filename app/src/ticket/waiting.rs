//! Tickets that wait for their customer: he is reminded, and in the end nobody waits any longer.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    locale::Locale,
    mail::{address::OwnAddresses, note::Code},
    message::{Message, of_wait},
    notification::ZONE,
    sla::{Calendar, CalendarSpec},
    ticket::{
        State,
        transition::Actor as Asks,
        waiting::{Reader, Rules, Step},
    },
    zone::day_over,
};
use serde_json::json;
use store::{
    StoreError,
    audit::{self, Actor},
    mailbox::{self, Mailbox},
    suppression,
    ticket::{
        self, Ticket, survey,
        waiting::{self, Wait},
    },
    user,
};

use super::{Alteration, Letter, Move, queue_letters, survey::spare, touched};
use crate::{App, AppError, Tx, message_template};

/// Most tickets of one look; the next one goes on.
const MOST: usize = 1000;
/// When something is tried again that could not be done now.
const AGAIN: TimeDelta = TimeDelta::hours(1);
/// What the history gives as the reason.
const REASON: &str = "no_answer";

/// Reminds whoever is due and resolves what nobody waits for any longer, each ticket by itself and however long nobody looked. What
/// somebody changes just now is left to the next look. Returns how many were tended.
///
/// # Errors
/// When the database is away; the next look finds what is left.
pub async fn tend_due(app: &App) -> Result<usize, AppError> {
    let mut tended = 0;
    for _ in 0..MOST {
        let mut tx = app.begin().await?;
        let Some(wait) = waiting::next_due(tx.conn()?, app.now()).await? else {
            break;
        };
        match tend(app, tx, &wait).await {
            Ok(()) => tended += 1,
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                // One that cannot be tended holds up nobody.
                tracing::error!(%error, ticket = %wait.ticket_id, "a ticket that waits for its customer could not be tended");
                let mut tx = app.begin().await?;
                waiting::looked(
                    tx.conn()?,
                    (wait.ticket_id, wait.since),
                    wait.step,
                    Some(app.now() + AGAIN),
                )
                .await?;
                tx.commit().await?;
            }
        }
    }
    Ok(tended)
}

/// The hours of the calendar that the ticket's group counts by.
fn calendar(wait: &Wait) -> Result<Option<Calendar>, AppError> {
    let Some(spec) = &wait.calendar else {
        return Ok(None);
    };
    let broken = |error: &dyn std::fmt::Display| AppError::Internal(format!("calendar of a group: {error}"));
    let spec: CalendarSpec = serde_json::from_value(spec.clone()).map_err(|error| broken(&error))?;
    Calendar::new(&spec).map(Some).map_err(|error| broken(&error))
}

/// When so many days of a wait are over.
fn after(since: DateTime<Utc>, days: i32, calendar: Option<&Calendar>) -> Option<DateTime<Utc>> {
    match calendar {
        Some(calendar) => calendar.after_days(since, usize::try_from(days).unwrap_or_default()),
        None => Some(since + TimeDelta::days(i64::from(days))),
    }
}

/// Does what is due of one wait, and says when there is something to be done again.
async fn tend(app: &App, mut tx: Tx, wait: &Wait) -> Result<(), AppError> {
    let now = app.now();
    let ticket = ticket::find_for_update(tx.conn()?, wait.ticket_id, None).await?;
    let calendar = calendar(wait)?;
    let rules = Rules {
        remind: wait.remind,
        remind_days: wait.remind_days.clone(),
        resolve_after_days: wait.resolve_after_days,
    };
    // Days end where those who resolve it are.
    let zone = calendar.as_ref().map_or(ZONE, Calendar::zone);
    let plan = rules.plan(
        wait.step,
        now,
        |days| after(wait.since, days, calendar.as_ref()),
        |last| day_over(zone, last),
    );
    let (step, next) = match plan.due {
        None => (wait.step, plan.next),
        Some(Step::Resolve) => {
            resolve(app, &mut tx, &ticket).await?;
            return tx.commit().await;
        }
        Some(Step::Remind(days)) => {
            let told = |last: DateTime<Utc>| last.with_timezone(&zone).format("%d/%m/%Y").to_string();
            let date = plan.last_day.map(told).unwrap_or_default();
            if remind(app, &mut tx, &ticket, wait, (days, &date)).await? {
                (days, plan.next)
            } else {
                let again = now + AGAIN;
                (wait.step, Some(plan.next.map_or(again, |next| next.min(again))))
            }
        }
    };
    waiting::looked(tx.conn()?, (wait.ticket_id, wait.since), step, next).await?;
    tx.commit().await
}

/// Resolves it as its customer could: nobody else has to say anything to that, and he is not asked what he thinks of it.
async fn resolve(app: &App, tx: &mut Tx, ticket: &Ticket) -> Result<(), AppError> {
    let wanted = Move {
        to: State::Resolved,
        reason: Some(REASON.to_owned()),
        on_hold_until: None,
        no_reply_needed: None,
        version: ticket.summary.version,
    };
    let mut alteration = Alteration::of(ticket);
    alteration.state(Asks::Customer, &wanted)?;
    spare(app, tx, ticket).await?;
    alteration.write(app, tx, &Actor::product(), None).await?;
    Ok(())
}

/// Reminds the requester, or notes why he cannot be; `false` while the brakes of automatic mail hold it back. `date` is the last
/// day on which an answer is waited for, empty for ever.
async fn remind(
    app: &App,
    tx: &mut Tx,
    ticket: &Ticket,
    wait: &Wait,
    (days, date): (i32, &str),
) -> Result<bool, AppError> {
    let (id, now, actor) = (wait.ticket_id, app.now(), Actor::product());
    let mailboxes = mailbox::all(tx.conn()?).await?;
    let reader = reader(tx, ticket).await?;
    let to = reader.summary.requester_email.as_str();
    let facts = Reader {
        email: to,
        own: OwnAddresses::new(mailboxes.iter().map(|mailbox| mailbox.address.as_str())).contains(to),
        machine: survey::opened_by_machine(tx.conn()?, id).await?,
        suppressed: suppression::of(tx.conn()?, to, now).await?.is_some(),
    };
    let unreachable = match facts.reach() {
        Err(why) => Some(why.as_str().to_owned()),
        Ok(()) => match send(app, tx, &mailboxes, &reader, wait, (days, date)).await? {
            Some(why) if why == Code::NoMailbox.as_str() => Some(why),
            Some(_) => return Ok(false),
            None => None,
        },
    };
    let (kind, action, data) = match unreachable {
        None => ("requester_reminded", "ticket.remind", json!({ "days": days })),
        Some(why) => (
            "requester_not_reminded",
            "ticket.remind_skip",
            json!({ "days": days, "reason": why }),
        ),
    };
    ticket::add_event(tx.conn()?, id, kind, &actor, data.clone(), now).await?;
    let entry = audit::Entry {
        action,
        subject_type: "ticket",
        subject_id: Some(id),
        data,
    };
    audit::append(tx.conn()?, &actor, now, entry).await?;
    touched(tx, ticket).await?;
    Ok(true)
}

/// The ticket as its requester is written to today: at the address and in the language of his account, if he has one.
async fn reader(tx: &mut Tx, ticket: &Ticket) -> Result<Ticket, AppError> {
    let mut reader = ticket.clone();
    let people = ticket::recipients(tx.conn()?, ticket.summary.id).await?;
    if let Some(asker) = people.into_iter().find(|one| one.role == "requester") {
        reader.summary.requester_email = asker.email;
    }
    if let Some(person) = ticket.summary.requester_user_id {
        match user::by_id(tx.conn()?, person).await {
            Ok(user) => reader.locale = user.locale,
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(reader)
}

/// Queues the mail, once for each ticket, wait and day; returns why none goes out now.
async fn send(
    app: &App,
    tx: &mut Tx,
    mailboxes: &[Mailbox],
    reader: &Ticket,
    wait: &Wait,
    (days, date): (i32, &str),
) -> Result<Option<String>, AppError> {
    let summary = &reader.summary;
    let url = format!("{}/t/{}", app.identity.public_url, summary.id);
    let values = of_wait(summary.number, url, date);
    let locale = Locale::from_tag(&reader.locale).unwrap_or_default();
    let said = message_template::fill(app, tx.conn()?, Message::WaitingReminder, locale, &values).await?;
    let key = format!("{}:{}:{days}", summary.id, wait.since.timestamp_micros());
    let letter = Letter::Reminder {
        key: &key,
        subject: &said.subject,
        body: &said.body,
    };
    let notes = queue_letters(app, tx, mailboxes, reader, letter, app.now()).await?;
    Ok(notes.iter().find_map(|note| note.params.get("why").cloned()))
}
