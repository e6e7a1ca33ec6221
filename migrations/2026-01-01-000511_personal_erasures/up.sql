-- Erasing a person: what he asked for, what was done, and the means to take his names out of what stays.
CREATE TABLE personal_erasures (
    id             uuid PRIMARY KEY,
    user_id        uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    state          text NOT NULL CHECK (state IN ('asked', 'withdrawn', 'running', 'done')),
    -- The person asked himself; until `due_at` he may think it over.
    asked_at       timestamptz,
    due_at         timestamptz,
    withdrawn_at   timestamptz,
    -- Staff who carried it out, and why.
    carried_by     uuid REFERENCES users,
    reason         text,
    started_at     timestamptz,
    done_at        timestamptz,
    -- Names and addresses that are being taken out, sealed; wiped at the end.
    identity       bytea,
    steps          text[] NOT NULL DEFAULT '{}',
    -- Rows by step: the report.
    erased         jsonb NOT NULL DEFAULT '{}',
    created_at     timestamptz NOT NULL,
    CHECK (state IN ('asked', 'withdrawn') OR (carried_by IS NOT NULL AND reason IS NOT NULL AND started_at IS NOT NULL)),
    CHECK (state <> 'asked' OR due_at IS NOT NULL),
    CHECK (state = 'running' OR identity IS NULL)
);
CREATE INDEX personal_erasures_user ON personal_erasures (user_id, created_at DESC);
CREATE INDEX personal_erasures_created ON personal_erasures (created_at DESC, id DESC);
CREATE UNIQUE INDEX personal_erasures_one ON personal_erasures (user_id) WHERE state IN ('asked', 'running');
ALTER TABLE personal_erasures ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON personal_erasures TO cloudmanager_staff USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (state, withdrawn_at) ON personal_erasures TO cloudmanager_app;
CREATE POLICY own ON personal_erasures TO cloudmanager_app USING (user_id = wall_user())
    WITH CHECK (user_id = wall_user() AND state IN ('asked', 'withdrawn'));

-- A paper whose time is over keeps its row, for the log of who looked at it, and loses its file.
ALTER TABLE kyc_documents ALTER COLUMN file_id DROP NOT NULL;

-- Bytes that several rows may name go when the last of them does.
CREATE INDEX attachments_sha256 ON attachments (sha256);
CREATE INDEX raw_mails_sha256 ON raw_mails (sha256);
CREATE INDEX raw_mails_stored ON raw_mails (received_at) WHERE sha256 <> '';
CREATE FUNCTION doom_shared_blob() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO doomed_blobs (blob) SELECT OLD.sha256 WHERE length(OLD.sha256) > 0 ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER attachments_doomed AFTER DELETE ON attachments FOR EACH ROW EXECUTE FUNCTION doom_shared_blob();
CREATE TRIGGER raw_mails_doomed AFTER UPDATE OF sha256 ON raw_mails FOR EACH ROW
    WHEN (OLD.sha256 IS DISTINCT FROM NEW.sha256) EXECUTE FUNCTION doom_shared_blob();

-- Puts something else in the place of each pattern, whatever the case.
CREATE FUNCTION scrub_text(value text, patterns text[], puts text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
    FOR n IN 1 .. coalesce(array_length(patterns, 1), 0) LOOP
        value := regexp_replace(value, patterns[n], puts[n], 'gi');
    END LOOP;
    RETURN value;
END $$;

-- The same in every column of text or JSON that may be changed; returns how many rows that were. What marks a person uniquely only.
CREATE FUNCTION scrub_everywhere(patterns text[], puts text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    place record;
    rows bigint;
    total bigint := 0;
BEGIN
    FOR place IN
        SELECT c.oid::regclass AS name, a.attname AS field, format_type(a.atttypid, NULL) AS kind
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
          AND a.atttypid IN ('text'::regtype, 'varchar'::regtype, 'json'::regtype, 'jsonb'::regtype, 'text[]'::regtype)
          AND c.relname NOT IN ('audit_log', 'personal_erasures', 'users')
          AND has_column_privilege(c.oid, a.attnum, 'UPDATE')
        ORDER BY 1, 2
    LOOP
        EXECUTE format('UPDATE %s SET %I = scrub_text(%I::text, $1, $2)::%s WHERE %I::text ~* $3',
            place.name, place.field, place.field, place.kind, place.field)
            USING patterns, puts, array_to_string(patterns, '|');
        GET DIAGNOSTICS rows = ROW_COUNT;
        total := total + rows;
    END LOOP;
    RETURN total;
END $$;

-- A line of the audit trail stays; a name in it may go once, under a mark of its own that only the product can make.
ALTER TABLE audit_log ADD COLUMN redaction bytea;
CREATE INDEX audit_log_redacted ON audit_log (id) WHERE redaction IS NOT NULL;
CREATE FUNCTION audit_log_redact_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.redaction IS NULL OR NEW.redaction IS NOT DISTINCT FROM OLD.redaction
        OR (NEW.id, NEW.uid, NEW.at, NEW.actor_id, NEW.actor_kind, NEW.action, NEW.subject_type, NEW.subject_id, NEW.request_id,
            NEW.session_id) IS DISTINCT FROM
           (OLD.id, OLD.uid, OLD.at, OLD.actor_id, OLD.actor_kind, OLD.action, OLD.subject_type, OLD.subject_id, OLD.request_id,
            OLD.session_id)
        OR (OLD.mark IS NOT NULL AND NEW.mark IS DISTINCT FROM OLD.mark) OR NEW.mark IS NULL
        OR (NEW.ip IS NOT NULL AND NEW.ip IS DISTINCT FROM OLD.ip)
        OR (NEW.user_agent IS NOT NULL AND NEW.user_agent IS DISTINCT FROM OLD.user_agent)
    THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER audit_log_append_only ON audit_log;
CREATE TRIGGER audit_log_append_only BEFORE DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_redact_only BEFORE UPDATE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_redact_only();
GRANT UPDATE (data, ip, user_agent, mark, redaction) ON audit_log TO cloudmanager_staff;
