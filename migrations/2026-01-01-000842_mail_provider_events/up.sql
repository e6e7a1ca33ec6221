-- What providers of outgoing mail report by themselves, as it came: each report about mail of ours once.
CREATE TABLE mail_provider_events (
    id               uuid PRIMARY KEY,
    provider         text NOT NULL CHECK (provider IN ('sendgrid', 'ses')),
    -- The provider's own; the same one again is a repetition.
    event_id         text NOT NULL CHECK (length(event_id) <= 200),
    kind             text NOT NULL CHECK (kind IN ('delivered', 'bounced', 'dropped', 'deferred', 'complained')),
    outgoing_mail_id uuid NOT NULL REFERENCES outgoing_mails ON DELETE CASCADE,
    -- What the provider calls the mail.
    provider_id      text CHECK (length(provider_id) <= 200),
    raw              jsonb NOT NULL,
    received_at      timestamptz NOT NULL,
    UNIQUE (provider, event_id)
);
CREATE INDEX mail_provider_events_mail ON mail_provider_events (outgoing_mail_id);
CREATE INDEX mail_provider_events_named ON mail_provider_events (provider, provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX mail_provider_events_age ON mail_provider_events (received_at);

-- How many reports came, and how many of them were about nothing of ours.
CREATE TABLE mail_provider_figures (
    provider text NOT NULL,
    day      date NOT NULL,
    ours     bigint NOT NULL DEFAULT 0,
    unknown  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (provider, day)
);

ALTER TABLE mail_provider_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON mail_provider_events TO cloudmanager_staff USING (true) WITH CHECK (true);
