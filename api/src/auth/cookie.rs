//! The cookie that carries the refresh token: for this host only, out of reach of scripts, never sent by other sites.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::problem::Problem;

/// How the refresh cookie is named and flagged under this public address.
#[derive(Debug, Clone, Copy)]
pub struct RefreshCookie {
    secure: bool,
}

impl RefreshCookie {
    /// For this public address; over plain HTTP the browser would refuse the `__Host-` name.
    #[must_use]
    pub fn for_url(public_url: &str) -> Self {
        Self {
            secure: public_url.starts_with("https://"),
        }
    }

    /// Name of the cookie.
    #[must_use]
    pub const fn name(self) -> &'static str {
        if self.secure { "__Host-cm_refresh" } else { "cm_refresh" }
    }

    /// The value of `Set-Cookie` that keeps a token for so many seconds; 0 deletes it.
    ///
    /// # Errors
    /// When the token is not made of visible characters, which ours are.
    pub fn set(self, token: &str, max_age: i64) -> Result<HeaderValue, Problem> {
        let secure = if self.secure { "; Secure" } else { "" };
        let name = self.name();
        HeaderValue::from_str(&format!(
            "{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age}{secure}"
        ))
        .map_err(|_| Problem::internal())
    }

    /// The token that the request carries.
    #[must_use]
    pub fn read(self, headers: &HeaderMap) -> Option<&str> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == self.name())
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_own_name_only() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; cm_refresh=two; b=3"));
        assert_eq!(RefreshCookie::for_url("http://cm.test").read(&headers), Some("two"));
        assert_eq!(RefreshCookie::for_url("https://cm.test").read(&headers), None);
        let set = RefreshCookie::for_url("https://cm.test").set("x", 5).unwrap();
        assert_eq!(
            set,
            "__Host-cm_refresh=x; Path=/; HttpOnly; SameSite=Strict; Max-Age=5; Secure"
        );
    }
}
