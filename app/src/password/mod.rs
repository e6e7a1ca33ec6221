//! Password hashes: Argon2id with the OWASP minimum of 19 MiB, two passes, one lane. Slow on purpose: [`Passwords`] runs this on
//! a bounded pool. Hashes of bcrypt come from imports only; they are verified once and replaced.

mod pool;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use domain::account::password::normal_form;

use crate::AppError;

pub use pool::{Checked, Passwords, Place};

/// How every new hash begins.
const CURRENT: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

fn hasher() -> Result<Argon2<'static>, AppError> {
    let params = Params::new(19_456, 2, 1, None).map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password into PHC form with a random salt.
///
/// # Errors
/// When the system has no randomness.
pub fn hash(password: &str) -> Result<String, AppError> {
    let hash = hasher()?
        .hash_password(normal_form(password).as_bytes())
        .map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(hash.to_string())
}

/// Checks a password; an unreadable hash matches nothing.
#[must_use]
pub fn verify(password: &str, phc: &str) -> bool {
    let password = normal_form(password);
    if is_bcrypt(phc) {
        // bcrypt looks at 72 bytes: a longer password cannot be told from others that begin the same.
        return password.len() <= 72 && bcrypt::verify(password, phc).unwrap_or(false);
    }
    let (Ok(hasher), Ok(parsed)) = (hasher(), PasswordHash::new(phc)) else {
        return false;
    };
    hasher.verify_password(password.as_bytes(), &parsed).is_ok()
}

/// The hash is of an older kind: the next good login replaces it.
#[must_use]
pub fn is_outdated(phc: &str) -> bool {
    !phc.starts_with(CURRENT)
}

fn is_bcrypt(phc: &str) -> bool {
    ["$2a$", "$2b$", "$2x$", "$2y$"]
        .iter()
        .any(|prefix| phc.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifies_the_whole_password() {
        let phc = hash("correct horse").unwrap();
        assert!(phc.starts_with(CURRENT) && !is_outdated(&phc));
        assert!(verify("correct horse", &phc));
        assert!(!verify("correct hors", &phc));
        assert!(!verify("correct horse ", &phc));
        assert!(!verify("correct horse", "garbage"));
        let long = "x".repeat(84);
        let phc = hash(&format!("{long}a")).unwrap();
        assert!(!verify(&format!("{long}b"), &phc));
    }

    #[test]
    fn accepts_imported_bcrypt_and_asks_for_a_new_hash() {
        // Made by another implementation (cost 6).
        let phc = "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i";
        assert!(verify(
            "abcdefghijklmnopqrstuvwxyz",
            "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"
        ));
        assert!(!verify(
            "abcdefghijklmnopqrstuvwxyy",
            "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"
        ));
        assert!(verify("abc", phc) && is_outdated(phc));
        assert!(!verify(&"x".repeat(80), phc));
    }
}
