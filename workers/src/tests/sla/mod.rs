//! Clocks of tickets over a real database: every alert once and with its true time, whoever looks when and whoever dies.

use app::ticket::{Edit, Move, NewMessage, NewTicket, Requester};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    sla::{CalendarSpec, Escalation, Kind, Pause, PolicySpec, Recipient, Slot, Targets},
    ticket::{Priority, State, writing::Format},
};
use jobs::{CheckSla, NewJob, Queue};
use store::{
    sla::{AlertRow, ClockRow},
    ticket::Ticket,
};
use uuid::Uuid;

use super::desk::{Desk, reply};

mod chain;

const HOUR: i64 = 3600;

fn always() -> CalendarSpec {
    let day = || vec![Slot { from: 0, to: 1440 }];
    CalendarSpec {
        zone: "Africa/Algiers".to_owned(),
        week: [day(), day(), day(), day(), day(), day(), day()],
        holidays: Vec::new(),
    }
}

fn promises(hours: [i64; 3]) -> PolicySpec {
    let targets = Targets {
        first_response: Some(hours[0] * HOUR),
        next_response: Some(hours[1] * HOUR),
        resolution: Some(hours[2] * HOUR),
    };
    PolicySpec {
        priorities: Vec::new(),
        categories: Vec::new(),
        groups: Vec::new(),
        customer_kinds: Vec::new(),
        customer_tiers: Vec::new(),
        targets: [targets; 4],
        pause: Pause::default(),
        warnings: vec![75],
        escalations: Vec::new(),
    }
}

/// A desk whose tickets run around the clock.
struct Watched {
    desk: Desk,
    policy: Uuid,
}

impl Watched {
    async fn new(spec: PolicySpec) -> Self {
        let desk = Desk::new().await;
        desk.mailbox(None, domain::mail::words::StartPoint::All).await;
        let calendar = app::sla::CalendarDraft {
            name: "Always".to_owned(),
            spec: always(),
        };
        let calendar = app::sla::create_calendar(&desk.app, &desk.caller, &calendar)
            .await
            .unwrap();
        let draft = Self::draft(calendar.id, spec);
        let policy = app::sla::create_policy(&desk.app, &desk.caller, &draft).await.unwrap();
        Self {
            desk,
            policy: policy.id,
        }
    }

    fn draft(calendar_id: Uuid, spec: PolicySpec) -> app::sla::PolicyDraft {
        app::sla::PolicyDraft {
            name: "All day".to_owned(),
            enabled: true,
            calendar_id,
            spec,
        }
    }

    /// A customer's ticket.
    async fn ticket(&self) -> Ticket {
        self.mailed(None).await
    }

    /// The same, of a mail that its server took then.
    async fn mailed(&self, internal_date: Option<DateTime<Utc>>) -> Ticket {
        let mail = super::desk::mail(
            "Ana <ana@example.dz>",
            "Down",
            &format!("{}@example.dz", Uuid::now_v7()),
            "",
            "Help",
        );
        let mailboxes = store::mailbox::all(&mut self.desk.db.pool.get().await.unwrap())
            .await
            .unwrap();
        let arrival = app::mail::Arrival {
            mailbox_id: mailboxes[0].id,
            uid: None,
            event_id: Some(Uuid::now_v7().to_string()),
            internal_date,
            raw: mail.into_bytes().into(),
            full_size: None,
        };
        app::mail::arrive(&self.desk.app, arrival).await.unwrap();
        self.desk.run().await;
        let filter = store::ticket::Filter::default();
        let mut conn = self.desk.db.pool.get().await.unwrap();
        let found = store::ticket::list(&mut conn, &filter, store::ticket::Sort::Created, None, 1, Utc::now());
        let id = found.await.unwrap()[0].id;
        self.now(id).await
    }

    async fn now(&self, id: Uuid) -> Ticket {
        let mut conn = self.desk.db.pool.get().await.unwrap();
        store::ticket::find(&mut conn, id, None).await.unwrap()
    }

    async fn clocks(&self, id: Uuid) -> Vec<ClockRow> {
        store::sla::all(&mut self.desk.db.pool.get().await.unwrap(), id)
            .await
            .unwrap()
    }

    async fn alerts(&self, id: Uuid) -> Vec<AlertRow> {
        store::sla::alerts(&mut self.desk.db.pool.get().await.unwrap(), id)
            .await
            .unwrap()
    }

    async fn events(&self, id: Uuid) -> Vec<String> {
        let mut conn = self.desk.db.pool.get().await.unwrap();
        let all = store::ticket::events(&mut conn, id).await.unwrap();
        all.into_iter()
            .map(|event| event.kind)
            .filter(|kind| kind.starts_with("sla"))
            .collect()
    }

    fn later(&self, minutes: i64) {
        self.desk.clock.turn(TimeDelta::minutes(minutes));
    }

    async fn look(&self) {
        self.desk.enqueue(&[NewJob::of(&CheckSla {})]).await;
        self.desk.run().await;
    }

    async fn assign(&self, id: Uuid) -> Ticket {
        let version = self.now(id).await.summary.version;
        let (desk, me) = (&self.desk, self.desk.caller.user_id);
        app::ticket::assign(&desk.app, &desk.caller, id, Some(me), version)
            .await
            .unwrap()
    }

    async fn reply(&self, id: Uuid, next_state: Option<State>) {
        let message = NewMessage {
            next_state,
            ..reply("We look into it.")
        };
        app::ticket::send(&self.desk.app, &self.desk.caller, id, message)
            .await
            .unwrap();
    }

    async fn to(&self, id: Uuid, to: State) {
        let wanted = Move {
            to,
            reason: Some("vendor".to_owned()),
            on_hold_until: None,
            no_reply_needed: None,
            version: self.now(id).await.summary.version,
        };
        app::ticket::transition(&self.desk.app, &self.desk.caller, id, wanted)
            .await
            .unwrap();
    }

    /// Mails to staff.
    fn notices(&self) -> Vec<String> {
        let all = self.desk.outbox();
        all.into_iter()
            .filter(|mail| mail.contains("admin@desk.test"))
            .collect()
    }
}

fn words(alerts: &[AlertRow]) -> Vec<(&str, &str)> {
    let mut words: Vec<_> = alerts.iter().map(|a| (a.kind.as_str(), a.alert.as_str())).collect();
    words.sort_unstable();
    words
}

fn at(ticket: &Ticket, minutes: i64) -> DateTime<Utc> {
    ticket.summary.created_at + TimeDelta::minutes(minutes)
}

#[tokio::test]
async fn six_hours_without_a_look_raise_everything_once_with_its_true_time() {
    let watched = Watched::new(promises([1, 2, 4])).await;
    let ticket = watched.ticket().await;
    let id = ticket.summary.id;
    assert_eq!(
        ticket.summary.sla_due_at,
        Some(at(&ticket, 60)),
        "due from the first moment on"
    );
    watched.assign(id).await;
    watched.look().await;
    assert_eq!(watched.alerts(id).await.len(), 0, "nothing is due yet");

    watched.later(6 * 60);
    watched.look().await;
    let alerts = watched.alerts(id).await;
    let all = [
        ("first_response", "breach"),
        ("first_response", "warning_75"),
        ("resolution", "breach"),
        ("resolution", "warning_75"),
    ];
    assert_eq!(words(&alerts), all);
    let when = |kind: &str, alert: &str| {
        alerts
            .iter()
            .find(|a| (a.kind.as_str(), a.alert.as_str()) == (kind, alert))
            .unwrap()
            .at
    };
    assert_eq!(when("first_response", "warning_75"), at(&ticket, 45));
    assert_eq!(when("first_response", "breach"), at(&ticket, 60));
    assert_eq!(when("resolution", "breach"), at(&ticket, 240));
    assert!(
        alerts
            .iter()
            .all(|a| a.detected_at > at(&ticket, 359) && a.handled_at.is_some())
    );
    assert_eq!(watched.events(id).await.len(), 4);
    assert_eq!(watched.notices().len(), 4, "{:?}", watched.notices());
    assert!(watched.now(id).await.summary.sla_breached);

    watched.look().await;
    watched.later(60);
    watched.look().await;
    assert_eq!(
        (
            watched.alerts(id).await.len(),
            watched.events(id).await.len(),
            watched.notices().len()
        ),
        (4, 4, 4)
    );
    let clocks = watched.clocks(id).await;
    assert!(
        clocks.iter().all(|clock| clock.next_check_at.is_none()),
        "nothing left to look at: {clocks:?}"
    );
}

#[tokio::test]
async fn a_mail_that_waited_counts_from_when_its_server_took_it() {
    let watched = Watched::new(promises([2, 4, 6])).await;
    let taken = watched.desk.app.now() - TimeDelta::hours(3);
    let old = watched.mailed(Some(taken - TimeDelta::days(9))).await;
    assert!((watched.desk.app.now() - old.summary.created_at - TimeDelta::hours(24)).abs() < TimeDelta::minutes(5));
    let ticket = watched.mailed(Some(taken)).await;
    assert!((ticket.summary.created_at - taken).abs() < TimeDelta::seconds(1));
    assert!(ticket.summary.updated_at > taken + TimeDelta::hours(2));
    let clocks = watched.clocks(ticket.summary.id).await;
    assert!(clocks.iter().all(|clock| clock.started_at == ticket.summary.created_at));
    watched.look().await;
    let alerts = watched.alerts(ticket.summary.id).await;
    let breach = alerts.iter().find(|row| row.alert == "breach").unwrap();
    assert_eq!(breach.at, at(&ticket, 120), "its true time");
}

#[tokio::test]
async fn looks_side_by_side_share_the_work_and_double_nothing() {
    let watched = Watched::new(promises([1, 2, 4])).await;
    let mut tickets = Vec::new();
    for _ in 0..12 {
        tickets.push(watched.ticket().await.summary.id);
    }
    watched.later(50);
    for _ in 0..6 {
        watched.desk.enqueue(&[NewJob::of(&CheckSla {})]).await;
    }
    watched.desk.run_side_by_side(Queue::Sla).await;
    watched.look().await;
    for id in tickets {
        assert_eq!(words(&watched.alerts(id).await), [("first_response", "warning_75")]);
        assert_eq!(watched.events(id).await, ["sla_warning"]);
    }
}

#[tokio::test]
async fn a_look_that_dies_anywhere_leaves_nothing_half_done() {
    let watched = Watched::new(promises([1, 2, 4])).await;
    let id = watched.ticket().await.summary.id;
    watched.assign(id).await;
    watched.later(90);
    // Dropped at each of its first await points, as a killed worker drops it.
    for polls in 1..40 {
        let mut look = Box::pin(app::sla::check(&watched.desk.app));
        for _ in 0..polls {
            let once = futures::poll!(look.as_mut());
            if once.is_ready() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        drop(look);
    }
    watched.look().await;
    assert_eq!(
        words(&watched.alerts(id).await),
        [("first_response", "breach"), ("first_response", "warning_75")]
    );
    assert_eq!(watched.events(id).await, ["sla_warning", "sla_breached"]);
    assert_eq!(watched.notices().len(), 2);
}

#[tokio::test]
async fn a_ticket_paused_just_before_it_is_due_is_not_raised_until_it_runs_again() {
    let watched = Watched::new(promises([1, 2, 4])).await;
    let ticket = watched.ticket().await;
    let id = ticket.summary.id;
    watched.reply(id, Some(State::WaitingForResponse)).await;
    watched.to(id, State::Open).await;
    watched.later(239);
    watched.to(id, State::OnHold).await;
    assert_eq!(watched.now(id).await.summary.sla_due_at, None);
    watched.later(48 * 60);
    watched.look().await;
    // The hold itself noticed that three quarters were used up.
    assert_eq!(words(&watched.alerts(id).await), [("resolution", "warning_75")]);
    assert!(watched.notices().is_empty(), "nobody is hurried while it is on hold");
    watched.to(id, State::Open).await;
    watched.later(2);
    watched.look().await;
    assert_eq!(
        words(&watched.alerts(id).await),
        [("resolution", "breach"), ("resolution", "warning_75")]
    );
}

#[tokio::test]
async fn open_tickets_follow_a_changed_policy_only_when_asked_and_keep_their_time() {
    let watched = Watched::new(promises([4, 4, 8])).await;
    let desk = &watched.desk;
    let ticket = watched.ticket().await;
    let id = ticket.summary.id;
    watched.later(60);
    let policies = store::sla::policies(&mut desk.db.pool.get().await.unwrap())
        .await
        .unwrap();
    let own = policies.iter().find(|policy| policy.id == watched.policy).unwrap();
    let draft = Watched::draft(own.calendar_id, promises([2, 4, 6]));
    app::sla::change_policy(&desk.app, &desk.caller, own.id, own.version, &draft)
        .await
        .unwrap();
    assert_eq!(watched.now(id).await.summary.sla_due_at, Some(at(&ticket, 240)));
    let preview = app::sla::preview(&desk.app, &desk.caller).await.unwrap();
    assert_eq!((preview.seen, preview.changed, preview.breaches), (1, 1, 0));
    assert_eq!((preview.items[0].from.number, preview.items[0].to.number), (1, 2));
    app::sla::start_rebind(&desk.app, &desk.caller).await.unwrap();
    assert!(
        app::sla::start_rebind(&desk.app, &desk.caller).await.is_err(),
        "one at a time"
    );
    // An operator discards the job; that must not bar the next.
    desk.db.execute("DELETE FROM jobs WHERE kind = 'rebind_tickets'").await;
    let left = app::sla::rebind_state(&desk.app, &desk.caller).await.unwrap().unwrap();
    assert_eq!(left.state, "failed");
    app::sla::start_rebind(&desk.app, &desk.caller).await.unwrap();
    desk.run().await;
    let done = app::sla::rebind_state(&desk.app, &desk.caller).await.unwrap().unwrap();
    assert_eq!((done.state.as_str(), done.seen, done.changed), ("done", 1, 1));
    let due = watched.now(id).await.summary.sla_due_at.unwrap();
    assert!((due - at(&ticket, 120)).abs() < TimeDelta::seconds(5), "{due}");
    let preview = app::sla::preview(&desk.app, &desk.caller).await.unwrap();
    assert_eq!(preview.changed, 0);

    let view = app::sla::view(&desk.app, &desk.caller, id).await.unwrap();
    for clock in &view.clocks {
        let (closed, holidays, stopped) = clock.not_counted;
        let sum = clock.elapsed + closed + holidays + stopped;
        assert!(
            (sum - (view.at - ticket.summary.created_at).num_seconds()).abs() <= 2,
            "{clock:?}"
        );
    }
}

#[tokio::test]
async fn what_no_policy_took_is_bound_from_its_history() {
    let watched = Watched::new(promises([1, 2, 4])).await;
    let ticket = watched.ticket().await;
    let id = ticket.summary.id;
    watched.reply(id, None).await;
    let before = watched.clocks(id).await;
    watched
        .desk
        .db
        .execute("DELETE FROM ticket_clocks; UPDATE tickets SET sla_version_id = NULL, sla_due_at = NULL")
        .await;
    watched.look().await;
    assert_eq!(watched.clocks(id).await, before);
}

#[tokio::test]
async fn staff_open_tickets_without_a_first_response_to_wait_for() {
    let watched = Watched::new(promises([1, 2, 4])).await;
    let new = NewTicket {
        subject: "Called".to_owned(),
        body: "He called about his invoice.".to_owned(),
        format: Format::Plain,
        priority: Some(Priority::High),
        requester: Some(Requester {
            email: "lina@example.dz".to_owned(),
            name: None,
        }),
        category_id: None,
        project_id: None,
        related: store::ticket::Related::default(),
        attachment_ids: Vec::new(),
    };
    let desk = &watched.desk;
    let ticket = app::ticket::create(&desk.app, &desk.caller, new).await.unwrap();
    let kinds: Vec<String> = watched
        .clocks(ticket.summary.id)
        .await
        .into_iter()
        .map(|clock| clock.kind)
        .collect();
    assert_eq!(kinds, ["resolution"]);
    let edit = Edit {
        subject: Some("Called again".to_owned()),
        version: ticket.summary.version,
        ..Edit::default()
    };
    app::ticket::edit(&desk.app, &desk.caller, ticket.summary.id, edit)
        .await
        .unwrap();
}
