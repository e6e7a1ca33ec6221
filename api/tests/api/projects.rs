//! Projects of customers: who sees which, and the tickets in them.

use std::sync::Arc;

use app::wall;
use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    client::{AGENT, World},
    customers::{Person, company as profile},
};

pub(super) const OWNER: &str = "client@cloudmanager.test";
pub(super) const TECH: &str = "tech@x.test";

/// A customer with an owner, and with somebody who sees what he is assigned to.
pub(super) struct Company {
    pub(super) world: Arc<World>,
    pub(super) path: String,
    pub(super) owner: Person,
    pub(super) tech: Person,
    pub(super) tech_id: String,
}

impl Company {
    pub(super) async fn new() -> Self {
        let world = World::new().await;
        let owner = Person::new(&world, OWNER).await;
        let path = owner.made(profile("SARL A", "a@a.dz")).await;
        let tech = Person::stranger(&world, TECH).await;
        let tech_id = joins(&world, &path, TECH, "technical").await;
        Self {
            world,
            path,
            owner,
            tech,
            tech_id,
        }
    }

    pub(super) async fn project(&self, name: &str) -> String {
        let body = json!({ "name": name });
        let made = self.owner.call("POST", &format!("{}/projects", self.path), body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        made.body["id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn assign(&self, project: &str, people: &[&str]) {
        let path = format!("/api/v1/projects/{project}");
        let body = json!({ "user_ids": people });
        let done = self.owner.change("PUT", &format!("{path}/members"), &path, body).await;
        assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    }
}

/// Makes an account act for a customer; returns its id.
pub(super) async fn joins(world: &World, customer: &str, email: &str, role: &str) -> String {
    let customer = customer.rsplit('/').next().unwrap();
    let sql = format!(
        "INSERT INTO customer_members (customer_id, user_id, role, added_at)
         SELECT '{customer}', id, '{role}', now() FROM users WHERE email = '{email}' RETURNING user_id::text"
    );
    world.db.texts(&sql).await.remove(0)
}

pub(super) async fn opened(person: &Person, subject: &str, project: Option<&str>) -> String {
    let body = json!({ "subject": subject, "body": "x", "project_id": project });
    let made = person.call("POST", "/api/v1/tickets", body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    made.body["id"].as_str().unwrap().to_owned()
}

pub(super) async fn subjects(person: &Person, query: &str) -> Vec<String> {
    let list = person.get(&format!("/api/v1/tickets{query}")).await;
    assert_eq!(list.status, StatusCode::OK, "{:?}", list.body);
    let items = list.body["items"].as_array().unwrap().iter();
    let mut found: Vec<String> = items.map(|one| one["subject"].as_str().unwrap().to_owned()).collect();
    found.sort_unstable();
    found
}

async fn names(person: &Person) -> Vec<String> {
    offered(person, "").await
}

async fn offered(person: &Person, query: &str) -> Vec<String> {
    let list = person.get(&format!("/api/v1/projects{query}")).await;
    assert_eq!(list.status, StatusCode::OK, "{:?}", list.body);
    let items = list.body["items"].as_array().unwrap().iter();
    items.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

/// Reads with row-level security alone: the statement itself asks for everything.
async fn reads_past_the_scope(company: &Company, person: &str, ticket: &str) -> bool {
    let (person, ticket): (Uuid, Uuid) = (person.parse().unwrap(), ticket.parse().unwrap());
    let app = company.world.state.app.clone();
    wall::scope(async {
        wall::behind(person).unwrap();
        let mut conn = app.conn().await.unwrap();
        let found = store::ticket::find(&mut conn, ticket, None).await.is_ok();
        let messages = store::ticket::messages(&mut conn, ticket, false, None, 10)
            .await
            .unwrap();
        assert_eq!(found, !messages.is_empty());
        found
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_assigned_sees_neither_the_project_nor_its_tickets() {
    let company = Company::new().await;
    let (owner, tech) = (&company.owner, &company.tech);
    let (site, shop) = (company.project("Site").await, company.project("Shop").await);
    assert_eq!(names(owner).await, ["Shop", "Site"]);
    assert!(names(tech).await.is_empty());
    let hidden = tech.get(&format!("/api/v1/projects/{site}")).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);

    let hers = opened(owner, "Of the site", Some(&site)).await;
    opened(owner, "Of the shop", Some(&shop)).await;
    opened(tech, "Of nothing", None).await;
    // Without a project a ticket is its requester's, as ever.
    assert_eq!(subjects(tech, "").await, ["Of nothing"]);
    assert_eq!(subjects(owner, "").await, ["Of the shop", "Of the site"]);
    assert!(!reads_past_the_scope(&company, &company.tech_id, &hers).await);
    let path = format!("/api/v1/tickets/{hers}");
    assert_eq!(tech.get(&path).await.status, StatusCode::NOT_FOUND);
    let wanted = json!({ "subject": "x", "body": "x", "project_id": site });
    let refused = tech.call("POST", "/api/v1/tickets", wanted).await;
    assert_eq!(
        refused.body["errors"][0]["code"], "unknown_project",
        "{:?}",
        refused.body
    );

    company.assign(&site, &[&company.tech_id]).await;
    assert_eq!(names(tech).await, ["Site"]);
    assert_eq!(subjects(tech, "").await, ["Of nothing", "Of the site"]);
    assert_eq!(subjects(tech, &format!("?project={site}")).await, ["Of the site"]);
    assert_eq!(subjects(tech, "?project=none").await, ["Of nothing"]);
    assert!(subjects(tech, &format!("?project={shop}")).await.is_empty());
    assert!(reads_past_the_scope(&company, &company.tech_id, &hers).await);
    let read = tech.get(&path).await;
    assert_eq!(read.body["project"], json!({ "id": site, "name": "Site" }));
    let answer = json!({ "kind": "reply", "body": "It is the certificate." });
    let replied = tech.call("POST", &format!("{path}/messages"), answer).await;
    assert_eq!(replied.status, StatusCode::CREATED, "{:?}", replied.body);
    let his = opened(tech, "By the technician", Some(&site)).await;

    company.assign(&site, &[]).await;
    // His own are of the project now, and go with it.
    assert_eq!(subjects(tech, "").await, ["Of nothing"]);
    for ticket in [&hers, &his] {
        let path = format!("/api/v1/tickets/{ticket}");
        for part in ["", "/timeline", "/survey"] {
            let status = tech.get(&format!("{path}{part}")).await.status;
            assert_eq!(status, StatusCode::NOT_FOUND, "{part}");
        }
        let body = json!({ "kind": "reply", "body": "x" });
        let status = tech.call("POST", &format!("{path}/messages"), body).await.status;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(!reads_past_the_scope(&company, &company.tech_id, ticket).await);
    }
    let counted = tech.get("/api/v1/tickets/counts").await;
    assert_eq!(counted.body["by_state"]["open"], 1, "{:?}", counted.body);
    let matching = tech.get("/api/v1/tickets/matching").await;
    assert_eq!(matching.body["count"], 1);
}

#[tokio::test]
async fn those_who_lead_manage_projects_and_the_others_do_not() {
    let company = Company::new().await;
    let (owner, tech) = (&company.owner, &company.tech);
    let site = company.project("Site").await;
    let path = format!("/api/v1/projects/{site}");
    let list = format!("{}/projects", company.path);

    let again = owner.call("POST", &list, json!({ "name": " SITE " })).await;
    assert_eq!(
        again.body["errors"][0]["code"], "project_name_taken",
        "{:?}",
        again.body
    );
    let empty = owner.call("POST", &list, json!({ "name": "  " })).await;
    assert_eq!(empty.body["errors"][0]["code"], "invalid_project_name");
    let refused = tech.call("POST", &list, json!({ "name": "Mine" })).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    company.assign(&site, &[&company.tech_id]).await;
    // He sees it, and not who else is there; he changes nothing.
    let read = tech.get(&path).await;
    assert_eq!(
        (&read.body["manages"], &read.body["people"]),
        (&json!(false), &json!([]))
    );
    let body = json!({ "name": "Other", "description": "", "archived": true });
    assert_eq!(
        tech.change("PUT", &path, &path, body.clone()).await.status,
        StatusCode::FORBIDDEN
    );
    let people = json!({ "user_ids": [] });
    let status = tech
        .change("PUT", &format!("{path}/members"), &path, people)
        .await
        .status;
    assert_eq!(status, StatusCode::FORBIDDEN);
    // Nobody who does not act for the customer is assigned.
    Person::stranger(&company.world, "bob@x.test").await;
    let bob = company
        .world
        .db
        .texts("SELECT id::text FROM users WHERE email = 'bob@x.test'")
        .await
        .remove(0);
    let body = json!({ "user_ids": [bob] });
    let refused = owner.change("PUT", &format!("{path}/members"), &path, body).await;
    assert_eq!(
        refused.body["errors"][0]["code"], "unknown_member",
        "{:?}",
        refused.body
    );

    // Another version was read.
    let bearer = owner.bearer();
    let stale = [("authorization", bearer.as_str()), ("if-match", "\"1\"")];
    let body = json!({ "name": "Web site", "description": "", "colour": "blue", "archived": true });
    let refused = company.world.call("PUT", &path, &stale, body.clone()).await;
    assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED);
    let archived = owner.change("PUT", &path, &path, body).await;
    assert_eq!(archived.status, StatusCode::OK, "{:?}", archived.body);
    assert!(archived.body["archived_at"].is_string());
    let wanted = json!({ "subject": "x", "body": "x", "project_id": site });
    let refused = owner.call("POST", "/api/v1/tickets", wanted).await;
    assert_eq!(refused.body["errors"][0]["code"], "project_archived");

    let lines = company
        .world
        .db
        .texts("SELECT action FROM audit_log WHERE action LIKE 'customer.project%' ORDER BY id")
        .await;
    assert_eq!(
        lines,
        [
            "customer.project_add",
            "customer.project_members",
            "customer.project_edit"
        ]
    );
}

#[tokio::test]
async fn of_very_many_people_each_is_found_and_assigned() {
    let company = Company::new().await;
    let site = company.project("Site").await;
    let path = format!("/api/v1/projects/{site}");
    let customer = company.path.rsplit('/').next().unwrap();
    // More than are shown at once, all before the last one.
    let sql = format!(
        "WITH new AS (INSERT INTO users (id, email, name, role_id, status)
             SELECT gen_random_uuid(), 'p' || n || '@many.test', 'Person ' || n, (SELECT role_id FROM users WHERE email = '{TECH}'), 'active'
             FROM generate_series(1, 700) n RETURNING id)
         INSERT INTO customer_members (customer_id, user_id, role, added_at) SELECT '{customer}', id, 'technical', now() FROM new"
    );
    company.world.db.execute(&sql).await;
    Person::stranger(&company.world, "zz-last@x.test").await;
    let last = joins(&company.world, &company.path, "zz-last@x.test", "viewer").await;
    let people = |body: &Value| -> Vec<String> {
        let all = body["people"].as_array().unwrap().iter();
        all.map(|one| one["user_id"].as_str().unwrap().to_owned()).collect()
    };
    let all = company.owner.get(&path).await;
    assert_eq!(all.body["more_people"], true, "{:?}", all.status);
    assert!(!people(&all.body).contains(&last));
    let found = company.owner.get(&format!("{path}?q=ZZ-last")).await;
    assert_eq!(people(&found.body), [last.as_str()]);
    assert_eq!(found.body["more_people"], false);
    // Percent is a letter.
    let none = company.owner.get(&format!("{path}?q=%25")).await;
    assert!(people(&none.body).is_empty(), "{:?}", none.body);

    company.assign(&site, &[&last]).await;
    let all = company.owner.get(&path).await;
    assert_eq!(people(&all.body)[0], last, "who is assigned comes first");
    assert_eq!(all.body["people"][0]["assigned"], true);
}

#[tokio::test]
async fn an_assignment_ends_with_the_membership() {
    let company = Company::new().await;
    let site = company.project("Site").await;
    company.assign(&site, &[&company.tech_id]).await;
    let his = opened(&company.tech, "Mine", Some(&site)).await;
    // He leaves by himself, behind the wall.
    let path = format!("{}/members/{}", company.path, company.tech_id);
    let left = company.tech.call("DELETE", &path, Value::Null).await;
    assert_eq!(left.status, StatusCode::NO_CONTENT, "{:?}", left.body);
    let rows = company
        .world
        .db
        .texts("SELECT user_id::text FROM customer_project_members")
        .await;
    assert!(rows.is_empty(), "{rows:?}");
    let said = company
        .world
        .db
        .texts("SELECT data->>'projects' FROM audit_log WHERE action = 'customer.member_remove'")
        .await;
    assert_eq!(said, ["1"]);
    assert!(names(&company.tech).await.is_empty());
    let gone = company.tech.get(&format!("/api/v1/tickets/{his}")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    // Taken in again he is assigned to nothing.
    joins(&company.world, &company.path, TECH, "viewer").await;
    assert!(names(&company.tech).await.is_empty());
}

#[tokio::test]
async fn a_ticket_is_filed_by_whoever_sees_both() {
    let company = Company::new().await;
    let (owner, tech) = (&company.owner, &company.tech);
    let (site, shop) = (company.project("Site").await, company.project("Shop").await);
    let viewer = Person::stranger(&company.world, "viewer@x.test").await;
    let viewer_id = joins(&company.world, &company.path, "viewer@x.test", "viewer").await;
    company.assign(&site, &[&company.tech_id, &viewer_id]).await;
    let ticket = opened(tech, "Mine", None).await;
    let path = format!("/api/v1/tickets/{ticket}");
    let file = format!("{path}/project");
    let body = json!({ "project_id": shop });
    let refused = tech.change("PUT", &file, &path, body).await;
    assert_eq!(
        refused.body["errors"][0]["code"], "unknown_project",
        "{:?}",
        refused.body
    );
    let filed = tech.change("PUT", &file, &path, json!({ "project_id": site })).await;
    assert_eq!(filed.status, StatusCode::OK, "{:?}", filed.body);
    assert_eq!(filed.body["project"]["name"], "Site");
    // Nobody but those who lead takes it where its requester would not see it.
    company.assign(&shop, &[&viewer_id]).await;
    let refused = viewer.change("PUT", &file, &path, json!({ "project_id": shop })).await;
    assert_eq!(refused.code(), "takes_it_from_requester", "{:?}", refused.body);
    // What is offered is what is taken: to him the one that its requester sees, to who leads the customer both.
    let places = format!("?ticket_id={ticket}");
    assert_eq!(offered(&viewer, &places).await, ["Site"]);
    assert_eq!(offered(owner, &places).await, ["Shop", "Site"]);
    // The owner moves it on, and takes it out of nothing: nobody but those who take part would see it then.
    let moved = owner.change("PUT", &file, &path, json!({ "project_id": shop })).await;
    assert_eq!(moved.body["project"]["name"], "Shop", "{:?}", moved.body);
    assert_eq!(tech.get(&path).await.status, StatusCode::NOT_FOUND);
    let refused = owner.change("PUT", &file, &path, json!({})).await;
    assert_eq!(refused.code(), "not_yours_to_take_out", "{:?}", refused.body);

    let agent = Person::new(&company.world, AGENT).await;
    let out = agent.change("PUT", &file, &path, json!({})).await;
    assert_eq!(
        (out.status, &out.body["project"]),
        (StatusCode::OK, &Value::Null),
        "{:?}",
        out.body
    );
    assert_eq!(tech.get(&path).await.status, StatusCode::OK);
    // Projects of another customer take none of this one's tickets.
    let stranger = Person::stranger(&company.world, "eve@x.test").await;
    let other = stranger.made(profile("SARL B", "b@b.dz")).await;
    let made = stranger
        .call("POST", &format!("{other}/projects"), json!({ "name": "Site" }))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    let theirs = made.body["id"].as_str().unwrap();
    let refused = agent.change("PUT", &file, &path, json!({ "project_id": theirs })).await;
    assert_eq!(refused.body["errors"][0]["code"], "project_of_another_customer");
    let wanted = json!({ "subject": "x", "body": "x", "project_id": theirs, "requester": { "email": TECH } });
    let refused = agent.call("POST", "/api/v1/tickets", wanted).await;
    assert_eq!(refused.body["errors"][0]["code"], "project_of_another_customer");
    // To staff only those that the ticket, or a new one of an address, can be filed under.
    assert_eq!(offered(&agent, &places).await, ["Shop", "Site"]);
    assert_eq!(
        offered(&agent, &format!("?requester={}", TECH.to_uppercase())).await,
        ["Site"]
    );
    assert_eq!(
        offered(&agent, "?requester=a@a.dz").await,
        ["Shop", "Site"],
        "the customer's own address"
    );
    assert!(offered(&agent, "?requester=nobody@x.test").await.is_empty());
    // Nobody else learns who sees what, nor of other people's tickets.
    let refused = owner.get(&format!("/api/v1/projects?requester={TECH}")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{:?}", refused.body);
    let hidden = stranger.get(&format!("/api/v1/projects{places}")).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{:?}", hidden.body);
    // Staff see all of them and find their tickets.
    assert_eq!(names(&agent).await, ["Shop", "Site", "Site"]);
    let wanted = json!({ "subject": "By phone", "body": "x", "project_id": site, "requester": { "email": TECH } });
    let made = agent.call("POST", "/api/v1/tickets", wanted).await;
    assert_eq!(made.body["project"]["name"], "Site", "{:?}", made.body);
    assert_eq!(subjects(&agent, &format!("?project={site}")).await, ["By phone"]);
    let history = company
        .world
        .db
        .texts(&format!(
            "SELECT coalesce(data->>'to', '-') FROM ticket_events WHERE ticket_id = '{ticket}' AND kind = 'project_changed' ORDER BY seq"
        ))
        .await;
    assert_eq!(history, ["Site", "Shop", "-"]);
}
