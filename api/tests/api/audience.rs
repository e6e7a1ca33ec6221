//! Who of a customer's people sees a ticket is written in three places, each where it can be asked quickly: they say the same.

use app::wall;
use uuid::Uuid;

use super::{
    client::{AGENT, World},
    customers::Person,
    projects::{Company, TECH, opened},
};

/// The statements of the product, narrowed to a person.
async fn lists(world: &World, person: Uuid, ticket: Uuid) -> bool {
    let mut conn = world.db.pool.get().await.unwrap();
    store::ticket::find(&mut conn, ticket, Some(person)).await.is_ok()
}

/// The database, behind the wall, when a statement asks for everything.
async fn walled(world: &World, person: Uuid, ticket: Uuid) -> [bool; 2] {
    let app = world.state.app.clone();
    let row = wall::scope(async {
        wall::behind(person).unwrap();
        let mut conn = app.conn().await.unwrap();
        store::ticket::find(&mut conn, ticket, None).await.is_ok()
    })
    .await;
    let sql = format!(
        "BEGIN; SET LOCAL ROLE cloudmanager_app; SET LOCAL cm.user_id = '{person}'; SELECT wall_sees_ticket('{ticket}')::text; ROLLBACK"
    );
    [row, world.db.texts(&sql).await == ["true"]]
}

/// The live events of the ticket.
async fn told(world: &World, person: Uuid, ticket: Uuid) -> bool {
    let sql = format!(
        "SELECT ('{person}' = ANY (ticket_audience(id, project_id, requester_user_id)))::text FROM tickets WHERE id = '{ticket}'"
    );
    world.db.texts(&sql).await == ["true"]
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_the_wall_and_live_events_agree_on_who_sees_a_ticket() {
    let company = Company::new().await;
    let world = &company.world;
    let project = company.project("Site").await;
    let ticket = opened(&company.owner, "Of whom?", None).await;
    let customer = company.path.rsplit('/').next().unwrap();
    let (person, id): (Uuid, Uuid) = (company.tech_id.parse().unwrap(), ticket.parse().unwrap());
    let agent = Person::new(world, AGENT).await.get("/api/v1/me").await.body["id"].clone();
    let agent = agent.as_str().unwrap();
    let members = ["owner", "admin", "technical", "billing", "viewer"].map(Some);
    let mut seen = 0;
    for role in members.into_iter().chain([None]) {
        for (filed, assigned) in [(false, false), (false, true), (true, false), (true, true)] {
            if assigned && role.is_none() {
                continue;
            }
            for part in ["nobody", "asker", "contributor", "watcher", "cc", "cc_pending"] {
                let mut set = format!(
                    "DELETE FROM customer_members WHERE user_id = '{person}';
                     DELETE FROM ticket_participants WHERE ticket_id = '{ticket}';
                     UPDATE tickets SET customer_id = '{customer}', project_id = {}, requester_user_id = '{}' WHERE id = '{ticket}';",
                    if filed { format!("'{project}'") } else { "NULL".to_owned() },
                    if part == "asker" { company.tech_id.as_str() } else { agent },
                );
                if let Some(role) = role {
                    set += &format!(
                        "INSERT INTO customer_members (customer_id, user_id, role, added_at) VALUES ('{customer}', '{person}', '{role}', now());"
                    );
                }
                if assigned {
                    set += &format!(
                        "INSERT INTO customer_project_members (project_id, customer_id, user_id, added_at)
                         VALUES ('{project}', '{customer}', '{person}', now());"
                    );
                }
                if !["nobody", "asker"].contains(&part) {
                    set += &format!(
                        "INSERT INTO ticket_participants (ticket_id, email, role, user_id, added_at)
                         VALUES ('{ticket}', '{TECH}', '{part}', '{person}', now());"
                    );
                }
                world.db.execute(&set).await;
                let expected = if filed {
                    matches!(role, Some("owner" | "admin")) || assigned
                } else {
                    !["nobody", "cc_pending"].contains(&part)
                };
                let [row, function] = walled(world, person, id).await;
                let all = [
                    lists(world, person, id).await,
                    row,
                    function,
                    told(world, person, id).await,
                ];
                let case = format!("{role:?} assigned: {assigned} filed: {filed} part: {part}");
                assert_eq!(all, [expected; 4], "list, row, wall, event of {case}");
                seen += usize::from(expected);
            }
        }
    }
    assert!(seen > 0);
}
