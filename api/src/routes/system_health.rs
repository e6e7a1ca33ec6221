//! How the installation does, part by part, for those who operate it.

use std::time::{Duration, Instant};

use app::health::{self, Figure, Line, Part};
use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::{
    health::{Finding, Level, answer, disk},
    permission::Permission,
};
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{CurrentUser, Json},
    problem::{ApiResult, ProblemBody},
    state::{ApiState, ReadyCheck},
};

/// Longest wait for a part.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a closer look at what stands outside is remembered: it writes, and several may watch the page.
const KEPT: Duration = Duration::from_secs(10);

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(system_health))
}

own_words! {
    /// How well something works.
    HealthLevel of Level { Ok, Warn, Fail }
}

own_words! {
    /// A part of the installation.
    HealthPart of Part {
        Database, Migrations, Redis, Files, Disk, Workers, Scheduler, Queue, Mailbox, OutgoingMail, MailServer, TextMessages,
    }
}

own_words! {
    /// What was found.
    HealthFinding of Finding {
        Fine, Off, Slow, Away, Crowded, Outdated, Paused, Dead, Late, Stuck, Unserved, NoWorkers, NoLeader, Still, Refused, Silent,
        Held, Failed, Lost, NoServer, Scarce, Full,
    }
}

own_words! {
    /// What a number counts.
    HealthFigureName of Figure {
        Millis, Lent, Most, Missing, Waiting, OldestSeconds, Running, Dead, Workers, Failed, Bounced, Suppressed, Blocked,
        FreeBytes, WholeBytes,
    }
}

/// How the installation does.
#[derive(Debug, Serialize, ToSchema)]
struct SystemHealth {
    /// The worst of its parts.
    level: HealthLevel,
    /// When it was looked at.
    at: DateTime<Utc>,
    /// Release of the process that answers.
    version: String,
    /// Since when this process serves.
    started_at: DateTime<Utc>,
    /// Its parts.
    lines: Vec<HealthLine>,
}

/// How a part does.
#[derive(Debug, Serialize, ToSchema)]
struct HealthLine {
    /// Which.
    part: HealthPart,
    /// Name of the queue, or address of the mailbox; `null` for parts that there is one of.
    #[schema(required = true)]
    subject: Option<String>,
    /// How well it works.
    level: HealthLevel,
    /// What was found.
    finding: HealthFinding,
    /// What was counted. Lost mail and blocked addresses are those of the last 24 hours.
    figures: Vec<HealthFigure>,
    /// When something happened last: a tick of the clock, a look into the mailbox.
    #[schema(required = true)]
    at: Option<DateTime<Utc>>,
    /// What the part itself says, in its own words.
    #[schema(required = true)]
    detail: Option<String>,
}

/// A number.
#[derive(Debug, Serialize, ToSchema)]
struct HealthFigure {
    /// What it counts.
    name: HealthFigureName,
    /// How much.
    value: f64,
}

impl From<Line> for HealthLine {
    fn from(line: Line) -> Self {
        Self {
            part: line.part.into(),
            subject: line.subject,
            level: line.finding.level().into(),
            finding: line.finding.into(),
            figures: line
                .figures
                .into_iter()
                .map(|(name, value)| HealthFigure {
                    name: name.into(),
                    value,
                })
                .collect(),
            at: line.at,
            detail: line.detail,
        }
    }
}

/// What a closer look at a part gave.
#[derive(Debug, Clone)]
struct Answer {
    part: Part,
    millis: f64,
    said: Result<String, String>,
    room: Option<(u64, u64)>,
}

/// The last closer look of this process, and when it was.
#[derive(Debug, Default)]
pub struct Looked(Mutex<Option<(Instant, Vec<Answer>)>>);

impl Looked {
    /// What stands outside, looked at now or moments ago; one look at a time.
    async fn at(&self, checks: &[std::sync::Arc<dyn ReadyCheck>]) -> Vec<Answer> {
        let mut last = self.0.lock().await;
        if let Some((at, answers)) = last.as_ref()
            && at.elapsed() < KEPT
        {
            return answers.clone();
        }
        let answers = join_all(checks.iter().map(|check| examine(check.as_ref()))).await;
        *last = Some((Instant::now(), answers.clone()));
        answers
    }
}

async fn examine(check: &dyn ReadyCheck) -> Answer {
    let begun = Instant::now();
    let said = tokio::time::timeout(PATIENCE, check.examine()).await;
    let millis = health::millis(begun);
    let room = tokio::time::timeout(PATIENCE, check.room()).await;
    Answer {
        part: check.part(),
        millis,
        said: said.unwrap_or_else(|_| Err(format!("no answer within {} seconds", PATIENCE.as_secs()))),
        room: room.ok().flatten(),
    }
}

fn told(answered: Answer) -> Vec<Line> {
    let there = answered.said.is_ok();
    let finding = answer(there.then_some(answered.millis));
    let (Ok(detail) | Err(detail)) = answered.said;
    let mut lines = vec![
        Line::new(answered.part, finding)
            .counting(there.then_some((Figure::Millis, answered.millis)))
            .saying(Some(detail)),
    ];
    if let Some((free, whole)) = answered.room {
        lines.push(
            Line::new(Part::Disk, disk(free, whole))
                .counting([(Figure::FreeBytes, free as f64), (Figure::WholeBytes, whole as f64)]),
        );
    }
    lines
}

/// How the installation does, part by part
///
/// Files are written, read and removed for it; what that gave is remembered for ten seconds. Mailboxes are told to those who hold
/// `mailboxes.view`.
#[utoipa::path(get, path = "/api/v1/system-health", operation_id = "systemHealth", tag = "jobs", security(("bearer" = [])),
    responses(
        (status = 200, body = SystemHealth),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn system_health(caller: CurrentUser, State(state): State<ApiState>) -> ApiResult<Json<SystemHealth>> {
    caller.need(Permission::JobsView)?;
    let inside = tokio::time::timeout(PATIENCE, health::look(&state.app, caller.caller()));
    let (inside, outside) = tokio::join!(inside, state.looked.at(&state.checks));
    let mut lines = match inside {
        Ok(lines) => lines?,
        Err(_) => vec![health::away()],
    };
    lines.extend(outside.into_iter().flat_map(told));
    let mail = if state.config.mail_server.is_some() {
        Finding::Fine
    } else {
        Finding::NoServer
    };
    lines.push(Line::new(Part::MailServer, mail).saying(state.config.mail_server.clone()));
    lines.sort_by_key(|line| line.part);
    let worst = lines.iter().map(|line| line.finding.level()).max();
    Ok(Json(SystemHealth {
        level: worst.unwrap_or(Level::Ok).into(),
        at: state.app.now(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: state.started_at,
        lines: lines.into_iter().map(HealthLine::from).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(said: Result<&str, &str>, millis: f64, room: Option<(u64, u64)>) -> Vec<Line> {
        told(Answer {
            part: Part::Files,
            millis,
            said: said.map(str::to_owned).map_err(str::to_owned),
            room,
        })
    }

    #[test]
    fn what_does_not_answer_has_no_latency_and_says_why() {
        let lines = answered(Err("refuses the key"), 3.0, None);
        assert_eq!((lines.len(), lines[0].finding), (1, Finding::Away));
        assert!(lines[0].figures.is_empty());
        assert_eq!(lines[0].detail.as_deref(), Some("refuses the key"));
        let lines = answered(Ok("directory /srv"), 900.0, Some((4, 100)));
        assert_eq!(
            (lines[0].finding, lines[0].figures.as_slice()),
            (Finding::Slow, &[(Figure::Millis, 900.0)][..])
        );
        assert_eq!((lines[1].part, lines[1].finding), (Part::Disk, Finding::Full));
    }
}
