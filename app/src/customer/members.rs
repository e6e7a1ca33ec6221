//! Who acts for a customer. There is always an owner, and nobody hands out more than he has.

use domain::{
    account::notice::AccountNotice,
    customer::{MemberAction, MemberRole},
    kyc::{Gate, gate::pass},
    permission::Permission,
};
use jobs::{NewJob, SendAccountMail};
use store::{
    customer::{self, Customer, Member, MemberPlace, Reached},
    invitation::{self, Which},
    user,
};
use uuid::Uuid;

use super::{access, access::Access, record};
use crate::{App, AppError, Caller, Tx, kyc};

/// Those who act for a customer after this place, owners first; at most `limit`.
///
/// # Errors
/// [`AppError::NotFound`] when he is not the caller's to see.
pub async fn list(
    app: &App,
    caller: &Caller,
    id: Uuid,
    (after, limit): (Option<MemberPlace>, i64),
) -> Result<Vec<Member>, AppError> {
    let mut conn = app.conn().await?;
    let (reached, _) = access::reach(&mut conn, caller, id).await?;
    Ok(customer::members(&mut conn, reached, after.as_ref(), limit).await?)
}

/// Locks the customer and checks that the caller manages members.
pub(super) async fn managed(app: &App, caller: &Caller, id: Uuid) -> Result<(Tx, Customer, Access), AppError> {
    let mut tx = app.begin().await?;
    let (found, relation) = access::open_for_update(tx.conn()?, caller, id).await?;
    relation.need(caller, Permission::CustomersEdit, MemberAction::ManageMembers)?;
    if matches!(relation, Access::Member(_)) {
        caller.need(Permission::MembersManageOwn)?;
    }
    Ok((tx, found, relation))
}

/// Refuses when the caller would hand out, or take, a role above his own.
pub(super) fn may_hand_out(relation: Access, role: MemberRole) -> Result<(), AppError> {
    match relation {
        Access::Member(own) if !own.may_hand_out(role) => Err(AppError::Refused {
            code: "role_above_own".to_owned(),
            message: "nobody gives or takes a role above his own".to_owned(),
            allowed: MemberRole::ALL
                .into_iter()
                .filter(|other| own.may_hand_out(*other))
                .map(|other| other.as_str().to_owned())
                .collect(),
        }),
        _ => Ok(()),
    }
}

/// Who hands out power proves anew who he is.
pub(super) fn proven(app: &App, caller: &Caller, role: MemberRole) -> Result<(), AppError> {
    match role {
        MemberRole::Owner | MemberRole::Admin => caller.fresh_factor(app.now()),
        _ => Ok(()),
    }
}

/// The present role of a member.
async fn role_of(tx: &mut Tx, customer: Reached, user: Uuid) -> Result<MemberRole, AppError> {
    let role = customer::member_role(tx.conn()?, customer, user)
        .await?
        .ok_or(AppError::NotFound)?;
    role.parse()
        .map_err(|error: domain::customer::member::UnknownRole| AppError::Internal(error.to_string()))
}

/// Refuses to take away the last owner. The customer's row is locked, so two cannot leave at once.
async fn keep_an_owner(tx: &mut Tx, customer: Reached, was: MemberRole) -> Result<(), AppError> {
    if was == MemberRole::Owner && customer::owners(tx.conn()?, customer).await? <= 1 {
        return Err(AppError::refused(
            "last_owner",
            "a customer keeps one owner; make somebody else owner first",
        ));
    }
    Ok(())
}

/// Refuses one more member when the identity must be verified for so many.
pub(super) async fn room_for_one_more(tx: &mut Tx, customer: &Customer) -> Result<(), AppError> {
    let internal = |error: String| AppError::Internal(error);
    let summary = &customer.summary;
    let status = summary
        .status
        .parse()
        .map_err(|e: domain::customer::status::UnknownStatus| internal(e.to_string()))?;
    let identity = summary
        .kyc_state
        .parse()
        .map_err(|e: domain::kyc::state::UnknownState| internal(e.to_string()))?;
    let gate = Gate::Members {
        count: customer::member_count(tx.conn()?, customer.reached()).await? + 1,
    };
    let policy = kyc::in_force(tx.conn()?).await?;
    pass(policy, status, identity, gate).map_err(|closed| AppError::refused(closed.code(), closed.to_string()))
}

/// Makes an existing account act for a customer; staff only, so that nobody else learns which
/// addresses have accounts. Owners and administrators are made after a fresh proof.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::Invalid`] when no account has this address; [`AppError::Conflict`] when it acts for him already.
pub async fn add_member(
    app: &App,
    caller: &Caller,
    id: Uuid,
    email: &str,
    role: MemberRole,
) -> Result<Member, AppError> {
    caller.need(Permission::CustomersEdit)?;
    let (mut tx, found, _) = managed(app, caller, id).await?;
    proven(app, caller, role)?;
    let reached = found.reached();
    let email = email.trim().to_lowercase();
    let account = user::by_email(tx.conn()?, &email)
        .await?
        .ok_or_else(|| AppError::invalid("/email", "unknown_account", "no account has this address"))?;
    if customer::member_role(tx.conn()?, reached, account.id).await?.is_some() {
        return Err(AppError::Conflict {
            code: "member_already".to_owned(),
            detail: "This person acts for the customer already.".to_owned(),
        });
    }
    room_for_one_more(&mut tx, &found).await?;
    customer::put_member(
        tx.conn()?,
        reached,
        account.id,
        role.as_str(),
        Some(caller.user_id),
        app.now(),
    )
    .await?;
    let data = serde_json::json!({ "user_id": account.id, "role": role.as_str() });
    record(app, &mut tx, caller, reached, "customer.member_add", data).await?;
    let added = customer::member(tx.conn()?, reached, account.id).await?;
    tx.commit().await?;
    Ok(added)
}

/// Gives a member another role. Owners and administrators are made after a fresh proof.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::Refused`] for the last owner, or a role above the caller's own.
pub async fn change_member(
    app: &App,
    caller: &Caller,
    id: Uuid,
    user: Uuid,
    role: MemberRole,
) -> Result<Member, AppError> {
    let (mut tx, found, relation) = managed(app, caller, id).await?;
    let reached = found.reached();
    let was = role_of(&mut tx, reached, user).await?;
    may_hand_out(relation, was)?;
    may_hand_out(relation, role)?;
    if role != was {
        proven(app, caller, role)?;
        keep_an_owner(&mut tx, reached, was).await?;
        customer::put_member(
            tx.conn()?,
            reached,
            user,
            role.as_str(),
            Some(caller.user_id),
            app.now(),
        )
        .await?;
        let data = serde_json::json!({ "user_id": user, "role": { "from": was.as_str(), "to": role.as_str() } });
        record(app, &mut tx, caller, reached, "customer.member_change", data).await?;
        // What he offered others falls with what he had.
        invitation::revoke(tx.conn()?, reached, Which::From(user), app.now()).await?;
        notify(&mut tx, &found, user, AccountNotice::MemberRoleChanged, role).await?;
    }
    let changed = customer::member(tx.conn()?, reached, user).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Takes somebody out; everybody may leave by himself.
///
/// # Errors
/// [`AppError::Refused`] for the last owner, or a role above the caller's own.
pub async fn remove_member(app: &App, caller: &Caller, id: Uuid, user: Uuid) -> Result<(), AppError> {
    let (mut tx, found) = if user == caller.user_id {
        let mut tx = app.begin().await?;
        let (found, _) = access::open_for_update(tx.conn()?, caller, id).await?;
        (tx, found)
    } else {
        let (mut tx, found, relation) = managed(app, caller, id).await?;
        let was = role_of(&mut tx, found.reached(), user).await?;
        may_hand_out(relation, was)?;
        (tx, found)
    };
    let reached = found.reached();
    let was = role_of(&mut tx, reached, user).await?;
    keep_an_owner(&mut tx, reached, was).await?;
    // All while he is still one: a member who leaves sees nothing of the customer afterwards.
    invitation::revoke(tx.conn()?, reached, Which::From(user), app.now()).await?;
    let projects = customer::unassign(tx.conn()?, reached, user).await?;
    let data = serde_json::json!({ "user_id": user, "role": was.as_str(), "projects": projects });
    record(app, &mut tx, caller, reached, "customer.member_remove", data).await?;
    customer::remove_member(tx.conn()?, reached, user).await?;
    if user != caller.user_id {
        notify(&mut tx, &found, user, AccountNotice::MemberRemoved, was).await?;
    }
    tx.commit().await
}

/// Tells somebody by mail what became of his part in a customer.
async fn notify(
    tx: &mut Tx,
    found: &Customer,
    user: Uuid,
    notice: AccountNotice,
    role: MemberRole,
) -> Result<(), AppError> {
    let mail = SendAccountMail::notice(user, notice)
        .with("customer", &found.summary.name)
        .with("role", role.as_str())
        .with("path", &format!("/client/account/{}", found.summary.id));
    tx.enqueue(&[NewJob::of(&mail)]).await?;
    Ok(())
}
