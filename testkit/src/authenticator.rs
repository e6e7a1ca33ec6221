//! An authenticator in software: it makes passkeys (ES256) and signs with them as a browser and its device do, and lies when told to.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const MAY_BE_COPIED: u8 = 0x08;
const COPIED: u8 = 0x10;
const HAS_KEY: u8 = 0x40;

/// A device with one passkey at most.
#[derive(Debug)]
pub struct Authenticator {
    /// Origin that the browser tells.
    pub origin: String,
    /// Site the device signs for; what it is asked for when `None`.
    pub rp_id: Option<String>,
    /// Has recognised its owner.
    pub verified: bool,
    /// Copies its passkeys to other devices.
    pub copied: bool,
    /// Uses it has counted; one that stays at 0 does not count.
    pub count: u32,
    /// Id of its passkey.
    pub id: Vec<u8>,
    /// Whose it is.
    pub owner: Vec<u8>,
    key: EcdsaKeyPair,
}

impl Authenticator {
    /// A device in a browser that shows a page of this origin.
    ///
    /// # Panics
    /// Without randomness.
    #[must_use]
    pub fn at(origin: &str) -> Self {
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).expect("randomness");
        Self {
            origin: origin.to_owned(),
            rp_id: None,
            verified: true,
            copied: false,
            count: 1,
            id: uuid::Uuid::new_v4().as_bytes().to_vec(),
            owner: Vec::new(),
            key: EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref()).expect("its own key"),
        }
    }

    /// Makes its passkey: `RegistrationResponseJSON` for `PublicKeyCredentialCreationOptionsJSON`.
    ///
    /// # Panics
    /// When the options are not such.
    pub fn create(&mut self, options: &Value) -> Value {
        self.owner = bytes(&options["user"]["id"]);
        let mut data = self.data(&options["rp"]["id"], HAS_KEY);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).expect("short").to_be_bytes());
        data.extend(&self.id);
        // The point without its leading 4, as a COSE key: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
        let point = &self.key.public_key().as_ref()[1..];
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[..32]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[32..]);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(u16::try_from(data.len()).expect("short").to_be_bytes());
        object.extend(data);
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key",
            "response": {
                "clientDataJSON": text(&self.client("webauthn.create", &options["challenge"])),
                "attestationObject": text(&object),
                "transports": ["internal", "hybrid"],
            },
            "clientExtensionResults": { "credProps": { "rk": true } },
        })
    }

    /// Signs: `AuthenticationResponseJSON` for `PublicKeyCredentialRequestOptionsJSON`.
    ///
    /// # Panics
    /// When the options are not such.
    pub fn get(&mut self, options: &Value) -> Value {
        if self.count > 0 {
            self.count += 1;
        }
        let data = self.data(&options["rpId"], 0);
        let client = self.client("webauthn.get", &options["challenge"]);
        let mut signed = data.clone();
        signed.extend(digest(&SHA256, &client).as_ref());
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("randomness");
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key",
            "response": {
                "clientDataJSON": text(&client), "authenticatorData": text(&data),
                "signature": text(signature.as_ref()), "userHandle": text(&self.owner),
            },
            "clientExtensionResults": {},
        })
    }

    fn data(&self, asked: &Value, more: u8) -> Vec<u8> {
        let site = self.rp_id.as_deref().unwrap_or_else(|| asked.as_str().expect("a site"));
        let mut flags = PRESENT | more;
        if self.verified {
            flags |= VERIFIED;
        }
        if self.copied {
            flags |= MAY_BE_COPIED | COPIED;
        }
        let mut data = digest(&SHA256, site.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    fn client(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD
        .decode(text.as_str().expect("base64url"))
        .expect("base64url")
}
