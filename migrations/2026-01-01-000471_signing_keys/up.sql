-- Keys that sign access tokens. A key is published before it signs, and verifies until the last token it signed has ended.
CREATE TABLE signing_keys (
    kid         uuid PRIMARY KEY,
    public_key  bytea NOT NULL CHECK (length(public_key) = 32),
    -- File key that wraps the private key, as for the data keys of sealed files.
    key_id      text NOT NULL,
    -- Wiped when the key is retired.
    wrapped_key bytea,
    created_at  timestamptz NOT NULL,
    active_from timestamptz NOT NULL,
    retire_at   timestamptz,
    retired     boolean NOT NULL DEFAULT false,
    CHECK (retired = (wrapped_key IS NULL)),
    CHECK (NOT retired OR retire_at IS NOT NULL)
);
CREATE INDEX signing_keys_live ON signing_keys (active_from) WHERE NOT retired;
