//! Customers over the API: who may do what, what is refused, and what is not told.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::client::{ADMIN, AGENT, Answer, PASSWORD, World};

pub const CLIENT: &str = "client@cloudmanager.test";
pub const LIST: &str = "/api/v1/customers";

/// Somebody signed in.
pub struct Person {
    world: Arc<World>,
    token: String,
}

impl Person {
    pub async fn new(world: &Arc<World>, email: &str) -> Self {
        let answer = world.try_login(email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
        Self {
            world: world.clone(),
            token: answer.token(),
        }
    }

    pub fn world(&self) -> &World {
        &self.world
    }

    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    pub async fn stranger(world: &Arc<World>, email: &str) -> Self {
        app::seed::account(&world.state.app, email, "Somebody", "client", PASSWORD)
            .await
            .unwrap();
        Self::new(world, email).await
    }

    pub async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        self.world.call(method, path, &[("authorization", &bearer)], body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Value::Null).await
    }

    /// A change of something just read, with its ETag.
    pub async fn change(&self, method: &str, path: &str, of: &str, body: Value) -> Answer {
        let read = self.get(of).await;
        let etag = read
            .headers
            .get("etag")
            .map_or("\"1\"", |v| v.to_str().unwrap())
            .to_owned();
        let bearer = format!("Bearer {}", self.token);
        self.world
            .call(method, path, &[("authorization", &bearer), ("if-match", &etag)], body)
            .await
    }

    pub async fn create(&self, profile: Value) -> Answer {
        self.call("POST", LIST, json!({ "profile": profile })).await
    }

    pub async fn made(&self, profile: Value) -> String {
        let answer = self.create(profile).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
        format!("{LIST}/{}", answer.body["id"].as_str().unwrap())
    }
}

pub fn company(name: &str, email: &str) -> Value {
    json!({ "kind": "corporate", "company_name": name, "email": email })
}

fn codes(answer: &Answer) -> Vec<(String, String)> {
    answer.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| {
            (
                e["pointer"].as_str().unwrap().to_owned(),
                e["code"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_customer_lives_from_creation_to_restoration() {
    let world = World::new().await;
    let admin = Person::new(&world, ADMIN).await;
    let mut profile = company("SARL Atlas Informatique", " Contact@Atlas.DZ ");
    profile["nif"] = json!("0001 1600 1234 567");
    profile["phone"] = json!("0550 12 34 56");
    let created = admin.create(profile.clone()).await;
    assert_eq!(created.status, StatusCode::CREATED, "{:?}", created.body);
    let path = created.headers["location"].to_str().unwrap().to_owned();
    let body = &created.body;
    assert_eq!(
        (&body["nif"], &body["phone"]),
        (&json!("000116001234567"), &json!("+213550123456"))
    );
    assert_eq!(
        (&body["email"], &body["status"]),
        (&json!("contact@atlas.dz"), &json!("pending"))
    );

    let twin = admin.create(profile.clone()).await;
    assert_eq!(codes(&twin), [("/profile/nif".to_owned(), "nif_taken".to_owned())]);

    let state = format!("{path}/status");
    let refused = admin
        .change("POST", &state, &path, json!({ "to": "suspended", "reason": "x" }))
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "customer_status")
    );
    assert_eq!(refused.body["allowed"], json!(["active", "inactive"]));
    let active = admin.change("POST", &state, &path, json!({ "to": "active" })).await;
    assert_eq!(active.body["status"], "active");
    let silent = admin.change("POST", &state, &path, json!({ "to": "suspended" })).await;
    assert_eq!(silent.code(), "reason_needed");
    assert_eq!(
        admin.change("DELETE", &path, &path, Value::Null).await.code(),
        "customer_in_use"
    );
    admin
        .change("POST", &state, &path, json!({ "to": "inactive", "reason": "left" }))
        .await;
    let history = admin.get(&state).await.body;
    assert_eq!(
        (&history[0]["to"], &history[0]["reason"]),
        (&json!("inactive"), &json!("left"))
    );

    assert_eq!(
        admin.change("DELETE", &path, &path, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    let agent = Person::new(&world, AGENT).await;
    assert_eq!(agent.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin.get(LIST).await.body["items"], json!([]));
    assert_eq!(
        admin.get(&format!("{LIST}?deleted=true")).await.body["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        agent.get(&format!("{LIST}?deleted=true")).await.status,
        StatusCode::FORBIDDEN
    );
    let taker = admin.made(profile).await;
    let restore = format!("{path}/restore");
    assert_eq!(
        admin.change("POST", &restore, &path, Value::Null).await.code(),
        "nif_taken"
    );
    admin.change("DELETE", &taker, &taker, Value::Null).await;
    let back = admin.change("POST", &restore, &path, Value::Null).await;
    assert_eq!((back.status, &back.body["deleted_at"]), (StatusCode::OK, &Value::Null));
}

#[tokio::test]
async fn wrong_fields_are_named_and_nothing_else_can_be_set() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    let wrong = json!({ "kind": "corporate", "company_name": " ", "email": "x", "nif": "12", "rib": "00799999123456789000",
        "rc": "?", "nin": "109850123456789012", "phone": "12" });
    let answer = agent.create(wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let found: Vec<String> = codes(&answer).into_iter().map(|(_, code)| code).collect();
    assert_eq!(
        found,
        [
            "empty",
            "not_an_address",
            "not_a_phone",
            "nif_length",
            "rc_format",
            "rib_key",
            "persons_only"
        ]
    );
    // Fields that only the server sets are refused, never taken over.
    for field in [
        "id",
        "number",
        "status",
        "source",
        "version",
        "created_at",
        "deleted_at",
        "account_manager_id",
        "tags",
        "tier",
        "nin_last4",
    ] {
        let mut profile = company("SARL A", "a@a.dz");
        profile[field] = json!("active");
        let answer = agent.create(profile).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
    }
    assert_eq!(agent.get(LIST).await.body["items"], json!([]));
    // A version that somebody else changed meanwhile.
    let path = agent.made(company("SARL A", "a@a.dz")).await;
    let bearer = format!("Bearer {}", agent.token);
    let put = |etag: &'static str| {
        let (world, path, bearer) = (world.clone(), path.clone(), bearer.clone());
        async move {
            let headers = [("authorization", bearer.as_str()), ("if-match", etag)];
            world
                .call("PUT", &path, &headers, company("SARL B", "a@a.dz"))
                .await
                .status
        }
    };
    assert_eq!(put("\"1\"").await, StatusCode::OK);
    assert_eq!(put("\"1\"").await, StatusCode::PRECONDITION_FAILED);
}

#[tokio::test]
async fn a_nin_is_sealed_and_never_shown() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    let mut person = json!({ "kind": "individual", "first_name": "Lina", "last_name": "Ben Ali", "email": "l@b.dz" });
    person["nin"] = json!("1098 5012 3456 7890 12");
    let path = agent.made(person.clone()).await;
    let shown = agent.get(&path).await.body;
    assert_eq!(shown["nin_last4"], "9012");
    assert!(!shown.to_string().contains("109850123456789012"));
    // A form that does not show it does not lose it; a blank one removes it.
    person.as_object_mut().unwrap().remove("nin");
    assert_eq!(
        agent.change("PUT", &path, &path, person.clone()).await.body["nin_last4"],
        "9012"
    );
    person["nin"] = json!("");
    assert_eq!(
        agent.change("PUT", &path, &path, person).await.body["nin_last4"],
        Value::Null
    );
}

#[tokio::test]
async fn contacts_and_addresses_are_checked_and_stay_with_their_customer() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    let (a, b) = (
        agent.made(company("SARL A", "a@a.dz")).await,
        agent.made(company("SARL B", "b@b.dz")).await,
    );
    let contact = json!({ "name": "Karim", "purpose": "billing", "phone": "021 63 00 00", "is_primary": true });
    let made = agent.call("POST", &format!("{a}/contacts"), contact.clone()).await;
    assert_eq!(
        (made.status, &made.body["phone"]),
        (StatusCode::CREATED, &json!("+21321630000"))
    );
    agent
        .call(
            "POST",
            &format!("{a}/contacts"),
            json!({ "name": "Amel", "purpose": "general", "is_primary": true }),
        )
        .await;
    let all = agent.get(&format!("{a}/contacts")).await.body;
    assert_eq!(
        (&all[0]["name"], &all[1]["is_primary"]),
        (&json!("Amel"), &json!(false))
    );
    let id = made.body["id"].as_str().unwrap();
    for method in ["PUT", "DELETE"] {
        let body = if method == "PUT" { contact.clone() } else { Value::Null };
        let foreign = agent.change(method, &format!("{b}/contacts/{id}"), &b, body).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{method}");
    }
    let address =
        json!({ "kind": "billing", "line1": "1 rue Didouche", "city": "Alger", "wilaya": 16, "postal_code": "16000" });
    let made = agent.call("POST", &format!("{a}/addresses"), address.clone()).await;
    assert_eq!(made.body["wilaya_name"], "Alger");
    let mut wrong = address;
    wrong["postal_code"] = json!("1");
    wrong["wilaya"] = json!(99);
    let answer = agent.call("POST", &format!("{a}/addresses"), wrong).await;
    let found: Vec<String> = codes(&answer).into_iter().map(|(_, code)| code).collect();
    assert_eq!(found, ["postal_code", "unknown_wilaya"]);
    let one = format!("{a}/contacts/{id}");
    assert_eq!(
        agent.call("PUT", &one, contact.clone()).await.status,
        StatusCode::PRECONDITION_REQUIRED
    );
    // Another one became primary meanwhile, which changed this one.
    let list = format!("{a}/contacts");
    let stale = agent.change("PUT", &one, &list, contact.clone()).await;
    assert_eq!(
        (stale.status, stale.code()),
        (StatusCode::PRECONDITION_FAILED, "version_mismatch")
    );
    let bearer = agent.bearer();
    let headers = [("authorization", bearer.as_str()), ("if-match", "\"2\"")];
    let changed = world.call("PUT", &one, &headers, contact.clone()).await;
    assert_eq!(
        (changed.status, &changed.headers["etag"]),
        (StatusCode::OK, &"\"3\"".parse().unwrap())
    );
    let gone = agent.call("DELETE", &format!("{a}/contacts/{id}"), Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn strangers_find_nothing_and_members_only_what_is_theirs() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    let client = Person::new(&world, CLIENT).await;
    let other = Person::stranger(&world, "other@x.dz").await;
    let mine = client.made(company("SARL Mienne", "m@m.dz")).await;
    let theirs = other.made(company("SARL Autre", "o@o.dz")).await;
    let staff_only = agent.made(company("SARL Interne", "i@i.dz")).await;

    assert_eq!(client.get(LIST).await.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        client.get(&format!("{LIST}?q=sarl")).await.body["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(agent.get(LIST).await.body["items"].as_array().unwrap().len(), 3);
    let shown = client.get(&mine).await.body;
    assert_eq!((&shown["my_role"], &shown["tags"]), (&json!("owner"), &json!([])));
    let contact = json!({ "name": "X", "purpose": "general" });
    let id = uuid();
    for foreign in [&theirs, &staff_only] {
        let calls = [
            ("GET", foreign.clone(), Value::Null),
            ("PUT", foreign.clone(), company("Pris", "p@p.dz")),
            ("GET", format!("{foreign}/contacts"), Value::Null),
            ("POST", format!("{foreign}/contacts"), contact.clone()),
            ("PUT", format!("{foreign}/contacts/{id}"), contact.clone()),
            ("DELETE", format!("{foreign}/contacts/{id}"), Value::Null),
            ("GET", format!("{foreign}/addresses"), Value::Null),
            ("DELETE", format!("{foreign}/addresses/{id}"), Value::Null),
            ("GET", format!("{foreign}/members"), Value::Null),
            ("PUT", format!("{foreign}/members/{id}"), json!({ "role": "owner" })),
            ("DELETE", format!("{foreign}/members/{id}"), Value::Null),
        ];
        for (method, path, body) in calls {
            let answer = client.change(method, &path, &mine, body).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
        }
    }
    // What only staff do, on one's own customer.
    for (method, path, body) in [
        (
            "PUT",
            format!("{mine}/handling"),
            json!({ "account_manager_id": null, "tags": [] }),
        ),
        ("POST", format!("{mine}/status"), json!({ "to": "active" })),
        ("GET", format!("{mine}/status"), Value::Null),
        ("DELETE", mine.clone(), Value::Null),
        ("POST", format!("{mine}/restore"), Value::Null),
        (
            "POST",
            format!("{mine}/members"),
            json!({ "email": "other@x.dz", "role": "viewer" }),
        ),
        ("GET", format!("{LIST}/statistics"), Value::Null),
        ("GET", format!("{LIST}?manager=none"), Value::Null),
        ("GET", format!("{LIST}?tag=vip"), Value::Null),
        ("GET", format!("{LIST}?tier=premium"), Value::Null),
    ] {
        let answer = client.change(method, &path, &mine, body).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}");
    }
    let tagged = client
        .call(
            "POST",
            LIST,
            json!({ "profile": company("X", "x@x.dz"), "tags": ["vip"] }),
        )
        .await;
    assert_eq!(tagged.status, StatusCode::FORBIDDEN);
}

fn uuid() -> &'static str {
    "01890000-0000-7000-8000-000000000000"
}

#[tokio::test]
async fn of_many_members_there_are_pages_and_none_is_invited_twice() {
    let world = World::new().await;
    let owner = Person::new(&world, CLIENT).await;
    let path = owner.made(company("SARL Many", "m@m.dz")).await;
    let id = path.rsplit('/').next().unwrap();
    // Two at a time are called the same; those whose number begins with a three lead him.
    world
        .db
        .execute(&format!(
            "WITH made AS (INSERT INTO users (id, email, name, role_id, status)
                 SELECT gen_random_uuid(), 'many' || n || '@x.dz', 'Member ' || lpad((n / 2)::text, 4, '0'), role_id, 'active'
                 FROM generate_series(1, 600) n, users u WHERE u.email = '{CLIENT}' RETURNING id, email)
             INSERT INTO customer_members (customer_id, user_id, role, added_at)
             SELECT '{id}', id, CASE substring(email, 5, 1) WHEN '3' THEN 'admin' ELSE 'viewer' END, now() FROM made"
        ))
        .await;
    let members = format!("{path}/members");
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = owner.get(&format!("{members}?limit=200{cursor}")).await;
        assert_eq!(page.status, StatusCode::OK, "{:?}", page.body);
        seen.extend(page.body["items"].as_array().unwrap().clone());
        let Some(next) = page.body["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    let emails: std::collections::BTreeSet<&str> = seen.iter().map(|one| one["email"].as_str().unwrap()).collect();
    assert_eq!((seen.len(), emails.len()), (601, 601));
    assert_eq!(seen[0]["role"], "owner");
    let roles: Vec<&str> = seen.iter().map(|one| one["role"].as_str().unwrap()).collect();
    let admins = roles.iter().filter(|role| **role == "admin").count();
    assert!(
        admins > 1 && roles[1..=admins].iter().all(|role| *role == "admin"),
        "{roles:?}"
    );
    // The last one is as much a member as the first.
    let last = seen.last().unwrap()["email"].as_str().unwrap();
    let invited = owner
        .call(
            "POST",
            &format!("{path}/invitations"),
            json!({ "email": last, "role": "viewer" }),
        )
        .await;
    assert_eq!(
        (invited.status, invited.code()),
        (StatusCode::CONFLICT, "member_already")
    );
}

#[tokio::test]
async fn member_roles_bound_what_a_member_does_and_one_owner_stays() {
    let world = World::new().await;
    let agent = Person::new(&world, AGENT).await;
    let owner = Person::new(&world, CLIENT).await;
    let helper = Person::stranger(&world, "helper@x.dz").await;
    let path = owner.made(company("SARL A", "a@a.dz")).await;
    let members = format!("{path}/members");
    let added = agent
        .call("POST", &members, json!({ "email": "helper@x.dz", "role": "viewer" }))
        .await;
    assert_eq!(added.body["email"], "helper@x.dz", "{:?}", added.body);
    let again = agent
        .call("POST", &members, json!({ "email": "helper@x.dz", "role": "owner" }))
        .await;
    assert_eq!(again.code(), "member_already");
    let all = owner.get(&members).await.body;
    let ids: Vec<String> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["user_id"].as_str().unwrap().to_owned())
        .collect();
    let (owner_id, helper_id) = (&ids[0], &ids[1]);

    // A viewer looks and nothing else.
    assert_eq!(helper.get(&path).await.body["my_role"], "viewer");
    let contact = json!({ "name": "X", "purpose": "general" });
    assert_eq!(
        helper
            .call("POST", &format!("{path}/contacts"), contact.clone())
            .await
            .status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        helper.change("PUT", &path, &path, company("Z", "z@z.dz")).await.status,
        StatusCode::FORBIDDEN
    );
    let own = format!("{members}/{helper_id}");
    assert_eq!(
        helper.call("PUT", &own, json!({ "role": "owner" })).await.status,
        StatusCode::FORBIDDEN
    );

    // An admin manages, but neither makes nor removes owners.
    owner.call("PUT", &own, json!({ "role": "admin" })).await;
    assert_eq!(
        helper.call("PUT", &own, json!({ "role": "owner" })).await.code(),
        "role_above_own"
    );
    let first = format!("{members}/{owner_id}");
    assert_eq!(
        helper.call("PUT", &first, json!({ "role": "viewer" })).await.code(),
        "role_above_own"
    );
    assert_eq!(
        helper.call("DELETE", &first, Value::Null).await.code(),
        "role_above_own"
    );
    assert_eq!(
        helper.call("POST", &format!("{path}/contacts"), contact).await.status,
        StatusCode::CREATED
    );

    // The last owner stays, whoever asks; of two who leave at once, one does.
    assert_eq!(owner.call("DELETE", &first, Value::Null).await.code(), "last_owner");
    assert_eq!(
        agent.call("PUT", &first, json!({ "role": "viewer" })).await.code(),
        "last_owner"
    );
    owner.call("PUT", &own, json!({ "role": "owner" })).await;
    let (one, two) = tokio::join!(
        owner.call("DELETE", &first, Value::Null),
        helper.call("DELETE", &own, Value::Null)
    );
    let mut left = [one.status, two.status];
    left.sort();
    assert_eq!(left, [StatusCode::NO_CONTENT, StatusCode::CONFLICT]);
}
