//! Tickets of projects: what follows whoever sees them, and what stays with those who do.

use app::wall;
use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    client::AGENT,
    customers::Person,
    projects::{Company, OWNER, TECH, opened, subjects},
};
#[tokio::test]
async fn what_is_split_off_stays_in_the_project() {
    let company = Company::new().await;
    let site = company.project("Site").await;
    company.assign(&site, &[&company.tech_id]).await;
    let ticket = opened(&company.tech, "Two things", Some(&site)).await;
    let path = format!("/api/v1/tickets/{ticket}");
    let body = json!({ "kind": "reply", "body": "And another one." });
    let second = company.tech.call("POST", &format!("{path}/messages"), body).await;
    company.assign(&site, &[]).await;
    let agent = Person::new(&company.world, AGENT).await;
    let body = json!({ "subject": "The other one", "message_ids": [second.body["id"]] });
    let split = agent.change("POST", &format!("{path}/split"), &path, body).await;
    assert!(split.status.is_success(), "{:?}", split.body);
    // Its requester does not see the project any more, and what was said there not either.
    assert!(subjects(&company.tech, "").await.is_empty());
    assert_eq!(
        subjects(&company.owner, &format!("?project={site}")).await,
        ["The other one", "Two things"]
    );
}

/// Those of the customer's people who are told of the newest event of a ticket, by address.
async fn told(company: &Company, ticket: &str) -> Vec<String> {
    let sql = format!(
        "SELECT u.email FROM users u WHERE u.id = ANY ((SELECT audience FROM events WHERE subject_id = '{ticket}'
             ORDER BY id DESC LIMIT 1)::uuid[]) ORDER BY u.email"
    );
    company.world.db.texts(&sql).await
}

#[tokio::test]
async fn whoever_sees_a_ticket_by_its_project_is_told_of_it_and_nobody_else() {
    let company = Company::new().await;
    let (owner, tech) = (&company.owner, &company.tech);
    let site = company.project("Site").await;
    let ticket = opened(owner, "Of the site", Some(&site)).await;
    assert_eq!(told(&company, &ticket).await, [OWNER]);
    company.assign(&site, &[&company.tech_id]).await;
    let path = format!("/api/v1/tickets/{ticket}");
    // His mail was only noted, as nobody vouched for it; signed in he takes part.
    let noted = format!(
        "INSERT INTO ticket_participants (ticket_id, email, role, user_id, added_at)
         VALUES ('{ticket}', '{TECH}', 'cc_pending', '{}', now())",
        company.tech_id
    );
    company.world.db.execute(&noted).await;
    let body = json!({ "kind": "reply", "body": "It is my site as well." });
    let sent = tech.call("POST", &format!("{path}/messages"), body).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    assert_eq!(told(&company, &ticket).await, [OWNER, TECH]);

    // Who wrote takes part: the answer is mailed to him too.
    let agent = Person::new(&company.world, AGENT).await;
    let answer = json!({ "kind": "reply", "body": "To both of you." });
    let sent = agent.call("POST", &format!("{path}/messages"), answer).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    let mails = format!(
        "SELECT recipient FROM outgoing_mails WHERE ticket_id = '{ticket}' AND kind = 'reply' ORDER BY recipient"
    );
    assert_eq!(company.world.db.texts(&mails).await, [OWNER, TECH]);

    // Taken out of the project he sees it no more, unless he takes part; without one its requester and who takes part do.
    let own = opened(tech, "Of the site too", Some(&site)).await;
    company.assign(&site, &[]).await;
    let note = json!({ "kind": "reply", "body": "Said to whoever sees it." });
    agent
        .call("POST", &format!("/api/v1/tickets/{own}/messages"), note)
        .await;
    assert_eq!(told(&company, &own).await, [OWNER]);
    let out = agent.change("PUT", &format!("{path}/project"), &path, json!({})).await;
    assert_eq!(out.status, StatusCode::OK, "{:?}", out.body);
    assert_eq!(told(&company, &ticket).await, [OWNER, TECH]);
    // And what the list counts is what it shows.
    let counts = tech.get("/api/v1/tickets/counts").await;
    let shown = subjects(tech, "").await.len();
    let sum: u64 = counts.body["by_state"]
        .as_object()
        .unwrap()
        .values()
        .filter_map(Value::as_u64)
        .sum();
    assert_eq!(sum, shown as u64, "{:?}", counts.body);
}

#[tokio::test]
async fn whoever_has_another_address_by_now_takes_part_once_and_is_answered_there() {
    let company = Company::new().await;
    let (owner, tech) = (&company.owner, &company.tech);
    let site = company.project("Site").await;
    let ticket = opened(owner, "Of the site", Some(&site)).await;
    company.assign(&site, &[&company.tech_id]).await;
    let messages = format!("/api/v1/tickets/{ticket}/messages");
    let write = async |person: &Person, text: &str| {
        let body = json!({ "kind": "reply", "body": text });
        let sent = person.call("POST", &messages, body).await;
        assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    };
    let sql = format!(
        "SELECT concat_ws(' ', p.email, p.role, u.email) FROM ticket_participants p LEFT JOIN users u ON u.id = p.user_id
         WHERE p.ticket_id = '{ticket}' AND p.role <> 'requester' ORDER BY p.email"
    );
    for role in ["cc_pending", "watcher"] {
        let before = format!(
            "DELETE FROM ticket_participants WHERE ticket_id = '{ticket}' AND role <> 'requester';
             INSERT INTO ticket_participants (ticket_id, email, role, user_id, added_at)
             VALUES ('{ticket}', 'before@x.test', '{role}', '{}', now())",
            company.tech_id
        );
        company.world.db.execute(&before).await;
        write(tech, "From my new address.").await;
        let now = if role == "cc_pending" { "contributor" } else { role };
        assert_eq!(
            company.world.db.texts(&sql).await,
            [format!("before@x.test {now} {TECH}")]
        );
    }
    let proved = format!("UPDATE users SET email_verified_at = now() WHERE email = '{TECH}'");
    company.world.db.execute(&proved).await;
    write(&Person::new(&company.world, AGENT).await, "To both of you.").await;
    let mails =
        format!("SELECT recipient FROM outgoing_mails WHERE ticket_id = '{ticket}' AND kind = 'reply' ORDER BY 1");
    assert_eq!(company.world.db.texts(&mails).await, [OWNER, TECH]);

    // His address was somebody else's, whose mail was only noted: that one stays as it is, and he can write all the same.
    let other = format!(
        "DELETE FROM ticket_participants WHERE ticket_id = '{ticket}' AND role <> 'requester';
         INSERT INTO ticket_participants (ticket_id, email, role, user_id, added_at)
         SELECT '{ticket}', '{TECH}', 'cc_pending', id, now() FROM users WHERE email = '{OWNER}'"
    );
    company.world.db.execute(&other).await;
    for text in ["Once.", "Twice."] {
        write(tech, text).await;
    }
    assert_eq!(
        company.world.db.texts(&sql).await,
        [format!("{TECH} cc_pending {OWNER}")]
    );
}

#[tokio::test]
async fn the_rating_of_a_projects_ticket_is_told_to_whoever_sees_the_project() {
    let company = Company::new().await;
    company
        .world
        .db
        .execute("UPDATE support_groups SET survey = true")
        .await;
    let site = company.project("Site").await;
    company.assign(&site, &[&company.tech_id]).await;
    let ticket = opened(&company.owner, "Of the site", Some(&site)).await;
    let path = format!("/api/v1/tickets/{ticket}");
    let done = company
        .owner
        .change("POST", &format!("{path}/state"), &path, json!({ "to": "resolved" }))
        .await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    let rated = company
        .owner
        .call("PUT", &format!("{path}/survey"), json!({ "rating": 5 }))
        .await;
    assert_eq!(rated.status, StatusCode::OK, "{:?}", rated.body);
    let newest = format!("SELECT type FROM events WHERE subject_id = '{ticket}' ORDER BY id DESC LIMIT 1");
    assert_eq!(company.world.db.texts(&newest).await, ["ticket.rated"]);
    assert_eq!(told(&company, &ticket).await, [OWNER, TECH]);
}

#[tokio::test]
async fn tickets_of_different_projects_are_merged_only_when_it_is_meant() {
    let company = Company::new().await;
    let site = company.project("Site").await;
    let filed = opened(&company.owner, "Of the site", Some(&site)).await;
    let other = opened(&company.owner, "Of nothing", None).await;
    let agent = Person::new(&company.world, AGENT).await;
    let path = format!("/api/v1/tickets/{filed}");
    let body = json!({ "ticket_id": other });
    let refused = agent.change("POST", &format!("{path}/merge"), &path, body).await;
    assert_eq!(refused.code(), "other_project", "{:?}", refused.body);
    let body = json!({ "ticket_id": other, "confirmed": true });
    let merged = agent.change("POST", &format!("{path}/merge"), &path, body).await;
    assert_eq!(merged.status, StatusCode::OK, "{:?}", merged.body);
}

/// Drafts that a person reads with row-level security alone: those of a ticket, and all of his.
async fn drafts_past_the_scope(company: &Company, person: &str, ticket: &str) -> (usize, usize) {
    use store::ticket::draft;
    let (person, ticket): (Uuid, Uuid) = (person.parse().unwrap(), ticket.parse().unwrap());
    let app = company.world.state.app.clone();
    wall::scope(async {
        wall::behind(person).unwrap();
        let mut conn = app.conn().await.unwrap();
        let here = draft::of_ticket(&mut conn, person, ticket).await.unwrap();
        let all = draft::begun(&mut conn, person, None, None, 10).await.unwrap();
        (here.len(), all.len())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_there_while_its_writer_sees_the_ticket() {
    let company = Company::new().await;
    let (owner, tech) = (&company.owner, &company.tech);
    let site = company.project("Site").await;
    let ticket = opened(owner, "Of the site", Some(&site)).await;
    let drafts = format!("/api/v1/tickets/{ticket}/drafts");
    let own = format!("{drafts}/reply");
    let draft = json!({ "body": "Half a thought", "expected_version": 0 });
    assert_eq!(
        tech.call("PUT", &own, draft.clone()).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(tech.get(&drafts).await.status, StatusCode::NOT_FOUND);

    company.assign(&site, &[&company.tech_id]).await;
    let kept = tech.call("PUT", &own, draft.clone()).await;
    assert_eq!(kept.status, StatusCode::OK, "{:?}", kept.body);
    assert_eq!(tech.get(&drafts).await.body["items"][0]["body"], "Half a thought");
    assert_eq!(
        owner.get(&drafts).await.body["items"],
        json!([]),
        "it is its writer's alone"
    );
    let begun = async || {
        let list = tech.get("/api/v1/drafts").await;
        assert_eq!(list.status, StatusCode::OK, "{:?}", list.body);
        list.body["items"].as_array().unwrap().len()
    };
    assert_eq!(begun().await, 1);
    assert_eq!(drafts_past_the_scope(&company, &company.tech_id, &ticket).await, (1, 1));

    company.assign(&site, &[]).await;
    assert_eq!(begun().await, 0);
    assert_eq!(drafts_past_the_scope(&company, &company.tech_id, &ticket).await, (0, 0));
    for (method, path, body) in [
        ("GET", &drafts, Value::Null),
        ("PUT", &own, draft),
        ("DELETE", &own, Value::Null),
    ] {
        let status = tech.call(method, path, body).await.status;
        assert_eq!(status, StatusCode::NOT_FOUND, "{method}");
    }

    // Whoever sees the ticket again goes on where he was.
    company.assign(&site, &[&company.tech_id]).await;
    assert_eq!(begun().await, 1);
    let answer = json!({ "kind": "reply", "body": "A whole thought" });
    let sent = tech
        .call("POST", &format!("/api/v1/tickets/{ticket}/messages"), answer)
        .await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    assert_eq!(begun().await, 0);
}

#[tokio::test]
async fn what_a_colleague_of_the_project_writes_brings_back_what_was_put_aside() {
    let company = Company::new().await;
    let site = company.project("Site").await;
    company.assign(&site, &[&company.tech_id]).await;
    let ticket = opened(&company.owner, "Of the site", Some(&site)).await;
    let path = format!("/api/v1/tickets/{ticket}");
    let agent = Person::new(&company.world, AGENT).await;
    let at = chrono::Utc::now() + chrono::TimeDelta::hours(5);
    let aside = json!({ "at": at, "note": "", "by_mail": false, "aside": true });
    let put = agent.call("POST", &format!("{path}/reminders"), aside).await;
    assert_eq!(put.status, StatusCode::CREATED, "{:?}", put.body);
    let hidden = format!("?aside=hide&project={site}");
    assert!(subjects(&agent, &hidden).await.is_empty());
    assert_eq!(
        subjects(&agent, &format!("?aside=only&project={site}")).await,
        ["Of the site"]
    );
    assert_eq!(
        subjects(&company.tech, &hidden).await,
        ["Of the site"],
        "it is aside for one agent alone"
    );
    let app = &company.world.state.app;
    assert_eq!(app::ticket::reminder::tell_due(app).await.unwrap(), 0);
    let answer = json!({ "kind": "reply", "body": "It is worse now." });
    let sent = company.tech.call("POST", &format!("{path}/messages"), answer).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    assert_eq!(app::ticket::reminder::tell_due(app).await.unwrap(), 1);
    assert_eq!(subjects(&agent, &hidden).await, ["Of the site"]);
}
