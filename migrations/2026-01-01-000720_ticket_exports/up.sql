-- Exports of tickets that are mailed again and again, each as its owner may see tickets when it is made.
CREATE TABLE ticket_exports (
    id         uuid PRIMARY KEY,
    owner_id   uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    -- What the list was narrowed to, as people say it.
    filter     jsonb NOT NULL,
    locale     text NOT NULL,
    every      text NOT NULL CHECK (every IN ('day', 'week', 'month')),
    -- Of the week (Monday is 1) or of the month.
    day        smallint CHECK ((every = 'day') = (day IS NULL)),
    -- Of the local day.
    minute     smallint NOT NULL CHECK (minute BETWEEN 0 AND 1439),
    zone       text NOT NULL CHECK (length(zone) <= 64),
    -- When the next one is due; none while it is paused.
    next_at    timestamptz,
    paused     text CHECK (paused IN ('owner', 'owner_inactive', 'not_permitted', 'filter', 'no_recipients', 'failing')),
    -- Runs in a row that failed.
    failures   integer NOT NULL DEFAULT 0,
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((next_at IS NULL) = (paused IS NOT NULL))
);
CREATE INDEX ticket_exports_due ON ticket_exports (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX ticket_exports_owner ON ticket_exports (owner_id, created_at DESC, id DESC);

CREATE TABLE ticket_export_recipients (
    export_id uuid NOT NULL REFERENCES ticket_exports ON DELETE CASCADE,
    user_id   uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (export_id, user_id)
);
CREATE INDEX ticket_export_recipients_user ON ticket_export_recipients (user_id);

CREATE TABLE ticket_export_runs (
    id          uuid PRIMARY KEY,
    export_id   uuid NOT NULL REFERENCES ticket_exports ON DELETE CASCADE,
    -- With the export what makes it this one and no other.
    due_at      timestamptz NOT NULL,
    manual      boolean NOT NULL,
    state       text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'sent', 'failed', 'skipped')),
    -- Counts the tries: a worker that was taken for dead writes no part any more.
    run         integer NOT NULL DEFAULT 0,
    rows        bigint NOT NULL DEFAULT 0,
    size        bigint NOT NULL DEFAULT 0,
    -- Small enough to go with the mail.
    attached    boolean NOT NULL DEFAULT false,
    mails       integer NOT NULL DEFAULT 0,
    error       text CHECK (error IN ('too_large', 'no_mailbox', 'broken_off')),
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    UNIQUE (export_id, due_at)
);
CREATE INDEX ticket_export_runs_age ON ticket_export_runs (created_at);
CREATE INDEX ticket_export_runs_latest ON ticket_export_runs (export_id, created_at DESC, id DESC);

-- The file, cut into pieces of some megabytes: each is a sealed file.
CREATE TABLE ticket_export_parts (
    run_id   uuid NOT NULL REFERENCES ticket_export_runs ON DELETE CASCADE,
    position integer NOT NULL,
    file_id  uuid NOT NULL REFERENCES sealed_files,
    PRIMARY KEY (run_id, position)
);
CREATE INDEX ticket_export_parts_file ON ticket_export_parts (file_id);

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['ticket_exports', 'ticket_export_recipients', 'ticket_export_runs', 'ticket_export_parts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY staff ON %I TO cloudmanager_staff USING (true) WITH CHECK (true)', walled);
    END LOOP;
END $$;
