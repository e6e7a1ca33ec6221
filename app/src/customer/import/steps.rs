//! What a person does with an import.

use chrono::{DateTime, Utc};
use domain::{
    customer::import::{Column, ImportState, MAX_SIZE, Mapping, Table, column},
    permission::Permission,
};
use jobs::{CheckCustomerImport, NewJob, RunCustomerImport};
use store::{
    audit,
    customer_import::{self, Import},
};
use uuid::Uuid;

use super::{Shown, blocking, entry, fingerprint};
use crate::{App, AppError, Caller, Tx, upload::Upload, vault};

/// Rows of a file that are shown above the mapping.
const SAMPLE: usize = 5;
/// Longest cell shown there, in characters.
const CELL: usize = 80;

fn context(id: Uuid) -> String {
    format!("customer_imports.sample.{id}")
}

pub(super) fn allowed(caller: &Caller) -> Result<(), AppError> {
    caller.need(Permission::CustomersImport)?;
    caller.need(Permission::CustomersView)
}

/// Takes a file and proposes what its columns hold. Nothing is checked yet but that it is a table.
///
/// # Errors
/// [`AppError::Invalid`] when it is none.
pub async fn upload(app: &App, caller: &Caller, file: Upload) -> Result<Shown, AppError> {
    allowed(caller)?;
    if file.bytes.len() > MAX_SIZE {
        return Err(AppError::invalid(
            "",
            "import_too_large",
            "a file may have 20 MB at most",
        ));
    }
    let bytes = file.bytes.clone();
    let table = blocking(move || Table::read(&bytes))
        .await?
        .map_err(|fault| AppError::invalid("", fault.code(), fault))?;
    let id = Uuid::now_v7();
    let shorten = |cell: &String| cell.chars().take(CELL).collect::<String>();
    let sample: Vec<Vec<String>> = table
        .lines
        .iter()
        .take(SAMPLE)
        .map(|line| line.cells.iter().map(shorten).collect())
        .collect();
    let text = serde_json::to_vec(&sample).map_err(|error| AppError::Internal(error.to_string()))?;
    let mapping = column::propose(&table.header);
    let sealed = vault::put(app, &file.bytes, "text/csv").await?;
    let import = Import {
        id,
        file_id: Some(sealed.id),
        name: file.name,
        state: ImportState::Uploaded.as_str().to_owned(),
        error: None,
        size: sealed.size,
        sha256: sealed.sha256.clone(),
        encoding: table.encoding.as_str().to_owned(),
        delimiter: char::from(table.delimiter).to_string(),
        header: table.header.iter().map(shorten).collect(),
        mapping: names(&mapping),
        sample: Some(app.keys.seal(&context(id), &text)?),
        shared_emails: false,
        fingerprint: None,
        job_id: None,
        total: i32::try_from(table.lines.len()).unwrap_or(i32::MAX),
        processed: 0,
        accepted: 0,
        duplicates: 0,
        rejected: 0,
        imported: 0,
        created_by: caller.user_id,
        created_at: app.now(),
        started_at: None,
        finished_at: None,
        version: 1,
    };
    let mut tx = app.begin().await?;
    vault::record(&mut tx, &sealed).await?;
    customer_import::insert(tx.conn()?, &import).await?;
    audit::append(
        tx.conn()?,
        &caller.actor,
        app.now(),
        entry(&import, "customer_import.upload"),
    )
    .await?;
    let imported_before = customer_import::imported_before(tx.conn()?, &import.sha256, id).await?;
    tx.commit().await?;
    Ok(Shown {
        import,
        sample,
        imported_before,
    })
}

fn names(mapping: &[Option<Column>]) -> Vec<Option<String>> {
    mapping
        .iter()
        .map(|column| column.map(|column| column.as_str().to_owned()))
        .collect()
}

/// An import of the caller's.
///
/// # Errors
/// [`AppError::NotFound`] also when it is somebody else's.
pub async fn show(app: &App, caller: &Caller, id: Uuid) -> Result<Shown, AppError> {
    allowed(caller)?;
    let mut conn = app.conn().await?;
    let import = customer_import::find(&mut conn, id, Some(caller.user_id)).await?;
    let imported_before = customer_import::imported_before(&mut conn, &import.sha256, id).await?;
    let sample = match import.sample.as_deref() {
        Some(sealed) => serde_json::from_slice(&app.keys.open(&context(id), sealed)?)
            .map_err(|error| AppError::Internal(error.to_string()))?,
        None => Vec::new(),
    };
    Ok(Shown {
        import,
        sample,
        imported_before,
    })
}

/// The caller's imports, newest first.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn list(
    app: &App,
    caller: &Caller,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Import>, AppError> {
    allowed(caller)?;
    Ok(customer_import::list(&mut *app.conn().await?, caller.user_id, after, limit).await?)
}

async fn opened(app: &App, caller: &Caller, id: Uuid, states: &[ImportState]) -> Result<(Tx, Import), AppError> {
    allowed(caller)?;
    let mut tx = app.begin().await?;
    let import = customer_import::find_for_update(tx.conn()?, id, Some(caller.user_id)).await?;
    if !states.iter().any(|state| import.state == state.as_str()) {
        return Err(AppError::Refused {
            code: "import_state".to_owned(),
            message: format!("this cannot be done with an import that is {}", import.state),
            allowed: states.iter().map(|state| state.as_str().to_owned()).collect(),
        });
    }
    if import.file_id.is_none() {
        return Err(AppError::NotFound);
    }
    Ok((tx, import))
}

/// Has every row checked under this mapping. Nobody is made.
///
/// # Errors
/// [`AppError::Invalid`] for a mapping that leaves out what every customer needs, or names a thing twice; [`AppError::Stale`].
pub async fn start_check(
    app: &App,
    caller: &Caller,
    id: Uuid,
    mapping: Mapping,
    shared_emails: bool,
    version: i32,
) -> Result<Shown, AppError> {
    let (mut tx, mut import) = opened(app, caller, id, &[ImportState::Uploaded, ImportState::Checked]).await?;
    if import.version != version {
        return Err(AppError::Stale);
    }
    column::check(&mapping, import.header.len()).map_err(|fault| AppError::invalid("/mapping", fault.code(), fault))?;
    import.mapping = names(&mapping);
    import.shared_emails = shared_emails;
    import.fingerprint = Some(fingerprint(&import));
    ImportState::Checking.as_str().clone_into(&mut import.state);
    (import.processed, import.accepted, import.duplicates, import.rejected) = (0, 0, 0, 0);
    let job = CheckCustomerImport { import_id: id, version };
    let jobs = tx.enqueue(&[NewJob::of(&job).actor(caller.user_id)]).await?;
    import.job_id = jobs.first().copied();
    customer_import::update(tx.conn()?, &import).await?;
    audit::append(
        tx.conn()?,
        &caller.actor,
        app.now(),
        entry(&import, "customer_import.check"),
    )
    .await?;
    tx.commit().await?;
    show(app, caller, id).await
}

/// Has the rows imported that the check found good. `fingerprint` is the one that the check was shown with, so that nobody confirms
/// another file or mapping than he saw.
///
/// # Errors
/// [`AppError::Refused`] `import_changed`, or when there is nothing to import.
pub async fn confirm(app: &App, caller: &Caller, id: Uuid, wanted: &[u8]) -> Result<Shown, AppError> {
    caller.need(Permission::CustomersCreate)?;
    let (mut tx, mut import) = opened(app, caller, id, &[ImportState::Checked]).await?;
    let refused = |code: &str, message: &str| AppError::refused(code, message);
    if import.fingerprint.as_deref() != Some(wanted) || fingerprint(&import) != wanted {
        return Err(refused(
            "import_changed",
            "the file or its mapping is not the one that was checked; look at the report again",
        ));
    }
    if import.accepted == 0 {
        return Err(refused("import_nothing", "no row of the file can be imported"));
    }
    ImportState::Importing.as_str().clone_into(&mut import.state);
    import.processed = 0;
    import.started_at = Some(app.now());
    let jobs = tx
        .enqueue(&[NewJob::of(&RunCustomerImport { import_id: id }).actor(caller.user_id)])
        .await?;
    import.job_id = jobs.first().copied();
    customer_import::update(tx.conn()?, &import).await?;
    audit::append(
        tx.conn()?,
        &caller.actor,
        app.now(),
        entry(&import, "customer_import.confirm"),
    )
    .await?;
    tx.commit().await?;
    show(app, caller, id).await
}

/// Ends an import; the customers that were made stay.
///
/// # Errors
/// [`AppError::Refused`] when it is at its end already.
pub async fn cancel(app: &App, caller: &Caller, id: Uuid) -> Result<Shown, AppError> {
    let live = [
        ImportState::Uploaded,
        ImportState::Checking,
        ImportState::Checked,
        ImportState::Importing,
    ];
    let (mut tx, mut import) = opened(app, caller, id, &live).await?;
    ImportState::Cancelled.as_str().clone_into(&mut import.state);
    import.finished_at = Some(app.now());
    customer_import::update(tx.conn()?, &import).await?;
    audit::append(
        tx.conn()?,
        &caller.actor,
        app.now(),
        entry(&import, "customer_import.cancel"),
    )
    .await?;
    tx.commit().await?;
    show(app, caller, id).await
}
