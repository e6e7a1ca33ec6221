//! Signing in and staying signed in: passwords, access tokens, refresh tokens, and the quick check of each request.

mod api_tokens;
mod cookie;
mod csrf;
mod jwt;
mod passwords;
mod refresh;
mod sessions;

pub use api_tokens::ApiTokens;
pub use cookie::RefreshCookie;
pub use csrf::same_origin;
pub use jwt::{Claims, Tokens};
pub use passwords::Passwords;
pub use refresh::{Refresh, Renewed, SessionSource};
pub use sessions::{Credential, SessionUser, Sessions};
