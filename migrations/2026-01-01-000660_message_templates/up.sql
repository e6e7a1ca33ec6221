-- What an installation says instead of the words that messages come with, and every version of it.
CREATE TABLE message_templates (
    id         uuid PRIMARY KEY,
    key        text NOT NULL,
    locale     text NOT NULL CHECK (locale IN ('fr', 'en', 'ar')),
    -- None, and it says what it comes with. Text messages have an empty subject.
    subject    text CHECK (length(subject) <= 300),
    body       text CHECK (length(body) <= 20000),
    version    integer NOT NULL DEFAULT 1,
    -- Why it could not be filled in when it was wanted; what it comes with was sent instead.
    failure    text,
    failed_at  timestamptz,
    updated_at timestamptz NOT NULL,
    updated_by uuid,
    UNIQUE (key, locale),
    CHECK ((subject IS NULL) = (body IS NULL)),
    CHECK ((failure IS NULL) = (failed_at IS NULL))
);

CREATE TABLE message_template_versions (
    template_id uuid NOT NULL REFERENCES message_templates ON DELETE CASCADE,
    version     integer NOT NULL,
    subject     text,
    body        text,
    note        text NOT NULL CHECK (length(note) <= 200),
    -- The version whose words were taken again.
    restores    integer,
    at          timestamptz NOT NULL,
    by          uuid,
    PRIMARY KEY (template_id, version)
);
