//! Sessions, failed logins and idempotency keys.
