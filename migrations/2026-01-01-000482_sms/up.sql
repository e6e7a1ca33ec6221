-- Codes by text message: whose phone, which codes wait, and every text with what became of it.
CREATE TABLE sms_factors (
    user_id      uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    -- E.164; a code that was sent there came back.
    phone        text NOT NULL CHECK (phone ~ '^\+[0-9]{8,15}$'),
    confirmed_at timestamptz NOT NULL
);

-- One for each place where one is asked for: a challenge of a login, or a session.
CREATE TABLE sms_codes (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    purpose    text NOT NULL CHECK (purpose IN ('enrol', 'login', 'step_up')),
    place      uuid NOT NULL,
    phone      text NOT NULL,
    -- HMAC under a key of the installation.
    code_hash  bytea NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    UNIQUE (user_id, purpose, place)
);
CREATE INDEX sms_codes_expiry ON sms_codes (expires_at);

CREATE TABLE sms_messages (
    id           uuid PRIMARY KEY,
    -- Who gets it, when that is somebody with an account.
    user_id      uuid REFERENCES users ON DELETE SET NULL,
    phone        text NOT NULL CHECK (phone ~ '^\+[0-9]{8,15}$'),
    purpose      text NOT NULL,
    -- Sealed, and wiped when nobody needs it any more.
    body         bytea,
    -- The network it was asked for from.
    network      text NOT NULL,
    provider     text,
    provider_id  text,
    -- What it costs: each is one credit.
    segments     integer,
    state        text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'delivered', 'failed', 'expired')),
    error        text,
    attempts     integer NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    sent_at      timestamptz,
    delivered_at timestamptz
);
CREATE INDEX sms_messages_newest ON sms_messages (created_at DESC, id DESC);
CREATE INDEX sms_messages_phone ON sms_messages (phone, created_at DESC);
CREATE INDEX sms_messages_user ON sms_messages (user_id, created_at DESC);
CREATE INDEX sms_messages_network ON sms_messages (network, created_at DESC);
CREATE INDEX sms_messages_sent ON sms_messages (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX sms_messages_waiting ON sms_messages (expires_at) WHERE state = 'queued';

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['sms_factors', 'sms_codes', 'sms_messages'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY staff ON %I TO cloudmanager_staff USING (true) WITH CHECK (true)', walled);
    END LOOP;
END $$;
-- The messages themselves stay closed to customers: how many go out is counted over everybody's.
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_factors TO cloudmanager_app;
CREATE POLICY own ON sms_factors TO cloudmanager_app USING (user_id = wall_user());
GRANT SELECT, UPDATE, DELETE ON sms_codes TO cloudmanager_app;
CREATE POLICY own ON sms_codes TO cloudmanager_app USING (user_id = wall_user());
