//! Security alerts, told live to those who may see them.

use chrono::{DateTime, Utc};
use domain::permission::Permission;
use store::{
    alert::{self, NewAlert},
    audit,
    event::{self, NewEvent},
};

use uuid::Uuid;

use crate::{App, AppError, Caller, Tx};

/// Who sees alerts.
pub const PERMISSION: &str = "security.view";

/// Raises an alert, unless the same one was raised before.
///
/// # Errors
/// When the database refuses.
pub async fn raise(tx: &mut Tx, alert: NewAlert<'_>, now: DateTime<Utc>) -> Result<(), AppError> {
    let Some(id) = alert::raise(tx.conn()?, &alert, now).await? else {
        return Ok(());
    };
    tracing::warn!(kind = alert.kind, user = ?alert.user_id, "security alert");
    let event = NewEvent {
        kind: "security_alert.raised",
        subject_type: "security_alert",
        subject_id: id,
        permission: Some(PERMISSION),
        user_id: None,
        data: serde_json::json!({ "kind": alert.kind, "severity": alert.severity }),
    };
    Ok(event::append(tx.conn()?, event).await?)
}

/// Notes that the caller took note of an alert. Doing it twice changes nothing.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such alert.
pub async fn acknowledge(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    caller.need(Permission::SecurityManage)?;
    let mut tx = app.begin().await?;
    if !alert::acknowledge(tx.conn()?, id, caller.user_id, app.now()).await? {
        return if alert::exists(tx.conn()?, id).await? {
            Ok(())
        } else {
            Err(AppError::NotFound)
        };
    }
    let entry = audit::Entry {
        action: "security_alert.acknowledge",
        subject_type: "security_alert",
        subject_id: Some(id),
        data: serde_json::json!({}),
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    let event = NewEvent {
        kind: "security_alert.acknowledged",
        subject_type: "security_alert",
        subject_id: id,
        permission: Some(PERMISSION),
        user_id: None,
        data: serde_json::json!({}),
    };
    event::append(tx.conn()?, event).await?;
    tx.commit().await
}
