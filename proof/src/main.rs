//! Proof of the job core: a benchmark and a fault suite. Both start their own PostgreSQL and Redis on free ports and drive
//! real worker and scheduler processes, which are this program again under another role.

mod bench;
mod fault;
mod fleet;
mod kinds;
mod roles;
mod servers;
mod surroundings;
mod watch;

const USAGE: &str = "usage: proof jobs [--count N] | proof fault [--short] [--seed N] [--only FAULT]";

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
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    match args.first().map(String::as_str) {
        Some("jobs") => runtime.block_on(bench::run(option(&args, "--count").unwrap_or(200_000))),
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
