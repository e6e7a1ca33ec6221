//! Outgoing webhooks: endpoints that people set up, deliveries that events make, and what became of them.

mod endpoints;
mod log;
mod send;
mod tell;

pub use endpoints::{Listed, Settings, WithSecret, change, create, delete, get, list, rotate, test};
pub use log::{deliveries, delivery, replay, replay_failed};
pub use send::{Due, Heard, Letter, abandon, due, give_up, tried};
pub use tell::tell;

use domain::permission::Permission;
use jobs::{NewJob, SendWebhook};
use store::event::{self, NewEvent};
use uuid::Uuid;

use crate::{AppError, Tx};

/// Tells browsers that an endpoint is another now.
async fn changed(tx: &mut Tx, endpoint: Uuid) -> Result<(), AppError> {
    let news = NewEvent {
        kind: "webhook_endpoint.changed",
        subject_type: "webhook_endpoint",
        subject_id: endpoint,
        permission: Some(Permission::WebhooksView.as_str()),
        user_id: None,
        data: serde_json::json!({}),
    };
    Ok(event::append(tx.conn()?, news).await?)
}

fn job(delivery_id: Uuid) -> NewJob {
    NewJob::of(&SendWebhook { delivery_id })
}
