DROP INDEX webhook_deliveries_queued;
DROP INDEX automation_runs_queued;
