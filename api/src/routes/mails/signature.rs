//! Signed deliveries, as the Standard Webhooks specification describes them: HMAC-SHA256 over `id.timestamp.body`.

use aws_lc_rs::hmac;
use axum::http::HeaderMap;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};

/// How far the sender's clock may be off, in seconds.
const TOLERANCE: i64 = 300;

/// Checks a delivery and returns its id; `None` when anything is wrong.
pub(super) fn verify(headers: &HeaderMap, body: &[u8], secret: &[u8], now: DateTime<Utc>) -> Option<String> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let (id, timestamp, signatures) = (
        text("webhook-id")?,
        text("webhook-timestamp")?,
        text("webhook-signature")?,
    );
    let sent: i64 = timestamp.parse().ok()?;
    if (now.timestamp() - sent).abs() > TOLERANCE {
        return None;
    }
    let secret = std::str::from_utf8(secret).ok()?;
    let key = match secret.strip_prefix("whsec_") {
        Some(encoded) => STANDARD.decode(encoded).ok()?,
        None => secret.as_bytes().to_vec(),
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let mut signed = format!("{id}.{timestamp}.").into_bytes();
    signed.extend_from_slice(body);
    // Several signatures are sent while a secret is being replaced.
    let valid = signatures
        .split(' ')
        .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
        .any(|signature| hmac::verify(&key, &signed, &signature).is_ok());
    valid.then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
