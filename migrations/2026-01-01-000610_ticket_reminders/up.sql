-- What agents want to be reminded of about a ticket; each is its owner's alone.
CREATE TABLE ticket_reminders (
    id         uuid PRIMARY KEY,
    ticket_id  uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- When it is due.
    at         timestamptz NOT NULL,
    note       text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    by_mail    boolean NOT NULL,
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    -- When its owner was told; one that is over is deleted.
    told_at    timestamptz
);
-- All that is looked at of any number of reminders: the first of this index.
CREATE INDEX ticket_reminders_due ON ticket_reminders (at, id) WHERE told_at IS NULL;
CREATE INDEX ticket_reminders_own ON ticket_reminders (user_id, at, id);
CREATE INDEX ticket_reminders_ticket ON ticket_reminders (ticket_id);

ALTER TABLE ticket_reminders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON ticket_reminders TO cloudmanager_staff USING (true) WITH CHECK (true);
