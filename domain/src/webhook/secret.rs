//! Secrets and signatures: HMAC-SHA256 over `id.timestamp.body`, in base64, behind `v1,`.

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What a secret begins with, so that one that leaked is known for what it is.
const PREFIX: &str = "whsec_";
/// Random bytes of a secret; the specification asks for 24 to 64.
pub const BYTES: usize = 32;

/// How long the secret before the present one is signed with as well, so that a receiver can change over in peace.
pub const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// A secret as its receiver gets it.
#[must_use]
pub fn text(bytes: &[u8; BYTES]) -> String {
    format!("{PREFIX}{}", BASE64.encode(bytes))
}

/// The value of the header `webhook-signature`: one signature for each secret that is given, the present one first. A text that is
/// no secret signs nothing.
#[must_use]
pub fn sign<'a>(secrets: impl IntoIterator<Item = &'a str>, id: &str, at: DateTime<Utc>, body: &str) -> String {
    let signatures = secrets.into_iter().filter_map(|secret| one(secret, id, at, body));
    signatures.collect::<Vec<_>>().join(" ")
}

fn one(secret: &str, id: &str, at: DateTime<Utc>, body: &str) -> Option<String> {
    let key = BASE64.decode(secret.strip_prefix(PREFIX)?.as_bytes()).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{}.{body}", at.timestamp()).as_bytes());
    Some(format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_specification_s_own_example_is_signed_as_it_says() {
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", r#"{"test": 2432232314}"#);
        let signed = sign([EXAMPLE], id, at(1_614_265_330), body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_ne!(signed, sign([EXAMPLE], id, at(1_614_265_331), body));
        assert_ne!(signed, sign([EXAMPLE], "msg_other", at(1_614_265_330), body));
    }

    #[test]
    fn while_a_secret_is_replaced_both_sign() {
        let next = text(&[7; BYTES]);
        assert!(next.starts_with("whsec_"));
        let both = sign([next.as_str(), EXAMPLE], "msg_1", at(0), "{}");
        let alone = [&next, EXAMPLE].map(|secret| sign([secret], "msg_1", at(0), "{}"));
        assert_eq!(both, alone.join(" "));
        assert_eq!(sign(["no secret"], "msg_1", at(0), "{}"), "");
    }
}
