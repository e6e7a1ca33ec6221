//! Text messages: which provider, whose account, and how many.

use domain::outbound::is_loopback;
use url::{Host, Url};

use super::{read::Reader, secret::Secret};

/// A provider with what opens the account there.
#[derive(Debug, Clone)]
pub enum SmsProvider {
    /// Twilio: account SID and auth token.
    Twilio(Secret<(String, String)>),
    /// Infobip: API key.
    Infobip(Secret<String>),
}

/// How text messages are set up.
#[derive(Debug, Clone)]
pub struct SmsConfig {
    /// Where they go; nowhere without one.
    pub account: Option<SmsAccount>,
    /// Country codes that are served, without a plus.
    pub prefixes: Vec<String>,
    /// Codes that are sent in an hour.
    pub hourly: u32,
    /// Roles for which a code by text message is not enough.
    pub strong_roles: Vec<String>,
}

/// An account at a provider.
#[derive(Debug, Clone)]
pub struct SmsAccount {
    /// Provider.
    pub provider: SmsProvider,
    /// Address of its API, without a slash at its end.
    pub base_url: String,
    /// Sender.
    pub sender: String,
}

#[derive(Clone, Copy)]
enum Kind {
    None,
    Twilio,
    Infobip,
}

/// Reads it; mistakes are added to the reader's.
pub fn sms(read: &mut Reader<'_>) -> SmsConfig {
    let providers = [("twilio", Kind::Twilio), ("infobip", Kind::Infobip)];
    let kind = read.choice("CM_SMS_PROVIDER", ("none", Kind::None), &providers);
    let prefixes = read.get("CM_SMS_PREFIXES").unwrap_or_else(|| "213".to_owned());
    let prefixes = parts(
        read,
        "CM_SMS_PREFIXES",
        &prefixes,
        "country codes such as 213,33",
        prefix,
    );
    let strong = read.get("CM_SMS_STRONG_ROLES").unwrap_or_else(|| "admin".to_owned());
    let strong_roles = match strong.as_str() {
        "none" => Vec::new(),
        roles => parts(
            read,
            "CM_SMS_STRONG_ROLES",
            roles,
            "none, or keys of roles such as admin",
            super::role_key,
        ),
    };
    SmsConfig {
        account: account(read, kind),
        prefixes,
        hourly: read.number("CM_SMS_HOURLY", 200, 1..=1_000_000),
        strong_roles,
    }
}

fn account(read: &mut Reader<'_>, kind: Kind) -> Option<SmsAccount> {
    let (provider, base_url) = match kind {
        Kind::None => return None,
        Kind::Twilio => {
            let sid = read.need("CM_SMS_ACCOUNT", "the account SID of Twilio, such as AC…");
            let token = read.need("CM_SMS_SECRET", "the auth token of Twilio");
            let base_url = read.text("CM_SMS_BASE_URL", "https://api.twilio.com");
            (SmsProvider::Twilio(Secret::new((sid, token))), base_url)
        }
        Kind::Infobip => {
            let key = read.need("CM_SMS_SECRET", "the API key of Infobip");
            let base_url = read.need(
                "CM_SMS_BASE_URL",
                "the address of your account at Infobip, such as https://xxxxx.api.infobip.com",
            );
            (SmsProvider::Infobip(Secret::new(key)), base_url)
        }
    };
    if !base_url.is_empty() && !safe(&base_url) {
        read.mistakes.push(format!(
            "CM_SMS_BASE_URL is `{base_url}`: it must start with https://, for credentials go there"
        ));
    }
    let sender = read.need(
        "CM_SMS_SENDER",
        "the number, name or messaging service that texts come from",
    );
    if sender.chars().any(|c| c.is_control()) || sender.len() > 40 {
        read.mistakes
            .push("CM_SMS_SENDER is no sender: use a number, or a name of at most 11 letters".to_owned());
    }
    Some(SmsAccount {
        provider,
        base_url: base_url.trim_end_matches('/').to_owned(),
        sender,
    })
}

/// Values separated by commas, of a variable that has a default.
fn parts<T>(read: &mut Reader<'_>, name: &str, given: &str, hint: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
    let mut values = Vec::new();
    for part in given.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match parse(part) {
            Some(value) => values.push(value),
            None => read.mistakes.push(format!("{name} has `{part}`: use {hint}")),
        }
    }
    values
}

fn prefix(text: &str) -> Option<String> {
    let digits = text.trim_start_matches('+');
    let fits =
        (1..=7).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    fits.then(|| digits.to_owned())
}

/// An address of this machine. One that holds a user or a password is none: what stands before the `@` may look like a host.
pub fn is_local(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    if !url.username().is_empty() || url.password().is_some() {
        return false;
    }
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => is_loopback(ip.into()),
        Some(Host::Ipv6(ip)) => is_loopback(ip.into()),
        None => false,
    }
}

fn safe(url: &str) -> bool {
    url.starts_with("https://") || (url.starts_with("http://") && is_local(url))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<SmsConfig, Vec<String>> {
        let vars: HashMap<String, String> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let mut reader = Reader::new(&vars);
        let config = sms(&mut reader);
        if reader.mistakes.is_empty() {
            Ok(config)
        } else {
            Err(reader.mistakes)
        }
    }

    #[test]
    fn without_a_provider_nothing_is_asked_for() {
        let config = read(&[]).unwrap();
        assert!(config.account.is_none());
        assert_eq!((config.prefixes, config.hourly), (vec!["213".to_owned()], 200));
        assert_eq!(config.strong_roles, ["admin"]);
        assert!(
            read(&[("CM_SMS_STRONG_ROLES", "none")])
                .unwrap()
                .strong_roles
                .is_empty()
        );
    }

    #[test]
    fn this_machine_is_not_what_stands_before_an_at_sign() {
        for local in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:9/x"] {
            assert!(is_local(local), "{local}");
        }
        for far in [
            "http://localhost:x@evil.test",
            "http://localhost@evil.test",
            "http://evil.test",
            "localhost",
            "",
        ] {
            assert!(!is_local(far), "{far}");
        }
    }

    #[test]
    fn a_provider_needs_its_credentials_and_a_safe_address() {
        let mistakes = read(&[("CM_SMS_PROVIDER", "twilio")]).unwrap_err();
        assert_eq!(mistakes.len(), 3, "{mistakes:?}");
        let mistakes = read(&[("CM_SMS_PROVIDER", "infobip"), ("CM_SMS_PREFIXES", "+213,0,x")]).unwrap_err();
        assert_eq!(mistakes.len(), 5, "{mistakes:?}");
        let whole = |url| {
            read(&[
                ("CM_SMS_PROVIDER", "infobip"),
                ("CM_SMS_SECRET", "hunter2"),
                ("CM_SMS_SENDER", "CloudMgr"),
                ("CM_SMS_BASE_URL", url),
            ])
        };
        let config = whole("https://x.api.infobip.com/").unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        assert_eq!(config.account.unwrap().base_url, "https://x.api.infobip.com");
        assert!(whole("http://127.0.0.1:4000").is_ok() && whole("http://localhost:1/").is_ok());
        for unsafe_one in [
            "http://x.api.infobip.com",
            "http://localhost.evil.test",
            "http://127.0.0.1.evil.test:80",
            "ftp://x",
        ] {
            assert!(whole(unsafe_one).is_err(), "{unsafe_one}");
        }
    }
}
