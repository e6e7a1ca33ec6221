//! A database as a busy desk has it after two years: most tickets are over, the open ones are young, a few customers ask often.

use crate::watch::Watch;

/// Customers with an account.
pub const CUSTOMERS: usize = 5_000;

/// Address of customer `n`.
pub fn customer(n: usize) -> String {
    format!("customer-{n}@example.dz")
}

/// Customers and agents.
pub const PEOPLE: &str = "
    INSERT INTO users (id, email, name, role_id)
        SELECT gen_random_uuid(), 'customer-' || n || '@example.dz', 'Customer ' || n, r.id
        FROM generate_series(0, 4999) n, roles r WHERE r.key = 'client';
    INSERT INTO users (id, email, name, role_id)
        SELECT gen_random_uuid(), 'agent-' || n || '@cloudmanager.test', 'Agent ' || n, r.id
        FROM generate_series(1, 20) n, roles r WHERE r.key = 'corporate'";

/// Half of all tickets come from an eighth of the customers. A ticket's id carries the time it was opened, as a UUIDv7 does.
const DRAWN: &str = "
    CREATE TEMPORARY TABLE drawn AS
        SELECT n, random() AS fate, floor(random() ^ 3 * 5000)::int AS customer, 1 + floor(random() * 20)::int AS agent,
            random() AS rank, now() - interval '730 days' * (1 - n::float8 / $count) AS opened, random() AS pause
        FROM generate_series(1, $count) n;
    CREATE TEMPORARY TABLE made AS
        SELECT (lpad(to_hex((extract(epoch FROM d.opened) * 1000)::bigint), 12, '0') || '7'
                || substr(md5(d.n::text), 1, 3) || '8' || substr(md5(d.n::text), 4, 15))::uuid AS id, d.*,
            CASE WHEN fate < 0.62 THEN 'closed' WHEN fate < 0.78 THEN 'resolved' WHEN fate < 0.86 THEN 'open'
                WHEN fate < 0.92 THEN 'waiting_for_response' WHEN fate < 0.96 THEN 'answered'
                WHEN fate < 0.99 THEN 'in_progress' ELSE 'on_hold' END AS state,
            CASE WHEN rank < 0.2 THEN 'low' WHEN rank < 0.8 THEN 'medium' WHEN rank < 0.95 THEN 'high' ELSE 'urgent' END AS priority,
            d.opened + (now() - d.opened) * pause ^ 4 AS changed, c.id AS customer_id, c.email, c.name,
            CASE WHEN fate BETWEEN 0.78 AND 0.82 THEN NULL ELSE a.id END AS agent_id
        FROM drawn d JOIN users c ON c.email = 'customer-' || d.customer || '@example.dz'
            JOIN users a ON a.email = 'agent-' || d.agent || '@cloudmanager.test'
        ORDER BY d.n";

/// With checks of foreign keys off, which a load of this kind would only slow down.
const TICKETS: &str = "
    SET session_replication_role = replica;
    INSERT INTO tickets (id, subject, state, priority, source, requester_user_id, requester_email, requester_name, assignee_id,
            group_id, unanswered, message_count, event_seq, last_message_at, created_at, updated_at)
        SELECT m.id, (ARRAY['Server does not answer', 'Invoice question', 'Transfer of a domain', 'Mail is refused',
                'Certificate expired', 'More memory for a server', 'Backup cannot be restored'])[1 + m.n % 7] || ' ' || m.n,
            m.state, m.priority, (ARRAY['mail', 'client', 'agent'])[1 + m.n % 3], m.customer_id, m.email, m.name, m.agent_id,
            (SELECT id FROM support_groups ORDER BY id LIMIT 1), m.state IN ('open', 'in_progress'), 1, 1, m.changed, m.opened,
            m.changed
        FROM made m ORDER BY m.n;
    INSERT INTO ticket_participants (ticket_id, email, name, role, user_id, added_at)
        SELECT id, email, name, 'requester', customer_id, opened FROM made ORDER BY n;
    INSERT INTO ticket_messages (id, ticket_id, kind, direction, author_user_id, author_email, author_name, is_staff, body_text,
            created_at)
        SELECT gen_random_uuid(), id, 'reply', 'in', customer_id, email, name, false,
            repeat('The virtual server does not answer on its public address since this morning. ', 3 + n % 8), opened
        FROM made ORDER BY n;
    INSERT INTO ticket_events (ticket_id, seq, kind, actor_id, actor_name, data, at)
        SELECT id, 1, 'created', customer_id, name, '{\"source\": \"client\"}', opened FROM made ORDER BY n;
    SET session_replication_role = origin;
    DROP TABLE drawn, made";

/// Fills the database with `count` tickets of the same distribution each time.
pub async fn fill(watch: &mut Watch, count: u64) -> anyhow::Result<()> {
    watch.execute(PEOPLE).await?;
    watch.execute("SELECT setseed(0.42)").await?;
    watch.execute(&DRAWN.replace("$count", &count.to_string())).await?;
    watch.execute(TICKETS).await?;
    // As autovacuum leaves a table that was not changed for a while.
    watch.execute("VACUUM (ANALYZE)").await?;
    watch.execute("CHECKPOINT").await
}
