//! Providers whose servers need no looking up: what is left to say is the account, and where it is.

use super::config::{SmtpConfig, SmtpTls, SmtpUrlError, decode};

/// The port that both speak STARTTLS on.
const SUBMISSION: u16 = 587;
/// Length of a secret access key of AWS, which is not the password of SMTP but what that is made from.
const ACCESS_KEY: usize = 40;

/// `sendgrid://[API key][@eu]`, what follows the scheme. The key may be given apart.
///
/// # Errors
/// When it has another form.
pub(super) fn sendgrid(rest: &str) -> Result<SmtpConfig, SmtpUrlError> {
    let rest = rest.trim_end_matches('/');
    let (key, region) = match rest.rsplit_once('@') {
        Some((key, region)) => (key, region),
        None if matches!(rest, "" | "eu" | "global") => ("", rest),
        None => (rest, ""),
    };
    let host = match region {
        "" | "global" => "smtp.sendgrid.net",
        "eu" => "smtp.eu.sendgrid.net",
        _ => return Err(SmtpUrlError::Sendgrid),
    };
    Ok(server(host.to_owned(), "apikey".to_owned(), decode(key)))
}

/// `ses://user[:password]@region`, what follows the scheme. The password may be given apart.
///
/// # Errors
/// When it has another form.
pub(super) fn ses(rest: &str) -> Result<SmtpConfig, SmtpUrlError> {
    let (account, region) = rest.trim_end_matches('/').rsplit_once('@').ok_or(SmtpUrlError::Ses)?;
    let (user, password) = account.split_once(':').unwrap_or((account, ""));
    if user.is_empty() || !is_region(region) {
        return Err(SmtpUrlError::Ses);
    }
    Ok(server(
        format!("email-smtp.{region}.amazonaws.com"),
        decode(user),
        decode(password),
    ))
}

/// Whether a preset's secret can be one, once it is known. Mistaken for each other they would fail at the first mail only.
///
/// # Errors
/// When it is none, or cannot be one.
pub(super) fn check(scheme: &str, secret: &str) -> Result<(), SmtpUrlError> {
    match scheme {
        _ if secret.is_empty() => Err(SmtpUrlError::NoSecret),
        "sendgrid" if !secret.starts_with("SG.") => Err(SmtpUrlError::SendgridKey),
        "ses" if secret.len() == ACCESS_KEY => Err(SmtpUrlError::SesKey),
        _ => Ok(()),
    }
}

fn server(host: String, user: String, secret: String) -> SmtpConfig {
    SmtpConfig {
        host,
        port: SUBMISSION,
        tls: SmtpTls::Required,
        credentials: Some((user, secret)),
    }
}

/// `eu-west-3`: words and a number.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else {
        return false;
    };
    words.len() >= 2
        && words
            .iter()
            .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "SG.abc-DEF_1.xyz";
    const PASSWORD: &str = "BJk/3+vXq0lT7Zc1yW8uR5nP2mA9sD4fG6hJ0kLzXcVb";

    #[test]
    fn sendgrid_needs_a_key_and_knows_two_places() {
        for (url, secret, host) in [
            (format!("sendgrid://{KEY}"), None, "smtp.sendgrid.net"),
            (format!("sendgrid://{KEY}@eu"), None, "smtp.eu.sendgrid.net"),
            ("sendgrid://".to_owned(), Some(KEY), "smtp.sendgrid.net"),
            ("sendgrid://eu".to_owned(), Some(KEY), "smtp.eu.sendgrid.net"),
            ("SendGrid://global".to_owned(), Some(KEY), "smtp.sendgrid.net"),
        ] {
            let read = SmtpConfig::with_secret(&url, secret).unwrap();
            assert_eq!(
                (read.host.as_str(), read.port, read.tls),
                (host, 587, SmtpTls::Required),
                "{url}"
            );
            assert_eq!(read.credentials, Some(("apikey".to_owned(), KEY.to_owned())), "{url}");
            assert!(!format!("{read:?}").contains(KEY));
        }
        for (url, secret, error) in [
            ("sendgrid://", None, SmtpUrlError::NoSecret),
            ("sendgrid://eu", None, SmtpUrlError::NoSecret),
            ("sendgrid://hunter2", None, SmtpUrlError::SendgridKey),
            ("sendgrid://", Some("hunter2"), SmtpUrlError::SendgridKey),
            ("sendgrid://SG.a.b@mars", None, SmtpUrlError::Sendgrid),
            ("sendgrid://SG.a.b", Some(KEY), SmtpUrlError::TwoSecrets),
        ] {
            let refused = SmtpConfig::with_secret(url, secret).unwrap_err();
            assert_eq!(refused, error, "{url}");
            assert!(!refused.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn ses_is_reached_by_its_region() {
        for (url, secret) in [
            (format!("ses://AKIAX:{PASSWORD}@eu-west-3"), None),
            ("ses://AKIAX@eu-west-3".to_owned(), Some(PASSWORD)),
        ] {
            let read = SmtpConfig::with_secret(&url, secret).unwrap();
            assert_eq!(
                (read.host.as_str(), read.port, read.tls),
                ("email-smtp.eu-west-3.amazonaws.com", 587, SmtpTls::Required)
            );
            assert_eq!(read.credentials, Some(("AKIAX".to_owned(), PASSWORD.to_owned())));
        }
        let access_key = "x".repeat(40);
        for (url, secret, error) in [
            ("ses://eu-west-3", None, SmtpUrlError::Ses),
            ("ses://AKIAX@evil.example", Some(PASSWORD), SmtpUrlError::Ses),
            ("ses://@eu-west-3", Some(PASSWORD), SmtpUrlError::Ses),
            ("ses://AKIAX@eu-west-3", None, SmtpUrlError::NoSecret),
            (
                "ses://AKIAX@us-gov-west-1",
                Some(access_key.as_str()),
                SmtpUrlError::SesKey,
            ),
        ] {
            assert_eq!(SmtpConfig::with_secret(url, secret), Err(error), "{url}");
        }
    }
}
