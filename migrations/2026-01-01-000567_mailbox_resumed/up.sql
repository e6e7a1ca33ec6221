-- Somebody let automatic mail go on: what was too much before that is no longer counted.
ALTER TABLE mailboxes ADD COLUMN automation_resumed_at timestamptz;
