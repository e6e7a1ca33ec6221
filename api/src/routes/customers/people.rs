//! Contacts and addresses of a customer.

use app::customer::{self as cases, AddressInput, ContactInput};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use store::customer::{Address, Contact};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, Path, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(contacts, add_contact))
        .routes(routes!(edit_contact, delete_contact))
        .routes(routes!(addresses, add_address))
        .routes(routes!(edit_address, delete_address))
}

/// What a contact is for.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ContactPurpose {
    General,
    Billing,
    Technical,
    Legal,
}

/// What an address is for.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AddressKind {
    Billing,
    HeadOffice,
    Delivery,
    Other,
}

/// A contact to store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContactInputDto {
    /// Name.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Position in the company.
    #[schema(max_length = 200)]
    position: Option<String>,
    /// Address for mail.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// Telephone.
    #[schema(max_length = 40)]
    phone: Option<String>,
    /// What to talk to him about.
    purpose: ContactPurpose,
    /// The one to talk to first; takes the place of the one before.
    #[serde(default)]
    is_primary: bool,
}

impl From<ContactInputDto> for ContactInput {
    fn from(dto: ContactInputDto) -> Self {
        Self {
            name: dto.name,
            position: dto.position,
            email: dto.email,
            phone: dto.phone,
            purpose: match dto.purpose {
                ContactPurpose::General => "general",
                ContactPurpose::Billing => "billing",
                ContactPurpose::Technical => "technical",
                ContactPurpose::Legal => "legal",
            },
            is_primary: dto.is_primary,
        }
    }
}

/// Somebody to talk to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerContact)]
struct ContactDto {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// Position in the company.
    position: Option<String>,
    /// Address for mail.
    email: Option<String>,
    /// Telephone in international form.
    phone: Option<String>,
    /// `general`, `billing`, `technical` or `legal`.
    purpose: String,
    /// The one to talk to first.
    is_primary: bool,
    /// Counts changes; the ETag to change it with.
    version: i32,
}

impl From<Contact> for ContactDto {
    fn from(row: Contact) -> Self {
        Self {
            id: row.id,
            name: row.name,
            position: row.position,
            email: row.email,
            phone: row.phone,
            purpose: row.purpose,
            is_primary: row.is_primary,
            version: row.version,
        }
    }
}

/// An address to store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddressInputDto {
    /// What it is for.
    kind: AddressKind,
    /// Street and number.
    #[schema(min_length = 1, max_length = 200)]
    line1: String,
    /// Building, floor.
    #[schema(max_length = 200)]
    line2: Option<String>,
    /// Postal code; 5 digits in Algeria.
    postal_code: Option<String>,
    /// Town.
    #[schema(min_length = 1, max_length = 200)]
    city: String,
    /// Number of the wilaya, 1 to 58; in Algeria only.
    #[schema(minimum = 1, maximum = 58)]
    wilaya: Option<u8>,
    /// Country (ISO 3166-1), `DZ` when absent.
    country: Option<String>,
    /// The one to use among those of its kind; takes the place of the one before.
    #[serde(default)]
    is_default: bool,
}

impl From<AddressInputDto> for AddressInput {
    fn from(dto: AddressInputDto) -> Self {
        Self {
            kind: match dto.kind {
                AddressKind::Billing => "billing",
                AddressKind::HeadOffice => "head_office",
                AddressKind::Delivery => "delivery",
                AddressKind::Other => "other",
            },
            line1: dto.line1,
            line2: dto.line2,
            postal_code: dto.postal_code,
            city: dto.city,
            wilaya: dto.wilaya,
            country: dto.country.unwrap_or_else(|| "DZ".to_owned()),
            is_default: dto.is_default,
        }
    }
}

/// Where a customer is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerAddress)]
struct AddressDto {
    /// Id.
    id: Uuid,
    /// `billing`, `head_office`, `delivery` or `other`.
    kind: String,
    /// Street and number.
    line1: String,
    /// Building, floor.
    line2: Option<String>,
    /// Postal code.
    postal_code: Option<String>,
    /// Town.
    city: String,
    /// Number of the wilaya.
    wilaya: Option<i16>,
    /// Name of the wilaya in French.
    wilaya_name: Option<String>,
    /// Name of the wilaya in Arabic.
    wilaya_name_ar: Option<String>,
    /// Country (ISO 3166-1).
    country: String,
    /// The one to use among those of its kind.
    is_default: bool,
    /// Counts changes; the ETag to change it with.
    version: i32,
}

impl From<Address> for AddressDto {
    fn from(row: Address) -> Self {
        let names = row
            .wilaya
            .and_then(|number| u8::try_from(number).ok())
            .and_then(domain::customer::place::wilaya);
        Self {
            id: row.id,
            kind: row.kind,
            line1: row.line1,
            line2: row.line2,
            postal_code: row.postal_code,
            city: row.city,
            wilaya: row.wilaya,
            wilaya_name: names.map(|names| names.0.to_owned()),
            wilaya_name_ar: names.map(|names| names.1.to_owned()),
            country: row.country,
            is_default: row.is_default,
            version: row.version,
        }
    }
}

/// List the contacts of a customer
#[utoipa::path(get, path = "/api/v1/customers/{id}/contacts", operation_id = "customerContacts", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = Vec<ContactDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn contacts(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Vec<ContactDto>>> {
    let rows = cases::contacts(&state.app, caller.caller(), id).await?;
    Ok(Json(rows.into_iter().map(Into::into).collect()))
}

/// Add a contact
#[utoipa::path(post, path = "/api/v1/customers/{id}/contacts", operation_id = "addCustomerContact", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    request_body = ContactInputDto,
    responses(
        (status = 201, body = ContactDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn add_contact(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<ContactInputDto>,
) -> ApiResult<Response> {
    let row = cases::put_contact(&state.app, caller.caller(), id, None, wanted.into()).await?;
    Ok((StatusCode::CREATED, Json(ContactDto::from(row))).into_response())
}

/// Replace a contact
#[utoipa::path(put, path = "/api/v1/customers/{id}/contacts/{contact_id}", operation_id = "editCustomerContact",
    tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("contact_id" = Uuid, Path, description = "Id of the contact"),
        ("If-Match" = String, Header, description = "ETag as read")),
    request_body = ContactInputDto,
    responses(
        (status = 200, body = ContactDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn edit_contact(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, contact)): Path<(Uuid, Uuid)>,
    IfMatch(version): IfMatch,
    Json(wanted): Json<ContactInputDto>,
) -> ApiResult<Versioned<ContactDto>> {
    let row = cases::put_contact(&state.app, caller.caller(), id, Some((contact, version)), wanted.into()).await?;
    Ok(Versioned {
        version: row.version,
        body: row.into(),
    })
}

/// Delete a contact
#[utoipa::path(delete, path = "/api/v1/customers/{id}/contacts/{contact_id}", operation_id = "deleteCustomerContact",
    tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("contact_id" = Uuid, Path, description = "Id of the contact")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delete_contact(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, contact)): Path<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    cases::delete_contact(&state.app, caller.caller(), id, contact).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the addresses of a customer
#[utoipa::path(get, path = "/api/v1/customers/{id}/addresses", operation_id = "customerAddresses", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    responses(
        (status = 200, body = Vec<AddressDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn addresses(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Vec<AddressDto>>> {
    let rows = cases::addresses(&state.app, caller.caller(), id).await?;
    Ok(Json(rows.into_iter().map(Into::into).collect()))
}

/// Add an address
#[utoipa::path(post, path = "/api/v1/customers/{id}/addresses", operation_id = "addCustomerAddress", tag = "customers",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer")),
    request_body = AddressInputDto,
    responses(
        (status = 201, body = AddressDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn add_address(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<AddressInputDto>,
) -> ApiResult<Response> {
    let row = cases::put_address(&state.app, caller.caller(), id, None, wanted.into()).await?;
    Ok((StatusCode::CREATED, Json(AddressDto::from(row))).into_response())
}

/// Replace an address
#[utoipa::path(put, path = "/api/v1/customers/{id}/addresses/{address_id}", operation_id = "editCustomerAddress",
    tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("address_id" = Uuid, Path, description = "Id of the address"),
        ("If-Match" = String, Header, description = "ETag as read")),
    request_body = AddressInputDto,
    responses(
        (status = 200, body = AddressDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn edit_address(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, address)): Path<(Uuid, Uuid)>,
    IfMatch(version): IfMatch,
    Json(wanted): Json<AddressInputDto>,
) -> ApiResult<Versioned<AddressDto>> {
    let row = cases::put_address(&state.app, caller.caller(), id, Some((address, version)), wanted.into()).await?;
    Ok(Versioned {
        version: row.version,
        body: row.into(),
    })
}

/// Delete an address
#[utoipa::path(delete, path = "/api/v1/customers/{id}/addresses/{address_id}", operation_id = "deleteCustomerAddress",
    tag = "customers", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the customer"), ("address_id" = Uuid, Path, description = "Id of the address")),
    responses(
        (status = 204),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn delete_address(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Path((id, address)): Path<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    cases::delete_address(&state.app, caller.caller(), id, address).await?;
    Ok(StatusCode::NO_CONTENT)
}
