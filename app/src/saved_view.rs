//! Filters that a person keeps under a name. One that is his alone is a setting of his own, so no audit line is written; of what he shows
//! to others there is one.

use domain::{
    audit::changes,
    permission::Permission,
    view::{Audience, Sharer, readers, share},
};
use serde_json::{Value, json};
use store::{
    StoreError,
    audit::{self, Entry},
    event::{self, NewEvent},
    group,
    saved_view::{self, SavedView},
};
use uuid::Uuid;

use crate::{App, AppError, Caller, Tx};

/// Most views of one list.
const MOST: usize = 100;
/// Most places of one list: one's own views and others'.
const PLACES: usize = 200;

/// What is to become of a view; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Name.
    pub name: Option<String>,
    /// Query string of the list.
    pub query: Option<String>,
    /// Who sees it.
    pub audience: Option<Audience>,
}

/// The views of a list that the caller sees: his own, and what others show to him.
///
/// # Errors
/// When the database is away.
pub async fn views(app: &App, caller: &Caller, list: &str) -> Result<Vec<SavedView>, AppError> {
    let mut conn = app.conn().await?;
    Ok(seen(&mut conn, caller, list).await?)
}

async fn seen(conn: &mut store::PgConn, caller: &Caller, list: &str) -> Result<Vec<SavedView>, StoreError> {
    if reads(caller, list) {
        saved_view::shown_to(conn, caller.user_id, list).await
    } else {
        saved_view::of_user(conn, caller.user_id, list).await
    }
}

fn reads(caller: &Caller, list: &str) -> bool {
    readers(list).is_some_and(|needed| caller.may(needed))
}

/// Keeps a view.
///
/// # Errors
/// [`AppError::Refused`] when there are a hundred.
pub async fn keep(app: &App, caller: &Caller, list: &str, name: &str, query: &str) -> Result<SavedView, AppError> {
    let mut tx = app.begin().await?;
    saved_view::hold(tx.conn()?, caller.user_id).await?;
    let known = saved_view::of_user(tx.conn()?, caller.user_id, list).await?;
    let before = known.iter().find(|view| view.name == name);
    if known.len() >= MOST && before.is_none() {
        return Err(AppError::refused("too_many", "a list may have 100 views at most"));
    }
    if let Some(before) = before {
        still_shares(&mut tx, caller, before).await?;
    }
    let id = saved_view::put(tx.conn()?, caller.user_id, list, (name, query), app.now()).await?;
    let view = saved_view::held(tx.conn()?, caller.user_id, id, false).await?;
    if let Some(before) = before {
        tell(app, caller, &mut tx, Some(before), Some(&view)).await?;
    }
    tx.commit().await?;
    Ok(view)
}

/// Changes a view of one's own: what it is called, what it looks for, who sees it.
///
/// # Errors
/// [`AppError::NotFound`] also when it is somebody else's; [`AppError::Stale`]; [`AppError::Invalid`] when another has the name;
/// [`AppError::Refused`] `view_not_shared`, `view_not_your_group`, `view_not_to_all`.
pub async fn change(app: &App, caller: &Caller, id: Uuid, version: i32, wanted: Change) -> Result<SavedView, AppError> {
    let mut tx = app.begin().await?;
    let before = saved_view::held(tx.conn()?, caller.user_id, id, false).await?;
    if before.version != version {
        return Err(AppError::Stale);
    }
    let mut after = before.clone();
    let as_before = |audience: &Audience| audience.as_str() == before.audience && audience.group() == before.group_id;
    if let Some(audience) = wanted.audience.filter(|audience| !as_before(audience)) {
        may_share(&mut tx, caller, &before.list, audience).await?;
        after.audience = audience.as_str().to_owned();
        after.group_id = audience.group();
    } else if wanted.name.is_some() || wanted.query.is_some() {
        still_shares(&mut tx, caller, &before).await?;
    }
    after.name = wanted.name.unwrap_or(after.name);
    after.query = wanted.query.unwrap_or(after.query);
    saved_view::update(tx.conn()?, &after).await.map_err(taken)?;
    let after = saved_view::held(tx.conn()?, caller.user_id, id, false).await?;
    tell(app, caller, &mut tx, Some(&before), Some(&after)).await?;
    tx.commit().await?;
    Ok(after)
}

/// What others see is changed by whoever may show it to them now; his own he may always change.
async fn still_shares(tx: &mut Tx, caller: &Caller, view: &SavedView) -> Result<(), AppError> {
    match Audience::of(&view.audience, view.group_id) {
        None | Some(Audience::Own) => Ok(()),
        Some(audience) => may_share(tx, caller, &view.list, audience).await,
    }
}

async fn may_share(tx: &mut Tx, caller: &Caller, list: &str, audience: Audience) -> Result<(), AppError> {
    let member = match audience.group() {
        Some(group) => {
            match group::find(tx.conn()?, group).await {
                Ok(_) => {}
                Err(StoreError::NotFound) => {
                    return Err(AppError::invalid(
                        "/group_id",
                        "unknown_group",
                        "there is no such group",
                    ));
                }
                Err(error) => return Err(error.into()),
            }
            group::role(tx.conn()?, group, caller.user_id).await?.is_some()
        }
        None => false,
    };
    let sharer = Sharer {
        reads: reads(caller, list),
        member,
        manages: caller.may(Permission::GroupsEdit),
    };
    share(audience, sharer).map_err(|refusal| AppError::refused(refusal.code(), refusal.to_string()))
}

fn taken(error: StoreError) -> AppError {
    match error {
        StoreError::Conflict(_) => AppError::invalid("/name", "taken", "another view has this name"),
        other => other.into(),
    }
}

/// Forgets a view: one's own, or, for those who manage groups, one that somebody shows to others.
///
/// # Errors
/// [`AppError::NotFound`] also when it is not the caller's to forget.
pub async fn forget(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    let manages = caller.may(Permission::GroupsEdit);
    let view = saved_view::held(tx.conn()?, caller.user_id, id, manages).await?;
    if view.owner_id != caller.user_id && !reads(caller, &view.list) {
        return Err(AppError::NotFound);
    }
    saved_view::delete(tx.conn()?, view.owner_id, id).await?;
    tell(app, caller, &mut tx, Some(&view), None).await?;
    tx.commit().await
}

/// Has the views of a list stand in this order for the caller alone, and the list open with one of them, or with all rows. Views that he
/// does not see have no place.
///
/// # Errors
/// [`AppError::Invalid`] when there are too many, or when it is to open with one that he does not see.
pub async fn arrange(
    app: &App,
    caller: &Caller,
    list: &str,
    places: Vec<Uuid>,
    opening: Option<Uuid>,
) -> Result<(), AppError> {
    if places.len() > PLACES {
        return Err(AppError::invalid("/places", "too_many", "a list has 200 views at most"));
    }
    let mut tx = app.begin().await?;
    let known: Vec<Uuid> = seen(tx.conn()?, caller, list)
        .await?
        .into_iter()
        .map(|view| view.id)
        .collect();
    if opening.is_some_and(|id| !known.contains(&id)) {
        return Err(AppError::invalid("/opening", "unknown_view", "there is no such view"));
    }
    let mut kept: Vec<Uuid> = Vec::with_capacity(places.len());
    for id in places {
        if known.contains(&id) && !kept.contains(&id) {
            kept.push(id);
        }
    }
    saved_view::arrange(tx.conn()?, caller.user_id, list, &kept, opening).await?;
    tx.commit().await
}

/// What the trail says of one. An address in it stands there as people write it, so that it can be taken out with its person.
fn shown(view: &SavedView) -> Value {
    let query = view.query.replace("%40", "@").replace("%2B", "+");
    json!({ "list": view.list, "name": view.name, "query": query, "audience": view.audience, "group": view.group_name })
}

/// Writes down what became of a view that others see, or saw, and tells browsers of it. Of one that nobody else sees nothing is said.
async fn tell(
    app: &App,
    caller: &Caller,
    tx: &mut Tx,
    before: Option<&SavedView>,
    after: Option<&SavedView>,
) -> Result<(), AppError> {
    let open = |view: Option<&SavedView>| view.is_some_and(|view| view.audience != Audience::Own.as_str());
    let Some(view) = after.or(before) else {
        return Ok(());
    };
    let action = match (open(before), open(after)) {
        (false, false) => return Ok(()),
        (false, true) => "saved_view.share",
        (true, true) => "saved_view.change",
        (true, false) if after.is_some() => "saved_view.unshare",
        (true, false) => "saved_view.delete",
    };
    let facts = |view: Option<&SavedView>| view.map_or(Value::Null, shown);
    let entry = Entry {
        action,
        subject_type: "saved_view",
        subject_id: Some(view.id),
        data: changes(&facts(before), &facts(after)),
    };
    audit::append(tx.conn()?, &caller.actor, app.now(), entry).await?;
    let made = NewEvent {
        kind: "saved_view.changed",
        subject_type: "saved_view",
        subject_id: view.id,
        permission: readers(&view.list).map(Permission::as_str),
        user_id: None,
        data: json!({}),
    };
    Ok(event::append(tx.conn()?, made).await?)
}
