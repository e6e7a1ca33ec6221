//! Changes of one ticket, gathered: each step is judged and told by itself, and all are written at once.

use domain::ticket::{
    Priority, State,
    input::Invalid,
    tags,
    transition::{Actor as Asks, Facts, Request, decide},
};
use serde_json::{Value, json};
use store::{
    audit::{self, Actor},
    customer::Project,
    group,
    ticket::{self, Change, Related, Ticket},
    user::{self, Agent, Group},
};
use uuid::Uuid;

use super::{
    Move,
    category::{self, Known},
    state_of,
    transition::refused,
};
use crate::{
    App, AppError, Tx,
    sla::{Said, priority_named, save, state_named},
    spam_rule,
};

/// The reason for closing that makes a ticket spam.
pub(crate) const SPAM: &str = "spam";

/// The change of hands as the history keeps it: names for people, and the id of who has it then.
fn with_id(mut data: Value, agent: Option<&Agent>) -> Value {
    if let Some(agent) = agent {
        data["to_id"] = json!(agent.id);
    }
    data
}

/// What a category decides no more, because somebody said it with the same change.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Keep {
    /// The group.
    pub(crate) group: bool,
    /// The priority.
    pub(crate) priority: bool,
}

/// What is going to happen to a ticket that is locked.
pub(crate) struct Alteration<'a> {
    ticket: &'a Ticket,
    change: Change,
    /// What the ticket's history says.
    events: Vec<(&'static str, Value)>,
    /// What the audit trail says: the steps of one action are one line.
    audit: Vec<(&'static str, Value)>,
    said: Vec<Said>,
    /// It becomes spam, or is none after all.
    spam: Option<bool>,
}

impl<'a> Alteration<'a> {
    /// Nothing yet.
    pub(crate) fn of(ticket: &'a Ticket) -> Self {
        Self {
            ticket,
            change: Change::of(ticket),
            events: Vec::new(),
            audit: Vec::new(),
            said: Vec::new(),
            spam: None,
        }
    }

    /// What became a part of another ticket stays as it is.
    pub(crate) fn whole(&self) -> Result<(), AppError> {
        if self.ticket.merged_into.is_some() {
            return Err(AppError::refused(
                "ticket_merged",
                "this ticket is a part of another one; change that one",
            ));
        }
        Ok(())
    }

    /// Nothing is changed but the state while a ticket is closed.
    pub(crate) fn open(&self) -> Result<(), AppError> {
        self.whole()?;
        if state_of(self.ticket)? == State::Closed {
            return Err(AppError::refused(
                "ticket_closed",
                "reopen the ticket before you change it",
            ));
        }
        Ok(())
    }

    fn edited(&mut self, event: &'static str, field: &str, data: Value) {
        self.audited(field, data.clone());
        self.events.push((event, data));
    }

    fn audited(&mut self, field: &str, data: Value) {
        match self.audit.iter_mut().find(|(action, _)| *action == "ticket.edit") {
            Some((_, Value::Object(fields))) => {
                fields.insert(field.to_owned(), data);
            }
            _ => self.audit.push(("ticket.edit", json!({ field: data }))),
        }
    }

    /// Gives it to an agent, or takes it from whoever has it. Only members are given the tickets of a group that says so: say first
    /// where it goes, then who gets it.
    pub(crate) async fn assign(&mut self, tx: &mut Tx, agent: Option<&Agent>) -> Result<(), AppError> {
        self.open()?;
        if let Some(agent) = agent.filter(|agent| Some(agent.id) != self.change.assignee_id)
            && !group::takes(tx.conn()?, self.change.group_id, agent.id).await?
        {
            return Err(AppError::refused(
                "not_a_member",
                "only members of its group are given this ticket",
            ));
        }
        self.given(agent);
        Ok(())
    }

    /// The history tells of one change of hands, from who had it before to who has it in the end, whatever the steps between.
    fn given(&mut self, agent: Option<&Agent>) {
        let wanted = agent.map(|agent| agent.id);
        if wanted == self.change.assignee_id {
            return;
        }
        self.change.assignee_id = wanted;
        self.events.retain(|(kind, _)| *kind != "assigned");
        self.audit.retain(|(action, _)| *action != "ticket.assign");
        if wanted != self.ticket.summary.assignee_id {
            let data = json!({ "from": self.ticket.summary.assignee_name, "to": agent.map(|agent| &agent.name) });
            self.audit.push(("ticket.assign", data.clone()));
            self.events.push(("assigned", with_id(data, agent)));
        }
    }

    /// Gives it to whose turn it is; the history says why him.
    pub(crate) fn deal(&mut self, agent: &Agent, why: Value) -> Result<(), AppError> {
        self.open()?;
        self.change.assignee_id = Some(agent.id);
        let data = json!({ "from": null, "to": agent.name, "dealt": why });
        self.events.push(("assigned", with_id(data, Some(agent))));
        self.audit.push((
            "ticket.assign",
            json!({ "from": null, "to": agent.name, "strategy": why["strategy"] }),
        ));
        Ok(())
    }

    pub(crate) fn subject(&mut self, subject: String) -> Result<(), AppError> {
        self.open()?;
        if subject != self.change.subject {
            let data = json!({ "from": self.change.subject, "to": subject });
            self.edited("subject_changed", "subject", data);
            self.change.subject = subject;
        }
        Ok(())
    }

    pub(crate) fn priority(&mut self, priority: Priority) -> Result<(), AppError> {
        self.open()?;
        if priority.as_str() != self.change.priority {
            let data = json!({ "from": self.change.priority, "to": priority.as_str() });
            self.edited("priority_changed", "priority", data);
            priority.as_str().clone_into(&mut self.change.priority);
        }
        Ok(())
    }

    /// Hands it over to another group.
    pub(crate) async fn group(&mut self, tx: &mut Tx, group: &Group) -> Result<(), AppError> {
        self.open()?;
        if group.id != self.change.group_id {
            let data = json!({ "from": self.ticket.summary.group_name, "to": group.name });
            self.hand(tx, group.id, data).await?;
        }
        Ok(())
    }

    /// Whoever has it loses it when it goes to a group of members that he is not in.
    async fn hand(&mut self, tx: &mut Tx, group: Uuid, data: Value) -> Result<(), AppError> {
        self.edited("group_changed", "group", data);
        self.change.group_id = group;
        if let Some(agent) = self.change.assignee_id
            && !group::takes(tx.conn()?, group, agent).await?
        {
            self.given(None);
        }
        Ok(())
    }

    /// Gives it another category, and what that decides: its group, unless `keep` says that somebody chose another; and a
    /// higher priority, since a lower one would undo what somebody saw in the ticket.
    pub(crate) async fn category(&mut self, tx: &mut Tx, known: &Known, id: Uuid, keep: Keep) -> Result<(), AppError> {
        self.open()?;
        let before = self.change.category_id;
        if before == Some(id) {
            return Ok(());
        }
        let chosen = known.tree.chosen(id);
        chosen.map_err(|refusal| category::invalid("/category_id", refusal))?;
        self.change.category_id = Some(id);
        let names = json!({ "from": known.names(before), "to": known.names(Some(id)) });
        self.events.push(("category_changed", names));
        self.audited(
            "category",
            json!({ "from": known.name(before), "to": known.name(Some(id)) }),
        );
        let routing = known.tree.routing(id);
        if let Some(wanted) = routing
            .group
            .filter(|wanted| !keep.group && *wanted != self.change.group_id)
            && let Some(group) = user::group(tx.conn()?, wanted).await?
        {
            let data =
                json!({ "from": self.ticket.summary.group_name, "to": group.name, "category": known.names(Some(id)) });
            self.hand(tx, wanted, data).await?;
        }
        let present = priority_named(&self.change.priority)?;
        if let Some(wanted) = routing.priority.filter(|wanted| !keep.priority && *wanted > present) {
            let data = json!({ "from": present, "to": wanted, "category": known.names(Some(id)) });
            self.edited("priority_changed", "priority", data);
            wanted.as_str().clone_into(&mut self.change.priority);
        }
        Ok(())
    }

    /// Files it under a project, or under none.
    pub(crate) async fn project(&mut self, tx: &mut Tx, project: Option<&Project>) -> Result<(), AppError> {
        self.open()?;
        let wanted = project.map(|project| project.id);
        if wanted != self.ticket.project_id {
            let data = json!({ "from": self.ticket.project_name, "to": project.map(|project| &project.name) });
            self.edited("project_changed", "project", data);
            ticket::set_project(tx.conn()?, self.ticket.summary.id, wanted).await?;
        }
        Ok(())
    }

    /// Says what it is about besides its customer.
    pub(crate) async fn related(&mut self, tx: &mut Tx, wanted: Related) -> Result<(), AppError> {
        self.open()?;
        if wanted != self.ticket.related {
            let mut told = json!({});
            for ((field, before), (_, now)) in self.ticket.related.each().into_iter().zip(wanted.each()) {
                if before != now {
                    told[field] = json!({ "from": before, "to": now });
                    self.audited(field, told[field].clone());
                }
            }
            self.events.push(("related_changed", told));
            ticket::set_related(tx.conn()?, self.ticket.summary.id, wanted).await?;
        }
        Ok(())
    }

    /// Adds tags and takes others away; all in the form they are kept in.
    pub(crate) fn tags(&mut self, add: &[String], remove: &[String]) -> Result<(), AppError> {
        self.open()?;
        let tags = tags::with(&self.change.tags, add, remove).map_err(|error| too_many(error, "/tags"))?;
        self.set_tags(tags);
        Ok(())
    }

    fn set_tags(&mut self, tags: Vec<String>) {
        let new = |all: &[String], than: &[String]| -> Vec<String> {
            all.iter().filter(|tag| !than.contains(tag)).cloned().collect()
        };
        let (added, removed) = (new(&tags, &self.change.tags), new(&self.change.tags, &tags));
        if !added.is_empty() || !removed.is_empty() {
            let data = json!({ "added": added, "removed": removed });
            self.edited("tags_changed", "tags", data);
        }
        self.change.tags = tags;
    }

    /// Has exactly these tags from now on.
    pub(crate) fn retag(&mut self, tags: &[String]) -> Result<(), AppError> {
        self.open()?;
        let tags = tags::with(tags, &[], &[]).map_err(|error| too_many(error, "/tags"))?;
        self.set_tags(tags);
        Ok(())
    }

    /// Moves it to another state, judged by what the other steps make of it.
    pub(crate) fn state(&mut self, asks: Asks, wanted: &Move) -> Result<(), AppError> {
        self.whole()?;
        let facts = Facts {
            state: state_named(&self.change.state)?,
            has_assignee: self.change.assignee_id.is_some(),
            unanswered: self.change.unanswered,
            spam: self.ticket.summary.spam,
        };
        if facts.state == wanted.to {
            return Ok(());
        }
        let request = Request {
            to: wanted.to,
            reason: wanted.reason.as_deref(),
            with_reply: false,
            no_reply_needed: wanted.no_reply_needed.as_deref(),
        };
        decide(asks, facts, request).map_err(|refusal| refused(asks, facts, &refusal))?;
        let on_hold = wanted.to == State::OnHold;
        wanted.to.as_str().clone_into(&mut self.change.state);
        self.change.hold_reason = wanted.reason.clone().filter(|_| on_hold);
        self.change.on_hold_until = wanted.on_hold_until.filter(|_| on_hold);
        let spam = wanted.to == State::Closed && wanted.reason.as_deref() == Some(SPAM);
        self.spam = Some(spam).filter(|spam| *spam != self.ticket.summary.spam);
        if wanted.no_reply_needed.is_some() {
            self.change.unanswered = false;
            self.said.push(Said::NoReplyNeeded);
        }
        let data = json!({
            "from": facts.state.as_str(), "to": wanted.to.as_str(),
            "reason": wanted.reason, "no_reply_needed": wanted.no_reply_needed,
        });
        self.events.push(("state_changed", data.clone()));
        self.audit.push(("ticket.transition", data));
        Ok(())
    }

    /// Writes it all in somebody's name, or a rule's; `false` when nothing changes.
    pub(crate) async fn write(
        self,
        app: &App,
        tx: &mut Tx,
        actor: &Actor,
        rule: Option<Uuid>,
    ) -> Result<bool, AppError> {
        if self.events.is_empty() {
            return Ok(false);
        }
        let (id, now) = (self.ticket.summary.id, app.now());
        for (kind, data) in self.events {
            ticket::add_event(tx.conn()?, id, kind, actor, data, now).await?;
        }
        if let Some(spam) = self.spam {
            ticket::set_spam(tx.conn()?, id, spam).await?;
            if !spam {
                spam_rule::take_back(app, actor, tx, id).await?;
            }
        }
        save(app, tx, self.ticket, &self.change, &self.said, actor, now).await?;
        for (action, mut data) in self.audit {
            if let (Some(rule), Some(fields)) = (rule, data.as_object_mut()) {
                fields.insert("rule_id".to_owned(), json!(rule));
            }
            let entry = audit::Entry {
                action,
                subject_type: "ticket",
                subject_id: Some(id),
                data,
            };
            audit::append(tx.conn()?, actor, now, entry).await?;
        }
        Ok(true)
    }
}

fn too_many(error: Invalid, pointer: &str) -> AppError {
    AppError::invalid(pointer, error.code(), "a ticket may have 30 tags at most")
}
