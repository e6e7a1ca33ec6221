//! Changing a profile, and what staff decide about a customer.

use domain::{
    customer::{Draft, MemberAction, Profile, Tier, profile, tier::UnknownTier},
    kyc::identity::is_proven,
    permission::Permission,
};
use serde_json::{Map, Value, json};
use store::{
    customer::{self, Customer, Handling},
    user,
};
use uuid::Uuid;

use super::{access, check_version, columns, create::tags, invalid, opened_nin, record, sealed_nin, taken};
use crate::{App, AppError, Caller, kyc};

/// A whole profile that takes the place of the one before.
#[derive(Debug, Clone)]
pub struct ProfileEdit {
    /// The fields of the form. A NIN that is absent stays as it is, since no form shows it; a blank one is removed.
    pub draft: Draft,
    /// Version the caller read.
    pub version: i32,
}

/// Replaces the profile. When data change that papers prove, an approved identity is to be verified anew.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::Stale`], [`AppError::Forbidden`].
pub async fn edit(app: &App, caller: &Caller, id: Uuid, wanted: ProfileEdit) -> Result<Customer, AppError> {
    caller.customer_scope()?;
    let profile = profile::check(&wanted.draft).map_err(|issues| invalid("", issues))?;
    let mut tx = app.begin().await?;
    let (before, relation) = access::open_for_update(tx.conn()?, caller, id).await?;
    relation.need(caller, Permission::CustomersEdit, MemberAction::EditProfile)?;
    check_version(&before, wanted.version)?;
    let mut changes = differences(&before, &profile);
    customer::set_profile(tx.conn()?, &before, columns(&profile), caller.user_id, app.now())
        .await
        .map_err(|error| taken("", error))?;
    if wanted.draft.nin.is_some() {
        let nin = profile.nin.as_deref().map(|nin| sealed_nin(app, id, nin)).transpose()?;
        let was = customer::sealed_nin(tx.conn()?, before.reached()).await?;
        let was = was.map(|sealed| opened_nin(app, id, &sealed)).transpose()?;
        let columns = nin.as_ref().map(|(sealed, last4)| (sealed.as_slice(), last4.as_str()));
        customer::set_nin(tx.conn()?, before.reached(), columns).await?;
        if was.as_deref() != profile.nin.as_deref() {
            changes.insert("nin".to_owned(), json!("changed"));
        }
    }
    let proven: Vec<&str> = changes
        .keys()
        .map(String::as_str)
        .filter(|field| is_proven(field))
        .collect();
    if !proven.is_empty() {
        kyc::outdate(app, &mut tx, caller, &before, profile.locale, &proven).await?;
    }
    record(app, &mut tx, caller, before.reached(), "customer.edit", changes.into()).await?;
    let stored = customer::find(tx.conn()?, caller.customer_scope()?, id, false).await?;
    tx.commit().await?;
    Ok(stored)
}

/// Changed fields, before and after.
fn differences(before: &Customer, after: &Profile) -> Map<String, Value> {
    let was = &before.summary;
    let fields: [(&str, Option<&str>, Option<&str>); 15] = [
        ("kind", Some(&was.kind), Some(after.kind.as_str())),
        ("first_name", before.first_name.as_deref(), after.first_name.as_deref()),
        ("last_name", before.last_name.as_deref(), after.last_name.as_deref()),
        (
            "company_name",
            before.company_name.as_deref(),
            after.company_name.as_deref(),
        ),
        ("legal_form", before.legal_form.as_deref(), after.legal_form.as_deref()),
        ("email", Some(&was.email), Some(&after.email)),
        ("phone", was.phone.as_deref(), after.phone.as_deref()),
        ("website", before.website.as_deref(), after.website.as_deref()),
        ("locale", Some(&before.locale), Some(after.locale.as_str())),
        ("nif", before.nif.as_deref(), after.nif.as_deref()),
        ("nis", before.nis.as_deref(), after.nis.as_deref()),
        ("rc", before.rc.as_deref(), after.rc.as_deref()),
        ("ai", before.ai.as_deref(), after.ai.as_deref()),
        ("name", Some(&was.name), Some(&after.name)),
        ("rib", before.rib.as_deref(), after.rib.as_deref()),
    ];
    fields
        .into_iter()
        .filter(|(_, from, to)| from != to)
        .map(|(field, from, to)| (field.to_owned(), json!({ "from": from, "to": to })))
        .collect()
}

/// What staff decide about a customer.
#[derive(Debug, Clone)]
pub struct HandlingEdit {
    /// Member of staff who looks after him.
    pub account_manager_id: Option<Uuid>,
    /// Tags.
    pub tags: Vec<String>,
    /// What he has a right to expect; `None` leaves it as it is.
    pub tier: Option<Tier>,
    /// Version the caller read.
    pub version: i32,
}

/// Replaces account manager and tags, and the tier where another is said. What open tickets were promised stays until they are bound anew.
///
/// # Errors
/// [`AppError::Invalid`] when the account manager is no agent; [`AppError::Stale`].
pub async fn handle(app: &App, caller: &Caller, id: Uuid, wanted: HandlingEdit) -> Result<Customer, AppError> {
    caller.need(Permission::CustomersEdit)?;
    let tags = tags(&wanted.tags)?;
    let mut tx = app.begin().await?;
    let (before, _) = access::open_for_update(tx.conn()?, caller, id).await?;
    check_version(&before, wanted.version)?;
    if let Some(manager) = wanted.account_manager_id
        && user::agent(tx.conn()?, manager).await?.is_none()
    {
        return Err(AppError::invalid("/account_manager_id", "unknown_agent", "is no agent"));
    }
    let was = &before.summary;
    let present: Tier = was
        .tier
        .parse()
        .map_err(|error: UnknownTier| AppError::Internal(error.to_string()))?;
    let handling = Handling {
        account_manager_id: wanted.account_manager_id,
        tags,
        tier: wanted.tier.unwrap_or(present).as_str(),
    };
    customer::set_handling(tx.conn()?, &before, &handling, caller.user_id, app.now()).await?;
    let data = json!({
        "account_manager_id": { "from": was.account_manager_id, "to": handling.account_manager_id },
        "tags": { "from": was.tags, "to": handling.tags },
        "tier": { "from": was.tier, "to": handling.tier },
    });
    record(app, &mut tx, caller, before.reached(), "customer.handle", data).await?;
    let stored = customer::find(tx.conn()?, caller.customer_scope()?, id, false).await?;
    tx.commit().await?;
    Ok(stored)
}
