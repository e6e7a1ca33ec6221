-- Templates that an installation adds, for rules and for whoever answers.
CREATE TABLE custom_templates (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    category   text NOT NULL CHECK (category IN ('customers', 'staff')),
    channel    text NOT NULL CHECK (channel IN ('mail', 'sms')),
    -- By language: subject and body.
    texts      jsonb NOT NULL,
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    deleted_at timestamptz
);
CREATE UNIQUE INDEX custom_templates_name ON custom_templates (lower(name)) WHERE deleted_at IS NULL;
