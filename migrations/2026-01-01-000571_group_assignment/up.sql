-- Groups as people manage them, who is in them, and who of them gets the next ticket.
ALTER TABLE support_groups
    ADD COLUMN description text NOT NULL DEFAULT '' CHECK (length(description) <= 500),
    -- How tickets that enter it without an agent are dealt out.
    ADD COLUMN strategy text NOT NULL DEFAULT 'off' CHECK (strategy IN ('off', 'round_robin', 'least_loaded', 'skills')),
    -- Only its members are given its tickets.
    ADD COLUMN members_only boolean NOT NULL DEFAULT false,
    ADD COLUMN retired_at timestamptz,
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN updated_by uuid;

CREATE TABLE group_members (
    group_id uuid NOT NULL REFERENCES support_groups,
    user_id  uuid NOT NULL REFERENCES users,
    role     text NOT NULL CHECK (role IN ('member', 'lead')),
    -- Raised each time he is dealt a ticket: the lowest is the next.
    turn     bigint NOT NULL DEFAULT 0,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_user ON group_members (user_id);

-- What dealing out asks about an agent, whatever his groups; who has no row is there and takes any number.
CREATE TABLE agent_profiles (
    user_id    uuid PRIMARY KEY REFERENCES users,
    away       boolean NOT NULL DEFAULT false,
    -- Tickets under way at which he is dealt no more.
    capacity   integer CHECK (capacity BETWEEN 1 AND 1000),
    skills     text[] NOT NULL DEFAULT '{}',
    updated_at timestamptz NOT NULL
);

-- Since when a ticket waits to be dealt out; empty for what a person left without an agent.
ALTER TABLE tickets ADD COLUMN queued_at timestamptz;
CREATE INDEX tickets_queued ON tickets (group_id, queued_at) WHERE queued_at IS NOT NULL;
-- Who has how much to do: as large as what is under way, however many tickets there ever were.
CREATE INDEX tickets_under_way ON tickets (assignee_id, group_id)
    WHERE deleted_at IS NULL AND state NOT IN ('resolved', 'closed');

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['group_members', 'agent_profiles'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY staff ON %I TO cloudmanager_staff USING (true) WITH CHECK (true)', walled);
    END LOOP;
END $$;
