//! A provider in the same process, over real HTTP, that says what a test wants it to say, also what no honest one would.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use app::ports;
use async_trait::async_trait;
use aws_lc_rs::{
    digest, hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::{DateTime, Utc};
use domain::oidc::{Discovered, Fault, Identity, Registration, Try};
use integrations::oidc::Issuers;
use serde_json::{Value, json};

pub const CLIENT: &str = "our:id";
pub const SECRET: &str = "a secret with : and %";

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    Well,
    /// `alg: none`, without a signature.
    NotAtAll,
    /// HS256 with the client's secret.
    WithOurSecret,
    /// HS256 with the public key as the secret.
    WithThePublicKey,
    /// By somebody else, under the id of the published key.
    ByAStranger,
    /// By somebody else, whose key stands in the header.
    ByABroughtKey,
}

#[derive(Debug)]
pub struct Provider {
    pub url: String,
    key: Mutex<Ed25519KeyPair>,
    kid: Mutex<String>,
    pub signed: Mutex<Signed>,
    /// Claims in place of the honest ones; `null` leaves one out.
    pub claims: Mutex<Value>,
    /// What the userinfo endpoint says; `null`, and nothing is there.
    pub userinfo: Mutex<Value>,
    /// Entries in place of those of the discovery document.
    pub discovery: Mutex<Value>,
    pub down: Mutex<bool>,
    visits: Mutex<HashMap<String, HashMap<String, String>>>,
}

/// Over the guarded client, which reaches this machine here.
#[derive(Debug)]
pub struct Callers(pub Issuers);

#[async_trait]
impl ports::Issuers for Callers {
    async fn authorization(&self, registration: &Registration, secrets: &Try) -> Result<String, Fault> {
        self.0.authorization(registration, secrets).await
    }

    async fn identify(
        &self,
        registration: &Registration,
        secrets: &Try,
        code: String,
        now: DateTime<Utc>,
    ) -> Result<Identity, Fault> {
        self.0.identify(registration, secrets, code, now).await
    }

    async fn discover(&self, registration: &Registration) -> Result<Discovered, Fault> {
        self.0.discover(registration).await
    }
}

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

fn replace(document: &mut Value, with: &Value) {
    for (name, value) in with.as_object().into_iter().flatten() {
        let all = document.as_object_mut().unwrap();
        if value.is_null() {
            all.remove(name);
        } else {
            all.insert(name.clone(), value.clone());
        }
    }
}

impl Provider {
    pub async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Arc::new(Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            key: Mutex::new(Ed25519KeyPair::generate().unwrap()),
            kid: Mutex::new("one".to_owned()),
            signed: Mutex::new(Signed::Well),
            claims: Mutex::new(json!({})),
            userinfo: Mutex::new(Value::Null),
            discovery: Mutex::new(json!({})),
            down: Mutex::new(false),
            visits: Mutex::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// Signs with another key from now on.
    pub fn rotate(&self) {
        *self.key.lock().unwrap() = Ed25519KeyPair::generate().unwrap();
        *self.kid.lock().unwrap() = "two".to_owned();
    }

    /// What a browser does that is sent there: the person agrees, and gets a code. Returns code and state.
    pub fn visit(&self, url: &str) -> (String, String) {
        let (at, query) = url.split_once('?').unwrap();
        assert_eq!(at, format!("{}/authorize", self.url));
        let asked = pairs(query);
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT);
        assert_eq!(asked["redirect_uri"], "http://localhost:8080/sign-in/callback");
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        assert!(asked["state"].len() >= 43 && asked["nonce"].len() >= 43);
        let code = format!("code-{}", uuid::Uuid::now_v7());
        let state = asked["state"].clone();
        self.visits.lock().unwrap().insert(code.clone(), asked);
        (code, state)
    }

    /// What the person was asked with this code.
    pub fn asked(&self, code: &str) -> HashMap<String, String> {
        self.visits.lock().unwrap()[code].clone()
    }

    fn id_token(&self, nonce: &str) -> String {
        let now = Utc::now().timestamp();
        let mut claims = json!({
            "iss": self.url, "aud": CLIENT, "sub": "person-1", "iat": now, "exp": now + 300, "nonce": nonce,
            "email": "ana@example.dz", "email_verified": true, "name": "Ana B.",
        });
        replace(&mut claims, &self.claims.lock().unwrap());
        let key = self.key.lock().unwrap();
        let stranger = Ed25519KeyPair::generate().unwrap();
        let how = *self.signed.lock().unwrap();
        let mut header = json!({ "alg": "EdDSA", "kid": *self.kid.lock().unwrap(), "typ": "JWT" });
        match how {
            Signed::NotAtAll => header["alg"] = "none".into(),
            Signed::WithOurSecret | Signed::WithThePublicKey => header["alg"] = "HS256".into(),
            Signed::ByABroughtKey => header["jwk"] = jwk(&stranger, "brought"),
            Signed::Well | Signed::ByAStranger => {}
        }
        let text = format!("{}.{}", encode(&header), encode(&claims));
        let keyed = |secret: &[u8]| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
            hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
        };
        let signature = match how {
            Signed::Well => key.sign(text.as_bytes()).as_ref().to_vec(),
            Signed::NotAtAll => Vec::new(),
            Signed::WithOurSecret => keyed(SECRET.as_bytes()),
            Signed::WithThePublicKey => keyed(key.public_key().as_ref()),
            Signed::ByAStranger | Signed::ByABroughtKey => stranger.sign(text.as_bytes()).as_ref().to_vec(),
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn jwk(key: &Ed25519KeyPair, kid: &str) -> Value {
    let x = URL_SAFE_NO_PAD.encode(key.public_key().as_ref());
    json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid, "x": x })
}

fn pairs(text: &str) -> HashMap<String, String> {
    text.split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), percent(value)))
        .collect()
}

fn percent(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let hex: String = rest.by_ref().take(2).map(char::from).collect();
                bytes.push(u8::from_str_radix(&hex, 16).unwrap());
            }
            b'+' => bytes.push(b' '),
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).unwrap()
}

type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

async fn configuration(State(provider): State<Arc<Provider>>) -> Answer {
    if *provider.down.lock().unwrap() {
        return Err((StatusCode::BAD_GATEWAY, Json(json!("down"))));
    }
    let url = &provider.url;
    let mut document = json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/jwks"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    });
    if !provider.userinfo.lock().unwrap().is_null() {
        document["userinfo_endpoint"] = format!("{url}/userinfo").into();
    }
    replace(&mut document, &provider.discovery.lock().unwrap());
    Ok(Json(document))
}

async fn jwks(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let kid = provider.kid.lock().unwrap().clone();
    Json(json!({ "keys": [jwk(&provider.key.lock().unwrap(), &kid)] }))
}

async fn token(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: String) -> Answer {
    let form = pairs(&body);
    let refuse = |code: &str| Err((StatusCode::BAD_REQUEST, Json(json!({ "error": code }))));
    let given = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let pair = STANDARD.decode(given.trim_start_matches("Basic ")).unwrap_or_default();
    let pair = String::from_utf8(pair).unwrap_or_default();
    let (id, secret) = pair.split_once(':').unwrap_or_default();
    if percent(id) != CLIENT || percent(secret) != SECRET {
        return refuse("invalid_client");
    }
    // A code is good once.
    let Some(asked) = provider.visits.lock().unwrap().remove(&form["code"]) else {
        return refuse("invalid_grant");
    };
    let challenge = digest::digest(&digest::SHA256, form["code_verifier"].as_bytes());
    if URL_SAFE_NO_PAD.encode(challenge) != asked["code_challenge"] || form["redirect_uri"] != asked["redirect_uri"] {
        return refuse("invalid_grant");
    }
    let id_token = provider.id_token(&asked["nonce"]);
    Ok(Json(
        json!({ "access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": id_token }),
    ))
}

async fn userinfo(State(provider): State<Arc<Provider>>) -> Json<Value> {
    Json(provider.userinfo.lock().unwrap().clone())
}
