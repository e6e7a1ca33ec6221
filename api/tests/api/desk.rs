//! An agent, a customer with a ticket, and a clock that tests move.

use std::sync::Arc;

use serde_json::json;

use super::{
    client::{AGENT, Hands, URL, World, quiet},
    customers::CLIENT,
};

pub struct Desk {
    pub world: Arc<World>,
    pub clock: Arc<Hands>,
    /// Token of the agent.
    pub agent: String,
    /// Token of the customer.
    pub client: String,
    /// Address of the ticket.
    pub ticket: String,
}

impl Desk {
    pub async fn new() -> Self {
        let clock = Hands::new();
        let world = World::at(quiet(URL), clock.clone()).await;
        let (agent, client) = (world.token_of(AGENT).await, world.token_of(CLIENT).await);
        let body = json!({ "subject": "Printer", "body": "Help" });
        let made = world.own("POST", "/api/v1/tickets", &client, body).await;
        let ticket = format!("/api/v1/tickets/{}", made.body["id"].as_str().unwrap());
        Self {
            world,
            clock,
            agent,
            client,
            ticket,
        }
    }
}
