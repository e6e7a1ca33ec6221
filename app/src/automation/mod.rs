//! Rules that act on tickets by themselves: people write them, what happens and the clock set them off, and each run is explained.

mod act;
mod dry;
mod follow;
mod rules;
mod run;
mod seed;

pub use dry::{Preview, Seen, dry_run};
pub use follow::follow;
pub use rules::{Draft, change, create, delete, get, list, runs, settle};
pub use run::{give_up, run};
pub(crate) use seed::seed;

use domain::{
    automation::{Facts, RuleSpec},
    permission::Permission,
};
use jobs::{NewJob, RunRule};
use store::{
    alert::NewAlert,
    automation::{facts::FactsRow, rule::Rule},
    event::{self, NewEvent},
};
use uuid::Uuid;

use crate::{App, AppError, Tx, account::alerts};

fn job(run_id: Uuid) -> NewJob {
    NewJob::of(&RunRule { run_id })
}

fn spec_of(rule: &Rule) -> Result<RuleSpec, AppError> {
    serde_json::from_value(rule.spec.clone()).map_err(|error| AppError::Internal(format!("rule {}: {error}", rule.id)))
}

fn facts_of(row: &FactsRow) -> Result<Facts, AppError> {
    Ok(Facts {
        state: row
            .state
            .parse()
            .map_err(|error: domain::ticket::state::UnknownState| AppError::Internal(error.to_string()))?,
        priority: row
            .priority
            .parse()
            .map_err(|error: domain::ticket::priority::UnknownPriority| AppError::Internal(error.to_string()))?,
        group: row.group_id,
        categories: row.category_path.clone(),
        assignee: row.assignee_id,
        unanswered: row.unanswered,
        sla_breached: row.sla_breached,
        rating: row.rating,
        tags: row.tags.clone(),
        subject: row.subject.clone(),
        source: row.source.clone(),
        created_at: row.created_at,
        last_message_at: row.last_message_at,
        state_since: row.state_since,
    })
}

/// Tells browsers that a rule, or what it did, is another now.
async fn told(tx: &mut Tx, rule: Uuid) -> Result<(), AppError> {
    let news = NewEvent {
        kind: "automation_rule.changed",
        subject_type: "automation_rule",
        subject_id: rule,
        permission: Some(Permission::AutomationView.as_str()),
        user_id: None,
        data: serde_json::json!({}),
    };
    Ok(event::append(tx.conn()?, news).await?)
}

/// Tells those in charge that a rule waits for a person; once for each confirmation.
async fn alarm(app: &App, tx: &mut Tx, rule: &Rule) -> Result<(), AppError> {
    let since = rule.limit_since.map_or(0, |at| at.timestamp());
    let alert = NewAlert {
        kind: "automation_held",
        severity: "warning",
        user_id: None,
        ip: None,
        data: serde_json::json!({ "rule_id": rule.id, "name": rule.name }),
        once_key: Some(format!(
            "automation_held.{}.{}.{since}",
            rule.id,
            app.now().timestamp() / 86_400
        )),
    };
    alerts::raise(tx, alert, app.now()).await
}
