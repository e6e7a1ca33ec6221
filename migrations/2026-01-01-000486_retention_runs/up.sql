-- What was deleted when its time was over: numbers, no content.
CREATE TABLE retention_runs (
    id      uuid PRIMARY KEY,
    at      timestamptz NOT NULL,
    -- Rows by timer.
    deleted jsonb NOT NULL
);
CREATE INDEX retention_runs_at ON retention_runs (at DESC, id DESC);
CREATE INDEX IF NOT EXISTS known_devices_last_seen ON known_devices (last_seen_at);
