//! Who wants to be asked how satisfied he is. Who has an account chooses, like any other mail; who has none leaves a mark at his address,
//! which becomes his choice when he has one.

use domain::{locale::Locale, notification::Topic};
use serde_json::json;
use store::{
    audit::{self, Actor, Entry},
    ticket::survey,
    user,
};
use uuid::Uuid;

use super::{
    settings::silenced,
    unsubscribe::{Addresses, Link, hidden, off, way_out},
};
use crate::{App, AppError, Tx, mail::tokens};

fn addresses(app: &App, survey: Uuid) -> Result<Addresses, AppError> {
    Ok(Addresses::of(app, &tokens(app)?.survey_off(survey)))
}

/// Where a mail program posts so that whoever got this survey gets no more (RFC 8058).
///
/// # Errors
/// Not in practice.
pub(crate) fn one_click(app: &App, survey: Uuid) -> Result<String, AppError> {
    Ok(addresses(app, survey)?.one_click)
}

/// What stands under a survey.
///
/// # Errors
/// Not in practice.
pub fn footer(app: &App, locale: Locale, survey: Uuid) -> Result<String, AppError> {
    Ok(format!("--\n{}", way_out(locale, &addresses(app, survey)?.page)))
}

/// Whether whoever has this address wants no surveys.
///
/// # Errors
/// When the database is away.
pub(crate) async fn declined(app: &App, tx: &mut Tx, address: &str) -> Result<bool, AppError> {
    if let Some(person) = user::by_email(tx.conn()?, address).await?
        && survey::undecline(tx.conn()?, address).await?
    {
        // Said before he had an account: from now on it stands among his choices, where he can change it.
        off(app, tx, &person, &[Topic::Survey]).await?;
    }
    Ok(survey::declined(tx.conn()?, address).await? || silenced(tx, address, Topic::Survey).await?)
}

/// What the link in a survey is about.
///
/// # Errors
/// [`AppError::NotFound`] when the survey is gone.
pub(super) async fn link(app: &App, id: Uuid) -> Result<Link, AppError> {
    let mut tx = app.begin().await?;
    let asked = survey::find(tx.conn()?, id).await?;
    let declined =
        survey::declined(tx.conn()?, &asked.email).await? || silenced(&mut tx, &asked.email, Topic::Survey).await?;
    Ok(Link {
        topic: Some(Topic::Survey),
        export: None,
        address: hidden(&asked.email),
        on: !declined,
    })
}

/// Asks whoever got a survey no more. Twice is once.
///
/// # Errors
/// [`AppError::NotFound`] when the survey is gone.
pub(super) async fn switch_off(app: &App, id: Uuid) -> Result<Link, AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let asked = survey::find(tx.conn()?, id).await?;
    if let Some(person) = user::by_email(tx.conn()?, &asked.email).await? {
        off(app, &mut tx, &person, &[Topic::Survey]).await?;
    } else if survey::decline(tx.conn()?, &asked.email, now).await? {
        let entry = Entry {
            action: "ticket.survey_decline",
            subject_type: "ticket",
            subject_id: Some(asked.ticket_id),
            data: json!({ "cycle": asked.cycle }),
        };
        let actor = Actor {
            kind: "mail",
            ..Actor::default()
        };
        audit::append(tx.conn()?, &actor, now, entry).await?;
    }
    tx.commit().await?;
    link(app, id).await
}
