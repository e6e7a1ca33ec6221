//! Outgoing webhooks as the [Standard Webhooks specification](https://www.standardwebhooks.com) describes them: which events are
//! told to programs outside, what each tells, how a delivery is signed, and when it is tried again.

pub mod event;
pub mod retry;
pub mod secret;

pub use event::EventType;
use url::Url;

use crate::words::words;

/// Longest address of an endpoint.
pub const URL_MAX: usize = 500;
/// Longest description of an endpoint, in characters.
pub const DESCRIPTION_MAX: usize = 200;
/// Most endpoints.
pub const ENDPOINTS_MAX: i64 = 50;
/// What is kept of an answer's body, in characters.
pub const EXCERPT_MAX: usize = 500;

words! {
    /// Where a delivery is.
    DeliveryState as "WebhookDeliveryState" {
        /// It waits to be sent, or to be sent again.
        Queued = "queued",
        /// It arrived.
        Delivered = "delivered",
        /// It was given up.
        Failed = "failed",
    }
}

words! {
    /// Why a delivery brought no answer.
    Fault as "WebhookFault" {
        /// Its address is none that may be called.
        AddressRefused = "address_refused",
        /// No connection came about: the name, the port or the certificate.
        Unreachable = "unreachable",
        /// It took too long.
        TimedOut = "timed_out",
        /// The connection broke before the answer was there.
        NoAnswer = "no_answer",
        /// The answer is longer than what is read of one.
        TooLong = "too_long",
        /// Not sent: the endpoint is off.
        EndpointOff = "endpoint_off",
        /// It was begun, and whoever sent it never came back.
        Abandoned = "abandoned",
    }
}

/// An address in its one form, when it can be an endpoint's.
///
/// # Errors
/// Why not, as the end of a sentence.
pub fn target(text: &str, loopback: bool) -> Result<String, &'static str> {
    let url = Url::parse(text.trim()).map_err(|_| "it is no address of the web")?;
    crate::outbound::check(&url, loopback)?;
    if url.fragment().is_some() {
        return Err("what follows # is never sent");
    }
    if url.as_str().len() > URL_MAX {
        return Err("it is too long");
    }
    Ok(url.into())
}

/// The text that comes first in an answer, without control characters that a page would stumble over.
#[must_use]
pub fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(body)
        .chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .take(EXCERPT_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_public_and_encrypted() {
        assert_eq!(
            target(" https://Hooks.Example.dz/a?b=c ", false),
            Ok("https://hooks.example.dz/a?b=c".to_owned())
        );
        for bad in [
            "",
            "hooks.example.dz",
            "http://hooks.example.dz/",
            "ftp://hooks.example.dz/",
            "https://user@hooks.example.dz/",
            "https://hooks.example.dz/#x",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest/meta-data",
            "http://localhost:8080/",
        ] {
            assert!(target(bad, false).is_err(), "{bad}");
        }
        assert!(target(&format!("https://a.example/{}", "x".repeat(URL_MAX)), false).is_err());
        assert!(target("http://localhost:8080/", true).is_ok());
        assert!(target("http://127.0.0.1:8080/hook", true).is_ok());
        assert!(target("http://10.0.0.1/", true).is_err());
    }

    #[test]
    fn an_excerpt_is_short_and_readable() {
        assert_eq!(excerpt(b"ok\n\x00\x1b[31m"), "ok\n  [31m");
        assert_eq!(excerpt("é".repeat(2000).as_bytes()).chars().count(), EXCERPT_MAX);
        assert_eq!(excerpt(&[0xff, b'a']), "\u{fffd}a");
    }
}
