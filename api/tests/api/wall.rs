//! The second wall between customers: what the database itself keeps apart when a statement asks for everything.

use std::{collections::BTreeSet, sync::Arc};

use app::wall;
use store::StoreError;
use uuid::Uuid;

use super::client::{PASSWORD, World};

/// Tables of which customers' requests read no row, but whose rows are somebody's: written there, or for staff.
const UNREAD: &[&str] = &[
    "agent_profiles",
    "automation_runs",
    "bounces",
    "calendar_feeds",
    "customer_import_rows",
    "customer_imports",
    "customer_notes",
    "events",
    "group_members",
    "mail_provider_events",
    "mailbox_tests",
    "mailboxes",
    "message_ids",
    "message_mentions",
    "notification_group_members",
    "oidc_flows",
    "outgoing_mails",
    "raw_mails",
    "search_vocabulary",
    "sms_messages",
    "spam_rules",
    "survey_refusals",
    "ticket_bulk_rows",
    "ticket_bulks",
    "ticket_escalations",
    "ticket_export_parts",
    "ticket_export_recipients",
    "ticket_export_runs",
    "ticket_exports",
    "ticket_facts",
    "ticket_links",
    "ticket_words_due",
];
/// Tables that customers' requests may touch without a policy, each with the reason.
const OPEN: [(&str, &str); 12] = [
    ("roles", "the same for everybody"),
    ("role_parents", "the same for everybody"),
    ("support_groups", "the same for everybody"),
    ("ticket_categories", "the same for everybody"),
    ("kyc_policy", "the same for everybody"),
    ("notification_triggers", "the same for everybody"),
    ("sla_book", "the same for everybody"),
    ("sla_calendars", "the same for everybody"),
    ("sla_calendar_versions", "the same for everybody"),
    ("sla_policies", "the same for everybody"),
    ("sla_policy_versions", "the same for everybody"),
    ("audit_pending", "numbers of lines, only ever added to"),
];
/// Tables with a person's id that no customer's request can touch at all.
const CLOSED: [(&str, &str); 0] = [];

/// Somebody with one of everything.
pub(super) struct Person {
    pub(super) user: Uuid,
    pub(super) customer: Uuid,
    pub(super) one: Uuid,
    two: Uuid,
}

impl Person {
    pub(super) async fn new(world: &World, email: &str) -> Self {
        let user = app::seed::account(&world.state.app, email, "X", "client", PASSWORD);
        let person = Self {
            user: user.await.unwrap(),
            customer: Uuid::now_v7(),
            one: Uuid::now_v7(),
            two: Uuid::now_v7(),
        };
        world.db.execute(&person.fill(include_str!("wall.sql"))).await;
        person
    }

    fn fill(&self, sql: &str) -> String {
        sql.replace("$user", &self.user.to_string())
            .replace("$customer", &self.customer.to_string())
            .replace("$one", &self.one.to_string())
            .replace("$two", &self.two.to_string())
    }

    /// As a request of this person, but with statements of one's own.
    fn asks(&self, sql: &str) -> String {
        format!(
            "BEGIN; SET LOCAL ROLE cloudmanager_app; SET LOCAL cm.user_id = '{}'; {sql}; ROLLBACK",
            self.user
        )
    }

    /// This row belongs to him.
    fn owns(&self, row: &str) -> bool {
        [self.user, self.customer, self.one, self.two]
            .iter()
            .any(|id| row.contains(&id.to_string()))
    }
}

async fn two() -> (Arc<World>, Person, Person) {
    let world = World::new().await;
    let ana = Person::new(&world, "ana@x.test").await;
    let bob = Person::new(&world, "bob@x.test").await;
    (world, ana, bob)
}

/// Tables with policies that customers' requests have this right on.
async fn walled(world: &World, right: &str) -> Vec<String> {
    // Some may be changed in part.
    let asked = if right == "UPDATE" {
        "has_any_column_privilege"
    } else {
        "has_table_privilege"
    };
    // Of accounts everything but the hashes of their passwords is read, of tickets' words those that are not from notes.
    let sql = format!(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relrowsecurity
            AND ({asked}('cloudmanager_app', oid, '{right}') OR '{right}' = 'SELECT' AND relname IN ('ticket_words', 'users')) ORDER BY 1"
    );
    world.db.texts(&sql).await
}

/// What customers' requests may read of a row of `x`, as one text.
async fn row(world: &World, table: &str) -> String {
    let sql = format!(
        "SELECT 'row(' || string_agg('x.' || quote_ident(attname), ', ') || ')::text' FROM pg_attribute
         WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped
            AND has_column_privilege('cloudmanager_app', attrelid, attnum, 'SELECT')"
    );
    world.db.texts(&sql).await.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_what_is_his_and_nothing_else_whatever_the_statement_asks() {
    let (world, ana, bob) = two().await;
    let tables = walled(&world, "SELECT").await;
    assert!(tables.len() > 25, "{tables:?}");
    for table in tables {
        let sql = format!("SELECT {} FROM {table} x", row(&world, &table).await);
        let all = world.db.texts(&sql).await;
        assert!(
            all.iter().any(|row| ana.owns(row)) && all.iter().any(|row| bob.owns(row)),
            "{table}: wall.sql makes no row in it"
        );
        let seen = world.db.texts(&bob.asks(&sql)).await;
        assert!(!seen.iter().any(|row| ana.owns(row)), "{table}: {seen:?}");
        assert!(seen.iter().any(|row| bob.owns(row)), "{table}: his own are hidden");
        assert!(!seen.iter().any(|row| row.contains("for staff")), "{table}: {seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_id_reads_nothing_and_touches_nothing() {
    let (world, ana, bob) = two().await;
    for table in walled(&world, "UPDATE").await {
        let column = "SELECT attname FROM pg_attribute WHERE attnum > 0 AND attgenerated = '' AND attidentity = ''
            AND has_column_privilege('cloudmanager_app', attrelid, attnum, 'UPDATE') AND attrelid = ";
        let column = &world.db.texts(&format!("{column}'{table}'::regclass LIMIT 1")).await[0];
        let row = row(&world, &table).await;
        let sql = format!("UPDATE {table} x SET {column} = {column} RETURNING {row}");
        let touched = world.db.texts(&bob.asks(&sql)).await;
        assert!(!touched.iter().any(|row| ana.owns(row)), "{table}: {touched:?}");
    }
    for table in walled(&world, "DELETE").await {
        let touched = world
            .db
            .texts(&bob.asks(&format!("DELETE FROM {table} x RETURNING x::text")))
            .await;
        assert!(!touched.iter().any(|row| ana.owns(row)), "{table}: {touched:?}");
    }
    // What passwords are checked against: one's own, and of others nothing but that there is something.
    let hash = "SELECT coalesce(password_of('$user'), 'none')";
    assert!(world.db.texts(&ana.asks(&ana.fill(hash))).await[0].starts_with("$argon2"));
    assert_eq!(world.db.texts(&bob.asks(&ana.fill(hash))).await, ["none"]);
    for sql in ["SELECT password_hash FROM users", "SELECT u::text FROM users u"] {
        let refused = world.db.try_execute(&bob.asks(sql)).await.unwrap_err();
        assert!(refused.contains("permission denied"), "{sql}: {refused}");
    }
    // By its id, as a forged request would ask.
    for table in [
        "tickets",
        "ticket_messages",
        "attachments",
        "customer_documents",
        "kyc_documents",
        "sealed_files",
        "api_tokens",
    ] {
        let sql = ana.fill(&format!("SELECT id::text FROM {table} WHERE id = '$one'"));
        assert_eq!(world.db.texts(&ana.asks(&sql)).await.len(), 1, "{table}");
        assert!(world.db.texts(&bob.asks(&sql)).await.is_empty(), "{table}");
    }
    let slips = [
        "INSERT INTO customer_members VALUES ('$customer', '$bob', 'owner', NULL, now())",
        "INSERT INTO ticket_participants VALUES ('$one', 'bob@x.test', '', 'watcher', '$bob', now())",
        "INSERT INTO ticket_messages (id, ticket_id, kind, direction, author_user_id, author_name, is_staff, body_text, created_at)
            VALUES (gen_random_uuid(), '$one', 'reply', 'in', '$bob', 'B', false, 'x', now())",
        "INSERT INTO message_picture_sets (message_id, asked_at) VALUES ('$one', now())",
        "INSERT INTO customer_contacts (id, customer_id, name, purpose, created_at, updated_at)
            VALUES (gen_random_uuid(), '$customer', 'B', 'general', now(), now())",
        "INSERT INTO kyc_documents (id, case_id, kind, file_id, name, uploaded_by, created_at)
            VALUES (gen_random_uuid(), '$one', 'selfie', '$one', 'x', '$bob', now())",
        "INSERT INTO api_tokens (id, user_id, name, prefix, hash, scopes, created_at, expires_at)
            VALUES (gen_random_uuid(), '$user', 'x', 'x', '', '{tickets.own}', now(), now())",
        "INSERT INTO audit_log (at, actor_id, actor_kind, action, subject_type, uid, mark)
            VALUES (now(), '$user', 'user', 'x', 'x', gen_random_uuid(), '')",
        "UPDATE tickets SET requester_user_id = '$user' WHERE requester_user_id = '$bob'",
        "UPDATE users SET role_id = (SELECT id FROM roles WHERE key = 'admin') WHERE id = '$bob'",
        "UPDATE sessions SET user_id = '$user' WHERE user_id = '$bob'",
    ];
    for slip in slips {
        let sql = ana.fill(&slip.replace("$bob", &bob.user.to_string()));
        let refused = world.db.try_execute(&bob.asks(&sql)).await.unwrap_err();
        let why = ["row-level security", "permission denied"];
        assert!(why.iter().any(|why| refused.contains(why)), "{slip}: {refused}");
    }
    for table in ["audit_log", "kyc_document_views"] {
        for role in ["cloudmanager_app", "cloudmanager_staff"] {
            let refused = world
                .db
                .try_execute(&format!("SET ROLE {role}; DELETE FROM {table}"))
                .await
                .unwrap_err();
            assert!(refused.contains("permission denied"), "{role}, {table}: {refused}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nobody_is_set_there_is_nothing() {
    let (world, _, bob) = two().await;
    for table in walled(&world, "SELECT").await {
        let count = format!("SELECT count(*) FROM {table}");
        for nobody in ["", "SET LOCAL cm.user_id = '';"] {
            let sql = format!("BEGIN; SET LOCAL ROLE cloudmanager_app; {nobody} {count}; ROLLBACK");
            assert_eq!(world.db.texts(&sql).await, ["0"], "{table}");
        }
        // What a transaction set is gone after it, though not without a trace.
        let after = format!(
            "BEGIN; SET LOCAL cm.user_id = '{}'; ROLLBACK; SET ROLE cloudmanager_app; {count}",
            bob.user
        );
        assert_eq!(world.db.texts(&after).await, ["0"], "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_with_somebodys_rows_stands_behind_the_wall() {
    let world = World::new().await;
    let somebodys = world
        .db
        .texts(
            "SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
               AND (a.attname ~ '^(customer|ticket|case|session|user|actor|author|uploader|viewer)_id$' OR a.attname ~ '_user_id$'
                 OR EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'
                            AND k.confrelid IN ('users'::regclass, 'customers'::regclass)))",
        )
        .await;
    let expected: Vec<&str> = CLOSED.iter().map(|(table, _)| *table).collect();
    assert_eq!(
        somebodys, expected,
        "give them policies, or a place among the exceptions with a reason"
    );

    let open = world
        .db
        .texts(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
                AND NOT (relrowsecurity AND relforcerowsecurity)
                AND has_any_column_privilege('cloudmanager_app', oid, 'SELECT, INSERT, UPDATE, REFERENCES')",
        )
        .await;
    let expected: BTreeSet<&str> = OPEN.iter().map(|(table, _)| *table).collect();
    assert_eq!(open.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected);

    let readable = walled(&world, "SELECT").await;
    let unread = world
        .db
        .texts("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relrowsecurity ORDER BY 1")
        .await;
    let unread: Vec<&String> = unread.iter().filter(|table| !readable.contains(table)).collect();
    assert_eq!(unread, UNREAD, "what customers may not read at all");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_roles_own_nothing_and_bypass_nothing() {
    let world = World::new().await;
    let roles = "rolname IN ('cloudmanager_app', 'cloudmanager_staff')";
    let sql = format!(
        "SELECT rolname FROM pg_roles WHERE {roles} AND NOT (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)"
    );
    assert_eq!(world.db.texts(&sql).await.len(), 2);
    for sql in [
        format!("SELECT relname FROM pg_class JOIN pg_roles r ON r.oid = relowner WHERE {roles}"),
        format!("SELECT proname FROM pg_proc JOIN pg_roles r ON r.oid = proowner WHERE {roles}"),
        format!("SELECT datname FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE {roles}"),
        format!("SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE {roles}"),
        // A view reads as its owner and so past every policy, unless it says otherwise.
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
            AND NOT coalesce(reloptions::text LIKE '%security_invoker=true%', false)"
            .to_owned(),
    ] {
        assert!(world.db.texts(&sql).await.is_empty(), "{sql}");
    }
    for conn in [
        &mut *world.db.pool.get().await.unwrap(),
        &mut *world.db.pool.get_for(Uuid::nil()).await.unwrap(),
    ] {
        let refused = store::ticket::find(conn, Uuid::nil(), None).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_never_keeps_whose_it_was() {
    let (world, ana, bob) = two().await;
    let app = testkit::app_over(store::connect(&world.db.url, 1).unwrap());
    // `None` asks for everything, as a use case would that forgot to narrow.
    let hers = async || {
        store::ticket::find(&mut app.conn().await.unwrap(), ana.one, None)
            .await
            .is_ok()
    };
    let as_ana = || {
        wall::scope(async {
            wall::behind(ana.user).unwrap();
            hers().await
        })
    };
    let as_bob = || {
        wall::scope(async {
            wall::behind(bob.user).unwrap();
            hers().await
        })
    };
    for _ in 0..3 {
        assert!(as_ana().await && !as_bob().await && hers().await);
    }
    // Nor does a transaction that is dropped, or committed.
    for commit in [false, true] {
        wall::scope(async {
            wall::behind(ana.user).unwrap();
            let mut tx = app.begin().await.unwrap();
            assert!(store::ticket::find(tx.conn().unwrap(), ana.one, None).await.is_ok());
            if commit {
                tx.commit().await.unwrap();
            }
        })
        .await;
        assert!(!as_bob().await);
        let left = wall::scope(async {
            wall::behind(bob.user).unwrap();
            let mut tx = app.begin().await.unwrap();
            store::ticket::find(tx.conn().unwrap(), ana.one, None).await
        });
        assert!(matches!(left.await, Err(StoreError::NotFound)));
    }
    assert!(
        wall::behind(bob.user).is_err(),
        "outside a request nobody could be kept behind the wall"
    );
}
