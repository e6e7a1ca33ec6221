-- A mark on every line of the audit trail, and chains over the marks (domain::audit::chain).
ALTER TABLE audit_log
    ADD COLUMN uid        uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN session_id uuid,
    ADD COLUMN mark       bytea;
ALTER TABLE audit_log ALTER COLUMN uid DROP DEFAULT;
-- Lines from before have no mark; they are linked first, as they are.
ALTER TABLE audit_log ADD CONSTRAINT audit_log_marked CHECK (mark IS NOT NULL) NOT VALID;
CREATE UNIQUE INDEX audit_log_uid ON audit_log (uid);
CREATE INDEX audit_log_action ON audit_log (action text_pattern_ops, id DESC);
CREATE INDEX audit_log_time ON audit_log USING brin (at);

-- Lines that are not linked yet: ids come in another order than commits, so a high-water mark would miss some.
CREATE TABLE audit_pending (
    audit_id bigint PRIMARY KEY,
    -- Its mark is wrong: somebody wrote it around the product. It is never linked.
    refused  boolean NOT NULL DEFAULT false
);
INSERT INTO audit_pending (audit_id) SELECT id FROM audit_log;

CREATE FUNCTION audit_log_pend() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_pending (audit_id) SELECT id FROM fresh;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_log_pend AFTER INSERT ON audit_log REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_pend();

-- One batch of lines in the order of their links, and the head of the day's chain after it.
CREATE TABLE audit_seals (
    seq       bigint PRIMARY KEY,
    day       date NOT NULL,
    ids       bigint[] NOT NULL,
    head      bytea NOT NULL,
    -- Its lines are from before there were marks.
    unmarked  boolean NOT NULL DEFAULT false,
    sealed_at timestamptz NOT NULL
);
CREATE INDEX audit_seals_day ON audit_seals (day, seq);

-- A day that is over. The next day's chain begins with its seal.
CREATE TABLE audit_days (
    day       date PRIMARY KEY,
    lines     bigint NOT NULL,
    head      bytea NOT NULL,
    seal      bytea NOT NULL,
    sealed_at timestamptz NOT NULL
);

CREATE TRIGGER audit_log_whole BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_days_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_days
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
