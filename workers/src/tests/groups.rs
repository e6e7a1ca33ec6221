//! Groups are changed while others go on with their work.

use app::group::{self, Draft};
use domain::ticket::deal::Strategy;
use uuid::Uuid;

use super::desk::Desk;

/// Nobody holds a group, whatever else is waited for.
const FREE: &str = "SELECT 1 FROM support_groups FOR NO KEY UPDATE NOWAIT";

async fn id_of(desk: &Desk, query: &str) -> Uuid {
    desk.db.texts(query).await[0].parse().unwrap()
}

#[tokio::test]
async fn who_is_named_is_looked_up_before_the_groups_are_held() {
    let desk = Desk::new().await;
    let id = id_of(&desk, "SELECT id FROM support_groups").await;
    let members = [(desk.caller.user_id, true)];
    let done = desk.db.while_waited_for(
        "LOCK TABLE roles IN ACCESS EXCLUSIVE MODE",
        FREE,
        group::set_members(&desk.app, &desk.caller, id, 1, &members),
    );
    done.await.unwrap();
    let found = group::detail(&desk.app, &desk.caller, id).await.unwrap();
    assert_eq!((found.members.len(), found.group.members), (1, 1));
}

#[tokio::test]
async fn what_is_under_way_is_counted_when_a_change_is_done() {
    let desk = Desk::new().await;
    let id = id_of(&desk, "SELECT id FROM support_groups").await;
    let draft = Draft {
        name: "Support".to_owned(),
        description: "First line".to_owned(),
        strategy: Strategy::Off,
        members_only: false,
        members_handle: false,
        survey: false,
        survey_delay_hours: 24,
        conduct: None,
        active: true,
    };
    let changed = desk.db.while_waited_for(
        "LOCK TABLE tickets IN ACCESS EXCLUSIVE MODE",
        FREE,
        group::change(&desk.app, &desk.caller, id, 1, draft),
    );
    assert_eq!(changed.await.unwrap().description, "First line");
}

#[tokio::test]
async fn the_figures_of_a_small_group_cost_what_it_has() {
    let desk = Desk::new().await;
    let (id, other) = (id_of(&desk, "SELECT id FROM support_groups").await, Uuid::now_v7());
    desk.db
        .execute(&format!(
            "INSERT INTO support_groups (id, name) VALUES ('{other}', 'Large');
             INSERT INTO tickets (id, subject, source, requester_email, requester_name, group_id, state, sla_breached, last_message_at, created_at,
                 updated_at)
             SELECT ('ffffffff' || substr(gen_random_uuid()::text, 9))::uuid, 'x', 'api', 'x@x.test', 'X',
                 CASE WHEN n % 500 = 0 THEN '{id}'::uuid ELSE '{other}' END, CASE WHEN n % 1000 = 0 THEN 'closed' ELSE 'open' END,
                 n % 1500 = 0, now(), now(), now() FROM generate_series(1, 6000) n;
             ANALYZE tickets; ANALYZE support_groups"
        ))
        .await;
    let found = group::detail(&desk.app, &desk.caller, id).await.unwrap().group;
    assert_eq!((found.open, found.unassigned, found.breached), (6, 6, 2));
    let all = group::list(&desk.app, &desk.caller).await.unwrap();
    let figures: Vec<(&str, i64, i64)> = all
        .iter()
        .map(|one| (one.name.as_str(), one.open, one.breached))
        .collect();
    assert_eq!(figures, [("Large", 5988, 0), ("Support", 6, 2)]);
    for index in ["tickets_group_under_way", "tickets_group"] {
        let used = format!("SELECT 1 FROM pg_stat_user_indexes WHERE indexrelname = '{index}' AND idx_scan > 0");
        let limit = std::time::Duration::from_secs(90);
        testkit::wait_for(index, limit, async || !desk.db.texts(&used).await.is_empty()).await;
    }
}
