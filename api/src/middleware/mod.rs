//! What happens around every request, outermost first: id, counters, security headers, other sites, panics,
//! the caller's address, limits, rates, pages of other sites, idempotency keys.

pub mod client;
pub mod cors;
pub mod guard;
pub mod headers;
pub mod idempotency;
pub mod limit;
pub mod request_id;
pub mod same_origin;
