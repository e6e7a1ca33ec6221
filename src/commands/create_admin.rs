//! `cloudmanager create-admin`.

use std::io::BufRead;

use anyhow::{Result, ensure};

use crate::{config, wiring};

/// Shortest password of an administrator, in characters.
const SHORTEST: usize = 15;

/// Whom to create.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address to sign in with.
    email: String,
    /// Name.
    #[arg(long, default_value = "Administrator")]
    name: String,
}

/// Creates an administrator, or gives an existing account that role and a new password; its sessions end. The password is the
/// first line of standard input: it then stands in no command history and no process list.
///
/// # Errors
/// When the password is too short, the address is none, or the database is away.
pub async fn run(args: Args) -> Result<()> {
    let config = config::load()?;
    ensure!(
        args.email.contains('@'),
        "`{}` is no address: give one such as admin@example.com",
        args.email
    );
    wiring::need_schema(&config).await?;
    let (app, _) = wiring::app(&config)?;
    eprintln!("password ({SHORTEST} characters or more), then Enter:");
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']);
    ensure!(
        password.chars().count() >= SHORTEST,
        "the password has fewer than {SHORTEST} characters: give a longer one on standard input"
    );
    app::seed::base(&app).await?;
    app::seed::account(&app, &args.email, &args.name, "admin", password).await?;
    println!("{} is an administrator", args.email);
    Ok(())
}
