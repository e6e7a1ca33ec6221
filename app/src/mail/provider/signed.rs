//! Whether a report is the provider's: SendGrid signs with a key of which we know the public half (ECDSA over P-256), Amazon SNS with one whose
//! certificate it offers at an address of its own (RSA, SHA-256). SHA-1 is not taken: two texts with one signature can be made.

use std::{collections::BTreeMap, sync::Arc};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use domain::mail::provider::{Envelope, is_sns_certificate, is_sns_confirmation};
use tokio::sync::Mutex;

use crate::{AppError, ports::Fetch};

/// What stands before the point of a public key of P-256 in its usual form (RFC 5480, `SubjectPublicKeyInfo`).
const P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// Most certificates that are remembered; Amazon has one for each region and renews it once in years.
const CERTIFICATES: usize = 16;
/// Where there was no certificate nobody looks again for so long.
const PAUSE: TimeDelta = TimeDelta::minutes(1);
/// Most addresses that are asked within [`PAUSE`] without an answer of use. Anybody can post addresses that look right; Amazon posts again
/// what was put off.
const ASKED: usize = 5;
/// Tags of DER (ITU-T X.690) that a certificate is read by.
const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;
const VERSION: u8 = 0xa0;

/// It is no verification key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no public key of P-256 in base64")]
pub struct NotAKey;

/// How reports of providers are recognised.
#[derive(Debug, Default)]
pub struct MailReports {
    sendgrid: Option<Vec<u8>>,
    topic: Option<String>,
    web: Option<Arc<dyn Fetch>>,
    certificates: Mutex<Certificates>,
}

/// What is known of certificates, by their address.
#[derive(Debug, Default)]
struct Certificates {
    /// Their public keys.
    keys: BTreeMap<String, Vec<u8>>,
    /// When those were asked for that are not there, or not yet.
    asked: BTreeMap<String, DateTime<Utc>>,
}

impl Certificates {
    /// Notes that this one is asked for now; `false` when it is not to be, because it just was, or too many were.
    fn ask(&mut self, address: &str, now: DateTime<Utc>) -> bool {
        self.asked.retain(|_, at| now - *at < PAUSE);
        if self.asked.len() >= ASKED || self.asked.contains_key(address) {
            return false;
        }
        self.asked.insert(address.to_owned(), now);
        true
    }

    fn know(&mut self, address: &str, key: &[u8]) {
        self.asked.remove(address);
        if self.keys.len() >= CERTIFICATES {
            self.keys.clear();
        }
        self.keys.insert(address.to_owned(), key.to_vec());
    }
}

impl MailReports {
    /// With SendGrid's verification key as it shows it, if there is one.
    ///
    /// # Errors
    /// [`NotAKey`].
    pub fn with_sendgrid(mut self, key: Option<&str>) -> Result<Self, NotAKey> {
        self.sendgrid = match key {
            None => None,
            Some(key) => {
                let spki = STANDARD.decode(key.trim()).map_err(|_| NotAKey)?;
                let point = spki.strip_prefix(&P256).ok_or(NotAKey)?;
                if point.len() != 65 || point.first() != Some(&4) {
                    return Err(NotAKey);
                }
                Some(point.to_vec())
            }
        };
        Ok(self)
    }

    /// With the topic that SES tells, if there is one, and the way to Amazon.
    #[must_use]
    pub fn with_topic(mut self, topic: Option<String>, web: Arc<dyn Fetch>) -> Self {
        self.topic = topic;
        self.web = Some(web);
        self
    }

    pub(super) fn topic(&self) -> Option<&str> {
        self.topic.as_deref()
    }

    /// Whether SendGrid posted it; `None` when nothing is known of SendGrid.
    pub(super) fn of_sendgrid(&self, signature: &str, timestamp: &str, body: &[u8]) -> Option<bool> {
        let point = self.sendgrid.as_ref()?;
        let Ok(signature) = STANDARD.decode(signature.trim()) else {
            return Some(false);
        };
        let signed = [timestamp.as_bytes(), body].concat();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point);
        Some(key.verify(&signed, &signature).is_ok())
    }

    /// Whether Amazon SNS posted it.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when its certificate cannot be had, or is not asked for again yet.
    pub(super) async fn of_sns(&self, envelope: &Envelope, now: DateTime<Utc>) -> Result<bool, AppError> {
        let address = envelope.signing_cert_url.as_str();
        let Ok(signature) = STANDARD.decode(envelope.signature.trim()) else {
            return Ok(false);
        };
        if envelope.signature_version != "2" || !is_sns_certificate(address, self.topic().unwrap_or_default()) {
            return Ok(false);
        }
        let Some(key) = self.key(address, now).await? else {
            return Ok(false);
        };
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key);
        Ok(key.verify(envelope.signed().as_bytes(), &signature).is_ok())
    }

    /// Says that we want the topic's notifications.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`] for an address that is not Amazon's; [`AppError::Unavailable`].
    pub(super) async fn confirm(&self, address: &str) -> Result<(), AppError> {
        if !is_sns_confirmation(address, self.topic().unwrap_or_default()) {
            return Err(AppError::Unauthenticated);
        }
        self.fetch(address).await.map(|_| ())
    }

    async fn fetch(&self, address: &str) -> Result<Vec<u8>, AppError> {
        match &self.web {
            Some(web) => web.get(address).await,
            None => Err(AppError::Unavailable("this process calls nobody".to_owned())),
        }
    }

    /// The public key of the certificate at this address, which is asked for once; none when it is no certificate.
    async fn key(&self, address: &str, now: DateTime<Utc>) -> Result<Option<Vec<u8>>, AppError> {
        let mut known = self.certificates.lock().await;
        if let Some(key) = known.keys.get(address) {
            return Ok(Some(key.clone()));
        }
        if !known.ask(address, now) {
            return Err(AppError::Unavailable(
                "certificates of SNS are not asked for again yet".to_owned(),
            ));
        }
        // Nobody whose certificate is known waits for this one.
        drop(known);
        let Some(key) = public_key(&self.fetch(address).await?) else {
            return Ok(None);
        };
        self.certificates.lock().await.know(address, &key);
        Ok(Some(key))
    }
}

/// A value of DER: its tag, what it holds, and what follows it.
fn value(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (held, rest) = rest.split_at_checked(length)?;
    Some((tag, held, rest))
}

/// What a value of this tag holds, and what follows it.
fn held(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, held, rest) = value(bytes)?;
    (tag == wanted).then_some((held, rest))
}

/// The public key of a certificate in PEM (RFC 5280, 4.1): what the bit string of its key holds.
fn public_key(pem: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(pem).ok()?.trim();
    // The file is the certificate: one that stands within something else was put there by somebody.
    let rest = text.strip_prefix("-----BEGIN CERTIFICATE-----")?;
    let base64 = rest.strip_suffix("-----END CERTIFICATE-----")?;
    let base64: String = base64.split_ascii_whitespace().collect();
    let der = STANDARD.decode(base64).ok()?;
    let (certificate, _) = held(&der, SEQUENCE)?;
    let (mut fields, _) = held(certificate, SEQUENCE)?;
    if let Some((_, rest)) = held(fields, VERSION) {
        fields = rest;
    }
    // Number, algorithm, issuer, validity and subject stand before it.
    for _ in 0..5 {
        fields = value(fields)?.2;
    }
    let (key, _) = held(fields, SEQUENCE)?;
    let (_, rest) = held(key, SEQUENCE)?;
    let (bits, _) = held(rest, BIT_STRING)?;
    // How many bits of the last byte are unused: none.
    bits.strip_prefix(&[0]).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use aws_lc_rs::{
        rand::SystemRandom,
        rsa::KeySize,
        signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
    };
    use serde_json::json;

    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-west-3:123456789012:ses";

    fn der(tag: u8, held: &[u8]) -> Vec<u8> {
        let length = u16::try_from(held.len()).unwrap().to_be_bytes();
        [&[tag, 0x82, length[0], length[1]][..], held].concat()
    }

    /// A certificate around this key that nobody signed: Amazon's own address vouches for it.
    fn certificate(key: &[u8]) -> Vec<u8> {
        let bits = der(BIT_STRING, &[&[0], key].concat());
        let spki = der(SEQUENCE, &[der(SEQUENCE, &[]), bits].concat());
        let empty = || der(SEQUENCE, &[]);
        let fields = [
            der(VERSION, &[2, 1, 2]),
            vec![2, 1, 7],
            empty(),
            empty(),
            empty(),
            empty(),
            spki,
        ]
        .concat();
        let whole = der(SEQUENCE, &[der(SEQUENCE, &fields), empty()].concat());
        let text = STANDARD.encode(whole);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n").into_bytes()
    }

    #[derive(Debug)]
    struct Amazon {
        certificate: Vec<u8>,
        asked: Mutex<Vec<String>>,
    }

    /// A notification whose certificate is said to be this one.
    fn envelope(certificate: u64) -> Envelope {
        let address = format!("https://sns.eu-west-3.amazonaws.com/SimpleNotificationService-{certificate:016x}.pem");
        serde_json::from_value(
            json!({ "Type": "Notification", "MessageId": "1", "TopicArn": TOPIC, "Message": "hi",
            "Timestamp": "t", "SignatureVersion": "2", "Signature": "", "SigningCertURL": address }),
        )
        .unwrap()
    }

    #[async_trait]
    impl Fetch for Amazon {
        async fn get(&self, address: &str) -> Result<Vec<u8>, AppError> {
            self.asked.lock().await.push(address.to_owned());
            Ok(self.certificate.clone())
        }
    }

    #[test]
    fn sendgrids_signature_is_over_the_moment_and_the_body() {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let spki = [&P256[..], pair.public_key().as_ref()].concat();
        let known = MailReports::default()
            .with_sendgrid(Some(&STANDARD.encode(spki)))
            .unwrap();
        let signature = pair.sign(&SystemRandom::new(), b"1700000000[{}]").unwrap();
        let signature = STANDARD.encode(signature.as_ref());
        assert_eq!(known.of_sendgrid(&signature, "1700000000", b"[{}]"), Some(true));
        for (signature, timestamp, body) in [
            (signature.as_str(), "1700000001", &b"[{}]"[..]),
            (&signature, "1700000000", b"[{} ]"),
            ("AAAA", "1700000000", b"[{}]"),
            ("?", "1700000000", b"[{}]"),
        ] {
            assert_eq!(known.of_sendgrid(signature, timestamp, body), Some(false));
        }
        assert_eq!(
            MailReports::default().of_sendgrid(&signature, "1700000000", b"[{}]"),
            None
        );
        for bad in ["", "AAAA", "not base64"] {
            assert_eq!(MailReports::default().with_sendgrid(Some(bad)).err(), Some(NotAKey));
        }
    }

    #[tokio::test]
    async fn amazons_certificate_is_fetched_once_and_from_amazon_alone() {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let amazon = Arc::new(Amazon {
            certificate: certificate(pair.public_key().as_ref()),
            asked: Mutex::default(),
        });
        let known = MailReports::default().with_topic(Some(TOPIC.to_owned()), amazon.clone());
        let (mut envelope, now) = (envelope(1), DateTime::UNIX_EPOCH);
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            envelope.signed().as_bytes(),
            &mut signature,
        )
        .unwrap();
        envelope.signature = STANDARD.encode(&signature);
        assert!(known.of_sns(&envelope, now).await.unwrap());
        assert!(known.of_sns(&envelope, now).await.unwrap());
        assert_eq!(amazon.asked.lock().await.len(), 1);
        let changed = [
            Envelope {
                message: "ho".to_owned(),
                ..envelope.clone()
            },
            Envelope {
                signature_version: "1".to_owned(),
                ..envelope.clone()
            },
            Envelope {
                signing_cert_url:
                    "https://sns.eu-west-3.amazonaws.com.evil.test/SimpleNotificationService-01d088a6f77103d0.pem"
                        .to_owned(),
                ..envelope
            },
        ];
        for forged in changed {
            assert!(!known.of_sns(&forged, now).await.unwrap(), "{forged:?}");
        }
        assert!(known.confirm("https://evil.test/").await.is_err());
        assert_eq!(amazon.asked.lock().await.len(), 1, "nobody else is asked");
    }

    #[tokio::test]
    async fn where_no_certificate_is_nobody_looks_again_for_a_minute_nor_at_many_places() {
        let amazon = Arc::new(Amazon {
            certificate: b"<Error>AccessDenied</Error>".to_vec(),
            asked: Mutex::default(),
        });
        let known = MailReports::default().with_topic(Some(TOPIC.to_owned()), amazon.clone());
        let now = DateTime::UNIX_EPOCH;
        let asked = async || amazon.asked.lock().await.len();
        assert!(!known.of_sns(&envelope(0), now).await.unwrap());
        let again = known.of_sns(&envelope(0), now + PAUSE - TimeDelta::seconds(1)).await;
        assert!(matches!(again, Err(AppError::Unavailable(_))), "{again:?}");
        assert_eq!(asked().await, 1);
        for certificate in 1..100 {
            let _ = known.of_sns(&envelope(certificate), now).await;
        }
        assert_eq!(asked().await, ASKED);
        assert!(!known.of_sns(&envelope(0), now + PAUSE).await.unwrap());
        assert_eq!(asked().await, ASKED + 1);
    }

    #[test]
    fn what_is_no_certificate_has_no_key() {
        for bad in [
            &b""[..],
            b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----",
            b"-----BEGIN CERTIFICATE-----\nMIIBIjAN\n-----END CERTIFICATE-----",
            b"<Data>-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----</Data>",
            b"\xff",
        ] {
            assert_eq!(public_key(bad), None);
        }
    }
}
