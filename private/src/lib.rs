//! A private PostgreSQL and a private Redis as child processes, from the distribution's programs: for `cloudmanager up`, for
//! tests and for benchmarks. They listen on loopback only and end with the process that started them.

mod child;
mod postgres;
mod redis;

pub use child::{Error, free_port, is_root};
pub use postgres::{Durability, Postgres};
pub use redis::Redis;
