-- What somebody writes to a ticket and has not sent: one of each kind, his alone.
CREATE TABLE ticket_drafts (
    user_id        uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    ticket_id      uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    kind           text NOT NULL CHECK (kind IN ('reply', 'note')),
    body           text NOT NULL CHECK (octet_length(body) <= 200000),
    -- Uploads that wait for the message, in their order.
    attachment_ids uuid[] NOT NULL DEFAULT '{}' CHECK (cardinality(attachment_ids) <= 20),
    -- Canned replies that were put into it, each with what it said: whether any of it is left is known when it is sent.
    canned         jsonb NOT NULL DEFAULT '[]' CHECK (octet_length(canned::text) <= 400000),
    version        integer NOT NULL DEFAULT 1,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (user_id, ticket_id, kind)
);
CREATE INDEX ticket_drafts_ticket ON ticket_drafts (ticket_id);
CREATE INDEX ticket_drafts_own ON ticket_drafts (user_id, updated_at DESC, ticket_id, kind);
CREATE INDEX ticket_drafts_old ON ticket_drafts (updated_at);

ALTER TABLE ticket_drafts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON ticket_drafts TO cloudmanager_staff USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (body, attachment_ids, canned, version, updated_at), DELETE ON ticket_drafts TO cloudmanager_app;
-- Whoever sees the ticket no longer has no draft there either, until he sees it again.
CREATE POLICY own ON ticket_drafts TO cloudmanager_app USING (user_id = wall_user() AND wall_sees_ticket(ticket_id))
    WITH CHECK (user_id = wall_user() AND kind = 'reply' AND wall_sees_ticket(ticket_id));
