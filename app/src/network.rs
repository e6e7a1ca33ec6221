//! From where staff may work: the list, and its changes. Nobody closes the door behind which he stands.

use std::net::IpAddr;

use domain::{
    network::{Rule, Surface, closed, parse, surfaces},
    permission::Permission,
};
use store::{
    audit::{self, Actor},
    network,
    network::NetworkRule,
};
use uuid::Uuid;

use crate::{App, AppError, Caller, FieldError, Tx};

/// A network to be let in.
#[derive(Debug)]
pub struct NewRule {
    /// Whom it is for.
    pub surface: Surface,
    /// In CIDR notation, or one address.
    pub network: String,
    /// What it is.
    pub note: String,
}

/// The rules as the boundary applies them.
///
/// # Errors
/// When the database is away or holds what this release cannot read.
pub async fn rules(app: &App) -> Result<Vec<Rule>, AppError> {
    parsed(&network::all(&mut *app.conn().await?).await?)
}

fn parsed(rows: &[NetworkRule]) -> Result<Vec<Rule>, AppError> {
    let rule = |row: &NetworkRule| {
        Ok(Rule {
            surface: row.surface.parse()?,
            network: parse(&row.network)?,
        })
    };
    rows.iter()
        .map(|row| rule(row).map_err(|error: String| AppError::Internal(format!("network {}: {error}", row.id))))
        .collect()
}

/// The list.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<NetworkRule>, AppError> {
    caller.need(Permission::NetworksEdit)?;
    Ok(network::all(&mut *app.conn().await?).await?)
}

/// Lets a network in; needs a fresh factor. The first one of a surface closes it to all others, so it must hold the caller's own address if he
/// works on that surface.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Conflict`] when it is listed; [`AppError::Refused`] when it would shut the caller out.
pub async fn add(app: &App, caller: &Caller, ip: Option<IpAddr>, new: &NewRule) -> Result<NetworkRule, AppError> {
    caller.need(Permission::NetworksEdit)?;
    caller.fresh_factor(app.now())?;
    let mut errors = Vec::new();
    let parsed_network = parse(&new.network);
    if let Err(error) = &parsed_network {
        errors.push(FieldError::new("/network", "invalid_network", error));
    }
    let note = new.note.trim();
    if note.chars().count() > 200 || note.chars().any(char::is_control) {
        errors.push(FieldError::new(
            "/note",
            "invalid_note",
            "A note has at most 200 characters on one line.",
        ));
    }
    let (Ok(net), true) = (parsed_network, errors.is_empty()) else {
        return Err(AppError::Invalid(errors));
    };
    let id = Uuid::now_v7();
    let mut tx = app.begin().await?;
    network::lock(tx.conn()?).await?;
    let rule = (new.surface.as_str(), &*net.to_string(), note);
    network::insert(tx.conn()?, id, rule, Some(caller.user_id), app.now()).await?;
    let rows = still_inside(&mut tx, caller, ip).await?;
    let data = serde_json::json!({ "surface": rule.0, "network": rule.1, "note": note });
    log(&mut tx, app, &caller.actor, "network.added", Some(id), data).await?;
    tx.commit().await?;
    rows.into_iter().find(|row| row.id == id).ok_or(AppError::NotFound)
}

/// Shuts a network out; needs a fresh factor.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Refused`] when it would shut the caller out.
pub async fn remove(app: &App, caller: &Caller, ip: Option<IpAddr>, id: Uuid) -> Result<(), AppError> {
    caller.need(Permission::NetworksEdit)?;
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    network::lock(tx.conn()?).await?;
    let before = network::all(tx.conn()?).await?;
    let gone = before.iter().find(|row| row.id == id).ok_or(AppError::NotFound)?;
    network::delete(tx.conn()?, id).await?;
    still_inside(&mut tx, caller, ip).await?;
    let data = serde_json::json!({ "surface": gone.surface, "network": gone.network });
    log(&mut tx, app, &caller.actor, "network.removed", Some(id), data).await?;
    tx.commit().await
}

/// Opens every surface to all networks: the way back in when the list is wrong. For the command line only.
///
/// # Errors
/// When the database is away.
pub async fn clear(app: &App) -> Result<usize, AppError> {
    let mut tx = app.begin().await?;
    network::lock(tx.conn()?).await?;
    let before = network::all(tx.conn()?).await?;
    let n = network::clear(tx.conn()?).await?;
    let actor = Actor::system("command line");
    let networks: Vec<_> = before
        .iter()
        .map(|row| format!("{} {}", row.surface, row.network))
        .collect();
    log(
        &mut tx,
        app,
        &actor,
        "network.cleared",
        None,
        serde_json::json!({ "networks": networks }),
    )
    .await?;
    tx.commit().await?;
    Ok(n)
}

async fn still_inside(tx: &mut Tx, caller: &Caller, ip: Option<IpAddr>) -> Result<Vec<NetworkRule>, AppError> {
    let rows = network::all(tx.conn()?).await?;
    if let Some(surface) = closed(&parsed(&rows)?, &surfaces(&caller.permissions), ip) {
        let from = ip.map_or_else(|| "an unknown address".to_owned(), |ip| ip.to_string());
        return Err(AppError::refused(
            "would_shut_you_out",
            format!(
                "You come from {from}, which would not reach the {} surface any more. List your own network first.",
                surface.as_str()
            ),
        ));
    }
    Ok(rows)
}

async fn log(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    action: &str,
    id: Option<Uuid>,
    data: serde_json::Value,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "network",
        subject_id: id,
        data,
    };
    tx.record(actor, app.now(), entry, ("network.changed", Permission::NetworksEdit))
        .await
}
