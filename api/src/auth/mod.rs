//! Access tokens, cookies, and the quick check of each request.

mod api_tokens;
mod cookie;
mod jwt;
mod keyring;
mod networks;
mod sessions;

pub use api_tokens::ApiTokens;
pub use cookie::{Cookies, TokenCookie};
pub use jwt::{Claims, Tokens};
pub use keyring::{Key, Keyring};
pub use networks::Networks;
pub use sessions::{Credential, SessionUser, Sessions};
