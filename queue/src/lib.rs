//! The transport: which jobs to look at, and when. Everything that knows apalis or Redis is in here.
//!
//! Redis holds hints only. A message names due jobs by id and attempt; a worker that takes it still has to claim each job in
//! the ledger, so a message may be lost, repeated or late without harm. Redis may be flushed at any time.

mod consume;
mod error;
mod presence;
mod pubsub;
mod signals;
mod transport;

pub use consume::{Chunk, consume};
pub use error::TransportError;
pub use presence::Page;
pub use pubsub::Wakeups;
pub use signals::RedisSignals;
pub use transport::Transport;
