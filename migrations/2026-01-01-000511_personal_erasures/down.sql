REVOKE UPDATE (data, ip, user_agent, mark, redaction) ON audit_log FROM cloudmanager_staff;
DROP TRIGGER audit_log_redact_only ON audit_log;
DROP TRIGGER audit_log_append_only ON audit_log;
DROP FUNCTION audit_log_redact_only();
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE audit_log DROP COLUMN redaction;
DROP FUNCTION scrub_everywhere(text[], text[]);
DROP FUNCTION scrub_text(text, text[], text[]);
DROP TRIGGER raw_mails_doomed ON raw_mails;
DROP TRIGGER attachments_doomed ON attachments;
DROP FUNCTION doom_shared_blob();
DROP INDEX attachments_sha256, raw_mails_sha256, raw_mails_stored;
-- Rows whose file is gone would not fit.
DELETE FROM kyc_documents d WHERE file_id IS NULL AND NOT EXISTS (SELECT FROM kyc_document_views v WHERE v.document_id = d.id);
ALTER TABLE kyc_documents ALTER COLUMN file_id SET NOT NULL;
DROP TABLE personal_erasures;
