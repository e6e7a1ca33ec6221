-- The job ledger: the only truth about background work. Redis carries hints.
CREATE TABLE jobs (
    id               uuid PRIMARY KEY,
    kind             text NOT NULL,
    queue            text NOT NULL,
    payload          json NOT NULL,
    state            text NOT NULL DEFAULT 'queued'
                     CHECK (state IN ('queued', 'running', 'succeeded', 'dead', 'cancelled')),
    priority         smallint NOT NULL DEFAULT 2,
    run_at           timestamptz NOT NULL DEFAULT now(),
    attempt          integer NOT NULL DEFAULT 0,
    failures         smallint NOT NULL DEFAULT 0,
    max_attempts     smallint NOT NULL,
    unique_key       text,
    worker           uuid,
    lease_expires_at timestamptz,
    progress         smallint CHECK (progress BETWEEN 0 AND 100),
    step             text,
    result           json,
    errors           jsonb,
    subject_type     text,
    subject_id       uuid,
    actor_id         uuid,
    trace            text,
    created_at       timestamptz NOT NULL DEFAULT now(),
    started_at       timestamptz,
    finished_at      timestamptz
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
-- Partial, so that each stays as small as the work in hand; a finished row is in the primary key only.
CREATE INDEX jobs_due ON jobs (queue, priority, run_at, id) WHERE state = 'queued';
CREATE INDEX jobs_lease ON jobs (lease_expires_at) WHERE state = 'running';
CREATE UNIQUE INDEX jobs_unique ON jobs (kind, unique_key)
    WHERE unique_key IS NOT NULL AND state IN ('queued', 'running');
CREATE INDEX jobs_dead ON jobs (queue, id) WHERE state = 'dead';

-- A row exists only for a queue that somebody paused or drains.
CREATE TABLE queue_switches (
    queue      text PRIMARY KEY,
    state      text NOT NULL CHECK (state IN ('paused', 'draining')),
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by uuid
);

-- Worker processes that are alive, with the queues they serve: {"mail_in": {"concurrency": 4, "running": 1}}.
CREATE TABLE job_workers (
    id           uuid PRIMARY KEY,
    host         text NOT NULL,
    pid          integer NOT NULL,
    queues       jsonb NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now()
);

-- What was done, by queue and minute; latencies (due to start, in ms) as a histogram of doubling buckets.
CREATE TABLE queue_minutes (
    queue   text NOT NULL,
    minute  timestamptz NOT NULL,
    done    bigint NOT NULL DEFAULT 0,
    failed  bigint NOT NULL DEFAULT 0,
    latency bigint[] NOT NULL,
    PRIMARY KEY (queue, minute)
);

-- Leases for work that one process at a time does.
CREATE TABLE leaders (
    name       text PRIMARY KEY,
    holder     uuid NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE schedules (
    key         text PRIMARY KEY,
    last_tick   timestamptz,
    last_job_id uuid,
    updated_at  timestamptz NOT NULL DEFAULT now()
);
