-- A desk of ten years: $count tickets of two messages each, in three languages, with words as frequent as in real texts: a few stand
-- in most of them, most in a few.
CREATE TEMPORARY TABLE real_words AS SELECT word, row_number() OVER () AS n FROM unnest(string_to_array(
    'bonjour,serveur,merci,problème,accès,facture,domaine,certificat,sauvegarde,disque,mémoire,réseau,connexion,message,adresse,paiement,'
    || 'server,hello,backup,invoice,domain,network,access,certificate,memory,customer,payment,restart,password,upgrade,address,machine,'
    || 'الخادم,مشكلة,فاتورة,النطاق,الشبكة,شهادة,الذاكرة,نسخة,الدخول,كلمة,الدفع,رسالة,العنوان,القرص,ترقية,مرحبا', ',')) AS w(word);
CREATE TEMPORARY TABLE desk_words (n int PRIMARY KEY, word text NOT NULL);
INSERT INTO desk_words SELECT n, coalesce((SELECT word FROM real_words r WHERE r.n = s.n),
        (SELECT string_agg((ARRAY['ba','ce','di','fo','gu','ha','je','ki','lo','mu','na','pe','ri','so','tu','va','xe','zi'])
             [1 + (s.n / (18 ^ k)::int) % 18], '') FROM generate_series(0, 3) k) || (ARRAY['n','r','s','t','l'])[1 + s.n % 5])
    FROM generate_series(1, 60000) AS s(n);

-- Texts are made once and used in turn: what searches cost depends on how many tickets hold a word, not on how many texts there are.
CREATE TEMPORARY TABLE desk_texts AS
    SELECT t AS n, (SELECT string_agg(w.word, ' ' ORDER BY d.k)
        FROM (SELECT k, 1 + floor(60000 * random() ^ 5)::int AS n FROM generate_series(1, 40) k WHERE t > 0) d JOIN desk_words w USING (n)) AS body
    FROM generate_series(1, 100000) t;
CREATE INDEX ON desk_texts (n);

-- Groups and customers, a few of them with a large part of all tickets.
INSERT INTO support_groups (id, name) SELECT gen_random_uuid(), 'Group ' || n FROM generate_series(1, 9) n;
CREATE TEMPORARY TABLE desk_groups AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM support_groups;
CREATE TEMPORARY TABLE desk_customers AS SELECT gen_random_uuid() AS id, n FROM generate_series(0, 999) n;
INSERT INTO customers (id, kind, name, email, source, status_at, created_at, updated_at)
    SELECT id, 'corporate', 'Company ' || n, 'company-' || n || '@example.dz', 'staff', now(), now(), now() FROM desk_customers;

CREATE TEMPORARY TABLE made AS
    SELECT (lpad(to_hex((extract(epoch FROM d.opened) * 1000)::bigint), 12, '0') || '7' || substr(md5(d.n::text), 1, 3) || '8'
            || substr(md5(d.n::text), 4, 15))::uuid AS id, d.*, c.id AS customer_id, c.email, c.name,
        CASE WHEN d.fate < 0.9 THEN 'closed' WHEN d.fate < 0.96 THEN 'resolved' WHEN d.fate < 0.975 THEN 'open'
            WHEN d.fate < 0.985 THEN 'waiting_for_response' WHEN d.fate < 0.993 THEN 'answered'
            WHEN d.fate < 0.998 THEN 'in_progress' ELSE 'on_hold' END AS state,
        CASE WHEN d.fate BETWEEN 0.96 AND 0.965 THEN NULL ELSE a.id END AS agent_id
    FROM (SELECT n, random() AS fate, floor(random() ^ 3 * 5000)::int AS customer, 1 + floor(random() * 20)::int AS agent, random() AS rank,
              now() - interval '3650 days' * (1 - n::float8 / $count) AS opened FROM generate_series(1, $count) n) d
        JOIN users c ON c.email = 'customer-' || d.customer || '@example.dz'
        JOIN users a ON a.email = 'agent-' || d.agent || '@cloudmanager.test';
SET session_replication_role = replica;
INSERT INTO tickets (id, subject, state, priority, source, requester_user_id, requester_email, requester_name, assignee_id, group_id,
        customer_id, unanswered, message_count, event_seq, last_message_at, created_at, updated_at, sla_due_at, sla_version_id)
    SELECT m.id, left(x.body, 60), m.state, (ARRAY['low', 'medium', 'high', 'urgent'])[1 + floor(m.rank * 4)::int],
        CASE WHEN m.n % 5000 = 0 THEN 'api' WHEN m.n % 10 = 1 THEN 'agent' WHEN m.n % 3 = 0 THEN 'client' ELSE 'mail' END, m.customer_id, m.email,
        m.name, m.agent_id, g.id, k.id, m.state IN ('open', 'in_progress'), 2, 1, m.opened, m.opened,
        m.opened + interval '1 hour', CASE WHEN m.state IN ('open', 'in_progress') THEN now() + interval '30 days' * (m.rank - 0.2) END,
        CASE WHEN m.state NOT IN ('resolved', 'closed') THEN (SELECT v.id FROM sla_policy_versions v ORDER BY v.created_at LIMIT 1) END
    FROM made m JOIN desk_texts x ON x.n = 1 + m.n % 100000 JOIN desk_groups g ON g.n = floor(power(m.n % 997 / 997.0, 2) * 10)::int
        JOIN desk_customers k ON k.n = m.customer / 5 ORDER BY m.n;
-- Clocks of what is under way: those of a fifth are over already, which was raised, and the others are looked at when they are due.
INSERT INTO ticket_clocks (ticket_id, kind, cycle, status, target, consumed, running_since, started_at, due_at, next_check_at, breached_at, raised)
    SELECT m.id, 'resolution', 1, CASE WHEN r.runs THEN 'running' ELSE 'paused' END, 144000, 0, CASE WHEN r.runs THEN m.opened END, m.opened,
        CASE WHEN r.runs THEN r.due END, CASE WHEN r.runs AND r.due > now() + interval '1 day' THEN r.due END,
        CASE WHEN r.due <= now() + interval '1 day' THEN r.due END, CASE WHEN r.due <= now() + interval '1 day' THEN ARRAY['breach'] ELSE '{}' END
    FROM made m CROSS JOIN LATERAL (SELECT m.state IN ('open', 'in_progress') AS runs, now() + interval '30 days' * (m.rank - 0.2) AS due) r
    WHERE m.state NOT IN ('resolved', 'closed') ORDER BY m.n;
INSERT INTO ticket_participants (ticket_id, email, name, role, user_id, added_at)
    SELECT id, email, name, 'requester', customer_id, opened FROM made ORDER BY n;
INSERT INTO ticket_messages (id, ticket_id, kind, direction, author_user_id, author_email, author_name, is_staff, body_text, created_at)
    SELECT gen_random_uuid(), m.id, CASE s WHEN 1 THEN 'reply' ELSE (ARRAY['reply', 'note'])[1 + m.n % 2] END,
        CASE WHEN s = 1 THEN 'in' WHEN m.n % 2 = 1 THEN 'internal' ELSE 'out' END, m.customer_id, m.email, m.name, s = 2, x.body, m.opened + s * interval '30 minutes'
    FROM made m CROSS JOIN generate_series(1, 2) s JOIN desk_texts x ON x.n = 1 + (m.n * s + s * 7919) % 100000 ORDER BY m.n, s;
-- A note in twenty mentions one of twenty agents, among them the one who asks.
INSERT INTO message_mentions (message_id, user_id)
    SELECT m.id, a.id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM ticket_messages WHERE kind = 'note') m
        JOIN users a ON a.email = 'agent' || coalesce('-' || nullif(m.n / 20 % 20, 0), '') || '@cloudmanager.test' WHERE m.n % 20 = 0;
INSERT INTO ticket_events (ticket_id, seq, kind, actor_id, actor_name, data, at)
    SELECT id, 1, 'created', customer_id, name, '{"source": "mail"}', opened FROM made ORDER BY n;
INSERT INTO ticket_words_due SELECT id FROM made;
SET session_replication_role = origin;
DROP TABLE made, real_words, desk_texts, desk_words, desk_groups, desk_customers
