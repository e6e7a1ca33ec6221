//! An export of 100,000 tickets is never in memory. Alone in its process, because it looks at what the process takes.

use app::ticket::{
    Wanted,
    export::{Export, Form},
};
use domain::{locale::Locale, permission::Permission};

const TICKETS: u64 = 100_000;
/// What may be taken on top while the file of some 20 MB is made, in kilobytes: some chunks of rows.
const GROWTH: u64 = 16_000;

/// What the process has of the machine's memory, in kilobytes.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[tokio::test]
async fn a_hundred_thousand_tickets_stream_through() {
    let db = testkit::TestDb::new().await;
    let app = testkit::app_over(db.pool.clone());
    app::seed::base(&app).await.unwrap();
    app::seed::demo(&app, "a long enough password").await.unwrap();
    db.execute(&format!(
        "INSERT INTO tickets (id, subject, source, requester_email, requester_name, group_id, last_message_at, created_at, updated_at)
         SELECT gen_random_uuid(), 'Server ' || n || repeat(' does not answer', 5), 'api', 'x@x.test', 'X',
                (SELECT id FROM support_groups ORDER BY id LIMIT 1), now(), now() - n * interval '1 second', now()
         FROM generate_series(1, {TICKETS}) n"
    ))
    .await;
    db.execute("ANALYZE tickets").await;
    let user = store::user::by_email(&mut app.conn().await.unwrap(), "agent@cloudmanager.test")
        .await
        .unwrap()
        .unwrap();
    let caller = app::Caller {
        user_id: user.id,
        email: user.email,
        permissions: vec![Permission::TicketsView, Permission::TicketsExport],
        factor_at: None,
        actor: store::audit::Actor::product(),
    };
    let form = Form::new(Locale::Ar, Some("Africa/Algiers")).unwrap();
    let mut export = Export::begin(&app, &caller, Wanted::default(), form).await.unwrap();
    // The first chunks fill pools and caches.
    let mut bytes = export.head().unwrap().len();
    for _ in 0..3 {
        bytes += export.next().await.unwrap().unwrap().len();
    }
    let (before, mut most) = (resident().unwrap(), 0);
    while let Some(lines) = export.next().await.unwrap() {
        bytes += lines.len();
        most = most.max(resident().unwrap());
    }
    println!(
        "{} rows, {bytes} bytes; resident {before} kB at first, {most} kB at most",
        export.rows()
    );
    assert_eq!(export.rows(), TICKETS);
    assert!(bytes > 15_000_000, "{bytes}");
    assert!(
        most < before + GROWTH,
        "resident {before} kB at first, {most} kB at most"
    );
}
