//! The `cloudmanager` binary: one sub-command for each role a process can have.

mod blobs;
mod commands;
mod config;
mod issuers;
mod logging;
mod mail_reports;
mod sms;
mod telemetry;
mod wiring;

use clap::{Parser, Subcommand};

/// Of all processes: an answer is made of thousands of small pieces.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Debug, Parser)]
#[command(
    name = "cloudmanager",
    version,
    about = "Cloud and hosting platform: tickets, mail and durable jobs"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the web application.
    Api,
    /// Write the description of the API (OpenAPI 3.1).
    Openapi(commands::openapi::Args),
    /// Run pending schema migrations.
    Migrate,
    /// Run jobs.
    Worker(commands::worker::Args),
    /// Offer due jobs to workers, take back lost ones, run schedules.
    Scheduler,
    /// List, show, retry or cancel jobs.
    #[command(subcommand)]
    Jobs(commands::jobs::Jobs),
    /// List queues; pause, resume or drain one.
    Queues(commands::jobs::Queues),
    /// Work on the keys of stored documents.
    #[command(subcommand)]
    Keys(commands::keys::Keys),
    /// Create an administrator.
    CreateAdmin(commands::create_admin::Args),
    /// List the networks from which staff may work, or open all surfaces again.
    #[command(subcommand)]
    Networks(commands::networks::Networks),
    /// Check that what must not change did not.
    #[command(subcommand)]
    Verify(commands::verify::What),
    /// Check the environment and say what to do.
    Doctor,
    /// Play with the demonstration of a running `up`.
    #[command(subcommand)]
    Demo(commands::demo::Demo),
    /// Start everything on this machine: database, Redis, API and web, workers, scheduler.
    Up(commands::up::Args),
}

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    // What the environment holds wins over the file.
    if let Err(error) = dotenvy::from_path(".env")
        && !error.not_found()
    {
        eprintln!("error: .env in this directory cannot be read: {error}");
        return std::process::ExitCode::FAILURE;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: no threads to be had: {error}");
            return std::process::ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(async {
        match cli.command {
            Command::Api => commands::api::run().await,
            Command::Openapi(args) => commands::openapi::run(&args),
            Command::Migrate => commands::migrate::run().await,
            Command::Worker(args) => commands::worker::run(args).await,
            Command::Scheduler => commands::scheduler::run().await,
            Command::Jobs(command) => commands::jobs::run(command).await,
            Command::Queues(args) => commands::jobs::queues(args).await,
            Command::Keys(command) => commands::keys::run(command).await,
            Command::CreateAdmin(args) => commands::create_admin::run(args).await,
            Command::Networks(command) => commands::networks::run(command).await,
            Command::Verify(what) => commands::verify::run(what).await,
            Command::Doctor => commands::doctor::run().await,
            Command::Demo(demo) => commands::demo::run(demo).await,
            Command::Up(args) => commands::up::run(args).await,
        }
    });
    telemetry::flush();
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
