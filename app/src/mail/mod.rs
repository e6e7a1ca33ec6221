//! Incoming and outgoing mail.

use domain::mail::token::{TokenKey, TokenKeys};

use crate::{App, AppError};

/// Keys of the tokens in addresses, Message-IDs and subjects.
///
/// # Errors
/// Not in practice.
pub fn tokens(app: &App) -> Result<TokenKeys, AppError> {
    let key = TokenKey::new(1, app.keys.derive("mail-token")?).map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(TokenKeys::new(key, Vec::new()))
}
