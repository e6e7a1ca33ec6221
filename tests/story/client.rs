//! A client of the API.

use std::time::Duration;

use serde_json::{Value, json};

pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

impl Client {
    pub fn anonymous(url: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            url: url.to_owned(),
            token: None,
        }
    }

    pub async fn sign_in(url: &str, email: &str, password: &str) -> Self {
        let mut client = Self::anonymous(url);
        let (status, answer) = client
            .send(
                "POST",
                "/api/v1/auth/login",
                &json!({"email": email, "password": password}),
            )
            .await;
        assert_eq!(status, 200, "{answer}");
        client.token = answer["access_token"].as_str().map(str::to_owned);
        client
    }

    pub async fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.send_with(method, path, &[], body).await
    }

    pub async fn send_with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
        let mut request = self
            .http
            .request(method.parse().unwrap(), format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    pub async fn deliver(&self, mail: &str) -> Value {
        self.deliver_bytes(mail.as_bytes()).await
    }

    /// Posts a mail and waits until it has its place.
    pub async fn deliver_bytes(&self, mail: &[u8]) -> Value {
        let response = self
            .http
            .post(format!("{}/api/v1/mail/inbound", self.url))
            .bearer_auth(self.token.as_deref().unwrap())
            .header("content-type", "message/rfc822")
            .body(mail.to_vec())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 202);
        let accepted: Value = response.json().await.unwrap();
        let path = format!("/api/v1/mails/{}", accepted["id"].as_str().unwrap());
        for _ in 0..600 {
            let (status, journey) = self.send("GET", &path, &Value::Null).await;
            assert_eq!(status, 200, "{journey}");
            if journey["state"] != "received" {
                return journey;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the mail was not settled within 30 s");
    }
}
