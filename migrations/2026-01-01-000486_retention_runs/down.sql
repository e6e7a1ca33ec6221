DROP INDEX IF EXISTS known_devices_last_seen;
DROP TABLE retention_runs;
