-- Second factors: authenticator apps, backup codes, and the moment between password and code.
CREATE TABLE totp_factors (
    user_id      uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    -- Sealed.
    secret       bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    -- Counts from the first good code on.
    confirmed_at timestamptz,
    -- The time step of the last code that was accepted: none at or before it is accepted again.
    last_step    bigint NOT NULL DEFAULT 0
);

CREATE TABLE backup_codes (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    code_hash  bytea NOT NULL,
    created_at timestamptz NOT NULL,
    used_at    timestamptz,
    UNIQUE (user_id, code_hash)
);

-- Somebody gave the right password and owes a second factor. Its token opens nothing else.
CREATE TABLE auth_challenges (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    amr        text[] NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX auth_challenges_user ON auth_challenges (user_id);
CREATE INDEX auth_challenges_expiry ON auth_challenges (expires_at);
