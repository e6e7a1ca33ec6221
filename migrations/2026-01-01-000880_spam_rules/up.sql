-- Which mail staff let in or keep aside, whatever its points say.
CREATE TABLE spam_rules (
    id          uuid PRIMARY KEY,
    verdict     text NOT NULL CHECK (verdict IN ('allow', 'block')),
    field       text NOT NULL CHECK (field IN ('address', 'domain', 'subject', 'text', 'header')),
    -- In the form in which it is compared (domain::mail::spam::rule).
    value       text NOT NULL CHECK (length(value) BETWEEN 1 AND 300),
    note        text NOT NULL DEFAULT '' CHECK (length(note) <= 200),
    enabled     boolean NOT NULL DEFAULT true,
    -- The ticket with which its sender was blocked; when that is no spam after all, the rule goes.
    ticket_id   uuid REFERENCES tickets ON DELETE SET NULL,
    hits        bigint NOT NULL DEFAULT 0,
    last_hit_at timestamptz,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    updated_at  timestamptz NOT NULL,
    version     integer NOT NULL DEFAULT 1
);
-- One word on one thing; mails look up addresses and domains by it.
CREATE UNIQUE INDEX spam_rules_value ON spam_rules (field, value);
CREATE INDEX spam_rules_words ON spam_rules (id) WHERE field IN ('subject', 'text', 'header');
CREATE INDEX spam_rules_ticket ON spam_rules (ticket_id) WHERE ticket_id IS NOT NULL;
ALTER TABLE spam_rules ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON spam_rules TO cloudmanager_staff USING (true) WITH CHECK (true);

-- What was weighed, and what came of it.
ALTER TABLE raw_mails ADD COLUMN spam jsonb;

-- Whose headers a mailbox believes, and how many points are spam there.
ALTER TABLE mailboxes
    ADD COLUMN spam_filter text NOT NULL DEFAULT 'none' CHECK (spam_filter IN ('none', 'spamassassin', 'rspamd', 'microsoft')),
    ADD COLUMN spam_threshold integer NOT NULL DEFAULT 10 CHECK (spam_threshold BETWEEN 1 AND 100);

-- Whether a sender is somebody's contact is asked of each mail.
CREATE INDEX customer_contacts_email ON customer_contacts (email) WHERE email IS NOT NULL;
