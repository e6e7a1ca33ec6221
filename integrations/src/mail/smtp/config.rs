//! Where and how to send.

use std::time::Duration;

use super::preset;

/// Encryption of an SMTP connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// From the first byte (port 465).
    Implicit,
    /// STARTTLS or nothing (port 587).
    Required,
    /// None; only for a server on this machine.
    None,
}

/// Times and numbers of a client.
#[derive(Debug, Clone)]
pub struct SmtpOptions {
    /// Longest wait for a connection and for each answer.
    pub timeout: Duration,
    /// Longest wait for the answer to a whole message.
    pub data_timeout: Duration,
    /// Most connections at a time.
    pub pool_size: usize,
    /// Name in EHLO.
    pub hello_name: String,
    /// Mails per connection before it is renewed.
    pub mails_per_connection: u32,
    /// Certificates in PEM to trust beside the public ones.
    pub extra_roots: Vec<Vec<u8>>,
}

impl Default for SmtpOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            data_timeout: Duration::from_secs(300),
            pool_size: 4,
            hello_name: "localhost".to_owned(),
            mails_per_connection: 100,
            extra_roots: Vec::new(),
        }
    }
}

/// A server and the account there.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpConfig {
    /// Host name.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Encryption.
    pub tls: SmtpTls,
    /// User and password.
    pub credentials: Option<(String, String)>,
}

impl std::fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let user = self.credentials.as_ref().map(|(user, _)| user);
        f.debug_struct("SmtpConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("user", &user)
            .finish()
    }
}

/// Why an SMTP address is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmtpUrlError {
    /// None of the forms.
    #[error(
        "expected smtp://[user:password@]host[:port][?tls=required|none], smtps://…, sendgrid://[API key][@eu] or ses://user[:password]@region"
    )]
    Form,
    /// A place that SendGrid does not have.
    #[error(
        "SendGrid is reached as sendgrid://[API key], or sendgrid://[API key]@eu for accounts of the European Union"
    )]
    Sendgrid,
    /// Not a key of SendGrid.
    #[error("an API key of SendGrid begins with SG.")]
    SendgridKey,
    /// Without a user or a region.
    #[error(
        "Amazon SES is reached as ses://user[:password]@region, such as ses://AKIA…@eu-west-3; the user is that of its SMTP credentials"
    )]
    Ses,
    /// The access key that a password of SMTP is made from.
    #[error(
        "this is a secret access key: Amazon SES wants the password of its SMTP credentials, which has 44 characters"
    )]
    SesKey,
    /// A preset without what opens the account.
    #[error("the account's secret is missing: give it in the address, or apart from it")]
    NoSecret,
    /// A secret for nobody.
    #[error("a secret is given apart from an address without a user")]
    NoUser,
    /// A secret in the address and another one.
    #[error("a secret is given in the address and apart from it")]
    TwoSecrets,
    /// A port that is none.
    #[error("the port is not a number")]
    Port,
    /// A password or mail for a distant server would travel in the open.
    #[error("tls=none is only allowed for a server on this machine")]
    Plaintext,
}

impl SmtpConfig {
    /// Reads an address as [`SmtpConfig::parse`] does, or the preset of a provider: `sendgrid://[API key][@eu]` or
    /// `ses://user[:password]@region`. The password or API key may be given apart from the address. No error repeats either.
    ///
    /// # Errors
    /// When the address has another form, would send in the open over a network, or there are two secrets, or none where one is needed.
    pub fn with_secret(url: &str, secret: Option<&str>) -> Result<Self, SmtpUrlError> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(SmtpUrlError::Form)?;
        let scheme = scheme.to_ascii_lowercase();
        let mut config = match scheme.as_str() {
            "sendgrid" => preset::sendgrid(rest)?,
            "ses" => preset::ses(rest)?,
            _ => Self::parse(url)?,
        };
        if let Some(secret) = secret {
            match &mut config.credentials {
                Some((_, password)) if password.is_empty() => secret.clone_into(password),
                Some(_) => return Err(SmtpUrlError::TwoSecrets),
                None => return Err(SmtpUrlError::NoUser),
            }
        }
        if let ("sendgrid" | "ses", Some((_, secret))) = (scheme.as_str(), &config.credentials) {
            preset::check(&scheme, secret)?;
        }
        Ok(config)
    }

    /// Reads `smtp://user:password@host:587?tls=required` or `smtps://user:password@host`. User and password are
    /// percent-encoded. Without `tls`, a server on this machine is spoken to in the open, any other with STARTTLS.
    ///
    /// # Errors
    /// When the address has another form, or would send in the open over a network.
    pub fn parse(url: &str) -> Result<Self, SmtpUrlError> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(SmtpUrlError::Form)?;
        let implicit = match scheme.to_ascii_lowercase().as_str() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(SmtpUrlError::Form),
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let rest = rest.trim_end_matches('/');
        let (account, server) = rest.rsplit_once('@').map_or((None, rest), |(a, s)| (Some(a), s));
        let (host, port) = match server.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (server, None),
        };
        let host = host.trim_matches(['[', ']']).to_owned();
        if host.is_empty() || host.chars().any(|c| c.is_whitespace() || c.is_control() || c == '/') {
            return Err(SmtpUrlError::Form);
        }
        let wanted = query.split('&').find_map(|p| p.strip_prefix("tls="));
        let tls = match (implicit, wanted) {
            (true, _) => SmtpTls::Implicit,
            (false, Some("none")) if is_local(&host) => SmtpTls::None,
            (false, Some("none")) => return Err(SmtpUrlError::Plaintext),
            (false, None) if is_local(&host) => SmtpTls::None,
            (false, None | Some("required")) => SmtpTls::Required,
            (false, Some(_)) => return Err(SmtpUrlError::Form),
        };
        let default = if implicit {
            465
        } else if tls == SmtpTls::None {
            25
        } else {
            587
        };
        let port = port.map_or(Ok(default), |p| p.parse().map_err(|_| SmtpUrlError::Port))?;
        let credentials = account.map(|a| {
            a.split_once(':')
                .map_or((decode(a), String::new()), |(u, p)| (decode(u), decode(p)))
        });
        Ok(Self {
            host,
            port,
            tls,
            credentials,
        })
    }
}

fn is_local(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Percent-decoding; what is no valid escape stays.
pub(super) fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        let escape = tail
            .get(..2)
            .filter(|_| *byte == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok());
        match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(value) => {
                out.push(value);
                rest = &tail[2..];
            }
            None => {
                out.push(*byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let full = SmtpConfig::parse("smtp://us%40er:p%3Aw@mail.example:2525?tls=required").unwrap();
        assert_eq!(
            (full.host.as_str(), full.port, full.tls),
            ("mail.example", 2525, SmtpTls::Required)
        );
        assert_eq!(full.credentials, Some(("us@er".into(), "p:w".into())));
        assert!(!format!("{full:?}").contains("p:w"));
        let port = |url: &str| SmtpConfig::parse(url).map(|c| (c.port, c.tls));
        assert_eq!(port("smtps://mail.example"), Ok((465, SmtpTls::Implicit)));
        assert_eq!(port("smtp://mail.example"), Ok((587, SmtpTls::Required)));
        assert_eq!(port("smtp://127.0.0.1:1025"), Ok((1025, SmtpTls::None)));
        assert_eq!(port("smtp://[::1]:1025"), Ok((1025, SmtpTls::None)));
        assert_eq!(port("smtp://localhost?tls=required"), Ok((587, SmtpTls::Required)));
    }

    #[test]
    fn a_password_may_be_given_apart() {
        let read = |url: &str| SmtpConfig::with_secret(url, Some("hunter2")).map(|config| config.credentials);
        let both = Some(("ada".to_owned(), "hunter2".to_owned()));
        assert_eq!(read("smtp://ada@mail.example"), Ok(both));
        assert_eq!(read("smtp://ada:other@mail.example"), Err(SmtpUrlError::TwoSecrets));
        assert_eq!(read("smtps://mail.example"), Err(SmtpUrlError::NoUser));
        assert_eq!(
            SmtpConfig::with_secret("smtp://localhost", None),
            SmtpConfig::parse("smtp://localhost")
        );
    }

    #[test]
    fn bad_addresses_are_refused() {
        for (url, error) in [
            ("mail.example", SmtpUrlError::Form),
            ("http://mail.example", SmtpUrlError::Form),
            ("smtp://", SmtpUrlError::Form),
            ("smtp://a b", SmtpUrlError::Form),
            ("smtp://h:x", SmtpUrlError::Port),
            ("smtp://h?tls=maybe", SmtpUrlError::Form),
            ("smtp://mail.example?tls=none", SmtpUrlError::Plaintext),
        ] {
            assert_eq!(SmtpConfig::parse(url), Err(error), "{url}");
        }
    }
}
