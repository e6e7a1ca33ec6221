//! Promises from the first launch: Algerian office hours and one policy for all tickets.

use chrono::{DateTime, NaiveDate, Utc};
use domain::sla::{CalendarSpec, Holiday, Pause, PolicySpec, Slot, Targets};
use store::{PgConn, sla};
use uuid::Uuid;

use crate::AppError;

const HOUR: i64 = 3600;

fn hours() -> CalendarSpec {
    let day = vec![Slot { from: 480, to: 720 }, Slot { from: 780, to: 1020 }];
    let none = Vec::new;
    // The week is Sunday to Thursday.
    let week = [day.clone(), day.clone(), day.clone(), day.clone(), none(), none(), day];
    // The feasts of the lunar calendar are announced each year and entered by hand.
    let fixed = [
        (1, 1, "Jour de l’an"),
        (1, 12, "Yennayer"),
        (5, 1, "Fête du Travail"),
        (7, 5, "Fête de l’Indépendance"),
        (11, 1, "Fête de la Révolution"),
    ];
    let holiday = |(month, day, name): (u32, u32, &str)| {
        Some(Holiday {
            date: NaiveDate::from_ymd_opt(2026, month, day)?,
            yearly: true,
            name: name.to_owned(),
            slots: Vec::new(),
        })
    };
    CalendarSpec {
        zone: "Africa/Algiers".to_owned(),
        week,
        holidays: fixed.into_iter().filter_map(holiday).collect(),
    }
}

fn promises() -> PolicySpec {
    let targets = |first: i64, next: i64, resolution: i64| Targets {
        first_response: Some(first * HOUR),
        next_response: Some(next * HOUR),
        resolution: Some(resolution * HOUR),
    };
    PolicySpec {
        priorities: Vec::new(),
        categories: Vec::new(),
        groups: Vec::new(),
        customer_kinds: Vec::new(),
        customer_tiers: Vec::new(),
        targets: [
            targets(8, 16, 80),
            targets(4, 8, 40),
            targets(2, 4, 16),
            targets(1, 2, 8),
        ],
        pause: Pause::default(),
        warnings: vec![75, 90],
        escalations: Vec::new(),
    }
}

/// The calendar and the policy that takes what no other takes, once.
pub(crate) async fn seed(conn: &mut PgConn, at: DateTime<Utc>) -> Result<(), AppError> {
    sla::lock(conn).await?;
    if sla::policies(conn).await?.iter().any(|policy| policy.fallback) {
        return Ok(());
    }
    let json =
        |value: serde_json::Result<serde_json::Value>| value.map_err(|error| AppError::Internal(error.to_string()));
    let (calendar, policy) = (Uuid::now_v7(), Uuid::now_v7());
    let spec = json(serde_json::to_value(hours()))?;
    sla::insert_calendar(conn, calendar, "Algérie, heures ouvrables", &spec, None, at).await?;
    sla::insert_policy(conn, policy, ("Standard", true, true), None, at).await?;
    let spec = json(serde_json::to_value(promises()))?;
    sla::insert_version(conn, policy, calendar, &spec, None, at).await?;
    sla::touch(conn).await?;
    Ok(())
}
