-- Accounts: their state, sessions as families of refresh tokens, known devices, one-time links, history of passwords,
-- the journal of logins and security alerts.
ALTER TABLE users
    ADD COLUMN status              text NOT NULL DEFAULT 'active'
                                   CHECK (status IN ('pending', 'active', 'suspended', 'deactivated')),
    ADD COLUMN email_verified_at   timestamptz,
    ADD COLUMN phone               text CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    ADD COLUMN last_login_at       timestamptz,
    ADD COLUMN password_changed_at timestamptz;
UPDATE users SET status = CASE WHEN disabled_at IS NULL THEN 'active' ELSE 'suspended' END,
    email_verified_at = created_at, password_changed_at = created_at;
-- The state says it now.
ALTER TABLE users DROP COLUMN disabled_at;

-- A browser that a person signed in with: its cookie keeps him from being locked out by strangers' guesses.
CREATE TABLE known_devices (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    device_hash  bytea NOT NULL,
    user_agent   text,
    ip           text,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    UNIQUE (user_id, device_hash)
);
CREATE INDEX known_devices_hash ON known_devices (device_hash);

CREATE TABLE sessions (
    id              uuid PRIMARY KEY,
    user_id         uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    session_version integer NOT NULL,
    device_id       uuid REFERENCES known_devices ON DELETE SET NULL,
    created_at      timestamptz NOT NULL,
    last_seen_at    timestamptz NOT NULL,
    ip              text,
    last_ip         text,
    user_agent      text,
    amr             text[] NOT NULL DEFAULT '{}',
    factor_at       timestamptz,
    idle_expires_at timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz,
    revoke_reason   text
);
CREATE INDEX sessions_user ON sessions (user_id, last_seen_at DESC) WHERE revoked_at IS NULL;
CREATE INDEX sessions_end ON sessions (idle_expires_at);

INSERT INTO sessions (id, user_id, session_version, created_at, last_seen_at, ip, last_ip, user_agent, amr,
                      idle_expires_at, expires_at, revoked_at, revoke_reason)
SELECT family_id, min(user_id::text)::uuid, max(session_version), min(issued_at), max(issued_at),
       (array_agg(ip ORDER BY issued_at))[1], (array_agg(ip ORDER BY issued_at DESC))[1],
       (array_agg(user_agent ORDER BY issued_at DESC))[1], '{pwd}',
       max(expires_at), min(issued_at) + interval '30 days', min(revoked_at), CASE WHEN min(revoked_at) IS NOT NULL THEN 'ended' END
FROM refresh_tokens GROUP BY family_id;

ALTER TABLE refresh_tokens RENAME COLUMN family_id TO session_id;
ALTER TABLE refresh_tokens
    DROP COLUMN user_id, DROP COLUMN session_version, DROP COLUMN revoked_at, DROP COLUMN ip, DROP COLUMN user_agent,
    ADD FOREIGN KEY (session_id) REFERENCES sessions ON DELETE CASCADE;
ALTER INDEX refresh_tokens_family RENAME TO refresh_tokens_session;

-- Links that are mailed: the token itself is never stored.
CREATE TABLE mailed_links (
    id         uuid PRIMARY KEY,
    user_id    uuid REFERENCES users ON DELETE CASCADE,
    email      text NOT NULL CHECK (email = lower(email)),
    purpose    text NOT NULL CHECK (purpose IN ('verify', 'magic', 'reset', 'invite', 'email_change')),
    token_hash bytea NOT NULL UNIQUE,
    -- What the link carries out, sealed.
    data       bytea,
    locale     text NOT NULL CHECK (locale IN ('fr', 'en', 'ar')),
    ip         text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX mailed_links_email ON mailed_links (email, purpose, created_at);
CREATE INDEX mailed_links_user ON mailed_links (user_id, purpose) WHERE used_at IS NULL;
CREATE INDEX mailed_links_expiry ON mailed_links (expires_at);

CREATE TABLE password_history (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    hash       text NOT NULL,
    retired_at timestamptz NOT NULL
);
CREATE INDEX password_history_user ON password_history (user_id, id DESC);

-- Every try to sign in that was looked at. No foreign keys: it outlives accounts, and holds tries on none.
CREATE TABLE login_journal (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL,
    email        text NOT NULL,
    user_id      uuid,
    outcome      text NOT NULL CHECK (outcome IN ('success', 'challenge', 'failure', 'blocked')),
    method       text NOT NULL,
    reason       text,
    known_device boolean NOT NULL DEFAULT false,
    ip           text,
    user_agent   text,
    session_id   uuid
);
CREATE INDEX login_journal_user ON login_journal (user_id, id DESC);
CREATE INDEX login_journal_email ON login_journal (email, id DESC);
CREATE INDEX login_journal_at ON login_journal (at);

CREATE TABLE security_alerts (
    id              uuid PRIMARY KEY,
    at              timestamptz NOT NULL,
    kind            text NOT NULL,
    severity        text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    user_id         uuid REFERENCES users ON DELETE SET NULL,
    ip              text,
    data            jsonb NOT NULL DEFAULT '{}',
    -- The same thing happening on and on is one alert.
    once_key        text UNIQUE,
    acknowledged_at timestamptz,
    acknowledged_by uuid
);
CREATE INDEX security_alerts_at ON security_alerts (at DESC, id DESC);
CREATE INDEX security_alerts_open ON security_alerts (at DESC, id DESC) WHERE acknowledged_at IS NULL;
