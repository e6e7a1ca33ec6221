DROP INDEX automation_runs_waiting;
ALTER TABLE automation_runs DROP COLUMN next_action, DROP COLUMN due_at;
