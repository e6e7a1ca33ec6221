//! Support for tests: real servers, started once for each test process, and databases cloned from a migrated template.
#![expect(clippy::expect_used, reason = "test support: what fails here is a failed test")]

mod authenticator;
mod clamd;
mod dovecot;
mod mail_servers;
mod s3;
mod servers;
mod world;

pub use authenticator::Authenticator;
pub use clamd::Clamd;
pub use dovecot::Dovecot;
pub use mail_servers::MailServers;
pub use s3::S3;
pub use servers::{TestDb, redis_url};
pub use world::{MemoryBlobs, app_over, wait_for};
