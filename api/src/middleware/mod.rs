//! What happens around every request, outermost first: id, counters, security headers, other sites, panics,
//! the caller's address, limits, idempotency keys.

pub mod client;
pub mod cors;
pub mod guard;
pub mod headers;
pub mod idempotency;
pub mod request_id;
