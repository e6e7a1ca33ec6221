-- Every version of the templates that an installation adds, as of those that it writes anew (`message_template_versions`). Of those that
-- are there nothing is known but what they say now.
CREATE TABLE custom_template_versions (
    template_id uuid NOT NULL REFERENCES custom_templates ON DELETE CASCADE,
    version     integer NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    texts       jsonb NOT NULL,
    note        text NOT NULL CHECK (length(note) <= 200),
    -- The version whose words were taken again.
    restores    integer,
    at          timestamptz NOT NULL,
    by          uuid,
    PRIMARY KEY (template_id, version)
);

INSERT INTO custom_template_versions (template_id, version, name, texts, note, at, by)
SELECT id, version, name, texts, '', updated_at, coalesce(updated_by, created_by) FROM custom_templates WHERE deleted_at IS NULL;
