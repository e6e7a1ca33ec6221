//! What `up` tells people and programs.

use std::{collections::BTreeMap, fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use anyhow::Result;

use super::secrets::Secrets;

pub struct Login {
    pub email: String,
    pub password: String,
}

pub struct Runtime<'a> {
    pub url: &'a str,
    pub database_url: String,
    pub redis_url: String,
    pub admin: &'a Login,
    /// Where simulated phones show their texts.
    pub phones: Option<String>,
    pub postgres: Option<u32>,
    pub redis: Option<u32>,
}

/// Writes `runtime.json`, readable by its owner only, in one step.
pub fn write(dir: &Path, runtime: &Runtime<'_>, children: &BTreeMap<String, u32>) -> Result<()> {
    let mut pids = serde_json::Map::new();
    pids.insert("up".to_owned(), std::process::id().into());
    for (name, pid) in [("postgres", runtime.postgres), ("redis", runtime.redis)] {
        if let Some(pid) = pid {
            pids.insert(name.to_owned(), pid.into());
        }
    }
    pids.extend(children.iter().map(|(name, pid)| (name.clone(), (*pid).into())));
    let json = serde_json::json!({
        "url": runtime.url,
        "database_url": runtime.database_url,
        "redis_url": runtime.redis_url,
        "phones": runtime.phones,
        "admin": { "email": runtime.admin.email, "password": runtime.admin.password },
        "pids": pids,
    });
    let path = dir.join("runtime.json");
    let partial = dir.join("runtime.json.new");
    let _ = fs::remove_file(&partial);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&partial)?;
    file.write_all(&serde_json::to_vec_pretty(&json)?)?;
    fs::rename(partial, path)?;
    Ok(())
}

pub fn print(dir: &Path, runtime: &Runtime<'_>, secrets: &Secrets, no_demo: bool) {
    println!("\nCloudManager is running at {}", runtime.url);
    if no_demo {
        println!("  administrator   {}   {}", runtime.admin.email, runtime.admin.password);
    } else {
        for (who, email) in [
            ("administrator", "admin@cloudmanager.test"),
            ("corporate", "agent@cloudmanager.test"),
            ("client", "client@cloudmanager.test"),
        ] {
            println!("  {who:<15} {email:<28} {}", secrets.demo_password);
        }
        println!(
            "  mail in         POST {}/api/v1/mail/inbound, for {}",
            runtime.url,
            app::seed::DEMO_MAILBOX
        );
        println!(
            "                  or: cloudmanager demo mail FILE.eml --data-dir {}",
            dir.display()
        );
    }
    match std::env::var("CM_SMTP_URL") {
        Ok(url) if !url.is_empty() => println!("  mail out        through the server of CM_SMTP_URL"),
        _ => println!("  mail out        written to {}", dir.join("mail-out").display()),
    }
    match &runtime.phones {
        Some(url) => println!("  text messages   simulated: shown at {url}"),
        None => match std::env::var("CM_SMS_PROVIDER") {
            Ok(name) if !name.is_empty() && name != "none" => println!("  text messages   through {name}"),
            _ => println!("  text messages   none are sent: set CM_SMS_PROVIDER"),
        },
    }
    println!("  data and logs   {}", dir.display());
    println!("Ctrl-C stops everything; the data stays.");
}
