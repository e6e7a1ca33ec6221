-- Outgoing webhooks, and the log of events as one that consumers follow without missing any.

-- The transaction that wrote an event. Ids are given before the commit, so a reader that goes by them alone misses the event of whoever
-- commits late; in the order of transactions, behind all that still run, nothing appears any more.
ALTER TABLE events ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX events_xid ON events (xid, id);
-- What is past its time is found by its id: one index fewer for every write.
DROP INDEX events_at;

-- Says which lines of a history and which messages belong to which event.
ALTER TABLE ticket_events ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE ticket_messages ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();

-- How far each consumer is.
CREATE TABLE event_cursors (
    consumer text PRIMARY KEY,
    xid      xid8 NOT NULL,
    id       bigint NOT NULL
);
INSERT INTO event_cursors VALUES ('webhooks', pg_current_xact_id(), 9223372036854775807);

CREATE TABLE webhook_endpoints (
    id                  uuid PRIMARY KEY,
    url                 text NOT NULL CHECK (length(url) BETWEEN 9 AND 500),
    description         text NOT NULL CHECK (length(description) <= 200),
    types               text[] NOT NULL CHECK (cardinality(types) > 0),
    enabled             boolean NOT NULL,
    -- Why the product switched it off by itself.
    disabled_reason     text CHECK (disabled_reason IN ('failing', 'gone')),
    -- Sealed; the one before is signed with as well until it ends.
    secret              bytea NOT NULL,
    old_secret          bytea,
    old_secret_until    timestamptz,
    -- Since when nothing but failures came back.
    failing_since       timestamptz,
    last_delivered_at   timestamptz,
    -- Events from before are not its own.
    since               timestamptz NOT NULL,
    version             integer NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    created_by          uuid,
    updated_by          uuid
);

CREATE TABLE webhook_deliveries (
    id             uuid PRIMARY KEY,
    endpoint_id    uuid NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
    -- Place in the log of events; the test has none.
    event_id       bigint,
    type           text NOT NULL,
    -- The bytes that are signed and sent, the same at each try.
    body           text NOT NULL,
    state          text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'delivered', 'failed')),
    -- Tries since it was queued or asked for again.
    tries          integer NOT NULL DEFAULT 0,
    next_try_at    timestamptz,
    -- Of the last try.
    last_status    integer,
    last_error     text,
    created_at     timestamptz NOT NULL,
    state_at       timestamptz NOT NULL,
    version        integer NOT NULL DEFAULT 1,
    -- An event inside may be two outside: a reply that also moves its ticket.
    CONSTRAINT webhook_deliveries_once UNIQUE (endpoint_id, event_id, type)
);
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (endpoint_id, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (endpoint_id, created_at) WHERE state = 'failed';
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at);

CREATE TABLE webhook_tries (
    delivery_id uuid NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
    number      integer NOT NULL,
    at          timestamptz NOT NULL,
    duration_ms integer NOT NULL,
    status      integer,
    -- The beginning of what was answered.
    excerpt     text,
    error       text,
    PRIMARY KEY (delivery_id, number)
);
