//! Addresses that get no more mail.

use domain::mail::note::{Code, Note};
use store::{
    audit::{self, Actor},
    suppression::{self, NewSuppression},
};

use crate::{AppError, Tx};

/// Suppresses an address; the trail says so when it was not before.
pub(super) async fn silence(tx: &mut Tx, new: NewSuppression<'_>) -> Result<Note, AppError> {
    if suppression::suppress(tx.conn()?, new).await? {
        let entry = audit::Entry {
            action: "suppression.add",
            subject_type: "suppression",
            subject_id: None,
            data: serde_json::json!({ "address": new.address, "reason": new.reason.as_str() }),
        };
        audit::append(tx.conn()?, &Actor::product(), new.at, entry).await?;
    }
    Ok(Note::new(Code::AddressSuppressed).with("address", new.address))
}
