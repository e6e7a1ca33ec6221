-- What a chain of service levels or a rule made of a ticket that waited too long, whom it told, and who has taken note of it.
CREATE TABLE ticket_escalations (
    id              uuid PRIMARY KEY,
    -- The alert or the step of a run that it came from: each escalates once.
    key             text NOT NULL UNIQUE,
    ticket_id       uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    -- Link of the chain, from 1; nothing for a rule.
    level           smallint,
    clock           text,
    -- Name of the rule.
    rule            text,
    at              timestamptz NOT NULL,
    -- Accounts of those who were told: their names are what they are called now.
    told            uuid[] NOT NULL DEFAULT '{}',
    acknowledged_at timestamptz,
    acknowledged_by uuid REFERENCES users,
    CHECK ((level IS NULL) = (clock IS NULL) AND (level IS NULL) <> (rule IS NULL)),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
CREATE INDEX ticket_escalations_ticket ON ticket_escalations (ticket_id, at, id);

-- Somebody should take note: kept with the ticket, so that the list is narrowed without looking elsewhere.
ALTER TABLE tickets ADD COLUMN escalated boolean NOT NULL DEFAULT false;
CREATE INDEX tickets_escalated ON tickets (updated_at DESC, id DESC) WHERE escalated AND deleted_at IS NULL;

ALTER TABLE ticket_escalations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON ticket_escalations TO cloudmanager_staff USING (true) WITH CHECK (true);
