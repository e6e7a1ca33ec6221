//! Support groups as people manage them, and what dealing out asks about agents.

use domain::{
    audit::changes,
    permission::Permission,
    ticket::{
        category as rules,
        deal::Strategy,
        survey,
        waiting::{self, Rules},
    },
};
use serde_json::{Value, json};
use store::{
    StoreError, audit,
    group::{self, Conduct, Member, Profile, SupportGroup},
    sla,
    ticket::{deal, waiting as waits},
    user,
};
use uuid::Uuid;

use crate::{App, AppError, Caller, FieldError, Tx};

/// Days that statistics look back.
const DAYS: i64 = 30;
/// Most members of a group.
const MEMBERS_MAX: usize = 200;

/// A group as entered.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// How its tickets are dealt out.
    pub strategy: Strategy,
    /// Only its members are given its tickets.
    pub members_only: bool,
    /// Only they answer and change them: then only they are given any.
    pub members_handle: bool,
    /// Customers are asked how satisfied they are with a resolution.
    pub survey: bool,
    /// So many hours after it.
    pub survey_delay_hours: i32,
    /// How it treats customers who do not answer, or write unexpectedly; `None` = as before, or as usual.
    pub conduct: Option<Conduct>,
    /// In use; otherwise retired.
    pub active: bool,
}

/// What holds for a group of which nothing else was said.
fn usual() -> Conduct {
    let rules = Rules::default();
    Conduct {
        remind: rules.remind,
        remind_days: rules.remind_days,
        resolve_after_days: rules.resolve_after_days,
        calendar_id: None,
        reply_ends_hold: true,
        reopen_window_hours: 0,
    }
}

/// A group with its members, and how fast it answers.
#[derive(Debug)]
pub struct Detail {
    /// The group.
    pub group: SupportGroup,
    /// Its members.
    pub members: Vec<Member>,
    /// Median seconds from the opening to the first answer of a person, over 30 days.
    pub first_response: Option<f64>,
    /// Of how many tickets.
    pub answered: i64,
    /// The caller may change it.
    pub may_change: bool,
}

/// All groups.
///
/// # Errors
/// [`AppError::Forbidden`].
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<SupportGroup>, AppError> {
    caller.need(Permission::TicketsView)?;
    Ok(group::all(&mut *app.conn().await?).await?)
}

/// One group.
///
/// # Errors
/// [`AppError::NotFound`].
pub async fn detail(app: &App, caller: &Caller, id: Uuid) -> Result<Detail, AppError> {
    caller.need(Permission::TicketsView)?;
    let mut conn = app.conn().await?;
    let found = group::find(&mut conn, id).await?;
    // Ids begin with the time: this one comes before all of the last days.
    let since = app.now() - chrono::TimeDelta::days(DAYS);
    let seconds = u64::try_from(since.timestamp()).unwrap_or_default();
    let first = Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, 0));
    let (first_response, answered) = group::first_response(&mut conn, id, first).await?;
    let lead = group::role(&mut conn, id, caller.user_id).await?.as_deref() == Some("lead");
    Ok(Detail {
        group: found,
        members: group::members(&mut conn, id).await?,
        first_response,
        answered,
        may_change: lead && caller.may(Permission::TicketsEdit) || caller.may(Permission::GroupsEdit),
    })
}

/// Those who manage groups, and a group's own leads.
async fn may_change(tx: &mut Tx, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    if caller.may(Permission::GroupsEdit) {
        return Ok(());
    }
    caller.need(Permission::TicketsView)?;
    // A program that a lead lets read changes nothing in his name.
    caller.need(Permission::TicketsEdit)?;
    match group::role(tx.conn()?, id, caller.user_id).await?.as_deref() {
        Some("lead") => Ok(()),
        _ => Err(AppError::Forbidden),
    }
}

fn taken(error: StoreError) -> AppError {
    match error {
        StoreError::Conflict(_) => AppError::Conflict {
            code: "name_taken".to_owned(),
            detail: "This name is taken.".to_owned(),
        },
        other => other.into(),
    }
}

fn checked(draft: Draft) -> Result<Draft, AppError> {
    let mut errors = Vec::new();
    let name = rules::name(&draft.name).unwrap_or_else(|| {
        errors.push(FieldError::new("/name", "bad_name", "a name has 1 to 80 characters"));
        String::new()
    });
    let description = draft.description.trim().to_owned();
    if description.chars().count() > rules::DESCRIPTION_MAX {
        let text = "a description has 500 characters at most";
        errors.push(FieldError::new("/description", "too_long", text));
    }
    if !(0..=survey::DELAY_MAX_HOURS).contains(&draft.survey_delay_hours) {
        errors.push(FieldError::new("/survey_delay_hours", "out_of_range", "0 to 72 hours"));
    }
    if let Some(conduct) = &draft.conduct {
        let rules = Rules {
            remind: conduct.remind,
            remind_days: conduct.remind_days.clone(),
            resolve_after_days: conduct.resolve_after_days,
        };
        if let Err(flaw) = rules.check() {
            let pointer = format!("/conduct{}", flaw.pointer());
            errors.push(FieldError::new(&pointer, flaw.code(), flaw));
        }
        if !(0..=waiting::REOPEN_MAX_HOURS).contains(&conduct.reopen_window_hours) {
            errors.push(FieldError::new(
                "/conduct/reopen_window_hours",
                "out_of_range",
                "0 to 720 hours",
            ));
        }
    }
    if errors.is_empty() {
        Ok(Draft {
            name,
            description,
            ..draft
        })
    } else {
        Err(AppError::Invalid(errors))
    }
}

fn facts(group: &SupportGroup, calendar: Option<&str>) -> Value {
    let conduct = &group.conduct;
    json!({ "name": group.name, "description": group.description, "strategy": group.strategy,
            "members_only": group.members_only, "members_handle": group.members_handle,
            "survey": group.survey, "survey_delay_hours": group.survey_delay_hours,
            "remind": conduct.remind, "remind_days": conduct.remind_days, "resolve_after_days": conduct.resolve_after_days,
            "calendar": calendar, "reply_ends_hold": conduct.reply_ends_hold,
            "reopen_window_hours": conduct.reopen_window_hours, "active": group.retired_at.is_none() })
}

/// What the calendar is called by which a group wants to count; it is held until the transaction ends, so nobody deletes it meanwhile.
async fn calendar(tx: &mut Tx, wanted: Option<Uuid>) -> Result<Option<String>, AppError> {
    let Some(id) = wanted else {
        return Ok(None);
    };
    sla::lock(tx.conn()?).await?;
    match sla::calendar(tx.conn()?, id).await {
        Ok(found) => Ok(Some(found.name)),
        Err(StoreError::NotFound) => Err(AppError::invalid(
            "/conduct/calendar_id",
            "unknown_calendar",
            "there is no such calendar",
        )),
        Err(error) => Err(error.into()),
    }
}

/// The audit line and the live event.
async fn finish(app: &App, caller: &Caller, mut tx: Tx, action: &str, id: Uuid, data: Value) -> Result<(), AppError> {
    let entry = audit::Entry {
        action,
        subject_type: "support_group",
        subject_id: Some(id),
        data,
    };
    tx.record(
        &caller.actor,
        app.now(),
        entry,
        ("support_group.updated", Permission::TicketsView),
    )
    .await?;
    tx.commit().await
}

fn written(id: Uuid, version: i32, draft: Draft) -> SupportGroup {
    SupportGroup {
        id,
        name: draft.name,
        description: draft.description,
        strategy: draft.strategy.as_str().to_owned(),
        members_only: draft.members_only || draft.members_handle,
        members_handle: draft.members_handle,
        survey: draft.survey,
        survey_delay_hours: draft.survey_delay_hours,
        conduct: draft.conduct.unwrap_or_else(usual),
        retired_at: None,
        members: 0,
        open: 0,
        unassigned: 0,
        breached: 0,
        version,
    }
}

/// Adds a group, without members yet.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::Conflict`] when the name is taken.
pub async fn create(app: &App, caller: &Caller, draft: Draft) -> Result<SupportGroup, AppError> {
    caller.need(Permission::GroupsEdit)?;
    let new = written(Uuid::now_v7(), 1, checked(draft)?);
    let mut tx = app.begin().await?;
    let counts_by = calendar(&mut tx, new.conduct.calendar_id).await?;
    group::insert(tx.conn()?, &new, caller.user_id, app.now())
        .await
        .map_err(taken)?;
    let data = changes(&Value::Null, &facts(&new, counts_by.as_deref()));
    finish(app, caller, tx, "support_group.create", new.id, data).await?;
    Ok(group::find(&mut *app.conn().await?, new.id).await?)
}

/// Changes a group, retires it, or takes it into use again. When its tickets begin to be dealt out, those that wait there already are too.
///
/// # Errors
/// As [`create`]; [`AppError::Refused`] while tickets or settings need it; [`AppError::Stale`].
pub async fn change(
    app: &App,
    caller: &Caller,
    id: Uuid,
    version: i32,
    draft: Draft,
) -> Result<SupportGroup, AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    may_change(&mut tx, caller, id).await?;
    let (active, as_before) = (draft.active, draft.conduct.is_none());
    let mut new = written(id, version, checked(draft)?);
    let counts_by = calendar(&mut tx, new.conduct.calendar_id.filter(|_| !as_before)).await?;
    group::lock(tx.conn()?).await?;
    let before = group::held(tx.conn()?, id).await?;
    if before.version != version {
        return Err(AppError::Stale);
    }
    if as_before {
        new.conduct = before.conduct.clone();
    }
    let counted_by = match before.conduct.calendar_id {
        Some(id) if before.conduct.calendar_id != new.conduct.calendar_id => {
            Some(sla::calendar(tx.conn()?, id).await?.name)
        }
        Some(_) => counts_by.clone(),
        None => None,
    };
    if !active && before.retired_at.is_none() {
        match group::in_use(tx.conn()?, id).await? {
            Some("group_used") => {
                return Err(AppError::refused(
                    "group_used",
                    "A mailbox or a category sends tickets to this group.",
                ));
            }
            Some("group_has_tickets") => {
                return Err(AppError::refused(
                    "group_has_tickets",
                    "Tickets are under way in this group. Hand them over first.",
                ));
            }
            Some(_) => return Err(AppError::refused("last_group", "One group at least stays in use.")),
            None => {}
        }
    }
    new.retired_at = (!active).then(|| before.retired_at.unwrap_or(now));
    group::update(tx.conn()?, &new, caller.user_id, now)
        .await
        .map_err(taken)?;
    if before.strategy == Strategy::Off.as_str() && new.strategy != before.strategy {
        deal::queue_all(tx.conn()?, id, now).await?;
    }
    if before.conduct != new.conduct {
        waits::look_again(tx.conn()?, id, now).await?;
    }
    let data = changes(
        &facts(&before, counted_by.as_deref()),
        &facts(&new, counts_by.as_deref()),
    );
    finish(app, caller, tx, "support_group.change", id, data).await?;
    Ok(group::find(&mut *app.conn().await?, id).await?)
}

/// Says who is in a group. Its leads say who leads and who leaves; they put nobody into it, because they say how much its members take:
/// whom they added would be theirs to send away.
///
/// # Errors
/// [`AppError::Invalid`] when somebody can be given no tickets; [`AppError::Stale`] when the group changed meanwhile;
/// [`AppError::Forbidden`].
pub async fn set_members(
    app: &App,
    caller: &Caller,
    id: Uuid,
    version: i32,
    members: &[(Uuid, bool)],
) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    may_change(&mut tx, caller, id).await?;
    if members.len() > MEMBERS_MAX {
        return Err(AppError::invalid(
            "/members",
            "too_many",
            "a group has 200 members at most",
        ));
    }
    let ids: Vec<Uuid> = members.iter().map(|(id, _)| *id).collect();
    let agents = user::agents_among(tx.conn()?, &ids).await?;
    group::lock(tx.conn()?).await?;
    let present = group::held(tx.conn()?, id).await?;
    let before = group::members(tx.conn()?, id).await?;
    let mut wanted: Vec<(Uuid, &str)> = Vec::with_capacity(members.len());
    for (user, lead) in members {
        let stays = before.iter().any(|one| one.id == *user);
        if !stays {
            caller.need(Permission::GroupsEdit)?;
        }
        if !stays && agents.iter().all(|agent| agent.id != *user) {
            let text = "this person cannot be given tickets";
            return Err(AppError::invalid("/members", "not_an_agent", text));
        }
        if wanted.iter().any(|(known, _)| known == user) {
            return Err(AppError::invalid("/members", "twice", "name everybody once"));
        }
        wanted.push((*user, if *lead { "lead" } else { "member" }));
    }
    let same = SupportGroup { version, ..present };
    group::update(tx.conn()?, &same, caller.user_id, now).await?;
    group::set_members(tx.conn()?, id, &wanted, now).await?;
    let after = group::members(tx.conn()?, id).await?;
    let told = |members: &[Member]| {
        let each = members.iter().map(|one| format!("{} ({})", one.name, one.role));
        json!({ "members": each.collect::<Vec<_>>().join(", ") })
    };
    let data = changes(&told(&before), &told(&after));
    finish(app, caller, tx, "support_group.members", id, data).await
}

/// What dealing out asks about the caller himself.
///
/// # Errors
/// [`AppError::Forbidden`] when he answers no tickets.
pub async fn own_profile(app: &App, caller: &Caller) -> Result<Profile, AppError> {
    caller.need(Permission::TicketsReply)?;
    Ok(group::profile(&mut *app.conn().await?, caller.user_id).await?)
}

/// The caller goes away, or is back: what waited for him is dealt out within seconds.
///
/// # Errors
/// [`AppError::Forbidden`] when he answers no tickets.
pub async fn set_away(app: &App, caller: &Caller, away: bool) -> Result<Profile, AppError> {
    caller.need(Permission::TicketsReply)?;
    let mut tx = app.begin().await?;
    let before = group::lock_profile(tx.conn()?, caller.user_id, app.now()).await?;
    let after = Profile { away, ..before.clone() };
    save_profile(app, caller, tx, caller.user_id, (&before, &after)).await?;
    Ok(after)
}

/// How much an agent takes and what he knows, as somebody says it of him.
#[derive(Debug, Clone)]
pub struct Workload {
    /// He is not there; when absent his own word stands.
    pub away: Option<bool>,
    /// Tickets under way at which he is dealt no more.
    pub capacity: Option<i32>,
    /// What he knows.
    pub skills: Vec<String>,
}

/// Says how much an agent takes, what he knows and whether he is there: those who manage groups, and the leads of one that he is in.
///
/// # Errors
/// [`AppError::Invalid`]; [`AppError::NotFound`] when he is no agent; [`AppError::Forbidden`].
pub async fn set_profile(app: &App, caller: &Caller, agent: Uuid, wanted: &Workload) -> Result<Profile, AppError> {
    if !caller.may(Permission::GroupsEdit) {
        caller.need(Permission::TicketsView)?;
        caller.need(Permission::TicketsEdit)?;
        if !group::leads_agent(&mut *app.conn().await?, caller.user_id, agent).await? {
            return Err(AppError::Forbidden);
        }
    }
    let mut errors = Vec::new();
    if wanted.capacity.is_some_and(|capacity| !(1..=1000).contains(&capacity)) {
        errors.push(FieldError::new("/capacity", "out_of_range", "1 to 1000 tickets"));
    }
    let skills = rules::skills(&wanted.skills).unwrap_or_else(|| {
        let text = "ten skills at most, each of 1 to 40 characters";
        errors.push(FieldError::new("/skills", "bad_skills", text));
        Vec::new()
    });
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let mut tx = app.begin().await?;
    if user::agent(tx.conn()?, agent).await?.is_none() {
        return Err(AppError::NotFound);
    }
    let before = group::lock_profile(tx.conn()?, agent, app.now()).await?;
    let after = Profile {
        away: wanted.away.unwrap_or(before.away),
        capacity: wanted.capacity,
        skills,
    };
    save_profile(app, caller, tx, agent, (&before, &after)).await?;
    Ok(after)
}

async fn save_profile(
    app: &App,
    caller: &Caller,
    mut tx: Tx,
    agent: Uuid,
    (before, after): (&Profile, &Profile),
) -> Result<(), AppError> {
    group::set_profile(tx.conn()?, agent, after, app.now()).await?;
    let told = |one: &Profile| json!({ "away": one.away, "capacity": one.capacity, "skills": one.skills.join(", ") });
    let entry = audit::Entry {
        action: "user.workload",
        subject_type: "user",
        subject_id: Some(agent),
        data: changes(&told(before), &told(after)),
    };
    tx.record(
        &caller.actor,
        app.now(),
        entry,
        ("support_group.updated", Permission::TicketsView),
    )
    .await?;
    tx.commit().await
}
