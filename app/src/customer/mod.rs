//! Customers: creating, changing, moving, deleting, and what hangs on them.

mod access;
mod create;
mod documents;
mod edit;
pub mod import;
pub mod invitations;
mod members;
mod notes;
mod people;
mod projects;
mod remove;
mod status;
mod view;

pub use access::{Access, open};
pub(crate) use access::{open_for_update, reach};
pub use create::{NewCustomer, create};
pub use documents::{add_document, delete_document, documents, read_document, share_document};
pub use edit::{HandlingEdit, ProfileEdit, edit, handle};
pub use members::{add_member, change_member, list as members, remove_member};
pub use notes::{NoteInput, add_note, delete_note, edit_note, notes};
pub use people::{
    AddressInput, ContactInput, addresses, contacts, delete_address, delete_contact, put_address, put_contact,
};
pub use projects::{
    ProjectDraft, Shown as ShownProject, assign_project, create_project, edit_project, project, projects,
};
pub use remove::{delete, restore};
pub use status::{StatusMove, history, transition};
pub use view::{actions, export_begins, figures, security, show, timeline};

use domain::customer::{Issue, Profile};
use serde_json::Value;
use store::{
    audit::{self, Entry},
    customer::{self, Customer, ProfileColumns, Reached},
};

use crate::{App, AppError, Caller, FieldError, Tx};

/// Issues of the rules as errors of the input, `prefix` being the place of the object in it.
pub(crate) fn invalid(prefix: &str, issues: Vec<Issue>) -> AppError {
    let errors = issues
        .into_iter()
        .map(|issue| FieldError::new(&format!("{prefix}/{}", issue.field), issue.code, issue.text))
        .collect();
    AppError::Invalid(errors)
}

/// Audits a change of a customer and tells browsers.
pub(crate) async fn record(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    customer: Reached,
    action: &str,
    data: Value,
) -> Result<(), AppError> {
    let entry = Entry {
        action,
        subject_type: "customer",
        subject_id: Some(customer.id()),
        data,
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    let what = serde_json::json!({ "action": action });
    customer::tell(tx.conn()?, customer, "customer.updated", what).await?;
    Ok(())
}

/// A checked profile as columns.
pub(crate) fn columns(profile: &Profile) -> ProfileColumns<'_> {
    ProfileColumns {
        kind: profile.kind.as_str(),
        name: &profile.name,
        first_name: profile.first_name.as_deref(),
        last_name: profile.last_name.as_deref(),
        company_name: profile.company_name.as_deref(),
        legal_form: profile.legal_form.as_deref(),
        email: &profile.email,
        phone: profile.phone.as_deref(),
        website: profile.website.as_deref(),
        locale: profile.locale.as_str(),
        nif: profile.nif.as_deref(),
        nis: profile.nis.as_deref(),
        rc: profile.rc.as_deref(),
        ai: profile.ai.as_deref(),
        rib: profile.rib.as_deref(),
    }
}

/// The NIN sealed for its row, with its last four digits.
pub(crate) fn sealed_nin(app: &App, id: uuid::Uuid, nin: &str) -> Result<(Vec<u8>, String), AppError> {
    let sealed = app.keys.seal(&format!("customers.nin_sealed.{id}"), nin.as_bytes())?;
    Ok((
        sealed,
        nin.chars().skip(nin.chars().count().saturating_sub(4)).collect(),
    ))
}

/// The NIN that was sealed for its row.
pub(crate) fn opened_nin(app: &App, id: uuid::Uuid, sealed: &[u8]) -> Result<String, AppError> {
    let nin = app.keys.open(&format!("customers.nin_sealed.{id}"), sealed)?;
    Ok(String::from_utf8_lossy(&nin).into_owned())
}

/// A conflict of the store about a customer, in terms of the form.
pub(crate) fn taken(prefix: &str, error: store::StoreError) -> AppError {
    match error {
        store::StoreError::Conflict(index) if index == "customers_nif" => {
            AppError::invalid(&format!("{prefix}/nif"), "nif_taken", "another customer has this NIF")
        }
        other => other.into(),
    }
}

/// Refuses when the caller read another version.
pub(crate) fn check_version(customer: &Customer, version: i32) -> Result<(), AppError> {
    if customer.summary.version == version {
        Ok(())
    } else {
        Err(AppError::Stale)
    }
}
