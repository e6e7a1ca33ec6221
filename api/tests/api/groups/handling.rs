//! What a group leaves to its members, and what its leads may.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn where_only_members_handle_tickets_others_read_them_and_write_notes() {
    let desk = Desk::new().await;
    let people = desk.people(2).await;
    desk.staffed("off", &people[..1]).await;
    let outsider = desk.world.token_of("agent1@cloudmanager.test").await;
    let member = desk.world.token_of("agent0@cloudmanager.test").await;
    let (ticket, second) = (desk.open().await, desk.open().await);
    let id = ticket["id"].as_str().unwrap();
    let path = format!("/api/v1/tickets/{id}");
    let done = desk.change(&desk.admin, "members_handle", json!(true)).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    assert_eq!(
        (&done.body["members_only"], &done.body["members_handle"]),
        (&json!(true), &json!(true)),
        "one is in the other"
    );
    let act = async |token: &str, method: &str, part: &str, body: Value| {
        let version = desk.get(&path).await["version"].as_i64();
        let path = format!("{path}{part}");
        desk.world.act(token, method, &path, version, body).await
    };
    let reply = json!({ "kind": "reply", "body": "On it." });
    let calls = [
        ("POST", "/messages", reply.clone()),
        ("PATCH", "", json!({ "priority": "high" })),
        ("POST", "/state", json!({ "to": "in_progress" })),
        ("POST", "/assignee", json!({ "assignee_id": people[0] })),
        ("PUT", "/project", json!({})),
        (
            "POST",
            "/merge",
            json!({ "ticket_id": second["id"], "confirmed": true }),
        ),
    ];
    for (method, part, body) in calls {
        let refused = act(&outsider, method, part, body).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::CONFLICT, "group_members_only"),
            "{method} {part}: {:?}",
            refused.body
        );
    }
    let seen = desk.world.own("GET", &path, &outsider, Value::Null).await.body;
    let offered = |seen: &Value| -> Vec<String> {
        let actions = seen["allowed_actions"].as_array().unwrap().iter();
        let open = actions.filter(|one| one["allowed"] == true);
        open.map(|one| one["action"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(offered(&seen), ["note"]);
    let note = json!({ "kind": "note", "body": "He called." });
    let noted = act(&outsider, "POST", "/messages", note).await;
    assert_eq!(noted.status, StatusCode::CREATED, "{:?}", noted.body);
    // He watches it himself, and neither lets others watch nor says what belongs together.
    let others = [
        ("POST", "/watchers", json!({ "email": "lina@example.dz" })),
        (
            "POST",
            "/messages",
            json!({ "kind": "note", "body": "@Agent 0 look", "mentions": [people[0]], "mentioned_watch": true }),
        ),
        ("DELETE", "/participants/client@cloudmanager.test", Value::Null),
        (
            "POST",
            "/links",
            json!({ "ticket_id": second["id"], "kind": "related" }),
        ),
    ];
    for (method, part, body) in others {
        let refused = act(&outsider, method, part, body).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::CONFLICT, "group_members_only"),
            "{method} {part}: {:?}",
            refused.body
        );
    }
    let own = "agent1@cloudmanager.test";
    let watches = async || {
        let people = desk.get(&path).await["participants"].clone();
        people.as_array().unwrap().iter().any(|one| one["email"] == own)
    };
    let watched = act(&outsider, "POST", "/watchers", json!({ "email": own })).await;
    assert_eq!(watched.status, StatusCode::OK, "{:?}", watched.body);
    assert!(watches().await);
    let left = act(&outsider, "DELETE", &format!("/participants/{own}"), Value::Null).await;
    assert_eq!(left.status, StatusCode::NO_CONTENT, "{:?}", left.body);
    assert!(!watches().await);
    // Nor from the other side, and what members linked stays.
    let linked = act(
        &member,
        "POST",
        "/links",
        json!({ "ticket_id": second["id"], "kind": "related" }),
    )
    .await;
    assert!(linked.status.is_success(), "{:?}", linked.body);
    let unlink = format!("/links/{}?kind=related", second["id"].as_str().unwrap());
    let refused = act(&outsider, "DELETE", &unlink, Value::Null).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "group_members_only"),
        "{:?}",
        refused.body
    );
    let added = act(&member, "POST", "/watchers", json!({ "email": "lina@example.dz" })).await;
    assert_eq!(added.status, StatusCode::OK, "{:?}", added.body);
    let removed = act(&member, "DELETE", "/participants/lina@example.dz", Value::Null).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT, "{:?}", removed.body);
    // Many at once are refused one by one.
    let body = json!({ "ticket_ids": [id], "change": { "priority": "high" } });
    let bulk = desk.world.own("POST", "/api/v1/ticket-bulks", &outsider, body).await;
    assert_eq!(bulk.status, StatusCode::CREATED, "{:?}", bulk.body);
    app::ticket::run_bulk(
        &desk.world.state.app,
        bulk.body["id"].as_str().unwrap().parse().unwrap(),
    )
    .await
    .unwrap();
    let rows = "SELECT concat_ws(' ', outcome, code) FROM ticket_bulk_rows";
    assert_eq!(desk.world.db.texts(rows).await, ["refused group_members_only"]);

    // A member does all of it, and so does whoever manages groups.
    let seen = desk.world.own("GET", &path, &member, Value::Null).await.body;
    assert!(offered(&seen).len() > 3, "{seen}");
    let sent = act(&member, "POST", "/messages", reply).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
    let risen = act(&desk.admin, "PATCH", "", json!({ "priority": "high" })).await;
    assert_eq!(risen.status, StatusCode::OK, "{:?}", risen.body);
    // The customer's word is his own.
    let asked = json!({ "kind": "reply", "body": "And?" });
    let asked = act(&desk.client, "POST", "/messages", asked).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{:?}", asked.body);
    // Open again it is anybody's.
    let done = desk.change(&desk.admin, "members_handle", json!(false)).await;
    assert_eq!(done.body["members_only"], true, "{:?}", done.body);
    let risen = act(&outsider, "PATCH", "", json!({ "priority": "urgent" })).await;
    assert_eq!(risen.status, StatusCode::OK, "{:?}", risen.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn leads_give_tickets_to_their_people_and_say_how_much_they_take() {
    let desk = Desk::new().await;
    let people = desk.people(3).await;
    // Agents of this place may see tickets and answer them, and give none away.
    desk.world
        .db
        .execute(
            "UPDATE roles SET effective = array_remove(effective, 'tickets.assign'), permissions = array_remove(permissions, 'tickets.assign')
             WHERE id = (SELECT role_id FROM users WHERE email = 'agent0@cloudmanager.test')",
        )
        .await;
    let members = json!({ "members": [{ "id": people[0], "lead": true }, { "id": people[1], "lead": false }] });
    let version = desk.get(&desk.path()).await["version"].as_i64();
    let path = format!("{}/members", desk.path());
    let done = desk.world.act(&desk.admin, "PUT", &path, version, members).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    let lead = desk.world.token_of("agent0@cloudmanager.test").await;
    let plain = desk.world.token_of("agent1@cloudmanager.test").await;
    let ticket = desk.open().await;
    let path = format!("/api/v1/tickets/{}", ticket["id"].as_str().unwrap());
    let give = async |token: &str, to: Value| {
        let version = desk.get(&path).await["version"].as_i64();
        let body = json!({ "assignee_id": to });
        desk.world
            .act(token, "POST", &format!("{path}/assignee"), version, body)
            .await
    };
    assert_eq!(
        give(&plain, json!(people[1])).await.status,
        StatusCode::FORBIDDEN,
        "a member who leads nobody"
    );
    let given = give(&lead, json!(people[1])).await;
    assert_eq!(given.status, StatusCode::OK, "{:?}", given.body);
    let mut offered = given.body["allowed_actions"].as_array().unwrap().iter();
    let assign = offered.find(|one| one["action"] == "assign").unwrap();
    assert_eq!(assign["allowed"], true, "{assign}");
    assert_eq!(give(&lead, json!(people[2])).await.code(), "not_a_member");
    assert_eq!(give(&lead, Value::Null).await.status, StatusCode::OK);

    let workload = async |token: &str, agent: &str| {
        let body = json!({ "away": true, "capacity": 3, "skills": ["dns"] });
        let path = format!("/api/v1/agents/{agent}/workload");
        desk.world.act(token, "PUT", &path, None, body).await
    };
    assert_eq!(workload(&lead, &people[1]).await.status, StatusCode::OK);
    assert_eq!(workload(&lead, &people[2]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(workload(&plain, &people[0]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_says_who_leads_and_who_leaves_and_puts_nobody_into_the_group() {
    let desk = Desk::new().await;
    let people = desk.people(3).await;
    let path = format!("{}/members", desk.path());
    let put = async |token: &str, members: &[(usize, bool)]| {
        let each: Vec<Value> = members
            .iter()
            .map(|(n, lead)| json!({ "id": people[*n], "lead": lead }))
            .collect();
        let version = desk.get(&desk.path()).await["version"].as_i64();
        desk.world
            .act(token, "PUT", &path, version, json!({ "members": each }))
            .await
    };
    let done = put(&desk.admin, &[(0, true), (1, false)]).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    let lead = desk.world.token_of("agent0@cloudmanager.test").await;
    // Whom he put there he could send away, and say that he takes nothing.
    let added = put(&lead, &[(0, true), (1, false), (2, false)]).await;
    assert_eq!((added.status, added.code()), (StatusCode::FORBIDDEN, "forbidden"));
    let away = json!({ "away": true, "capacity": 1, "skills": [] });
    let workload = format!("/api/v1/agents/{}/workload", people[2]);
    let refused = desk.world.act(&lead, "PUT", &workload, None, away).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let led = put(&lead, &[(0, true), (1, true)]).await;
    assert_eq!(led.status, StatusCode::OK, "{:?}", led.body);
    let left = put(&lead, &[(0, true)]).await;
    assert_eq!(left.body["people"].as_array().map(Vec::len), Some(1), "{:?}", left.body);
    let back = put(&lead, &[(0, true), (1, false)]).await;
    assert_eq!(back.status, StatusCode::FORBIDDEN, "who left comes back by others");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_acts_for_a_lead_only_if_it_may_change_tickets() {
    let desk = Desk::new().await;
    let people = desk.people(2).await;
    let path = format!("{}/members", desk.path());
    let members = json!({ "members": [{ "id": people[0], "lead": true }, { "id": people[1], "lead": false }] });
    let version = async |path: &str| desk.get(path).await["version"].as_i64();
    let done = desk
        .world
        .act(&desk.admin, "PUT", &path, version(&desk.path()).await, members.clone())
        .await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
    let lead = desk.world.token_of("agent0@cloudmanager.test").await;
    let program = async |scopes: Value| {
        let body = json!({ "name": "ci", "scopes": scopes, "expires_in_days": 30 });
        let made = desk.world.own("POST", "/api/v1/api-tokens", &lead, body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        made.body["secret"].as_str().unwrap().to_owned()
    };
    let ticket = desk.open().await;
    let ticket = format!("/api/v1/tickets/{}", ticket["id"].as_str().unwrap());
    for (scopes, status) in [
        (json!(["tickets.view"]), StatusCode::FORBIDDEN),
        (json!(["tickets.view", "tickets.edit"]), StatusCode::OK),
    ] {
        let token = program(scopes).await;
        let seen = desk.world.own("GET", &desk.path(), &token, Value::Null).await;
        assert_eq!(seen.body["may_change"], status == StatusCode::OK, "{:?}", seen.body);
        let changed = desk.change(&token, "description", json!("By a program")).await;
        assert_eq!(changed.status, status, "{:?}", changed.body);
        let workload = format!("/api/v1/agents/{}/workload", people[1]);
        let takes = json!({ "away": false, "capacity": 3, "skills": [] });
        let given = json!({ "assignee_id": people[1] });
        for (method, path, version, body) in [
            ("PUT", path.clone(), version(&desk.path()).await, members.clone()),
            ("PUT", workload, None, takes),
            ("POST", format!("{ticket}/assignee"), version(&ticket).await, given),
        ] {
            let done = desk.world.act(&token, method, &path, version, body).await;
            assert_eq!(done.status, status, "{method} {path}: {:?}", done.body);
        }
    }
}
