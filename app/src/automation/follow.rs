//! What sets rules off. A rule is asked about each event once, in the order of transactions, and by the clock about each stay of a
//! ticket in a state once; what it is asked about is a row with a job, written together with how far the look came.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::{
    automation::{Guard, Happening, RuleSpec, Trigger},
    ticket::State,
};
use store::{
    automation::{
        facts,
        rule::{self, Rule},
        run::{self, NewRun},
    },
    feed::{self, Followed},
    webhook,
};
use uuid::Uuid;

use super::{alarm, facts_of, job, spec_of, told};
use crate::{App, AppError, Tx};

const CONSUMER: &str = "automation";
/// Events of one transaction.
const BATCH: i64 = 200;
/// Most rounds of one look; the next one goes on.
const ROUNDS: usize = 50;
/// Tickets of one statement of a look by the clock.
const PAGE: i64 = 1000;
/// Most tickets that a look by the clock finds; the next one goes on.
const FOUND: usize = 2000;

/// Queues what rules have to do; returns how many runs.
///
/// # Errors
/// When the database is away; the next look finds what is left.
pub async fn follow(app: &App) -> Result<usize, AppError> {
    let mut queued = 0;
    feed::renumber(&mut *app.conn().await?).await?;
    for _ in 0..ROUNDS {
        match events(app).await? {
            Some(n) => queued += n,
            None => break,
        }
    }
    for _ in 0..ROUNDS {
        match due(app).await? {
            Some(n) => queued += n,
            None => break,
        }
    }
    Ok(queued)
}

/// Follows the log a little; `None` when there is nothing more.
async fn events(app: &App) -> Result<Option<usize>, AppError> {
    let mut tx = app.begin().await?;
    let mut rules: Vec<(Rule, Happening, Option<String>)> = Vec::new();
    for rule in rule::in_use(tx.conn()?).await? {
        if let RuleSpec {
            trigger: Trigger::Event { on, name },
            ..
        } = spec_of(&rule)?
        {
            rules.push((rule, on, name));
        }
    }
    if rules.is_empty() {
        feed::skip(tx.conn()?, CONSUMER).await?;
        tx.commit().await?;
        return Ok(None);
    }
    let events = feed::next(tx.conn()?, CONSUMER, BATCH).await?;
    if events.is_empty() {
        return Ok(None);
    }
    let happened = happenings(&mut tx, &events).await?;
    let xids: Vec<String> = happened.iter().map(|one| one.xid.clone()).collect();
    let causes = run::causes(tx.conn()?, &xids).await?;
    let mut new = Vec::new();
    for one in &happened {
        let cause = causes
            .iter()
            .find(|cause| cause.xid == one.xid && cause.ticket_id == one.ticket);
        let mut chain = cause.map(|cause| cause.chain.clone()).unwrap_or_default();
        chain.extend(cause.map(|cause| cause.rule_id));
        for (rule, ..) in rules
            .iter()
            .filter(|(_, on, name)| *on == one.what && *name == one.name)
        {
            let skip = Guard {
                chain: &chain,
                hourly: 0,
            }
            .skip(rule.id);
            new.push(NewRun {
                id: Uuid::now_v7(),
                rule_id: rule.id,
                number: rule.number,
                ticket_id: one.ticket,
                key: format!("event:{}", one.event),
                chain: chain.clone(),
                state: if skip.is_some() { "skipped" } else { "queued" },
                reason: skip.map(domain::automation::Skip::as_str),
                next_action: 0,
                due_at: None,
            });
        }
    }
    let queued = write(app, &mut tx, &new).await?;
    tx.commit().await?;
    Ok(Some(queued))
}

async fn write(app: &App, tx: &mut Tx, new: &[NewRun]) -> Result<usize, AppError> {
    let queued = run::insert(tx.conn()?, new, app.now()).await?;
    let jobs: Vec<_> = queued.iter().copied().map(job).collect();
    tx.enqueue(&jobs).await?;
    Ok(queued.len())
}

/// Something that happened to a ticket.
struct Happened {
    event: i64,
    xid: String,
    ticket: Uuid,
    what: Happening,
    /// Of an event that a program outside raised.
    name: Option<String>,
}

/// What the events of tickets were about: the lines that their transactions wrote into the histories, and their messages.
async fn happenings(tx: &mut Tx, events: &[Followed]) -> Result<Vec<Happened>, AppError> {
    let of_tickets = || {
        events
            .iter()
            .filter(|event| event.subject_type == "ticket" && event.permission.is_some())
    };
    let (ids, xids): (Vec<Uuid>, Vec<String>) = of_tickets().map(|event| (event.subject_id, event.xid.clone())).unzip();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut lines: HashMap<(Uuid, String), Vec<(Happening, Option<String>)>> = HashMap::new();
    for line in webhook::history(tx.conn()?, &ids, &xids).await? {
        if let Some(what) = Happening::of_history(&line.kind) {
            let name = (what == Happening::Custom).then(|| line.data["name"].as_str().unwrap_or_default().to_owned());
            lines.entry((line.ticket_id, line.xid)).or_default().push((what, name));
        }
    }
    let mut messages: HashMap<(Uuid, String), Vec<Happening>> = HashMap::new();
    for row in webhook::messages(tx.conn()?, &ids, &xids).await? {
        let what = if row.is_staff {
            Happening::AgentReply
        } else {
            Happening::CustomerMessage
        };
        messages.entry((row.ticket_id, row.xid)).or_default().push(what);
    }
    let mut all = Vec::new();
    for event in of_tickets() {
        let at = (event.subject_id, event.xid.clone());
        // What a transaction did belongs to the first of its events.
        let mut what = lines.remove(&at).unwrap_or_default();
        if event.kind == "message.created" {
            let written = messages.remove(&at).unwrap_or_default();
            what.extend(written.into_iter().map(|what| (what, None)));
        }
        what.dedup();
        all.extend(what.into_iter().map(|(what, name)| Happened {
            event: event.id,
            xid: event.xid.clone(),
            ticket: event.subject_id,
            what,
            name,
        }));
    }
    Ok(all)
}

/// Has one rule look whose time has come; `None` when there is none.
async fn due(app: &App) -> Result<Option<usize>, AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let Some(rule) = rule::due(tx.conn()?, now).await? else {
        return Ok(None);
    };
    let spec = spec_of(&rule)?;
    let Trigger::Schedule { every_minutes } = spec.trigger else {
        return Err(AppError::Internal(format!("rule {} looks by no clock", rule.id)));
    };
    let found = matching(app, &mut tx, &rule, &spec).await?;
    rule::looked(tx.conn()?, rule.id, now + TimeDelta::minutes(every_minutes.into())).await?;
    let since = rule
        .limit_since
        .map_or(now - TimeDelta::hours(1), |at| at.max(now - TimeDelta::hours(1)));
    let before = run::tickets_since(tx.conn()?, rule.id, since).await?;
    // All of a look or nothing: a rule that is wrong touches no ticket before a person has seen it.
    let held = before + i64::try_from(found.len()).unwrap_or(i64::MAX) > i64::from(spec.limit);
    let new: Vec<NewRun> = found
        .into_iter()
        .map(|(ticket_id, key)| NewRun {
            id: Uuid::now_v7(),
            rule_id: rule.id,
            number: rule.number,
            ticket_id,
            key,
            chain: Vec::new(),
            state: if held { "held" } else { "queued" },
            reason: held.then_some("limit"),
            next_action: 0,
            due_at: None,
        })
        .collect();
    let queued = write(app, &mut tx, &new).await?;
    if held {
        alarm(app, &mut tx, &rule).await?;
    }
    if !new.is_empty() {
        told(&mut tx, rule.id).await?;
    }
    tx.commit().await?;
    Ok(Some(queued))
}

/// Tickets on which the condition holds and which this version has not been asked about in their present state.
async fn matching(app: &App, tx: &mut Tx, rule: &Rule, spec: &RuleSpec) -> Result<Vec<(Uuid, String)>, AppError> {
    let now = app.now();
    let states = spec.condition.states().unwrap_or_else(|| State::ALL.to_vec());
    let states: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
    let (mut found, mut after) = (Vec::new(), Uuid::nil());
    loop {
        let page = facts::candidates(tx.conn()?, &states, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let whole = page.len() == usize::try_from(PAGE).unwrap_or_default();
        let (mut ids, mut keys) = (Vec::new(), Vec::new());
        for row in &page {
            if spec.condition.look(&facts_of(row)?, now).holds {
                ids.push(row.id);
                keys.push(format!("stay:{}", row.state_since.timestamp_micros()));
            }
        }
        if !ids.is_empty() {
            let fresh = run::fresh(tx.conn()?, (rule.id, rule.number), &ids, &keys).await?;
            found.extend(ids.into_iter().zip(keys).filter(|(id, _)| fresh.contains(id)));
        }
        if !whole || found.len() >= FOUND {
            break;
        }
    }
    Ok(found)
}
