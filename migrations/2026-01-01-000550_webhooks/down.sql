DROP TABLE webhook_tries, webhook_deliveries, webhook_endpoints, event_cursors;
ALTER TABLE ticket_messages DROP COLUMN xid;
ALTER TABLE ticket_events DROP COLUMN xid;
CREATE INDEX events_at ON events (at);
ALTER TABLE events DROP COLUMN xid;
