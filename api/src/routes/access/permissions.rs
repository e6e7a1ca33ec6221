//! The catalogue of permissions.

use domain::permission::{Category, Permission, Texts};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{CurrentUser, Json, List},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A text in the languages of the product.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::routes) struct TextsDto {
    /// French.
    fr: &'static str,
    /// English.
    en: &'static str,
    /// Arabic.
    ar: &'static str,
}

impl From<Texts> for TextsDto {
    fn from(texts: Texts) -> Self {
        Self {
            fr: texts.fr,
            en: texts.en,
            ar: texts.ar,
        }
    }
}

/// One thing a role may allow.
#[derive(Debug, Serialize, ToSchema)]
struct PermissionDto {
    /// Key, `subject.verb`.
    key: &'static str,
    /// What it allows.
    description: TextsDto,
    /// Can do harm that is hard to undo, or hands out power.
    dangerous: bool,
    /// The caller may hand it out.
    grantable: bool,
}

/// A part of the product with its permissions.
#[derive(Debug, Serialize, ToSchema)]
struct CategoryDto {
    /// Key.
    key: &'static str,
    /// Heading.
    label: TextsDto,
    /// The permissions.
    permissions: Vec<PermissionDto>,
}

/// List permissions by category
///
/// With `roles.view` all of them, otherwise those you hold. What belongs to parts that do not exist yet is left out.
#[utoipa::path(get, path = "/api/v1/permissions", operation_id = "listPermissions", tag = "access", security(("bearer" = [])),
    responses(
        (status = 200, body = List<CategoryDto>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn list(caller: CurrentUser) -> ApiResult<Json<List<CategoryDto>>> {
    let all = caller.may(Permission::RolesView);
    let categories = Category::ALL.iter().map(|category| CategoryDto {
        key: category.as_str(),
        label: category.label().into(),
        permissions: Permission::ALL
            .iter()
            .filter(|one| one.category() == *category && !one.is_planned() && (all || caller.may(**one)))
            .map(|one| PermissionDto {
                key: one.as_str(),
                description: one.description().into(),
                dangerous: one.is_dangerous(),
                grantable: one.is_own() || caller.may(*one),
            })
            .collect(),
    });
    Ok(Json(List {
        items: categories.filter(|category| !category.permissions.is_empty()).collect(),
        next_cursor: None,
    }))
}
