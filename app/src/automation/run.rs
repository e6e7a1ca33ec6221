//! One run: the rule as it is now, the ticket as it is now, and everything that follows, with the end of the job, in one transaction.

use chrono::{DateTime, TimeDelta, Utc};
use domain::automation::{Action, Guard, Trigger};
use serde_json::json;
use store::{
    StoreError,
    automation::{
        facts,
        rule::{self, Rule},
        run::{self, End, NewRun, Run},
    },
    ledger, ticket,
};
use uuid::Uuid;

use super::{act, alarm, facts_of, job, spec_of, told};
use crate::{App, AppError, Tx};

/// Runs a rule on a ticket. It acts on what it sees while it holds the ticket: never on a state that is over.
///
/// # Errors
/// When the database refuses; the run is then as it was.
pub async fn run(app: &App, id: Uuid, (job, attempt): (Uuid, i32)) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let found = run::lock(tx.conn()?, id).await?;
    if found.state == "queued" {
        let end = match rule::lock(tx.conn()?, found.rule_id).await {
            Ok(rule) => decide(app, &mut tx, &rule, &found).await?,
            Err(StoreError::NotFound) => skipped("off"),
            Err(error) => return Err(error.into()),
        };
        run::end(tx.conn()?, id, &end, now).await?;
        told(&mut tx, found.rule_id).await?;
    }
    ledger::finish_in(tx.conn()?, job, attempt).await?;
    tx.commit().await
}

/// Ends a run whose job is over without having run it.
///
/// # Errors
/// When the database refuses.
pub async fn give_up(app: &App, id: Uuid) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let found = run::lock(tx.conn()?, id).await?;
    if found.state != "queued" {
        return Ok(());
    }
    run::end(tx.conn()?, id, &skipped("abandoned"), app.now()).await?;
    told(&mut tx, found.rule_id).await?;
    tx.commit().await
}

fn skipped(reason: &'static str) -> End {
    End {
        state: "skipped",
        reason: Some(reason),
        finding: None,
        actions: None,
    }
}

async fn decide(app: &App, tx: &mut Tx, rule: &Rule, run: &Run) -> Result<End, AppError> {
    let now = app.now();
    if !rule.enabled {
        return Ok(skipped("off"));
    }
    if rule.number != run.number {
        return Ok(skipped("outdated"));
    }
    let spec = spec_of(rule)?;
    match ticket::find_for_update(tx.conn()?, run.ticket_id, None).await {
        Ok(_) => {}
        Err(StoreError::NotFound) => return Ok(skipped("gone")),
        Err(error) => return Err(error.into()),
    }
    let rows = facts::of(tx.conn()?, &[run.ticket_id]).await?;
    let Some(row) = rows.first() else {
        return Ok(skipped("gone"));
    };
    // What goes on after a wait is judged anew, by what the ticket is by now.
    let begin = usize::try_from(run.next_action).unwrap_or_default();
    let finding = spec.condition_at(begin).look(&facts_of(row)?, now);
    let holds = finding.holds;
    let finding = Some(serde_json::to_value(finding).map_err(|error| AppError::Internal(error.to_string()))?);
    if !holds {
        return Ok(End {
            state: "not_met",
            reason: None,
            finding,
            actions: None,
        });
    }
    let hour = now - TimeDelta::hours(1);
    let hourly = run::on_ticket_since(tx.conn()?, run.ticket_id, hour).await?;
    if let Some(skip) = (Guard {
        chain: &run.chain,
        hourly,
    })
    .skip(rule.id)
    {
        return Ok(End {
            state: "skipped",
            reason: Some(skip.as_str()),
            finding,
            actions: None,
        });
    }
    // A look by the clock was counted as a whole, and what goes on after a wait when it began.
    if begin == 0 && matches!(spec.trigger, Trigger::Event { .. }) {
        let since = rule.limit_since.map_or(hour, |at| at.max(hour));
        if run::tickets_since(tx.conn()?, rule.id, since).await? >= i64::from(spec.limit) {
            alarm(app, tx, rule).await?;
            return Ok(End {
                state: "held",
                reason: Some("limit"),
                finding,
                actions: None,
            });
        }
    }
    let mut done = Vec::with_capacity(spec.actions.len());
    for (n, action) in spec.actions.iter().enumerate().skip(begin) {
        if let Action::Wait { minutes, .. } = action {
            let due = now + TimeDelta::minutes(i64::from(*minutes));
            wait(tx, run, n + 1, due, now).await?;
            done.push(json!({ "do": action.as_str(), "result": "until", "until": due }));
            break;
        }
        done.push(act::act(app, tx, rule, run, n, action).await?);
    }
    Ok(End {
        state: "acted",
        reason: None,
        finding,
        actions: Some(done.into()),
    })
}

/// What comes after a wait is a run of its own, with a cause of its own: whatever becomes of this one, it goes on once.
async fn wait(tx: &mut Tx, run: &Run, next: usize, due: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), AppError> {
    let after = NewRun {
        id: Uuid::now_v7(),
        rule_id: run.rule_id,
        number: run.number,
        ticket_id: run.ticket_id,
        key: format!("after:{}", run.id),
        chain: run.chain.clone(),
        state: "queued",
        reason: None,
        next_action: i16::try_from(next).map_err(|error| AppError::Internal(error.to_string()))?,
        due_at: Some(due),
    };
    let queued = run::insert(tx.conn()?, &[after], now).await?;
    let jobs: Vec<_> = queued.into_iter().map(|id| job(id).run_at(due)).collect();
    tx.enqueue(&jobs).await?;
    Ok(())
}
