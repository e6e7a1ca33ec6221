//! Somebody comes back from a provider.

use domain::{
    account::notice::AccountNotice,
    locale::Locale,
    oidc::{self as rules, Decision, Fault, Identity, Known, Refusal, Try},
};
use jobs::{NewJob, SendAccountMail};
use store::{
    StoreError, account, audit,
    event::{self, NewEvent},
    oidc::{
        flow::{self, Flow},
        identity::{self, Link},
        provider::{self, Provider},
    },
    session,
    user::{self, User},
};

use super::{
    Kept, Secrets, Waiting, admission, begin::LIFE, failed, identities, is_staff, open, over, refused, registration,
    seal, taken,
};
use crate::{
    App, AppError,
    account::{self as accounts, Accounts, Entered, Origin, Proof, ROLE, hash},
    ports::Issuers,
};

/// Name of this way in, in the journal.
const METHOD: &str = "oidc";

/// What the provider sent along.
#[derive(Debug, Default)]
pub struct Callback {
    /// Names the try.
    pub state: String,
    /// The code, when the provider named somebody.
    pub code: Option<String>,
    /// Who says so (RFC 9207).
    pub issuer: Option<String>,
}

/// What becomes of him.
#[derive(Debug)]
pub enum Arrived {
    /// He is in, or owes a second factor.
    Entered(Entered),
    /// He signs in by other means first.
    ProveFirst(Waiting),
    /// The identity is linked with the account of who began it.
    Linked {
        /// Name of the provider.
        provider: String,
    },
}

impl Accounts {
    /// Takes somebody who comes back from a provider to the browser with this cookie.
    ///
    /// # Errors
    /// [`AppError::Invalid`] `sso_over`; [`AppError::Refused`] with the code of a [`Fault`]; [`AppError::Denied`] with that of a
    /// [`Refusal`].
    pub async fn arrive(
        &self,
        app: &App,
        issuers: &dyn Issuers,
        callback: Callback,
        browser: Option<&str>,
        origin: &Origin,
    ) -> Result<Arrived, AppError> {
        let now = app.now();
        let browser = browser.ok_or_else(over)?;
        let mut tx = app.begin().await?;
        let flow = flow::take(tx.conn()?, (&hash(&callback.state), &hash(browser)), now).await?;
        let flow = flow.ok_or_else(over)?;
        let provider = provider::find(tx.conn()?, flow.provider_id).await?;
        tx.commit().await?;
        if !provider.enabled {
            return Err(over());
        }
        let secrets: Secrets = open(app, flow.id, &flow.secret)?;
        let identity = match named(app, issuers, &provider, &secrets, callback).await {
            Ok(identity) => identity,
            Err(fault) => {
                accounts::refused(app, "", None, (METHOD, fault.code()), false, origin).await?;
                return Err(failed(&provider, &fault));
            }
        };
        match flow.user_id {
            Some(_) => link(app, &provider, &flow, &identity, origin).await,
            None => self.decide(app, &provider, &flow, (&identity, &secrets), origin).await,
        }
    }

    async fn decide(
        &self,
        app: &App,
        provider: &Provider,
        flow: &Flow,
        (who, secrets): (&Identity, &Secrets),
        origin: &Origin,
    ) -> Result<Arrived, AppError> {
        let email = who.person.email.as_deref();
        let (linked, same) = known(app, who).await?;
        let known = match (&linked, &same) {
            (Some((_, user)), _) => Known::Linked { staff: is_staff(user) },
            (None, Some(user)) => Known::SameAddress { staff: is_staff(user) },
            (None, None) => Known::Nobody,
        };
        let subject = linked.as_ref().map(|(_, user)| user).or(same.as_ref());
        let turn_away = async |refusal: Refusal| {
            let whom = subject.map(|user| user.email.as_str()).or(email).unwrap_or_default();
            accounts::refused(app, whom, subject, (METHOD, refusal.code()), false, origin).await?;
            Err(refused(refusal))
        };
        let user = match (rules::decide(&who.person, &admission(provider), known), &linked) {
            (Decision::SignIn, Some((link, user))) => {
                let mut tx = app.begin().await?;
                identity::used(tx.conn()?, link.id, email, app.now()).await?;
                tx.commit().await?;
                user.clone()
            }
            (Decision::ProveFirst, _) => return keep(app, provider, flow, who).await.map(Arrived::ProveFirst),
            (Decision::Register, _) => register(app, provider, who, secrets, origin).await?,
            (Decision::Refuse(refusal), _) => return turn_away(refusal).await,
            (Decision::SignIn, None) => return Err(over()),
        };
        if !user.is_active() {
            accounts::refused(app, &user.email, Some(&user), (METHOD, "inactive"), false, origin).await?;
            return Err(AppError::Denied {
                code: "sso_account_inactive".to_owned(),
                message: "This account is not in use. Ask those who run this service.".to_owned(),
            });
        }
        let mut amr = vec![METHOD.to_owned()];
        if provider.trust_mfa && rules::proves_second_factor(&who.amr) {
            amr.push("mfa".to_owned());
        }
        let proof = Proof {
            amr,
            method: METHOD,
            // A click at a provider who remembers him proves no presence: only one who was told to ask, or who says when he asked, does.
            at: who
                .auth_time
                .or_else(|| (!secrets.fresh).then_some(chrono::DateTime::UNIX_EPOCH)),
            ..Proof::default()
        };
        Ok(Arrived::Entered(self.enter(app, user, proof, origin).await?))
    }
}

/// Asks the provider who came.
async fn named(
    app: &App,
    issuers: &dyn Issuers,
    provider: &Provider,
    secrets: &Secrets,
    callback: Callback,
) -> Result<Identity, Fault> {
    let broken = |error: AppError| Fault::BadToken(error.to_string());
    let Some(code) = callback.code else {
        return Err(Fault::Denied("it named nobody".to_owned()));
    };
    if callback.issuer.is_some_and(|issuer| issuer != provider.issuer) {
        return Err(Fault::BadToken("another issuer sent the person back".to_owned()));
    }
    let registration = registration(app, provider).map_err(broken)?;
    let secrets = Try {
        state: callback.state,
        nonce: secrets.nonce.clone(),
        verifier: secrets.verifier.clone(),
        fresh: secrets.fresh,
    };
    issuers.identify(&registration, &secrets, code, app.now()).await
}

/// The account of an identity, and else the one with its address.
async fn known(app: &App, who: &Identity) -> Result<(Option<(Link, User)>, Option<User>), AppError> {
    let mut conn = app.conn().await?;
    if let Some(link) = identity::owner(&mut conn, &who.issuer, &who.subject).await? {
        let user = user::by_id(&mut conn, link.user_id).await?;
        return Ok((Some((link, user)), None));
    }
    let same = match &who.person.email {
        Some(email) => user::by_email(&mut conn, email).await?,
        None => None,
    };
    Ok((None, same))
}

/// Keeps an identity until its account is proven, in this browser.
async fn keep(app: &App, provider: &Provider, flow: &Flow, who: &Identity) -> Result<Waiting, AppError> {
    let kept = Kept {
        issuer: who.issuer.clone(),
        subject: who.subject.clone(),
        email: who.person.email.clone().unwrap_or_default(),
    };
    let mut tx = app.begin().await?;
    flow::keep(tx.conn()?, flow.id, &seal(app, flow.id, &kept)?, app.now() + LIFE).await?;
    tx.commit().await?;
    Ok(Waiting {
        provider: provider.name.clone(),
        email: kept.email,
    })
}

/// Opens an account for somebody whom nobody knows, linked with the identity.
async fn register(
    app: &App,
    provider: &Provider,
    who: &Identity,
    secrets: &Secrets,
    origin: &Origin,
) -> Result<User, AppError> {
    let now = app.now();
    let email = who.person.email.as_deref().ok_or_else(over)?;
    let locale = Locale::from_tag(&secrets.locale).unwrap_or_default();
    let new = account::NewAccount {
        email,
        name: who.name.as_deref().or_else(|| email.split('@').next()).unwrap_or(email),
        password_hash: None,
        locale: locale.as_str(),
        role: ROLE,
    };
    let mut tx = app.begin().await?;
    // Somebody registered the address this very moment: at the next try it is known.
    let id = account::open(tx.conn()?, &new, now).await?.ok_or_else(over)?;
    identity::insert(tx.conn()?, id, (&who.issuer, &who.subject), Some(email), now)
        .await
        .map_err(unless_taken)?;
    // What others asked for with this address is void.
    store::mailed_link::spend(tx.conn()?, None, email, &["verify"], now).await?;
    let user = user::by_id(tx.conn()?, id).await?;
    let entry = audit::Entry {
        action: "user.registered",
        subject_type: "user",
        subject_id: Some(id),
        data: serde_json::json!({ "email": user.email, "name": user.name, "role": user.role, "provider": provider.slug }),
    };
    let actor = origin.actor(&user);
    audit::append(tx.conn()?, &actor, now, entry).await?;
    crate::account::claim::tickets(app, &mut tx, &user, &actor).await?;
    let event = NewEvent {
        kind: "user.registered",
        subject_type: "user",
        subject_id: id,
        permission: Some("users.view"),
        user_id: None,
        data: serde_json::json!({}),
    };
    event::append(tx.conn()?, event).await?;
    tx.enqueue(&[NewJob::of(&SendAccountMail::notice(id, AccountNotice::Welcome))])
        .await?;
    tx.commit().await?;
    Ok(user)
}

/// Links the identity with the account of who began it, while the session in which he did lives.
async fn link(
    app: &App,
    provider: &Provider,
    flow: &Flow,
    who: &Identity,
    origin: &Origin,
) -> Result<Arrived, AppError> {
    let now = app.now();
    let (Some(user_id), Some(session_id)) = (flow.user_id, flow.session_id) else {
        return Err(over());
    };
    let mut tx = app.begin().await?;
    let user = user::by_id(tx.conn()?, user_id).await?;
    let version = user.session_version;
    session::live_user(tx.conn()?, user_id, session_id, version, now)
        .await?
        .ok_or_else(over)?;
    let verdict = rules::decide(
        &who.person,
        &admission(provider),
        Known::Linked { staff: is_staff(&user) },
    );
    if let Decision::Refuse(refusal) = verdict {
        return Err(refused(refusal));
    }
    let mut actor = origin.actor(&user);
    actor.session_id = Some(session_id);
    identities::join(
        app,
        &mut tx,
        &user,
        provider,
        (&who.issuer, &who.subject, who.person.email.as_deref()),
        &actor,
    )
    .await?;
    tx.commit().await?;
    Ok(Arrived::Linked {
        provider: provider.name.clone(),
    })
}

/// Another account was linked with the identity meanwhile.
pub(super) fn unless_taken(error: StoreError) -> AppError {
    match error {
        StoreError::Conflict(_) => taken(),
        other => other.into(),
    }
}
