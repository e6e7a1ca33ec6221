//! Which policies no ticket ever falls under.

use std::collections::HashMap;

use domain::sla::{PolicySpec, taken_before};
use store::{
    sla::{self, Policy},
    ticket::category::{self, Category},
};
use uuid::Uuid;

use crate::{App, AppError};

/// Policies that are asked before another one and take all that it would take, by that one. Those that some ticket may be left for are not
/// in it, nor those that take nothing or what is left.
///
/// # Errors
/// When the database is away.
pub async fn takers(app: &App) -> Result<HashMap<Uuid, Vec<(Uuid, String)>>, AppError> {
    let mut conn = app.conn().await?;
    let rows: Vec<Policy> = sla::policies(&mut conn).await?;
    let categories = category::all(&mut conn).await?;
    let mut asked: Vec<(&Policy, PolicySpec)> = Vec::new();
    for row in rows.iter().filter(|row| row.enabled && !row.fallback) {
        let spec = serde_json::from_value(row.spec.clone()).map_err(|error| AppError::Internal(error.to_string()))?;
        asked.push((row, spec));
    }
    let mut found = HashMap::new();
    for (place, (later, spec)) in asked.iter().enumerate() {
        let earlier: Vec<&PolicySpec> = asked.iter().take(place).map(|(_, spec)| spec).collect();
        let places = taken_before(&earlier, spec, |id| path(&categories, id));
        let named = places.iter().filter_map(|at| asked.get(*at));
        let named: Vec<(Uuid, String)> = named.map(|(row, _)| (row.id, row.name.clone())).collect();
        if !named.is_empty() {
            found.insert(later.id, named);
        }
    }
    Ok(found)
}

/// A category with those above it.
fn path(categories: &[Category], id: Uuid) -> Vec<Uuid> {
    let mut path = vec![id];
    let mut next = categories.iter().find(|one| one.id == id).and_then(|one| one.parent_id);
    while let Some(above) = next.filter(|above| !path.contains(above)) {
        path.push(above);
        next = categories
            .iter()
            .find(|one| one.id == above)
            .and_then(|one| one.parent_id);
    }
    path
}
