-- Whom a note of a ticket mentions, by account: who is called otherwise later is still the one who was meant.
CREATE TABLE message_mentions (
    message_id uuid NOT NULL REFERENCES ticket_messages ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (message_id, user_id)
);
CREATE INDEX message_mentions_user ON message_mentions (user_id);

ALTER TABLE message_mentions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON message_mentions TO cloudmanager_staff USING (true) WITH CHECK (true);
