-- People, tickets and mail. Ids are UUIDv7 made by the application; times are timestamptz.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- unaccent() is only STABLE because its dictionary could change; ours does not, and an index needs IMMUTABLE.
CREATE FUNCTION search_text(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT public.unaccent('public.unaccent'::regdictionary, lower($1)) $$;

CREATE TABLE roles (
    id          uuid PRIMARY KEY,
    key         text NOT NULL UNIQUE,
    permissions text[] NOT NULL,
    system      boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE users (
    id              uuid PRIMARY KEY,
    email           text NOT NULL CHECK (email = lower(email)),
    name            text NOT NULL,
    password_hash   text,
    role_id         uuid NOT NULL REFERENCES roles,
    locale          text NOT NULL DEFAULT 'fr' CHECK (locale IN ('fr', 'en', 'ar')),
    session_version integer NOT NULL DEFAULT 1,
    disabled_at     timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    created_by      uuid,
    updated_by      uuid,
    deleted_at      timestamptz,
    deleted_by      uuid
);
CREATE UNIQUE INDEX users_email ON users (email) WHERE deleted_at IS NULL;
CREATE INDEX users_role ON users (role_id) WHERE deleted_at IS NULL;

CREATE TABLE refresh_tokens (
    id          uuid PRIMARY KEY,
    family_id   uuid NOT NULL,
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    token_hash  bytea NOT NULL UNIQUE,
    issued_at   timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    revoked_at  timestamptz,
    ip          text,
    user_agent  text
);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id) WHERE revoked_at IS NULL;
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

-- Failed logins per account and source, for the growing delay.
CREATE TABLE login_failures (
    account  text NOT NULL,
    source   text NOT NULL,
    failures integer NOT NULL,
    last_at  timestamptz NOT NULL,
    PRIMARY KEY (account, source)
);

CREATE TABLE idempotency_keys (
    actor_id     uuid NOT NULL,
    key          text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    route        text NOT NULL,
    body_hash    bytea NOT NULL,
    status       integer,
    headers      jsonb,
    body         bytea,
    created_at   timestamptz NOT NULL,
    locked_until timestamptz NOT NULL,
    PRIMARY KEY (actor_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE support_groups (
    id         uuid PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE mailboxes (
    id             uuid PRIMARY KEY,
    address        text NOT NULL CHECK (address = lower(address)),
    name           text NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('imap', 'webhook')),
    group_id       uuid NOT NULL REFERENCES support_groups,
    locale         text NOT NULL DEFAULT 'fr' CHECK (locale IN ('fr', 'en', 'ar')),
    enabled        boolean NOT NULL DEFAULT true,
    auto_ack       boolean NOT NULL DEFAULT true,
    authserv_id    text,
    imap_host      text,
    imap_port      integer CHECK (imap_port BETWEEN 1 AND 65535),
    imap_tls       text CHECK (imap_tls IN ('tls', 'starttls', 'none')),
    imap_username  text,
    imap_folder    text NOT NULL DEFAULT 'INBOX',
    imap_secret    bytea,
    webhook_secret bytea,
    start_point    text NOT NULL DEFAULT 'all' CHECK (start_point IN ('now', 'all')),
    uidvalidity    bigint,
    last_uid       bigint NOT NULL DEFAULT 0,
    last_polled_at timestamptz,
    last_error     text,
    version        integer NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    created_by     uuid,
    updated_by     uuid,
    deleted_at     timestamptz,
    CHECK (kind <> 'imap' OR (imap_host IS NOT NULL AND imap_port IS NOT NULL AND imap_tls IS NOT NULL
                              AND imap_username IS NOT NULL AND imap_secret IS NOT NULL))
);
CREATE UNIQUE INDEX mailboxes_address ON mailboxes (address) WHERE deleted_at IS NULL;

CREATE SEQUENCE ticket_numbers START 100001;

CREATE TABLE tickets (
    id                uuid PRIMARY KEY,
    number            bigint NOT NULL UNIQUE DEFAULT nextval('ticket_numbers'),
    subject           text NOT NULL,
    state             text NOT NULL DEFAULT 'open' CHECK (state IN
                      ('open', 'in_progress', 'answered', 'waiting_for_response', 'on_hold', 'resolved', 'closed')),
    priority          text NOT NULL DEFAULT 'medium' CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    source            text NOT NULL CHECK (source IN ('mail', 'client', 'agent', 'api')),
    requester_user_id uuid REFERENCES users,
    requester_email   text NOT NULL,
    requester_name    text NOT NULL,
    assignee_id       uuid REFERENCES users,
    group_id          uuid NOT NULL REFERENCES support_groups,
    mailbox_id        uuid REFERENCES mailboxes,
    locale            text NOT NULL DEFAULT 'fr',
    hold_reason       text,
    on_hold_until     timestamptz,
    unanswered        boolean NOT NULL DEFAULT true,
    delivery_failed   boolean NOT NULL DEFAULT false,
    follow_up_of      uuid REFERENCES tickets,
    tags              text[] NOT NULL DEFAULT '{}',
    message_count     integer NOT NULL DEFAULT 0,
    event_seq         integer NOT NULL DEFAULT 0,
    last_message_at   timestamptz NOT NULL,
    version           integer NOT NULL DEFAULT 1,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    created_by        uuid,
    updated_by        uuid,
    deleted_at        timestamptz,
    deleted_by        uuid,
    search            tsvector GENERATED ALWAYS AS (
        to_tsvector('simple', search_text(subject || ' ' || requester_email || ' ' || requester_name || ' ' || number::text))
        || to_tsvector('french', search_text(subject))) STORED
);
-- One index for each sort of the list, led by the filter that every queue uses.
CREATE INDEX tickets_state_updated ON tickets (state, updated_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX tickets_updated ON tickets (updated_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX tickets_assignee ON tickets (assignee_id, updated_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX tickets_requester ON tickets (requester_user_id, updated_at DESC, id DESC)
    WHERE deleted_at IS NULL AND requester_user_id IS NOT NULL;
CREATE INDEX tickets_requester_email ON tickets (requester_email, created_at DESC);
CREATE INDEX tickets_search ON tickets USING gin (search);

CREATE TABLE ticket_participants (
    ticket_id uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    email     text NOT NULL CHECK (email = lower(email)),
    name      text NOT NULL DEFAULT '',
    role      text NOT NULL CHECK (role IN ('requester', 'contributor', 'watcher', 'cc', 'cc_pending')),
    user_id   uuid REFERENCES users,
    added_at  timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, email)
);
CREATE INDEX ticket_participants_email ON ticket_participants (email);
CREATE INDEX ticket_participants_user ON ticket_participants (user_id) WHERE user_id IS NOT NULL;

-- Every mail as it came in; the original bytes are in the blob store under sha256.
CREATE TABLE raw_mails (
    id                uuid PRIMARY KEY,
    mailbox_id        uuid NOT NULL REFERENCES mailboxes,
    uidvalidity       bigint,
    uid               bigint,
    provider_event_id text,
    sha256            bytea NOT NULL,
    size              bigint NOT NULL,
    internal_date     timestamptz,
    received_at       timestamptz NOT NULL,
    state             text NOT NULL DEFAULT 'received' CHECK (state IN
                      ('received', 'processed', 'duplicate', 'quarantined', 'bounce', 'dropped', 'dead')),
    class             text,
    message_id        text,
    content_fp        bytea,
    from_address      text,
    from_name         text,
    subject           text,
    parsed            jsonb,
    evidence          jsonb NOT NULL DEFAULT '[]',
    threading         jsonb,
    effects           jsonb NOT NULL DEFAULT '[]',
    reason            text,
    error             text,
    attempts          integer NOT NULL DEFAULT 0,
    ticket_id         uuid REFERENCES tickets,
    duplicate_of      uuid REFERENCES raw_mails,
    processed_at      timestamptz,
    version           integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX raw_mails_uid ON raw_mails (mailbox_id, uidvalidity, uid) WHERE uid IS NOT NULL;
CREATE UNIQUE INDEX raw_mails_event ON raw_mails (mailbox_id, provider_event_id, sha256)
    WHERE provider_event_id IS NOT NULL;
CREATE INDEX raw_mails_message_id ON raw_mails (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX raw_mails_fp ON raw_mails (content_fp) WHERE content_fp IS NOT NULL;
CREATE INDEX raw_mails_attention ON raw_mails (state, id DESC) WHERE state IN ('received', 'quarantined', 'dead');
CREATE INDEX raw_mails_sender ON raw_mails (from_address, received_at DESC);
CREATE INDEX raw_mails_ticket ON raw_mails (ticket_id) WHERE ticket_id IS NOT NULL;

CREATE TABLE ticket_messages (
    id             uuid PRIMARY KEY,
    ticket_id      uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    kind           text NOT NULL CHECK (kind IN ('reply', 'note', 'system')),
    direction      text NOT NULL CHECK (direction IN ('in', 'out', 'internal')),
    author_user_id uuid REFERENCES users,
    author_email   text,
    author_name    text NOT NULL,
    is_staff       boolean NOT NULL,
    body_text      text NOT NULL,
    body_html      text,
    html_policy    integer,
    quoted_from    integer,
    held           boolean NOT NULL DEFAULT false,
    verified       boolean NOT NULL DEFAULT true,
    raw_mail_id    uuid UNIQUE REFERENCES raw_mails,
    created_at     timestamptz NOT NULL,
    CHECK (NOT held OR direction = 'in')
);
CREATE INDEX ticket_messages_ticket ON ticket_messages (ticket_id, created_at, id);

CREATE TABLE ticket_events (
    ticket_id  uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    seq        integer NOT NULL,
    kind       text NOT NULL,
    actor_id   uuid,
    actor_name text NOT NULL,
    data       jsonb NOT NULL DEFAULT '{}',
    at         timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, seq)
);

CREATE TABLE attachments (
    id           uuid PRIMARY KEY,
    message_id   uuid REFERENCES ticket_messages ON DELETE CASCADE,
    raw_mail_id  uuid REFERENCES raw_mails,
    uploader_id  uuid REFERENCES users,
    name         text NOT NULL,
    content_type text NOT NULL,
    size         bigint NOT NULL,
    sha256       bytea NOT NULL,
    content_id   text,
    inline       boolean NOT NULL DEFAULT false,
    state        text NOT NULL DEFAULT 'clean' CHECK (state IN ('clean', 'refused')),
    reason       text,
    created_at   timestamptz NOT NULL
);
CREATE INDEX attachments_message ON attachments (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX attachments_mail ON attachments (raw_mail_id) WHERE raw_mail_id IS NOT NULL;
CREATE INDEX attachments_loose ON attachments (created_at) WHERE message_id IS NULL AND raw_mail_id IS NULL;

-- Foreign Message-IDs seen in tickets: weak evidence for threading.
CREATE TABLE message_ids (
    message_id text NOT NULL,
    ticket_id  uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    seen_at    timestamptz NOT NULL,
    PRIMARY KEY (message_id, ticket_id)
);

-- One row = one mail to one recipient. The Message-ID is fixed before the first attempt and kept by every retry.
CREATE TABLE outgoing_mails (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('reply', 'auto_ack', 'notification')),
    event_key       text NOT NULL,
    recipient       text NOT NULL CHECK (recipient = lower(recipient)),
    recipient_name  text NOT NULL DEFAULT '',
    ticket_id       uuid REFERENCES tickets,
    message_id      uuid REFERENCES ticket_messages,
    mailbox_id      uuid NOT NULL REFERENCES mailboxes,
    mail_message_id text NOT NULL UNIQUE,
    in_reply_to     text,
    mail_references text[] NOT NULL DEFAULT '{}',
    subject         text NOT NULL,
    body_text       text NOT NULL,
    locale          text NOT NULL,
    hops            integer NOT NULL DEFAULT 0,
    state           text NOT NULL DEFAULT 'queued' CHECK (state IN
                    ('queued', 'sent', 'failed', 'bounced', 'suppressed', 'delivered')),
    attempts        integer NOT NULL DEFAULT 0,
    maybe_duplicate boolean NOT NULL DEFAULT false,
    detail          text,
    created_at      timestamptz NOT NULL,
    state_at        timestamptz NOT NULL,
    sent_at         timestamptz,
    UNIQUE (event_key, recipient, kind)
);
CREATE INDEX outgoing_mails_message ON outgoing_mails (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX outgoing_mails_ticket ON outgoing_mails (ticket_id, created_at) WHERE ticket_id IS NOT NULL;
CREATE INDEX outgoing_mails_brake ON outgoing_mails (recipient, created_at DESC) WHERE kind <> 'reply';

CREATE TABLE bounces (
    id               uuid PRIMARY KEY,
    address          text NOT NULL,
    status           text NOT NULL,
    permanent        boolean NOT NULL,
    outgoing_mail_id uuid REFERENCES outgoing_mails,
    raw_mail_id      uuid REFERENCES raw_mails,
    detail           text,
    at               timestamptz NOT NULL,
    UNIQUE (raw_mail_id, address)
);
CREATE INDEX bounces_address ON bounces (address, at DESC);

CREATE TABLE suppressions (
    address    text PRIMARY KEY CHECK (address = lower(address)),
    reason     text NOT NULL,
    until      timestamptz,
    created_at timestamptz NOT NULL
);

CREATE TABLE audit_log (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL,
    actor_id     uuid,
    actor_kind   text NOT NULL CHECK (actor_kind IN ('user', 'system', 'mail')),
    action       text NOT NULL,
    subject_type text NOT NULL,
    subject_id   uuid,
    data         jsonb NOT NULL DEFAULT '{}',
    ip           text,
    user_agent   text,
    request_id   text
);
CREATE INDEX audit_log_subject ON audit_log (subject_type, subject_id, id DESC);
CREATE INDEX audit_log_actor ON audit_log (actor_id, id DESC) WHERE actor_id IS NOT NULL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What browsers are told live; kept for a day so that a reconnecting one misses nothing.
CREATE TABLE events (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT now(),
    type         text NOT NULL,
    subject_type text NOT NULL,
    subject_id   uuid NOT NULL,
    permission   text,
    user_id      uuid,
    data         jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX events_at ON events (at);
