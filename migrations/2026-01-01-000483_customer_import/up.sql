-- An import is one thing from the upload over the check to the customers it made; its rows are each of the file's.
ALTER TABLE customer_imports
    DROP COLUMN dry_run,
    DROP COLUMN columns,
    DROP COLUMN ignored,
    DROP CONSTRAINT customer_imports_state_check,
    ALTER COLUMN state SET DEFAULT 'uploaded',
    ADD CONSTRAINT customer_imports_state_check
        CHECK (state IN ('uploaded', 'checking', 'checked', 'importing', 'done', 'failed', 'cancelled')),
    -- The file goes when its time is over; what became of it stays.
    ALTER COLUMN file_id DROP NOT NULL,
    ADD COLUMN size bigint NOT NULL,
    ADD COLUMN sha256 bytea NOT NULL,
    ADD COLUMN encoding text NOT NULL,
    ADD COLUMN delimiter text NOT NULL,
    ADD COLUMN header text[] NOT NULL,
    ADD COLUMN mapping text[] NOT NULL,
    ADD COLUMN sample bytea,
    ADD COLUMN shared_emails boolean NOT NULL DEFAULT false,
    ADD COLUMN fingerprint bytea,
    ADD COLUMN job_id uuid,
    ADD COLUMN imported integer NOT NULL DEFAULT 0,
    ADD COLUMN version integer NOT NULL DEFAULT 1;
DROP INDEX customer_imports_created;
CREATE INDEX customer_imports_created ON customer_imports (created_by, created_at DESC, id DESC);
CREATE INDEX customer_imports_sha256 ON customer_imports (sha256) WHERE state = 'done';
CREATE INDEX customer_imports_finished ON customer_imports (created_at) WHERE file_id IS NOT NULL;

ALTER TABLE customer_import_rows
    DROP CONSTRAINT customer_import_rows_outcome_check,
    ADD CONSTRAINT customer_import_rows_outcome_check CHECK (outcome IN ('valid', 'imported', 'duplicate', 'rejected'));
CREATE INDEX customer_import_rows_outcome ON customer_import_rows (import_id, outcome, line);
CREATE INDEX customer_import_rows_customer ON customer_import_rows (customer_id) WHERE customer_id IS NOT NULL;

-- Whom a row of a file is already.
CREATE INDEX customers_nis ON customers (nis) WHERE nis IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX customers_rc ON customers (rc) WHERE rc IS NOT NULL AND deleted_at IS NULL;
