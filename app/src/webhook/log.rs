//! What endpoints were sent, and sending it again.

use chrono::{DateTime, Utc};
use domain::permission::Permission;
use store::{
    audit,
    webhook::{
        delivery::{self, Delivery, Try},
        endpoint,
    },
};
use uuid::Uuid;

use super::{changed, job};
use crate::{App, AppError, Caller};

/// Most deliveries that one request sends again.
const AGAIN_MAX: i64 = 1000;

/// Deliveries of an endpoint before the one at `before`, newest first.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn deliveries(
    app: &App,
    caller: &Caller,
    id: Uuid,
    state: Option<&str>,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Delivery>, AppError> {
    caller.need(Permission::WebhooksView)?;
    let mut conn = app.conn().await?;
    endpoint::find(&mut conn, id).await?;
    Ok(delivery::list(&mut conn, id, state, before, limit).await?)
}

/// A delivery with its tries, newest first.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn delivery(app: &App, caller: &Caller, id: Uuid) -> Result<(Delivery, Vec<Try>), AppError> {
    caller.need(Permission::WebhooksView)?;
    let mut conn = app.conn().await?;
    Ok((
        delivery::find(&mut conn, id).await?,
        delivery::tries(&mut conn, id).await?,
    ))
}

/// Sends a delivery once more, under the same id and with the same bytes.
///
/// # Errors
/// [`AppError::Conflict`] while it waits to be sent; [`AppError::Refused`] when its endpoint is off.
pub async fn replay(app: &App, caller: &Caller, id: Uuid) -> Result<(Delivery, Vec<Try>), AppError> {
    caller.need(Permission::WebhooksEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let endpoint_id = delivery::find(tx.conn()?, id).await?.endpoint_id;
    let endpoint = endpoint::lock(tx.conn()?, endpoint_id).await?;
    let found = delivery::lock(tx.conn()?, id).await?;
    if found.state == "queued" {
        return Err(AppError::Conflict {
            code: "delivery_waiting".to_owned(),
            detail: "This delivery waits to be sent already.".to_owned(),
        });
    }
    in_use(endpoint.enabled)?;
    delivery::again(tx.conn()?, id, now).await?;
    tx.enqueue(&[job(id).actor(caller.user_id)]).await?;
    let entry = audit::Entry {
        action: "webhook_delivery.replay",
        subject_type: "webhook_delivery",
        subject_id: Some(id),
        data: serde_json::json!({ "endpoint_id": found.endpoint_id, "type": found.kind }),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    changed(&mut tx, found.endpoint_id).await?;
    let both = (
        delivery::find(tx.conn()?, id).await?,
        delivery::tries(tx.conn()?, id).await?,
    );
    tx.commit().await?;
    Ok(both)
}

/// Sends once more what failed of an endpoint since a moment, the oldest first; returns how many. More than a thousand are
/// sent by asking again.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Refused`] when the endpoint is off.
pub async fn replay_failed(app: &App, caller: &Caller, id: Uuid, since: DateTime<Utc>) -> Result<usize, AppError> {
    caller.need(Permission::WebhooksEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    in_use(endpoint::lock(tx.conn()?, id).await?.enabled)?;
    let ids = delivery::failed_again(tx.conn()?, id, since, AGAIN_MAX, now).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let jobs: Vec<_> = ids.iter().map(|id| job(*id).actor(caller.user_id)).collect();
    tx.enqueue(&jobs).await?;
    let entry = audit::Entry {
        action: "webhook_endpoint.replay",
        subject_type: "webhook_endpoint",
        subject_id: Some(id),
        data: serde_json::json!({ "since": since, "deliveries": ids.len() }),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    changed(&mut tx, id).await?;
    tx.commit().await?;
    Ok(ids.len())
}

fn in_use(enabled: bool) -> Result<(), AppError> {
    if enabled {
        return Ok(());
    }
    Err(AppError::refused(
        "endpoint_off",
        "switch the endpoint on before you send again",
    ))
}
