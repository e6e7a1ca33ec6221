//! What happens around every request, outermost first: id, counters, security headers, panics, limits, idempotency keys.

pub mod guard;
pub mod headers;
pub mod idempotency;
pub mod request_id;
