//! Files that nobody but the product reads: each under a data key of its own, which a file key wraps. The blob store and the
//! database hold ciphertext only; a dump of both opens nothing.

use aws_lc_rs::digest;
use bytes::Bytes;
use store::{
    audit::{self, Actor, Entry},
    sealed_file::{self, SealedFile},
};
use uuid::Uuid;

use crate::{App, AppError, Tx, seal};

/// Files of one transaction when keys are rotated.
const BATCH: i64 = 500;

fn context(id: Uuid) -> String {
    format!("sealed_files.{id}")
}

/// Encrypts and stores a file. The record returned is still to be written, in the transaction of what the file belongs to.
///
/// # Errors
/// When the storage is away.
pub async fn put(app: &App, bytes: &[u8], content_type: &str) -> Result<SealedFile, AppError> {
    let id = Uuid::now_v7();
    let mut data_key = [0; 32];
    seal::random(&mut data_key)?;
    let (key_id, wrapped_key) = app.keys.wrap(&context(id), &data_key)?;
    let sealed = seal::seal_with(&data_key, &context(id), bytes)?;
    let blob = app.blobs.put(Bytes::from(sealed)).await?;
    Ok(SealedFile {
        id,
        blob: blob.to_vec(),
        sha256: digest::digest(&digest::SHA256, bytes).as_ref().to_vec(),
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        content_type: content_type.to_owned(),
        key_id,
        wrapped_key,
        created_at: app.now(),
    })
}

/// Writes the record of a stored file.
///
/// # Errors
/// When the database refuses.
pub async fn record(tx: &mut Tx, file: &SealedFile) -> Result<(), AppError> {
    Ok(sealed_file::insert(tx.conn()?, file).await?)
}

/// The content of a file. Whoever asks has reached what it belongs to.
///
/// # Errors
/// [`AppError::Internal`] when its key is missing or the stored bytes are not those that were stored.
pub async fn get(app: &App, id: Uuid) -> Result<(SealedFile, Bytes), AppError> {
    let file = sealed_file::find(&mut *app.conn().await?, id).await?;
    let bytes = open(app, &file).await?;
    Ok((file, bytes))
}

/// The content of a file whose record was read already.
///
/// # Errors
/// As [`get`].
pub async fn open(app: &App, file: &SealedFile) -> Result<Bytes, AppError> {
    let id = file.id;
    let sealed = app.bytes_of(&file.blob).await?;
    let data_key = app.keys.unwrap_key(&file.key_id, &context(id), &file.wrapped_key)?;
    let bytes = seal::open_with(&data_key, &context(id), &sealed)?;
    if digest::digest(&digest::SHA256, &bytes).as_ref() != file.sha256 {
        return Err(AppError::Internal(format!(
            "the stored file {id} is not what was stored"
        )));
    }
    Ok(Bytes::from(bytes))
}

/// Has the present file key wrap every data key; returns how many it had to. Content is not touched.
///
/// # Errors
/// When a key that is needed to open is missing; what was done before stays.
pub async fn rotate(app: &App) -> Result<usize, AppError> {
    let mut done = 0;
    let actor = Actor::system("keys rotate");
    loop {
        let mut tx = app.begin().await?;
        let files = sealed_file::under_other_keys(tx.conn()?, app.keys.file_key_id(), BATCH).await?;
        if files.is_empty() {
            return Ok(done);
        }
        for file in &files {
            let data_key = app
                .keys
                .unwrap_key(&file.key_id, &context(file.id), &file.wrapped_key)?;
            let (key_id, wrapped) = app.keys.wrap(&context(file.id), &data_key)?;
            sealed_file::rewrap(tx.conn()?, file.id, &key_id, &wrapped).await?;
        }
        let entry = Entry {
            action: "keys.rotate",
            subject_type: "file_key",
            subject_id: None,
            data: serde_json::json!({ "key_id": app.keys.file_key_id(), "files": files.len() }),
        };
        audit::append(tx.conn()?, &actor, app.now(), entry).await?;
        tx.commit().await?;
        done += files.len();
    }
}
