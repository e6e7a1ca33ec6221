//! A client that speaks to the router without a network.

use std::sync::{Arc, Mutex};

use api::{ApiConfig, ApiState, Rates, router};
use app::{
    App, SystemClock,
    account::letter::{AccountLetter, Content, letter},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
    response::Response,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{account::times::LinkPurpose, clock::Clock};
use serde_json::Value;
use testkit::TestDb;
use tower::ServiceExt;

/// Password of every account.
pub const PASSWORD: &str = "a long enough password";
/// Address of the account that [`World::login`] uses.
pub const AGENT: &str = "agent@cloudmanager.test";
/// Address of the administrator.
pub const ADMIN: &str = "admin@cloudmanager.test";
/// The public address.
pub const URL: &str = "https://cm.test";

/// A clock that a test moves.
#[derive(Debug)]
pub struct Hands(Mutex<DateTime<Utc>>);

impl Hands {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Utc::now())))
    }

    pub fn forward(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for Hands {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// An API with a database of its own and the demo accounts.
pub struct World {
    pub db: TestDb,
    pub state: ApiState,
    pub router: Router,
}

/// An answer, read in full.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The refresh cookie as a browser would send it back.
    pub fn cookie(&self) -> String {
        let set = self
            .headers
            .get(header::SET_COOKIE)
            .expect("a cookie")
            .to_str()
            .unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    /// Both cookies of a sign-in, as the browser would send them back.
    pub fn cookies(&self) -> String {
        let set = self.headers.get_all(header::SET_COOKIE).iter();
        let pairs: Vec<&str> = set.map(|c| c.to_str().unwrap().split(';').next().unwrap()).collect();
        pairs.join("; ")
    }

    pub fn token(&self) -> String {
        self.body["access_token"].as_str().expect("an access token").to_owned()
    }
}

/// Settings at this address without limits of rates.
pub fn quiet(url: &str) -> ApiConfig {
    ApiConfig {
        rates: Rates::off(),
        ..ApiConfig::new(url)
    }
}

impl World {
    pub async fn new() -> Arc<Self> {
        Self::with(quiet(URL)).await
    }

    /// Set up in another way.
    pub async fn with(config: ApiConfig) -> Arc<Self> {
        Self::at(config, Arc::new(SystemClock)).await
    }

    /// With another clock.
    pub async fn at(config: ApiConfig, clock: Arc<dyn Clock>) -> Arc<Self> {
        Self::over(config, |app| App { clock, ..app }).await
    }

    /// Over surroundings of its own.
    pub async fn over(config: ApiConfig, change: impl FnOnce(App) -> App) -> Arc<Self> {
        let db = TestDb::new().await;
        let app = change(testkit::app_over(db.pool.clone()));
        app::seed::base(&app).await.unwrap();
        app::seed::demo(&app, PASSWORD).await.unwrap();
        let state = ApiState::new(app, config, Vec::new()).unwrap();
        let router = router(state.clone());
        Arc::new(Self { db, state, router })
    }

    /// Another process over the same database.
    pub fn another(&self, config: ApiConfig) -> Arc<Self> {
        let state = ApiState::new(self.state.app.clone(), config, Vec::new()).unwrap();
        let db = TestDb {
            url: self.db.url.clone(),
            pool: self.db.pool.clone(),
        };
        let router = router(state.clone());
        Arc::new(Self { db, state, router })
    }

    pub async fn raw(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.raw(request).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 10_000_000).await.unwrap();
        let body =
            serde_json::from_slice(&bytes).unwrap_or(Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// A request with these headers and this JSON body; `null` is no body.
    pub async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        };
        self.send(request.body(body).unwrap()).await
    }

    pub async fn try_login(&self, email: &str, password: &str) -> Answer {
        let body = serde_json::json!({ "email": email, "password": password });
        self.call("POST", "/api/v1/auth/login", &[], body).await
    }

    pub async fn login(&self) -> Answer {
        let answer = self.try_login(AGENT, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
        answer
    }

    /// The account mails that are due, and takes them off the queue.
    pub async fn mails(&self) -> Vec<AccountLetter> {
        let due = "kind = 'send_account_mail' AND state = 'queued'";
        let rows = self
            .db
            .texts(&format!("SELECT payload::text FROM jobs WHERE {due} ORDER BY id"))
            .await;
        self.db
            .execute(&format!(
                "UPDATE jobs SET state = 'cancelled', finished_at = now() WHERE {due}"
            ))
            .await;
        let mut letters = Vec::new();
        for row in rows {
            let job = serde_json::from_str(&row).unwrap();
            letters.extend(letter(&self.state.app, &job).await.unwrap());
        }
        letters
    }

    /// The token of the only mail that is due, which must be a link for this.
    pub async fn mailed_token(&self, to: &str, purpose: LinkPurpose) -> String {
        let mails = self.mails().await;
        let mut found = mails.iter().filter_map(|mail| match &mail.content {
            Content::Link { purpose: p, url, .. } if *p == purpose && mail.to == to => url.split_once("#token="),
            _ => None,
        });
        found
            .next()
            .unwrap_or_else(|| panic!("no {purpose:?} for {to} in {mails:?}"))
            .1
            .to_owned()
    }

    /// A POST without a session.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, &[], body).await
    }

    /// A request of a signed-in person.
    pub async fn own(&self, method: &str, path: &str, token: &str, body: Value) -> Answer {
        self.call(method, path, &[("authorization", &format!("Bearer {token}"))], body)
            .await
    }

    pub async fn refresh(&self, cookie: &str) -> Answer {
        self.call("POST", "/api/v1/auth/refresh", &[("cookie", cookie)], Value::Null)
            .await
    }

    pub async fn me(&self, token: &str) -> Answer {
        self.call(
            "GET",
            "/api/v1/me",
            &[("authorization", &format!("Bearer {token}"))],
            Value::Null,
        )
        .await
    }

    /// Changes oneself, whatever the version.
    pub async fn change_me(&self, token: &str, body: Value) -> Answer {
        let version = self.me(token).await.body["version"].as_i64();
        self.act(token, "PATCH", "/api/v1/me", version, body).await
    }

    /// Signs this account in and returns its access token.
    pub async fn token_of(&self, email: &str) -> String {
        let answer = self.try_login(email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{email}: {:?}", answer.body);
        answer.token()
    }

    /// A request with a token; `version` goes into `If-Match`.
    pub async fn act(&self, token: &str, method: &str, path: &str, version: Option<i64>, body: Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let etag = version.map(|version| format!("\"{version}\""));
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(etag.as_deref().map(|etag| ("if-match", etag)));
        self.call(method, path, &headers, body).await
    }
}
