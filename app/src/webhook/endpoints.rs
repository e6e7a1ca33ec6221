//! Endpoints as configuration.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    permission::Permission,
    webhook::{
        self as rules, EventType,
        event::{Data, Named},
        secret,
    },
};
use store::{
    audit,
    webhook::{
        delivery::{self, Count, NewDelivery},
        endpoint::{self, Endpoint},
    },
};
use uuid::Uuid;

use super::{changed, job};
use crate::{App, AppError, Caller, FieldError, Tx, seal};

/// What lists count deliveries over.
const COUNTED: TimeDelta = TimeDelta::hours(24);

/// Settings as given; on a change, what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where deliveries go.
    pub url: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Names of kinds of events.
    pub types: Option<Vec<String>>,
    /// In use.
    pub enabled: Option<bool>,
}

/// An endpoint with its deliveries of the last day, by state.
#[derive(Debug)]
pub struct Listed {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Waiting.
    pub queued: i64,
    /// Arrived.
    pub delivered: i64,
    /// Given up.
    pub failed: i64,
}

/// An endpoint with its new secret, which is shown this once.
pub struct WithSecret {
    /// The endpoint.
    pub listed: Listed,
    /// The secret.
    pub secret: String,
}

impl std::fmt::Debug for WithSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WithSecret")
            .field("listed", &self.listed)
            .finish_non_exhaustive()
    }
}

/// What a seal of this column is bound to.
pub(super) fn context(column: &str, id: Uuid) -> String {
    format!("webhook_endpoints.{column}.{id}")
}

fn listed(mut endpoint: Endpoint, counts: &[Count], now: DateTime<Utc>) -> Listed {
    endpoint.old_secret_until = endpoint.old_secret_until.filter(|until| now < *until);
    let of = |state: &str| {
        let found = counts
            .iter()
            .find(|count| count.endpoint_id == endpoint.id && count.state == state);
        found.map_or(0, |count| count.n)
    };
    Listed {
        queued: of("queued"),
        delivered: of("delivered"),
        failed: of("failed"),
        endpoint,
    }
}

/// All endpoints.
///
/// # Errors
/// [`AppError::Forbidden`] or when the database is away.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Listed>, AppError> {
    caller.need(Permission::WebhooksView)?;
    let mut conn = app.conn().await?;
    let counts = delivery::counts(&mut conn, app.now() - COUNTED).await?;
    let all = endpoint::all(&mut conn).await?;
    Ok(all.into_iter().map(|one| listed(one, &counts, app.now())).collect())
}

/// One endpoint.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn get(app: &App, caller: &Caller, id: Uuid) -> Result<Listed, AppError> {
    caller.need(Permission::WebhooksView)?;
    let mut conn = app.conn().await?;
    let counts = delivery::counts(&mut conn, app.now() - COUNTED).await?;
    Ok(listed(endpoint::find(&mut conn, id).await?, &counts, app.now()))
}

/// Adds an endpoint; needs a fresh factor.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Conflict`] when there are as many as may be.
pub async fn create(app: &App, caller: &Caller, new: Settings) -> Result<WithSecret, AppError> {
    caller.need(Permission::WebhooksEdit)?;
    caller.fresh_factor(app.now())?;
    let id = Uuid::now_v7();
    let (text, sealed) = new_secret(app, id)?;
    let mut endpoint = Endpoint {
        id,
        url: String::new(),
        description: String::new(),
        types: Vec::new(),
        enabled: true,
        disabled_reason: None,
        secret: sealed,
        old_secret: None,
        old_secret_until: None,
        failing_since: None,
        last_delivered_at: None,
        since: app.now(),
        created_at: app.now(),
        version: 1,
    };
    apply(app, &mut endpoint, new)?;
    let mut tx = app.begin().await?;
    if endpoint::count(tx.conn()?).await? >= rules::ENDPOINTS_MAX {
        return Err(AppError::Conflict {
            code: "too_many_endpoints".to_owned(),
            detail: format!("There can be {} endpoints; delete one first.", rules::ENDPOINTS_MAX),
        });
    }
    endpoint::insert(tx.conn()?, &endpoint, caller.user_id).await?;
    let listed = finish(app, caller, tx, &endpoint, "webhook_endpoint.create").await?;
    Ok(WithSecret { listed, secret: text })
}

/// Changes an endpoint; needs a fresh factor.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`] when it changed meanwhile.
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, new: Settings) -> Result<Listed, AppError> {
    caller.need(Permission::WebhooksEdit)?;
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    let mut endpoint = endpoint::lock(tx.conn()?, id).await?;
    let was_enabled = endpoint.enabled;
    apply(app, &mut endpoint, new)?;
    if endpoint.enabled && !was_enabled {
        // What happened while it was off is not sent late.
        endpoint.since = app.now();
        endpoint.failing_since = None;
        endpoint.disabled_reason = None;
    }
    endpoint.version = version;
    endpoint::update(tx.conn()?, &endpoint, Some(caller.user_id), app.now()).await?;
    finish(app, caller, tx, &endpoint, "webhook_endpoint.change").await
}

/// Gives an endpoint another secret; needs a fresh factor. For a day deliveries carry a signature of the one before as well.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Stale`] when it changed meanwhile.
pub async fn rotate(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<WithSecret, AppError> {
    caller.need(Permission::WebhooksEdit)?;
    caller.fresh_factor(app.now())?;
    let (text, sealed) = new_secret(app, id)?;
    let mut tx = app.begin().await?;
    let mut endpoint = endpoint::lock(tx.conn()?, id).await?;
    let old = app.keys.open(&context("secret", id), &endpoint.secret)?;
    endpoint.old_secret = Some(app.keys.seal(&context("old_secret", id), &old)?);
    endpoint.secret = sealed;
    endpoint.old_secret_until = Some(app.now() + secret::OVERLAP);
    endpoint.version = version;
    endpoint::update(tx.conn()?, &endpoint, Some(caller.user_id), app.now()).await?;
    let listed = finish(app, caller, tx, &endpoint, "webhook_endpoint.rotate_secret").await?;
    Ok(WithSecret { listed, secret: text })
}

/// Removes an endpoint with its deliveries; needs a fresh factor.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Stale`] when it changed meanwhile.
pub async fn delete(app: &App, caller: &Caller, id: Uuid, version: i32) -> Result<(), AppError> {
    caller.need(Permission::WebhooksEdit)?;
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    let endpoint = endpoint::lock(tx.conn()?, id).await?;
    endpoint::delete(tx.conn()?, id, version).await?;
    log(&mut tx, &caller.actor, &endpoint, "webhook_endpoint.delete", app.now()).await?;
    tx.commit().await
}

/// Queues a test; returns the delivery's id.
///
/// # Errors
/// [`AppError::Forbidden`]; [`AppError::NotFound`].
pub async fn test(app: &App, caller: &Caller, id: Uuid) -> Result<Uuid, AppError> {
    caller.need(Permission::WebhooksEdit)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let endpoint = endpoint::find(tx.conn()?, id).await?;
    let data = Data::Test { endpoint: Named { id } };
    let new = NewDelivery {
        id: Uuid::now_v7(),
        endpoint_id: id,
        event_id: None,
        kind: EventType::Test.as_str().to_owned(),
        body: rules::event::body(EventType::Test, now, &data).map_err(|error| AppError::Internal(error.to_string()))?,
    };
    delivery::insert(tx.conn()?, std::slice::from_ref(&new), now).await?;
    tx.enqueue(&[job(new.id).actor(caller.user_id)]).await?;
    log(&mut tx, &caller.actor, &endpoint, "webhook_endpoint.test", now).await?;
    tx.commit().await?;
    Ok(new.id)
}

/// A secret as its receiver gets it, and sealed for its row.
fn new_secret(app: &App, id: Uuid) -> Result<(String, Vec<u8>), AppError> {
    let mut bytes = [0; secret::BYTES];
    seal::random(&mut bytes)?;
    let text = secret::text(&bytes);
    let sealed = app.keys.seal(&context("secret", id), text.as_bytes())?;
    Ok((text, sealed))
}

fn apply(app: &App, endpoint: &mut Endpoint, new: Settings) -> Result<(), AppError> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, code: &str, detail: &str| errors.push(FieldError::new(pointer, code, detail));
    let url = new.url.unwrap_or_else(|| endpoint.url.clone());
    match rules::target(&url, app.loopback) {
        Ok(url) => endpoint.url = url,
        Err(why) => wrong(
            "/url",
            "invalid_webhook_url",
            &format!("This address is not called: {why}."),
        ),
    }
    if let Some(text) = new.description {
        text.trim().clone_into(&mut endpoint.description);
    }
    if endpoint.description.chars().count() > rules::DESCRIPTION_MAX
        || endpoint.description.chars().any(char::is_control)
    {
        wrong(
            "/description",
            "too_long",
            "A description has 200 characters at most, on one line.",
        );
    }
    if let Some(mut types) = new.types {
        types.sort_unstable();
        types.dedup();
        endpoint.types = types;
    }
    if endpoint.types.is_empty() {
        wrong("/types", "empty", "Choose at least one kind of event.");
    }
    let chosen = |name: &String| EventType::from_name(name).is_some_and(EventType::is_chosen);
    if !endpoint.types.iter().all(chosen) {
        wrong("/types", "unknown_event_type", "One of these is no kind of event.");
    }
    endpoint.enabled = new.enabled.unwrap_or(endpoint.enabled);
    if errors.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(errors))
    }
}

async fn finish(app: &App, caller: &Caller, mut tx: Tx, endpoint: &Endpoint, action: &str) -> Result<Listed, AppError> {
    log(&mut tx, &caller.actor, endpoint, action, app.now()).await?;
    let counts = delivery::counts(tx.conn()?, app.now() - COUNTED).await?;
    let stored = endpoint::find(tx.conn()?, endpoint.id).await?;
    tx.commit().await?;
    Ok(listed(stored, &counts, app.now()))
}

/// The audit line, which holds no secret, and the news for whoever sees endpoints.
pub(super) async fn log(
    tx: &mut Tx,
    actor: &audit::Actor,
    endpoint: &Endpoint,
    action: &str,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "webhook_endpoint",
        subject_id: Some(endpoint.id),
        data: serde_json::json!({
            "url": endpoint.url, "description": endpoint.description, "types": endpoint.types, "enabled": endpoint.enabled,
            "disabled_reason": endpoint.disabled_reason,
        }),
    };
    audit::append(tx.conn()?, actor, now, entry).await?;
    changed(tx, endpoint.id).await
}
