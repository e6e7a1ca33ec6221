-- Copies of all that is kept about a person: an archive in sealed parts that goes when its time is over.
CREATE TABLE personal_exports (
    id            uuid PRIMARY KEY,
    user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- The person himself, or staff.
    requested_by  uuid NOT NULL REFERENCES users,
    state         text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'ready', 'failed', 'expired')),
    -- Counts the tries: a worker that was taken for dead writes no part any more.
    run           integer NOT NULL DEFAULT 0,
    progress      smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    size          bigint NOT NULL DEFAULT 0,
    files         integer NOT NULL DEFAULT 0,
    downloads     integer NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL,
    ready_at      timestamptz,
    expires_at    timestamptz
);
CREATE INDEX personal_exports_user ON personal_exports (user_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX personal_exports_one ON personal_exports (user_id, requested_by) WHERE state IN ('queued', 'running');
CREATE INDEX personal_exports_expiry ON personal_exports (ready_at) WHERE state = 'ready';

-- The archive, cut into pieces of some megabytes: each is a sealed file.
CREATE TABLE personal_export_parts (
    export_id uuid NOT NULL REFERENCES personal_exports ON DELETE CASCADE,
    position  integer NOT NULL,
    file_id   uuid NOT NULL REFERENCES sealed_files,
    PRIMARY KEY (export_id, position)
);
CREATE INDEX personal_export_parts_file ON personal_export_parts (file_id);

-- Stored bytes that nothing in the database names any more; a job removes them.
CREATE TABLE doomed_blobs (
    blob bytea PRIMARY KEY,
    at   timestamptz NOT NULL DEFAULT now()
);
-- A sealed file's key goes with its row; nobody can read its bytes afterwards.
CREATE FUNCTION doom_blob() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO doomed_blobs (blob) VALUES (OLD.blob) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER sealed_files_doomed AFTER DELETE ON sealed_files FOR EACH ROW EXECUTE FUNCTION doom_blob();

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['personal_exports', 'personal_export_parts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY staff ON %I TO cloudmanager_staff USING (true) WITH CHECK (true)', walled);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE (downloads) ON personal_exports TO cloudmanager_app;
CREATE POLICY own ON personal_exports TO cloudmanager_app USING (user_id = wall_user() AND requested_by = wall_user());
GRANT SELECT ON personal_export_parts TO cloudmanager_app;
CREATE POLICY own ON personal_export_parts FOR SELECT TO cloudmanager_app
    USING (EXISTS (SELECT FROM personal_exports e WHERE e.id = export_id));
DROP POLICY seen ON sealed_files;
CREATE POLICY seen ON sealed_files FOR SELECT TO cloudmanager_app
    USING (EXISTS (SELECT FROM customer_documents d WHERE d.file_id = sealed_files.id)
        OR EXISTS (SELECT FROM kyc_documents d WHERE d.file_id = sealed_files.id)
        OR EXISTS (SELECT FROM personal_export_parts p WHERE p.file_id = sealed_files.id));
