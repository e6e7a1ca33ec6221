//! The customer's part: gathering papers and handing them in. Staff who see customers may do it for him, but then somebody
//! else reviews.

use bytes::Bytes;
use domain::{
    customer::{Kind, MemberAction},
    kyc::{
        Paper, Refusal, State, Step,
        paper::{self, MOST},
        state::after,
    },
    permission::Permission,
};
use store::{
    customer::{Customer, Reached},
    kyc::{self, Case, Cases, KycDocument},
};
use uuid::Uuid;

use super::{clean, refused, state_of, write};
use crate::{
    App, AppError, Caller, Tx,
    customer::{Access, open_for_update},
    vault,
};

/// Refuses unless the caller may work on the papers of this customer.
pub(super) fn may_submit(caller: &Caller, relation: Access) -> Result<(), AppError> {
    relation.need(caller, Permission::CustomersEdit, MemberAction::SubmitKyc)?;
    match relation {
        Access::Member(_) => caller.need(Permission::KycOwn),
        Access::Staff => Ok(()),
    }
}

/// Locks the customer and checks that the caller may work on his papers.
pub(super) async fn opened(app: &App, caller: &Caller, id: Uuid) -> Result<(Tx, Customer, Reached), AppError> {
    let mut tx = app.begin().await?;
    let (found, relation) = open_for_update(tx.conn()?, caller, id).await?;
    may_submit(caller, relation)?;
    let reached = found.reached();
    Ok((tx, found, reached))
}

/// The case that papers go to, and where it stands: what renews an approval, when there is such a case.
fn worked_on(cases: Cases, customer: &Customer) -> Result<Option<(Case, State)>, AppError> {
    if let Some(renewal) = cases.renewal {
        let state = state_of(&renewal.state)?;
        return Ok(Some((renewal, state)));
    }
    // One that was only just made says already what it will be.
    let state = state_of(&customer.summary.kyc_state)?;
    Ok(cases.current.map(|case| (case, state)))
}

/// The case in a state that takes documents.
fn collecting(case: &Case, from: State) -> Result<Case, AppError> {
    let to = after(from, Step::Collect).map_err(|refusal| refused(&refusal))?;
    let mut changed = case.clone();
    if to != from {
        // A new attempt begins; what was decided before stays in the events.
        changed.reason = None;
        changed.documents_digest = None;
        changed.expires_at = None;
        changed.reviewer_id = None;
    }
    to.as_str().clone_into(&mut changed.state);
    Ok(changed)
}

/// Adds a paper. It is cleaned before it is kept.
///
/// # Errors
/// [`AppError::Invalid`] says why a file is not taken; [`AppError::Refused`] while the case is looked at or approved.
pub async fn add_document(
    app: &App,
    caller: &Caller,
    id: Uuid,
    kind: Paper,
    name: &str,
    bytes: Bytes,
) -> Result<KycDocument, AppError> {
    // Who may not is refused before anything is unpacked.
    drop(opened(app, caller, id).await?);
    let clean = clean::clean(bytes).await?;
    let sealed = vault::put(app, &clean.bytes, clean.content_type).await?;
    let (mut tx, found, reached) = opened(app, caller, id).await?;
    let cases = kyc::open_case(tx.conn()?, reached, app.now()).await?;
    let (case, before) = worked_on(cases, &found)?.ok_or(AppError::NotFound)?;
    let changed = collecting(&case, before)?;
    if kyc::documents(tx.conn()?, reached, &case).await?.len() >= MOST {
        return Err(AppError::refused("too_many", "a case may have 20 documents at most"));
    }
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let document = KycDocument {
        id: Uuid::now_v7(),
        kind: kind.as_str().to_owned(),
        file_id: sealed.id,
        name: format!("{stem}.{}", clean.ending),
        content_type: sealed.content_type.clone(),
        size: sealed.size,
        sha256: sealed.sha256.clone(),
        uploaded_by: caller.user_id,
        created_at: app.now(),
    };
    vault::record(&mut tx, &sealed).await?;
    kyc::insert_document(tx.conn()?, &case, &document).await?;
    let data = serde_json::json!({ "document_id": document.id, "kind": document.kind });
    write(
        app,
        &mut tx,
        caller,
        reached,
        &changed,
        before,
        ("kyc.document_add", data),
    )
    .await?;
    tx.commit().await?;
    Ok(document)
}

/// Takes a paper out.
///
/// # Errors
/// [`AppError::Refused`] while the case is looked at or approved.
pub async fn delete_document(app: &App, caller: &Caller, id: Uuid, document: Uuid) -> Result<(), AppError> {
    let (mut tx, found, reached) = opened(app, caller, id).await?;
    let cases = kyc::locked_cases(tx.conn()?, reached).await?;
    let (case, before) = worked_on(cases, &found)?.ok_or(AppError::NotFound)?;
    let changed = collecting(&case, before)?;
    kyc::delete_document(tx.conn()?, &case, document, app.now()).await?;
    let data = serde_json::json!({ "document_id": document });
    write(
        app,
        &mut tx,
        caller,
        reached,
        &changed,
        before,
        ("kyc.document_delete", data),
    )
    .await?;
    tx.commit().await
}

/// What a customer's kind needs.
pub(super) fn kind_of(customer: &Customer) -> Result<Kind, AppError> {
    customer
        .summary
        .kind
        .parse()
        .map_err(|error: domain::customer::profile::UnknownKind| AppError::Internal(error.to_string()))
}

/// The papers that are there.
pub(super) fn given(documents: &[KycDocument]) -> Vec<Paper> {
    documents
        .iter()
        .filter_map(|document| document.kind.parse().ok())
        .collect()
}

/// Hands the case in.
///
/// # Errors
/// [`AppError::Refused`] when papers are missing or the state does not allow it.
pub async fn submit(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    let (mut tx, found, reached) = opened(app, caller, id).await?;
    let cases = kyc::locked_cases(tx.conn()?, reached).await?;
    let Some((mut case, before)) = worked_on(cases, &found)? else {
        return Err(refused(&Refusal::State(state_of(&found.summary.kyc_state)?)));
    };
    let to = after(before, Step::Submit).map_err(|refusal| refused(&refusal))?;
    let documents = kyc::documents(tx.conn()?, reached, &case).await?;
    let missing = paper::missing(kind_of(&found)?, &given(&documents));
    if !missing.is_empty() {
        return Err(AppError::Refused {
            code: Refusal::Incomplete.code().to_owned(),
            message: Refusal::Incomplete.to_string(),
            allowed: missing.concat().iter().map(|paper| paper.as_str().to_owned()).collect(),
        });
    }
    to.as_str().clone_into(&mut case.state);
    case.submitted_at = Some(app.now());
    case.submitted_by = Some(caller.user_id);
    case.reviewer_id = None;
    case.reason = None;
    let data = serde_json::json!({ "documents": documents.len() });
    write(app, &mut tx, caller, reached, &case, before, ("kyc.submit", data)).await?;
    tx.commit().await
}
