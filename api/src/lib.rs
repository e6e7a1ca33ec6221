//! The HTTP side: routes, sign-in, live events, and the web application's files. The only crate that knows HTTP.

pub mod auth;
mod csv;
mod docs;
pub mod extract;
pub mod limits;
pub mod live;
pub mod metrics;
pub mod middleware;
mod openapi;
pub mod problem;
mod router;
pub mod routes;
mod serve;
mod state;
mod web;
mod words;

pub use limits::{Rates, Shared, setting as rate_setting};
pub use middleware::cors::{Origin, origin};
pub use openapi::openapi;
pub use router::router;
pub use serve::serve;
pub use state::{ApiConfig, ApiState, Parts, ReadyCheck};
