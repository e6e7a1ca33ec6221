//! Whom an event tells. Nothing is told to anybody but through here: who concerns an event is said where it happens, and its trigger
//! takes those who are to be told.

use std::sync::Arc;

use domain::{
    notification::{Occasion, Party, Topic, Trigger, Triggers},
    permission::Permission,
};
use store::{
    PgConn,
    notification::{group, trigger as rows},
    user::{self, User},
};
use uuid::Uuid;

use crate::{AppError, Tx};

/// Whom an event concerns.
#[derive(Debug, Default)]
pub(crate) struct Concerned {
    /// Whom it names itself.
    pub(crate) named: Vec<User>,
    /// Whoever has the ticket.
    pub(crate) assignee: Option<Uuid>,
    /// Whoever asked.
    pub(crate) requester: Option<Uuid>,
    /// Who takes part besides.
    pub(crate) participants: Vec<Uuid>,
    /// It concerns whoever looks after such things.
    pub(crate) keepers: bool,
    /// The ticket that it happened to.
    pub(crate) ticket: Option<Uuid>,
    /// Who did it; he knows.
    pub(crate) actor: Option<Uuid>,
}

/// Who is to be told of an event; each once.
#[derive(Debug, Default)]
pub(crate) struct Whom {
    pub(super) people: Vec<User>,
    /// What was set when they were chosen; the same says how each is told.
    pub(super) set: Option<Arc<Triggers>>,
    /// Whom the trigger means, but who cannot be told: they may not see it, or are not in use.
    pub(super) left_out: Vec<Uuid>,
    /// It is an example and says so.
    pub(super) trial: bool,
}

impl Whom {
    /// One person, to whom an example is told.
    pub(super) fn only(person: User) -> Self {
        Self {
            people: vec![person],
            trial: true,
            ..Self::default()
        }
    }

    /// Nobody.
    pub(crate) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Their accounts.
    pub(crate) fn ids(&self) -> Vec<Uuid> {
        self.people.iter().map(|person| person.id).collect()
    }

    /// Their names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.people.iter().map(|person| person.name.as_str())
    }

    fn add(&mut self, found: Vec<User>, actor: Option<Uuid>) {
        for person in found {
            if Some(person.id) != actor && self.people.iter().all(|known| known.id != person.id) {
                self.people.push(person);
            }
        }
    }
}

/// The triggers of the installation. What cannot be read, because another release wrote it, is as in the catalogue.
pub(super) async fn triggers(conn: &mut PgConn) -> Result<Arc<Triggers>, AppError> {
    let mut set = Triggers::default();
    for row in rows::set(conn).await? {
        let Some(on) = Occasion::parse(&row.topic) else {
            continue;
        };
        match serde_json::from_value::<Trigger>(row.spec) {
            Ok(found) => {
                set = match on.event() {
                    None => set.set(on.topic(), found),
                    Some(name) => set.naming(name, found),
                };
            }
            Err(error) => {
                tracing::error!(topic = row.topic, %error, "a notification trigger cannot be read: the usual one is used");
            }
        }
    }
    Ok(Arc::new(set))
}

/// Events of this topic are told.
pub(crate) async fn is_on(conn: &mut PgConn, topic: Topic) -> Result<bool, AppError> {
    Ok(triggers(conn).await?.is_on(topic))
}

/// Who is to be told of an event.
pub(crate) async fn whom(tx: &mut Tx, topic: Topic, concerned: Concerned) -> Result<Whom, AppError> {
    let set = triggers(tx.conn()?).await?;
    whom_of(tx, &set, topic, concerned).await
}

/// The same, by triggers that were read already.
pub(super) async fn whom_of(
    tx: &mut Tx,
    set: &Arc<Triggers>,
    topic: Topic,
    concerned: Concerned,
) -> Result<Whom, AppError> {
    let whom = chosen(tx.conn()?, topic, &set.of(topic), concerned).await?;
    Ok(Whom {
        set: Some(Arc::clone(set)),
        ..whom
    })
}

/// Who is to be told of what a program outside raised under this name, by triggers that were read already.
pub(super) async fn whom_of_event(
    tx: &mut Tx,
    set: &Arc<Triggers>,
    name: &str,
    concerned: Concerned,
) -> Result<Whom, AppError> {
    let Some(trigger) = Occasion::of_event(name).and_then(|on| set.own(&on).cloned()) else {
        return whom_of(tx, set, Topic::CustomEvent, concerned).await;
    };
    // The one of its own says as well on which channels, and what is everybody's own choice.
    let set = Arc::new((**set).clone().with(Topic::CustomEvent, trigger));
    whom_of(tx, &set, Topic::CustomEvent, concerned).await
}

/// Those whom this trigger takes.
pub(super) async fn chosen(
    conn: &mut PgConn,
    topic: Topic,
    trigger: &Trigger,
    concerned: Concerned,
) -> Result<Whom, AppError> {
    let mut whom = Whom::default();
    if !trigger.on {
        return Ok(whom);
    }
    let actor = concerned.actor;
    let takes = |party| trigger.parties.contains(&party);
    if takes(Party::Named) {
        whom.add(concerned.named, actor);
    }
    // Of staff, whoever may work with what it is about.
    let mut staff: Vec<Uuid> = Vec::new();
    if takes(Party::Assignee) {
        staff.extend(concerned.assignee);
    }
    if let Some(ticket) = concerned
        .ticket
        .filter(|_| takes(Party::Group) || takes(Party::Watchers))
        && let Some(people) = rows::people_of(conn, ticket).await?
    {
        if takes(Party::Group) {
            staff.extend(people.members);
        }
        if takes(Party::Watchers) {
            staff.extend(people.watchers);
        }
    }
    let groups: Vec<Uuid> = trigger.groups.iter().copied().collect();
    if !groups.is_empty() {
        staff.extend(group::members(conn, &groups).await?);
    }
    let roles: Vec<Uuid> = trigger.roles.iter().copied().collect();
    if !roles.is_empty() {
        staff.extend(rows::of_roles(conn, &roles).await?);
    }
    staff.retain(|id| Some(*id) != actor);
    staff.sort_unstable();
    staff.dedup();
    if !staff.is_empty() {
        let needs: Vec<&str> = topic.needs().iter().map(|one| one.as_str()).collect();
        let found = user::holders_among(conn, &staff, &needs).await?;
        // Customers who watch have news of their own.
        let found: Vec<User> = found.into_iter().filter(is_staff).collect();
        staff.retain(|id| found.iter().all(|person| person.id != *id));
        whom.left_out = staff;
        whom.add(found, actor);
    }
    if concerned.keepers
        && takes(Party::Keepers)
        && let Some(permission) = topic.keepers()
    {
        whom.add(user::holders(conn, permission.as_str()).await?, actor);
    }
    let mut customers: Vec<Uuid> = Vec::new();
    if takes(Party::Requester) {
        customers.extend(concerned.requester);
    }
    if takes(Party::Participants) {
        let others = concerned.participants.into_iter();
        customers.extend(others.filter(|id| Some(*id) != concerned.requester));
    }
    if !customers.is_empty() {
        // Staff that take part get the answer as mail, and have topics of their own.
        whom.add(user::customers_among(conn, &customers).await?, actor);
    }
    Ok(whom)
}

fn is_staff(person: &User) -> bool {
    let needed = Permission::TicketsView.as_str();
    let own = |held: &String| held.parse::<Permission>().is_ok_and(Permission::is_own);
    person.permissions.iter().any(|held| held == needed) || !person.permissions.iter().all(own)
}
