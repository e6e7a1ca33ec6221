//! What is dangerous asks for a fresh proof of who somebody is, or is named here with the reason why it does not.

use axum::{body::to_bytes, http::StatusCode};
use chrono::TimeDelta;
use domain::permission::Permission;
use serde_json::{Value, json};

use super::{
    client::{AGENT, Hands, URL, World, quiet},
    customers::{CLIENT, Person, company},
    matrix::{ANYONE, Operation, Probe, keys, operations},
};

/// What a dangerous permission opens without a fresh proof, and why.
const WITHOUT: &[(&[&str], &str)] = &[
    (
        &["inviteUserAgain"],
        "the same link to the same address; the role was given with a proof",
    ),
    (
        &["changeUser"],
        "name, telephone and language; roles, factors and states have operations of their own",
    ),
    (
        &["endUserSessions", "endUserSession"],
        "takes access away, gives none, and has to be quick",
    ),
    (&["acknowledgeSecurityAlert"], "notes that somebody saw to it"),
    (
        &[
            "createAutomationRule",
            "changeAutomationRule",
            "deleteAutomationRule",
            "settleAutomationRuns",
        ],
        "each version is kept with who wrote it, and every run says what it did",
    ),
    (
        &["testWebhookEndpoint", "replayFailedWebhooks", "replayWebhookDelivery"],
        "goes where a proof said that it may go",
    ),
    (
        &["testOidcProvider"],
        "asks a provider what it says of itself, and changes nothing",
    ),
    (
        &[
            "exportTickets",
            "createTicketExport",
            "changeTicketExport",
            "deleteTicketExport",
            "runTicketExport",
            "openTicketExportRun",
        ],
        "the daily work of a desk, on record and few in a minute; also by programs",
    ),
    (
        &[
            "changeMessageTemplate",
            "resetMessageTemplate",
            "restoreMessageTemplate",
            "previewMessageTemplate",
            "testMessageTemplate",
            "createCustomTemplate",
            "changeCustomTemplate",
            "deleteCustomTemplate",
            "restoreCustomTemplate",
            "previewCustomTemplate",
            "testCustomTemplate",
        ],
        "words can hold nothing but the variables of their message, and every version is kept",
    ),
    (
        &["inboundMail"],
        "programs hand mail over, and a program proves nothing anew",
    ),
    (
        &["actOnQueue", "actOnJob", "runSchedule"],
        "operators' work at any hour: does again, or not yet, what was decided before",
    ),
    (
        &["decideKyc", "revokeKyc"],
        "a reviewer's work, case after case; pinned to the papers, and undone by the next decision",
    ),
];

/// What asks only once it is sure what is at stake; each is tried where it is made.
const LATER: &[(&str, &str)] = &[
    ("openUserExport", "personal_exports.rs"),
    ("openMyExport", "personal_exports.rs"),
];

/// What takes no permission beyond one's own account, and could keep its owner out of it or hand it to somebody else.
const OWN: &[&str] = &[
    "beginTotp",
    "confirmTotp",
    "removeTotp",
    "renewBackupCodes",
    "beginPhone",
    "confirmPhone",
    "removePhone",
    "beginPasskey",
    "addPasskey",
    "removePasskey",
    "startLink",
    "confirmLink",
    "unlinkIdentity",
    "createApiToken",
    "makeCalendarFeed",
    "askMyExport",
    "askMyErasure",
];

fn is_dangerous(operation: &Operation) -> bool {
    let opens = |key: &str| key.parse::<Permission>().is_ok_and(Permission::is_dangerous);
    // What is only looked at stays where it is; files go out.
    let looks = operation.method == "GET"
        && !["/export", "/archive", "/file"]
            .iter()
            .any(|end| operation.path.ends_with(end));
    if looks || ANYONE.contains(&operation.id.as_str()) {
        return false;
    }
    keys(&operation.id).iter().flatten().any(|&key| opens(key))
}

#[tokio::test]
async fn whatever_is_dangerous_asks_for_a_fresh_proof_or_is_named_with_a_reason() {
    let probe = Probe::new().await;
    let everything: Vec<&str> = Permission::ALL.iter().map(|one| one.as_str()).collect();
    probe.hold(&everything).await;
    probe
        .world
        .db
        .execute("UPDATE sessions SET factor_at = now() - interval '6 minutes'")
        .await;
    probe.world.state.sessions.forget_user(probe.user);
    let operations = operations();
    let mut asked = 0;
    let mut wrong = Vec::new();
    for operation in &operations {
        let id = operation.id.as_str();
        if LATER.iter().any(|(later, _)| *later == id) {
            continue;
        }
        let reason = WITHOUT.iter().find(|(ids, _)| ids.contains(&id)).map(|(_, why)| why);
        if !is_dangerous(operation) && !OWN.contains(&id) {
            if reason.is_some() {
                wrong.push(format!("{id} is named, and is not dangerous"));
            }
            continue;
        }
        let answer = probe.answer(operation).await;
        let status = answer.status();
        let refused = status == StatusCode::FORBIDDEN && {
            let body = to_bytes(answer.into_body(), 100_000).await.unwrap();
            let problem: Value = serde_json::from_slice(&body).unwrap();
            problem["code"] == "step_up_required"
        };
        asked += usize::from(refused);
        match (refused, reason) {
            (true, None) | (false, Some(_)) => {}
            (true, Some(why)) => wrong.push(format!("{id} asks for a proof, though it is said not to: {why}")),
            (false, None) => wrong.push(format!("{id} is done without a fresh proof: {status}")),
        }
    }
    let ids: Vec<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    let named = WITHOUT.iter().flat_map(|(ids, _)| ids.iter());
    let named = named.chain(OWN).chain(LATER.iter().map(|(id, _)| id));
    wrong.extend(named.filter(|id| !ids.contains(id)).map(|id| format!("{id} is gone")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked > 30, "{asked}");
}

#[tokio::test]
async fn owners_and_administrators_of_a_customer_are_made_after_a_fresh_proof() {
    let hands = Hands::new();
    let world = World::at(quiet(URL), hands.clone()).await;
    let owner = Person::new(&world, CLIENT).await;
    let path = owner.made(company("SARL A", "a@a.dz")).await;
    let agent = Person::new(&world, AGENT).await;
    Person::stranger(&world, "one@x.dz").await;
    hands.forward(TimeDelta::minutes(6));
    let members = format!("{path}/members");
    let add = async |role: &str| {
        let body = json!({ "email": "one@x.dz", "role": role });
        agent.call("POST", &members, body).await
    };
    for role in ["owner", "admin"] {
        let refused = add(role).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::FORBIDDEN, "step_up_required"),
            "{role}"
        );
    }
    let added = add("viewer").await;
    assert_eq!(added.status, StatusCode::OK, "{:?}", added.body);
    let one = format!("{members}/{}", added.body["user_id"].as_str().unwrap());
    for role in ["owner", "admin"] {
        let refused = owner.call("PUT", &one, json!({ "role": role })).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::FORBIDDEN, "step_up_required"),
            "{role}"
        );
    }
    // Less is given without, and so is the same again.
    for role in ["technical", "technical"] {
        let given = owner.call("PUT", &one, json!({ "role": role })).await;
        assert_eq!(given.status, StatusCode::OK, "{:?}", given.body);
    }
    let owner = Person::new(&world, CLIENT).await;
    let given = owner.call("PUT", &one, json!({ "role": "admin" })).await;
    assert_eq!(given.status, StatusCode::OK, "{:?}", given.body);
    let roles = world.db.texts("SELECT role FROM customer_members ORDER BY role").await;
    assert_eq!(roles, ["admin", "owner"]);
}
