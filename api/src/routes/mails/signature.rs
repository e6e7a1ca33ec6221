//! Signed deliveries, as the Standard Webhooks specification describes them: HMAC-SHA256 over `id.timestamp.body`.

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use axum::http::HeaderMap;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};

/// How far the sender's clock may be off, in seconds.
const TOLERANCE: i64 = 300;

/// The header that says that a delivery is signed.
pub(super) const HEADER: &str = "webhook-signature";

/// A delivery whose body is still arriving.
pub(super) struct Check {
    id: String,
    hmac: hmac::Context,
    signatures: Vec<Vec<u8>>,
}

impl Check {
    /// Begins to check a delivery; `None` when its headers are wrong already.
    pub(super) fn new(headers: &HeaderMap, secret: &[u8], now: DateTime<Utc>) -> Option<Self> {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        let (id, timestamp, signatures) = (text("webhook-id")?, text("webhook-timestamp")?, text(HEADER)?);
        let sent: i64 = timestamp.parse().ok()?;
        if now.timestamp().checked_sub(sent)?.checked_abs()? > TOLERANCE {
            return None;
        }
        let secret = std::str::from_utf8(secret).ok()?;
        let key = match secret.strip_prefix("whsec_") {
            Some(encoded) => STANDARD.decode(encoded).ok()?,
            None => secret.as_bytes().to_vec(),
        };
        if key.is_empty() {
            return None;
        }
        let mut hmac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &key));
        hmac.update(format!("{id}.{timestamp}.").as_bytes());
        // Several signatures are sent while a secret is being replaced.
        let signatures = signatures
            .split(' ')
            .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
            .collect();
        Some(Self {
            id: id.to_owned(),
            hmac,
            signatures,
        })
    }

    /// The next bytes of the body.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.hmac.update(bytes);
    }

    /// The delivery's id, when a signature fits what arrived.
    pub(super) fn verify(self) -> Option<String> {
        let tag = self.hmac.sign();
        let fits = |signature: &Vec<u8>| verify_slices_are_equal(tag.as_ref(), signature).is_ok();
        self.signatures.iter().any(fits).then_some(self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verify(headers: &HeaderMap, body: &[u8], secret: &[u8], now: DateTime<Utc>) -> Option<String> {
        let mut check = Check::new(headers, secret, now)?;
        body.chunks(5).for_each(|bytes| check.update(bytes));
        check.verify()
    }

    fn headers(id: &str, at: i64, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", id.parse().unwrap());
        headers.insert("webhook-timestamp", at.to_string().parse().unwrap());
        headers.insert("webhook-signature", signature.parse().unwrap());
        headers
    }

    #[test]
    fn the_specification_s_own_example_verifies() {
        let secret = b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        let headers = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, signature);
        let now = DateTime::from_timestamp(1_614_265_330, 0).unwrap();
        assert!(verify(&headers, br#"{"test": 2432232314}"#, secret, now).is_some());
        assert!(
            verify(&headers, br#"{"test": 2432232315}"#, secret, now).is_none(),
            "altered body"
        );
        let late = DateTime::from_timestamp(1_614_265_330 + 301, 0).unwrap();
        assert!(
            verify(&headers, br#"{"test": 2432232314}"#, secret, late).is_none(),
            "old delivery"
        );
        let mut absurd = headers.clone();
        absurd.insert("webhook-timestamp", i64::MIN.to_string().parse().unwrap());
        assert!(verify(&absurd, b"", secret, now).is_none(), "a time that cannot be");
    }
}
