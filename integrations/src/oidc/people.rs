//! From verified claims to a person.

use domain::{
    account::address::account_address,
    oidc::{Fault, Identity, Person},
};
use openidconnect::{
    EndUserEmail, LocalizedClaim, OAuth2TokenResponse, SubjectIdentifier, UserInfoError,
    core::{CoreIdTokenClaims, CoreTokenResponse, CoreUserInfoClaims},
};

use super::{Client, call_fault, full};
use crate::http::Outbound;

/// Longest name that is taken over, in characters.
const NAME_MAX: usize = 200;
/// Longest subject (OpenID Connect Core 1.0, section 2).
const SUBJECT_MAX: usize = 255;

/// Whom the claims name; the issuer is asked for the address when its token has none.
pub(super) async fn identity(
    http: &Outbound,
    client: &Client,
    token: &CoreTokenResponse,
    claims: &CoreIdTokenClaims,
) -> Result<Identity, Fault> {
    let subject = claims.subject();
    if subject.is_empty() || subject.len() > SUBJECT_MAX {
        return Err(Fault::BadToken("its subject is empty or too long".to_owned()));
    }
    let mut person = person(claims.email(), claims.email_verified());
    let mut name = name(claims.name());
    if person.email.is_none() && client.user_info_url().is_some() {
        let told = ask(http, client, token, subject.clone()).await?;
        person = self::person(told.email(), told.email_verified());
        name = name.or_else(|| self::name(told.name()));
    }
    Ok(Identity {
        issuer: claims.issuer().to_string(),
        subject: subject.to_string(),
        person,
        name,
        amr: claims
            .auth_method_refs()
            .map(|methods| methods.iter().map(|one| one.to_string()).collect())
            .unwrap_or_default(),
        auth_time: claims.auth_time(),
    })
}

async fn ask(
    http: &Outbound,
    client: &Client,
    token: &CoreTokenResponse,
    subject: SubjectIdentifier,
) -> Result<CoreUserInfoClaims, Fault> {
    // What it says is believed of the token's subject only.
    let request = client
        .user_info(token.access_token().clone(), Some(subject))
        .map_err(|error| Fault::NotTheIssuer(error.to_string()))?;
    request.request_async(http).await.map_err(|error| match error {
        UserInfoError::Request(error) => call_fault(error),
        other => Fault::BadToken(full(&other)),
    })
}

fn person(email: Option<&EndUserEmail>, verified: Option<bool>) -> Person {
    Person {
        email: email.and_then(|email| account_address(email).ok()),
        email_verified: verified == Some(true),
    }
}

fn name(claim: Option<&LocalizedClaim<openidconnect::EndUserName>>) -> Option<String> {
    let claim = claim?;
    let (_, text) = claim
        .iter()
        .find(|(language, _)| language.is_none())
        .or_else(|| claim.iter().next())?;
    let clean: String = text.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
    Some(clean.trim().to_owned()).filter(|name| !name.is_empty())
}
