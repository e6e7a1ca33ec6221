//! Documents of a customer. Staff see all of them, members those that are shared; what a member uploads is shared.

use bytes::Bytes;
use domain::{customer::MemberAction, permission::Permission};
use store::customer::{self, Document, Reached};
use uuid::Uuid;

use super::{access, access::Access, record};
use crate::{App, AppError, Caller, Tx, upload, upload::Upload, vault};

/// Most documents of one customer.
const MOST: usize = 500;

/// Whether the caller sees shared documents only.
fn narrowed(caller: &Caller, relation: Access) -> Result<bool, AppError> {
    relation.need(caller, Permission::DocumentsView, MemberAction::ViewDocuments)?;
    if relation == Access::Staff {
        return Ok(false);
    }
    caller.need(Permission::DocumentsOwn)?;
    Ok(true)
}

/// The documents that the caller may see, newest first.
///
/// # Errors
/// [`AppError::Forbidden`], [`AppError::NotFound`].
pub async fn documents(app: &App, caller: &Caller, id: Uuid) -> Result<Vec<Document>, AppError> {
    let mut conn = app.conn().await?;
    let (reached, relation) = access::reach(&mut conn, caller, id).await?;
    Ok(customer::documents(&mut conn, reached, narrowed(caller, relation)?).await?)
}

/// Stores a document.
///
/// # Errors
/// [`AppError::Invalid`] when it is empty or too large.
pub async fn add_document(
    app: &App,
    caller: &Caller,
    id: Uuid,
    category: &str,
    shared: bool,
    file: Upload,
) -> Result<Document, AppError> {
    let known = {
        let mut conn = app.conn().await?;
        let (reached, relation) = access::reach(&mut conn, caller, id).await?;
        relation.need(caller, Permission::DocumentsManage, MemberAction::AddDocuments)?;
        let narrowed = narrowed(caller, relation)?;
        (customer::documents(&mut conn, reached, false).await?.len(), narrowed)
    };
    if known.0 >= MOST {
        return Err(AppError::refused(
            "too_many",
            "a customer may have 500 documents at most",
        ));
    }
    upload::check_size(&file)?;
    let sealed = vault::put(app, &file.bytes, &file.content_type).await?;
    let document = Document {
        id: Uuid::now_v7(),
        file_id: sealed.id,
        name: file.name,
        category: category.to_owned(),
        shared: shared || known.1,
        content_type: sealed.content_type.clone(),
        size: sealed.size,
        uploaded_by_name: Some(caller.actor.name.clone()),
        created_at: app.now(),
        version: 1,
    };
    let mut tx = app.begin().await?;
    let (reached, _) = access::reach(tx.conn()?, caller, id).await?;
    vault::record(&mut tx, &sealed).await?;
    customer::insert_document(tx.conn()?, reached, &document, Some(caller.user_id)).await?;
    let data = serde_json::json!({ "document_id": document.id, "name": document.name, "category": category, "shared": document.shared });
    record(app, &mut tx, caller, reached, "customer.document_add", data).await?;
    tx.commit().await?;
    Ok(document)
}

/// A document with its content; reading it is audited.
///
/// # Errors
/// [`AppError::NotFound`] also when it is not shared with the members.
pub async fn read_document(
    app: &App,
    caller: &Caller,
    id: Uuid,
    document: Uuid,
) -> Result<(Document, Bytes), AppError> {
    let mut tx = app.begin().await?;
    let (reached, relation) = access::reach(tx.conn()?, caller, id).await?;
    let found = customer::document(tx.conn()?, reached, document, narrowed(caller, relation)?).await?;
    let entry = store::audit::Entry {
        action: "customer.document_read",
        subject_type: "customer",
        subject_id: Some(reached.id()),
        data: serde_json::json!({ "document_id": document, "name": found.name }),
    };
    store::audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    tx.commit().await?;
    let (_, bytes) = vault::get(app, found.file_id).await?;
    Ok((found, bytes))
}

async fn managed(app: &App, caller: &Caller, id: Uuid) -> Result<(Tx, Reached), AppError> {
    caller.need(Permission::DocumentsManage)?;
    let mut tx = app.begin().await?;
    let (reached, _) = access::reach(tx.conn()?, caller, id).await?;
    Ok((tx, reached))
}

/// Shares a document with the customer's members, or no longer; staff only.
///
/// # Errors
/// [`AppError::NotFound`]; [`AppError::Stale`].
pub async fn share_document(
    app: &App,
    caller: &Caller,
    id: Uuid,
    (document, version): (Uuid, i32),
    shared: bool,
) -> Result<Document, AppError> {
    let (mut tx, reached) = managed(app, caller, id).await?;
    customer::document(tx.conn()?, reached, document, false).await?;
    customer::share_document(tx.conn()?, reached, (document, version), shared).await?;
    let data = serde_json::json!({ "document_id": document, "shared": shared });
    record(app, &mut tx, caller, reached, "customer.document_share", data).await?;
    let stored = customer::document(tx.conn()?, reached, document, false).await?;
    tx.commit().await?;
    Ok(stored)
}

/// Deletes a document; staff only.
///
/// # Errors
/// [`AppError::NotFound`].
pub async fn delete_document(app: &App, caller: &Caller, id: Uuid, document: Uuid) -> Result<(), AppError> {
    let (mut tx, reached) = managed(app, caller, id).await?;
    customer::delete_document(tx.conn()?, reached, document, caller.user_id, app.now()).await?;
    let data = serde_json::json!({ "document_id": document });
    record(app, &mut tx, caller, reached, "customer.document_delete", data).await?;
    tx.commit().await
}
