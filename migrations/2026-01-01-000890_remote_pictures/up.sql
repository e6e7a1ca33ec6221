-- Pictures that a mail names on servers of others: fetched by us, once for a message, after a reader asked for them.
CREATE TABLE message_picture_sets (
    message_id uuid PRIMARY KEY REFERENCES ticket_messages ON DELETE CASCADE,
    state      text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'done')),
    asked_at   timestamptz NOT NULL,
    done_at    timestamptz,
    CHECK ((state = 'done') = (done_at IS NOT NULL))
);
CREATE INDEX message_picture_sets_queued ON message_picture_sets (message_id) WHERE state = 'queued';

CREATE TABLE message_pictures (
    message_id   uuid NOT NULL REFERENCES message_picture_sets ON DELETE CASCADE,
    position     integer NOT NULL CHECK (position >= 0),
    -- As the mail wrote it.
    url          text NOT NULL,
    state        text NOT NULL CHECK (state IN ('fetched', 'refused', 'failed')),
    reason       text,
    content_type text,
    size         bigint NOT NULL DEFAULT 0,
    sha256       bytea,
    at           timestamptz NOT NULL,
    PRIMARY KEY (message_id, position),
    CHECK ((state = 'fetched') = (sha256 IS NOT NULL AND content_type IS NOT NULL)),
    CHECK ((state = 'fetched') = (reason IS NULL))
);
-- Bytes that several rows may name go when the last of them does.
CREATE INDEX message_pictures_sha256 ON message_pictures (sha256) WHERE sha256 IS NOT NULL;
CREATE TRIGGER message_pictures_doomed AFTER DELETE ON message_pictures FOR EACH ROW EXECUTE FUNCTION doom_shared_blob();

-- Whoever sees the message sees its pictures, and may ask for them; only a job writes what came of it.
ALTER TABLE message_picture_sets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE message_pictures ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON message_picture_sets TO cloudmanager_staff USING (true) WITH CHECK (true);
CREATE POLICY staff ON message_pictures TO cloudmanager_staff USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON message_picture_sets TO cloudmanager_app;
GRANT SELECT ON message_pictures TO cloudmanager_app;
CREATE POLICY seen ON message_picture_sets FOR SELECT TO cloudmanager_app
    USING (EXISTS (SELECT FROM ticket_messages m WHERE m.id = message_id));
CREATE POLICY asked ON message_picture_sets FOR INSERT TO cloudmanager_app
    WITH CHECK (state = 'queued' AND EXISTS (SELECT FROM ticket_messages m WHERE m.id = message_id));
CREATE POLICY seen ON message_pictures FOR SELECT TO cloudmanager_app
    USING (EXISTS (SELECT FROM ticket_messages m WHERE m.id = message_id));
