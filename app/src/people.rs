//! Accounts managed by others than their owners: invited, changed, suspended, deactivated, given roles, deleted. Nobody touches his own
//! account here, nor one that may do more than he, and the last administrator stays.

use domain::{
    account::{
        status::{Status, Step},
        times::LinkPurpose,
    },
    locale::Locale,
    permission::{
        Permission,
        roles::{self, ADMIN},
    },
};
use serde_json::{Value, json};
use store::{
    audit,
    event::{self, NewEvent},
    mailed_link,
    person::{self, Invited, Person},
    privacy::erasure,
    role, session,
};
use uuid::Uuid;

use crate::{
    App, AppError, Caller, FieldError, Tx,
    account::{
        links::{self, NewLink},
        sessions,
    },
    role::{escalation, known},
};

/// Somebody to be invited.
#[derive(Debug)]
pub struct Invitation {
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Role.
    pub role_id: Uuid,
    /// Language.
    pub locale: Locale,
}

/// What is to change; what is `None` stays.
#[derive(Debug, Default)]
pub struct Change {
    /// Name.
    pub name: Option<String>,
    /// Telephone in E.164; empty takes it away.
    pub phone: Option<String>,
    /// Language.
    pub locale: Option<Locale>,
}

pub(crate) fn person_name(text: &str) -> Result<String, FieldError> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        let detail = "A name has 1 to 200 characters on one line.";
        return Err(FieldError::new("/name", "invalid_name", detail));
    }
    Ok(name.to_owned())
}

fn telephone(text: &str) -> Result<Option<String>, FieldError> {
    let number: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')'))
        .collect();
    if number.is_empty() {
        return Ok(None);
    }
    let digits = number.strip_prefix('+').unwrap_or_default();
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    if plain && (7..=15).contains(&digits.len()) {
        Ok(Some(number))
    } else {
        let detail = "Write the number with its country, such as +213 550 00 00 00.";
        Err(FieldError::new("/phone", "invalid_phone", detail))
    }
}

/// What the audit line may say.
fn facts(person: &Person) -> Value {
    json!({
        "email": person.email, "name": person.name, "phone": person.phone, "locale": person.locale,
        "status": person.status, "role": person.role_key,
    })
}

/// The account under the lock of roles, if this caller may touch it.
async fn touchable(caller: &Caller, tx: &mut Tx, id: Uuid, version: i32) -> Result<Person, AppError> {
    role::lock(tx.conn()?).await?;
    let person = person::find_for_update(tx.conn()?, id).await?;
    if person.id == caller.user_id {
        return Err(AppError::refused(
            "own_account",
            "Your own account is changed in your profile, or by somebody else.",
        ));
    }
    roles::may_grant(&caller.permissions, &known(&person.permissions)).map_err(|error| escalation(&error))?;
    if person.version != version {
        return Err(AppError::Stale);
    }
    Ok(person)
}

/// Refuses to lose the last administrator.
async fn keep_an_admin(tx: &mut Tx, person: &Person) -> Result<(), AppError> {
    let counts = person.role_key == ADMIN && person.status == "active";
    if counts && person::others_with_role(tx.conn()?, ADMIN, person.id).await? == 0 {
        return Err(AppError::refused(
            "last_admin",
            "This is the last administrator. Make another one first.",
        ));
    }
    Ok(())
}

/// The role, if this caller may give it.
async fn grantable(caller: &Caller, tx: &mut Tx, id: Uuid) -> Result<role::Role, AppError> {
    let role = match role::find(tx.conn()?, id).await {
        Err(store::StoreError::NotFound) => {
            return Err(AppError::invalid("/role_id", "unknown_role", "There is no such role."));
        }
        found => found?,
    };
    roles::may_grant(&caller.permissions, &known(&role.effective)).map_err(|error| escalation(&error))?;
    Ok(role)
}

async fn finish(
    app: &App,
    caller: &Caller,
    mut tx: Tx,
    action: &str,
    before: Option<&Person>,
    after: Option<&Person>,
) -> Result<(), AppError> {
    let Some(id) = after.or(before).map(|person| person.id) else {
        return Err(AppError::Internal("a change of nobody".to_owned()));
    };
    let entry = audit::Entry {
        action,
        subject_type: "user",
        subject_id: Some(id),
        data: domain::audit::changes(
            &before.map(facts).unwrap_or_default(),
            &after.map(facts).unwrap_or_default(),
        ),
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    let news = NewEvent {
        kind: "user.updated",
        subject_type: "user",
        subject_id: id,
        permission: Some(Permission::UsersView.as_str()),
        user_id: Some(id),
        data: json!({}),
    };
    event::append(tx.conn()?, news).await?;
    tx.commit().await
}

/// Writes the changed account and ends what follows from it.
async fn write(
    app: &App,
    caller: &Caller,
    mut tx: Tx,
    action: &str,
    before: &Person,
    new: &Person,
) -> Result<Person, AppError> {
    person::update(tx.conn()?, new, caller.user_id, app.now()).await?;
    let stored = person::find(tx.conn()?, new.id).await?;
    finish(app, caller, tx, action, Some(before), Some(&stored)).await?;
    Ok(stored)
}

/// Mails the link with which the owner opens the account.
async fn mail(app: &App, caller: &Caller, tx: &mut Tx, person: &Person) -> Result<(), AppError> {
    let link = NewLink {
        purpose: LinkPurpose::Invite,
        email: &person.email,
        user_id: Some(person.id),
        id: Uuid::now_v7(),
        data: None,
        locale: Locale::from_tag(&person.locale).unwrap_or_default(),
        ip: caller.actor.ip.as_deref(),
    };
    links::send(app, tx, link).await
}

/// Invites somebody: the account waits until its owner opens it with the mailed link.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Denied`] when the role allows more than the caller holds; [`AppError::Conflict`] when
/// the address has an account.
pub async fn invite(app: &App, caller: &Caller, new: Invitation) -> Result<Person, AppError> {
    caller.need(Permission::UsersCreate)?;
    caller.fresh_factor(app.now())?;
    let email = crate::account::address(&new.email)?;
    let name = person_name(&new.name).map_err(|error| AppError::Invalid(vec![error]))?;
    let mut tx = app.begin().await?;
    role::lock(tx.conn()?).await?;
    let role = grantable(caller, &mut tx, new.role_id).await?;
    let invited = Invited {
        id: Uuid::now_v7(),
        email: &email,
        name: &name,
        role_id: role.id,
        locale: new.locale.as_str(),
    };
    person::invite(tx.conn()?, &invited, caller.user_id, app.now())
        .await
        .map_err(|error| match error {
            store::StoreError::Conflict(_) => AppError::Conflict {
                code: "email_taken".to_owned(),
                detail: "This address has an account.".to_owned(),
            },
            other => other.into(),
        })?;
    let stored = person::find(tx.conn()?, invited.id).await?;
    mail(app, caller, &mut tx, &stored).await?;
    finish(app, caller, tx, "user.invite", None, Some(&stored)).await?;
    Ok(stored)
}

/// Mails the invitation again.
///
/// # Errors
/// [`AppError::Refused`] when the account does not wait for its owner.
pub async fn invite_again(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    caller.need(Permission::UsersCreate)?;
    let mut tx = app.begin().await?;
    let person = person::find_for_update(tx.conn()?, id).await?;
    if person.status != "pending" {
        return Err(AppError::refused("not_pending", "The account was opened already."));
    }
    mail(app, caller, &mut tx, &person).await?;
    finish(app, caller, tx, "user.invite_again", Some(&person), Some(&person)).await
}

/// Changes name, telephone or language.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Denied`]; [`AppError::Stale`].
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, change: Change) -> Result<Person, AppError> {
    caller.need(Permission::UsersEdit)?;
    let mut tx = app.begin().await?;
    let before = touchable(caller, &mut tx, id, version).await?;
    let mut new = before.clone();
    let mut errors = Vec::new();
    match change.name.as_deref().map(person_name) {
        Some(Ok(name)) => new.name = name,
        Some(Err(error)) => errors.push(error),
        None => {}
    }
    match change.phone.as_deref().map(telephone) {
        Some(Ok(phone)) => new.phone = phone,
        Some(Err(error)) => errors.push(error),
        None => {}
    }
    if let Some(locale) = change.locale {
        locale.as_str().clone_into(&mut new.locale);
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    write(app, caller, tx, "user.change", &before, &new).await
}

/// Gives an account another role; its sessions follow within a second.
///
/// # Errors
/// [`AppError::Denied`] when either role allows more than the caller holds; [`AppError::Refused`] for the last administrator
/// and for oneself; [`AppError::Stale`].
pub async fn assign_role(
    app: &App,
    caller: &Caller,
    id: Uuid,
    version: i32,
    role_id: Uuid,
) -> Result<Person, AppError> {
    caller.need(Permission::UsersAssignRoles)?;
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    let before = touchable(caller, &mut tx, id, version).await?;
    let role = grantable(caller, &mut tx, role_id).await?;
    if role.key != ADMIN {
        keep_an_admin(&mut tx, &before).await?;
    }
    let new = Person {
        role_id: role.id,
        ..before.clone()
    };
    write(app, caller, tx, "user.assign_role", &before, &new).await
}

/// What becomes of the account.
fn after(before: &Person, step: Step, code: &str, why: &str) -> Result<Person, AppError> {
    let next = Status::named(&before.status).and_then(|status| status.after(step));
    let status = next.ok_or_else(|| AppError::refused(code, why))?;
    Ok(Person {
        status: status.as_str().to_owned(),
        ..before.clone()
    })
}

/// Suspends an account: its sessions end, and it cannot sign in. Needs a fresh factor.
///
/// # Errors
/// As [`assign_role`]; [`AppError::Refused`] when it is not in use.
pub async fn suspend(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<Person, AppError> {
    caller.need(Permission::UsersSuspend)?;
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    let before = touchable(caller, &mut tx, id, version).await?;
    let new = after(
        &before,
        Step::Suspend,
        "not_active",
        "Only an account in use can be suspended.",
    )?;
    keep_an_admin(&mut tx, &before).await?;
    let ended = session::revoke_all(tx.conn()?, id, None, "suspended", app.now()).await?;
    sessions::note(app, &mut tx, caller, id, &ended).await?;
    write(app, caller, tx, "user.suspend", &before, &new).await
}

/// Takes an account out of use for good: its sessions end, its API tokens and the links that were mailed to it are dead, also
/// should it be brought back. Needs a fresh factor.
///
/// # Errors
/// As [`assign_role`]; [`AppError::Refused`] when it was never opened, or is deactivated already.
pub async fn deactivate(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<Person, AppError> {
    caller.need(Permission::UsersSuspend)?;
    caller.fresh_factor(app.now())?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let before = touchable(caller, &mut tx, id, version).await?;
    let new = after(
        &before,
        Step::Deactivate,
        "not_deactivatable",
        "Only an account in use or a suspended one can be deactivated.",
    )?;
    keep_an_admin(&mut tx, &before).await?;
    let ended = session::revoke_all(tx.conn()?, id, None, "deactivated", now).await?;
    sessions::note(app, &mut tx, caller, id, &ended).await?;
    // Whatever was under way with it opens nothing, now or later.
    store::account::outdate_sessions(tx.conn()?, id).await?;
    store::api_token::revoke_all(tx.conn()?, id, caller.user_id, now).await?;
    store::calendar_feed::delete(tx.conn()?, id).await?;
    let purposes = ["magic", "reset", "email_change"];
    mailed_link::spend(tx.conn()?, Some(id), &before.email, &purposes, now).await?;
    write(app, caller, tx, "user.deactivate", &before, &new).await
}

/// Puts a suspended or deactivated account back to use; needs a fresh factor.
///
/// # Errors
/// As [`suspend`]; [`AppError::Refused`] while its owner is being erased.
pub async fn reactivate(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<Person, AppError> {
    caller.need(Permission::UsersSuspend)?;
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    let before = touchable(caller, &mut tx, id, version).await?;
    let new = after(
        &before,
        Step::Reactivate,
        "not_suspended",
        "Only a suspended or deactivated account can be reactivated.",
    )?;
    let erasure = erasure::newest(tx.conn()?, id).await?;
    if erasure.is_some_and(|erasure| matches!(erasure.state.as_str(), "running" | "done")) {
        return Err(AppError::refused(
            "being_erased",
            "The owner of this account is erased.",
        ));
    }
    write(app, caller, tx, "user.reactivate", &before, &new).await
}

/// Deletes an account; what it did stays attributed to it.
///
/// # Errors
/// As [`suspend`].
pub async fn delete(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::UsersDelete)?;
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    let before = touchable(caller, &mut tx, id, version).await?;
    keep_an_admin(&mut tx, &before).await?;
    let ended = session::revoke_all(tx.conn()?, id, None, "deleted", app.now()).await?;
    sessions::note(app, &mut tx, caller, id, &ended).await?;
    person::delete(tx.conn()?, id, caller.user_id, app.now()).await?;
    finish(app, caller, tx, "user.delete", Some(&before), None).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephones_are_kept_in_one_form() {
        assert_eq!(
            telephone("+213 (550) 00-00.00").unwrap().as_deref(),
            Some("+213550000000")
        );
        assert_eq!(telephone("  ").unwrap(), None);
        for bad in ["0550000000", "+0550000000", "+21", "+213x50000000", "+2135500000000000"] {
            assert!(telephone(bad).is_err(), "{bad}");
        }
    }
}
