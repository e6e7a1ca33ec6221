-- What statistics count, a row for each thing that happened to a ticket: written by a job that follows the log of events, from the ticket's
-- history alone. Written again for a ticket, the rows are the same.
CREATE TABLE ticket_facts (
    ticket_id uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    kind      text NOT NULL CHECK (kind IN ('entered', 'left', 'replied', 'first_response', 'resolution', 'rated')),
    n         integer NOT NULL CHECK (n > 0),
    at        timestamptz NOT NULL,
    -- Entered, and under way ever since.
    standing  boolean NOT NULL DEFAULT false,
    -- On the clock on the wall, and in business hours of the promise.
    seconds   bigint,
    business  bigint,
    -- The promise was kept; empty where there was none.
    kept      boolean,
    rating    smallint,
    group_id  uuid NOT NULL REFERENCES support_groups,
    agent_id  uuid REFERENCES users,
    PRIMARY KEY (ticket_id, kind, n)
);
-- All that a view reads is in one stretch of this index for each kind, as long as its period.
CREATE INDEX ticket_facts_period ON ticket_facts (kind, at, ticket_id, n) INCLUDE (group_id, agent_id, seconds, business, kept, rating);
CREATE INDEX ticket_facts_standing ON ticket_facts (group_id) WHERE standing;

-- Tickets that were there before: those below this id are still to be read; empty when all were.
CREATE TABLE ticket_fact_backfill (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    before uuid
);
INSERT INTO ticket_fact_backfill (before) SELECT 'ffffffff-ffff-ffff-ffff-ffffffffffff' WHERE EXISTS (SELECT FROM tickets);
INSERT INTO event_cursors VALUES ('statistics', pg_current_xact_id(), 9223372036854775807);

ALTER TABLE ticket_facts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON ticket_facts TO cloudmanager_staff USING (true) WITH CHECK (true);
