-- What comes after a wait is a run of its own: from which action on, and when.
ALTER TABLE automation_runs
    ADD COLUMN next_action smallint NOT NULL DEFAULT 0 CHECK (next_action BETWEEN 0 AND 10),
    ADD COLUMN due_at timestamptz;
CREATE INDEX automation_runs_waiting ON automation_runs (rule_id) WHERE state = 'queued' AND due_at IS NOT NULL;
