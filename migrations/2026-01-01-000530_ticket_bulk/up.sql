-- One change of many tickets: what is to be done, to which, and what became of each.
CREATE TABLE ticket_bulks (
    id          uuid PRIMARY KEY,
    change      jsonb NOT NULL,
    state       text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'stopped')),
    total       integer NOT NULL,
    done        integer NOT NULL DEFAULT 0,
    unchanged   integer NOT NULL DEFAULT 0,
    refused     integer NOT NULL DEFAULT 0,
    created_by  uuid NOT NULL REFERENCES users,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz
);
CREATE INDEX ticket_bulks_created ON ticket_bulks (created_at);

CREATE TABLE ticket_bulk_rows (
    bulk_id   uuid NOT NULL REFERENCES ticket_bulks ON DELETE CASCADE,
    -- Tickets are locked in the order of their ids, here as everywhere.
    position  integer NOT NULL,
    ticket_id uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    outcome   text NOT NULL DEFAULT 'waiting' CHECK (outcome IN ('waiting', 'done', 'unchanged', 'refused')),
    code      text,
    PRIMARY KEY (bulk_id, position),
    CHECK ((outcome = 'refused') = (code IS NOT NULL))
);
CREATE INDEX ticket_bulk_rows_outcome ON ticket_bulk_rows (bulk_id, outcome, position);
CREATE INDEX ticket_bulk_rows_ticket ON ticket_bulk_rows (ticket_id);

ALTER TABLE ticket_bulks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ticket_bulk_rows ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON ticket_bulks TO cloudmanager_staff USING (true) WITH CHECK (true);
CREATE POLICY staff ON ticket_bulk_rows TO cloudmanager_staff USING (true) WITH CHECK (true);
