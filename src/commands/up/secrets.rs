//! Secrets of an installation started with `up`: made once, kept in the data directory, readable by its owner only.

use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use anyhow::{Context, Result};
use base64::Engine;
use serde::{Deserialize, Serialize};

/// Passwords of the demonstration are the same everywhere: they protect nothing.
const DEMO_PASSWORD: &str = "demo-CloudManager-2026";

#[derive(Serialize, Deserialize)]
pub struct Secrets {
    pub master_key: String,
    pub admin_password: String,
    pub demo_password: String,
}

/// Reads the secrets, or makes them the first time.
pub fn load_or_make(dir: &Path) -> Result<Secrets> {
    let path = dir.join("secrets.json");
    if path.exists() {
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        return serde_json::from_slice(&bytes).with_context(|| format!("{} cannot be read", path.display()));
    }
    let mut key = [0_u8; 32];
    let mut password = [0_u8; 12];
    app::seal::random(&mut key)?;
    app::seal::random(&mut password)?;
    let secrets = Secrets {
        master_key: base64::engine::general_purpose::STANDARD.encode(key),
        admin_password: base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(password),
        demo_password: DEMO_PASSWORD.to_owned(),
    };
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    file.write_all(&serde_json::to_vec_pretty(&secrets)?)?;
    file.sync_all()?;
    Ok(secrets)
}
