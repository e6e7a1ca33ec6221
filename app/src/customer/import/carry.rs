//! Making the customers, in batches. A batch is one transaction under the import's lock: the customers, the rows that say so, and how
//! far it is. A worker that dies leaves whole batches; the next one goes on with the rows that are still to be imported.

use std::collections::HashMap;

use domain::customer::import::{ImportState, Mapping, table::Line};
use store::{
    customer_import::{self, Import, NewRow, RowRecord},
    event::{self, NewEvent},
};
use uuid::Uuid;

use super::{
    Progress, audit_for_owner, fingerprint, kept, mapping_of, table,
    verdict::{self, Good, Known},
};
use crate::{App, AppError, Tx, customer::sealed_nin};

/// Rows of one transaction.
const BATCH: i64 = 500;

/// Imports what is still to be imported of a confirmed file. `progress` hears percents.
///
/// # Errors
/// When the database or the storage is away; the job then goes on where it stopped.
pub async fn carry_out(app: &App, id: Uuid, progress: &Progress<'_>) -> Result<(), AppError> {
    let import = customer_import::find(&mut *app.conn().await?, id, None).await?;
    if import.state != ImportState::Importing.as_str() {
        return Ok(());
    }
    let mapping = mapping_of(&import);
    let table = table(app, &import).await?;
    let lines: HashMap<i32, Line> = table
        .lines
        .into_iter()
        .map(|line| (i32::try_from(line.number).unwrap_or(i32::MAX), line))
        .collect();
    loop {
        let Some(import) = batch(app, id, &lines, &mapping).await? else {
            return Ok(());
        };
        let all = import.accepted.max(1);
        progress(i16::try_from(i64::from(import.processed) * 100 / i64::from(all)).unwrap_or(100)).await?;
        if import.state != ImportState::Importing.as_str() {
            return Ok(());
        }
    }
}

/// One batch; `None` when the import is no longer to go on.
async fn batch(app: &App, id: Uuid, lines: &HashMap<i32, Line>, mapping: &Mapping) -> Result<Option<Import>, AppError> {
    let mut tx = app.begin().await?;
    // One at a time: an address has no unique key, so a batch must see what every other import has made.
    customer_import::alone(tx.conn()?).await?;
    let mut import = customer_import::find_for_update(tx.conn()?, id, None).await?;
    if import.state != ImportState::Importing.as_str()
        || import.fingerprint.as_deref() != Some(fingerprint(&import).as_slice())
    {
        return Ok(None);
    }
    let next = customer_import::next_valid(tx.conn()?, id, BATCH).await?;
    if next.is_empty() {
        ImportState::Done.as_str().clone_into(&mut import.state);
        import.finished_at = Some(app.now());
        customer_import::update(tx.conn()?, &import).await?;
        audit_for_owner(app, &mut tx, &import, "customer_import.done").await?;
        tx.commit().await?;
        return Ok(Some(import));
    }
    let (mut good, mut settled) = (Vec::new(), Vec::new());
    for number in next {
        let judged = match lines.get(&number) {
            Some(line) => verdict::judge(line, mapping),
            None => {
                return Err(AppError::Internal(format!(
                    "line {number} of import {id} is not in its file"
                )));
            }
        };
        match judged {
            Ok(row) => good.push((number, row)),
            Err(issues) => settled.push(record(number, "rejected", kept(&issues)?)),
        }
    }
    let shared = import.shared_emails;
    let keys = verdict::collect(good.iter().flat_map(|(_, row)| verdict::keys(row, shared)));
    let known = Known::new(customer_import::taken(tx.conn()?, &keys).await?);
    let mut rows = Vec::with_capacity(good.len());
    for (number, row) in &good {
        let issues = known.issues(verdict::keys(row, shared));
        if issues.is_empty() {
            rows.push(new_row(app, *number, row)?);
        } else {
            settled.push(record(*number, "duplicate", kept(&issues)?));
        }
    }
    let duplicates = settled.iter().filter(|row| row.outcome == "duplicate").count();
    import.duplicates += count(duplicates);
    import.rejected += count(settled.len() - duplicates);
    customer_import::settle(tx.conn()?, id, &settled).await?;
    // A number that somebody took in this very moment leaves its row to the next batch, which sees who has it.
    let made = customer_import::insert_customers(tx.conn()?, id, &rows, import.created_by, app.now()).await?;
    import.imported += count(made.len());
    import.processed += count(made.len() + settled.len());
    customer_import::update(tx.conn()?, &import).await?;
    audit_for_owner(app, &mut tx, &import, "customer_import.batch").await?;
    tell(&mut tx, &import, made.len()).await?;
    tx.commit().await?;
    Ok(Some(import))
}

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

fn record(line: i32, outcome: &'static str, errors: serde_json::Value) -> RowRecord {
    RowRecord {
        line,
        outcome,
        name: String::new(),
        errors,
    }
}

/// Lists of customers hear of a batch, not of each customer.
async fn tell(tx: &mut Tx, import: &Import, made: usize) -> Result<(), AppError> {
    let event = NewEvent {
        kind: "customer.imported",
        subject_type: "customer",
        subject_id: import.id,
        permission: Some("customers.view"),
        user_id: None,
        data: serde_json::json!({ "customers": made }),
    };
    Ok(event::append(tx.conn()?, event).await?)
}

fn new_row(app: &App, line: i32, good: &Good) -> Result<NewRow, AppError> {
    let id = Uuid::now_v7();
    let profile = &good.profile;
    let nin = profile.nin.as_deref().map(|nin| sealed_nin(app, id, nin)).transpose()?;
    let address = good.address.clone();
    let (nin_sealed, nin_last4) = nin.unzip();
    Ok(NewRow {
        line,
        id,
        kind: profile.kind.as_str().to_owned(),
        name: profile.name.clone(),
        first_name: profile.first_name.clone(),
        last_name: profile.last_name.clone(),
        company_name: profile.company_name.clone(),
        legal_form: profile.legal_form.clone(),
        email: profile.email.clone(),
        phone: profile.phone.clone(),
        website: profile.website.clone(),
        locale: profile.locale.as_str().to_owned(),
        nif: profile.nif.clone(),
        nis: profile.nis.clone(),
        rc: profile.rc.clone(),
        ai: profile.ai.clone(),
        rib: profile.rib.clone(),
        nin_sealed: nin_sealed.map(|sealed| data_encoding::HEXLOWER.encode(&sealed)),
        nin_last4,
        tags: good.tags.clone(),
        external_id: good.external_id.clone(),
        address_id: address.as_ref().map(|address| address.id),
        line1: address.as_ref().map(|address| address.line1.clone()),
        line2: address.as_ref().and_then(|address| address.line2.clone()),
        postal_code: address.as_ref().and_then(|address| address.postal_code.clone()),
        city: address.as_ref().map(|address| address.city.clone()),
        wilaya: address.as_ref().and_then(|address| address.wilaya),
        country: address.map(|address| address.country),
    })
}
