-- Passkeys (WebAuthn), and the ceremonies under way with them.
CREATE TABLE passkeys (
    id              uuid PRIMARY KEY,
    user_id         uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    credential_id   bytea NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 1 AND 1023),
    -- The public key with what its authenticator told about it. No secret.
    credential      jsonb NOT NULL,
    name            text NOT NULL,
    transports      text[] NOT NULL,
    -- Found without knowing whose it is, as the browser told; NULL when it did not tell.
    discoverable    boolean,
    -- Copied to its owner's other devices by whoever keeps it.
    backed_up       boolean NOT NULL,
    -- As the authenticator counted at the last use; 0 for those that do not count.
    sign_count      bigint NOT NULL,
    -- When it counted less than before: somebody may have a copy.
    clone_warned_at timestamptz,
    created_at      timestamptz NOT NULL,
    last_used_at    timestamptz
);
CREATE INDEX passkeys_user ON passkeys (user_id);

-- What a browser was asked to sign. It is good for one answer, for this purpose and of this person, session or login.
CREATE TABLE passkey_ceremonies (
    id           uuid PRIMARY KEY,
    token_hash   bytea NOT NULL UNIQUE,
    purpose      text NOT NULL CHECK (purpose IN ('register', 'login', 'second_factor', 'step_up')),
    -- Nobody for a login: who it is follows from the answer.
    user_id      uuid REFERENCES users ON DELETE CASCADE,
    session_id   uuid REFERENCES sessions ON DELETE CASCADE,
    challenge_id uuid REFERENCES auth_challenges ON DELETE CASCADE,
    state        jsonb NOT NULL,
    expires_at   timestamptz NOT NULL,
    CHECK ((user_id IS NULL) = (purpose = 'login')),
    CHECK ((session_id IS NOT NULL) = (purpose IN ('register', 'step_up'))),
    CHECK ((challenge_id IS NOT NULL) = (purpose = 'second_factor'))
);
CREATE INDEX passkey_ceremonies_expiry ON passkey_ceremonies (expires_at);
CREATE INDEX passkey_ceremonies_session ON passkey_ceremonies (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX passkey_ceremonies_challenge ON passkey_ceremonies (challenge_id) WHERE challenge_id IS NOT NULL;
CREATE INDEX passkey_ceremonies_user ON passkey_ceremonies (user_id) WHERE user_id IS NOT NULL;

-- The wall: everybody his own.
DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['passkeys', 'passkey_ceremonies'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY staff ON %I TO cloudmanager_staff USING (true) WITH CHECK (true)', walled);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO cloudmanager_app', walled);
        EXECUTE format('CREATE POLICY own ON %I TO cloudmanager_app USING (user_id = wall_user())', walled);
    END LOOP;
END $$;
