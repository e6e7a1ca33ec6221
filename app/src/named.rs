//! Whom and what settings name. Who is named anew can be given tickets, and a group that is named anew is in use; what stood there
//! before may stay, whatever became of it since: else the settings could not even be switched off.

use store::user;
use uuid::Uuid;

use crate::{AppError, Tx};

/// What is named now and was not before, once each.
pub(crate) fn anew<T: Ord>(wanted: impl IntoIterator<Item = T>, before: &[T]) -> Vec<T> {
    let mut new: Vec<T> = wanted.into_iter().filter(|one| !before.contains(one)).collect();
    new.sort_unstable();
    new.dedup();
    new
}

/// Those who are named anew and cannot be given tickets.
pub(crate) async fn missing_agents(
    tx: &mut Tx,
    wanted: impl IntoIterator<Item = Uuid>,
    before: &[Uuid],
) -> Result<Vec<Uuid>, AppError> {
    let mut new = anew(wanted, before);
    if !new.is_empty() {
        let there = user::agents_among(tx.conn()?, &new).await?;
        new.retain(|id| there.iter().all(|agent| agent.id != *id));
    }
    Ok(new)
}

/// Groups that are named anew and not in use.
pub(crate) async fn missing_groups(
    tx: &mut Tx,
    wanted: impl IntoIterator<Item = Uuid>,
    before: &[Uuid],
) -> Result<Vec<Uuid>, AppError> {
    let mut new = anew(wanted, before);
    if !new.is_empty() {
        let there = user::groups_among(tx.conn()?, &new).await?;
        new.retain(|id| there.iter().all(|group| group.id != *id));
    }
    Ok(new)
}
