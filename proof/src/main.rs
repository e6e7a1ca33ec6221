//! Benchmarks and a fault suite. All start their own PostgreSQL and Redis on free ports and drive real processes: this program
//! again under another role, or the product.

mod bench;
mod fault;
mod fleet;
mod kinds;
mod roles;
mod servers;
mod surroundings;
mod watch;

const USAGE: &str = "usage: proof jobs [--count N]
       proof api [--tickets N] [--rounds N] [--seconds N] [--only list|read|create] [--program PATH]
       proof fault [--short] [--seed N] [--only FAULT]";

fn option<T: std::str::FromStr>(args: &[String], name: &str) -> Option<T> {
    let at = args.iter().position(|arg| arg == name)?;
    args.get(at + 1)?.parse().ok()
}

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "error".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    // It counts its own processor time, so it gets a runtime of one thread and nothing else.
    if args.first().is_some_and(|role| role == "load") {
        return bench::load::run();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    match args.first().map(String::as_str) {
        Some("jobs") => runtime.block_on(bench::run(option(&args, "--count").unwrap_or(200_000))),
        Some("api") => runtime.block_on(bench::api::run(bench::api::Options {
            program: option(&args, "--program"),
            tickets: option(&args, "--tickets").unwrap_or(200_000),
            rounds: option(&args, "--rounds").unwrap_or(3),
            seconds: option(&args, "--seconds").unwrap_or(8),
            only: option(&args, "--only"),
        })),
        Some("fault") => {
            let seed = option(&args, "--seed").unwrap_or_else(|| u64::from(std::process::id()));
            let short = args.iter().any(|arg| arg == "--short");
            let only = option::<String>(&args, "--only").and_then(|name| fault::Fault::named(&name));
            runtime.block_on(fault::run(fault::Options { short, seed, only }))
        }
        Some("worker") => runtime.block_on(roles::worker(&args[1..])),
        Some("scheduler") => runtime.block_on(roles::scheduler()),
        _ => anyhow::bail!(USAGE),
    }
}
