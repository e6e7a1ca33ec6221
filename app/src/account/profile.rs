//! What a person changes about himself.

use domain::locale::Locale;
use store::{audit, user};

use crate::{App, AppError, Caller, people::person_name};

/// What is wanted; what is absent stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ProfileChange {
    /// Name, 1 to 200 characters on one line.
    pub name: Option<String>,
    /// Language.
    pub locale: Option<Locale>,
}

/// Changes name or language of the account that was read with `version`.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Stale`] when the account changed meanwhile.
pub async fn change(app: &App, caller: &Caller, version: i32, change: ProfileChange) -> Result<user::User, AppError> {
    let name = match &change.name {
        Some(name) => Some(person_name(name).map_err(|error| AppError::Invalid(vec![error]))?),
        None => None,
    };
    let now = app.now();
    let mut tx = app.begin().await?;
    let before = user::by_id(tx.conn()?, caller.user_id).await?;
    let wanted = (name.as_deref(), change.locale.map(Locale::as_str));
    if !user::set_profile(tx.conn()?, before.id, version, wanted, now).await? {
        return Err(AppError::Stale);
    }
    let after = user::by_id(tx.conn()?, before.id).await?;
    let entry = audit::Entry {
        action: "user.changed",
        subject_type: "user",
        subject_id: Some(before.id),
        data: serde_json::json!({
            "name": { "from": before.name, "to": after.name },
            "locale": { "from": before.locale, "to": after.locale },
        }),
    };
    audit::append(tx.conn()?, &caller.actor, now, entry).await?;
    tx.commit().await?;
    Ok(after)
}
