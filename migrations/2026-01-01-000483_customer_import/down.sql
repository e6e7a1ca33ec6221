DROP INDEX customers_nis, customers_rc, customer_import_rows_outcome, customer_import_rows_customer;
DELETE FROM customer_imports;
ALTER TABLE customer_import_rows
    DROP CONSTRAINT customer_import_rows_outcome_check,
    ADD CONSTRAINT customer_import_rows_outcome_check CHECK (outcome IN ('duplicate', 'rejected'));
DROP INDEX customer_imports_created, customer_imports_sha256, customer_imports_finished;
ALTER TABLE customer_imports
    DROP COLUMN size, DROP COLUMN sha256, DROP COLUMN encoding, DROP COLUMN delimiter, DROP COLUMN header, DROP COLUMN mapping,
    DROP COLUMN sample, DROP COLUMN shared_emails, DROP COLUMN fingerprint, DROP COLUMN job_id, DROP COLUMN imported,
    DROP COLUMN version,
    ALTER COLUMN file_id SET NOT NULL,
    DROP CONSTRAINT customer_imports_state_check,
    ALTER COLUMN state SET DEFAULT 'queued',
    ADD CONSTRAINT customer_imports_state_check CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    ADD COLUMN dry_run boolean NOT NULL,
    ADD COLUMN columns text[] NOT NULL DEFAULT '{}',
    ADD COLUMN ignored text[] NOT NULL DEFAULT '{}';
CREATE INDEX customer_imports_created ON customer_imports (created_at DESC, id DESC);
