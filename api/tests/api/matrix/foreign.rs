//! What belongs to somebody else does not exist: whatever one does to it, the answer is 404, and nothing changes.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use domain::permission::SYSTEM_ROLES;

use super::{
    super::{client::World, wall::Person},
    Operation, keys, operations,
    rules::ANYONE,
};

/// What could be changed by asking.
const TABLES: &[&str] = &[
    "api_tokens",
    "attachments",
    "customer_addresses",
    "customer_contacts",
    "customer_documents",
    "customer_invitations",
    "customer_members",
    "customer_notes",
    "customer_project_members",
    "customer_projects",
    "customers",
    "jobs",
    "kyc_cases",
    "kyc_documents",
    "kyc_events",
    "message_picture_sets",
    "message_pictures",
    "message_views",
    "notifications",
    "passkeys",
    "personal_erasures",
    "personal_exports",
    "saved_view_arrangements",
    "saved_views",
    "sms_factors",
    "ticket_drafts",
    "ticket_exports",
    "ticket_messages",
    "ticket_participants",
    "ticket_prints",
    "ticket_reminders",
    "ticket_surveys",
    "tickets",
    "user_identities",
];

/// What these are sent is judged before anything is looked up, and a sample does not pass: 422 tells nothing about the row.
const JUDGED_FIRST: &[&str] = &["editCustomer"];

/// The id at a place of a path, as `person` owns it.
fn id_of(person: &Person, before: &str, name: &str) -> String {
    match name {
        "id" if before.starts_with("/api/v1/customers/") && !before.contains("imports") => person.customer,
        "id" if before.starts_with("/api/v1/users/") => person.user,
        "user_id" => person.user,
        "action" => return "retry".to_owned(),
        "position" => return "0".to_owned(),
        _ => person.one,
    }
    .to_string()
}

/// The path of an operation: what contains is `outer`'s, what is contained is `inner`'s.
pub(super) fn path(operation: &Operation, outer: &Person, inner: &Person) -> String {
    let mut path = operation.path.clone();
    let mut owner = outer;
    while let (Some(begin), Some(end)) = (path.find('{'), path.find('}')) {
        let id = id_of(owner, &path[..begin], &path[begin + 1..end]);
        path.replace_range(begin..=end, &id);
        owner = inner;
    }
    path + &operation.query
}

async fn ask(world: &World, token: &str, operation: &Operation, path: &str) -> StatusCode {
    let mut request = Request::builder()
        .method(operation.method.as_str())
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("if-match", "\"1\"");
    let body = match &operation.body {
        Some((kind, bytes)) => {
            request = request.header("content-type", kind);
            Body::from(bytes.clone())
        }
        None => Body::empty(),
    };
    world.raw(request.body(body).unwrap()).await.status()
}

async fn rows(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for table in TABLES {
        let sql =
            format!("SELECT '{table} ' || md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {table} t");
        all.extend(world.db.texts(&sql).await);
    }
    let sql = "SELECT count(*)::text FROM sessions WHERE revoked_at IS NULL";
    all.extend(world.db.texts(sql).await);
    all
}

#[tokio::test]
async fn what_belongs_to_others_does_not_exist() {
    let world = World::new().await;
    let (ana, bob) = (
        Person::new(&world, "ana@x.test").await,
        Person::new(&world, "bob@x.test").await,
    );
    for (table, ends) in [
        ("sessions", "expires_at = now() + '1 day', idle_expires_at"),
        ("api_tokens", "expires_at"),
    ] {
        let sql = format!(
            "UPDATE {table} SET {ends} = now() + interval '1 day' WHERE id = '{}'",
            ana.one
        );
        world.db.execute(&sql).await;
    }
    // He signs in with his password alone.
    for factor in ["passkeys", "sms_factors"] {
        let sql = format!("DELETE FROM {factor} WHERE user_id = (SELECT id FROM users WHERE email = 'bob@x.test')");
        world.db.execute(&sql).await;
    }
    let token = world.token_of("bob@x.test").await;
    let client = SYSTEM_ROLES.iter().find(|role| role.key == "client").unwrap();
    let held: Vec<&str> = client.permissions().map(|permission| permission.as_str()).collect();
    let before = rows(&world).await;
    let (mut asked, mut wrong) = (0, Vec::new());
    for operation in operations().iter().filter(|operation| operation.path.contains('{')) {
        let id = operation.id.as_str();
        // 403 says that he may never do such a thing, to nothing: it tells nothing about this one.
        let may = ANYONE.contains(&id) || keys(id).iter().any(|key| key.iter().all(|one| held.contains(one)));
        let expected = if may {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::FORBIDDEN
        };
        let mut paths = vec![path(operation, &ana, &ana)];
        // Through a door of his own he does not reach what stands behind another's.
        if may && operation.path.matches('{').count() > 1 {
            paths.push(path(operation, &bob, &ana));
        }
        for path in paths {
            let status = ask(&world, &token, operation, &path).await;
            let hidden = !may && status == StatusCode::NOT_FOUND;
            let judged = JUDGED_FIRST.contains(&id) && status == StatusCode::UNPROCESSABLE_ENTITY;
            if status != expected && !hidden && !judged {
                wrong.push(format!("{} {id} {path}: {status}, not {expected}", operation.method));
            }
            asked += usize::from(may);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked >= 35, "{asked}");
    assert_eq!(rows(&world).await, before);
    // He does reach what is his: the ids are right, and it is not their form that is refused.
    for path in [
        "/api/v1/tickets/{id}",
        "/api/v1/customers/{id}",
        "/api/v1/customers/{id}/kyc",
    ] {
        let found = operations()
            .into_iter()
            .find(|one| one.path == path && one.method == "GET")
            .unwrap();
        let own = self::path(&found, &bob, &bob);
        assert_eq!(ask(&world, &token, &found, &own).await, StatusCode::OK, "{path}");
    }
}
