//! Secrets at rest: AES-256-GCM with a fresh nonce, bound to the record they belong to; and keys derived for each purpose
//! from one master key (HKDF-SHA256, RFC 5869).

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf, rand,
};

use crate::AppError;

/// The root of all keys. Never printed, never stored in the database.
pub struct MasterKey {
    root: hkdf::Prk,
    /// Keys that wrap the data keys of files, by id; the first wraps new ones.
    file_keys: Vec<(String, [u8; 32])>,
}

/// Id of the file key that is derived from the root when none is given.
const ROOT_FILE_KEY: &str = "root";

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
        Self {
            root: hkdf::Salt::new(hkdf::HKDF_SHA256, b"cloudmanager").extract(bytes),
            file_keys: Vec::new(),
        }
    }

    /// With these keys for files, by id: the first wraps new data keys, the others only open. The key derived from the root
    /// stays good for opening, so that files from before are read.
    #[must_use]
    pub fn with_file_keys(mut self, keys: Vec<(String, [u8; 32])>) -> Self {
        self.file_keys = keys;
        self
    }

    /// Id of the key that wraps new data keys.
    #[must_use]
    pub fn file_key_id(&self) -> &str {
        self.file_keys.first().map_or(ROOT_FILE_KEY, |(id, _)| id)
    }

    fn file_key(&self, id: &str) -> Result<[u8; 32], AppError> {
        match self.file_keys.iter().find(|(known, _)| known == id) {
            Some((_, key)) => Ok(*key),
            None if id == ROOT_FILE_KEY => self.derive("files"),
            None => Err(AppError::Internal(format!(
                "the key `{id}` of a file is not configured (CM_FILE_KEYS)"
            ))),
        }
    }

    /// Wraps the data key of the file `context` with the present file key; returns that key's id and the wrapped key.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn wrap(&self, context: &str, data_key: &[u8; 32]) -> Result<(String, Vec<u8>), AppError> {
        let id = self.file_key_id();
        let wrapped = seal_with(&self.file_key(id)?, &format!("{context}|{id}"), data_key)?;
        Ok((id.to_owned(), wrapped))
    }

    /// The data key of the file `context`.
    ///
    /// # Errors
    /// [`AppError::Internal`] when the key `id` is not there, or wrapped another file's data key.
    pub fn unwrap_key(&self, id: &str, context: &str, wrapped: &[u8]) -> Result<[u8; 32], AppError> {
        let plain = open_with(&self.file_key(id)?, &format!("{context}|{id}"), wrapped)?;
        plain.try_into().map_err(broken)
    }

    /// The key for one purpose; the same each time.
    ///
    /// # Errors
    /// Not in practice.
    pub fn derive(&self, purpose: &str) -> Result<[u8; 32], AppError> {
        let mut key = [0; 32];
        let info = [purpose.as_bytes()];
        self.root
            .expand(&info, Len32)
            .and_then(|okm| okm.fill(&mut key))
            .map_err(broken)?;
        Ok(key)
    }

    /// Encrypts a secret for the record `context` (table, column and id).
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal(&self, context: &str, secret: &[u8]) -> Result<Vec<u8>, AppError> {
        seal_with(&self.derive("seal")?, context, secret)
    }

    /// Decrypts a secret of the record `context`.
    ///
    /// # Errors
    /// [`AppError::Internal`] when it was sealed for another record or with another master key.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, AppError> {
        open_with(&self.derive("seal")?, context, sealed)
    }
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, AppError> {
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(broken)?))
}

/// Encrypts with this key, bound to `context`: format, nonce, ciphertext with its tag.
///
/// # Errors
/// When the system has no randomness.
pub fn seal_with(key: &[u8; 32], context: &str, plain: &[u8]) -> Result<Vec<u8>, AppError> {
    let mut nonce = [0; NONCE_LEN];
    rand::fill(&mut nonce).map_err(broken)?;
    let mut data = plain.to_vec();
    cipher(key)?
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

/// Decrypts what [`seal_with`] made.
///
/// # Errors
/// [`AppError::Internal`] when key or context differ, or the data is damaged.
pub fn open_with(key: &[u8; 32], context: &str, sealed: &[u8]) -> Result<Vec<u8>, AppError> {
    let (Some(&FORMAT), Some(nonce), Some(data)) =
        (sealed.first(), sealed.get(1..=NONCE_LEN), sealed.get(1 + NONCE_LEN..))
    else {
        return Err(broken(()));
    };
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(broken)?;
    let mut data = data.to_vec();
    let plain = cipher(key)?
        .open_in_place(nonce, Aad::from(context.as_bytes()), &mut data)
        .map_err(broken)?;
    Ok(plain.to_vec())
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

    #[test]
    fn a_file_key_can_be_replaced_and_then_removed() {
        let old = MasterKey::new(&[7; 32]);
        let (id, wrapped) = old.wrap("file 1", &[9; 32]).unwrap();
        assert_eq!(id, "root");
        let both = MasterKey::new(&[7; 32]).with_file_keys(vec![("2026".to_owned(), [1; 32])]);
        assert_eq!(both.unwrap_key(&id, "file 1", &wrapped).unwrap(), [9; 32]);
        assert!(both.unwrap_key(&id, "file 2", &wrapped).is_err());
        let (id, wrapped) = both.wrap("file 1", &[9; 32]).unwrap();
        assert_eq!(id, "2026");
        let next =
            MasterKey::new(&[7; 32]).with_file_keys(vec![("2027".to_owned(), [2; 32]), ("2026".to_owned(), [1; 32])]);
        assert_eq!(next.unwrap_key(&id, "file 1", &wrapped).unwrap(), [9; 32]);
        assert!(MasterKey::new(&[7; 32]).unwrap_key(&id, "file 1", &wrapped).is_err());
    }
}
