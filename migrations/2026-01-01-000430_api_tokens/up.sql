-- Tokens with which programs act for a person. The token itself is shown once; what is kept cannot be turned back into it.
CREATE TABLE api_tokens (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    prefix       text NOT NULL UNIQUE,
    hash         bytea NOT NULL,
    -- Permissions the token may use, as far as its owner holds them.
    scopes       text[] NOT NULL CHECK (cardinality(scopes) > 0),
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    last_used_ip text,
    revoked_at   timestamptz,
    revoked_by   uuid
);
CREATE INDEX api_tokens_user ON api_tokens (user_id, id DESC);
