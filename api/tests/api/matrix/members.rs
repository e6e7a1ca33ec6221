//! Who of a customer's people may do what: every operation on a customer, asked by a member of every role.

use app::seed;
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use domain::customer::{MemberAction, MemberRole};
use serde_json::Value;

use super::{
    super::{
        client::{PASSWORD, World},
        wall::Person,
    },
    foreign::path,
    operations,
};

use MemberAction::{
    AddDocuments, EditContacts, EditProfile, ManageMembers, ManageProjects, SubmitKyc, View, ViewDocuments,
};

/// What each operation on a customer takes of a member; `None` = it is for staff.
const ACTS: &[(&str, Option<MemberAction>)] = &[
    ("customer", Some(View)),
    ("editCustomer", Some(EditProfile)),
    ("deleteCustomer", None),
    ("customerAddresses", Some(View)),
    ("addCustomerAddress", Some(EditContacts)),
    ("editCustomerAddress", Some(EditContacts)),
    ("deleteCustomerAddress", Some(EditContacts)),
    ("customerContacts", Some(View)),
    ("addCustomerContact", Some(EditContacts)),
    ("editCustomerContact", Some(EditContacts)),
    ("deleteCustomerContact", Some(EditContacts)),
    ("customerDocuments", Some(ViewDocuments)),
    ("addCustomerDocument", Some(AddDocuments)),
    ("readCustomerDocument", Some(ViewDocuments)),
    ("shareCustomerDocument", None),
    ("deleteCustomerDocument", None),
    ("customerFigures", None),
    ("handleCustomer", None),
    ("customerInvitations", Some(ManageMembers)),
    ("inviteCustomerMember", Some(ManageMembers)),
    ("revokeCustomerInvitation", Some(ManageMembers)),
    ("resendCustomerInvitation", Some(ManageMembers)),
    ("kycCase", Some(SubmitKyc)),
    ("claimKyc", None),
    ("decideKyc", None),
    ("addKycDocument", Some(SubmitKyc)),
    ("readKycDocument", Some(SubmitKyc)),
    ("deleteKycDocument", Some(SubmitKyc)),
    ("releaseKyc", None),
    ("revokeKyc", None),
    ("submitKyc", Some(SubmitKyc)),
    ("renewKyc", Some(SubmitKyc)),
    ("kycViews", None),
    ("customerMembers", Some(View)),
    ("addCustomerMember", None),
    ("changeCustomerMember", Some(ManageMembers)),
    ("removeCustomerMember", Some(ManageMembers)),
    ("customerNotes", None),
    ("addCustomerNote", None),
    ("editCustomerNote", None),
    ("deleteCustomerNote", None),
    ("createProject", Some(ManageProjects)),
    ("restoreCustomer", None),
    ("customerSecurity", None),
    ("customerStatusHistory", None),
    ("moveCustomer", None),
    ("customerTimeline", None),
];

/// The least powerful first: what one of them does leaves the customer to the next.
const ROLES: [MemberRole; 5] = [
    MemberRole::Viewer,
    MemberRole::Technical,
    MemberRole::Billing,
    MemberRole::Admin,
    MemberRole::Owner,
];

#[tokio::test]
async fn a_member_does_what_his_role_allows_and_nothing_else() {
    let world = World::new().await;
    let ana = Person::new(&world, "ana@x.test").await;
    let mut members = Vec::new();
    for role in ROLES {
        let email = format!("{}@x.test", role.as_str());
        let user = seed::account(&world.state.app, &email, "X", "client", PASSWORD)
            .await
            .unwrap();
        let sql = format!(
            "INSERT INTO customer_members (customer_id, user_id, role, added_at) VALUES ('{}', '{user}', '{}', now())",
            ana.customer,
            role.as_str()
        );
        world.db.execute(&sql).await;
        members.push((role, world.token_of(&email).await));
    }
    let on_customers = |path: &str| path.starts_with("/api/v1/customers/{id}");
    let (mut wrong, mut asked) = (Vec::new(), 0);
    // What is only read comes first: nothing is gone yet.
    let mut all: Vec<_> = operations().into_iter().filter(|one| on_customers(&one.path)).collect();
    all.sort_by_key(|one| (one.method != "GET", one.method == "DELETE"));
    for operation in &all {
        let Some((_, act)) = ACTS.iter().find(|(id, _)| *id == operation.id) else {
            wrong.push(format!("{}: say who may do it", operation.id));
            continue;
        };
        for (role, token) in &members {
            let mut request = Request::builder()
                .method(operation.method.as_str())
                .uri(path(operation, &ana, &ana))
                .header("authorization", format!("Bearer {token}"))
                .header("if-match", "\"1\"");
            let body = match &operation.body {
                Some((kind, bytes)) => {
                    request = request.header("content-type", kind);
                    Body::from(bytes.clone())
                }
                None => Body::empty(),
            };
            let answer = world.raw(request.body(body).unwrap()).await;
            let status = answer.status();
            let bytes = to_bytes(answer.into_body(), 10_000_000).await.unwrap();
            let code = serde_json::from_slice::<Value>(&bytes).unwrap_or_default()["code"].clone();
            let may = act.is_some_and(|act| role.may(act));
            let refused = status == StatusCode::FORBIDDEN && code != "step_up_required";
            // A sample that does not pass is refused to everybody, before anything is looked up.
            let judged = status == StatusCode::UNPROCESSABLE_ENTITY;
            if may && refused || !may && !refused && !judged && status != StatusCode::NOT_FOUND {
                wrong.push(format!("{} as {}: {status} {code}", operation.id, role.as_str()));
            }
            asked += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(asked, ACTS.len() * ROLES.len(), "an operation in the list is gone");
}
