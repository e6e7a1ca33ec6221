//! Who may do what: every operation of the API's description, asked by every role and by roles made for the question.

mod body;
mod foreign;
mod members;
mod rules;

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, StatusCode},
    response::Response,
};
use domain::permission::{Permission, SYSTEM_ROLES};
use jobs::{NewJob, Noop};
pub(super) use rules::ANYONE;
use rules::{HIDDEN, RULES};
use uuid::Uuid;

use super::client::{PASSWORD, World};

const SOME_ID: &str = "01890000-0000-7000-8000-000000000000";

/// One operation of the description.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    query: String,
    body: Option<(String, Vec<u8>)>,
}

pub(super) fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(api::openapi()).unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if operation["security"].as_array().is_none_or(Vec::is_empty) {
                continue;
            }
            found.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                query: body::query(operation),
                body: body::sample(&document, operation),
            });
        }
    }
    found
}

/// What opens an operation: one of these sets, held as a whole.
pub(super) fn keys(id: &str) -> Vec<Vec<&'static str>> {
    let rule = RULES.iter().find(|(name, _)| *name == id);
    let (_, any) = rule.unwrap_or_else(|| panic!("say in rules.rs what the operation `{id}` wants of its caller"));
    any.iter().map(|key| key.split('+').collect()).collect()
}

/// A person whose permissions are set at will.
pub(super) struct Probe {
    pub(super) world: Arc<World>,
    pub(super) user: Uuid,
    token: String,
    /// A job that nobody with an account started.
    job: Uuid,
}

impl Probe {
    pub(super) async fn new() -> Self {
        let world = World::new().await;
        world
            .db
            .execute(
                "INSERT INTO roles (id, key, name, permissions) VALUES (gen_random_uuid(), 'probe', 'Probe', '{}')",
            )
            .await;
        let user = app::seed::account(&world.state.app, "probe@x.test", "Probe", "probe", PASSWORD)
            .await
            .unwrap();
        let token = world.token_of("probe@x.test").await;
        let mut tx = world.state.app.begin().await.unwrap();
        let job = tx.enqueue(&[NewJob::of(&Noop::default())]).await.unwrap()[0];
        tx.commit().await.unwrap();
        Self {
            world,
            user,
            token,
            job,
        }
    }

    pub(super) async fn hold(&self, permissions: &[&str]) {
        let set = format!("'{{{}}}'", permissions.join(","));
        let sql = format!("UPDATE roles SET permissions = {set}, effective = {set} WHERE key = 'probe'");
        self.world.db.execute(&sql).await;
        self.world.state.sessions.forget_user(self.user);
    }

    async fn ask(&self, operation: &Operation) -> StatusCode {
        // Only the head is looked at: a stream has no end.
        self.answer(operation).await.status()
    }

    pub(super) async fn answer(&self, operation: &Operation) -> Response {
        let mut path = operation.path.clone();
        while let (Some(begin), Some(end)) = (path.find('{'), path.find('}')) {
            let name = path[begin + 1..end].to_owned();
            let value = match name.as_str() {
                "action" if path.contains("/jobs/") => "retry",
                "action" => "pause",
                "name" => "mail_in",
                "key" => "clean_up",
                "kind" => "reply",
                "address" => "nobody@x.test",
                "locale" => "fr",
                "version" | "earlier" | "position" => "1",
                _ => SOME_ID,
            };
            path.replace_range(begin..=end, value);
        }
        let path = path.replace(&format!("/jobs/{SOME_ID}"), &format!("/jobs/{}", self.job)) + &operation.query;
        let mut request = Request::builder()
            .method(operation.method.as_str())
            .uri(path)
            .header("authorization", format!("Bearer {}", self.token))
            .header("if-match", "\"1\"");
        let body = match &operation.body {
            Some((kind, bytes)) => {
                request = request.header("content-type", kind);
                Body::from(bytes.clone())
            }
            None => Body::empty(),
        };
        self.world.raw(request.body(body).unwrap()).await
    }
}

/// Refused for want of permission, and for nothing else.
fn check(wrong: &mut Vec<String>, who: &str, operation: &Operation, status: StatusCode, allowed: bool) {
    let right = match status {
        StatusCode::FORBIDDEN => !allowed,
        StatusCode::UNAUTHORIZED => false,
        StatusCode::NOT_FOUND if HIDDEN.contains(&operation.id.as_str()) => !allowed,
        status => allowed && !status.is_server_error(),
    };
    if !right {
        let verdict = if allowed { "may" } else { "may not" };
        wrong.push(format!(
            "{who} {verdict} {} {}: {status}",
            operation.method, operation.id
        ));
    }
}

#[tokio::test]
async fn every_operation_opens_to_its_permissions_and_to_nothing_else() {
    let probe = Probe::new().await;
    let mut wrong = Vec::new();
    let mut roles: Vec<(&str, Vec<&str>)> = SYSTEM_ROLES
        .iter()
        .map(|role| (role.key, role.permissions().map(Permission::as_str).collect()))
        .collect();
    roles.push(("nobody", Vec::new()));
    let operations = operations();
    for (name, held) in &roles {
        probe.hold(held).await;
        for operation in &operations {
            let allowed = ANYONE.contains(&operation.id.as_str())
                || keys(&operation.id)
                    .iter()
                    .any(|key| key.iter().all(|one| held.contains(one)));
            check(&mut wrong, name, operation, probe.ask(operation).await, allowed);
        }
    }
    let all: Vec<&str> = Permission::ALL.iter().map(|one| one.as_str()).collect();
    for operation in operations.iter().filter(|one| !ANYONE.contains(&one.id.as_str())) {
        let keys = keys(&operation.id);
        for key in &keys {
            probe.hold(key).await;
            check(&mut wrong, &key.join("+"), operation, probe.ask(operation).await, true);
        }
        let others: Vec<&str> = all
            .iter()
            .copied()
            .filter(|one| !keys.iter().flatten().any(|key| key == one))
            .collect();
        probe.hold(&others).await;
        check(
            &mut wrong,
            "everything else",
            operation,
            probe.ask(operation).await,
            false,
        );
    }
    assert!(operations.len() > 60);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_rules_name_no_operation_that_is_gone() {
    let ids: Vec<String> = operations().into_iter().map(|operation| operation.id).collect();
    let named = RULES.iter().map(|(name, _)| *name).chain(ANYONE.iter().copied());
    let gone: Vec<&str> = named.filter(|name| !ids.iter().any(|id| id == name)).collect();
    assert!(gone.is_empty(), "{gone:?}");
}
