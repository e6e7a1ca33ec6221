//! What one's account is linked with.

use chrono::{DateTime, Utc};
use domain::{
    account::notice::AccountNotice,
    oidc::{self as rules, Decision, Known, Person},
};
use jobs::{NewJob, SendAccountMail};
use store::{
    account,
    audit::{self, Actor},
    event::{self, NewEvent},
    oidc::{
        flow, identity,
        provider::{self, Provider},
    },
    passkey,
    user::{self, User},
};
use uuid::Uuid;

use super::{Kept, admission, arrive::unless_taken, is_staff, open, over, refused, taken};
use crate::{App, AppError, Caller, Tx, account::hash, wall};

/// An identity that waits for its account.
#[derive(Debug)]
pub struct Waiting {
    /// Name of the provider.
    pub provider: String,
    /// Address, which the account has too.
    pub email: String,
}

/// A link of one's own.
#[derive(Debug)]
pub struct OwnIdentity {
    /// Id.
    pub id: Uuid,
    /// Name of the provider, while there is one with this issuer.
    pub provider: Option<String>,
    /// Its short name.
    pub slug: Option<String>,
    /// Issuer.
    pub issuer: String,
    /// Address there.
    pub email: Option<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Last time it signed in.
    pub last_used_at: Option<DateTime<Utc>>,
}

async fn providers(app: &App) -> Result<Vec<Provider>, AppError> {
    wall::scope(async { Ok(provider::all(&mut *app.conn().await?).await?) }).await
}

/// What one's account is linked with.
///
/// # Errors
/// When the database is away.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<OwnIdentity>, AppError> {
    let providers = providers(app).await?;
    let links = identity::of(&mut *app.conn().await?, caller.user_id).await?;
    let own = |link: identity::Link| {
        let provider = providers.iter().find(|one| one.issuer == link.issuer);
        OwnIdentity {
            id: link.id,
            provider: provider.map(|one| one.name.clone()),
            slug: provider.map(|one| one.slug.clone()),
            issuer: link.issuer,
            email: link.email,
            created_at: link.created_at,
            last_used_at: link.last_used_at,
        }
    };
    Ok(links.into_iter().map(own).collect())
}

/// Removes a link; something to sign in with stays.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::NotFound`]; [`AppError::Refused`] `last_way_in`.
pub async fn unlink(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    caller.fresh_factor(app.now())?;
    let providers = providers(app).await?;
    let mut tx = app.begin().await?;
    let links = identity::hold(tx.conn()?, caller.user_id).await?;
    let gone = links.iter().find(|link| link.id == id).ok_or(AppError::NotFound)?;
    let works =
        |link: &&identity::Link| link.id != id && providers.iter().any(|one| one.enabled && one.issuer == link.issuer);
    let has_password = account::password(tx.conn()?, caller.user_id).await?.is_some();
    let passkeys = passkey::count(tx.conn()?, caller.user_id).await?;
    if !rules::may_unlink(has_password, passkeys, links.iter().filter(works).count()) {
        return Err(AppError::refused(
            "last_way_in",
            "You sign in with nothing else. Set a password first.",
        ));
    }
    identity::delete(tx.conn()?, caller.user_id, id).await?;
    let provider = providers.iter().find(|one| one.issuer == gone.issuer);
    let name = provider.map_or(gone.issuer.as_str(), |one| one.name.as_str());
    let what = ("user.identity_unlinked", "removed", gone.issuer.as_str(), name);
    changed(app, &mut tx, &caller.actor, caller.user_id, what).await?;
    tx.commit().await
}

/// The identity that waits in the browser with this cookie.
///
/// # Errors
/// When the database is away.
pub async fn waiting(app: &App, browser: &str) -> Result<Option<Waiting>, AppError> {
    wall::scope(async {
        let mut conn = app.conn().await?;
        let Some(flow) = flow::kept(&mut conn, &hash(browser), app.now()).await? else {
            return Ok(None);
        };
        let kept: Kept = open(app, flow.id, &flow.secret)?;
        Ok(Some(Waiting {
            provider: provider::find(&mut conn, flow.provider_id).await?.name,
            email: kept.email,
        }))
    })
    .await
}

/// Links the identity that waits in the browser with the account of who has signed in there by other means: the one that has its
/// address, and no other, so that nobody is led to link a stranger's identity.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::Invalid`] `sso_over`; [`AppError::Refused`] `sso_other_account`.
pub async fn confirm(app: &App, caller: &Caller, browser: &str) -> Result<String, AppError> {
    caller.fresh_factor(app.now())?;
    // The try is the installation's.
    wall::scope(async {
        let now = app.now();
        let mut tx = app.begin().await?;
        let flow = flow::kept(tx.conn()?, &hash(browser), now).await?.ok_or_else(over)?;
        let kept: Kept = open(app, flow.id, &flow.secret)?;
        let provider = provider::find(tx.conn()?, flow.provider_id).await?;
        let user = user::by_id(tx.conn()?, caller.user_id).await?;
        if user.email != kept.email {
            return Err(AppError::refused(
                "sso_other_account",
                format!("This is for the account {}. Sign in with that one.", kept.email),
            ));
        }
        let person = Person {
            email: Some(kept.email.clone()),
            email_verified: true,
        };
        let verdict = rules::decide(&person, &admission(&provider), Known::Linked { staff: is_staff(&user) });
        if let Decision::Refuse(refusal) = verdict {
            return Err(refused(refusal));
        }
        if !provider.enabled || !flow::settle(tx.conn()?, flow.id, now).await? {
            return Err(over());
        }
        let who = (kept.issuer.as_str(), kept.subject.as_str(), Some(kept.email.as_str()));
        join(app, &mut tx, &user, &provider, who, &caller.actor).await?;
        tx.commit().await?;
        Ok(provider.name)
    })
    .await
}

/// Links an account with an identity (issuer, subject, address), and tells the owner. Doing it twice changes nothing.
pub(super) async fn join(
    app: &App,
    tx: &mut Tx,
    user: &User,
    provider: &Provider,
    (issuer, subject, email): (&str, &str, Option<&str>),
    actor: &Actor,
) -> Result<(), AppError> {
    match identity::owner(tx.conn()?, issuer, subject).await? {
        Some(link) if link.user_id == user.id => return Ok(()),
        Some(_) => return Err(taken()),
        None => {}
    }
    identity::insert(tx.conn()?, user.id, (issuer, subject), email, app.now())
        .await
        .map_err(unless_taken)?;
    changed(
        app,
        tx,
        actor,
        user.id,
        ("user.identity_linked", "added", issuer, &provider.name),
    )
    .await
}

async fn changed(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    user: Uuid,
    (action, change, issuer, provider): (&'static str, &str, &str, &str),
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "user",
        subject_id: Some(user),
        data: serde_json::json!({ "issuer": issuer }),
    };
    audit::append(tx.conn()?, actor, app.now(), entry).await?;
    let news = NewEvent {
        kind: "user.identities_changed",
        subject_type: "user",
        subject_id: user,
        permission: None,
        user_id: Some(user),
        data: serde_json::json!({}),
    };
    event::append(tx.conn()?, news).await?;
    let mail = SendAccountMail::notice(user, AccountNotice::IdentitiesChanged)
        .with("change", change)
        .with("provider", provider);
    tx.enqueue(&[NewJob::of(&mail)]).await?;
    Ok(())
}
