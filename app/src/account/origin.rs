//! Where a request of somebody who is not signed in yet comes from.

use sha2::{Digest, Sha256};
use store::{audit::Actor, user::User};

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Source address.
    pub ip: Option<String>,
    /// The network that failed tries are counted for: one person's machines share it, strangers' do not.
    pub network: String,
    /// User agent.
    pub user_agent: Option<String>,
    /// Id of the request.
    pub request_id: Option<String>,
    /// Cookie of the browser, from an earlier login.
    pub device: Option<String>,
}

impl Origin {
    /// For audit lines about what this person did.
    #[must_use]
    pub fn actor(&self, user: &User) -> Actor {
        Actor {
            user_id: Some(user.id),
            kind: "user",
            name: user.name.clone(),
            ip: self.ip.clone(),
            user_agent: self.user_agent.clone(),
            request_id: self.request_id.clone(),
            session_id: None,
        }
    }

    /// SHA-256 of the browser's cookie.
    pub(crate) fn device_hash(&self) -> Option<[u8; 32]> {
        self.device.as_deref().map(hash)
    }
}

/// SHA-256 of a secret that is looked up by it.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
