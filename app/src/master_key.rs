//! Replacing the master key: what is stored is sealed anew, and what still hangs on a former one can be told.

use chrono::{DateTime, Utc};
use store::{
    audit::{self, Actor, Entry, chain},
    sealed::{self, Column, Held},
};
use uuid::Uuid;

use crate::{App, AppError, signing_key, vault};

/// Seals of one transaction.
const BATCH: i64 = 500;

/// What was brought under the present keys.
#[derive(Debug, Default)]
pub struct Rotated {
    /// Secrets.
    pub secrets: usize,
    /// Data keys of documents.
    pub documents: usize,
    /// Private signing keys.
    pub signing_keys: usize,
    /// Secrets that no key opens, by column and row.
    pub unopened: Vec<String>,
}

/// Seals everything that is stored under the present keys. Interrupted, it goes on where it was when it is run again. From its
/// first line in the audit trail on, former keys mark and link nothing there.
///
/// # Errors
/// When the database is away, or the key of a document is missing; what was done before stays.
pub async fn rotate(app: &App) -> Result<Rotated, AppError> {
    began(app).await?;
    // What was marked with a former key is linked while that is still accepted.
    crate::audit::link(app).await?;
    let mut rotated = Rotated::default();
    for column in sealed::COLUMNS {
        reseal(app, column, &mut rotated).await?;
    }
    crate::audit::vouch_anew(app).await?;
    rotated.documents = vault::rotate(app).await?;
    rotated.signing_keys = signing_key::rewrap(app).await?;
    Ok(rotated)
}

fn actor() -> Actor {
    Actor {
        kind: "system",
        name: "keys rotate".to_owned(),
        ..Actor::default()
    }
}

fn line(data: serde_json::Value) -> Entry<'static> {
    Entry {
        action: "keys.rotate",
        subject_type: "master_key",
        subject_id: None,
        data,
    }
}

/// Notes once in the trail that the present key replaced the former ones.
async fn began(app: &App) -> Result<(), AppError> {
    let former = app.keys.former_ids();
    let mut tx = app.begin().await?;
    chain::lock(tx.conn()?).await?;
    let known = chain::replacements(tx.conn()?).await?;
    if former.is_empty() || known.iter().any(|one| one.key_id == app.keys.id()) {
        return Ok(());
    }
    let entry = line(serde_json::json!({ "key_id": app.keys.id(), "former": former }));
    audit::append(tx.conn()?, &actor(), app.now(), entry).await?;
    tx.commit().await
}

async fn reseal(app: &App, column: &Column, rotated: &mut Rotated) -> Result<(), AppError> {
    let prefix = app.keys.seal_prefix();
    let mut after = Uuid::nil();
    loop {
        let mut tx = app.begin().await?;
        let page = column.page(tx.conn()?, after, &prefix, BATCH).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.id;
        let mut done = 0;
        for held in &page {
            let context = format!("{}.{}", column.name, held.id);
            match app.keys.open(&context, &held.seal) {
                Ok(secret) => {
                    column
                        .set(tx.conn()?, held.id, &app.keys.seal(&context, &secret)?)
                        .await?;
                    done += 1;
                }
                Err(error) => {
                    tracing::error!(%error, seal = context, "a secret cannot be opened");
                    rotated.unopened.push(context);
                }
            }
        }
        if done > 0 {
            let data = serde_json::json!({ "key_id": app.keys.id(), "column": column.name, "secrets": done });
            audit::append(tx.conn()?, &actor(), app.now(), line(data)).await?;
        }
        tx.commit().await?;
        rotated.secrets += done;
    }
}

/// What hangs on one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hanging {
    /// The key; empty for seals from before they named theirs.
    pub key_id: String,
    /// Where.
    pub place: String,
    /// How many.
    pub n: i64,
}

/// How the master keys stand.
#[derive(Debug)]
pub struct State {
    /// Stored under keys other than the present ones: `rotate` changes that.
    pub stored: Vec<Hanging>,
    /// Answers kept for a day under another key.
    pub answers: i64,
    /// When the present key replaced the one before, if it did.
    pub since: Option<DateTime<Utc>>,
    /// API tokens that are good, and were made before.
    pub api_tokens: i64,
    /// Lines of the audit trail from before.
    pub audit_lines: i64,
    /// Keys that the trail names and that are not configured.
    pub missing: Vec<String>,
}

/// Reads how the master keys stand.
///
/// # Errors
/// When the database is away.
pub async fn state(app: &App) -> Result<State, AppError> {
    let mut conn = app.conn().await?;
    let mut stored = Vec::new();
    let mut other = |place: &str, held: Vec<Held>, present: &str| {
        for Held { key_id, n } in held {
            if key_id != present {
                let place = place.to_owned();
                stored.push(Hanging { key_id, place, n });
            }
        }
    };
    for column in sealed::COLUMNS {
        other(column.name, column.held(&mut conn).await?, &app.keys.id());
    }
    other(
        "documents and signing keys",
        sealed::wrapped(&mut conn).await?,
        app.keys.file_key_id(),
    );
    let answers = sealed::answers(&mut conn).await?;
    let answers = answers
        .iter()
        .filter(|held| held.key_id != app.keys.id())
        .map(|held| held.n)
        .sum();
    let replaced = chain::replacements(&mut conn).await?;
    let since = replaced
        .iter()
        .find(|one| one.key_id == app.keys.id())
        .map(|one| one.at);
    let older = match since {
        Some(since) => Some(sealed::older(&mut conn, since, app.now()).await?),
        None => None,
    };
    let missing = missing(app, &replaced);
    Ok(State {
        stored,
        answers,
        since,
        api_tokens: older.as_ref().map_or(0, |older| older.api_tokens),
        audit_lines: older.as_ref().map_or(0, |older| older.audit_lines),
        missing,
    })
}

/// Keys that replaced others and are not configured: whoever lacks one was forgotten, and takes what others make for forged.
pub(crate) fn newer(app: &App, replaced: &[chain::Replacement]) -> Vec<String> {
    unconfigured(app, replaced.iter().map(|one| &one.key_id))
}

/// Keys that the trail names and that are not configured.
pub(crate) fn missing(app: &App, replaced: &[chain::Replacement]) -> Vec<String> {
    let named = |one: &'_ chain::Replacement| one.former.iter().chain([&one.key_id]).cloned().collect::<Vec<_>>();
    let named: Vec<String> = replaced.iter().flat_map(named).collect();
    unconfigured(app, named.iter())
}

fn unconfigured<'a>(app: &App, ids: impl Iterator<Item = &'a String>) -> Vec<String> {
    let former = app.keys.former_ids();
    let mut missing: Vec<String> = ids
        .filter(|id| **id != app.keys.id() && !former.contains(id))
        .cloned()
        .collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    /// Where something is sealed. Its column belongs into [`store::sealed::COLUMNS`], or what is sealed ends by itself.
    const PLACES: [&str; 12] = [
        "api/src/middleware/idempotency.rs",
        "app/src/account/factors/totp.rs",
        "app/src/account/links.rs",
        "app/src/customer/import/steps.rs",
        "app/src/customer/mod.rs",
        "app/src/mailbox.rs",
        "app/src/mailbox_test.rs",
        "app/src/oidc/mod.rs",
        "app/src/oidc/providers.rs",
        "app/src/privacy/erasure.rs",
        "app/src/sms.rs",
        "app/src/webhook/endpoints.rs",
    ];

    fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, into);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                into.push(path);
            }
        }
    }

    #[test]
    fn every_place_that_seals_is_known() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut files = Vec::new();
        for part in ["app/src", "api/src", "workers/src", "scheduler/src", "src"] {
            sources(&root.join(part), &mut files);
        }
        let mut found: Vec<String> = files
            .iter()
            .filter(|path| {
                let text: String = std::fs::read_to_string(path).unwrap().split_whitespace().collect();
                text.contains("app.keys.seal(")
            })
            .map(|path| path.strip_prefix(&root).unwrap().display().to_string())
            .filter(|path| path != "app/src/master_key.rs")
            .collect();
        found.sort_unstable();
        assert_eq!(found, PLACES);
    }
}
