-- What customers say about a resolution, and when they are asked.
ALTER TABLE support_groups
    ADD COLUMN survey boolean NOT NULL DEFAULT false,
    -- From the resolution to the mail that asks; not so long that the ticket may be closed by then.
    ADD COLUMN survey_delay_hours integer NOT NULL DEFAULT 24 CHECK (survey_delay_hours BETWEEN 0 AND 72);

-- How often the ticket was resolved: each time it is asked about once.
ALTER TABLE tickets ADD COLUMN resolutions integer NOT NULL DEFAULT 0;
GRANT UPDATE (resolutions) ON tickets TO cloudmanager_app;

CREATE TABLE ticket_surveys (
    id          uuid PRIMARY KEY,
    ticket_id   uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    cycle       integer NOT NULL CHECK (cycle > 0),
    -- The requester's address then.
    email       text NOT NULL,
    -- Whose work it was then: the group, and whoever had the ticket.
    group_id    uuid NOT NULL REFERENCES support_groups,
    agent_id    uuid REFERENCES users,
    asked_at    timestamptz,
    -- Why no mail asks.
    not_asked   text,
    expires_at  timestamptz NOT NULL,
    rating      smallint CHECK (rating BETWEEN 1 AND 5),
    comment     text CHECK (length(comment) <= 2000),
    channel     text CHECK (channel IN ('mail', 'portal')),
    answered_at timestamptz,
    changed_at  timestamptz,
    created_at  timestamptz NOT NULL,
    UNIQUE (ticket_id, cycle),
    CHECK ((rating IS NULL) = (answered_at IS NULL) AND (rating IS NULL) = (channel IS NULL)),
    CHECK (asked_at IS NULL OR not_asked IS NULL)
);
CREATE INDEX ticket_surveys_email ON ticket_surveys (email, asked_at DESC) WHERE asked_at IS NOT NULL;

ALTER TABLE ticket_surveys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON ticket_surveys TO cloudmanager_staff USING (true) WITH CHECK (true);
-- The requester alone: whoever else takes part neither reads nor writes what he thinks of it.
GRANT SELECT, INSERT, UPDATE (rating, comment, channel, answered_at, changed_at) ON ticket_surveys TO cloudmanager_app;
CREATE POLICY own ON ticket_surveys TO cloudmanager_app
    USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id AND t.requester_user_id = wall_user()));

ALTER TABLE outgoing_mails DROP CONSTRAINT outgoing_mails_kind_check,
    ADD CONSTRAINT outgoing_mails_kind_check
    CHECK (kind IN ('reply', 'auto_ack', 'too_large', 'notification', 'rule_reply', 'survey'));
