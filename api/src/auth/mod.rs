//! Signing in and staying signed in: passwords, access tokens, refresh tokens, and the quick check of each request.

mod cookie;
mod csrf;
mod jwt;
mod passwords;
mod refresh;
mod sessions;

pub use cookie::RefreshCookie;
pub use csrf::same_origin;
pub use jwt::{Claims, Tokens};
pub use passwords::Passwords;
pub use refresh::{Refresh, Renewed, SessionSource};
pub use sessions::{SessionUser, Sessions};
