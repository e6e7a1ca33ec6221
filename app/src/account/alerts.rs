//! Security alerts, told live to those who may see them.

use chrono::{DateTime, Utc};
use store::{
    alert::{self, NewAlert},
    event::{self, NewEvent},
};

use crate::{AppError, Tx};

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
