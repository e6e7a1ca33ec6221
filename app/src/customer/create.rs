//! Storing a new customer: by staff, or by a person for himself.

use domain::{
    customer::{Draft, MemberRole, Profile, Status, profile},
    permission::Permission,
};
use store::customer::{self, Customer, NewCustomer as Row, Reached};
use uuid::Uuid;

use super::{columns, invalid, record, sealed_nin, taken};
use crate::{App, AppError, Caller, Tx};

/// Most customers that a person may make for himself.
const OWN_MAX: i64 = 10;
/// Most tags, and the longest.
const TAGS_MAX: (usize, usize) = (20, 40);

/// A customer as asked for.
#[derive(Debug, Clone, Default)]
pub struct NewCustomer {
    /// The fields of the form.
    pub draft: Draft,
    /// Tags; staff only.
    pub tags: Vec<String>,
}

/// Stores a customer. Staff store one without members; anybody else becomes the owner of what he stores.
///
/// # Errors
/// [`AppError::Invalid`] names every wrong field.
pub async fn create(app: &App, caller: &Caller, new: NewCustomer) -> Result<Customer, AppError> {
    let staff = caller.may(Permission::CustomersView);
    if staff {
        caller.need(Permission::CustomersCreate)?;
    } else {
        caller.need(Permission::ProfileOwn)?;
        if !new.tags.is_empty() {
            return Err(AppError::Forbidden);
        }
    }
    let profile = profile::check(&new.draft).map_err(|issues| invalid("/profile", issues))?;
    let tags = tags(&new.tags)?;
    let mut tx = app.begin().await?;
    if !staff && customer::owned_by(tx.conn()?, caller.user_id).await? >= OWN_MAX {
        return Err(AppError::refused(
            "too_many_customers",
            "you have as many customer accounts as one person may have",
        ));
    }
    let source = if staff { "staff" } else { "client" };
    let reached = insert(app, &mut tx, &profile, &tags, None, source, caller).await?;
    if !staff {
        let owner = MemberRole::Owner.as_str();
        customer::put_member(tx.conn()?, reached, caller.user_id, owner, None, app.now()).await?;
    }
    let data = serde_json::json!({ "kind": profile.kind.as_str(), "name": profile.name, "email": profile.email, "source": source });
    record(app, &mut tx, caller, reached, "customer.create", data).await?;
    let stored = customer::find(tx.conn()?, caller.customer_scope()?, reached.id(), false).await?;
    tx.commit().await?;
    Ok(stored)
}

/// Stores the row.
pub(crate) async fn insert(
    app: &App,
    tx: &mut Tx,
    profile: &Profile,
    tags: &[String],
    external_id: Option<&str>,
    source: &str,
    caller: &Caller,
) -> Result<Reached, AppError> {
    let id = Uuid::now_v7();
    let nin = profile.nin.as_deref().map(|nin| sealed_nin(app, id, nin)).transpose()?;
    let row = Row {
        id,
        profile: columns(profile),
        nin: nin.as_ref().map(|(sealed, last4)| (sealed.as_slice(), last4.as_str())),
        source,
        status: Status::Pending.as_str(),
        tags,
        external_id,
        by: Some(caller.user_id),
        at: app.now(),
    };
    customer::insert(tx.conn()?, &row)
        .await
        .map_err(|error| taken("/profile", error))
}

/// Tags in lower case, each once.
pub(crate) fn tags(wanted: &[String]) -> Result<Vec<String>, AppError> {
    let mut tags: Vec<String> = wanted
        .iter()
        .map(|tag| profile::line(tag).to_lowercase())
        .filter(|tag| !tag.is_empty())
        .collect();
    tags.sort_unstable();
    tags.dedup();
    if tags.len() > TAGS_MAX.0 || tags.iter().any(|tag| tag.chars().count() > TAGS_MAX.1) {
        return Err(AppError::invalid(
            "/tags",
            "too_many",
            "20 tags of 40 characters at most",
        ));
    }
    Ok(tags)
}
