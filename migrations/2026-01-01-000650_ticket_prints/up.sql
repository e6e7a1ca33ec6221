-- Tickets on paper: asked for by somebody, made by a job, his alone, and open for a day.
CREATE TABLE ticket_prints (
    id             uuid PRIMARY KEY,
    ticket_id      uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    requested_by   uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- What makes two of them the same file.
    ticket_version integer NOT NULL,
    staff          boolean NOT NULL,
    notes          boolean NOT NULL CHECK (staff OR NOT notes),
    locale         text NOT NULL,
    zone           text NOT NULL CHECK (length(zone) <= 64),
    state          text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'ready', 'failed', 'expired')),
    -- Counts the tries: a worker that was taken for dead ends nothing any more.
    run            integer NOT NULL DEFAULT 0,
    pages          integer NOT NULL DEFAULT 0,
    left_out       bigint NOT NULL DEFAULT 0,
    size           bigint NOT NULL DEFAULT 0,
    file_id        uuid REFERENCES sealed_files,
    created_at     timestamptz NOT NULL,
    ready_at       timestamptz,
    expires_at     timestamptz
);
CREATE UNIQUE INDEX ticket_prints_one ON ticket_prints (requested_by, ticket_id, ticket_version, staff, notes, locale, zone)
    WHERE state IN ('queued', 'running', 'ready');
CREATE INDEX ticket_prints_ticket ON ticket_prints (ticket_id);
CREATE INDEX ticket_prints_file ON ticket_prints (file_id);
CREATE INDEX ticket_prints_age ON ticket_prints (created_at);

ALTER TABLE ticket_prints ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON ticket_prints TO cloudmanager_staff USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (state) ON ticket_prints TO cloudmanager_app;
CREATE POLICY own ON ticket_prints TO cloudmanager_app
    USING (requested_by = wall_user() AND NOT staff AND EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id));
DROP POLICY seen ON sealed_files;
CREATE POLICY seen ON sealed_files FOR SELECT TO cloudmanager_app
    USING (EXISTS (SELECT FROM customer_documents d WHERE d.file_id = sealed_files.id)
        OR EXISTS (SELECT FROM kyc_documents d WHERE d.file_id = sealed_files.id)
        OR EXISTS (SELECT FROM personal_export_parts p WHERE p.file_id = sealed_files.id)
        OR EXISTS (SELECT FROM ticket_prints p WHERE p.file_id = sealed_files.id));
