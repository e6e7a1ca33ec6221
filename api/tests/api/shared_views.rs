//! Views that people show to a group or to all staff, and how each has them stand for himself.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    client::{ADMIN, AGENT, Answer, PASSWORD, World},
    customers::{CLIENT, Person},
};

const PATH: &str = "/api/v1/saved-views";
const OTHER: &str = "other@cloudmanager.test";

struct Office {
    world: Arc<World>,
    admin: Person,
    agent: Person,
    other: Person,
    /// The agent is in it.
    group: String,
}

impl Office {
    async fn new() -> Self {
        let world = World::new().await;
        app::seed::account(&world.state.app, OTHER, "Other", "corporate", PASSWORD)
            .await
            .unwrap();
        let admin = Person::new(&world, ADMIN).await;
        let groups = admin.get("/api/v1/support-groups").await.body;
        let group = groups["items"][0]["id"].as_str().unwrap().to_owned();
        let member = format!(
            "DELETE FROM group_members;
             INSERT INTO group_members (group_id, user_id, role, turn, added_at)
             SELECT '{group}', id, 'member', 0, now() FROM users WHERE email = '{AGENT}'"
        );
        world.db.execute(&member).await;
        Self {
            admin,
            agent: Person::new(&world, AGENT).await,
            other: Person::new(&world, OTHER).await,
            world,
            group,
        }
    }
}

async fn kept(by: &Person, list: &str, name: &str) -> Value {
    let view = json!({ "list": list, "name": name, "query": "state=open" });
    let kept = by.call("POST", PATH, view).await;
    assert_eq!(kept.status, StatusCode::OK, "{:?}", kept.body);
    kept.body
}

/// What somebody sees of a list's views, by name.
async fn names(of: &Person, list: &str) -> Vec<String> {
    let views = of.get(&format!("{PATH}?list={list}")).await.body;
    let each = views.as_array().unwrap().iter();
    each.map(|view| view["name"].as_str().unwrap().to_owned()).collect()
}

async fn change(by: &Person, view: &Value, version: i64, body: Value) -> Answer {
    let path = format!("{PATH}/{}", view["id"].as_str().unwrap());
    let bearer = by.bearer();
    let etag = format!("\"{version}\"");
    let headers = [("authorization", bearer.as_str()), ("if-match", etag.as_str())];
    by.world().call("PATCH", &path, &headers, body).await
}

#[tokio::test]
async fn a_view_is_shown_to_a_group_or_to_all_staff_and_changed_by_its_owner_alone() {
    let office = Office::new().await;
    let (admin, agent, other) = (&office.admin, &office.agent, &office.other);
    let view = kept(agent, "tickets", "Mine").await;
    assert_eq!(
        (&view["audience"], &view["own"], &view["group"]),
        (&json!("own"), &json!(true), &Value::Null)
    );
    for others in [admin, other] {
        assert_eq!(names(others, "tickets").await, Vec::<String>::new());
    }
    // To the group he is in, not to all.
    let all = change(agent, &view, 1, json!({ "audience": "staff" })).await;
    assert_eq!((all.status, all.code()), (StatusCode::CONFLICT, "view_not_to_all"));
    let to_group = json!({ "audience": "group", "group_id": office.group });
    let shown = change(agent, &view, 1, to_group.clone()).await;
    assert_eq!(shown.status, StatusCode::OK, "{:?}", shown.body);
    assert_eq!(shown.body["group"]["id"], json!(office.group));
    assert_eq!(
        names(other, "tickets").await,
        Vec::<String>::new(),
        "he is not in the group"
    );
    let stale = change(agent, &view, 1, json!({ "name": "Late" })).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);

    // Whoever is not in it fills no group, and those who manage groups show to all.
    let others = kept(other, "tickets", "Another").await;
    let refused = change(other, &others, 1, to_group).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "view_not_your_group")
    );
    let everybody = kept(admin, "tickets", "For all").await;
    let shown = change(admin, &everybody, 1, json!({ "audience": "staff" })).await;
    assert_eq!(shown.status, StatusCode::OK, "{:?}", shown.body);
    assert_eq!(names(agent, "tickets").await, ["Mine", "For all"]);
    assert_eq!(names(other, "tickets").await, ["Another", "For all"]);
    let client = Person::new(&office.world, CLIENT).await;
    assert_eq!(
        names(&client, "tickets").await,
        Vec::<String>::new(),
        "customers see none"
    );

    // What others show is for looking at, and for keeping as one's own.
    let foreign = change(agent, &everybody, 2, json!({ "name": "Taken over" })).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let one = format!("{PATH}/{}", everybody["id"].as_str().unwrap());
    let gone = agent.call("DELETE", &one, Value::Null).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let renamed = change(agent, &view, 2, json!({ "name": "Ours", "query": "priority=urgent" })).await;
    assert_eq!(renamed.body["version"], 3);
    // Those who manage groups clear up; what is somebody's alone they do not find.
    let mine = format!("{PATH}/{}", view["id"].as_str().unwrap());
    assert_eq!(
        admin.call("DELETE", &mine, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    let own = format!("{PATH}/{}", others["id"].as_str().unwrap());
    assert_eq!(
        admin.call("DELETE", &own, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    let trail = "SELECT action FROM audit_log WHERE subject_type = 'saved_view' ORDER BY id";
    assert_eq!(
        office.world.db.texts(trail).await,
        [
            "saved_view.share",
            "saved_view.share",
            "saved_view.change",
            "saved_view.delete"
        ]
    );
    let told = "SELECT DISTINCT permission FROM events WHERE type = 'saved_view.changed'";
    assert_eq!(office.world.db.texts(told).await, ["tickets.view"]);
}

#[tokio::test]
async fn what_others_see_is_changed_by_who_may_still_show_it_to_them() {
    let office = Office::new().await;
    let agent = &office.agent;
    let view = kept(agent, "tickets", "Ours").await;
    let to_group = json!({ "audience": "group", "group_id": office.group });
    let shown = change(agent, &view, 1, to_group).await;
    assert_eq!(shown.status, StatusCode::OK, "{:?}", shown.body);
    let all = format!(
        "UPDATE saved_views SET audience = 'staff', group_id = NULL WHERE id = '{}'",
        view["id"].as_str().unwrap()
    );
    // He is not in the group any more; then it is one that he showed to all while he managed groups.
    for (withdrawn, code) in [
        ("DELETE FROM group_members", "view_not_your_group"),
        (all.as_str(), "view_not_to_all"),
    ] {
        office.world.db.execute(withdrawn).await;
        for body in [json!({ "name": "Theirs" }), json!({ "query": "priority=urgent" })] {
            let refused = change(agent, &view, 2, body.clone()).await;
            assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, code), "{body}");
        }
        let over = json!({ "list": "tickets", "name": "Ours", "query": "priority=urgent" });
        let refused = agent.call("POST", PATH, over).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, code));
    }
    let stored = "SELECT name || ' ' || query FROM saved_views";
    assert_eq!(office.world.db.texts(stored).await, ["Ours state=open"]);
    // He takes it back, and may then do with it what he likes.
    let back = change(agent, &view, 2, json!({ "audience": "own", "name": "Mine" })).await;
    assert_eq!((back.status, &back.body["name"]), (StatusCode::OK, &json!("Mine")));
}

#[tokio::test]
async fn lists_for_oneself_are_not_shown_and_nothing_is_half_said() {
    let office = Office::new().await;
    let view = kept(&office.admin, "users", "Locked").await;
    let refused = change(&office.admin, &view, 1, json!({ "audience": "staff" })).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "view_not_shared")
    );
    for (body, code) in [
        (json!({ "audience": "group" }), "empty"),
        (
            json!({ "audience": "staff", "group_id": office.group }),
            "invalid_value",
        ),
        (json!({ "group_id": office.group }), "invalid_value"),
        (json!({ "name": " " }), "empty"),
        (json!({ "query": "a b" }), "invalid_value"),
    ] {
        let wrong = change(&office.admin, &view, 1, body.clone()).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(wrong.body["errors"][0]["code"], code, "{body}");
    }
    let nowhere = json!({ "audience": "group", "group_id": view["id"] });
    let wrong = change(&office.admin, &view, 1, nowhere).await;
    assert_eq!(wrong.body["errors"][0]["code"], "unknown_group", "{:?}", wrong.body);
    kept(&office.admin, "users", "Second").await;
    let taken = change(&office.admin, &view, 1, json!({ "name": "Second" })).await;
    assert_eq!(taken.body["errors"][0]["code"], "taken", "{:?}", taken.body);
}

#[tokio::test]
async fn everybody_has_the_views_stand_as_he_likes_and_opens_a_list_with_one_of_them() {
    let office = Office::new().await;
    let (admin, agent) = (&office.admin, &office.agent);
    let shared = kept(admin, "tickets", "A shared one").await;
    change(admin, &shared, 1, json!({ "audience": "staff" })).await;
    let (b, c) = (kept(agent, "tickets", "B").await, kept(agent, "tickets", "C").await);
    assert_eq!(names(agent, "tickets").await, ["B", "C", "A shared one"]);
    let path = format!("{PATH}/arrangement");
    let wanted =
        json!({ "list": "tickets", "places": [c["id"], shared["id"], c["id"], office.group], "opening": shared["id"] });
    let done = agent.call("PUT", &path, wanted).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{:?}", done.body);
    assert_eq!(names(agent, "tickets").await, ["C", "A shared one", "B"]);
    assert_eq!(names(admin, "tickets").await, ["A shared one"]);
    let views = agent.get(&format!("{PATH}?list=tickets")).await.body;
    let opens: Vec<&Value> = views.as_array().unwrap().iter().map(|view| &view["opening"]).collect();
    assert_eq!(opens, [false, true, false]);
    let others = admin.get(&format!("{PATH}?list=tickets")).await.body;
    assert_eq!(others[0]["opening"], false, "it is his own affair");

    // One that nobody shows any more opens nothing, and one that was never seen is refused.
    change(admin, &shared, 2, json!({ "audience": "own" })).await;
    assert_eq!(names(agent, "tickets").await, ["C", "B"]);
    let unseen = json!({ "list": "tickets", "places": [], "opening": shared["id"] });
    let refused = agent.call("PUT", &path, unseen).await;
    assert_eq!(refused.body["errors"][0]["code"], "unknown_view", "{:?}", refused.body);
    let too_many = json!({ "list": "tickets", "places": vec![b["id"].clone(); 201] });
    let refused = agent.call("PUT", &path, too_many).await;
    assert_eq!(refused.body["errors"][0]["code"], "too_many");

    // A customer arranges his own.
    let client = Person::new(&office.world, CLIENT).await;
    let (one, two) = (
        kept(&client, "my_tickets", "One").await,
        kept(&client, "my_tickets", "Two").await,
    );
    let wanted = json!({ "list": "my_tickets", "places": [two["id"], one["id"]], "opening": two["id"] });
    assert_eq!(client.call("PUT", &path, wanted).await.status, StatusCode::NO_CONTENT);
    assert_eq!(names(&client, "my_tickets").await, ["Two", "One"]);
    let theirs = change(&client, &one, 1, json!({ "audience": "staff" })).await;
    assert_eq!(
        (theirs.status, theirs.code()),
        (StatusCode::CONFLICT, "view_not_shared")
    );
}
