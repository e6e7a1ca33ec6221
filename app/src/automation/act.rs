//! What a rule does to a ticket that this transaction holds. What the rules of tickets refuse is noted, and what comes next is done.

use domain::{
    automation::Action,
    message::{Message as Text, of_ticket},
    notification::Topic,
    permission::Permission,
    ticket::{Priority, transition::Actor as TicketActor},
};
use serde_json::{Value, json};
use store::{
    audit::{self, Actor},
    automation::{rule::Rule, run::Run},
    event::{self, NewEvent},
    mailbox,
    notification::group as notification_group,
    ticket::{
        self, Change, Message, Ticket, deal,
        escalation::{self, Cause},
    },
    user::{self, User},
};
use uuid::Uuid;

use crate::{
    App, AppError, Tx,
    custom_template::{self, Own},
    mail::sender,
    notification::{self, Concerned, News},
    sla::{priority_named, save},
    ticket::{Alteration, Keep, Letter, Move, agent, category, code_of, group, queue_letters, touched},
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

const DONE: &str = "done";
const UNCHANGED: &str = "unchanged";

impl Doing<'_> {
    async fn act(&self, tx: &mut Tx, n: usize, action: &Action) -> Result<String, AppError> {
        let summary = &self.ticket.summary;
        match action {
            Action::Notify {
                assignee,
                user_ids,
                notification_group_ids,
                template_id,
                sms_template_id,
            } => {
                let assignee = summary.assignee_id.filter(|_| *assignee);
                let members = notification_group::members(tx.conn()?, notification_group_ids).await?;
                let named = assignee.into_iter().chain(user_ids.iter().copied());
                let ids: Vec<Uuid> = named.chain(members).collect();
                let people = user::agents_among(tx.conn()?, &ids).await?;
                let templates = (*template_id, *sms_template_id);
                let own = Own::of(self.app, tx, templates, &self.ticket, &self.rule.name).await?;
                self.notify(tx, n, people, &own).await
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
            // Whoever deals out the group's tickets does so within seconds, and the history says why him.
            Action::Deal {} => {
                if let Err(error) = Alteration::of(&self.ticket).open() {
                    return code_of(error);
                }
                let queued = deal::queue(tx.conn()?, summary.id, self.app.now()).await?;
                Ok(match queued {
                    Some(true) => DONE,
                    Some(false) => UNCHANGED,
                    None => "group_deals_none",
                }
                .to_owned())
            }
            Action::Note { body } => {
                if let Err(error) = Alteration::of(&self.ticket).whole() {
                    return code_of(error);
                }
                self.message(tx, "note", "internal", body).await?;
                Ok(DONE.to_owned())
            }
            Action::Reply { body, template_id } => match (Alteration::of(&self.ticket).open(), template_id) {
                (Err(error), _) => code_of(error),
                (Ok(()), None) => self.reply(tx, body).await,
                (Ok(()), Some(id)) => {
                    match custom_template::answer(self.app, tx, *id, &self.ticket, &self.rule.name).await? {
                        Some(body) => self.reply(tx, &body).await,
                        None => Ok("template_unsaid".to_owned()),
                    }
                }
            },
            // The run ends here and goes on later.
            Action::Wait { .. } => Ok(UNCHANGED.to_owned()),
            Action::Assign { .. }
            | Action::Group { .. }
            | Action::Category { .. }
            | Action::State { .. }
            | Action::Priority { .. }
            | Action::AddTag { .. }
            | Action::RemoveTag { .. }
            | Action::Escalate {} => {
                let altered = match self.altered(tx, action).await {
                    Ok(alteration) => alteration.write(self.app, tx, &self.actor, Some(self.rule.id)).await?,
                    Err(error) => return code_of(error),
                };
                if matches!(action, Action::Escalate {}) {
                    let people = user::holders(tx.conn()?, Permission::SlaEdit.as_str()).await?;
                    let told: Vec<Uuid> = people.iter().map(|person| person.id).collect();
                    let key = format!("rule:{}:{n}", self.run.id);
                    let cause = Cause::Rule(&self.rule.name);
                    let (id, now) = (self.ticket.summary.id, self.app.now());
                    escalation::insert(tx.conn()?, &key, id, cause, &told, now).await?;
                    let names: Vec<&str> = people.iter().map(|person| person.name.as_str()).collect();
                    let data = json!({ "rule_id": self.rule.id, "escalated": true, "told": names });
                    ticket::add_event(tx.conn()?, id, "escalated", &self.actor, json!({ "told": names }), now).await?;
                    self.log(tx, data).await?;
                    touched(tx, &self.ticket).await?;
                    return self.notify(tx, n, people, &Own::default()).await;
                }
                Ok(if altered { DONE } else { UNCHANGED }.to_owned())
            }
        }
    }

    /// What an action changes of the ticket, as the rules of tickets allow an agent who may do everything.
    async fn altered(&self, tx: &mut Tx, action: &Action) -> Result<Alteration<'_>, AppError> {
        let mut alteration = Alteration::of(&self.ticket);
        match action {
            Action::Assign { user_id } => {
                let agent = match user_id {
                    Some(id) => Some(agent(tx, *id, "/user_id").await?),
                    None => None,
                };
                alteration.assign(tx, agent.as_ref()).await?;
            }
            Action::Group { group_id } => {
                let group = group(tx, *group_id, "/group_id").await?;
                alteration.group(tx, &group).await?;
            }
            Action::State { to, reason } => {
                let asks = TicketActor::Agent {
                    may_close: true,
                    may_reopen: true,
                };
                let wanted = Move {
                    to: *to,
                    reason: reason.clone(),
                    on_hold_until: None,
                    no_reply_needed: None,
                    version: self.ticket.summary.version,
                };
                alteration.state(asks, &wanted)?;
            }
            Action::Category { category_id } => {
                let known = category::known(self.app, tx.conn()?).await?;
                alteration.category(tx, &known, *category_id, Keep::default()).await?;
            }
            Action::Priority { to } => alteration.priority(*to)?,
            Action::AddTag { tag } => alteration.tags(std::slice::from_ref(tag), &[])?,
            Action::RemoveTag { tag } => alteration.tags(&[], std::slice::from_ref(tag))?,
            Action::Escalate {} => alteration.priority(match priority_named(&self.ticket.summary.priority)? {
                Priority::Low => Priority::Medium,
                Priority::Medium => Priority::High,
                Priority::High | Priority::Urgent => Priority::Urgent,
            })?,
            Action::Deal {}
            | Action::Note { .. }
            | Action::Reply { .. }
            | Action::Notify { .. }
            | Action::Webhook {}
            | Action::Wait { .. } => {}
        }
        Ok(alteration)
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

    /// Adds a message in the rule's name. It stops no clock: only a person answers.
    async fn message(&self, tx: &mut Tx, kind: &str, direction: &str, body: &str) -> Result<Message, AppError> {
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
        let mut change = Change::of(&self.ticket);
        change.new_message = true;
        save(self.app, tx, &self.ticket, &change, &[], &self.actor, now).await?;
        self.log(tx, json!({ "rule_id": self.rule.id, "message_id": message.id }))
            .await?;
        Ok(message)
    }

    /// Answers the requester, unless the brakes of automatic mail forbid it.
    async fn reply(&self, tx: &mut Tx, body: &str) -> Result<String, AppError> {
        let mailboxes = mailbox::all(tx.conn()?).await?;
        let letter = Letter::Rule {
            run_id: self.run.id,
            body,
        };
        let notes = queue_letters(self.app, tx, &mailboxes, &self.ticket, letter, self.app.now()).await?;
        if let Some(why) = notes.iter().find_map(|note| note.params.get("why")) {
            return Ok(why.to_owned());
        }
        self.message(tx, "reply", "out", body).await?;
        Ok(DONE.to_owned())
    }

    async fn notify(&self, tx: &mut Tx, n: usize, people: Vec<User>, own: &Own) -> Result<String, AppError> {
        let summary = &self.ticket.summary;
        let mailboxes = mailbox::all(tx.conn()?).await?;
        let from = sender(&mailboxes, self.ticket.mailbox_id);
        let (key, path) = (format!("automation.{}.{n}", self.run.id), format!("/t/{}", summary.id));
        let news = News {
            topic: Topic::Rule,
            message: Text::Rule,
            key: &key,
            path: &path,
            from: from.map(|mailbox| mailbox.id),
        };
        let concerned = Concerned {
            named: people,
            ticket: Some(summary.id),
            ..Concerned::default()
        };
        let people = notification::whom(tx, Topic::Rule, concerned).await?;
        let told = notification::tell_in(self.app, tx, &news, people, own, |_| {
            let mut values = of_ticket(
                summary.number,
                &summary.subject,
                format!("{}{path}", self.app.identity.public_url),
            );
            values.insert("rule.name", self.rule.name.clone());
            values
        })
        .await?;
        Ok(if told.people > 0 { DONE } else { "nobody" }.to_owned())
    }
}
