//! Service levels around the clock, and tickets whose clocks run under them: what is due when can be reckoned by whoever looks on.

use anyhow::Context;
use app::{
    App, Caller,
    sla::{CalendarDraft, PolicyDraft},
};
use domain::{
    permission::Permission,
    sla::{CalendarSpec, Pause, PolicySpec, Slot, Targets},
};
use store::audit::Actor;
use uuid::Uuid;

use crate::watch::Watch;

/// Seconds until each clock is due. At three quarters of them is warned.
const FIRST_RESPONSE: i64 = 3_600;
const RESOLUTION: i64 = 4 * 3_600;

/// The clocks that a ticket has, as rows of kind and seconds.
pub const BOTH: &str = "('first_response', 3600), ('resolution', 14400)";
/// That of its resolution alone.
pub const LAST: &str = "('resolution', 14400)";

const VERSION: &str =
    "SELECT v.id::text FROM sla_policy_versions v JOIN sla_policies p ON p.id = v.policy_id WHERE p.name = $1";
const NAME: &str = "Around the clock";

/// Tickets of people without an account, held by the agents in turn, each with its clocks as its opening would have started them.
/// `$opened` may use `n`, which counts them from 1.
const OPEN: &str = "
    SET session_replication_role = replica;
    CREATE TEMPORARY TABLE promised AS
        SELECT gen_random_uuid() AS id, n, date_trunc('milliseconds', $opened) AS opened FROM generate_series(1, $count) n;
    CREATE TEMPORARY TABLE hands AS SELECT u.id, row_number() OVER (ORDER BY u.id) - 1 AS n, count(*) OVER () AS hands
        FROM users u JOIN roles r ON r.id = u.role_id WHERE r.key = 'corporate';
    INSERT INTO tickets (id, subject, state, priority, source, requester_email, requester_name, assignee_id, group_id, unanswered,
            message_count, event_seq, last_message_at, created_at, updated_at, sla_version_id, sla_due_at)
        SELECT p.id, 'Promised ' || p.n, 'open', 'medium', 'client', 'customer-' || p.n % 5000 || '@example.dz', 'Customer', h.id,
            (SELECT id FROM support_groups ORDER BY id LIMIT 1), true, 1, 1, p.opened, p.opened, p.opened, '$version'::uuid,
            p.opened + (SELECT min(k.target) FROM (VALUES $clocks) AS k(kind, target)) * interval '1 second'
        FROM promised p JOIN hands h ON h.n = p.n % h.hands ORDER BY p.n;
    INSERT INTO ticket_clocks (ticket_id, kind, cycle, status, target, consumed, running_since, started_at, due_at, next_check_at)
        SELECT p.id, k.kind, 1, 'running', k.target, 0, p.opened, p.opened, p.opened + k.target * interval '1 second',
            p.opened + k.target * interval '0.75 seconds'
        FROM promised p CROSS JOIN (VALUES $clocks) AS k(kind, target) ORDER BY p.n;
    DROP TABLE hands;
    SET session_replication_role = origin";

/// A policy whose hours never end; gives the id of its version.
pub async fn around_the_clock(app: &App, watch: &mut Watch) -> anyhow::Result<String> {
    let caller = Caller {
        user_id: Uuid::now_v7(),
        email: "bench@cloudmanager.test".to_owned(),
        permissions: vec![Permission::SlaEdit],
        factor_at: None,
        actor: Actor {
            kind: "system",
            ..Actor::default()
        },
    };
    let calendar = CalendarDraft {
        name: NAME.to_owned(),
        spec: CalendarSpec {
            zone: "Africa/Algiers".to_owned(),
            week: std::array::from_fn(|_| vec![Slot { from: 0, to: 1_440 }]),
            holidays: Vec::new(),
        },
    };
    let calendar = app::sla::create_calendar(app, &caller, &calendar).await?;
    let targets = Targets {
        first_response: Some(FIRST_RESPONSE),
        next_response: None,
        resolution: Some(RESOLUTION),
    };
    let policy = PolicyDraft {
        name: NAME.to_owned(),
        enabled: true,
        calendar_id: calendar.id,
        spec: PolicySpec {
            priorities: Vec::new(),
            groups: Vec::new(),
            categories: Vec::new(),
            customer_kinds: Vec::new(),
            customer_tiers: Vec::new(),
            targets: [targets; 4],
            pause: Pause::default(),
            warnings: vec![75],
            escalations: Vec::new(),
        },
    };
    app::sla::create_policy(app, &caller, &policy).await?;
    let row = watch.client().await?.query_opt(VERSION, &[&NAME]).await?;
    Ok(row.context("a version of the policy")?.get(0))
}

/// Opens tickets under a version; they stay in the temporary table `promised`, with `opened`.
pub async fn open(watch: &mut Watch, version: &str, count: u64, opened: &str, clocks: &str) -> anyhow::Result<()> {
    let statements = OPEN
        .replace("$opened", opened)
        .replace("$count", &count.to_string())
        .replace("$version", version)
        .replace("$clocks", clocks);
    watch.execute(&statements).await
}
