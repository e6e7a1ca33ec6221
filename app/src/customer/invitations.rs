//! Invitations to act for a customer: mailed as a link that works once, for whoever owns the address. Nothing here tells whether an
//! address has an account.

use chrono::TimeDelta;
use domain::{
    account::{address::account_address, notice::AccountNotice, times::INVITATION},
    customer::{MemberAction, MemberRole},
    permission::Permission,
};
use jobs::{NewJob, SendAccountMail};
use store::{
    audit::{self, Actor, Entry},
    customer::{self, Customer, Reached},
    invitation::{self, Invitation, Which},
    scope::Scope,
    user,
};
use uuid::Uuid;

use super::{
    access,
    members::{managed, may_hand_out, proven, room_for_one_more},
    record,
};
use crate::{
    App, AppError, Caller, Tx,
    account::{hash as origin_hash, links},
    wall,
};

/// Under which name invitations whose time is over are ended.
const EXPIRY: &str = "invitation expiry";
/// Most open invitations of one customer.
const MOST: usize = 50;
/// Shortest pause between two mails of one invitation, in seconds.
const PAUSE: i64 = 60;
/// Most invitations that one address gets in an hour, whoever sends them, and that one person sends.
const MOST_TO_ONE: i64 = 5;
/// See [`MOST_TO_ONE`].
const MOST_BY_ONE: i64 = 30;
/// Invitations of one round of the job.
const BATCH: i64 = 100;

/// The open invitations of a customer.
///
/// # Errors
/// [`AppError::Forbidden`] for members who do not manage others.
pub async fn list(app: &App, caller: &Caller, id: Uuid) -> Result<Vec<Invitation>, AppError> {
    let mut conn = app.conn().await?;
    let (reached, relation) = access::reach(&mut conn, caller, id).await?;
    relation.need(caller, Permission::CustomersEdit, MemberAction::ManageMembers)?;
    let now = app.now();
    let mut open = invitation::open(&mut conn, reached).await?;
    open.retain(|one| one.is_open(now));
    Ok(open)
}

/// An invitation is a mail with words of its sender's choosing, to an address of his choosing.
async fn paced(app: &App, caller: &Caller, email: &str) -> Result<(), AppError> {
    // Also what other customers sent there.
    let (to_one, by_one) = wall::scope(async {
        let mut conn = app.conn().await?;
        let since = app.now() - TimeDelta::hours(1);
        Ok::<_, AppError>(invitation::sent(&mut conn, email, caller.user_id, since).await?)
    })
    .await?;
    if to_one < MOST_TO_ONE && by_one < MOST_BY_ONE {
        return Ok(());
    }
    Err(AppError::TooMany { retry_after: 3600 })
}

/// Invites an address. The answer is the same whether it has an account or not.
///
/// # Errors
/// [`AppError::Refused`] for a role above the caller's own; [`AppError::Conflict`] when the address is invited already or its owner acts
/// for the customer.
pub async fn invite(
    app: &App,
    caller: &Caller,
    id: Uuid,
    email: &str,
    role: MemberRole,
) -> Result<Invitation, AppError> {
    let email = account_address(email).map_err(|fault| AppError::invalid("/email", "invalid_email", fault));
    if let Ok(email) = &email {
        paced(app, caller, email).await?;
    }
    // Whoever does not reach the customer is not told what is wrong with the address.
    let (mut tx, found, relation) = managed(app, caller, id).await?;
    let email = email?;
    may_hand_out(relation, role)?;
    proven(app, caller, role)?;
    let reached = found.reached();
    let now = app.now();
    if customer::is_member(tx.conn()?, reached, &email).await? {
        return Err(AppError::Conflict {
            code: "member_already".to_owned(),
            detail: "This person acts for the customer already.".to_owned(),
        });
    }
    room_for_one_more(&mut tx, &found).await?;
    let open = invitation::open(tx.conn()?, reached).await?;
    let (open, late): (Vec<_>, Vec<_>) = open.into_iter().partition(|one| one.is_open(now));
    end_late(app, &mut tx, &caller.actor, &late).await?;
    if open.len() >= MOST {
        return Err(AppError::refused("too_many", "a customer may have 50 open invitations"));
    }
    let secret_id = Uuid::now_v7();
    let new = Invitation {
        id: Uuid::now_v7(),
        customer_id: id,
        customer_name: found.summary.name.clone(),
        email,
        role: role.as_str().to_owned(),
        secret_id,
        locale: found.locale.clone(),
        invited_by: Some(caller.user_id),
        invited_by_name: caller.actor.name.clone(),
        created_at: now,
        sent_at: now,
        expires_at: now + INVITATION,
        ended_at: None,
    };
    invitation::insert(tx.conn()?, &new, &token_hash(app, secret_id)?)
        .await
        .map_err(|error| match error {
            store::StoreError::Conflict(index) if index == "customer_invitations_open" => AppError::Conflict {
                code: "invited_already".to_owned(),
                detail: "This address is invited already; send the invitation again instead.".to_owned(),
            },
            other => other.into(),
        })?;
    mail(&mut tx, new.id, secret_id).await?;
    let data = serde_json::json!({ "invitation_id": new.id, "email": new.email, "role": new.role });
    record(app, &mut tx, caller, reached, "customer.invite", data).await?;
    tx.commit().await?;
    Ok(new)
}

fn token_hash(app: &App, secret: Uuid) -> Result<[u8; 32], AppError> {
    Ok(origin_hash(&links::token(app, secret)?))
}

async fn mail(tx: &mut Tx, invitation_id: Uuid, secret_id: Uuid) -> Result<(), AppError> {
    let mail = SendAccountMail::Invitation {
        invitation_id,
        secret_id,
    };
    tx.enqueue(&[NewJob::of(&mail)]).await?;
    Ok(())
}

fn role_of(text: &str) -> Result<MemberRole, AppError> {
    text.parse()
        .map_err(|error: domain::customer::member::UnknownRole| AppError::Internal(error.to_string()))
}

/// Mails an invitation again, with another link; the one before opens nothing any more.
///
/// # Errors
/// [`AppError::NotFound`] when there is nothing to accept any more; [`AppError::TooMany`] within a minute.
pub async fn resend(app: &App, caller: &Caller, id: Uuid, one: Uuid) -> Result<Invitation, AppError> {
    let (mut tx, found, relation) = managed(app, caller, id).await?;
    let reached = found.reached();
    let mut known = invitation::open_for_update(tx.conn()?, reached, one).await?;
    let role = role_of(&known.role)?;
    may_hand_out(relation, role)?;
    proven(app, caller, role)?;
    let now = app.now();
    let pause = TimeDelta::seconds(PAUSE) - (now - known.sent_at);
    if pause > TimeDelta::zero() {
        return Err(AppError::TooMany {
            retry_after: u32::try_from(pause.num_seconds() + 1).unwrap_or(60),
        });
    }
    paced(app, caller, &known.email).await?;
    known.secret_id = Uuid::now_v7();
    known.sent_at = now;
    known.expires_at = now + INVITATION;
    let hash = token_hash(app, known.secret_id)?;
    invitation::renew(
        tx.conn()?,
        one,
        (known.secret_id, &hash),
        known.expires_at,
        (caller.user_id, now),
    )
    .await?;
    mail(&mut tx, one, known.secret_id).await?;
    let data = serde_json::json!({ "invitation_id": one, "email": known.email, "role": known.role });
    record(app, &mut tx, caller, reached, "customer.invite_again", data).await?;
    tx.commit().await?;
    Ok(known)
}

/// Takes an invitation back.
///
/// # Errors
/// [`AppError::NotFound`] when there is nothing to take back.
pub async fn revoke(app: &App, caller: &Caller, id: Uuid, one: Uuid) -> Result<(), AppError> {
    let (mut tx, found, relation) = managed(app, caller, id).await?;
    let reached = found.reached();
    let known = invitation::open_for_update(tx.conn()?, reached, one).await?;
    may_hand_out(relation, role_of(&known.role)?)?;
    invitation::revoke(tx.conn()?, reached, Which::One(one), app.now()).await?;
    let data = serde_json::json!({ "invitation_id": one, "email": known.email, "role": known.role });
    record(app, &mut tx, caller, reached, "customer.invite_revoke", data).await?;
    tx.commit().await
}

/// Marks invitations whose time is over. A reconciler: a missed run is made up by the next, and run twice it marks each once.
///
/// # Errors
/// When the database is away; what was done before stays.
pub async fn expire(app: &App) -> Result<usize, AppError> {
    let actor = Actor::system(EXPIRY);
    let mut done = 0;
    loop {
        let now = app.now();
        let mut tx = app.begin().await?;
        let late = invitation::over(tx.conn()?, now, BATCH).await?;
        if late.is_empty() {
            return Ok(done);
        }
        end_late(app, &mut tx, &actor, &late).await?;
        tx.commit().await?;
        done += late.len();
    }
}

/// Marks invitations whose time is over, each once.
async fn end_late(app: &App, tx: &mut Tx, actor: &Actor, late: &[Invitation]) -> Result<(), AppError> {
    let now = app.now();
    let ids: Vec<Uuid> = late.iter().map(|one| one.id).collect();
    let marked = invitation::expire(tx.conn()?, &ids, now).await?;
    for one in late.iter().filter(|one| marked.contains(&one.id)) {
        let entry = Entry {
            action: "customer.invite_expire",
            subject_type: "customer",
            subject_id: Some(one.customer_id),
            data: serde_json::json!({ "invitation_id": one.id, "email": one.email, "role": one.role }),
        };
        audit::append(tx.conn()?, actor, now, entry).await?;
        let reached = customer::reach(tx.conn()?, Scope::everything(), one.customer_id).await?;
        let what = serde_json::json!({ "action": "customer.invite_expire" });
        customer::tell(tx.conn()?, reached, "customer.updated", what).await?;
    }
    Ok(())
}

/// What stands behind a link that is good.
///
/// # Errors
/// [`AppError::Invalid`] `invalid_link`.
pub async fn look(app: &App, token: &str) -> Result<Invitation, AppError> {
    let found = wall::scope(async {
        let mut conn = app.conn().await?;
        Ok::<_, AppError>(invitation::by_token(&mut conn, &origin_hash(token), app.now()).await?)
    });
    found.await.map_err(gone)
}

/// An invitation that is no more looks like one that never was.
pub(crate) fn gone(error: AppError) -> AppError {
    match error {
        AppError::NotFound => links::invalid(),
        other => other,
    }
}

/// Lets the signed-in owner of the invited address act for the customer.
///
/// # Errors
/// [`AppError::Invalid`] `invalid_link`; [`AppError::Denied`] when another address was invited.
pub async fn accept(app: &App, caller: &Caller, token: &str) -> Result<Uuid, AppError> {
    // The link opens what the wall would keep from somebody who is no member yet.
    wall::scope(async {
        let mut tx = app.begin().await?;
        let (found, offered) = offered(app, &mut tx, token).await.map_err(gone)?;
        if offered.email != caller.email {
            return Err(AppError::Denied {
                code: "invitation_of_another".to_owned(),
                message: "sign in with the address that was invited".to_owned(),
            });
        }
        join(app, &mut tx, &caller.actor, (&found, &offered), caller.user_id, token).await?;
        tx.commit().await?;
        Ok(found.summary.id)
    })
    .await
}

/// The invitation behind a token with its customer, who is locked: customer before anything that hangs on him.
pub(crate) async fn offered(app: &App, tx: &mut Tx, token: &str) -> Result<(Customer, Invitation), AppError> {
    let hash = origin_hash(token);
    let seen = invitation::by_token(tx.conn()?, &hash, app.now()).await?;
    let found = customer::find_for_update(tx.conn()?, Scope::everything(), seen.customer_id, false).await?;
    let offered = invitation::by_token(tx.conn()?, &hash, app.now()).await?;
    Ok((found, offered))
}

/// An invitation is worth what its sender is: nothing once his account is closed, or he neither acts for the customer nor serves him.
async fn still_may(tx: &mut Tx, customer: Reached, offered: &Invitation) -> Result<(), AppError> {
    let Some(inviter) = offered.invited_by else {
        return Ok(());
    };
    let person = user::by_id(tx.conn()?, inviter)
        .await
        .map_err(|error| gone(error.into()))?;
    let member = customer::member_role(tx.conn()?, customer, inviter).await?.is_some();
    let serves = person
        .permissions
        .iter()
        .any(|held| held == Permission::CustomersEdit.as_str());
    if person.is_active() && (member || serves) {
        return Ok(());
    }
    Err(links::invalid())
}

/// Makes somebody act for the locked customer, and uses up the invitation.
pub(crate) async fn join(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (found, offered): (&Customer, &Invitation),
    user: Uuid,
    token: &str,
) -> Result<(), AppError> {
    let (reached, now) = (found.reached(), app.now());
    if customer::member_role(tx.conn()?, reached, user).await?.is_some() {
        return Err(AppError::Conflict {
            code: "member_already".to_owned(),
            detail: "You act for this customer already.".to_owned(),
        });
    }
    room_for_one_more(tx, found).await?;
    still_may(tx, reached, offered).await?;
    invitation::redeem(tx.conn()?, &origin_hash(token), user, now)
        .await
        .map_err(|error| gone(error.into()))?;
    customer::put_member(tx.conn()?, reached, user, &offered.role, offered.invited_by, now).await?;
    let entry = Entry {
        action: "customer.invite_accept",
        subject_type: "customer",
        subject_id: Some(reached.id()),
        data: serde_json::json!({ "invitation_id": offered.id, "user_id": user, "role": offered.role }),
    };
    audit::append(tx.conn()?, actor, now, entry).await?;
    let what = serde_json::json!({ "action": "customer.invite_accept" });
    customer::tell(tx.conn()?, reached, "customer.updated", what).await?;
    if let Some(inviter) = offered.invited_by {
        let member = customer::member_role(tx.conn()?, reached, inviter).await?.is_some();
        let page = if member { "client/account" } else { "desk/customers" };
        let mail = SendAccountMail::notice(inviter, AccountNotice::MemberJoined)
            .with("customer", &found.summary.name)
            .with("member", &actor.name)
            .with("role", &offered.role)
            .with("path", &format!("/{page}/{}?tab=members", reached.id()));
        tx.enqueue(&[NewJob::of(&mail)]).await?;
    }
    Ok(())
}
