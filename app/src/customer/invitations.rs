//! Inviting people by mail to act for a customer. Whoever opens the link while signed in with the address it was mailed to is in;
//! nobody learns whether that address has an account.

use domain::{account::times::LinkPurpose, customer::MemberRole, locale::Locale, ticket::input};
use serde::{Deserialize, Serialize};
use store::{
    customer::{self, Invitation},
    scope::Scope,
};
use uuid::Uuid;

use super::{
    members::{managed, may_hand_out, room_for_one_more},
    record,
};
use crate::{
    App, AppError, Caller,
    account::{
        links::{self, NewLink},
        origin::hash,
    },
};

/// What the link carries.
#[derive(Debug, Serialize, Deserialize)]
struct Carried {
    customer_id: Uuid,
}

/// The open invitations of a customer.
///
/// # Errors
/// [`AppError::Forbidden`] unless the caller manages members.
pub async fn invitations(app: &App, caller: &Caller, id: Uuid) -> Result<Vec<Invitation>, AppError> {
    let (mut tx, found, _) = managed(app, caller, id).await?;
    Ok(customer::invitations(tx.conn()?, found.reached()).await?)
}

/// Invites somebody.
///
/// # Errors
/// [`AppError::Refused`] when the role is above the caller's own, or the identity must be verified for one more member.
pub async fn invite(
    app: &App,
    caller: &Caller,
    id: Uuid,
    email: &str,
    role: MemberRole,
) -> Result<Invitation, AppError> {
    let (mut tx, found, relation) = managed(app, caller, id).await?;
    let email = input::address(email).map_err(|error| AppError::invalid("/email", error.code(), error))?;
    let reached = found.reached();
    may_hand_out(relation, role)?;
    let members = customer::members(tx.conn()?, reached).await?;
    if members.iter().any(|member| member.email == email) {
        return Err(AppError::Conflict {
            code: "member_already".to_owned(),
            detail: "This person acts for the customer already.".to_owned(),
        });
    }
    room_for_one_more(&mut tx, &found).await?;
    let now = app.now();
    let invitation = Invitation {
        id: Uuid::now_v7(),
        email,
        role: role.as_str().to_owned(),
        invited_by_name: Some(caller.actor.name.clone()),
        created_at: now,
        expires_at: now + LinkPurpose::Invite.life(),
    };
    let token_hash = hash(&links::token(app, invitation.id)?);
    customer::insert_invitation(tx.conn()?, reached, &invitation, token_hash.as_slice(), caller.user_id).await?;
    let link = NewLink {
        purpose: LinkPurpose::Invite,
        email: &invitation.email,
        user_id: None,
        id: invitation.id,
        data: Some(links::carry(app, invitation.id, &Carried { customer_id: id })?),
        locale: Locale::from_tag(&found.locale).unwrap_or_default(),
        ip: caller.actor.ip.as_deref(),
    };
    links::send(app, &mut tx, link).await?;
    let data = serde_json::json!({ "email": invitation.email, "role": invitation.role });
    record(app, &mut tx, caller, reached, "customer.invite", data).await?;
    tx.commit().await?;
    Ok(invitation)
}

/// Takes an invitation back; its link opens nothing any more.
///
/// # Errors
/// [`AppError::NotFound`] when it was used or taken back before.
pub async fn withdraw(app: &App, caller: &Caller, id: Uuid, invitation: Uuid) -> Result<(), AppError> {
    let (mut tx, found, _) = managed(app, caller, id).await?;
    let reached = found.reached();
    customer::end_invitation(tx.conn()?, reached, invitation, None, app.now()).await?;
    let data = serde_json::json!({ "invitation_id": invitation });
    record(app, &mut tx, caller, reached, "customer.invitation_withdraw", data).await?;
    tx.commit().await
}

/// Makes the caller a member by the link that was mailed to his address; returns the customer.
///
/// # Errors
/// [`AppError::Invalid`] `invalid_link`, also when the link was mailed to another address: it is not spent then.
pub async fn accept(app: &App, caller: &Caller, token: &str) -> Result<Uuid, AppError> {
    let mut tx = app.begin().await?;
    let link = links::redeem(app, &mut tx, token, LinkPurpose::Invite).await?;
    let Carried { customer_id } = links::carried(app, &link)?;
    if link.email != caller.email {
        return Err(links::invalid());
    }
    // The link is what opens the customer to somebody who is not a member yet.
    let gone = |_| links::invalid();
    let found = customer::find_for_update(tx.conn()?, Scope::everything(), customer_id, false)
        .await
        .map_err(gone)?;
    let reached = found.reached();
    let invitation = customer::open_invitation(tx.conn()?, reached, link.id)
        .await
        .map_err(gone)?;
    if customer::member_role(tx.conn()?, reached, caller.user_id)
        .await?
        .is_none()
    {
        room_for_one_more(&mut tx, &found).await?;
        customer::put_member(tx.conn()?, reached, caller.user_id, &invitation.role, None, app.now()).await?;
    }
    customer::end_invitation(tx.conn()?, reached, link.id, Some(caller.user_id), app.now()).await?;
    let data = serde_json::json!({ "user_id": caller.user_id, "role": invitation.role });
    record(app, &mut tx, caller, reached, "customer.invitation_accept", data).await?;
    tx.commit().await?;
    Ok(customer_id)
}
