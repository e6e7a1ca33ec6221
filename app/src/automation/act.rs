//! What a rule does to a ticket that this transaction holds. What the rules of tickets refuse is noted, and what comes next is done.

use chrono::TimeDelta;
use domain::{
    automation::Action,
    locale::Locale,
    permission::Permission,
    ticket::{
        Priority, State,
        transition::{Actor as TicketActor, Request, decide},
    },
};
use serde_json::{Value, json};
use store::{
    audit::{self, Actor},
    automation::{rule::Rule, run::Run},
    event::{self, NewEvent},
    mailbox, sla,
    ticket::{self, Change, Message, Ticket},
    user::{self, User},
};
use uuid::Uuid;

use crate::{
    App, AppError, Tx,
    mail::notice,
    sla::save,
    ticket::{Letter, facts_of, queue_letters},
};

/// Does one thing; returns what became of it, for the log.
pub(super) async fn act(
    app: &App,
    tx: &mut Tx,
    rule: &Rule,
    run: &Run,
    n: usize,
    action: &Action,
) -> Result<Value, AppError> {
    let ticket = ticket::find_for_update(tx.conn()?, run.ticket_id, None).await?;
    let doing = Doing {
        app,
        rule,
        run,
        actor: actor(rule),
        ticket,
    };
    let result = doing.act(tx, n, action).await?;
    Ok(json!({ "do": action.as_str(), "result": result }))
}

/// In whose name it is done.
fn actor(rule: &Rule) -> Actor {
    Actor {
        kind: "system",
        name: rule.name.clone(),
        ..Actor::default()
    }
}

struct Doing<'a> {
    app: &'a App,
    rule: &'a Rule,
    run: &'a Run,
    actor: Actor,
    ticket: Ticket,
}

/// Most notices to one address within this time: a rule gone wild must not end in a flood of mail.
const NOTICES: i64 = 20;
const NOTICES_WITHIN: TimeDelta = TimeDelta::minutes(10);
const DONE: &str = "done";
const UNCHANGED: &str = "unchanged";

impl Doing<'_> {
    async fn act(&self, tx: &mut Tx, n: usize, action: &Action) -> Result<String, AppError> {
        let summary = &self.ticket.summary;
        let closed = summary.state == State::Closed.as_str();
        let changes = !matches!(
            action,
            Action::Note { .. } | Action::Notify { .. } | Action::Webhook {} | Action::State { .. }
        );
        if closed && changes {
            return Ok("ticket_closed".to_owned());
        }
        let mut change = Change::of(&self.ticket);
        match action {
            Action::Assign { user_id } => {
                let agent = match user_id {
                    Some(id) => match user::agent(tx.conn()?, *id).await? {
                        Some(agent) => Some(agent),
                        None => return Ok("not_an_agent".to_owned()),
                    },
                    None => None,
                };
                change.assignee_id = *user_id;
                let data = json!({ "from": summary.assignee_name, "to": agent.map(|agent| agent.name) });
                self.change(tx, change, "assigned", data).await
            }
            Action::Group { group_id } => {
                let Some(group) = user::group(tx.conn()?, *group_id).await? else {
                    return Ok("unknown_group".to_owned());
                };
                change.group_id = *group_id;
                self.change(
                    tx,
                    change,
                    "group_changed",
                    json!({ "from": summary.group_name, "to": group.name }),
                )
                .await
            }
            Action::State { to, reason } => self.state(tx, change, *to, reason.as_deref()).await,
            Action::Priority { to } => self.priority(tx, change, *to).await,
            Action::AddTag { tag } => {
                if !change.tags.contains(tag) {
                    change.tags.push(tag.clone());
                }
                self.change(tx, change, "tags_changed", json!({ "added": tag })).await
            }
            Action::RemoveTag { tag } => {
                change.tags.retain(|one| one != tag);
                self.change(tx, change, "tags_changed", json!({ "removed": tag })).await
            }
            Action::Note { body } => {
                self.message(tx, change, "note", "internal", body).await?;
                Ok(DONE.to_owned())
            }
            Action::Reply { body } => self.reply(tx, change, body).await,
            Action::Notify { assignee, user_ids } => {
                let ids = summary
                    .assignee_id
                    .filter(|_| *assignee)
                    .into_iter()
                    .chain(user_ids.iter().copied());
                let mut people = Vec::new();
                for id in ids {
                    if user::agent(tx.conn()?, id).await?.is_some() {
                        people.push(user::by_id(tx.conn()?, id).await?);
                    }
                }
                self.notify(tx, n, people).await
            }
            Action::Webhook {} => {
                let news = NewEvent {
                    kind: "automation.triggered",
                    subject_type: "ticket",
                    subject_id: summary.id,
                    permission: Some(Permission::AutomationView.as_str()),
                    user_id: None,
                    data: json!({ "rule_id": self.rule.id }),
                };
                event::append(tx.conn()?, news).await?;
                Ok(DONE.to_owned())
            }
            Action::Escalate {} => {
                let next = match parsed(&summary.priority)? {
                    Priority::Low => Priority::Medium,
                    Priority::Medium => Priority::High,
                    Priority::High | Priority::Urgent => Priority::Urgent,
                };
                self.priority(tx, change, next).await?;
                let people = user::holders(tx.conn()?, Permission::SlaEdit.as_str()).await?;
                self.notify(tx, n, people).await
            }
        }
    }

    /// Writes a change with its line in the history and in the trail, unless it changes nothing.
    async fn change(&self, tx: &mut Tx, change: Change, kind: &str, data: Value) -> Result<String, AppError> {
        let before = Change::of(&self.ticket);
        let same = before.assignee_id == change.assignee_id
            && before.group_id == change.group_id
            && before.state == change.state
            && before.priority == change.priority
            && before.tags == change.tags;
        if same {
            return Ok(UNCHANGED.to_owned());
        }
        let (id, now) = (self.ticket.summary.id, self.app.now());
        ticket::add_event(tx.conn()?, id, kind, &self.actor, data.clone(), now).await?;
        save(self.app, tx, &self.ticket, &change, &[], &self.actor, now).await?;
        self.log(tx, json!({ "rule_id": self.rule.id, "change": kind, "value": data }))
            .await?;
        Ok(DONE.to_owned())
    }

    async fn log(&self, tx: &mut Tx, data: Value) -> Result<(), AppError> {
        let entry = audit::Entry {
            action: "ticket.automation",
            subject_type: "ticket",
            subject_id: Some(self.ticket.summary.id),
            data,
        };
        Ok(audit::append(tx.conn()?, &self.actor, self.app.now(), entry).await?)
    }

    async fn state(
        &self,
        tx: &mut Tx,
        mut change: Change,
        to: State,
        reason: Option<&str>,
    ) -> Result<String, AppError> {
        let facts = facts_of(&self.ticket)?;
        if facts.state == to {
            return Ok(UNCHANGED.to_owned());
        }
        let request = Request {
            to,
            reason,
            with_reply: false,
            no_reply_needed: None,
        };
        let agent = TicketActor::Agent {
            may_close: true,
            may_reopen: true,
        };
        if let Err(refusal) = decide(agent, facts, request) {
            return Ok(refusal.code().to_owned());
        }
        change.state = to.as_str().to_owned();
        change.hold_reason = reason.filter(|_| to == State::OnHold).map(str::to_owned);
        change.on_hold_until = None;
        let data = json!({ "from": facts.state.as_str(), "to": to.as_str(), "reason": reason });
        self.change(tx, change, "state_changed", data).await
    }

    async fn priority(&self, tx: &mut Tx, mut change: Change, to: Priority) -> Result<String, AppError> {
        let from = std::mem::replace(&mut change.priority, to.as_str().to_owned());
        self.change(
            tx,
            change,
            "priority_changed",
            json!({ "from": from, "to": to.as_str() }),
        )
        .await
    }

    /// Adds a message in the rule's name. It stops no clock: only a person answers.
    async fn message(
        &self,
        tx: &mut Tx,
        mut change: Change,
        kind: &str,
        direction: &str,
        body: &str,
    ) -> Result<Message, AppError> {
        let now = self.app.now();
        let message = Message {
            id: Uuid::now_v7(),
            ticket_id: self.ticket.summary.id,
            kind: kind.to_owned(),
            direction: direction.to_owned(),
            author_user_id: None,
            author_email: None,
            author_name: self.rule.name.clone(),
            is_staff: true,
            body_text: body.to_owned(),
            body_html: None,
            quoted_from: None,
            held: false,
            verified: true,
            raw_mail_id: None,
            created_at: now,
        };
        ticket::insert_message(tx.conn()?, &message).await?;
        change.new_message = true;
        save(self.app, tx, &self.ticket, &change, &[], &self.actor, now).await?;
        self.log(tx, json!({ "rule_id": self.rule.id, "message_id": message.id }))
            .await?;
        Ok(message)
    }

    /// Answers the requester, unless the brakes of automatic mail forbid it.
    async fn reply(&self, tx: &mut Tx, change: Change, body: &str) -> Result<String, AppError> {
        let mailboxes = mailbox::all(tx.conn()?).await?;
        let letter = Letter::Rule {
            run_id: self.run.id,
            body,
        };
        let notes = queue_letters(self.app, tx, &mailboxes, &self.ticket, letter, self.app.now()).await?;
        if let Some(why) = notes.iter().find_map(|note| note.params.get("why")) {
            return Ok(why.to_owned());
        }
        self.message(tx, change, "reply", "out", body).await?;
        Ok(DONE.to_owned())
    }

    async fn notify(&self, tx: &mut Tx, n: usize, mut people: Vec<User>) -> Result<String, AppError> {
        let url = format!("{}/t/{}", self.app.identity.public_url, self.ticket.summary.id);
        let (number, subject, name) = (
            self.ticket.summary.number,
            &self.ticket.summary.subject,
            &self.rule.name,
        );
        let key = format!("automation.{}.{n}", self.run.id);
        let mailboxes = mailbox::all(tx.conn()?).await?;
        let own = mailboxes
            .iter()
            .find(|mailbox| Some(mailbox.id) == self.ticket.mailbox_id);
        let Some(from) = own.or_else(|| mailboxes.iter().find(|mailbox| mailbox.enabled)) else {
            return Ok("no_mailbox".to_owned());
        };
        let addresses: Vec<&str> = people.iter().map(|person| person.email.as_str()).collect();
        let flooded = sla::flooded(tx.conn()?, &addresses, self.app.now() - NOTICES_WITHIN, NOTICES).await?;
        people.retain(|person| !flooded.contains(&person.email));
        let told = people.len();
        notice::send(self.app, tx, from.id, &key, people, |locale| match locale {
            Locale::Fr => (
                format!("Ticket {number} : {name}"),
                format!("« {subject} »\n\nRègle : {name}\n\n{url}"),
            ),
            Locale::En => (
                format!("Ticket {number}: {name}"),
                format!("“{subject}”\n\nRule: {name}\n\n{url}"),
            ),
            Locale::Ar => (
                format!("التذكرة {number}: {name}"),
                format!("«{subject}»\n\nالقاعدة: {name}\n\n{url}"),
            ),
        })
        .await?;
        Ok(if told > 0 { DONE } else { "nobody" }.to_owned())
    }
}

fn parsed(priority: &str) -> Result<Priority, AppError> {
    priority
        .parse()
        .map_err(|error: domain::ticket::priority::UnknownPriority| AppError::Internal(error.to_string()))
}
