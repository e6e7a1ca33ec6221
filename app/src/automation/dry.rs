//! What a rule would do, without doing it: by the clock on the tickets there are, of an event on those of the last 30 days.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    automation::{Finding, Foreseen, Happening, RuleSpec, Trigger, foresee},
    permission::Permission,
    ticket::State,
};
use store::{
    PgConn,
    automation::facts::{self, FactsRow, Past},
};
use uuid::Uuid;

use super::{facts_of, rules};
use crate::{App, AppError, Caller};

/// How far back it looks.
const BACK: TimeDelta = TimeDelta::days(30);
/// Most events or tickets it looks at.
const MOST: i64 = 5000;
/// Examples of each kind.
const EXAMPLES: usize = 25;

/// A ticket that a rule would have been asked about.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Ticket.
    pub ticket_id: Uuid,
    /// Its number.
    pub number: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Which condition held or not.
    pub finding: Finding,
    /// What the actions would have come to; none where the condition did not hold.
    pub actions: Vec<Foreseen>,
}

/// What a rule would do.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// How often it would have been asked.
    pub asked: usize,
    /// How often it would have acted.
    pub acted: usize,
    /// On how many tickets.
    pub tickets: usize,
    /// There was more than it looked at; the newest were.
    pub truncated: bool,
    /// Examples of what it would have acted on, newest first.
    pub would: Vec<Seen>,
    /// Examples of what it would have left alone, newest first.
    pub would_not: Vec<Seen>,
}

/// Tries a rule on what there is. State and priority are taken as they were at each event, as far as the history says; all else as it is
/// now.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::Invalid`] when the rule is none.
pub async fn dry_run(app: &App, caller: &Caller, spec: &RuleSpec) -> Result<Preview, AppError> {
    caller.need(Permission::AutomationView)?;
    caller.need(Permission::TicketsView)?;
    let wrong = rules::wrong(spec);
    if !wrong.is_empty() {
        return Err(AppError::Invalid(wrong));
    }
    let now = app.now();
    let mut conn = app.conn().await?;
    let moments = match &spec.trigger {
        Trigger::Event { on, name } => past(&mut conn, (*on, name.as_deref()), now - BACK).await?,
        Trigger::Schedule { .. } => present(&mut conn, spec, now).await?,
    };
    let mut preview = Preview {
        asked: moments.len(),
        truncated: moments.len() >= usize::try_from(MOST).unwrap_or(usize::MAX),
        ..Preview::default()
    };
    let mut tickets = std::collections::HashSet::new();
    for (row, at) in moments {
        let facts = facts_of(&row)?;
        let finding = spec.condition.look(&facts, at);
        let holds = finding.holds;
        let list = if finding.holds {
            preview.acted += 1;
            tickets.insert(row.id);
            &mut preview.would
        } else {
            &mut preview.would_not
        };
        if list.len() < EXAMPLES {
            list.push(Seen {
                ticket_id: row.id,
                number: row.number,
                at,
                finding,
                actions: if holds {
                    foresee(&spec.actions, facts)
                } else {
                    Vec::new()
                },
            });
        }
    }
    preview.tickets = tickets.len();
    Ok(preview)
}

async fn present(
    conn: &mut PgConn,
    spec: &RuleSpec,
    now: DateTime<Utc>,
) -> Result<Vec<(FactsRow, DateTime<Utc>)>, AppError> {
    let states = spec.condition.states().unwrap_or_else(|| State::ALL.to_vec());
    let states: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
    let rows = facts::candidates(conn, &states, Uuid::nil(), MOST).await?;
    Ok(rows.into_iter().rev().map(|row| (row, now)).collect())
}

async fn past(
    conn: &mut PgConn,
    (on, name): (Happening, Option<&str>),
    since: DateTime<Utc>,
) -> Result<Vec<(FactsRow, DateTime<Utc>)>, AppError> {
    let kind = match on {
        Happening::Created => "created",
        Happening::CustomerMessage => "message.in",
        Happening::AgentReply => "message.out",
        Happening::StateChanged => "state_changed",
        Happening::PriorityChanged => "priority_changed",
        Happening::Assigned => "assigned",
        Happening::SlaWarning => "sla_warning",
        Happening::SlaBreached => "sla_breached",
        Happening::Rated => "rated",
        Happening::Custom => "custom_event",
    };
    let mut lines = facts::past(conn, kind, since, MOST).await?;
    lines.retain(|line| name.is_none_or(|name| line.data["name"] == name));
    let mut ids: Vec<Uuid> = lines.iter().map(|line| line.ticket_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let now: HashMap<Uuid, FactsRow> = facts::of(conn, &ids)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let mut changes: HashMap<Uuid, Vec<Past>> = HashMap::new();
    for change in facts::changes(conn, &ids, since).await? {
        changes.entry(change.ticket_id).or_default().push(change);
    }
    let mut moments = Vec::with_capacity(lines.len());
    for line in &lines {
        let Some(row) = now.get(&line.ticket_id) else { continue };
        let later = changes.get(&line.ticket_id).map_or(&[][..], Vec::as_slice);
        moments.push((as_it_was(row, line, later), line.at));
    }
    Ok(moments)
}

/// A ticket at a moment: what changed after it is taken back, the newest change first.
fn as_it_was(now: &FactsRow, line: &Past, changes: &[Past]) -> FactsRow {
    let mut row = now.clone();
    for change in changes
        .iter()
        .filter(|change| (change.at, change.seq) > (line.at, line.seq))
    {
        let Some(from) = change.data.get("from").and_then(|from| from.as_str()) else {
            continue;
        };
        match change.kind.as_str() {
            "state_changed" => from.clone_into(&mut row.state),
            _ => from.clone_into(&mut row.priority),
        }
    }
    row.state_since = row.state_since.min(line.at);
    row.last_message_at = row.last_message_at.min(line.at);
    row
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_ticket_is_judged_as_it_was() {
        let at = |minutes| DateTime::from_timestamp(minutes * 60, 0).unwrap();
        let id = Uuid::nil();
        let line = |seq, kind: &str, data| Past {
            ticket_id: id,
            seq,
            kind: kind.to_owned(),
            data,
            at: at(i64::from(seq)),
        };
        let now = FactsRow {
            id,
            number: 1,
            state: "closed".to_owned(),
            priority: "urgent".to_owned(),
            group_id: id,
            category_path: Vec::new(),
            assignee_id: None,
            unanswered: false,
            sla_breached: false,
            rating: None,
            tags: Vec::new(),
            subject: String::new(),
            source: "mail".to_owned(),
            created_at: at(0),
            last_message_at: at(9),
            state_since: at(4),
        };
        let changes = [
            line(4, "state_changed", json!({ "from": "resolved", "to": "closed" })),
            line(3, "priority_changed", json!({ "from": "low", "to": "urgent" })),
            line(2, "state_changed", json!({ "from": "open", "to": "resolved" })),
        ];
        let seen = |seq| as_it_was(&now, &line(seq, "created", json!({})), &changes);
        assert_eq!((seen(1).state.as_str(), seen(1).priority.as_str()), ("open", "low"));
        assert_eq!((seen(2).state.as_str(), seen(2).priority.as_str()), ("resolved", "low"));
        assert_eq!(
            (seen(3).state.as_str(), seen(3).priority.as_str()),
            ("resolved", "urgent")
        );
        assert_eq!(seen(4).state, "closed");
    }
}
