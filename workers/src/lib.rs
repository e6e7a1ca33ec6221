//! Workers: they claim jobs, run their handlers and record the outcome. Handlers are thin callers of `app`.

mod context;
mod finish;
pub mod handlers;
mod heartbeat;
mod inflight;
mod registry;
mod run;
mod runtime;
mod serve;
mod stats;
#[cfg(test)]
mod tests;

pub use context::JobContext;
pub use registry::{Registry, RegistryBuilder};
pub use runtime::{Options, run};
