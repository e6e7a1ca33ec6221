-- Single sign-on: issuers that vouch for people, whom they vouched for, and tries under way.
CREATE TABLE oidc_providers (
    id              uuid PRIMARY KEY,
    slug            text NOT NULL CHECK (slug ~ '^[a-z][a-z0-9-]{1,39}$'),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    preset          text NOT NULL CHECK (preset IN ('google', 'workos', 'custom')),
    -- An identity is known by its issuer and subject: one issuer, one provider.
    issuer          text NOT NULL CHECK (length(issuer) BETWEEN 9 AND 500),
    client_id       text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 300),
    -- Sealed.
    client_secret   bytea,
    scopes          text[] NOT NULL,
    enabled         boolean NOT NULL,
    -- Domains of addresses that may come; none lets all come.
    allowed_domains text[] NOT NULL DEFAULT '{}',
    registration    boolean NOT NULL,
    for_staff       boolean NOT NULL,
    trust_email     boolean NOT NULL,
    trust_mfa       boolean NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    CONSTRAINT oidc_providers_slug UNIQUE (slug),
    CONSTRAINT oidc_providers_issuer UNIQUE (issuer)
);

CREATE TABLE user_identities (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    issuer       text NOT NULL,
    subject      text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    -- As the issuer said it last; for the person to know it again.
    email        text,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    CONSTRAINT user_identities_once UNIQUE (issuer, subject)
);
CREATE INDEX user_identities_user ON user_identities (user_id);

-- A try under way, good once and in the browser that began it.
CREATE TABLE oidc_flows (
    id           uuid PRIMARY KEY,
    provider_id  uuid NOT NULL REFERENCES oidc_providers ON DELETE CASCADE,
    state_hash   bytea NOT NULL UNIQUE,
    browser_hash bytea NOT NULL,
    -- Nonce and verifier; of somebody who has yet to prove that an account is his, the identity. Sealed.
    secret       bytea NOT NULL,
    -- Who links an identity with his account, and the session in which he does.
    user_id      uuid REFERENCES users ON DELETE CASCADE,
    session_id   uuid REFERENCES sessions ON DELETE CASCADE,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz,
    -- An identity waits for its account, until then.
    linkable_until timestamptz
);
CREATE INDEX oidc_flows_expiry ON oidc_flows (expires_at);
CREATE INDEX oidc_flows_browser ON oidc_flows (browser_hash) WHERE linkable_until IS NOT NULL;

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['user_identities', 'oidc_flows'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY staff ON %I TO cloudmanager_staff USING (true) WITH CHECK (true)', walled);
    END LOOP;
END $$;
GRANT SELECT, INSERT, DELETE ON user_identities TO cloudmanager_app;
-- Who removes one holds the others.
GRANT UPDATE (last_used_at) ON user_identities TO cloudmanager_app;
CREATE POLICY own ON user_identities TO cloudmanager_app USING (user_id = wall_user());
