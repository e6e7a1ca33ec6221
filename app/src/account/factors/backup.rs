//! Backup codes, for the day on which no other factor is at hand.

use data_encoding::BASE32_NOPAD;
use store::factor;
use uuid::Uuid;

use super::{changed, within};
use crate::{App, AppError, Caller, Tx, account::origin::hash, seal};

/// Codes made at once, of 80 bits each.
const CODES: usize = 10;

/// The text of a backup code without what people add when they type it.
fn plain_code(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// What is kept of a code.
pub(super) fn code_hash(user: Uuid, code: &str) -> [u8; 32] {
    hash(&format!("{user}:{}", plain_code(code)))
}

/// New backup codes, replacing the old ones; they are shown this once.
pub(in crate::account) async fn new_codes(app: &App, tx: &mut Tx, user: Uuid) -> Result<Vec<String>, AppError> {
    let mut codes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let mut bytes = [0; 10];
        seal::random(&mut bytes)?;
        let text = BASE32_NOPAD.encode(&bytes);
        codes.push(format!(
            "{}-{}-{}-{}",
            &text[..4],
            &text[4..8],
            &text[8..12],
            &text[12..]
        ));
    }
    let hashes: Vec<[u8; 32]> = codes.iter().map(|code| code_hash(user, code)).collect();
    factor::set_backup_codes(tx.conn()?, user, &hashes, app.now()).await?;
    Ok(codes)
}

/// New backup codes; the old ones are worth nothing any more.
///
/// # Errors
/// [`AppError::StepUp`]; [`AppError::NotFound`] without a second factor that they stand in for.
pub async fn renew(app: &App, caller: &Caller) -> Result<Vec<String>, AppError> {
    caller.fresh_factor(app.now())?;
    let mut tx = app.begin().await?;
    if within(app, &mut tx, caller.user_id).await?.sufficient() == 0 {
        return Err(AppError::NotFound);
    }
    let codes = new_codes(app, &mut tx, caller.user_id).await?;
    changed(app, &mut tx, &caller.actor, caller.user_id, "backup_codes").await?;
    tx.commit().await?;
    Ok(codes)
}
