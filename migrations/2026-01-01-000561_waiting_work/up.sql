-- What waits for its job, for the look after those whose job is over.
CREATE INDEX webhook_deliveries_queued ON webhook_deliveries (id) WHERE state = 'queued';
CREATE INDEX automation_runs_queued ON automation_runs (id) WHERE state = 'queued';
