-- Which of a customer's people looked at an answer in the portal, and when first. Mails tell nothing of the kind.
CREATE TABLE message_views (
    message_id uuid NOT NULL REFERENCES ticket_messages ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    at         timestamptz NOT NULL,
    PRIMARY KEY (message_id, user_id)
);
CREATE INDEX message_views_user ON message_views (user_id);

ALTER TABLE message_views ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON message_views TO cloudmanager_staff USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON message_views TO cloudmanager_app;
CREATE POLICY own ON message_views FOR SELECT TO cloudmanager_app USING (user_id = wall_user());
-- Of messages that the wall lets him see.
CREATE POLICY looked ON message_views FOR INSERT TO cloudmanager_app
    WITH CHECK (user_id = wall_user() AND EXISTS (SELECT FROM ticket_messages m WHERE m.id = message_id));
