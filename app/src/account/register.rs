//! Opening an account: the request is kept in a sealed link, and becomes an account when its address is proven. Until then nobody
//! holds the address, and a later request does not overwrite an earlier one: each link opens what was asked for with it.

use domain::{
    account::{
        address::account_address,
        notice::AccountNotice,
        password::{self as rules, Weakness},
        times::LinkPurpose,
    },
    locale::Locale,
};
use jobs::{NewJob, SendAccountMail};
use serde::{Deserialize, Serialize};
use store::{
    account::{self, NewAccount},
    audit,
    event::{self, NewEvent},
    mailed_link, user,
};
use uuid::Uuid;

use super::{
    Accounts, Origin, claim,
    links::{self, NewLink},
    throttle,
};
use crate::{App, AppError, FieldError, people::person_name};

/// Role of people who open an account themselves.
pub(crate) const ROLE: &str = "client";

/// Who wants an account.
#[derive(Debug)]
pub struct Registration {
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Password.
    pub password: String,
    /// Language.
    pub locale: Locale,
}

#[derive(Serialize, Deserialize)]
struct Pending {
    name: String,
    password_hash: String,
}

/// The address in its one form.
///
/// # Errors
/// [`AppError::Invalid`] at `/email`.
pub fn address(text: &str) -> Result<String, AppError> {
    account_address(text).map_err(|fault| AppError::invalid("/email", "invalid_email", fault))
}

pub(super) fn weak(pointer: &str, weakness: Weakness) -> AppError {
    AppError::invalid(pointer, weakness.code(), weakness)
}

impl Accounts {
    /// Asks for an account. Whatever becomes of it is told by mail only.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for what is wrong with the request itself, [`AppError::TooMany`].
    pub async fn register(&self, app: &App, wanted: Registration, origin: &Origin) -> Result<(), AppError> {
        let mut wrong = Vec::new();
        let mut keep = |error| match error {
            AppError::Invalid(errors) => wrong.extend(errors),
            other => wrong.push(FieldError::new("", "invalid", other)),
        };
        let email = address(&wanted.email).map_err(&mut keep).unwrap_or_default();
        let name = person_name(&wanted.name)
            .map_err(|error| keep(AppError::Invalid(vec![error])))
            .unwrap_or_default();
        if let Err(weakness) = rules::judge(&wanted.password, &[&name, &email], false) {
            keep(weak("/password", weakness));
        }
        if !wrong.is_empty() {
            return Err(AppError::Invalid(wrong));
        }
        let place = self.passwords.place()?;
        throttle::count(app, &throttle::of_mail(origin)).await?;
        let password_hash = place.hash(wanted.password).await?;
        let id = Uuid::now_v7();
        let data = links::carry(app, id, &Pending { name, password_hash })?;
        let mut tx = app.begin().await?;
        let link = NewLink {
            purpose: LinkPurpose::Verify,
            email: &email,
            user_id: None,
            id,
            data: Some(data),
            locale: wanted.locale,
            ip: origin.ip.as_deref(),
        };
        links::send(app, &mut tx, link).await?;
        tx.commit().await
    }

    /// Opens the account that a link was mailed for, for whoever has both the link and the password that was chosen: a stranger who
    /// asked for an account with somebody else's address has only the one, its owner only the other. Its owner then signs in.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `invalid_link`, also when the address has an account by now; `not_the_chosen_password`, the link stays good then;
    /// [`AppError::TooMany`].
    pub async fn activate(&self, app: &App, token: &str, password: String, origin: &Origin) -> Result<(), AppError> {
        let (link_id, chosen) = {
            let mut tx = app.begin().await?;
            let link = links::good(app, &mut tx, token, LinkPurpose::Verify).await?;
            (link.id, links::carried::<Pending>(app, &link)?.password_hash)
        };
        let counters = throttle::of_login(&format!("register:{link_id}"), origin, None);
        let place = throttle::admit(app, &self.line, &self.passwords, &counters).await?;
        if !place.check(password, Some(chosen)).await?.good {
            return Err(AppError::invalid(
                "/password",
                "not_the_chosen_password",
                "This is not the password that this account was asked for with. If it was not you who asked, leave it unopened.",
            ));
        }
        store::login::forgive(&mut *app.conn().await?, &counters).await?;
        let now = app.now();
        let mut tx = app.begin().await?;
        let link = links::redeem(app, &mut tx, token, LinkPurpose::Verify).await?;
        let pending: Pending = links::carried(app, &link)?;
        let new = NewAccount {
            email: &link.email,
            name: &pending.name,
            password_hash: Some(&pending.password_hash),
            locale: &link.locale,
            role: ROLE,
        };
        let id = account::open(tx.conn()?, &new, now).await?.ok_or_else(links::invalid)?;
        // What others asked for with this address is void.
        mailed_link::spend(tx.conn()?, None, &link.email, &["verify"], now).await?;
        let user = user::by_id(tx.conn()?, id).await?;
        let entry = audit::Entry {
            action: "user.registered",
            subject_type: "user",
            subject_id: Some(id),
            data: serde_json::json!({ "email": user.email, "name": user.name, "role": user.role }),
        };
        let actor = origin.actor(&user);
        audit::append(tx.conn()?, &actor, now, entry).await?;
        let event = NewEvent {
            kind: "user.registered",
            subject_type: "user",
            subject_id: id,
            permission: Some("users.view"),
            user_id: None,
            data: serde_json::json!({}),
        };
        event::append(tx.conn()?, event).await?;
        claim::tickets(app, &mut tx, &user, &actor).await?;
        tx.enqueue(&[NewJob::of(&SendAccountMail::notice(id, AccountNotice::Welcome))])
            .await?;
        tx.commit().await
    }
}
