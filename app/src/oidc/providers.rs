//! Providers as configuration.

use domain::{
    oidc::{self as rules, Discovered, Fault, OPENID, Preset},
    permission::Permission,
};
use store::{
    audit,
    event::{self, NewEvent},
    oidc::provider::{self, Provider},
};
use uuid::Uuid;

use super::{registration, secret_context};
use crate::{App, AppError, Caller, FieldError, Tx, ports::Issuers, wall};

/// What people ask for unless told otherwise.
const SCOPES: [&str; 3] = [OPENID, "profile", "email"];
/// Longest secret.
const SECRET_MAX: usize = 1000;

/// Settings as given; on a change, what is `None` stays.
#[derive(Clone, Default)]
pub struct Settings {
    /// Name that people read.
    pub name: Option<String>,
    /// Issuer; fixed by some presets.
    pub issuer: Option<String>,
    /// Our id there.
    pub client_id: Option<String>,
    /// Our secret there; an empty one removes it.
    pub client_secret: Option<String>,
    /// What we ask for.
    pub scopes: Option<Vec<String>>,
    /// In use.
    pub enabled: Option<bool>,
    /// Domains of addresses that may come; none lets all come.
    pub allowed_domains: Option<Vec<String>>,
    /// Whom nobody knows becomes a customer.
    pub registration: Option<bool>,
    /// Staff may come this way.
    pub for_staff: Option<bool>,
    /// Its word on addresses counts.
    pub trust_email: Option<bool>,
    /// Its word on second factors counts.
    pub trust_mfa: Option<bool>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// A provider with the number of people linked with its issuer.
#[derive(Debug)]
pub struct Listed {
    /// The provider.
    pub provider: Provider,
    /// People.
    pub people: i64,
}

/// Providers in use, for everybody: short name and name.
///
/// # Errors
/// When the database is away.
pub async fn offered(app: &App) -> Result<Vec<(String, String)>, AppError> {
    let all = wall::scope(async { Ok::<_, AppError>(provider::all(&mut *app.conn().await?).await?) }).await?;
    let in_use = all.into_iter().filter(|one| one.enabled);
    Ok(in_use.map(|one| (one.slug, one.name)).collect())
}

/// All providers.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Listed>, AppError> {
    caller.need(Permission::SettingsView)?;
    let mut conn = app.conn().await?;
    let mut all = Vec::new();
    for provider in provider::all(&mut conn).await? {
        let people = provider::linked(&mut conn, &provider.issuer).await?;
        all.push(Listed { provider, people });
    }
    Ok(all)
}

/// One provider.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<Listed, AppError> {
    caller.need(Permission::SettingsView)?;
    let mut conn = app.conn().await?;
    let provider = provider::find(&mut conn, id).await?;
    let people = provider::linked(&mut conn, &provider.issuer).await?;
    Ok(Listed { provider, people })
}

/// Adds a provider; needs a fresh factor.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Conflict`] when its short name or its issuer is there.
pub async fn create(app: &App, caller: &Caller, preset: Preset, slug: &str, new: Settings) -> Result<Listed, AppError> {
    caller.need(Permission::SettingsEdit)?;
    caller.fresh_factor(app.now())?;
    let mut provider = Provider {
        id: Uuid::now_v7(),
        slug: slug.to_owned(),
        name: String::new(),
        preset: preset.as_str().to_owned(),
        issuer: String::new(),
        client_id: String::new(),
        client_secret: None,
        scopes: SCOPES.map(str::to_owned).to_vec(),
        enabled: false,
        allowed_domains: Vec::new(),
        registration: false,
        for_staff: false,
        trust_email: true,
        trust_mfa: false,
        created_at: app.now(),
        version: 1,
    };
    let mut errors = Vec::new();
    if !rules::is_slug(slug) {
        let detail = "A short name is 2 to 40 small letters, digits and dashes, and begins with a letter.";
        errors.push(FieldError::new("/slug", "invalid_slug", detail));
    }
    apply(app, &mut provider, new, &mut errors)?;
    let mut tx = app.begin().await?;
    provider::insert(tx.conn()?, &provider, app.now()).await?;
    finish(app, caller, tx, &provider, "oidc_provider.create").await
}

/// Changes a provider; needs a fresh factor.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`] when it changed meanwhile; [`AppError::Conflict`] when its issuer is there.
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, new: Settings) -> Result<Listed, AppError> {
    caller.need(Permission::SettingsEdit)?;
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    let mut provider = provider::find(tx.conn()?, id).await?;
    apply(app, &mut provider, new, &mut Vec::new())?;
    provider.version = version;
    provider::update(tx.conn()?, &provider, app.now()).await?;
    finish(app, caller, tx, &provider, "oidc_provider.change").await
}

/// Removes a provider; needs a fresh factor. Nobody signs in with it any more; whose only way in it was resets his password.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Stale`] when it changed meanwhile.
pub async fn delete(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::SettingsEdit)?;
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    let provider = provider::find(tx.conn()?, id).await?;
    provider::delete(tx.conn()?, id, version).await?;
    log(app, caller, &mut tx, &provider, "oidc_provider.delete").await?;
    tx.commit().await
}

/// Asks a provider what it says about itself.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`]. That it fails is no error.
pub async fn test(
    app: &App,
    issuers: &dyn Issuers,
    caller: &Caller,
    id: Uuid,
) -> Result<Result<Discovered, Fault>, AppError> {
    caller.need(Permission::SettingsEdit)?;
    let provider = provider::find(&mut *app.conn().await?, id).await?;
    Ok(issuers.discover(&registration(app, &provider)?).await)
}

/// Puts settings into a provider that is not saved yet; `errors` are those found before.
fn apply(app: &App, provider: &mut Provider, new: Settings, errors: &mut Vec<FieldError>) -> Result<(), AppError> {
    let old_issuer = provider.issuer.clone();
    let mut wrong = |pointer: &str, code: &str, detail: &str| errors.push(FieldError::new(pointer, code, detail));
    if let Some(name) = new.name {
        name.trim().clone_into(&mut provider.name);
    }
    if !(1..=rules::NAME_MAX).contains(&provider.name.chars().count()) || provider.name.chars().any(char::is_control) {
        wrong("/name", "invalid_name", "A name has 1 to 60 characters on one line.");
    }
    let fixed = Preset::from_name(&provider.preset).and_then(Preset::issuer);
    if let Some(issuer) = fixed.map(str::to_owned).or(new.issuer) {
        issuer.trim().clone_into(&mut provider.issuer);
    }
    if !rules::is_issuer(&provider.issuer) {
        wrong(
            "/issuer",
            "invalid_issuer",
            "An issuer is an address such as https://sign-in.example, without ? and #.",
        );
    }
    if let Some(id) = new.client_id {
        id.trim().clone_into(&mut provider.client_id);
    }
    if !(1..=300).contains(&provider.client_id.len()) || !provider.client_id.bytes().all(|b| b.is_ascii_graphic()) {
        wrong(
            "/client_id",
            "invalid_client_id",
            "Give the id that the provider knows this installation by.",
        );
    }
    match new.client_secret.as_deref().map(str::trim) {
        Some("") => provider.client_secret = None,
        Some(secret) if secret.len() > SECRET_MAX => wrong("/client_secret", "too_long", "The secret is too long."),
        Some(secret) => {
            provider.client_secret = Some(app.keys.seal(&secret_context(provider.id), secret.as_bytes())?);
        }
        // The saved secret goes to the issuer it was given for, not to another.
        None if provider.client_secret.is_some() && provider.issuer != old_issuer => {
            wrong("/client_secret", "empty", "Give the secret of the new issuer.");
        }
        None => {}
    }
    if let Some(scopes) = new.scopes {
        provider.scopes = scopes;
    }
    if provider.scopes.len() > rules::LIST_MAX || !provider.scopes.iter().all(|scope| rules::is_scope(scope)) {
        wrong(
            "/scopes",
            "invalid_scopes",
            "A scope is a word without spaces and quotes.",
        );
    }
    if !provider.scopes.iter().any(|scope| scope == OPENID) {
        provider.scopes.insert(0, OPENID.to_owned());
    }
    if let Some(domains) = new.allowed_domains {
        let known: Option<Vec<String>> = domains.iter().map(|domain| rules::mail_domain(domain)).collect();
        match known.filter(|known| known.len() <= rules::LIST_MAX) {
            Some(known) => provider.allowed_domains = known,
            None => wrong("/allowed_domains", "invalid_domain", "A domain is such as example.dz."),
        }
    }
    provider.enabled = new.enabled.unwrap_or(provider.enabled);
    provider.registration = new.registration.unwrap_or(provider.registration);
    provider.for_staff = new.for_staff.unwrap_or(provider.for_staff);
    provider.trust_email = new.trust_email.unwrap_or(provider.trust_email);
    provider.trust_mfa = new.trust_mfa.unwrap_or(provider.trust_mfa);
    if !provider.trust_email && (provider.registration || !provider.allowed_domains.is_empty()) {
        let detail = "Without trust in its addresses a provider can neither register people nor be kept to domains.";
        wrong("/trust_email", "trust_needed", detail);
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(std::mem::take(errors)))
    }
}

async fn finish(app: &App, caller: &Caller, mut tx: Tx, provider: &Provider, action: &str) -> Result<Listed, AppError> {
    log(app, caller, &mut tx, provider, action).await?;
    let provider = provider::find(tx.conn()?, provider.id).await?;
    let people = provider::linked(tx.conn()?, &provider.issuer).await?;
    tx.commit().await?;
    Ok(Listed { provider, people })
}

/// The audit line, which holds no secret, and the news for whoever sees settings.
async fn log(app: &App, caller: &Caller, tx: &mut Tx, provider: &Provider, action: &str) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "oidc_provider",
        subject_id: Some(provider.id),
        data: serde_json::json!({
            "slug": provider.slug, "issuer": provider.issuer, "client_id": provider.client_id, "enabled": provider.enabled,
            "allowed_domains": provider.allowed_domains, "registration": provider.registration, "for_staff": provider.for_staff,
            "trust_email": provider.trust_email, "trust_mfa": provider.trust_mfa,
        }),
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    let news = NewEvent {
        kind: "oidc_provider.changed",
        subject_type: "oidc_provider",
        subject_id: provider.id,
        permission: Some(Permission::SettingsView.as_str()),
        user_id: None,
        data: serde_json::json!({}),
    };
    Ok(event::append(tx.conn()?, news).await?)
}
