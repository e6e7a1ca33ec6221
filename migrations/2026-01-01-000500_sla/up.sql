-- Service levels: calendars and policies in versions that never change, the clocks of tickets, and what they raised.

-- Changes with every change of policies and calendars; whoever holds them in memory sees whether they are the present ones.
CREATE TABLE sla_book (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO sla_book DEFAULT VALUES;

CREATE TABLE sla_calendars (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    deleted_at timestamptz
);
CREATE UNIQUE INDEX sla_calendars_name ON sla_calendars (lower(name)) WHERE deleted_at IS NULL;

CREATE TABLE sla_calendar_versions (
    id          uuid PRIMARY KEY,
    calendar_id uuid NOT NULL REFERENCES sla_calendars,
    number      integer NOT NULL,
    spec        jsonb NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    UNIQUE (calendar_id, number)
);

CREATE TABLE sla_policies (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    -- The first that takes a ticket has it; the last takes all that is left and stays.
    position   integer NOT NULL,
    fallback   boolean NOT NULL DEFAULT false,
    enabled    boolean NOT NULL DEFAULT true,
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    deleted_at timestamptz,
    CHECK (NOT fallback OR (enabled AND deleted_at IS NULL))
);
CREATE UNIQUE INDEX sla_policies_name ON sla_policies (lower(name)) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX sla_policies_fallback ON sla_policies (fallback) WHERE fallback;

-- One version of a policy with one version of its calendar: what a ticket is bound to.
CREATE TABLE sla_policy_versions (
    id                  uuid PRIMARY KEY,
    policy_id           uuid NOT NULL REFERENCES sla_policies,
    number              integer NOT NULL,
    calendar_version_id uuid NOT NULL REFERENCES sla_calendar_versions,
    spec                jsonb NOT NULL,
    created_at          timestamptz NOT NULL,
    created_by          uuid,
    UNIQUE (policy_id, number)
);
CREATE TRIGGER sla_calendar_versions_kept BEFORE UPDATE OR DELETE ON sla_calendar_versions
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sla_policy_versions_kept BEFORE UPDATE OR DELETE ON sla_policy_versions
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE tickets
    ADD COLUMN sla_version_id uuid REFERENCES sla_policy_versions,
    ADD COLUMN sla_due_at timestamptz,
    ADD COLUMN sla_breached boolean NOT NULL DEFAULT false;
CREATE INDEX tickets_sla_due ON tickets ((coalesce(sla_due_at, 'infinity')), id) WHERE deleted_at IS NULL;
CREATE INDEX tickets_sla_unbound ON tickets (created_at)
    WHERE deleted_at IS NULL AND sla_version_id IS NULL AND state NOT IN ('resolved', 'closed');
CREATE INDEX tickets_sla_version ON tickets (sla_version_id, id) WHERE deleted_at IS NULL AND state <> 'closed';

CREATE TABLE ticket_clocks (
    ticket_id     uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    kind          text NOT NULL CHECK (kind IN ('first_response', 'next_response', 'resolution')),
    cycle         integer NOT NULL CHECK (cycle > 0),
    status        text NOT NULL CHECK (status IN ('running', 'paused', 'met', 'cancelled')),
    target        bigint,
    consumed      bigint NOT NULL,
    running_since timestamptz,
    started_at    timestamptz NOT NULL,
    due_at        timestamptz,
    next_check_at timestamptz,
    ended_at      timestamptz,
    breached_at   timestamptz,
    reopened      integer NOT NULL DEFAULT 0,
    raised        text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (ticket_id, kind, cycle),
    CHECK (status = 'running' OR next_check_at IS NULL)
);
COMMENT ON COLUMN ticket_clocks.target IS 'business seconds';
COMMENT ON COLUMN ticket_clocks.consumed IS 'business microseconds until running_since';
-- All that is ever looked at of a million targets: the first of this index.
CREATE INDEX ticket_clocks_next ON ticket_clocks (next_check_at) WHERE next_check_at IS NOT NULL;

-- What moved the clocks, in order: played again, it gives the same clocks.
CREATE TABLE ticket_clock_moments (
    ticket_id uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    id        bigint GENERATED ALWAYS AS IDENTITY,
    at        timestamptz NOT NULL,
    happening jsonb NOT NULL,
    PRIMARY KEY (ticket_id, id)
);

CREATE TABLE ticket_clock_alerts (
    id          uuid PRIMARY KEY,
    ticket_id   uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    kind        text NOT NULL,
    cycle       integer NOT NULL,
    alert       text NOT NULL,
    at          timestamptz NOT NULL,
    detected_at timestamptz NOT NULL,
    handled_at  timestamptz,
    UNIQUE (ticket_id, kind, cycle, alert)
);
CREATE INDEX ticket_clock_alerts_unhandled ON ticket_clock_alerts (detected_at) WHERE handled_at IS NULL;

-- Open tickets that are to follow the present policies.
CREATE TABLE sla_rebinds (
    id          uuid PRIMARY KEY,
    state       text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done')),
    after_id    uuid,
    seen        integer NOT NULL DEFAULT 0,
    changed     integer NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    finished_at timestamptz
);
CREATE UNIQUE INDEX sla_rebinds_one ON sla_rebinds ((true)) WHERE state <> 'done';

-- What happened to open tickets before there were clocks.
INSERT INTO ticket_clock_moments (ticket_id, at, happening)
    SELECT x.ticket_id, x.at, x.happening
    FROM (SELECT m.ticket_id, m.created_at AS at, 0 AS rank,
              jsonb_build_object('what', CASE WHEN m.direction = 'out' THEN 'agent_reply' ELSE 'customer_message' END) AS happening
          FROM ticket_messages m JOIN tickets t ON t.id = m.ticket_id
          WHERE m.kind = 'reply' AND NOT m.held AND m.created_at > t.created_at AND t.state <> 'closed'
          UNION ALL
          SELECT e.ticket_id, e.at, 1, jsonb_build_object('what', 'state', 'state', e.data ->> 'to')
          FROM ticket_events e JOIN tickets t ON t.id = e.ticket_id
          WHERE e.kind = 'state_changed' AND t.state <> 'closed') x
    ORDER BY x.at, x.rank;

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['ticket_clocks', 'ticket_clock_moments', 'ticket_clock_alerts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY staff ON %I TO cloudmanager_staff USING (true) WITH CHECK (true)', walled);
        EXECUTE format('CREATE POLICY seen ON %I FOR SELECT TO cloudmanager_app USING (wall_sees_ticket(ticket_id))', walled);
        EXECUTE format('CREATE POLICY added ON %I FOR INSERT TO cloudmanager_app
            WITH CHECK (wall_user() IS NOT NULL AND wall_writes_ticket(ticket_id))', walled);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO cloudmanager_app', walled);
    END LOOP;
END $$;
-- A customer's message moves the clocks of his ticket.
GRANT UPDATE (status, target, consumed, running_since, due_at, next_check_at, ended_at, breached_at, reopened, raised)
    ON ticket_clocks TO cloudmanager_app;
CREATE POLICY moved ON ticket_clocks FOR UPDATE TO cloudmanager_app USING (wall_sees_ticket(ticket_id));
GRANT UPDATE (sla_version_id, sla_due_at, sla_breached) ON tickets TO cloudmanager_app;
GRANT SELECT ON sla_book, sla_calendars, sla_policies, sla_policy_versions, sla_calendar_versions TO cloudmanager_app;
REVOKE UPDATE, DELETE ON sla_calendar_versions, sla_policy_versions FROM cloudmanager_staff;
