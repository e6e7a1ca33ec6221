//! Statistics: what is counted as it happens, and the numbers of a period.

use std::time::Duration;

use app::{
    account::Origin,
    statistics::{self, Period, Report},
    ticket::{self as tickets, Move, NewTicket, Requester, survey},
};
use chrono::{TimeDelta, Utc};
use domain::{
    mail::words::StartPoint,
    ticket::{State, facts::Kind, writing::Format},
};
use jobs::{GatherFacts, NewJob};
use store::ticket;
use testkit::wait_for;
use uuid::Uuid;

use super::desk::{Desk, reply};

async fn desk() -> Desk {
    let desk = Desk::new().await;
    desk.db.execute("UPDATE automation_rules SET enabled = false").await;
    desk.mailbox(None, StartPoint::Now).await;
    desk
}

async fn opened(desk: &Desk, email: &str) -> Uuid {
    let new = NewTicket {
        subject: "My server is down".to_owned(),
        body: "Please help.".to_owned(),
        format: Format::Plain,
        priority: None,
        requester: Some(Requester {
            email: email.to_owned(),
            name: None,
        }),
        category_id: None,
        project_id: None,
        related: store::ticket::Related::default(),
        attachment_ids: Vec::new(),
    };
    tickets::create(&desk.app, &desk.caller, new).await.unwrap().summary.id
}

async fn version(desk: &Desk, id: Uuid) -> i32 {
    let mut conn = desk.db.pool.get().await.unwrap();
    ticket::find(&mut conn, id, None).await.unwrap().summary.version
}

async fn replied(desk: &Desk, id: Uuid) {
    let new = reply("Restarted.");
    tickets::send(&desk.app, &desk.caller, id, new).await.unwrap();
}

async fn moved(desk: &Desk, id: Uuid, to: State) {
    let (caller, now) = (&desk.caller, version(desk, id).await);
    let mut at = now;
    if to == State::Resolved {
        tickets::assign(&desk.app, caller, id, Some(caller.user_id), now)
            .await
            .unwrap();
        at = version(desk, id).await;
    }
    let wanted = Move {
        to,
        reason: None,
        on_hold_until: None,
        no_reply_needed: None,
        version: at,
    };
    tickets::transition(&desk.app, caller, id, wanted).await.unwrap();
}

/// Has everything counted that happened.
async fn gather(desk: &Desk) {
    wait_for("all events are counted", Duration::from_secs(60), async || {
        desk.enqueue(&[NewJob::of(&GatherFacts {})]).await;
        desk.run().await;
        let left = "SELECT count(*)::text FROM events e, event_cursors c WHERE c.consumer = 'statistics' AND (e.xid, e.id) > (c.xid, c.id)";
        desk.db.texts(left).await == ["0"]
    })
    .await;
}

async fn report(desk: &Desk) -> Report {
    let today = desk.app.clock.now().date_naive();
    let period = Period {
        from: today - TimeDelta::days(6),
        to: today,
        zone: "UTC".to_owned(),
        group: None,
    };
    statistics::report(&desk.app, &desk.caller, &period).await.unwrap()
}

async fn facts(desk: &Desk) -> Vec<String> {
    desk.db
        .texts("SELECT concat_ws(' ', kind, n, CASE WHEN standing THEN 'standing' END) FROM ticket_facts ORDER BY ticket_id, kind, n")
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_closed_as_spam_counts_for_nothing_until_it_is_opened_again() {
    let desk = desk().await;
    let id = opened(&desk, "ana@example.dz").await;
    replied(&desk, id).await;
    gather(&desk).await;
    let before = facts(&desk).await;
    assert_eq!(before, ["entered 1 standing", "first_response 1", "replied 1"]);
    for (to, reason) in [(State::Closed, Some("spam")), (State::Open, None)] {
        let wanted = Move {
            to,
            reason: reason.map(str::to_owned),
            on_hold_until: None,
            no_reply_needed: None,
            version: version(&desk, id).await,
        };
        tickets::transition(&desk.app, &desk.caller, id, wanted).await.unwrap();
        gather(&desk).await;
        let now = facts(&desk).await;
        match to {
            State::Closed => assert!(now.is_empty(), "{now:?}"),
            _ => assert!(
                before
                    .iter()
                    .all(|fact| now.contains(fact) || fact.starts_with("entered")),
                "{now:?}"
            ),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_a_ticket_is_counted_once_however_often_it_is_gathered() {
    let desk = desk().await;
    let id = opened(&desk, "ana@example.dz").await;
    desk.clock.turn(TimeDelta::minutes(30));
    replied(&desk, id).await;
    replied(&desk, id).await;
    desk.clock.turn(TimeDelta::minutes(30));
    moved(&desk, id, State::Resolved).await;
    gather(&desk).await;
    let first = facts(&desk).await;
    assert_eq!(
        first,
        [
            "entered 1",
            "first_response 1",
            "left 1",
            "replied 1",
            "replied 2",
            "resolution 1"
        ]
    );
    // Gathered anew from the beginning, and side by side, it is the same.
    desk.db
        .execute("INSERT INTO ticket_fact_backfill (before) VALUES ('ffffffff-ffff-ffff-ffff-ffffffffffff') ON CONFLICT (one) DO UPDATE SET before = excluded.before")
        .await;
    let (one, two) = tokio::join!(statistics::gather(&desk.app), statistics::gather(&desk.app));
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(facts(&desk).await, first);
    // One that met the other at work leaves the rest to the next.
    statistics::gather(&desk.app).await.unwrap();
    assert_eq!(facts(&desk).await, first);
    assert_eq!(
        desk.db
            .texts("SELECT (before IS NULL)::text FROM ticket_fact_backfill")
            .await,
        ["true"]
    );

    let seen = report(&desk).await;
    let total = &seen.total;
    assert_eq!(
        (seen.open, total.handled, total.replies, total.first, total.resolved),
        (0, 1, 2, 1, 1)
    );
    // On the clock on the wall; half an hour and an hour, as the clock was turned.
    let minutes = |times: &[Option<f64>]| times[0].map(|seconds| (seconds / 60.0).round());
    assert_eq!(
        (minutes(&total.first_times), minutes(&total.resolved_times)),
        (Some(30.0), Some(60.0))
    );
    assert_eq!(
        (seen.agents.len(), seen.agents[0].name.as_deref(), seen.groups.len()),
        (1, Some("Admin"), 1)
    );

    // A resolution that did not last is none.
    moved(&desk, id, State::InProgress).await;
    gather(&desk).await;
    assert_eq!(
        facts(&desk).await,
        [
            "entered 1",
            "entered 2 standing",
            "first_response 1",
            "left 1",
            "replied 1",
            "replied 2"
        ]
    );
    let seen = report(&desk).await;
    assert_eq!((seen.open, seen.total.resolved, seen.total.reopened), (1, 0, 1));
    let (opened, left): (i64, i64) = seen
        .days
        .iter()
        .fold((0, 0), |(a, b), day| (a + day.flow.opened, b + day.flow.left));
    assert_eq!((opened, left, seen.days.last().map(|day| day.open)), (1, 1, Some(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn ratings_are_counted_and_every_number_has_its_tickets() {
    let desk = desk().await;
    desk.db.execute("UPDATE support_groups SET survey = true").await;
    for (n, rating) in [5, 4, 1].into_iter().enumerate() {
        let id = opened(&desk, &format!("ana{n}@example.dz")).await;
        replied(&desk, id).await;
        moved(&desk, id, State::Resolved).await;
        survey::ask(&desk.app, id, 1).await.unwrap();
        let survey = desk
            .db
            .texts(&format!("SELECT id::text FROM ticket_surveys WHERE ticket_id = '{id}'"))
            .await;
        let token = app::mail::tokens(&desk.app).unwrap().survey(survey[0].parse().unwrap());
        let answer = survey::Answer { rating, comment: None };
        survey::answer_by_link(&desk.app, &token, &answer, &Origin::default())
            .await
            .unwrap();
    }
    gather(&desk).await;
    let total = report(&desk).await.total;
    assert_eq!(
        (
            total.rated,
            total.satisfied,
            total.mean.map(|mean| (mean * 100.0).round())
        ),
        (3, 2, Some(333.0))
    );
    let today = Utc::now().date_naive();
    let period = Period {
        from: today - TimeDelta::days(1),
        to: today + TimeDelta::days(1),
        zone: "Africa/Algiers".to_owned(),
        group: None,
    };
    for (kind, reopened, count) in [
        (Kind::Entered, Some(false), total.handled),
        (Kind::Entered, Some(true), total.reopened),
        (Kind::Replied, None, total.replies),
        (Kind::FirstResponse, None, total.first),
        (Kind::Resolution, None, total.resolved),
        (Kind::Rated, None, total.rated),
    ] {
        let mut after = None;
        let mut seen = 0;
        loop {
            let found = statistics::behind(&desk.app, &desk.caller, &period, (kind, reopened), None, after, 2)
                .await
                .unwrap();
            seen += i64::try_from(found.len()).unwrap();
            let Some(last) = found.last() else { break };
            after = Some((last.at, last.id, last.n));
        }
        assert_eq!(seen, count, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_reads_its_period_and_not_the_desk() {
    let desk = desk().await;
    let id = opened(&desk, "ana@example.dz").await;
    desk.db
        .execute(&format!(
            "INSERT INTO ticket_facts (ticket_id, kind, n, at, seconds, group_id, agent_id)
             SELECT t.id, k.kind, n, now() - n * interval '1 hour', n, t.group_id, '{}' FROM tickets t, generate_series(2, 8000) n,
                 unnest(ARRAY['entered', 'left', 'replied', 'first_response', 'resolution']) AS k(kind) WHERE t.id = '{id}'",
            desk.caller.user_id
        ))
        .await;
    desk.db.execute("VACUUM ANALYZE ticket_facts").await;
    for statement in [
        store::statistics::TOTALS,
        store::statistics::BY_AGENT,
        store::statistics::BY_GROUP,
    ] {
        let asked = statement
            .replace("$1", "now() - interval '7 days'")
            .replace("$2", "now()")
            .replace("$3", "NULL");
        let plan = desk.db.texts(&format!("EXPLAIN (COSTS OFF) {asked}")).await.join("\n");
        assert!(plan.contains("ticket_facts_period"), "{plan}");
        assert!(
            !plan.contains("Seq Scan on ticket_facts") && !plan.contains("on tickets"),
            "{plan}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_backlog_of_a_day_long_ago_is_taken_back_by_the_sums_of_the_days_since() {
    let desk = desk().await;
    let id = opened(&desk, "ana@example.dz").await;
    // Four years of entries, and half as many leaves.
    desk.db
        .execute(&format!(
            "INSERT INTO ticket_facts (ticket_id, kind, n, at, group_id)
             SELECT t.id, k.kind, n, now() - n * interval '7 hours', t.group_id FROM tickets t, generate_series(2, 5000) n,
                 unnest(ARRAY['entered', 'left']) AS k(kind) WHERE t.id = '{id}' AND (k.kind = 'entered' OR n % 2 = 0)"
        ))
        .await;
    desk.db
        .execute("DELETE FROM ticket_facts WHERE kind = 'left' AND n = 10")
        .await;
    desk.db
        .execute("UPDATE ticket_facts SET at = at - interval '30 days' WHERE kind = 'entered' AND n = 11")
        .await;
    let untrue = "SELECT day::text FROM (SELECT (at AT TIME ZONE 'UTC')::date AS day, group_id, sum(CASE kind WHEN 'entered' THEN 1 ELSE -1 END) AS change
            FROM ticket_facts WHERE kind IN ('entered', 'left') GROUP BY 1, 2) d
        FULL JOIN ticket_flow_days f USING (day, group_id) WHERE coalesce(d.change, 0) <> coalesce(f.change, 0)";
    assert!(desk.db.texts(untrue).await.is_empty(), "the sums are of the facts");

    let day = desk.app.clock.now().date_naive() - TimeDelta::days(900);
    let period = Period {
        from: day,
        to: day,
        zone: "Africa/Algiers".to_owned(),
        group: None,
    };
    let ends = async || {
        let found = statistics::report(&desk.app, &desk.caller, &period).await.unwrap();
        found.days.iter().map(|one| one.open).collect::<Vec<_>>()
    };
    let counted = format!(
        "SELECT (count(*) FILTER (WHERE standing) - (count(*) FILTER (WHERE kind = 'entered' AND at >= e.at2)
             - count(*) FILTER (WHERE kind = 'left' AND at >= e.at2)))::text
         FROM ticket_facts, (SELECT ('{day}'::date + 1)::timestamp AT TIME ZONE 'Africa/Algiers' AS at2) e"
    );
    let truth: i64 = desk.db.texts(&counted).await[0].parse().unwrap();
    assert_eq!(ends().await, [truth]);
    // It is those sums that are read, not the facts since.
    desk.db
        .execute(&format!(
            "UPDATE ticket_flow_days SET change = change + 5 WHERE day = '{day}'::date + 400"
        ))
        .await;
    assert_eq!(ends().await, [truth - 5]);
}
