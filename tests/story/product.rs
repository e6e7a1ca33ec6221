//! `cloudmanager up` in a folder of the test's own.

use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;

use crate::client::Client;

const PASSWORD: &str = "demo-CloudManager-2026";

pub struct Product {
    folder: PathBuf,
    port: u16,
    child: Child,
    settings: Vec<(String, String)>,
    pub url: String,
}

fn spawn(folder: &PathBuf, port: u16, settings: &[(String, String)]) -> Child {
    Command::new("setpriv")
        .args([
            "--pdeathsig",
            "TERM",
            "--",
            env!("CARGO_BIN_EXE_cloudmanager"),
            "up",
            "--data-dir",
        ])
        .arg(folder)
        .args(["--port", &port.to_string()])
        .env_remove("DATABASE_URL")
        .env_remove("REDIS_URL")
        .env("CM_RATE_LIMITS", "off")
        .envs(settings.iter().cloned())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

impl Product {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts with these variables set.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        let settings: Vec<(String, String)> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        // Somebody else may take a port between its being found free and being used.
        for _ in 0..2 {
            if let Ok(product) = Self::try_start(&settings).await {
                return product;
            }
        }
        Self::try_start(&settings).await.unwrap()
    }

    async fn try_start(settings: &[(String, String)]) -> Result<Self, &'static str> {
        let folder = std::env::temp_dir().join(format!("cloudmanager-story-{}", uuid::Uuid::now_v7()));
        let port = TcpListener::bind(("127.0.0.1", 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = spawn(&folder, port, settings);
        let mut product = Self {
            folder,
            port,
            child,
            settings: settings.to_vec(),
            url: String::new(),
        };
        product.ready().await?;
        Ok(product)
    }

    fn runtime(&self) -> Option<Value> {
        serde_json::from_slice(&std::fs::read(self.folder.join("runtime.json")).ok()?).ok()
    }

    async fn wait(&mut self) {
        self.ready().await.unwrap();
    }

    async fn ready(&mut self) -> Result<(), &'static str> {
        for _ in 0..1200 {
            if let Some(runtime) = self.runtime() {
                self.url = runtime["url"].as_str().unwrap().to_owned();
                return Ok(());
            }
            if self.child.try_wait().unwrap().is_some() {
                return Err("`up` ended");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err("`up` was not ready within a minute")
    }

    pub async fn client(&self, email: &str) -> Client {
        Client::sign_in(&self.url, email, PASSWORD).await
    }

    /// Kills one process as the kernel would.
    pub fn kill(&self, name: &str) {
        let pid = self.runtime().unwrap()["pids"][name].to_string();
        assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    }

    /// Kills one process and waits until another has taken its place and the product is ready.
    pub async fn kill_and_wait(&self, name: &str) {
        let before = self.runtime().unwrap()["pids"][name].clone();
        self.kill(name);
        for _ in 0..2400 {
            let now = self.runtime().map(|runtime| runtime["pids"][name].clone());
            let ready = reqwest::get(format!("{}/readyz", self.url))
                .await
                .is_ok_and(|answer| answer.status() == 200);
            if ready && now.is_some_and(|now| now != before && !now.is_null()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{name} was not started again within 120 s");
    }

    /// Waits for a sent mail that contains `text`.
    pub async fn sent_mail(&self, text: &str) -> String {
        for _ in 0..600 {
            for entry in std::fs::read_dir(self.folder.join("mail-out"))
                .into_iter()
                .flatten()
                .flatten()
            {
                let mail = std::fs::read_to_string(entry.path()).unwrap_or_default();
                if mail.contains(text) {
                    return mail.replace("\r\n ", " ");
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no mail with {text:?} was sent within 30 s");
    }

    pub async fn restart(&mut self) {
        self.end().await;
        self.child = spawn(&self.folder, self.port, &self.settings);
        self.wait().await;
    }

    async fn end(&mut self) {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        for _ in 0..800 {
            if let Some(status) = self.child.try_wait().unwrap() {
                assert!(status.success(), "`up` ended with {status}");
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("`up` did not stop within 40 s");
    }

    pub async fn stop(&mut self) {
        self.end().await;
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = Command::new("kill").arg(self.child.id().to_string()).status();
            let _ = self.child.wait();
        }
    }
}
