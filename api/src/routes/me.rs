//! The signed-in person himself.

use app::account::profile::{self, ProfileChange};
use axum::extract::State;
use domain::{
    locale::Locale,
    permission::{Permission, dashboards},
};
use serde::{Deserialize, Serialize};
use store::user::User;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{CurrentUser, IfMatch, Json, Versioned},
    problem::{ApiResult, ProblemBody},
    state::ApiState,
};

/// The signed-in person and what he may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// Id.
    pub id: Uuid,
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Language.
    pub locale: Language,
    /// Key of the role.
    pub role: String,
    /// What the role allows.
    pub permissions: Vec<String>,
    /// Dashboards with at least one page for this person: `client`, `corporate`, `admin`.
    pub dashboards: Vec<DashboardKey>,
    /// Version, as `If-Match` of a change.
    pub version: i32,
}

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// French.
    Fr,
    /// English.
    En,
    /// Arabic.
    Ar,
}

impl From<Language> for Locale {
    fn from(language: Language) -> Self {
        match language {
            Language::Fr => Self::Fr,
            Language::En => Self::En,
            Language::Ar => Self::Ar,
        }
    }
}

impl Language {
    /// The language with this code; French for one that is not known.
    pub(crate) fn of(text: &str) -> Self {
        match text {
            "en" => Self::En,
            "ar" => Self::Ar,
            _ => Self::Fr,
        }
    }
}

/// A dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DashboardKey {
    /// Customers.
    Client,
    /// Staff who serve customers.
    Corporate,
    /// IT administrators.
    Admin,
}

impl From<domain::permission::Dashboard> for DashboardKey {
    fn from(dashboard: domain::permission::Dashboard) -> Self {
        match dashboard {
            domain::permission::Dashboard::Client => Self::Client,
            domain::permission::Dashboard::Corporate => Self::Corporate,
            domain::permission::Dashboard::Admin => Self::Admin,
        }
    }
}

impl From<&User> for Me {
    fn from(user: &User) -> Self {
        let permissions: Vec<Permission> = user.permissions.iter().filter_map(|name| name.parse().ok()).collect();
        Self {
            id: user.id,
            email: user.email.clone(),
            name: user.name.clone(),
            locale: Language::of(&user.locale),
            role: user.role.clone(),
            permissions: permissions.iter().map(|p| p.as_str().to_owned()).collect(),
            dashboards: dashboards(&permissions).into_iter().map(DashboardKey::from).collect(),
            version: user.version,
        }
    }
}

/// What one may change about oneself; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeChange {
    /// Language.
    pub locale: Option<Language>,
    /// Name, 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
}

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(me, change_me))
}

/// Who is signed in
#[utoipa::path(get, path = "/api/v1/me", operation_id = "me", tag = "auth", security(("bearer" = [])),
    responses(
        (status = 200, body = Me, headers(("ETag" = String, description = "Version"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn me(user: CurrentUser) -> Versioned<Me> {
    versioned(&user.session().user)
}

/// Change one's language or name
#[utoipa::path(patch, path = "/api/v1/me", operation_id = "changeMe", tag = "auth", security(("bearer" = [])),
    params(("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = MeChange,
    responses(
        (status = 200, body = Me, headers(("ETag" = String, description = "Version"))),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn change_me(
    caller: CurrentUser,
    State(state): State<ApiState>,
    IfMatch(version): IfMatch,
    Json(change): Json<MeChange>,
) -> ApiResult<Versioned<Me>> {
    caller.in_person()?;
    let wanted = ProfileChange {
        name: change.name,
        locale: change.locale.map(Locale::from),
    };
    let changed = profile::change(&state.app, &caller, version, wanted).await;
    // What this process remembers of the session may be what was stale.
    state.sessions.forget(caller.session().session_id);
    Ok(versioned(&changed?))
}

fn versioned(user: &User) -> Versioned<Me> {
    Versioned {
        version: user.version,
        body: Me::from(user),
    }
}
