DROP TABLE audit_days, audit_seals;
DROP TRIGGER audit_log_whole ON audit_log;
DROP TRIGGER audit_log_pend ON audit_log;
DROP FUNCTION audit_log_pend();
DROP TABLE audit_pending;
DROP INDEX audit_log_time, audit_log_action, audit_log_uid;
ALTER TABLE audit_log DROP COLUMN uid, DROP COLUMN session_id, DROP COLUMN mark;
