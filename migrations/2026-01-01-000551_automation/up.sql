-- Rules that act on tickets by themselves, in versions that never change, and what each of their runs found and did.
CREATE TABLE automation_rules (
    id           uuid PRIMARY KEY,
    -- Of the rules that are there from the first launch; made once, changed by people as they like.
    seed         text UNIQUE,
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    enabled      boolean NOT NULL,
    -- Counts versions of what it does, from 1.
    number       integer NOT NULL,
    spec         jsonb NOT NULL,
    -- When a rule by the clock looks next.
    next_look_at timestamptz,
    -- Since when tickets are counted for its limit, when a person confirmed.
    limit_since  timestamptz,
    version      integer NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    created_by   uuid,
    updated_by   uuid,
    deleted_at   timestamptz
);
CREATE INDEX automation_rules_due ON automation_rules (next_look_at) WHERE enabled AND deleted_at IS NULL;

CREATE TABLE automation_rule_versions (
    rule_id    uuid NOT NULL REFERENCES automation_rules,
    number     integer NOT NULL,
    spec       jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid,
    PRIMARY KEY (rule_id, number)
);
CREATE TRIGGER automation_rule_versions_kept BEFORE UPDATE OR DELETE ON automation_rule_versions
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE automation_runs (
    id         uuid PRIMARY KEY,
    rule_id    uuid NOT NULL REFERENCES automation_rules,
    number     integer NOT NULL,
    ticket_id  uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    -- The event, or the stay in a state, that it is for.
    key        text NOT NULL,
    -- Rules whose actions led here.
    chain      uuid[] NOT NULL DEFAULT '{}',
    state      text NOT NULL CHECK (state IN ('queued', 'held', 'acted', 'not_met', 'skipped', 'dismissed')),
    -- Why it was skipped or held.
    reason     text,
    -- Which condition held or not.
    finding    jsonb,
    -- What was done.
    actions    jsonb,
    -- The transaction in which it acted: what happened in it was caused by it.
    xid        xid8,
    created_at timestamptz NOT NULL,
    ended_at   timestamptz,
    CONSTRAINT automation_runs_once UNIQUE (rule_id, number, ticket_id, key)
);
CREATE INDEX automation_runs_newest ON automation_runs (rule_id, created_at DESC, id DESC);
CREATE INDEX automation_runs_xid ON automation_runs (xid) WHERE xid IS NOT NULL;
CREATE INDEX automation_runs_ticket ON automation_runs (ticket_id, ended_at) WHERE state = 'acted';
CREATE INDEX automation_runs_age ON automation_runs (created_at);

INSERT INTO event_cursors VALUES ('automation', pg_current_xact_id(), 9223372036854775807);

-- A rule's answer to the requester, as an automatic mail.
ALTER TABLE outgoing_mails DROP CONSTRAINT outgoing_mails_kind_check;
ALTER TABLE outgoing_mails ADD CONSTRAINT outgoing_mails_kind_check
    CHECK (kind IN ('reply', 'auto_ack', 'too_large', 'notification', 'rule_reply'));

ALTER TABLE automation_runs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON automation_runs TO cloudmanager_staff USING (true) WITH CHECK (true);
REVOKE UPDATE, DELETE ON automation_rule_versions FROM cloudmanager_staff;
