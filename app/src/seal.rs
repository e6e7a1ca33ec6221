//! Secrets at rest: AES-256-GCM with a fresh nonce, bound to the record they belong to; and keys derived for each purpose
//! from one master key (HKDF-SHA256, RFC 5869). Master keys that were replaced still open and verify what they sealed and signed.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf, rand,
};

use data_encoding::HEXLOWER;

use crate::AppError;

/// Length of a master key's id.
const ID_LEN: usize = 4;

/// One master key.
struct Root {
    /// Follows from the key and says nothing about it.
    id: [u8; ID_LEN],
    prk: hkdf::Prk,
}

impl Root {
    fn new(bytes: &[u8; 32]) -> Self {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"cloudmanager").extract(bytes);
        let mut id = [0; ID_LEN];
        // HKDF gives up to 255 hashes: so little never fails, and a key without an id would only be one that no seal names.
        if let Ok(named) = expand(&prk, "key-id") {
            id.copy_from_slice(&named[..ID_LEN]);
        }
        Self { id, prk }
    }

    fn derive(&self, purpose: &str) -> Result<[u8; 32], AppError> {
        expand(&self.prk, purpose)
    }
}

fn expand(prk: &hkdf::Prk, purpose: &str) -> Result<[u8; 32], AppError> {
    let mut key = [0; 32];
    prk.expand(&[purpose.as_bytes()], Len32)
        .and_then(|okm| okm.fill(&mut key))
        .map_err(broken)?;
    Ok(key)
}

/// An id as people read it.
fn text(id: [u8; ID_LEN]) -> String {
    HEXLOWER.encode(&id)
}

/// The root of all keys, with those that it replaced. Never printed, never stored in the database.
pub struct MasterKey {
    present: Root,
    /// Replaced ones, newest first.
    former: Vec<Root>,
    /// Keys that wrap the data keys of files, by id; the first wraps new ones.
    file_keys: Vec<(String, [u8; 32])>,
    /// Id of the key that is derived from the present root for files.
    root_file_key: String,
}

/// Ids of file keys that are derived from a master key: this alone for those from before keys had ids, else with `-` and the id.
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

/// First byte of sealed data: the format, so that it can change. This one names no key.
const FORMAT: u8 = 1;
/// First byte of a seal that names its master key in the bytes that follow.
const NAMED: u8 = 2;

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
        let present = Root::new(bytes);
        Self {
            root_file_key: format!("{ROOT_FILE_KEY}-{}", text(present.id)),
            present,
            former: Vec::new(),
            file_keys: Vec::new(),
        }
    }

    /// With those that it replaced, newest first: they open and verify, and neither seal nor sign.
    #[must_use]
    pub fn with_former(mut self, keys: &[[u8; 32]]) -> Self {
        self.former = keys.iter().map(Root::new).collect();
        self
    }

    /// Id of the present key.
    #[must_use]
    pub fn id(&self) -> String {
        text(self.present.id)
    }

    /// Ids of those that it replaced, newest first.
    #[must_use]
    pub fn former_ids(&self) -> Vec<String> {
        self.former.iter().map(|root| text(root.id)).collect()
    }

    /// With what seals under the present key begin.
    #[must_use]
    pub fn seal_prefix(&self) -> Vec<u8> {
        [&[NAMED], &self.present.id[..]].concat()
    }

    fn roots(&self) -> impl Iterator<Item = &Root> {
        std::iter::once(&self.present).chain(&self.former)
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
        self.file_keys.first().map_or(&self.root_file_key, |(id, _)| id)
    }

    /// The keys that may have this id: several only for [`ROOT_FILE_KEY`] alone.
    fn file_keys_of(&self, id: &str) -> Result<Vec<[u8; 32]>, AppError> {
        if let Some((_, key)) = self.file_keys.iter().find(|(known, _)| known == id) {
            return Ok(vec![*key]);
        }
        let keys: Result<Vec<_>, _> = self
            .roots()
            .filter(|root| id == ROOT_FILE_KEY || id == format!("{ROOT_FILE_KEY}-{}", text(root.id)))
            .map(|root| root.derive("files"))
            .collect();
        keys.and_then(|keys| {
            if keys.is_empty() {
                return Err(AppError::Internal(format!(
                    "the key `{id}` of a file is not configured (CM_FILE_KEYS, CM_MASTER_KEY, CM_MASTER_KEYS_OLD)"
                )));
            }
            Ok(keys)
        })
    }

    /// Wraps the data key of the file `context` with the present file key; returns that key's id and the wrapped key.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn wrap(&self, context: &str, data_key: &[u8; 32]) -> Result<(String, Vec<u8>), AppError> {
        let id = self.file_key_id();
        let key = self.file_keys_of(id)?.first().copied().ok_or_else(|| broken(()))?;
        let wrapped = seal_with(&key, &format!("{context}|{id}"), data_key)?;
        Ok((id.to_owned(), wrapped))
    }

    /// The data key of the file `context`.
    ///
    /// # Errors
    /// [`AppError::Internal`] when the key `id` is not there, or wrapped another file's data key.
    pub fn unwrap_key(&self, id: &str, context: &str, wrapped: &[u8]) -> Result<[u8; 32], AppError> {
        let context = format!("{context}|{id}");
        let keys = self.file_keys_of(id)?;
        let plain = keys.iter().find_map(|key| open_with(key, &context, wrapped).ok());
        plain.ok_or_else(|| broken(()))?.try_into().map_err(broken)
    }

    /// The key for one purpose; the same each time.
    ///
    /// # Errors
    /// Not in practice.
    pub fn derive(&self, purpose: &str) -> Result<[u8; 32], AppError> {
        self.present.derive(purpose)
    }

    /// The keys for one purpose under which something may have been made: the present one first, then those it replaced.
    ///
    /// # Errors
    /// Not in practice.
    pub fn derive_all(&self, purpose: &str) -> Result<Vec<[u8; 32]>, AppError> {
        self.roots().map(|root| root.derive(purpose)).collect()
    }

    /// Encrypts a secret for the record `context` (table, column and id). The seal names its key.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal(&self, context: &str, secret: &[u8]) -> Result<Vec<u8>, AppError> {
        let sealed = seal_with(&self.derive("seal")?, context, secret)?;
        Ok([&self.seal_prefix()[..], &sealed[1..]].concat())
    }

    /// Decrypts a secret of the record `context`.
    ///
    /// # Errors
    /// [`AppError::Internal`] when it was sealed for another record, or with a master key that is not there.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, AppError> {
        if sealed.first() == Some(&NAMED) {
            let (named, rest) = sealed.split_at_checked(1 + ID_LEN).ok_or_else(|| broken(()))?;
            let root = self.roots().find(|root| root.id == named[1..]).ok_or_else(|| {
                let id = HEXLOWER.encode(&named[1..]);
                AppError::Internal(format!(
                    "a secret is sealed under the master key {id}, which is not configured (CM_MASTER_KEYS_OLD)"
                ))
            })?;
            return open_with(&root.derive("seal")?, context, &[&[FORMAT], rest].concat());
        }
        // From before seals named their key.
        let opened = self
            .roots()
            .find_map(|root| open_with(&root.derive("seal").ok()?, context, sealed).ok());
        opened.ok_or_else(|| broken(()))
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
        assert_eq!(id, format!("root-{}", old.id()));
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

    #[test]
    fn a_master_key_can_be_replaced() {
        let old = MasterKey::new(&[7; 32]);
        let sealed = old.seal("totp.1", b"secret").unwrap();
        let unnamed = seal_with(&old.derive("seal").unwrap(), "totp.2", b"older").unwrap();
        let (id, wrapped) = old.wrap("file 1", &[9; 32]).unwrap();
        let unnamed_file = seal_with(&old.derive("files").unwrap(), "file 2|root", &[8; 32]).unwrap();

        let alone = MasterKey::new(&[5; 32]);
        let missing = alone.open("totp.1", &sealed).unwrap_err().to_string();
        assert!(missing.contains(&old.id()), "{missing}");
        assert!(alone.open("totp.2", &unnamed).is_err() && alone.unwrap_key(&id, "file 1", &wrapped).is_err());

        let ring = MasterKey::new(&[5; 32]).with_former(&[[6; 32], [7; 32]]);
        assert_eq!(ring.open("totp.1", &sealed).unwrap(), b"secret");
        assert_eq!(ring.open("totp.2", &unnamed).unwrap(), b"older");
        assert!(ring.open("totp.2", &sealed).is_err(), "bound to its record");
        assert_eq!(ring.unwrap_key(&id, "file 1", &wrapped).unwrap(), [9; 32]);
        assert_eq!(ring.unwrap_key("root", "file 2", &unnamed_file).unwrap(), [8; 32]);

        let anew = ring.seal("totp.1", b"secret").unwrap();
        assert!(anew.starts_with(&alone.seal_prefix()) && !sealed.starts_with(&alone.seal_prefix()));
        assert_eq!(alone.open("totp.1", &anew).unwrap(), b"secret");
        let (id, wrapped) = ring.wrap("file 1", &[9; 32]).unwrap();
        assert_eq!(alone.unwrap_key(&id, "file 1", &wrapped).unwrap(), [9; 32]);
        assert_eq!(
            ring.derive_all("a").unwrap(),
            [
                ring.derive("a").unwrap(),
                MasterKey::new(&[6; 32]).derive("a").unwrap(),
                old.derive("a").unwrap()
            ]
        );
        for short in [&[2_u8][..], &[2, 1, 1], &anew[..5], &[]] {
            assert!(ring.open("totp.1", short).is_err());
        }
    }
}
