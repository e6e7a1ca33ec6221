//! Our cookies: for this host only, out of reach of scripts, never sent by other sites. One carries the refresh token, one tells
//! a browser that its person signed in with before, one which browser began a sign-in with a provider.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::problem::Problem;

/// How long a browser is known.
const DEVICE_SECONDS: i64 = 400 * 86_400;

/// How long a sign-in with a provider may take, with the time to prove an account besides.
const SIGN_ON_SECONDS: i64 = 30 * 60;

/// One of our cookies.
#[derive(Debug, Clone, Copy)]
pub enum TokenCookie {
    /// The refresh token.
    Refresh,
    /// The browser.
    Device,
    /// A sign-in with a provider under way.
    SignOn,
}

/// How cookies are named and flagged under this public address.
#[derive(Debug, Clone, Copy)]
pub struct Cookies {
    secure: bool,
}

impl Cookies {
    /// For this public address; over plain HTTP the browser would refuse the `__Host-` name.
    #[must_use]
    pub fn for_url(public_url: &str) -> Self {
        Self {
            secure: public_url.starts_with("https://"),
        }
    }

    /// Name of a cookie.
    #[must_use]
    pub const fn name(self, cookie: TokenCookie) -> &'static str {
        match (cookie, self.secure) {
            (TokenCookie::Refresh, true) => "__Host-cm_refresh",
            (TokenCookie::Refresh, false) => "cm_refresh",
            (TokenCookie::Device, true) => "__Host-cm_device",
            (TokenCookie::Device, false) => "cm_device",
            (TokenCookie::SignOn, true) => "__Host-cm_sso",
            (TokenCookie::SignOn, false) => "cm_sso",
        }
    }

    fn set(self, cookie: TokenCookie, token: &str, max_age: i64) -> Result<HeaderValue, Problem> {
        let secure = if self.secure { "; Secure" } else { "" };
        let name = self.name(cookie);
        HeaderValue::from_str(&format!(
            "{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age}{secure}"
        ))
        .map_err(|_| Problem::internal())
    }

    /// The value of `Set-Cookie` that keeps a refresh token for so many seconds; 0 deletes it.
    ///
    /// # Errors
    /// When the token is not made of visible characters, which ours are.
    pub fn set_refresh(self, token: &str, max_age: i64) -> Result<HeaderValue, Problem> {
        self.set(TokenCookie::Refresh, token, max_age)
    }

    /// The value of `Set-Cookie` that makes the browser known.
    ///
    /// # Errors
    /// When the token is not made of visible characters, which ours are.
    pub fn set_device(self, token: &str) -> Result<HeaderValue, Problem> {
        self.set(TokenCookie::Device, token, DEVICE_SECONDS)
    }

    /// The value of `Set-Cookie` that lets this browser alone end what it began with a provider; an empty token deletes it.
    ///
    /// # Errors
    /// When the token is not made of visible characters, which ours are.
    pub fn set_sign_on(self, token: &str) -> Result<HeaderValue, Problem> {
        self.set(
            TokenCookie::SignOn,
            token,
            if token.is_empty() { 0 } else { SIGN_ON_SECONDS },
        )
    }

    /// The token that the request carries.
    #[must_use]
    pub fn read(self, cookie: TokenCookie, headers: &HeaderMap) -> Option<&str> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == self.name(cookie))
            .map(|(_, value)| value)
            .filter(|value| (1..=512).contains(&value.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_own_name_only() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("a=1; cm_refresh=two; cm_device=b"),
        );
        let plain = Cookies::for_url("http://cm.test");
        assert_eq!(plain.read(TokenCookie::Refresh, &headers), Some("two"));
        assert_eq!(plain.read(TokenCookie::Device, &headers), Some("b"));
        let secure = Cookies::for_url("https://cm.test");
        assert_eq!(secure.read(TokenCookie::Refresh, &headers), None);
        assert_eq!(
            secure.set_refresh("x", 5).unwrap(),
            "__Host-cm_refresh=x; Path=/; HttpOnly; SameSite=Strict; Max-Age=5; Secure"
        );
        assert!(secure.set_device("x\r\nSet-Cookie: y=1").is_err());
    }
}
