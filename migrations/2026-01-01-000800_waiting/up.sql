-- How a group treats customers who do not answer, and those who write when nobody expects them to.
ALTER TABLE support_groups
    ADD COLUMN remind boolean NOT NULL DEFAULT true,
    -- Days after the question, ascending.
    ADD COLUMN remind_days integer[] NOT NULL DEFAULT '{3,7}' CHECK (cardinality(remind_days) <= 5),
    -- Empty = nothing is resolved by itself.
    ADD COLUMN resolve_after_days integer DEFAULT 14 CHECK (resolve_after_days BETWEEN 1 AND 365),
    -- Whose working days these are; empty = days of 24 hours.
    ADD COLUMN calendar_id uuid REFERENCES sla_calendars,
    ADD COLUMN reply_ends_hold boolean NOT NULL DEFAULT true,
    ADD COLUMN reopen_window_hours integer NOT NULL DEFAULT 0 CHECK (reopen_window_hours BETWEEN 0 AND 720);

-- Since when a ticket waits for its customer, the day of the last reminder that was dealt with, and when there is something to be done.
ALTER TABLE tickets
    ADD COLUMN waiting_since timestamptz,
    ADD COLUMN waiting_step integer NOT NULL DEFAULT 0,
    ADD COLUMN waiting_look_at timestamptz;
GRANT UPDATE (waiting_since, waiting_step, waiting_look_at) ON tickets TO cloudmanager_app;
-- What waits already was not told of any end: it begins now.
UPDATE tickets SET waiting_since = now(), waiting_look_at = now() WHERE state = 'waiting_for_response' AND deleted_at IS NULL;
CREATE INDEX tickets_waiting ON tickets (waiting_look_at, id) WHERE waiting_look_at IS NOT NULL AND deleted_at IS NULL;

ALTER TABLE outgoing_mails DROP CONSTRAINT outgoing_mails_kind_check,
    ADD CONSTRAINT outgoing_mails_kind_check CHECK (kind IN
        ('reply', 'auto_ack', 'too_large', 'notification', 'rule_reply', 'survey', 'account', 'waiting_reminder'));
