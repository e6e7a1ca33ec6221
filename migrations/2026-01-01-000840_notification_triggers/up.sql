-- Whom events tell, and how, where an installation wants it otherwise than the catalogue; and every version of it.
CREATE TABLE notification_triggers (
    topic      text PRIMARY KEY CHECK (length(topic) <= 60),
    -- None, and it is the catalogue's.
    spec       jsonb,
    version    integer NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid
);

CREATE TABLE notification_trigger_versions (
    topic   text NOT NULL REFERENCES notification_triggers ON DELETE CASCADE,
    version integer NOT NULL,
    spec    jsonb,
    note    text NOT NULL CHECK (length(note) <= 200),
    at      timestamptz NOT NULL,
    by      uuid,
    PRIMARY KEY (topic, version)
);

-- What customers may choose for themselves depends on it, and whether a new request of theirs is acknowledged.
GRANT SELECT (topic, spec) ON notification_triggers TO cloudmanager_app;
