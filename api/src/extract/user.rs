//! Who asks.

use std::{convert::Infallible, net::IpAddr, ops::Deref, sync::Arc};

use app::{
    Caller,
    account::{Origin, factors::has_second},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use domain::{api_token, permission::Permission};
use store::audit::Actor;

use crate::{
    auth::{Credential, SessionUser, TokenCookie},
    middleware::{client::Client, request_id},
    problem::Problem,
    state::ApiState,
};

/// Where a person gets to before he has the second factor that his role needs: his own account, to set it up.
const OWN: [&str; 7] = [
    "/api/v1/me",
    "/api/v1/me/factors",
    "/api/v1/me/sessions",
    "/api/v1/auth/step-up",
    "/api/v1/auth/step-up/sms",
    "/api/v1/auth/passkeys/step-up",
    "/api/v1/auth/passkeys/step-up/options",
];
/// See [`OWN`].
const FACTORS: &str = "/api/v1/me/factors/";
/// Longest user agent kept.
const MAX_AGENT: usize = 300;

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// Address of the caller, as far as it can be trusted.
    pub ip: Option<IpAddr>,
    /// User agent, shortened.
    pub user_agent: Option<String>,
}

impl Source {
    fn of(parts: &Parts) -> Self {
        let ip = parts.extensions.get::<Client>().map(|client| client.0);
        let user_agent = parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .map(|agent| agent.chars().take(MAX_AGENT).collect());
        Self { ip, user_agent }
    }

    /// The network that failed logins are counted for: one person's machines share it, strangers' do not.
    #[must_use]
    pub fn network(&self) -> String {
        match self.ip {
            Some(IpAddr::V4(ip)) => {
                let [a, b, c, _] = ip.octets();
                format!("{a}.{b}.{c}.0/24")
            }
            Some(IpAddr::V6(ip)) => {
                let [a, b, c, d, ..] = ip.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            None => "unknown".to_owned(),
        }
    }
}

impl FromRequestParts<ApiState> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Infallible> {
        let source = Source::of(parts);
        Ok(Self {
            ip: source.ip.map(|ip| ip.to_string()),
            network: source.network(),
            user_agent: source.user_agent,
            request_id: Some(request_id::current()),
            device: state
                .cookies
                .read(TokenCookie::Device, &parts.headers)
                .map(str::to_owned),
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Source {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

/// The signed-in person who sends the request. Handlers take it first, so that a stranger learns nothing else.
#[derive(Debug, Clone)]
pub struct CurrentUser {
    caller: Caller,
    session: Arc<SessionUser>,
}

impl CurrentUser {
    /// The caller, for use cases.
    #[must_use]
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> &SessionUser {
        &self.session
    }

    /// Refuses programs: what this opens is for the person himself.
    ///
    /// # Errors
    /// 403 for an API token.
    pub fn in_person(&self) -> Result<(), Problem> {
        match self.session.credential {
            Credential::Session => Ok(()),
            Credential::ApiToken => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "session_required",
                "API tokens cannot do this. Sign in to do it yourself.",
            )),
        }
    }

    pub(crate) fn shared_session(&self) -> Arc<SessionUser> {
        self.session.clone()
    }

    /// Refuses unless the permission is held.
    ///
    /// # Errors
    /// 403.
    pub fn need(&self, permission: Permission) -> Result<(), Problem> {
        Ok(self.caller.need(permission)?)
    }
}

impl Deref for CurrentUser {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl FromRequestParts<ApiState> for CurrentUser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let session = match parts.extensions.get::<Arc<SessionUser>>() {
            Some(session) => session.clone(),
            None => identify(&parts.headers, &Source::of(parts), state).await?,
        };
        let own = OWN.iter().any(|path| parts.uri.path() == *path) || parts.uri.path().starts_with(FACTORS);
        if !own {
            enrolled(&session, state)?;
        }
        let Source { ip, user_agent } = Source::of(parts);
        let actor = Actor {
            user_id: Some(session.user.id),
            kind: "user",
            name: session.user.name.clone(),
            ip: ip.map(|ip| ip.to_string()),
            user_agent,
            request_id: Some(request_id::current()),
            session_id: Some(session.session_id),
        };
        let caller = Caller {
            user_id: session.user.id,
            email: session.user.email.clone(),
            permissions: session.permissions.clone(),
            factor_at: session.factor_at,
            actor,
        };
        if caller.is_customer() {
            app::wall::behind(caller.user_id)?;
        }
        Ok(Self { caller, session })
    }
}

/// Whoever asks, signed in or not. Somebody who may see nothing yet, because his role owes a second factor or he comes from a network
/// that staff may not work from, is taken for a stranger; a token that is no longer good is refused, so that it is renewed.
#[derive(Debug, Clone)]
pub struct Anyone(Option<CurrentUser>);

impl Anyone {
    /// The caller, for use cases.
    #[must_use]
    pub fn caller(&self) -> Option<&Caller> {
        self.0.as_ref().map(CurrentUser::caller)
    }
}

impl FromRequestParts<ApiState> for Anyone {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Ok(Self(None));
        }
        match CurrentUser::from_request_parts(parts, state).await {
            Ok(user) => Ok(Self(Some(user))),
            Err(problem) if problem.status() == StatusCode::FORBIDDEN => Ok(Self(None)),
            Err(problem) => Err(problem),
        }
    }
}

/// Refuses a person whose role must have a second factor and who has set up none: he gets to his own account only, to do it.
fn enrolled(session: &SessionUser, state: &ApiState) -> Result<(), Problem> {
    let owed = session.credential == Credential::Session
        && !has_second(&state.app, &session.user.lineage, &session.amr)
        && state.config.needs_second_factor(&session.user);
    if !owed {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "second_factor_setup_required",
        "Your role needs a second factor. Set one up in your account first.",
    ))
}

/// The session, or the API token, behind `Authorization: Bearer`, if it may be used from where the request comes.
///
/// # Errors
/// 401 without a good token; 403 for staff outside the networks from which staff may work, and when the role needs a second factor.
pub async fn authenticate(headers: &HeaderMap, source: &Source, state: &ApiState) -> Result<Arc<SessionUser>, Problem> {
    let session = identify(headers, source, state).await?;
    enrolled(&session, state)?;
    Ok(session)
}

/// As [`authenticate`], whether or not the person has the second factor that his role needs.
///
/// # Errors
/// As there.
pub(crate) async fn identify(
    headers: &HeaderMap,
    source: &Source,
    state: &ApiState,
) -> Result<Arc<SessionUser>, Problem> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(Problem::unauthenticated)?;
    let user = if token.starts_with(api_token::MARK) {
        state.api_tokens.authenticate(&state.app, token, source.ip).await?
    } else {
        state.sessions.authenticate(&state.app, &state.tokens, token).await?
    };
    match state
        .networks
        .closed_to(&state.app, &user.permissions, source.ip)
        .await?
    {
        None => Ok(user),
        Some(_) => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "network_not_allowed",
            "Staff work from the networks the administrator listed, and you come from another one. Connect to the VPN.",
        )),
    }
}
