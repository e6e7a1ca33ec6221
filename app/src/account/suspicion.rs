//! What looks like a theft.

use domain::account::notice::AccountNotice;
use jobs::{NewJob, SendAccountMail};
use store::{
    alert::NewAlert,
    audit,
    passkey::{self, Passkey},
    user::User,
};

use super::{Origin, alerts};
use crate::{App, AppError};

/// A passkey counted less than at its last use: there may be a copy of it. Its owner is told, and whoever watches.
pub async fn passkey_copied(app: &App, user: &User, passkey: &Passkey, origin: &Origin) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    passkey::warn(tx.conn()?, passkey.id, now).await?;
    let alert = NewAlert {
        kind: "passkey_copied",
        severity: "critical",
        user_id: Some(user.id),
        ip: origin.ip.as_deref(),
        data: serde_json::json!({ "name": passkey.name }),
        once_key: Some(format!("passkey_copied:{}:{}", passkey.id, now.date_naive())),
    };
    alerts::raise(&mut tx, alert, now).await?;
    let entry = audit::Entry {
        action: "passkey.copy_suspected",
        subject_type: "passkey",
        subject_id: Some(passkey.id),
        data: serde_json::json!({ "name": passkey.name }),
    };
    audit::append(tx.conn()?, &origin.actor(user), now, entry).await?;
    let mail = SendAccountMail::notice(user.id, AccountNotice::FactorsChanged).with("change", "passkey_copied");
    tx.enqueue(&[NewJob::of(&mail)]).await?;
    tx.commit().await
}
