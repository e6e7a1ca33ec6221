//! Contacts and addresses.

use domain::{
    customer::{Issue, MemberAction, phone, place, profile},
    permission::Permission,
    ticket::input,
};
use store::customer::{self, Address, Contact, Reached};
use uuid::Uuid;

use super::{access, invalid, record};
use crate::{App, AppError, Caller, Tx};

/// Most contacts, and most addresses, of one customer.
const MOST: usize = 100;

/// A contact as typed.
#[derive(Debug, Clone)]
pub struct ContactInput {
    /// Name.
    pub name: String,
    /// Position in the company.
    pub position: Option<String>,
    /// Address for mail.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// `general`, `billing`, `technical` or `legal`.
    pub purpose: &'static str,
    /// The one to talk to first.
    pub is_primary: bool,
}

/// An address as typed.
#[derive(Debug, Clone)]
pub struct AddressInput {
    /// `billing`, `head_office`, `delivery` or `other`.
    pub kind: &'static str,
    /// Street and number.
    pub line1: String,
    /// Building, floor.
    pub line2: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Town.
    pub city: String,
    /// Number of the wilaya.
    pub wilaya: Option<u8>,
    /// Country (ISO 3166-1).
    pub country: String,
    /// The one to use among those of its kind.
    pub is_default: bool,
}

fn text(issues: &mut Vec<Issue>, field: &'static str, typed: Option<&str>, needed: bool) -> Option<String> {
    let clean = profile::line(typed.unwrap_or_default());
    if clean.is_empty() {
        if needed {
            issues.push(Issue::new(field, "empty", "must not be empty"));
        }
        return None;
    }
    if clean.chars().count() > 200 {
        issues.push(Issue::new(field, "too_long", "is longer than 200 characters"));
    }
    Some(clean)
}

fn given(typed: Option<&str>) -> Option<&str> {
    typed.map(str::trim).filter(|text| !text.is_empty())
}

impl ContactInput {
    fn check(&self, id: Uuid) -> Result<Contact, AppError> {
        let mut issues = Vec::new();
        let name = text(&mut issues, "name", Some(&self.name), true);
        let position = text(&mut issues, "position", self.position.as_deref(), false);
        let mut email = None;
        match given(self.email.as_deref()).map(input::address) {
            Some(Err(error)) => issues.push(Issue::new("email", error.code(), error)),
            Some(Ok(address)) => email = Some(address),
            None => {}
        }
        let mut number = None;
        match given(self.phone.as_deref()).map(phone::normalise) {
            Some(Err(error)) => issues.push(Issue::new("phone", "not_a_phone", error)),
            Some(Ok(phone)) => number = Some(phone),
            None => {}
        }
        match name {
            Some(name) if issues.is_empty() => Ok(Contact {
                id,
                name,
                position,
                email,
                phone: number,
                purpose: self.purpose.to_owned(),
                is_primary: self.is_primary,
                version: 1,
            }),
            _ => Err(invalid("", issues)),
        }
    }
}

impl AddressInput {
    pub(super) fn check(&self, id: Uuid) -> Result<Address, AppError> {
        let mut issues = Vec::new();
        let line1 = text(&mut issues, "line1", Some(&self.line1), true);
        let line2 = text(&mut issues, "line2", self.line2.as_deref(), false);
        let postal_code = text(&mut issues, "postal_code", self.postal_code.as_deref(), false);
        let city = text(&mut issues, "city", Some(&self.city), true);
        let country = place::country(&self.country);
        if country.is_none() {
            issues.push(Issue::new(
                "country",
                "unknown_country",
                "is no country code of two letters",
            ));
        }
        let algerian = country.as_deref() == Some("DZ");
        if algerian
            && postal_code
                .as_deref()
                .is_some_and(|c| c.len() != 5 || !c.bytes().all(|b| b.is_ascii_digit()))
        {
            issues.push(Issue::new("postal_code", "postal_code", "has 5 digits"));
        }
        let wilaya = self.wilaya.filter(|_| algerian);
        if wilaya.is_some_and(|number| place::wilaya(number).is_none()) {
            issues.push(Issue::new("wilaya", "unknown_wilaya", "is no wilaya"));
        }
        match (line1, city, country) {
            (Some(line1), Some(city), Some(country)) if issues.is_empty() => Ok(Address {
                id,
                kind: self.kind.to_owned(),
                line1,
                line2,
                postal_code,
                city,
                wilaya: wilaya.map(i16::from),
                country,
                is_default: self.is_default,
                version: 1,
            }),
            _ => Err(invalid("", issues)),
        }
    }
}

async fn opened(app: &App, caller: &Caller, customer: Uuid) -> Result<(Tx, Reached), AppError> {
    let mut tx = app.begin().await?;
    let (found, relation) = access::open_for_update(tx.conn()?, caller, customer).await?;
    relation.need(caller, Permission::CustomersEdit, MemberAction::EditContacts)?;
    Ok((tx, found.reached()))
}

/// The version after the one that the caller read.
fn next(known: Option<i32>, read: i32) -> Result<i32, AppError> {
    match known {
        None => Err(AppError::NotFound),
        Some(present) if present != read => Err(AppError::Stale),
        Some(present) => Ok(present + 1),
    }
}

fn full() -> AppError {
    AppError::refused("too_many", "a customer may have 100 of these at most")
}

/// The contacts of a customer.
///
/// # Errors
/// [`AppError::NotFound`] when he is not the caller's to see.
pub async fn contacts(app: &App, caller: &Caller, customer: Uuid) -> Result<Vec<Contact>, AppError> {
    let mut conn = app.conn().await?;
    let (reached, _) = access::reach(&mut conn, caller, customer).await?;
    Ok(customer::contacts(&mut conn, reached).await?)
}

/// Stores a contact (`id` = `None`) or replaces one of the version that the caller read.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::NotFound`], [`AppError::Stale`].
pub async fn put_contact(
    app: &App,
    caller: &Caller,
    customer: Uuid,
    id: Option<(Uuid, i32)>,
    wanted: ContactInput,
) -> Result<Contact, AppError> {
    let mut contact = wanted.check(id.map_or_else(Uuid::now_v7, |(id, _)| id))?;
    let (mut tx, reached) = opened(app, caller, customer).await?;
    let known = customer::contacts(tx.conn()?, reached).await?;
    match id {
        Some((id, version)) => {
            contact.version = next(known.iter().find(|one| one.id == id).map(|one| one.version), version)?
        }
        None if known.len() >= MOST => return Err(full()),
        _ => {}
    }
    customer::put_contact(tx.conn()?, reached, &contact, app.now()).await?;
    let data = serde_json::json!({ "contact_id": contact.id, "name": contact.name, "purpose": contact.purpose });
    let action = if id.is_some() {
        "customer.contact_edit"
    } else {
        "customer.contact_add"
    };
    record(app, &mut tx, caller, reached, action, data).await?;
    tx.commit().await?;
    Ok(contact)
}

/// Deletes a contact.
///
/// # Errors
/// [`AppError::NotFound`].
pub async fn delete_contact(app: &App, caller: &Caller, customer: Uuid, id: Uuid) -> Result<(), AppError> {
    let (mut tx, reached) = opened(app, caller, customer).await?;
    customer::delete_contact(tx.conn()?, reached, id).await?;
    let data = serde_json::json!({ "contact_id": id });
    record(app, &mut tx, caller, reached, "customer.contact_delete", data).await?;
    tx.commit().await
}

/// The addresses of a customer.
///
/// # Errors
/// [`AppError::NotFound`] when he is not the caller's to see.
pub async fn addresses(app: &App, caller: &Caller, customer: Uuid) -> Result<Vec<Address>, AppError> {
    let mut conn = app.conn().await?;
    let (reached, _) = access::reach(&mut conn, caller, customer).await?;
    Ok(customer::addresses(&mut conn, reached).await?)
}

/// Stores an address (`id` = `None`) or replaces one of the version that the caller read.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::NotFound`], [`AppError::Stale`].
pub async fn put_address(
    app: &App,
    caller: &Caller,
    customer: Uuid,
    id: Option<(Uuid, i32)>,
    wanted: AddressInput,
) -> Result<Address, AppError> {
    let mut address = wanted.check(id.map_or_else(Uuid::now_v7, |(id, _)| id))?;
    let (mut tx, reached) = opened(app, caller, customer).await?;
    let known = customer::addresses(tx.conn()?, reached).await?;
    match id {
        Some((id, version)) => {
            address.version = next(known.iter().find(|one| one.id == id).map(|one| one.version), version)?
        }
        None if known.len() >= MOST => return Err(full()),
        _ => {}
    }
    customer::put_address(tx.conn()?, reached, &address, app.now()).await?;
    let data = serde_json::json!({ "address_id": address.id, "kind": address.kind, "city": address.city });
    let action = if id.is_some() {
        "customer.address_edit"
    } else {
        "customer.address_add"
    };
    record(app, &mut tx, caller, reached, action, data).await?;
    tx.commit().await?;
    Ok(address)
}

/// Deletes an address.
///
/// # Errors
/// [`AppError::NotFound`].
pub async fn delete_address(app: &App, caller: &Caller, customer: Uuid, id: Uuid) -> Result<(), AppError> {
    let (mut tx, reached) = opened(app, caller, customer).await?;
    customer::delete_address(tx.conn()?, reached, id).await?;
    let data = serde_json::json!({ "address_id": id });
    record(app, &mut tx, caller, reached, "customer.address_delete", data).await?;
    tx.commit().await
}
