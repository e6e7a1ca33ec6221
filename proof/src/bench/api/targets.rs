//! What is read: pages of every state, and tickets.

use std::{collections::BTreeMap, net::SocketAddr};

use anyhow::{Context, ensure};

use super::Operation;
use crate::{
    bench::load::{Outgoing, Target, Work},
    product::ask,
    watch::Watch,
};

/// Pages of each state that are asked for.
const PAGES: usize = 30;
/// Tickets that are read.
const READ: i64 = 20_000;
const STATES: [&str; 7] = [
    "open",
    "in_progress",
    "answered",
    "waiting_for_response",
    "on_hold",
    "resolved",
    "closed",
];

/// Pages of every state and tickets to read.
pub async fn read(address: SocketAddr, token: &str, watch: &mut Watch) -> anyhow::Result<BTreeMap<Operation, Work>> {
    let mut pages = Vec::new();
    for state in STATES {
        let mut path = format!("/api/v1/tickets?state={state}&limit=50");
        for _ in 0..PAGES {
            let page = ask(address, Some(token), Outgoing::get(&path)).await?;
            let items = page["items"].as_array().context("items")?.len();
            ensure!(items == 50, "{path} has {items} tickets");
            pages.push(Target {
                path,
                holds: format!("\"state\":\"{state}\""),
            });
            let cursor = page["next_cursor"].as_str().context("a next page")?;
            path = format!("/api/v1/tickets?state={state}&limit=50&cursor={cursor}");
        }
    }
    let rows = watch
        .client()
        .await?
        .query("SELECT id::text FROM tickets ORDER BY md5(id::text) LIMIT $1", &[&READ])
        .await?;
    let tickets = rows.iter().map(|row| {
        let id: String = row.get(0);
        Target {
            path: format!("/api/v1/tickets/{id}"),
            holds: id,
        }
    });
    Ok(BTreeMap::from([
        (Operation::List, Work::Read(pages)),
        (Operation::Read, Work::Read(tickets.collect())),
    ]))
}
