//! Who looks at a ticket or writes to it at this moment: for staff alone, kept outside the database, and gone when it is not said again.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::broadcast;
use uuid::Uuid;

/// How long somebody is there after he said so; pages say it again every ten seconds.
pub const KEPT: Duration = Duration::from_secs(30);

/// Where processes share it. It may be away, or forget everything, at any time: then nobody is shown.
#[async_trait]
pub trait Presence: Send + Sync + std::fmt::Debug {
    /// Notes that somebody is at a ticket and what he does there.
    ///
    /// # Errors
    /// With the reason, when it is away.
    async fn attend(&self, ticket: Uuid, who: Uuid, doing: &str, kept: Duration) -> Result<(), String>;

    /// Notes that somebody has left.
    ///
    /// # Errors
    /// With the reason, when it is away.
    async fn leave(&self, ticket: Uuid, who: Uuid) -> Result<(), String>;

    /// Who is there, each with what he does.
    ///
    /// # Errors
    /// With the reason, when it is away.
    async fn present(&self, ticket: Uuid) -> Result<Vec<(Uuid, String)>, String>;

    /// Tickets at which somebody came, left or does something else, from now on.
    fn changes(&self) -> broadcast::Receiver<String>;
}
