//! Dealing out the tickets that wait in a group. What is to be done stands in the tickets themselves, so nothing is lost with whoever does it:
//! a look every two seconds finds what came in by any way, and what nobody had room for before.

use domain::{
    ticket::deal::{self as rules, Candidate, Strategy},
    words::WordSet,
};
use serde_json::{Value, json};
use store::{
    audit::Actor,
    ticket::{
        self,
        deal::{self, Dealing, Player},
    },
    user::Agent,
};
use uuid::Uuid;

use super::{
    Alteration,
    category::{home, known},
};
use crate::{App, AppError};

/// Tickets of one transaction.
const CHUNK: i64 = 50;
/// Colleagues that a ticket's history names beside the one who got it.
const NAMED: usize = 10;

/// Deals out what waits, wherever somebody is there and has room; what is under way in a retired group is handed over to one in use
/// before, where it can be found and dealt out. Returns how many tickets were dealt out.
///
/// # Errors
/// When the database is away.
pub async fn deal_out(app: &App) -> Result<usize, AppError> {
    while bring_home(app).await? {}
    let groups = deal::waiting(&mut *app.conn().await?).await?;
    let mut dealt = 0;
    for group in groups {
        loop {
            let done = chunk(app, group).await?;
            dealt += done;
            if done < usize::try_from(CHUNK).unwrap_or(usize::MAX) {
                break;
            }
        }
    }
    Ok(dealt)
}

/// Hands over what is astray; `false` when there was nothing.
async fn bring_home(app: &App) -> Result<bool, AppError> {
    let mut tx = app.begin().await?;
    let astray = deal::astray(tx.conn()?, CHUNK).await?;
    if astray.is_empty() {
        return Ok(false);
    }
    let known = known(app, tx.conn()?).await?;
    for id in astray {
        let ticket = ticket::find_for_update(tx.conn()?, id, None).await?;
        let home = home(&mut tx, &known, &ticket).await?;
        let mut alteration = Alteration::of(&ticket);
        alteration.group(&mut tx, &home).await?;
        alteration.write(app, &mut tx, &Actor::product(), None).await?;
    }
    tx.commit().await?;
    Ok(true)
}

async fn chunk(app: &App, group: Uuid) -> Result<usize, AppError> {
    let mut tx = app.begin().await?;
    let Some(dealing) = deal::hold(tx.conn()?, group).await? else {
        return Ok(0);
    };
    let strategy = Strategy::parse(&dealing.strategy)
        .ok_or_else(|| AppError::Internal(format!("unknown strategy {}", dealing.strategy)))?;
    let players = deal::players(tx.conn()?, group).await?;
    let mut candidates: Vec<Candidate> = players.iter().map(candidate).collect();
    if !candidates.iter().any(Candidate::is_available) {
        return Ok(0);
    }
    let tree = known(app, tx.conn()?).await?;
    let mut dealt = 0;
    for id in deal::next(tx.conn()?, group, CHUNK).await? {
        let ticket = ticket::find_for_update(tx.conn()?, id, None).await?;
        let category = ticket.summary.category_id.filter(|_| strategy == Strategy::Skills);
        let wanted = category.map(|id| tree.tree.routing(id).skills).unwrap_or_default();
        let Some(n) = rules::choose(strategy, &candidates, &wanted) else {
            break;
        };
        let why = explained(&dealing, &players, &candidates, n, &wanted);
        let player = &players[n];
        let agent = Agent {
            id: player.id,
            email: player.email.clone(),
            name: player.name.clone(),
        };
        let mut alteration = Alteration::of(&ticket);
        alteration.deal(&agent, why)?;
        alteration.write(app, &mut tx, &Actor::product(), None).await?;
        rules::give(&mut candidates, n);
        dealt += 1;
    }
    let turns: Vec<(Uuid, i64)> = candidates.iter().map(|one| (one.id, one.turn)).collect();
    deal::turned(tx.conn()?, group, &turns).await?;
    tx.commit().await?;
    Ok(dealt)
}

fn candidate(player: &Player) -> Candidate {
    Candidate {
        id: player.id,
        open: player.open,
        capacity: player.capacity,
        away: player.away,
        turn: player.turn,
        skills: player.skills.clone(),
    }
}

/// Why he of all people: how, and what each of those who were there had to do.
fn explained(
    dealing: &Dealing,
    players: &[Player],
    candidates: &[Candidate],
    chosen: usize,
    wanted: &[String],
) -> Value {
    let others: Vec<Value> = players
        .iter()
        .zip(candidates)
        .enumerate()
        .filter(|(n, (_, one))| *n != chosen && one.is_available())
        .take(NAMED)
        .map(|(_, (player, one))| json!({ "name": player.name, "open": one.open }))
        .collect();
    let had = candidates.get(chosen).map_or(0, |one| one.open);
    json!({ "strategy": dealing.strategy, "group": dealing.name, "open": had, "others": others, "skills": wanted })
}
