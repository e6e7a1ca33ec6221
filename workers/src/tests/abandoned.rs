//! What a worker that died at the last attempt left behind.

use app::ticket::{self as tickets, NewTicket, Requester};
use domain::ticket::writing::Format;
use jobs::{
    ChangeTickets, CleanUp, ErasePerson, ExportPerson, MakeTicketExport, NewJob, Outcome, RenderTicketPdf, RunRule,
    SendWebhook,
};
use uuid::Uuid;

use super::desk::Desk;
use crate::{JobContext, handlers};

/// One row of each kind in the middle of its work: copy, erasure, change of many, run, delivery, print, scheduled export.
async fn begun(desk: &Desk) -> [Uuid; 7] {
    let ids = [(); 7].map(|()| Uuid::now_v7());
    let [export, erasure, bulk, run, delivery, print, made] = ids;
    let admin = desk.caller.user_id;
    let client = app::seed::account(
        &desk.app,
        &format!("{erasure}@desk.test"),
        "Zoe",
        "client",
        "a long enough password",
    )
    .await
    .unwrap();
    let new = NewTicket {
        subject: "Down".to_owned(),
        body: "Help".to_owned(),
        format: Format::Plain,
        priority: None,
        category_id: None,
        project_id: None,
        related: store::ticket::Related::default(),
        requester: Some(Requester {
            email: "ana@example.dz".to_owned(),
            name: None,
        }),
        attachment_ids: Vec::new(),
    };
    let ticket = tickets::create(&desk.app, &desk.caller, new).await.unwrap().summary.id;
    for row in [
        format!(
            "INSERT INTO personal_exports (id, user_id, requested_by, state, created_at)
             VALUES ('{export}', '{client}', '{admin}', 'running', now())"
        ),
        format!(
            "INSERT INTO personal_erasures (id, user_id, state, carried_by, reason, started_at, created_at)
             VALUES ('{erasure}', '{client}', 'running', '{admin}', 'x', now(), now())"
        ),
        format!(
            "INSERT INTO ticket_bulks (id, change, state, total, created_by, created_at)
             VALUES ('{bulk}', '{{}}', 'running', 1, '{admin}', now())"
        ),
        format!(
            "INSERT INTO automation_runs (id, rule_id, number, ticket_id, key, state, created_at)
             SELECT '{run}', id, number, '{ticket}', 'event:0', 'queued', now() FROM automation_rules LIMIT 1"
        ),
        format!(
            "WITH e AS (INSERT INTO webhook_endpoints (id, url, description, types, enabled, secret, since, created_at, updated_at)
                 VALUES (gen_random_uuid(), 'https://x.test/hook', '', '{{ticket.created}}', true, '', now(), now(), now()) RETURNING id)
             INSERT INTO webhook_deliveries (id, endpoint_id, type, body, created_at, state_at)
             SELECT '{delivery}', id, 'ticket.created', '{{}}', now(), now() FROM e"
        ),
        format!(
            "INSERT INTO ticket_prints (id, ticket_id, requested_by, ticket_version, staff, notes, locale, zone, state, created_at)
             VALUES ('{print}', '{ticket}', '{admin}', 1, true, false, 'fr', 'UTC', 'running', now())"
        ),
        format!(
            "WITH e AS (INSERT INTO ticket_exports (id, owner_id, name, filter, locale, every, minute, zone, paused, created_at, updated_at)
                 VALUES (gen_random_uuid(), '{admin}', 'x', '{{}}', 'fr', 'day', 0, 'UTC', 'owner', now(), now()) RETURNING id)
             INSERT INTO ticket_export_runs (id, export_id, due_at, manual, state, created_at)
             SELECT '{made}', id, now(), true, 'running', now() FROM e"
        ),
    ] {
        desk.db.execute(&row).await;
    }
    ids
}

async fn states(desk: &Desk, [export, erasure, bulk, run, delivery, print, made]: [Uuid; 7]) -> Vec<String> {
    let query = format!(
        "SELECT x FROM (SELECT 1 AS n, state AS x FROM personal_exports WHERE id = '{export}'
             UNION ALL SELECT 2, state FROM personal_erasures WHERE id = '{erasure}'
             UNION ALL SELECT 3, state FROM ticket_bulks WHERE id = '{bulk}'
             UNION ALL SELECT 4, concat_ws(' ', state, reason) FROM automation_runs WHERE id = '{run}'
             UNION ALL SELECT 5, concat_ws(' ', state, last_error) FROM webhook_deliveries WHERE id = '{delivery}'
             UNION ALL SELECT 6, state FROM ticket_prints WHERE id = '{print}'
             UNION ALL SELECT 7, concat_ws(' ', state, error) FROM ticket_export_runs WHERE id = '{made}') s ORDER BY n"
    );
    desk.db.texts(&query).await
}

#[tokio::test(flavor = "multi_thread")]
async fn work_whose_job_is_over_is_given_up_and_an_erasure_goes_on() {
    let desk = Desk::new().await;
    let (alive, left) = (begun(&desk).await, begun(&desk).await);
    let jobs = |[export_id, erasure_id, bulk_id, run_id, delivery_id, print_id, made_id]: [Uuid; 7]| {
        [
            NewJob::of(&ExportPerson { export_id }),
            NewJob::of(&ErasePerson { erasure_id }),
            NewJob::of(&ChangeTickets { bulk_id }),
            NewJob::of(&RunRule { run_id }),
            NewJob::of(&SendWebhook { delivery_id }),
            NewJob::of(&RenderTicketPdf { print_id }),
            NewJob::of(&MakeTicketExport { run_id: made_id }),
        ]
    };
    desk.enqueue(&jobs(left)).await;
    desk.db
        .execute("UPDATE jobs SET state = 'dead' WHERE kind <> 'clean_up'")
        .await;
    desk.enqueue(&jobs(alive)).await;
    let outcome = handlers::maintenance::clean_up(&desk.surroundings(), desk.context(Uuid::now_v7()), CleanUp {}).await;
    assert_eq!(outcome, Outcome::Done);
    let ended = [
        "failed",
        "running",
        "stopped",
        "skipped abandoned",
        "failed abandoned",
        "failed",
        "failed broken_off",
    ];
    assert_eq!(states(&desk, left).await, ended);
    assert_eq!(
        states(&desk, alive).await,
        [
            "running", "running", "running", "queued", "queued", "running", "running"
        ]
    );
    let again = format!(
        "SELECT state FROM jobs WHERE kind = 'erase_person' AND unique_key = '{}' ORDER BY created_at",
        left[1]
    );
    assert_eq!(desk.db.texts(&again).await, ["dead", "queued"]);
    assert_eq!(app::abandoned::give_up(&desk.app).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_whose_person_is_gone_says_so_at_once() {
    let desk = Desk::new().await;
    let [export_id, ..] = begun(&desk).await;
    desk.db
        .execute("UPDATE users SET deleted_at = now() WHERE name = 'Zoe'")
        .await;
    let context: JobContext = desk.context(Uuid::now_v7());
    let outcome = handlers::privacy::export(&desk.surroundings(), context, ExportPerson { export_id }).await;
    assert_eq!(outcome, Outcome::Done, "no attempt would find him");
    assert_eq!(desk.db.texts("SELECT state FROM personal_exports").await, ["failed"]);
}
