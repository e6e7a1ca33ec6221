ALTER TABLE roles DROP COLUMN inherited;
