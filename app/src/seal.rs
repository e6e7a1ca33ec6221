//! Secrets at rest: AES-256-GCM with a fresh nonce, bound to the record they belong to; and keys derived for each purpose
//! from one master key (HKDF-SHA256, RFC 5869).

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf, rand,
};

use crate::AppError;

/// The root of all keys. Never printed, never stored in the database.
pub struct MasterKey(hkdf::Prk);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(***)")
    }
}

struct Len32;

impl hkdf::KeyType for Len32 {
    fn len(&self) -> usize {
        32
    }
}

/// First byte of sealed data: the format, so that it can change.
const FORMAT: u8 = 1;

fn broken<E>(_: E) -> AppError {
    AppError::Internal("a secret cannot be sealed or opened: wrong master key or damaged data".to_owned())
}

/// Fills a buffer with randomness fit for keys.
///
/// # Errors
/// When the system has none.
pub fn random(buffer: &mut [u8]) -> Result<(), AppError> {
    rand::fill(buffer).map_err(broken)
}

impl MasterKey {
    /// From 32 random bytes.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(hkdf::Salt::new(hkdf::HKDF_SHA256, b"cloudmanager").extract(bytes))
    }

    /// The key for one purpose; the same each time.
    ///
    /// # Errors
    /// Not in practice.
    pub fn derive(&self, purpose: &str) -> Result<[u8; 32], AppError> {
        let mut key = [0; 32];
        let info = [purpose.as_bytes()];
        self.0
            .expand(&info, Len32)
            .and_then(|okm| okm.fill(&mut key))
            .map_err(broken)?;
        Ok(key)
    }

    fn cipher(&self) -> Result<LessSafeKey, AppError> {
        let key = self.derive("seal")?;
        Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).map_err(broken)?))
    }

    /// Encrypts a secret for the record `context` (table, column and id).
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal(&self, context: &str, secret: &[u8]) -> Result<Vec<u8>, AppError> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(broken)?;
        let mut data = secret.to_vec();
        self.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context.as_bytes()),
                &mut data,
            )
            .map_err(broken)?;
        let mut sealed = vec![FORMAT];
        sealed.extend_from_slice(&nonce);
        sealed.append(&mut data);
        Ok(sealed)
    }

    /// Decrypts a secret of the record `context`.
    ///
    /// # Errors
    /// [`AppError::Internal`] when it was sealed for another record or with another master key.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, AppError> {
        let (Some(&FORMAT), Some(nonce), Some(data)) =
            (sealed.first(), sealed.get(1..=NONCE_LEN), sealed.get(1 + NONCE_LEN..))
        else {
            return Err(broken(()));
        };
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(broken)?;
        let mut data = data.to_vec();
        let plain = self
            .cipher()?
            .open_in_place(nonce, Aad::from(context.as_bytes()), &mut data)
            .map_err(broken)?;
        Ok(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_for_its_record_and_key() {
        let key = MasterKey::new(&[7; 32]);
        let sealed = key.seal("mailboxes.imap_secret.1", b"hunter2").unwrap();
        assert_eq!(key.open("mailboxes.imap_secret.1", &sealed).unwrap(), b"hunter2");
        assert!(key.open("mailboxes.imap_secret.2", &sealed).is_err());
        assert!(
            MasterKey::new(&[8; 32])
                .open("mailboxes.imap_secret.1", &sealed)
                .is_err()
        );
        assert!(key.open("mailboxes.imap_secret.1", &sealed[..5]).is_err());
        assert_ne!(key.derive("a").unwrap(), key.derive("b").unwrap());
    }
}
