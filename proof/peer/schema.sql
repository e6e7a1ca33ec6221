-- The same tickets as the product has, in tables as a service of this kind has them: the keys and the indexes that its three
-- operations need, and nothing of what the product does beside them.
CREATE SCHEMA peer;
SET search_path = peer;
CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL, is_staff boolean NOT NULL);
CREATE TABLE groups (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TABLE tickets (
    id uuid PRIMARY KEY, number bigint GENERATED ALWAYS AS IDENTITY UNIQUE, subject text NOT NULL, state text NOT NULL,
    priority text NOT NULL, requester_id uuid REFERENCES users, requester_email text NOT NULL, requester_name text NOT NULL,
    assignee_id uuid REFERENCES users, group_id uuid NOT NULL REFERENCES groups, message_count int NOT NULL,
    last_message_at timestamptz NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, version int NOT NULL);
CREATE TABLE messages (
    id uuid PRIMARY KEY, ticket_id uuid NOT NULL REFERENCES tickets, author_id uuid REFERENCES users, body text NOT NULL,
    created_at timestamptz NOT NULL);
CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, actor_id uuid REFERENCES users, action text NOT NULL,
    subject_id uuid NOT NULL, data jsonb NOT NULL, at timestamptz NOT NULL);
CREATE TABLE jobs (
    id uuid PRIMARY KEY, kind text NOT NULL, payload jsonb NOT NULL, state text NOT NULL, run_at timestamptz NOT NULL);
INSERT INTO users SELECT u.id, u.email, u.name, r.key <> 'client' FROM public.users u JOIN public.roles r ON r.id = u.role_id;
INSERT INTO groups SELECT id, name FROM public.support_groups;
INSERT INTO tickets (id, subject, state, priority, requester_id, requester_email, requester_name, assignee_id, group_id, message_count,
        last_message_at, created_at, updated_at, version)
    SELECT id, subject, state, priority, requester_user_id, requester_email, requester_name, assignee_id, group_id, message_count,
        last_message_at, created_at, updated_at, 1 FROM public.tickets ORDER BY number;
INSERT INTO messages SELECT id, ticket_id, author_user_id, body_text, created_at FROM public.ticket_messages ORDER BY created_at;
CREATE INDEX ON tickets (state, last_message_at DESC, id DESC);
CREATE INDEX ON messages (ticket_id, created_at);
CREATE INDEX ON audit_log (subject_id);
CREATE INDEX ON jobs (state, run_at);
RESET search_path;
